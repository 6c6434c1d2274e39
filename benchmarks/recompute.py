"""Reading a million observations, and the whole recompute, as ratios to one bare COPY BINARY read of the same rows."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from datetime import UTC, date, datetime

import numpy as np
from django.db import connection, transaction

from benchmarks.core import trends_alone
from departments.models import Department, ReviewCycle
from gaps.core.grading import grade
from gaps.services import inputs, recompute
from metrics.core.judging import judge
from metrics.models import KPI, Observation, Series
from saypro_review.lib import pgcopy

SERIES, POINTS = 20_000, 50
KPIS = 20
AT = datetime(2026, 1, 5, tzinfo=UTC)
BARE = "COPY (SELECT series_id, period, value FROM metrics_observation) TO STDOUT (FORMAT BINARY)"


def rows(cycle_code: str = "bench") -> ReviewCycle:
    """A cycle over SERIES series of POINTS weekly figures each: most calm and on target, one in fifty falling."""
    departments = Department.objects.bulk_create(
        [Department(code=f"bench-{i}", name=f"Bench {i}", key=f"bench {i}") for i in range(SERIES // KPIS)]
    )
    kpis = KPI.objects.bulk_create(
        [KPI(code=f"bench-{i}", name=f"Bench {i}", key=f"bench {i}", direction="increase", frequency="week", unit="%") for i in range(KPIS)]
    )
    series = Series.objects.bulk_create([Series(kpi=kpi, department=department) for department in departments for kpi in kpis])
    generator = np.random.default_rng(7)
    values = 50 + generator.normal(0, 2, (SERIES, POINTS))
    values[::50, -10:] -= 5
    monday = (date(2025, 12, 29) - date(1970, 1, 1)).days - 7 * POINTS
    period = np.tile(monday + 7 * np.arange(POINTS), SERIES)
    with connection.cursor() as cursor:
        pgcopy.write(
            cursor,
            Observation._meta.db_table,
            {
                "series_id": np.repeat(np.array([one.pk for one in series], np.int64), POINTS),
                "period": pgcopy.Date(period.astype(np.int64)),
                "value": values.ravel(),
                "target": np.full(values.size, 46.0),
                "benchmark_source": np.full(values.size, b""),
                "note": np.full(values.size, b""),
                "batch_id": np.ones(values.size, np.int64),
                "line": np.arange(values.size, dtype=np.int32),
            },
        )
        cursor.execute("ANALYZE metrics_observation")
    return ReviewCycle.objects.create(code=cycle_code, name="Bench", data_from=date(2025, 10, 6), data_to=date(2025, 12, 28))


def timed(work: Callable[[], object], times: int = 3) -> float:
    """Seconds of the fastest of some runs."""
    best = float("inf")
    for _ in range(times):
        began = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - began)
    return best


def bare() -> None:
    with connection.cursor() as cursor:
        cursor.copy_expert(BARE, io.BytesIO())


def run() -> list[tuple[str, float, float, str]]:
    """(what, seconds, times as fast as the bare read, goal) of each part; everything made is rolled back."""
    with transaction.atomic():
        cycle = rows()
        ids = ",".join(map(str, Series.objects.values_list("pk", flat=True)))
        recompute.recompute(cycle.pk, at=AT)
        base = timed(bare)
        read = timed(lambda: _arrays(ids))
        everything = timed(lambda: inputs.read(cycle.pk))
        given = inputs.read(cycle.pk)
        judged = timed(lambda: grade(judge(given.batch)))
        trends = timed(trends_alone(given.batch))
        whole = min(_whole(cycle, value) for value in (51.0, 52.0, 53.0))
        transaction.set_rollback(True)
    return [
        ("bare COPY BINARY read of 1,000,000 rows", base, 1.0, ""),
        ("read into sorted arrays, with both benchmarks", read, base / read, ">= 0.6"),
        ("and periods, benchmarks valid, fingerprint", everything, base / everything, ""),
        ("judge and grade 20,000 series", judged, base / judged, ""),
        (f"of which trends, {trends / whole:.0%} of the whole recompute", trends, base / trends, ""),
        ("whole recompute: read to stored, summary and page", whole, base / whole, ">= 0.3"),
    ]


def _arrays(ids: str) -> None:
    with connection.cursor() as cursor:
        inputs.sorted_columns(pgcopy.read(cursor, inputs.OBSERVATIONS.format(series=ids), inputs.FIELDS))


def _whole(cycle: ReviewCycle, value: float) -> float:
    """Seconds of a recompute after one series has changed."""
    Observation.objects.filter(series=Series.objects.first()).update(value=value)
    return timed(lambda: recompute.recompute(cycle.pk, at=AT), times=1)
