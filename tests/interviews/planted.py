"""Interviews for tests of what is released: so many people who say so."""

from __future__ import annotations

from datetime import datetime

from departments.models import Department, ReviewCycle
from interviews.core.terms import StakeholderRole
from interviews.models import Excerpt, Stakeholder, Theme
from tests import factories as make


def person(
    cycle: ReviewCycle, department: Department, *, at: datetime = make.AT, quotable: bool = True, interviewer=None, **fields
) -> Stakeholder:
    """Somebody of the department whose interview was held; they have said nothing yet."""
    found = make.StakeholderFactory(cycle=cycle, department=department, **fields)
    more = {"interviewer": interviewer} if interviewer else {}
    interview = make.InterviewFactory(stakeholder=found, finished=True, finished_at=at, quotable=quotable, **more)
    make.answer(interview, "")
    return found


def says(who: Stakeholder, theme: Theme, stance: str = "problem", *, words: str = "It takes too long.", **fields) -> Excerpt:
    """One excerpt of theirs, by default about their own department."""
    interview = who.interviews.get()
    return make.excerpt(make.answer(interview, words), theme, stance, **{"quotable": True} | fields)


def people(cycle: ReviewCycle, department: Department, number: int, **fields) -> list[Stakeholder]:
    return [person(cycle, department, **fields) for _ in range(number)]


def staff(cycle: ReviewCycle, department: Department, number: int = 12, **fields) -> list[Stakeholder]:
    """People of all roles, enough of each that no role gives anybody away."""
    roles = [StakeholderRole.LEAD, StakeholderRole.FRONT_LINE]
    return [person(cycle, department, role=roles[n % 2], **fields) for n in range(number)]
