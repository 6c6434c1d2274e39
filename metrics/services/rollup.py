"""Which series are made of the parts of others: marked here, worked out when a cycle is judged (core.rollup)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager

from django.db import connection, transaction
from django.db.models import OuterRef, Q, Subquery

from departments.models import Department
from metrics.core.rollup import Place, plan
from metrics.models import KPI, Import, Observation, ObservationChange, Series
from metrics.queries.rollup import members, parents, sampled
from metrics.services.staging import LOCK


@transaction.atomic
def refresh(*, kpis: Collection[int] | None = None) -> int:
    """Mark the series of the KPIs (None: of all) that are rolled up now and unmark the others; how many changed.

    To be called, in its transaction, by whatever takes figures away or changes the tree of departments (imports see to it themselves);
    if the number is not 0, every open cycle has to be judged again. Waits for imports that are being written. No row is deleted: gaps
    and what people decided about them may hang on it, and without figures and mark it is in no review.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    missing, marked, unmarked = differences(kpis=kpis)
    Series.objects.bulk_create([Series(kpi_id=kpi, department_id=department, rolled_up=True) for kpi, department in missing])
    Series.objects.filter(pk__in=marked).update(rolled_up=True)
    Series.objects.filter(pk__in=unmarked).update(rolled_up=False)
    return len(missing) + len(marked) + len(unmarked)


def differences(*, kpis: Collection[int] | None = None) -> tuple[list[Place], list[int], list[int]]:
    """What `refresh` would do: (places that have no series yet, ids to mark, ids to unmark)."""
    if not _matters():
        return [], [], []
    kept = members(list(KPI.objects.values_list("pk", flat=True)) if kpis is None else kpis)
    wanted = plan(parents(), kept).sources
    places = {(one.kpi, one.department): one for one in kept}
    missing = sorted(wanted.keys() - places.keys())
    marked = [one.series for place, one in places.items() if place in wanted and not one.rolled_up]
    unmarked = [one.series for place, one in places.items() if place not in wanted and one.rolled_up]
    return missing, marked, unmarked


def _matters() -> bool:
    """There is a department below another, or a mark that may have to go."""
    return Department.objects.exclude(parent=None).exists() or Series.objects.filter(rolled_up=True).exists()


class Followed:
    """What became of the marks while figures were written."""

    changed = 0


@contextmanager
def following(*, series: Sequence[int], full: Sequence[bool], kpis: Collection[int], batch: Import) -> Iterator[Followed]:
    """Write figures of these series of these KPIs inside; afterwards what is rolled up is marked anew, and `changed` says how much.

    full: have all figures that the file has of the series numerator and denominator? Looks at one figure of each series, and further
    only where a series begins, gets figures without parts beside some with, or has figures replaced that had none: next month's
    figures, the usual file, cost next to nothing.
    """
    followed = Followed()
    if not _matters() or not (any(full) or Series.objects.filter(kpi__in=kpis, rolled_up=True).exists()):
        yield followed
        return
    before = sampled(series)
    yield followed
    begun = len(before) < len(series)
    if begun or any(before[pk] and not whole for pk, whole in zip(series, full, strict=True)) or _changed_parts(batch):
        followed.changed = refresh(kpis=kpis)


def _changed_parts(batch: Import) -> bool:
    """A figure that the import replaced has parts now and had none, or the reverse."""
    now = Observation.objects.filter(series=OuterRef("series"), period=OuterRef("period"))
    found = ObservationChange.objects.filter(replaced_by=batch).annotate(now=Subquery(now.values("denominator")))
    return found.filter(Q(denominator=None) ^ Q(now=None)).exists()
