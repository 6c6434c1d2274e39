"""What people say of the codebook. What is wrong with a theme the services say."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from departments.core.names import MAX_LENGTH
from interviews.core.terms import Condition, Level
from interviews.models import Theme
from interviews.services.codebook import KEYWORD_LENGTH
from saypro_review.lib.enums import choices

DEFINITION_LENGTH = 2000
BYTES = 1024 * 1024  # of a file on the page; the command takes more


class ThemeFilters(forms.Form):
    """How the list of themes is narrowed; it stands in the address. `counts`: whether the person sees any."""

    q = forms.CharField(label="Words", max_length=MAX_LENGTH, required=False, widget=forms.TextInput({"type": "search"}))
    level = forms.ChoiceField(choices=[("", "All"), *choices(Level)], required=False)
    condition = forms.ChoiceField(choices=[("", "All"), *choices(Condition)], required=False)
    used = forms.ChoiceField(label="Found", choices=[("", "All"), ("yes", "in interviews"), ("no", "nowhere yet")], required=False)

    def __init__(self, data: Any, *, counts: bool):
        super().__init__(data)
        if not counts:
            del self.fields["used"]
        for field in self.fields.values():
            field.widget.attrs["class"] = "form-select" if isinstance(field.widget, forms.Select) else "form-control"

    @property
    def chosen(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if value} if self.is_valid() else {}


class ThemeForm(forms.Form):
    """A theme: what it means, what people say, where it belongs."""

    name = forms.CharField(max_length=MAX_LENGTH, help_text="Two to four words, as people say them.")
    definition = forms.CharField(
        max_length=DEFINITION_LENGTH, required=False, widget=forms.Textarea({"rows": 4}),
        help_text="When to use it, and when not: name the theme to take instead.",
    )  # fmt: skip
    keywords = forms.CharField(
        max_length=4000, required=False, widget=forms.Textarea({"rows": 3}),
        help_text="Words and phrases that people use, with commas between them. Suggestions look for them.",
    )  # fmt: skip
    level = forms.ChoiceField(choices=choices(Level), help_text="Where in the organisation the cause sits.")
    condition = forms.ChoiceField(choices=choices(Condition), help_text="What is lacking, or External for what lies outside.")

    def __init__(self, data: Any = None, *, theme: Theme | None = None):
        initial = {name: getattr(theme, name) for name in ("name", "definition", "level", "condition")} if theme else {}
        super().__init__(data, initial=initial | ({"keywords": ", ".join(theme.keywords)} if theme else {}))

    def rows(self) -> list[list[forms.BoundField]]:
        return [[self["name"]], [self["definition"]], [self["keywords"]], [self["level"], self["condition"]]]

    def clean_keywords(self) -> list[str]:
        words = [word.strip() for word in re.split(r"[,;\n]", self.cleaned_data["keywords"]) if word.strip()]
        if long := [word for word in words if len(word) > KEYWORD_LENGTH]:
            raise forms.ValidationError(f"Keep each within {KEYWORD_LENGTH} characters: {long[0][:KEYWORD_LENGTH]}…")
        return words


class MergeForm(forms.Form):
    """The theme that another one becomes part of."""

    into = forms.ModelChoiceField(
        Theme.objects.none(), to_field_name="code", label="Becomes part of", empty_label="Choose a theme",
        help_text="It keeps its name and definition, and takes over the excerpts and the keywords.",
    )  # fmt: skip

    def __init__(self, data: Any = None, *, theme: Theme):
        super().__init__(data)
        _offer(self, theme)


class SplitForm(forms.Form):
    """Where the ticked excerpts go: to a theme that there is, or to a new one of that name beside it."""

    into = forms.ModelChoiceField(
        Theme.objects.none(), to_field_name="code", label="To this theme", empty_label="A new theme", required=False
    )
    name = forms.CharField(label="Name of the new theme", max_length=MAX_LENGTH, required=False)
    excerpts = forms.TypedMultipleChoiceField(coerce=int, error_messages={"required": "Tick the excerpts that are to go."})

    def __init__(self, data: Any = None, *, theme: Theme, excerpts: list[int]):
        super().__init__(data)
        _offer(self, theme)
        field = self.fields["excerpts"]
        assert isinstance(field, forms.TypedMultipleChoiceField)
        field.choices = [(pk, pk) for pk in excerpts]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("into") and not cleaned.get("name"):
            self.add_error("name", "Name the new theme, or choose one that there is.")
        return cleaned


class QDCForm(forms.Form):
    """A codebook in a file."""

    file = forms.FileField(
        label="Codebook", allow_empty_file=True, widget=forms.FileInput({"accept": ".qdc,.qde,.qdpx,.xml"}),
        error_messages={"required": "Choose a file."}, help_text="REFI-QDA, at most 1 MB: a codebook (.qdc), or a project (.qdpx, .qde).",
    )  # fmt: skip

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > BYTES:
            raise forms.ValidationError("The file is larger than 1 MB. Export the codebook alone (.qdc).")
        return file


PLACES = [(f"{level}:{condition}", f"{level.capitalize()}, {condition}") for level in Level for condition in Condition]


def _offer(form: forms.Form, theme: Theme) -> None:
    """All themes in use but this one."""
    field = form.fields["into"]
    assert isinstance(field, forms.ModelChoiceField)
    field.queryset = Theme.objects.in_use().exclude(pk=theme.pk)
