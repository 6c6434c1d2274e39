"""Review cycles."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction

from departments.core.lifecycle import RECOMPUTE
from departments.core.names import tidy
from departments.models import Department, Job, ReviewCycle, User
from departments.services import audit, jobs


@transaction.atomic
def create_cycle(
    *, code: str, name: str, data_from: date, data_to: date, by: User | None, at: datetime, roots: Iterable[Department] = ()
) -> ReviewCycle:
    """A new cycle over the departments `roots` and those below (none: all), with its first recompute queued.

    Raises ValidationError when a constraint is broken: the code is taken or badly formed, or the dates are the wrong way round.
    """
    cycle = ReviewCycle(code=code, name=tidy(name) or code, data_from=data_from, data_to=data_to)
    cycle.full_clean()
    cycle.save()
    cycle.roots.set(roots)
    audit.record("cycle.create", by=by, at=at, on=cycle, code=code, data_from=str(data_from), data_to=str(data_to))
    request_recompute(cycle, by=by, at=at)
    return cycle


def request_recompute(cycle: ReviewCycle, *, by: User | None, at: datetime) -> Job:
    """Queue a recompute of the cycle, in the caller's transaction."""
    return jobs.enqueue(RECOMPUTE, at=at, by=by, cycle=cycle)


def request_recompute_since(earliest: date, *, by: User | None, at: datetime) -> list[Job]:
    """Queue a recompute of every open cycle that a figure of `earliest` or later can touch."""
    touched = ReviewCycle.objects.open().filter(data_to__gte=earliest).order_by("pk")
    return [request_recompute(cycle, by=by, at=at) for cycle in touched]
