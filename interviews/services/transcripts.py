"""A transcript becomes a draft of an interview, to be coded."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from departments.models import Department, ReviewCycle, User
from interviews.core.interchange import AnswerEntry, InterviewEntry, Problems
from interviews.core.terms import Consent, StakeholderRole
from interviews.core.transcripts import Exchange
from interviews.services.interchange import Imported, import_entries


def import_transcript(
    exchanges: Sequence[Exchange],
    *,
    cycle: ReviewCycle,
    department: Department,
    role: StakeholderRole,
    held_on: date,
    consent: Consent,
    name: str = "",
    pseudonym: str = "",
    consent_note: str = "",
    quotable: bool = False,
    by: User,
    at: datetime,
) -> Imported:
    """The transcript as a draft of `by`, who interviewed: what was asked as headings, what was said below them. The errors' paths are
    the names of these arguments. The same transcript of the same person is kept once."""
    entry = InterviewEntry(
        path="",
        department=department.name,
        role=role,
        held_on=held_on,
        consent=consent,
        name=name,
        pseudonym=pseudonym,
        consent_note=consent_note,
        quotable=quotable,
        interviewer=by.email.lower(),
        finished=False,
        answers=tuple(AnswerEntry("", None, one.heading, one.text) for one in exchanges),
    )
    return import_entries([entry], Problems(), cycle=cycle, by=by, at=at)
