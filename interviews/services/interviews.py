"""Interviews from the first word to the last: made, answered, finished, opened again, deleted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from departments.core.names import forbidden
from departments.models import AuditEvent, Department, ReviewCycle, User
from departments.services import audit
from interviews.core.terms import InterviewState, StakeholderRole
from interviews.models import Answer, Coding, Guide, Interview, Stakeholder
from interviews.services import coding, planning

MOST = 50_000  # characters of an answer
SESSION = timedelta(minutes=30)  # saves closer than that to the one before are one session of editing, and one event
DETAILS = ("held_on", "consent", "consent_note", "quotable")


class Conflict(Exception):
    """The answer was saved elsewhere meanwhile: its `text` and `version` as they stand now."""

    def __init__(self, answer: Answer):
        super().__init__("This answer was changed elsewhere.")
        self.text, self.version = answer.text, answer.version


@transaction.atomic
def create(
    *,
    cycle: ReviewCycle,
    stakeholder: Stakeholder,
    guide: Guide | None,
    interviewer: User,
    held_on: date,
    consent: str,
    quotable: bool,
    at: datetime,
    consent_note: str = "",
    source: str = "",
    headings: Sequence[str] = (),
) -> Interview:
    """A draft with an empty answer for each question of the guide and each of `headings`, and the interviewer's coding of it.

    Raises ValidationError where consent is missing or the stakeholder is of another cycle or was erased.
    """
    if stakeholder.cycle_id != cycle.pk:
        raise ValidationError({"stakeholder": "This person belongs to another review."})
    if stakeholder.erased_at:
        raise ValidationError({"stakeholder": "This person was erased. Choose somebody else."})
    interview = Interview(
        cycle=cycle, stakeholder=stakeholder, department_id=stakeholder.department_id, role=stakeholder.role, guide=guide,
        interviewer=interviewer, held_on=held_on, consent=consent, consent_note=consent_note, quotable=quotable, source=source,
        created_at=at, updated_at=at,
    )  # fmt: skip
    interview.full_clean(exclude=["cycle", "stakeholder", "department", "guide", "interviewer"])
    interview.save()
    questions = list(guide.questions.all()) if guide else []
    rows = [Answer(interview=interview, question=question, updated_at=at) for question in questions]
    rows += [Answer(interview=interview, heading=heading, updated_at=at) for heading in headings]
    for position, row in enumerate(rows, 1):
        row.position = position
    Answer.objects.bulk_create(rows)
    Coding.objects.create(interview=interview, coder=interviewer, first=True, started_at=at)
    audit.record("interview.create", by=interviewer, at=at, on=interview)
    return interview


@transaction.atomic
def create_with_person(
    *,
    cycle: ReviewCycle,
    department: Department,
    role: StakeholderRole | str,
    name: str,
    pseudonym: str,
    interviewer: User,
    at: datetime,
    **details: Any,
) -> Interview:
    """`create` for somebody who is not on the cycle's list yet; they are put on it. Raises ValidationError, by field."""
    stakeholder = planning.add_stakeholder(
        cycle=cycle, department=department, role=role, name=name, pseudonym=pseudonym, by=interviewer, at=at
    )
    return create(cycle=cycle, stakeholder=stakeholder, interviewer=interviewer, at=at, **details)


@transaction.atomic
def opened(interview: Interview, *, by: User, at: datetime) -> None:
    """Note that somebody was shown the interview."""
    audit.record("interview.read", by=by, at=at, on=interview)


@transaction.atomic
def save_answer(answer: Answer, *, text: str, base_version: int, by: User, at: datetime) -> int:
    """Keep the text and return its version; the same text again changes nothing. Excerpts follow their words.

    `base_version`: the version that the text was made from. Raises Conflict when another stands there meanwhile, ValidationError for
    a text that cannot be kept or an interview that is finished.
    """
    refuse_text(text)
    interview = Interview.objects.select_for_update(no_key=True).get(pk=answer.interview_id)  # before the answer, as `delete` does
    answer = Answer.objects.select_for_update(no_key=True).get(pk=answer.pk)
    refuse_destroyed(interview)  # a page that was left open still has the text, and offers to keep it
    if text == answer.text:
        return answer.version
    if base_version != answer.version:
        raise Conflict(answer)
    if not interview.is_draft:
        raise ValidationError("The interview is finished. Open it again to change an answer.")
    coding.follow(answer, text, at=at)
    _note_session(interview, by, at)
    answer.text, answer.version, answer.updated_at = text, answer.version + 1, at
    answer.save(update_fields=["text", "version", "updated_at"])
    interview.updated_at = at
    interview.save(update_fields=["updated_at"])
    return answer.version


def refuse_text(text: str) -> None:
    """Raise ValidationError for a text that is too long or holds what cannot be seen."""
    if len(text) > MOST:
        raise ValidationError(f"An answer holds {MOST:,} characters at most; this one has {len(text):,}.")
    if "\x00" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise ValidationError("The text holds a character that cannot be kept.")


def refuse_destroyed(interview: Interview) -> None:
    """Raise ValidationError once its texts were destroyed."""
    if interview.redacted_at is not None:
        raise ValidationError("Its text has been destroyed; there is nothing to change.")


def _note_session(interview: Interview, by: User, at: datetime) -> None:
    """One event per session of editing, not one per save."""
    recent = AuditEvent.objects.filter(
        object_type=interview._meta.label_lower, object_id=interview.pk, act="interview.edit", actor=by, at__gt=at - SESSION
    )
    if not recent.exists():
        audit.record("interview.edit", by=by, at=at, on=interview)


@transaction.atomic
def finish(interview: Interview, *, by: User, at: datetime) -> None:
    """The interview counts as held, and its coding as evidence. Twice is once."""
    interview = Interview.objects.select_for_update(no_key=True).get(pk=interview.pk)
    if not interview.is_draft:
        return
    refuse_destroyed(interview)
    interview.state, interview.finished_at, interview.updated_at = InterviewState.FINISHED, at, at
    interview.save(update_fields=["state", "finished_at", "updated_at"])
    interview.codings.filter(first=True).update(finished_at=at)
    audit.record("interview.finish", by=by, at=at, on=interview)


@transaction.atomic
def reopen(interview: Interview, *, by: User, at: datetime) -> None:
    """Make it a draft again: until it is finished anew it counts for nothing. Twice is once."""
    interview = Interview.objects.select_for_update(no_key=True).get(pk=interview.pk)
    if interview.is_draft:
        return
    refuse_destroyed(interview)
    interview.state, interview.finished_at, interview.updated_at = InterviewState.DRAFT, None, at
    interview.save(update_fields=["state", "finished_at", "updated_at"])
    interview.codings.filter(first=True).update(finished_at=None)
    audit.record("interview.reopen", by=by, at=at, on=interview)


@transaction.atomic
def change_details(interview: Interview, *, by: User, at: datetime, **values: object) -> None:
    """Change DETAILS of it. Without leave to quote none of its excerpts is quotable. Raises ValidationError."""
    interview = Interview.objects.select_for_update(no_key=True).get(pk=interview.pk)
    refuse_destroyed(interview)
    changed = [name for name in DETAILS if name in values and getattr(interview, name) != values[name]]
    if not changed:
        return
    for name in changed:
        setattr(interview, name, values[name])
    interview.full_clean(exclude=["cycle", "stakeholder", "department", "guide", "interviewer"])
    interview.updated_at = at
    interview.save(update_fields=[*changed, "updated_at"])
    if not interview.quotable:
        coding.unquote(interview, at=at)
    audit.record("interview.change", by=by, at=at, on=interview, changed=changed)


@transaction.atomic
def delete(interview: Interview, *, by: User, at: datetime) -> None:
    """Remove a draft with all that was typed and coded. Raises ValidationError for one that counts as held."""
    interview = Interview.objects.select_for_update().get(pk=interview.pk)
    if not interview.is_draft:
        raise ValidationError("A finished interview is evidence. Open it again first, or erase the person.")
    audit.record("interview.delete", by=by, at=at, on=interview)
    coding.forget(interview)
    interview.delete()


def printable_heading(text: str) -> bool:
    """Whether a heading may stand above an answer."""
    return bool(text.strip()) and forbidden(text) is None
