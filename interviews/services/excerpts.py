"""Excerpts that leave as a file, and the record of who read and who took them."""

from __future__ import annotations

from datetime import datetime
from random import SystemRandom
from typing import Any

from django.db.models import QuerySet

from departments.models import ReviewCycle, User
from departments.services import audit
from interviews.core.labels import voices
from interviews.documents import FORMS, Line
from interviews.models import Excerpt

TAKEN = (
    "theme__name", "theme__code", "stance", "department__name", "kpi__name", "cause_theme__name", "cause_department__name",
    "cause_kpi__name", "coding__interview__stakeholder", "quotable", "coding__interview__quotable", "text",
)  # fmt: skip


def export(excerpts: QuerySet[Excerpt], *, form: str, cycle: ReviewCycle, by: User, at: datetime) -> bytes:
    """The excerpts as a file of FORMS. Voices get labels that are drawn anew for each file; no name, pseudonym, role, day or order of
    the interviews is in it."""
    rows = list(excerpts.order_by().values_list(*TAKEN, named=True))
    people = sorted({row.coding__interview__stakeholder for row in rows})
    SystemRandom().shuffle(people)
    label = voices(people)
    content = FORMS[form][1]([_line(row, label[row.coding__interview__stakeholder]) for row in rows], at)
    audit.record("excerpts.export", by=by, at=at, on=cycle, form=form, rows=len(rows))
    return content


def note_read(cycle: ReviewCycle, *, what: str, rows: int, by: User, at: datetime) -> None:
    """Record that the person read words of interviews on a page that shows many at once. `what`: excerpts or agreement."""
    audit.record(f"{what}.read", by=by, at=at, on=cycle, rows=rows)


def _line(row: Any, label: str) -> Line:
    return Line(
        theme=row.theme__name,
        text=row.text,
        theme_code=row.theme__code,
        stance=row.stance,
        department=row.department__name,
        kpi=row.kpi__name or "",
        claimed_cause=row.cause_theme__name or ", ".join(filter(None, (row.cause_department__name, row.cause_kpi__name))),
        voice=label,
        quotable="yes" if row.quotable and row.coding__interview__quotable else "no",
    )


def cause(row: Excerpt) -> str:
    """What the excerpt blames, in words; empty where it blames nothing."""
    if row.cause_theme:
        return row.cause_theme.name
    return ", ".join(str(one) for one in (row.cause_department, row.cause_kpi) if one)
