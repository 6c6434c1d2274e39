"""Question guides and their versions. What has been asked stays as it was asked: a used version is retired, never changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from departments.core.names import code as short
from departments.core.names import tidy
from departments.models import User
from departments.services import audit
from interviews.core.guides import Asked
from interviews.models import Guide, Interview, Question
from interviews.queries.guides import asked_of

MOST = 40  # questions of a guide
STALE = "Somebody has changed this guide meanwhile. Copy what you have written, and begin from the current version."


@transaction.atomic
def create(*, name: str, function: str = "", role: str = "", questions: Sequence[Asked], by: User | None, at: datetime) -> Guide:
    """A new guide, version 1, for a function and a role or (blank) for any. Raises ValidationError."""
    taken = {*Guide.objects.values_list("code", flat=True), "new"}  # an address of its own
    guide = Guide(code=short(name, taken), name=tidy(name), function=function, role=role, created_by=by, created_at=at)
    _save(guide, questions)
    audit.record("guide.create", by=by, at=at, on=guide, code=guide.code, questions=len(questions))
    return guide


@transaction.atomic
def change(
    guide: Guide, *, name: str, function: str, role: str, questions: Sequence[Asked], by: User | None, at: datetime
) -> tuple[Guide, bool]:
    """The guide's version with these words, and whether anything is new.

    A version that no interview uses is changed in place; one in use is retired and the next one made: interviews, drafts too, keep
    theirs. Raises ValidationError, also where `guide` is no longer the version in use.
    """
    guide = Guide.objects.select_for_update().get(pk=guide.pk)  # an interview that begins with it waits
    if guide.retired_at:
        raise ValidationError(STALE)
    questions = _tidied(questions)
    now = (tidy(name), function, role, questions)
    if now == (guide.name, guide.function, guide.role, asked_of(guide)):
        return guide, False
    if in_use(guide):
        Guide.objects.filter(pk=guide.pk).update(retired_at=at)
        guide = Guide(code=guide.code, version=guide.version + 1, created_by=by, created_at=at)
    guide.name, guide.function, guide.role = now[:3]
    _save(guide, questions)
    audit.record("guide.change", by=by, at=at, on=guide, code=guide.code, version=guide.version, questions=len(questions))
    return guide, True


@transaction.atomic
def retire(guide: Guide, *, by: User | None, at: datetime) -> None:
    """Offer the guide no more. Twice is once."""
    if Guide.objects.filter(pk=guide.pk, retired_at=None).update(retired_at=at):
        audit.record("guide.retire", by=by, at=at, on=guide, code=guide.code, version=guide.version)


@transaction.atomic
def bring_back(guide: Guide, *, by: User | None, at: datetime) -> bool:
    """Offer the newest version of the guide again; whether it was out of use."""
    versions = list(Guide.objects.select_for_update().filter(code=guide.code).order_by("-version"))
    if any(one.retired_at is None for one in versions):
        return False
    Guide.objects.filter(pk=versions[0].pk).update(retired_at=None)
    audit.record("guide.bring_back", by=by, at=at, on=versions[0], code=guide.code, version=versions[0].version)
    return True


def in_use(guide: Guide) -> bool:
    """Whether an interview uses this version."""
    return Interview.objects.filter(guide=guide).exists()


def _tidied(questions: Sequence[Asked]) -> list[Asked]:
    return [Asked(tidy(one.text), tidy(one.hint), one.whole_function, tuple(sorted(one.kpis))) for one in questions]


def _save(guide: Guide, questions: Sequence[Asked]) -> None:
    if not guide.name:
        raise ValidationError({"name": "Give the guide a name."})
    if not 1 <= len(questions) <= MOST:
        raise ValidationError(f"A guide has 1 to {MOST} questions." if questions else "Add a question.")
    guide.full_clean(validate_constraints=False)
    guide.save()
    guide.questions.all().delete()
    for position, one in enumerate(_tidied(questions), 1):
        question = Question(guide=guide, position=position, text=one.text, hint=one.hint, whole_function=one.whole_function)
        question.full_clean()
        question.save()
        question.kpis.set(one.kpis)
