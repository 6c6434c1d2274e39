"""What people say of a cycle's scope and of whom to interview, and the filters of the list. What is wrong the services say."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet

from departments.core.names import MAX_LENGTH
from departments.models import Department, User
from interviews.core.terms import InterviewState, StakeholderRole
from interviews.models import Stakeholder
from interviews.queries.coverage import Row
from interviews.services.planning import MOST, Plan
from saypro_review.lib.enums import choices

ROLES = [(role.value, role.label) for role in StakeholderRole]
NUMBERS = ("planned_head", "planned_lead", "planned_front_line")


def _number(label: str) -> forms.IntegerField:
    widget = forms.NumberInput({"class": "form-control", "inputmode": "numeric"})
    return forms.IntegerField(label=label, min_value=0, max_value=MOST, required=False, widget=widget)


class ScopeForm(forms.Form):
    """A department's line of the scope. A department that was out of it comes in also by a number or a focus alone; one that was in
    leaves it by its tick, whatever else the line says."""

    in_scope = forms.BooleanField(label="In scope", required=False, widget=forms.CheckboxInput({"class": "form-check-input"}))
    focus = forms.CharField(label="Focus", max_length=300, required=False, widget=forms.TextInput({"class": "form-control"}))
    planned_head = _number("Department heads")
    planned_lead = _number("Team leads")
    planned_front_line = _number("Front line")

    def __init__(self, data: Any = None, *, row: Row):
        scope = row.scope
        initial = {"in_scope": True, "focus": scope.focus, **{name: getattr(scope, name) or None for name in NUMBERS}} if scope else {}
        super().__init__(data, prefix=f"d{row.department.pk}", initial=initial)
        self.row = row
        for name, field in self.fields.items():
            field.widget.attrs["aria-label"] = f"{field.label}, {row.department.name}"
            if self.is_bound and name in self.errors:
                field.widget.attrs |= {"aria-invalid": "true", "class": "form-control is-invalid"}

    def numbers(self) -> list[tuple[forms.BoundField, Any]]:
        """The fields of planned interviews, each with what is held of that role."""
        return [(self[name], cell) for name, cell in zip(NUMBERS, self.row.coverage.cells, strict=True)]

    @property
    def plan(self) -> Plan | None:
        """What it says; None: not in scope."""
        given = self.cleaned_data
        numbers = {name: given[name] or 0 for name in NUMBERS}
        said = given["in_scope"] or (self.row.scope is None and (given["focus"] or any(numbers.values())))
        return Plan(focus=given["focus"], **numbers) if said else None


def scope_forms(rows: list[Row], data: Any = None) -> list[ScopeForm]:
    """A line for each department; of `data`, where there are any, only those that it names."""
    return [ScopeForm(data if data is not None and f"d{row.department.pk}-focus" in data else None, row=row) for row in rows]


class StakeholderForm(forms.Form):
    """Somebody to interview. `departments`: whose people may be asked."""

    ROWS: ClassVar[tuple[tuple[str, ...], ...]] = (("department", "role"), ("pseudonym", "name"))

    department = forms.ModelChoiceField(Department.objects.none(), to_field_name="code", empty_label="Choose a department")
    role = forms.ChoiceField(choices=[("", "Choose a role"), *ROLES])
    pseudonym = forms.CharField(
        max_length=40, required=False, help_text="What lists and exports call this person. Leave it empty: a random one is drawn."
    )
    name = forms.CharField(
        max_length=MAX_LENGTH,
        required=False,
        help_text="Only if you need it to find the person again. Reviewers of this cycle see it, nobody else.",
        widget=forms.TextInput({"autocomplete": "off"}),
    )

    def __init__(self, data: Any = None, *, departments: QuerySet[Department], person: Stakeholder | None = None, given: Any = None):
        super().__init__(data, initial=_stated(person) | dict(given or {}))
        field = self.fields["department"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = departments
        if person:
            self.fields["pseudonym"].help_text = "What lists and exports call this person."

    def rows(self) -> list[list[forms.BoundField]]:
        return [[self[name] for name in row] for row in self.ROWS]


def _stated(person: Stakeholder | None) -> dict[str, Any]:
    names = ("role", "pseudonym", "name")
    return {name: getattr(person, name) for name in names} | {"department": person.department.code} if person else {}


class ReviewerForm(forms.Form):
    """Who else is to review the cycle."""

    user = forms.ModelChoiceField(User.objects.none(), label="Add a reviewer", empty_label="Choose a person")

    def __init__(self, data: Any = None, *, users: QuerySet[User]):
        super().__init__(data)
        field = self.fields["user"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = users
        field.widget.attrs["class"] = "form-select"


class InterviewFilters(forms.Form):
    """What the list of interviews is narrowed to; it stands in the address."""

    department = forms.ModelChoiceField(Department.objects.none(), to_field_name="code", empty_label="All")
    role = forms.ChoiceField(choices=[("", "All"), *ROLES])
    state = forms.ChoiceField(choices=[("", "All"), *choices(InterviewState)])
    interviewer = forms.ModelChoiceField(User.objects.none(), empty_label="Anybody")

    def __init__(self, *args: Any, departments: QuerySet[Department], interviewers: QuerySet[User], **kwargs: Any):
        super().__init__(*args, **kwargs)
        for name, rows in (("department", departments), ("interviewer", interviewers)):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = rows
        for field in self.fields.values():
            field.required = False
            field.widget.attrs["class"] = "form-select"

    @property
    def chosen(self) -> dict[str, Any]:
        """What is asked for, by field; nothing where it is left open."""
        return {name: value for name, value in self.cleaned_data.items() if value} if self.is_valid() else {}
