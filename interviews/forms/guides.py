"""A question guide as a form: its heading, and a line for each question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django import forms

from departments.core.names import MAX_LENGTH
from departments.core.roles import Function
from interviews.core.guides import Asked, arranged
from interviews.core.terms import StakeholderRole
from interviews.services.guides import MOST
from metrics.models import KPI
from saypro_review.lib.enums import choices

FIELDS = ("text", "hint", "whole_function", "kpis")


class GuideForm(forms.Form):
    ROWS: ClassVar[tuple[tuple[str, ...], ...]] = (("name",), ("function", "role"))

    name = forms.CharField(max_length=MAX_LENGTH)
    function = forms.ChoiceField(choices=[("", "Any function"), *choices(Function)], required=False)
    role = forms.ChoiceField(choices=[("", "Any role"), *((role.value, role.label) for role in StakeholderRole)], required=False)

    def rows(self) -> list[list[forms.BoundField]]:
        return [[self[name] for name in row] for row in self.ROWS]


class QuestionForm(forms.Form):
    """One question. `kpis`: those that may be ticked, as (id, name)."""

    text = forms.CharField(max_length=500, widget=forms.Textarea({"rows": 2, "class": "form-control"}))
    hint = forms.CharField(
        label="What to probe for", max_length=500, required=False, widget=forms.Textarea({"rows": 2, "class": "form-control"})
    )
    whole_function = forms.BooleanField(
        label="Asks about the department as a whole", required=False, widget=forms.CheckboxInput({"class": "form-check-input"})
    )
    kpis = forms.TypedMultipleChoiceField(
        label="KPIs that it asks about",
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple({"class": "form-check-input"}),
    )

    def __init__(self, data: Any = None, *, initial: dict[str, Any] | None = None, kpis: list[tuple[int, str]], place: int):
        super().__init__(data, prefix=f"q{place}", initial=initial)
        self.place, self.offered = place, kpis
        field = self.fields["kpis"]
        assert isinstance(field, forms.TypedMultipleChoiceField)
        field.choices = kpis
        self.fields["text"].label = f"Question {place + 1}"
        for name in ("text", "hint"):
            if self.is_bound and name in self.errors:
                self.fields[name].widget.attrs |= {"aria-invalid": "true", "class": "form-control is-invalid"}

    @property
    def ticked(self) -> list[str]:
        """The names of the KPIs that are ticked."""
        chosen = {str(value) for value in self["kpis"].value() or ()}
        return [name for pk, name in self.offered if str(pk) in chosen]

    @property
    def asked(self) -> Asked:
        given = self.cleaned_data
        return Asked(given["text"], given["hint"], given["whole_function"], tuple(given["kpis"]))


class GuideSheet:
    """The whole form: `head` and `questions`. `focus`: the place of the question that was moved or added last, or None."""

    def __init__(self, head: GuideForm, questions: list[QuestionForm], focus: int | None = None, act: str = ""):
        self.head, self.questions, self.focus = head, questions, focus
        self.act = act.partition("-")[0]

    @property
    def is_bound(self) -> bool:
        return self.head.is_bound

    def is_valid(self) -> bool:
        return all([one.is_valid() for one in (self.head, *self.questions)])

    @property
    def asked(self) -> list[Asked]:
        return [one.asked for one in self.questions]

    @property
    def faults(self) -> list[tuple[str, str]]:
        """What is wrong, each with the id of the field to put it right ("" for none)."""
        out = []
        for form in (self.head, *self.questions):
            out += [("", str(error)) for error in form.non_field_errors()]
            for field in form:
                out += [(field.id_for_label, f"{field.label}: {error}") for error in field.errors]
        return out


def sheet_of(head: Mapping[str, Any], questions: Sequence[Asked]) -> GuideSheet:
    """The form as it is first shown."""
    kpis = _kpis(str(head.get("function", "")), {pk for one in questions for pk in one.kpis})
    given = [{"text": one.text, "hint": one.hint, "whole_function": one.whole_function, "kpis": list(one.kpis)} for one in questions]
    return GuideSheet(GuideForm(initial=dict(head)), _unbound(given, kpis))


def sheet_sent(data: Any) -> GuideSheet:
    """The form as it was sent. With an act ("add", "up-2" ...) it is not checked but shown again, arranged."""
    places = range(min(_id(data.get("questions", "")) or 0, MOST))
    given = [_given(data, place) for place in places]
    kpis = _kpis(str(data.get("function", "")), {pk for one in given for text in one["kpis"] if (pk := _id(text))})
    if act := data.get("act"):
        arranged_, focus = arranged(given, act, _given({}, 0))
        head = {name: data.get(name, "") for name in GuideForm.base_fields}
        return GuideSheet(GuideForm(initial=head), _unbound(arranged_[:MOST], kpis), focus, act)
    return GuideSheet(GuideForm(data), [QuestionForm(data, kpis=kpis, place=place) for place in places])


def _id(text: str) -> int | None:
    """The number that was sent; None for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else None


def _given(data: Any, place: int) -> dict[str, Any]:
    """What was written of a question, unchecked."""
    several = data.getlist(f"q{place}-kpis") if hasattr(data, "getlist") else []
    ticked = data.get(f"q{place}-whole_function") == "on"
    return {"text": data.get(f"q{place}-text", ""), "hint": data.get(f"q{place}-hint", ""), "whole_function": ticked, "kpis": several}


def _unbound(given: list[dict[str, Any]], kpis: list[tuple[int, str]]) -> list[QuestionForm]:
    return [QuestionForm(initial=one, kpis=kpis, place=place) for place, one in enumerate(given)]


def _kpis(function: str, chosen: set[int]) -> list[tuple[int, str]]:
    """Those of the function, or all of them, and those that are ticked already."""
    rows = KPI.objects.order_by("name", "pk").values_list("pk", "name", "function")
    return [(pk, name) for pk, name, of in rows if not function or of == function or pk in chosen]
