"""Review cycles."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from departments.core.lifecycle import RECOMPUTE
from departments.core.names import tidy
from departments.models import CycleReviewer, Department, Job, ReviewCycle, User
from departments.services import audit, jobs


@transaction.atomic
def create_cycle(
    *,
    code: str,
    name: str,
    data_from: date,
    data_to: date,
    by: User | None,
    at: datetime,
    roots: Iterable[Department] = (),
    reviewers: Iterable[User] = (),
) -> ReviewCycle:
    """A new cycle over the departments `roots` and those below (none: all), reviewed by `reviewers`, with its first recompute queued.

    Raises ValidationError when a constraint is broken: the code is taken or badly formed, or the dates are the wrong way round; and
    when one of `reviewers` is no reviewer.
    """
    cycle = ReviewCycle(code=code, name=tidy(name) or code, data_from=data_from, data_to=data_to)
    cycle.full_clean()
    cycle.save()
    cycle.roots.set(roots)
    audit.record("cycle.create", by=by, at=at, on=cycle, code=code, data_from=str(data_from), data_to=str(data_to))
    for user in reviewers:
        assign_reviewer(cycle, user, by=by, at=at)
    request_recompute(cycle, by=by, at=at)
    return cycle


@transaction.atomic
def assign_reviewer(cycle: ReviewCycle, user: User, *, by: User | None, at: datetime) -> bool:
    """Let the person review the cycle: from their next request on they read its interviews. Whether that is new.

    Raises ValidationError when the person is no reviewer.
    """
    if not user.standing.is_reviewer:
        raise ValidationError(f"{user} is not a reviewer. An admin can make them one.")
    _, new = CycleReviewer.objects.get_or_create(cycle=cycle, user=user)
    if new:
        audit.record("cycle.reviewer_add", by=by, at=at, on=cycle, user=user.pk)
    return new


@transaction.atomic
def unassign_reviewer(cycle: ReviewCycle, user: User, *, by: User | None, at: datetime) -> bool:
    """The person reviews the cycle no more; they keep reading the interviews that they hold themselves. Whether they did review it."""
    gone, _ = CycleReviewer.objects.filter(cycle=cycle, user=user).delete()
    if gone:
        audit.record("cycle.reviewer_remove", by=by, at=at, on=cycle, user=user.pk)
    return bool(gone)


def request_recompute(cycle: ReviewCycle, *, by: User | None, at: datetime) -> Job:
    """Queue a recompute of the cycle, in the caller's transaction."""
    return jobs.enqueue(RECOMPUTE, at=at, by=by, cycle=cycle)


def request_recompute_since(earliest: date, *, by: User | None, at: datetime) -> list[Job]:
    """Queue a recompute of every open cycle that a figure of `earliest` or later can touch."""
    touched = ReviewCycle.objects.open().filter(data_to__gte=earliest).order_by("pk")
    return [request_recompute(cycle, by=by, at=at) for cycle in touched]
