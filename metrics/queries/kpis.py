"""What the KPI dictionary shows."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from departments.core.names import key
from departments.models import Department, User
from metrics.models import KPI, Benchmark, Observation, Series

SORTS = {
    "name": "name",
    "function": "function",
    "frequency": "frequency",
    "importance": "importance",
    "owner": "owner__name",
    "departments": "departments",
    "standards": "standards",
}


def kpis_seen(user: User) -> QuerySet[KPI]:
    """The KPIs that the person may know of: for a head those of which their departments have figures."""
    if user.standing.everywhere:
        return KPI.objects.all()
    return KPI.objects.filter(series__department__in=Department.objects.visible_to(user)).distinct()


def measured(user: User) -> QuerySet[Series]:
    """The series with figures that the person may see: not the empty places that an undone import leaves."""
    return Series.objects.visible_to(user).filter(Q(rolled_up=True) | Exists(Observation.objects.filter(series=OuterRef("pk"))))


def kpis_for(
    user: User, text: str = "", *, function: str = "", direction: str = "", owner: int | None = None, sort: str = ""
) -> QuerySet[KPI]:
    """The KPI dictionary with `departments` (those that have figures) and `standards` (benchmarks) counted; for a head only the KPIs
    of their departments, and only what is theirs counted. `text`: part of a name; `sort`: one of SORTS, with a minus for the other
    way round."""
    standards = Benchmark.objects.all()
    if not user.standing.everywhere:
        standards = standards.filter(Q(department=None) | Q(department__in=Department.objects.visible_to(user)))
    found = KPI.objects.filter(pk__in=kpis_seen(user).order_by().values("pk"))
    found = found.annotate(departments=_counted(Series.objects.visible_to(user)), standards=_counted(standards))
    chosen = {"function": function, "direction": direction, "owner": owner}
    found = found.filter(**{name: value for name, value in chosen.items() if value}).select_related("owner")
    column = SORTS.get(sort.removeprefix("-"), "name")
    order = f"-{column}" if sort.startswith("-") else column
    return (found.filter(key__contains=key(text)) if text else found).order_by(order, "name", "pk")


def _counted(rows: QuerySet[Any]) -> Coalesce:
    """How many of the rows are of a KPI. Counted apart: joined, series and benchmarks would multiply."""
    of = rows.filter(kpi=OuterRef("pk")).order_by().values("kpi").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(of), 0)
