"""What the KPI dictionary shows."""

from __future__ import annotations

from django.db.models import Count, Q, QuerySet

from departments.core.names import key
from departments.models import Department, User
from metrics.models import KPI


def kpis_for(user: User, text: str = "") -> QuerySet[KPI]:
    """The KPI dictionary with `departments` (those that have figures) and `standards` (benchmarks) counted; for a head only the KPIs
    of their departments, and only what is theirs counted. `text`: part of a name."""
    own, of_all, shown = Q(), Q(), KPI.objects.all()
    if not user.standing.everywhere:
        seen = Department.objects.visible_to(user)
        shown = shown.filter(series__department__in=seen)
        own, of_all = Q(series__department__in=seen), Q(benchmarks__department__in=seen) | Q(benchmarks__department__isnull=True)
    found = KPI.objects.filter(pk__in=shown).annotate(
        departments=Count("series", filter=own, distinct=True), standards=Count("benchmarks", filter=of_all, distinct=True)
    )
    return (found.filter(key__contains=key(text)) if text else found).order_by("name", "pk")
