"""Who was interviewed, when, and what was agreed."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet

from departments.core.names import MAX_LENGTH
from departments.core.roles import Function
from departments.models import Department
from interviews.core.terms import Consent, StakeholderRole
from interviews.models import Guide, Interview, Stakeholder
from interviews.queries.editor import fitting
from interviews.services.interviews import DETAILS
from saypro_review.lib.enums import choices

ROLES = [("", "Choose a role"), *choices(StakeholderRole)]
FUNCTIONS = dict(choices(Function))
NO_VERSION = "The version that the text was made from is missing. Reload the page."


class DetailsForm(forms.Form):
    """When the conversation was, and what was agreed before it. `today`: the last day that it can have been."""

    held_on = forms.DateField(label="Held on", widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    consent = forms.ChoiceField(label="How they agreed to notes being kept", choices=choices(Consent), widget=forms.RadioSelect)
    consent_note = forms.CharField(
        label="What was agreed besides",
        max_length=300,
        required=False,
        help_text="Only if it is more than notes for this review. No names.",
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    quotable = forms.BooleanField(
        label="Their words may be quoted, without a name",
        required=False,
        help_text="Without this no sentence of theirs is ever shown to anybody but the reviewers of this cycle.",
    )

    def __init__(self, data: Any = None, *, today: date, interview: Interview | None = None, **kwargs: Any):
        stated = {name: getattr(interview, name) for name in DETAILS} if interview else {"held_on": today}
        super().__init__(data, initial=stated | kwargs.pop("initial", {}), **kwargs)
        self.today = today

    def clean_held_on(self) -> date:
        day: date = self.cleaned_data["held_on"]
        if day > self.today:
            raise forms.ValidationError("This day is still to come. Give the day of the conversation.")
        return day

    @property
    def details(self) -> dict[str, Any]:
        """The values of DETAILS."""
        return {name: self.cleaned_data[name] for name in DETAILS}


class NewForm(DetailsForm):
    """A conversation with somebody of `people`, or with somebody new of one of `departments`."""

    WHO: ClassVar[tuple[str, ...]] = ("department", "role", "pseudonym", "name")

    stakeholder = forms.ModelChoiceField(Stakeholder.objects.none(), label="Person", required=False, empty_label="Somebody new")
    department = forms.ModelChoiceField(Department.objects.none(), required=False, to_field_name="code", empty_label="Choose a department")
    role = forms.ChoiceField(choices=ROLES, required=False)
    pseudonym = forms.CharField(
        max_length=40,
        required=False,
        help_text="What lists call this person. Leave it empty: a random one is drawn.",
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    name = forms.CharField(
        max_length=MAX_LENGTH,
        required=False,
        help_text="Only if you need it to find the person again. Reviewers of this cycle see it, nobody else.",
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    guide = forms.ModelChoiceField(Guide.objects.none(), required=False, empty_label="The one that fits best")

    def __init__(
        self,
        data: Any = None,
        *,
        today: date,
        people: QuerySet[Stakeholder],
        departments: QuerySet[Department],
        person: Stakeholder | None = None,
        given: dict[str, Any] | None = None,
    ):
        super().__init__(data, today=today, initial={"stakeholder": person} | (given or {}))
        self.person, self.knows_people = person, people.exists()
        self._offer("stakeholder", people)
        self._offer("department", departments)
        field = self._offer("guide", Guide.objects.filter(retired_at=None))
        fit, others = fitting(function=person.department.function, role=person.role) if person else ([], fitting()[0] + fitting()[1])
        groups = [("These fit", fit), ("Others" if fit else "Guides", others)]
        field.choices = [("", field.empty_label), *((name, [(one.pk, _label(one)) for one in ones]) for name, ones in groups if ones)]
        stakeholder = self.fields["stakeholder"]
        assert isinstance(stakeholder, forms.ModelChoiceField)
        stakeholder.label_from_instance = who  # type: ignore[method-assign, assignment]

    def _offer(self, name: str, rows: QuerySet[Any]) -> forms.ModelChoiceField:
        field = self.fields[name]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = rows
        return field

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        chosen = cleaned.get("stakeholder")
        if not chosen and "stakeholder" not in self.errors:
            for name, words in (("department", "Choose their department."), ("role", "Choose their role.")):
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, words)
        if not self.errors and not cleaned["guide"]:
            place, role = (chosen.department, chosen.role) if chosen else (cleaned["department"], cleaned["role"])
            fit, others = fitting(function=place.function, role=role)
            cleaned["guide"] = next(iter(fit + others), None)
            if cleaned["guide"] is None:
                self.add_error("guide", "There is no question guide yet. Write one first, under Interviews, Guides.")
        return cleaned

    @property
    def who(self) -> dict[str, Any]:
        """The person who is new, by field."""
        return {name: self.cleaned_data[name] for name in self.WHO}


def who(person: Stakeholder) -> str:
    """A person as the select names them."""
    named = f"{person.pseudonym} ({person.name})" if person.name else person.pseudonym
    return f"{named}, {person.department}, {StakeholderRole(person.role).label.lower()}"


def _label(guide: Guide) -> str:
    made_for = [word for word in (FUNCTIONS.get(guide.function), guide.role and StakeholderRole(guide.role).label) if word]
    return f"{guide.name} ({', '.join(made_for).lower()})" if made_for else guide.name


class AnswerForm(forms.Form):
    """An answer as the page sends it: the whole text, and the version that it was made from."""

    text = forms.CharField(required=False, strip=False)
    base = forms.IntegerField(
        min_value=0,
        max_value=2**31 - 1,
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), NO_VERSION),
    )

    def clean_text(self) -> str:
        """With the line ends of a page's text field."""
        return self.cleaned_data["text"].replace("\r\n", "\n").replace("\r", "\n")
