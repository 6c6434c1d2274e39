"""The list of a cycle's interviews, and its people, for those who may read them."""

from __future__ import annotations

from django.db.models import Count, F, Q, QuerySet

from departments.models import Department, ReviewCycle, User
from interviews.core.terms import InterviewState
from interviews.models import Interview, Stakeholder

SORTS = {
    "person": "stakeholder__pseudonym",
    "department": "department__name",
    "role": "role",
    "held": "held_on",
    "interviewer": "interviewer__name",
    "state": "state",
    "excerpts": "excerpts",
}


def interviews_for(user: User, cycle: ReviewCycle, *, sort: str = "", **chosen: object) -> QuerySet[Interview]:
    """The interviews of the cycle that the person may read, newest first, each with its number of `excerpts` (of the first coding).

    `chosen`: department, role, state, interviewer; `sort`: a name of SORTS, with "-" downwards.
    """
    live = Q(codings__first=True, codings__excerpts__removed_at=None)
    excerpts = Count("codings__excerpts", filter=live)  # joined once: a count per row is slow where tables have not been analysed yet
    found = Interview.objects.visible_to(user).filter(cycle=cycle, **chosen).annotate(excerpts=excerpts)
    field = SORTS.get(sort.removeprefix("-"))
    order = (F(field).desc() if sort.startswith("-") else F(field).asc()) if field else F("held_on").desc()
    return found.select_related("stakeholder", "department", "interviewer").order_by(order, "-held_on", "-pk")


def drafts_of(user: User, cycle: ReviewCycle) -> list[Interview]:
    """What the person has begun and not finished, the last touched first."""
    mine = Interview.objects.visible_to(user).filter(cycle=cycle, interviewer=user, state=InterviewState.DRAFT)
    return list(mine.select_related("stakeholder", "department").order_by("-updated_at", "-pk"))


def people_for(user: User, cycle: ReviewCycle) -> QuerySet[Stakeholder]:
    """The people of the cycle whom the person may know of, by department, role and pseudonym, with numbers of interviews `held` and
    `begun`. Those who were erased are left out."""
    found = Stakeholder.objects.visible_to(user).filter(cycle=cycle, erased_at=None).select_related("department")
    held = Count("interviews", filter=Q(interviews__state=InterviewState.FINISHED))
    begun = Count("interviews", filter=Q(interviews__state=InterviewState.DRAFT))
    return found.annotate(held=held, begun=begun).order_by("department__name", "role", "pseudonym", "pk")


def waiting(user: User, cycle: ReviewCycle) -> dict[tuple[str, str], list[Stakeholder]]:
    """The people whom nobody has interviewed yet, by code of the department and role."""
    found: dict[tuple[str, str], list[Stakeholder]] = {}
    for person in people_for(user, cycle).filter(interviews=None):
        found.setdefault((person.department.code, person.role), []).append(person)
    return found


def open_departments(user: User, cycle: ReviewCycle) -> QuerySet[Department]:
    """The departments whose people the person may interview: those of the cycle but for what they head."""
    covered = cycle.covers()
    return covered.exclude(pk__in=Department.objects.under(user.standing.heads)) if user.standing.heads else covered


def interviewers(user: User, cycle: ReviewCycle) -> QuerySet[User]:
    """Who has held an interview that the person may read."""
    seen = Interview.objects.visible_to(user).filter(cycle=cycle)
    return User.objects.filter(pk__in=seen.order_by().values("interviewer"))
