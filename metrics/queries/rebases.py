"""Where new regimes of a series begin, and where they may."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet

from departments.models import Department
from metrics.models import Observation, Rebase, Series


def rebases_of(series: Series) -> QuerySet[Rebase]:
    """The re-bases of the series, newest period first, each with who began it."""
    return Rebase.objects.filter(series=series).select_related("created_by").order_by("-period")


def periods_of(series: Series) -> QuerySet[Observation, date]:
    """The first days of the periods that the series has a figure in, latest first; of a rolled-up series those of its parts."""
    figures = Observation.objects.filter(series=series.pk)
    if series.rolled_up:
        below = Department.objects.under([series.department_id])
        figures = Observation.objects.filter(series__in=Series.objects.filter(kpi=series.kpi_id, department__in=below).values("pk"))
    return figures.order_by("-period").values_list("period", flat=True).distinct()
