"""What the KPI dictionary shows."""

from __future__ import annotations

from django.db.models import Count, Q, QuerySet

from departments.core.names import key
from departments.models import Department, User
from metrics.models import KPI

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


def kpis_for(
    user: User, text: str = "", *, function: str = "", direction: str = "", owner: int | None = None, sort: str = ""
) -> QuerySet[KPI]:
    """The KPI dictionary with `departments` (those that have figures) and `standards` (benchmarks) counted; for a head only the KPIs
    of their departments, and only what is theirs counted. `text`: part of a name; `sort`: one of SORTS, with a minus for the other
    way round."""
    own, of_all = Q(), Q()
    if not user.standing.everywhere:
        seen = Department.objects.visible_to(user)
        own, of_all = Q(series__department__in=seen), Q(benchmarks__department__in=seen) | Q(benchmarks__department__isnull=True)
    found = KPI.objects.filter(pk__in=kpis_seen(user).order_by().values("pk")).annotate(
        departments=Count("series", filter=own, distinct=True), standards=Count("benchmarks", filter=of_all, distinct=True)
    )
    chosen = {"function": function, "direction": direction, "owner": owner}
    found = found.filter(**{name: value for name, value in chosen.items() if value}).select_related("owner")
    column = SORTS.get(sort.removeprefix("-"), "name")
    order = f"-{column}" if sort.startswith("-") else column
    return (found.filter(key__contains=key(text)) if text else found).order_by(order, "name", "pk")
