"""Forms of what is released, of privacy, and of people's rights."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet

from departments.core.names import MAX_LENGTH
from departments.models import Department
from interviews.core.terms import MIN_K

STANCES = [("", "All"), ("problem", "Called a problem"), ("strength", "Called a strength")]
REASON = 300
MAX_K = 50


class VoicesFilter(forms.Form):
    """What of the released figures to show."""

    department = forms.ModelChoiceField(Department.objects.none(), to_field_name="code", empty_label="All", required=False)
    q = forms.CharField(label="Theme or KPI", max_length=MAX_LENGTH, required=False, widget=forms.TextInput({"type": "search"}))
    stance = forms.ChoiceField(choices=STANCES, required=False)

    def __init__(self, *args: Any, departments: QuerySet[Department], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["department"].queryset = departments  # type: ignore[attr-defined]
        for field in self.fields.values():
            field.widget.attrs["class"] = "form-select" if isinstance(field.widget, forms.Select) else "form-control"

    @property
    def chosen(self) -> dict[str, Any]:
        """What is asked for; None where the address asks for what does not exist."""
        if not self.is_valid():
            return {}
        data = self.cleaned_data
        return {"department": data["department"], "text": data["q"], "stance": data["stance"]}


def _least(label: str, more: str) -> forms.IntegerField:
    widget = forms.NumberInput({"class": "form-control"})
    return forms.IntegerField(label=label, min_value=MIN_K, max_value=MAX_K, help_text=f"People, at least {MIN_K}. {more}", widget=widget)


class PrivacyForm(forms.Form):
    """How small a group may be told of, and how long names and words are kept."""

    k_managers = _least("Smallest group for managers and admins", "They also see what department heads see.")
    k_heads = _least("Smallest group for department heads", "All heads count as one reader: they may compare what they see.")
    k_organisation = _least("Smallest group for the whole organisation", "")
    retain_until = forms.DateField(
        label="Keep names and words until",
        required=False,
        help_text="When that day is over, names, answers and quotes are destroyed for good. Counts stay. Blank: no day is set.",
        widget=forms.DateInput({"type": "date", "class": "form-control"}, format="%Y-%m-%d"),
    )


class EraseForm(forms.Form):
    """The go to erase a person."""

    reason = forms.CharField(
        max_length=REASON,
        required=False,
        help_text="Kept in the record of this act. Write no name: for example, asked for it on 3 March.",
        widget=forms.TextInput({"class": "form-control", "autocomplete": "off"}),
    )
    sure = forms.BooleanField(
        label="Destroy name, answers, excerpts and quotes of this person. This cannot be undone.",
        widget=forms.CheckboxInput({"class": "form-check-input"}),
    )
