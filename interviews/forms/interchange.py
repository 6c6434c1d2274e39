"""What people give to import interviews, and how they narrow the list of excerpts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet

from departments.core.names import MAX_LENGTH, key
from departments.models import Department, printable
from interviews.core.terms import Consent, StakeholderRole, Stance
from interviews.core.transcripts import BYTES, Part, Speaker
from interviews.models import Theme
from interviews.queries.excerpts import Choices
from metrics.models import KPI
from saypro_review.lib.enums import choices

JSON_BYTES = 10 * 1024 * 1024  # of a file on the page; the command takes more
TEXTS = (".txt", ".vtt", ".srt", ".text", ".md")


def _megabytes(size: int) -> int:
    return size // 1024 // 1024


class JSONForm(forms.Form):
    """A file of interviews."""

    file = forms.FileField(
        label="JSON file", allow_empty_file=True, widget=forms.FileInput({"accept": ".json,application/json"}),
        error_messages={"required": "Choose a file."},
    )  # fmt: skip

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > JSON_BYTES:
            raise forms.ValidationError(
                f"The file is larger than {_megabytes(JSON_BYTES)} MB. Split it, or let an operator import it with import_interviews."
            )
        return file


class TranscriptForm(forms.Form):
    """A transcript, and of whom it is. `kept`: the text came with an earlier step."""

    file = forms.FileField(
        label="Transcript", required=False, allow_empty_file=True, widget=forms.FileInput({"accept": ",".join(TEXTS)}),
        help_text="Plain text (.txt), or subtitles (.vtt, .srt).",
    )  # fmt: skip
    pasted = forms.CharField(
        label="Or paste the text",
        required=False,
        strip=False,
        max_length=BYTES,
        widget=forms.Textarea({"rows": 8, "spellcheck": "false"}),
    )
    department = forms.ModelChoiceField(Department.objects.none(), empty_label="Choose", to_field_name="code")
    role = forms.ChoiceField(choices=[("", "Choose"), *choices(StakeholderRole)])
    pseudonym = forms.CharField(
        max_length=40, required=False, validators=[printable],
        help_text="Of somebody known here, or a new one. Leave it empty and one is drawn.",
    )  # fmt: skip
    name = forms.CharField(
        label="Name", max_length=MAX_LENGTH, required=False, validators=[printable],
        help_text="Only if you need it to find the person again. Reviewers of this review see it.",
    )  # fmt: skip
    held_on = forms.DateField(label="Held on", widget=forms.DateInput({"type": "date"}))
    consent = forms.ChoiceField(choices=[("", "Choose"), *choices(Consent)], help_text="How they agreed, before it was written down.")
    consent_note = forms.CharField(
        label="What was agreed", max_length=300, required=False, help_text="Where more than notes for the review."
    )
    quotable = forms.BooleanField(label="Words may be quoted without a name", required=False)
    mask = forms.BooleanField(label="Replace names of speakers in the text by [name]", required=False, initial=True)

    def __init__(self, *args: Any, departments: QuerySet[Department], today: date, kept: bool = False, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.today, self.kept = today, kept
        field = self.fields["department"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = departments
        if kept:
            del self.fields["file"], self.fields["pasted"]

    def clean_file(self) -> UploadedFile | None:
        file = self.cleaned_data["file"]
        if file and file.size > BYTES:
            raise forms.ValidationError(f"The transcript is larger than {_megabytes(BYTES)} MB. Split it.")
        return file or None

    def clean_held_on(self) -> date:
        day: date = self.cleaned_data["held_on"]
        if day > self.today:
            raise forms.ValidationError("This day lies ahead. A transcript is of an interview that has been held.")
        return day

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.kept and "file" not in self.errors and not cleaned.get("file") and not cleaned.get("pasted", "").strip():
            self.add_error("file", "Choose a file, or paste the text below.")
        if cleaned.get("name") and key(cleaned["name"]) == key(cleaned.get("pseudonym", "")):
            self.add_error("pseudonym", "Choose one that is not the name, or leave it empty: one is drawn.")
        return cleaned

    def content(self) -> bytes:
        """The bytes of what was sent; a chosen file goes before a pasted text."""
        file = self.cleaned_data["file"]
        return file.read() if file else self.cleaned_data["pasted"].encode("utf-8", "replace")


class PartsForm(forms.Form):
    """What each speaker of a transcript does. Fields: part-0 ..., by place of the speaker."""

    def __init__(self, *args: Any, speakers: Sequence[Speaker], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.speakers = speakers
        for number, speaker in enumerate(speakers):
            field = forms.ChoiceField(
                label=speaker.label,
                choices=[("", "Choose"), *choices(Part)],
                error_messages={"required": "Say what this speaker does."},
                widget=forms.Select({"class": "form-select"}),
            )
            field.speaker = speaker  # type: ignore[attr-defined]
            self.fields[f"part-{number}"] = field

    @property
    def parts(self) -> dict[str, Part]:
        """What was said, by label."""
        given = {speaker.label: self.cleaned_data.get(f"part-{number}") for number, speaker in enumerate(self.speakers)}
        return {label: Part(part) for label, part in given.items() if part}


class ExcerptFilters(forms.Form):
    """Filters of the list of excerpts. `chosen`: what is asked for, by field."""

    q = forms.CharField(label="Words", max_length=200, required=False, widget=forms.TextInput({"type": "search"}))
    theme = forms.ModelChoiceField(Theme.objects.none(), required=False, empty_label="All", to_field_name="code")
    stance = forms.ChoiceField(choices=[("", "All"), *choices(Stance)], required=False)
    department = forms.ModelChoiceField(Department.objects.none(), required=False, empty_label="All", to_field_name="code", label="About")
    kpi = forms.ModelChoiceField(KPI.objects.none(), required=False, empty_label="All", to_field_name="code", label="KPI")
    cause = forms.ChoiceField(required=False, label="Claimed cause")

    def __init__(self, *args: Any, offered: Choices, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for name, rows in (("theme", offered.themes), ("department", offered.departments), ("kpi", offered.kpis)):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = rows
        cause = self.fields["cause"]
        assert isinstance(cause, forms.ChoiceField)
        cause.choices = [("", "All"), ("any", "Any"), *offered.causes]
        for one in self.fields.values():
            one.widget.attrs["class"] = "form-select" if isinstance(one.widget, forms.Select) else "form-control"

    @property
    def chosen(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if value} if self.is_valid() else {}
