"""Excerpts as the coder of an interview sees them."""

from __future__ import annotations

import json
from dataclasses import dataclass

from departments.models import User
from interviews.core.anchors import cut
from interviews.models import Answer, Coding, Excerpt, Interview


@dataclass(frozen=True)
class Piece:
    """A part of an answer's text; `numbers` of the excerpts that it belongs to, counted from 1."""

    text: str
    numbers: str


@dataclass(frozen=True)
class Coded:
    """An excerpt and what the coding panel needs to change it."""

    excerpt: Excerpt
    number: int
    fields: str

    @property
    def because(self) -> str:
        """The claimed cause, in words; blank where there is none."""
        one = self.excerpt
        if one.cause_theme:
            return str(one.cause_theme)
        return " of ".join(str(part) for part in (one.cause_kpi, one.cause_department) if part)


@dataclass(frozen=True)
class CodedAnswer:
    """An answer with its excerpts by one coder."""

    answer: Answer
    coded: list[Coded]

    @property
    def pieces(self) -> list[Piece]:
        spans = [(one.excerpt.start, one.excerpt.end) for one in self.coded]
        return [Piece(text, ", ".join(str(place + 1) for place in places)) for text, places in cut(self.answer.text, spans)]


def coding_of(interview: Interview, user: User) -> Coding | None:
    """The person's own coding of the interview."""
    return Coding.objects.filter(interview=interview, coder=user).select_related("interview").first()


def coded_answers(coding: Coding, answers: list[Answer]) -> list[CodedAnswer]:
    """The answers with the coding's live excerpts, in their order: one query."""
    by_answer: dict[int, list[Coded]] = {answer.pk: [] for answer in answers}
    rows = Excerpt.objects.live().filter(coding=coding, answer__in=answers)
    for row in rows.select_related("theme", "department", "kpi", "cause_theme", "cause_department", "cause_kpi"):
        here = by_answer[row.answer_id]
        here.append(Coded(row, len(here) + 1, json.dumps(_fields(row))))
    return [CodedAnswer(answer, by_answer[answer.pk]) for answer in answers]


def _fields(row: Excerpt) -> dict[str, object]:
    """The values of the coding panel's fields."""
    return {
        "theme": row.theme.name,
        "stance": row.stance,
        "department": row.department_id,
        "kpi": row.kpi_id or "",
        "cause_theme": row.cause_theme.name if row.cause_theme else "",
        "cause_department": row.cause_department_id or "",
        "cause_kpi": row.cause_kpi_id or "",
        "quotable": row.quotable,
    }
