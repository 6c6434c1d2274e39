"""Which reviews must be judged again when the meaning of figures changes."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from django.db.models import OuterRef, Q, Subquery

from departments.models import Job, ReviewCycle, User
from departments.services import cycles
from metrics.models import Observation, Series


def request_recompute(
    kpis: Collection[int], *, by: User | None, at: datetime, department: int | None = None, valid_from: date | None = None
) -> list[Job]:
    """Queue a recompute, in the caller's transaction, of every open cycle that holds figures of these KPIs (ids), of one department
    where it is given, and does not end before `valid_from`. Where the change turns out to change nothing the recompute does nothing."""
    first = Observation.objects.filter(series=OuterRef("pk")).order_by("period").values("period")[:1]
    series = Series.objects.filter(Q(kpi__in=kpis), Q(department=department) if department else Q()).annotate(first=Subquery(first))
    begins: dict[int, date] = {}
    for place, day in series.filter(first__isnull=False).values_list("department", "first").order_by("department"):
        begins[place] = min(begins.get(place, day), day)
    open_ones = ReviewCycle.objects.open().order_by("pk") if begins else []
    touched = [cycle for cycle in open_ones if not valid_from or cycle.data_to >= valid_from]
    return [cycles.request_recompute(cycle, by=by, at=at) for cycle in touched if _holds(cycle, begins)]


def _holds(cycle: ReviewCycle, begins: dict[int, date]) -> bool:
    """Whether the cycle covers a department whose figures begin by its end."""
    early = [department for department, day in begins.items() if day <= cycle.data_to]
    return bool(early) and cycle.covers().filter(pk__in=early).exists()
