"""What people fill in about cycles."""

from __future__ import annotations

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Layout, Row, Submit
from django import forms

from departments import queries
from departments.models import Department, ReviewCycle, User


class CycleForm(forms.ModelForm):
    roots = forms.ModelMultipleChoiceField(
        Department.objects.all(),
        required=False,
        label="Departments",
        help_text="Each with all below it. Choose none to cover every department.",
    )

    reviewers = forms.ModelMultipleChoiceField(
        User.objects.none(),
        required=False,
        help_text="Who holds and reads its interviews. Nobody else does. It can be changed later.",
    )

    class Meta:
        model = ReviewCycle
        fields = ["name", "code", "data_from", "data_to", "roots"]
        labels = {"data_from": "Review window from", "data_to": "Review window to"}
        widgets = {"data_from": forms.DateInput({"type": "date"}), "data_to": forms.DateInput({"type": "date"})}
        help_texts = {"code": "Short, for addresses and file names: letters, digits and hyphens.", "data_from": "", "data_to": ""}

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        everybody = queries.reviewers()
        reviewers = self.fields["reviewers"]
        assert isinstance(reviewers, forms.ModelMultipleChoiceField)
        reviewers.queryset, reviewers.initial = everybody, everybody
        self.helper = FormHelper()
        self.helper.layout = Layout(
            Row(Column("name"), Column("code")),
            Row(Column("data_from"), Column("data_to")),
            Row(Column("roots"), Column("reviewers")),
            Submit("save", "Create the cycle"),
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        start, end = cleaned.get("data_from"), cleaned.get("data_to")
        if start and end and start > end:
            self.add_error("data_to", "The window ends before it begins.")
        return cleaned
