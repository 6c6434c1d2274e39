"""One interview with what its page shows, and the guides that fit a conversation."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet

from departments.models import User
from interviews.models import Coding, Guide, Interview
from interviews.queries.coding import CodedAnswer, coded_answers


@dataclass(frozen=True)
class Sheet:
    """An interview's answers, each with its excerpts by `coding`: the reader's own coding of it, else the first."""

    answers: list[CodedAnswer]
    coding: Coding | None

    @property
    def unanswered(self) -> list[int]:
        """Numbers of the questions to which nothing was written down, from 1."""
        return [number for number, one in enumerate(self.answers, 1) if not one.answer.text.strip()]


def seen(user: User) -> QuerySet[Interview]:
    """The interviews that the person may read, with what a page says of one."""
    return Interview.objects.visible_to(user).select_related("cycle", "stakeholder", "department", "guide", "interviewer")


def sheet(interview: Interview, user: User) -> Sheet:
    """The interview as the person reads it: three queries, however many answers and excerpts."""
    answers = list(interview.answers.select_related("question").order_by("position", "pk"))
    codings = {coding.coder_id: coding for coding in interview.codings.all()}
    coding = codings.get(user.pk) or next((one for one in codings.values() if one.first), None)
    if coding is None:
        return Sheet([CodedAnswer(answer, []) for answer in answers], None)
    coding.interview = interview
    return Sheet(coded_answers(coding, answers), coding)


def fitting(*, function: str = "", role: str = "") -> tuple[list[Guide], list[Guide]]:
    """The guides in use that fit a conversation, the best first, and the others by name.

    One fits that is made for the function or for any, and for the role or for any; of those the more particular comes first.
    """
    found = list(Guide.objects.filter(retired_at=None).order_by("name", "pk"))
    fit = [guide for guide in found if guide.function in ("", function) and guide.role in ("", role)]
    fit.sort(key=lambda guide: (not guide.function, not guide.role))
    return fit, [guide for guide in found if guide not in fit]
