"""What a coder says of a stretch."""

from __future__ import annotations

from typing import Any

from django import forms

from departments.core.names import key
from departments.models import Department
from interviews.core.terms import Stance
from interviews.models import Interview, Theme
from metrics.models import KPI, Series
from saypro_review.lib.enums import choices


class ThemeField(forms.CharField):
    """A theme in use, by its name as people type it."""

    def __init__(self, **kwargs: Any):
        super().__init__(max_length=200, widget=forms.TextInput({"list": "themes", "autocomplete": "off"}), **kwargs)

    def clean(self, value: Any) -> Theme | None:
        name = super().clean(value)
        if not name:
            return None
        found = Theme.objects.in_use().filter(key=key(name)).first()
        if found is None:
            raise forms.ValidationError("There is no such theme. Choose one of the list, or add it to the codebook first.")
        return found


class ExcerptForm(forms.Form):
    """The coding panel. `meaning`: the values that the services take."""

    theme = ThemeField(label="Theme")
    stance = forms.ChoiceField(choices=choices(Stance), widget=forms.RadioSelect, initial=Stance.PROBLEM)
    kpi = forms.TypedChoiceField(label="KPI", required=False, empty_value=None)
    department = forms.ModelChoiceField(Department.objects.none(), label="About", empty_label=None)
    cause_theme = ThemeField(label="Because of a theme", required=False)
    cause_department = forms.ModelChoiceField(
        Department.objects.none(), label="Because of a department", required=False, empty_label="Nobody"
    )
    cause_kpi = forms.TypedChoiceField(label="Because of a KPI", required=False, empty_value=None)
    quotable = forms.BooleanField(label="May be quoted, without a name", required=False)
    offered = forms.CharField(required=False, max_length=80, widget=forms.HiddenInput)

    def __init__(self, *args: Any, interview: Interview, **kwargs: Any):
        super().__init__(*args, **kwargs)
        covered = interview.cycle.covers()
        self._kpis = {str(kpi.pk): kpi for kpi in KPI.objects.all()}
        own = set(Series.objects.filter(department=interview.department_id).values_list("kpi_id", flat=True))
        grouped = _grouped(self._kpis, own, interview.department.name)
        for name in ("kpi", "cause_kpi"):
            field = self.fields[name]
            assert isinstance(field, forms.TypedChoiceField)
            field.choices, field.coerce = grouped, self._kpis.__getitem__
        for name in ("department", "cause_department"):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = covered
        self.fields["department"].initial = interview.department_id
        if not interview.quotable:
            del self.fields["quotable"]
        for field in self.fields.values():
            if not isinstance(field.widget, (forms.RadioSelect, forms.CheckboxInput, forms.HiddenInput)):
                field.widget.attrs["class"] = "form-select" if isinstance(field.widget, forms.Select) else "form-control"

    def clean_offered(self) -> list[int]:
        return [int(one) for one in self.cleaned_data["offered"].split(",") if one.isascii() and one.isdigit() and len(one) < 18]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("cause_theme") and (cleaned.get("cause_department") or cleaned.get("cause_kpi")):
            self.add_error("cause_theme", "Name a theme, or a department or KPI, as the cause; not both.")
        return cleaned

    @property
    def meaning(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "offered"}


def _grouped(kpis: dict[str, KPI], own: set[int], department: str) -> list[Any]:
    """The KPIs as choices, those that the department measures first."""
    first = [(pk, kpi.name) for pk, kpi in kpis.items() if kpi.pk in own]
    others = [(pk, kpi.name) for pk, kpi in kpis.items() if kpi.pk not in own]
    return [("", "None"), *([(f"Of {department}", first)] if first else []), *([("Others", others)] if others else [])]
