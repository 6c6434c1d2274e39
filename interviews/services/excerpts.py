"""Excerpts that leave as a file, and the record of who read and who took them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from random import SystemRandom

from departments.models import ReviewCycle, User
from departments.services import audit
from interviews.core.labels import voices
from interviews.core.terms import Stance
from interviews.documents import FORMS, Line
from interviews.models import Excerpt


def export(excerpts: Iterable[Excerpt], *, form: str, cycle: ReviewCycle, by: User, at: datetime) -> bytes:
    """The excerpts as a file of FORMS. Voices get labels that are drawn anew for each file; no name, pseudonym, role, day or order of
    the interviews is in it."""
    rows = list(excerpts)
    people = sorted({row.coding.interview.stakeholder_id for row in rows})
    SystemRandom().shuffle(people)
    label = voices(people)
    content = FORMS[form][1]([_line(row, label[row.coding.interview.stakeholder_id]) for row in rows], at)
    audit.record("interviews.export_excerpts", by=by, at=at, on=cycle, form=form, rows=len(rows))
    return content


def note_read(cycle: ReviewCycle, *, what: str, rows: int, by: User, at: datetime) -> None:
    """Record that the person read words of interviews on a page that shows many at once. `what`: excerpts or agreement."""
    audit.record(f"interviews.read_{what}", by=by, at=at, on=cycle, rows=rows)


def _line(row: Excerpt, label: str) -> Line:
    return Line(
        theme=row.theme.name,
        text=row.text,
        theme_code=row.theme.code,
        stance=Stance(row.stance).value,
        department=row.department.name,
        kpi=row.kpi.name if row.kpi else "",
        claimed_cause=cause(row),
        voice=label,
        quotable="yes" if row.quotable and row.coding.interview.quotable else "no",
    )


def cause(row: Excerpt) -> str:
    """What the excerpt blames, in words; empty where it blames nothing."""
    if row.cause_theme:
        return row.cause_theme.name
    return ", ".join(str(one) for one in (row.cause_department, row.cause_kpi) if one)
