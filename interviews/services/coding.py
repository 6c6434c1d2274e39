"""Coding: stretches of answers with their meaning, by the interviewer and, blind to that, by a second coder."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet

from departments.models import Department, User
from departments.services import audit
from interviews.core.anchors import moved, nearest
from interviews.models import Answer, Coding, Excerpt, Interview, SuggestionChoice, Theme
from metrics.models import KPI

MEANING = ("theme", "stance", "department", "kpi", "cause_theme", "cause_department", "cause_kpi", "quotable")


@transaction.atomic
def add_excerpt(
    coding: Coding,
    *,
    answer: Answer,
    start: int,
    end: int,
    theme: Theme,
    stance: str,
    department: Department,
    by: User,
    at: datetime,
    kpi: KPI | None = None,
    cause_theme: Theme | None = None,
    cause_department: Department | None = None,
    cause_kpi: KPI | None = None,
    quotable: bool = False,
    offered: Sequence[int] = (),
    words: str | None = None,
) -> Excerpt:
    """A coded stretch of the answer, characters `start` to `end`. `offered`: ids of the themes that were suggested, best first;
    `words`: what stood there when it was selected.

    Raises ValidationError where the stretch or its words are not in the answer, or its meaning contradicts itself.
    """
    answer = Answer.objects.select_for_update(no_key=True).get(pk=answer.pk)
    if answer.interview_id != coding.interview_id:
        raise ValidationError("That answer belongs to another interview.")
    found = answer.text[start:end] if 0 <= start < end <= len(answer.text) else ""
    if not found.strip() or (words is not None and words != found):
        raise ValidationError("That stretch is not in the answer any more. Select it again.")
    _open(coding)
    excerpt = Excerpt(
        coding=coding, answer=answer, start=start, end=end, text=answer.text[start:end], theme=theme, stance=stance,
        department=department, kpi=kpi, cause_theme=cause_theme, cause_department=cause_department, cause_kpi=cause_kpi,
        quotable=quotable and coding.interview.quotable, created_at=at, updated_at=at,
    )  # fmt: skip
    _check(excerpt)
    excerpt.save()
    if offered:
        SuggestionChoice.objects.create(coding=coding, excerpt=excerpt, offered=list(offered)[:3], chosen=theme, created_at=at)
    audit.record("excerpt.create", by=by, at=at, on=excerpt)
    return excerpt


@transaction.atomic
def change_excerpt(excerpt: Excerpt, *, by: User, at: datetime, **values: Any) -> Excerpt:
    """Give it other values of MEANING. Raises ValidationError as `add_excerpt` does."""
    excerpt = Excerpt.objects.select_for_update(no_key=True).select_related("coding__interview").get(pk=excerpt.pk)
    _open(excerpt.coding)
    theme = excerpt.theme_id
    for name in MEANING:
        if name in values:
            setattr(excerpt, name, values[name])
    excerpt.quotable = excerpt.quotable and excerpt.coding.interview.quotable
    excerpt.updated_at = at
    _check(excerpt, kept=theme)
    excerpt.save(update_fields=[*MEANING, "updated_at"])
    audit.record("excerpt.change", by=by, at=at, on=excerpt)
    return excerpt


def _check(excerpt: Excerpt, kept: int | None = None) -> None:
    """Raise ValidationError where its meaning cannot be kept. A theme out of use stays where it is (`kept`), and is not newly given."""
    if excerpt.theme_id != kept and excerpt.theme.retired_at is not None:
        raise ValidationError({"theme": "This theme is out of use. Choose another."})
    excerpt.clean_fields(exclude=["coding", "answer", "theme", "department", "kpi", "cause_theme", "cause_department", "cause_kpi"])
    excerpt.validate_constraints()


def _open(coding: Coding) -> None:
    """Refuse to change a second coder's finished coding: agreement was measured on it. The first coder's stays open, as evidence may
    be corrected."""
    if not coding.first and coding.finished_at is not None:
        raise ValidationError("This coding is finished: it is compared with the first as it stands.")
    if coding.interview.redacted_at is not None:
        raise ValidationError("The text of this interview has been destroyed.")


@transaction.atomic
def remove_excerpt(excerpt: Excerpt, *, by: User, at: datetime) -> None:
    """Take it out of the coding; `restore_excerpt` brings it back. Twice is once."""
    _open(excerpt.coding)
    if Excerpt.objects.live().filter(pk=excerpt.pk).update(removed_at=at, updated_at=at):
        audit.record("excerpt.remove", by=by, at=at, on=excerpt)


@transaction.atomic
def restore_excerpt(excerpt: Excerpt, *, by: User, at: datetime) -> None:
    """Undo its removal. Raises ValidationError where its words are no longer in the answer."""
    excerpt = Excerpt.objects.select_for_update(no_key=True).select_related("answer", "coding__interview").get(pk=excerpt.pk)
    _open(excerpt.coding)
    if excerpt.removed_at is None:
        return
    text = excerpt.answer.text
    if text[excerpt.start : excerpt.end] != excerpt.text:
        start = nearest(text, excerpt.text, excerpt.start)
        if start is None:
            raise ValidationError("Its words are no longer in the answer. Put them back first, or code other words.")
        excerpt.start, excerpt.end = start, start + len(excerpt.text)
    excerpt.removed_at, excerpt.updated_at = None, at
    excerpt.save(update_fields=["start", "end", "removed_at", "updated_at"])
    audit.record("excerpt.restore", by=by, at=at, on=excerpt)


def follow(answer: Answer, text: str, *, at: datetime) -> None:
    """Let the answer's excerpts follow their words into its new text, in the caller's transaction. One whose words are gone is taken
    out of its coding with its old words; it can be restored once they are back."""
    rows = list(Excerpt.objects.live().filter(answer=answer))
    for row in rows:
        place = moved(answer.text, text, row.start, row.end)
        if place is None or not text[slice(*place)].strip():
            row.removed_at = row.updated_at = at
            continue
        if (row.start, row.end) != place or row.text != text[slice(*place)]:
            row.updated_at = at
        row.start, row.end = place
        row.text = text[slice(*place)]
    Excerpt.objects.bulk_update([row for row in rows if row.updated_at == at], ["start", "end", "text", "removed_at", "updated_at"])


def unquote(interview: Interview, *, at: datetime) -> None:
    """No words of the interview may be quoted any more, in the caller's transaction."""
    Excerpt.objects.filter(coding__interview=interview, quotable=True).update(quotable=False, updated_at=at)


def forget(interview: Interview) -> None:
    """Delete its excerpts and their history, in the caller's transaction."""
    ids = list(Excerpt.objects.filter(coding__interview=interview).values_list("pk", flat=True))
    Excerpt.objects.filter(pk__in=ids).delete()
    history(ids).delete()


def history(ids: Sequence[int]) -> QuerySet[Any]:
    """The kept states of these excerpts."""
    return apps.get_model("interviews", "ExcerptEvent").objects.filter(pgh_obj_id__in=ids)


@transaction.atomic
def start_second(interview: Interview, *, coder: User, at: datetime) -> Coding:
    """A second coding of the interview by somebody else than its first coder. Twice is once. Raises ValidationError."""
    if interview.is_draft:
        raise ValidationError("A second coder can begin once the interview is finished.")
    if interview.codings.filter(first=True, coder=coder).exists():
        raise ValidationError("You coded this interview first: a second coder is somebody else.")
    found, created = Coding.objects.get_or_create(interview=interview, coder=coder, defaults={"first": False, "started_at": at})
    if created:
        audit.record("coding.start", by=coder, at=at, on=found)
    return found


@transaction.atomic
def finish_coding(coding: Coding, *, by: User, at: datetime) -> None:
    """The coding is complete and is compared with the others from now on. Twice is once."""
    if Coding.objects.filter(pk=coding.pk, finished_at__isnull=True).update(finished_at=at):
        audit.record("coding.finish", by=by, at=at, on=coding)
