"""What people give when they upload a KPI file."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile


class UploadForm(forms.Form):
    file = forms.FileField(
        label="KPI file",
        allow_empty_file=True,
        widget=forms.FileInput({"accept": ".csv,text/csv"}),
        error_messages={"required": "Choose a file."},
    )
    create = forms.BooleanField(
        required=False,
        label="Create departments and KPIs that are not known yet",
        help_text="Leave it off to be shown them first.",
    )

    def clean_file(self) -> UploadedFile:
        file = self.cleaned_data["file"]
        if not file.name.lower().endswith(".csv"):
            raise forms.ValidationError("This is not a CSV file. Save the sheet as “CSV UTF-8” and choose that.")
        if not file.size:
            raise forms.ValidationError("The file is empty.")
        if file.size > settings.MAX_UPLOAD_MB * 1024 * 1024:
            raise forms.ValidationError(too_large())
        return file


def too_large() -> str:
    return f"The file is larger than {settings.MAX_UPLOAD_MB} MB. Split it, for example by year."
