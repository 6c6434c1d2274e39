"""What people fill in: the filters of the gap list (they stand in the address), and the first account after the demo."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import django_filters
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.db.models import QuerySet

from departments.models import Department
from gaps.models import GapVerdict

GRADES = [(5, "Critical"), (4, "Serious and worse"), (3, "Moderate and worse")]
SORTS = (("rank", "rank"), ("gap__series__department__name", "department"), ("gap__series__kpi__name", "kpi"))


class GapFilter(django_filters.FilterSet):
    """Filters and order of the gap list, over rows that the person may see."""

    department = django_filters.ModelChoiceFilter(
        field_name="gap__series__department",
        queryset=Department.objects.none(),
        to_field_name="code",
        empty_label="All",
        label="Department",
    )
    grade = django_filters.TypedChoiceFilter(
        field_name="verdict__grade", lookup_expr="gte", choices=[("", "All"), *GRADES], coerce=int, label="Grade"
    )
    sort = django_filters.OrderingFilter(fields=SORTS)

    class Meta:
        model = GapVerdict
        fields: list[str] = []

    def __init__(self, *args, departments: QuerySet[Department], **kwargs):
        super().__init__(*args, **kwargs)
        self.filters["department"].queryset = departments

    @property
    def qs(self) -> QuerySet[GapVerdict]:
        """The rows, in an order that leaves no tie; none where what is asked for does not exist."""
        if self.is_bound and not self.is_valid():
            return self.queryset.none()
        chosen = super().qs
        return chosen.order_by(*chosen.query.order_by, "rank") if chosen.query.order_by else chosen


class RebaseForm(forms.Form):
    """Where a new baseline of a series begins, and why. The periods offered are those with a figure."""

    period = forms.TypedChoiceField(
        coerce=date.fromisoformat,
        label="First period of the new baseline",
        error_messages={
            "required": "Choose the period that it begins with.",
            "invalid_choice": "No new baseline can begin there. Choose a period from the list.",
        },
    )
    reason = forms.CharField(
        max_length=300,
        label="What changed",
        help_text="For example: new system, other definition, other team.",
        error_messages={"required": "Say what changed."},
    )

    def __init__(self, *args, periods: Iterable[tuple[date, str]], **kwargs):
        super().__init__(*args, **kwargs)
        self.auto_id = "baseline_%s"  # other forms of the page have a period too
        offered = [(period.isoformat(), label) for period, label in periods]
        self.fields["period"].choices = [("", "Choose a period"), *offered]  # type: ignore[attr-defined]
        self.helper = FormHelper()
        self.helper.form_tag = False


class CorrectionForm(forms.Form):
    """One figure put right. The periods offered are those with a figure."""

    period = forms.TypedChoiceField(
        coerce=date.fromisoformat, label="Period", error_messages={"invalid_choice": "Choose a period from the list."}
    )
    value = forms.FloatField(label="The right figure", error_messages={"invalid": "Write a number, like 12.5."})
    reason = forms.CharField(max_length=300, label="Why", error_messages={"required": "Say why it was wrong."})

    def __init__(self, *args, periods: Iterable[tuple[date, str]], **kwargs):
        super().__init__(*args, **kwargs)
        self.auto_id = "correction_%s"  # other forms of the page have a period too
        self.fields["period"].choices = [(period.isoformat(), label) for period, label in periods]  # type: ignore[attr-defined]
        self.fields["value"].widget.attrs["step"] = "any"
        self.helper = FormHelper()
        self.helper.form_tag = False


class FirstAdminForm(forms.Form):
    """The first account of the real organisation."""

    name = forms.CharField(max_length=200, label="Your name")
    email = forms.EmailField(max_length=254)
    password = forms.CharField(widget=forms.PasswordInput({"autocomplete": "new-password"}), help_text="At least 12 characters.")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.add_input(Submit("clear", "Remove the demonstration and begin", css_class="btn-danger"))

    def clean_password(self) -> str:
        validate_password(self.cleaned_data["password"])
        return self.cleaned_data["password"]
