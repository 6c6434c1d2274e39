"""What the tables of data health are made from: one row of plain columns for each series that the person sees."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
from django.db import connection
from django.db.models import QuerySet

from departments.models import Department, ReviewCycle, User
from gaps.core.health import FREQUENCIES, NONE, REPEATED, Judged
from gaps.models import Run
from gaps.queries.lines import EPOCH
from metrics.core.kpi import Direction
from metrics.core.periods import Frequency
from metrics.core.verdicts import Quality
from metrics.models import KPI, Series
from saypro_review.lib import pgcopy
from saypro_review.lib.formatting import period_label

# A series of one regime lacks n_judged - n_complete periods: only where that is not 0 its values are gone through one by one.
# repeats: its last values are the same, and some before them are not.
JUDGED = f"""
    SELECT v.series_id, s.department_id, s.kpi_id, s.rolled_up, v.week_starts, v.quality <> '{Quality.INSUFFICIENT}', v.stale,
        cardinality(v.goals) = 0 AND cardinality(v.industry) = 0, v.n_window, v.n_judged - k.n,
        coalesce(v.latest_period - DATE '1970-01-01', {NONE}), v.first_index, cardinality(v."values"), v.pooled_rate IS NOT NULL,
        NOT v.degenerate AND k.n > {REPEATED} AND {" AND ".join(f"k.known[k.n] = k.known[k.n - {i}]" for i in range(1, REPEATED))}
    FROM gaps_seriesverdict v
    JOIN metrics_series s ON s.id = v.series_id
    CROSS JOIN LATERAL (
        SELECT v."values" AS known, v.n_judged AS n WHERE v.n_judged <= v.n_complete
        UNION ALL
        SELECT known, cardinality(known) FROM (SELECT array_remove(v."values"[1:v.n_judged], 'NaN') AS known OFFSET 0) filled
        WHERE v.n_judged > v.n_complete
    ) k
    WHERE v.run_id = {{run}} AND s.department_id = ANY('{{{{{{departments}}}}}}'::bigint[])
    ORDER BY v.series_id
"""  # noqa: S608  filled in with our own ids
FIELDS = {
    "series": "i8", "department": "i8", "kpi": "i8", "rolled_up": "i1", "week_starts": "i2", "enough": "i1", "stale": "i1", "bare": "i1",
    "window": "i4", "missing": "i4", "latest": "i4", "first_index": "i8", "slots": "i4", "parts": "i1", "repeats": "i1",
}  # fmt: skip
SPANS = """
    SELECT s.id, a.period, z.period
    FROM unnest(%s::bigint[]) s(id)
    CROSS JOIN LATERAL (SELECT period FROM metrics_observation WHERE series_id = s.id ORDER BY period LIMIT 1) a
    CROSS JOIN LATERAL (SELECT period FROM metrics_observation WHERE series_id = s.id ORDER BY period DESC LIMIT 1) z
    ORDER BY s.id
"""
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Unjudged:
    """A series with figures of its own that is not in the run, with the days of its first and its latest."""

    series: int
    department: int
    kpi: int
    first: date
    latest: date


@dataclass(frozen=True)
class Seen:
    """A cycle's data as one person sees them: its departments, the series of the run, those outside it, and the marks (id, department,
    KPI) of what is rolled up."""

    cycle: ReviewCycle
    user: User
    run: Run
    covered: QuerySet[Department]
    departments: dict[int, Department]
    kpis: dict[int, KPI]
    judged: Judged
    rolled_up: npt.NDArray[np.bool_]
    parts: npt.NDArray[np.bool_]  # figures with numerator and denominator in the window
    repeats: npt.NDArray[np.bool_]
    first_index: Ints
    slots: Ints
    outside: list[Unjudged]
    marks: list[tuple[int, int, int]]

    def frequency(self, kpi: int) -> Frequency:
        return Frequency(self.kpis[kpi].frequency)

    def label(self, first: int | date, kpi: int) -> str:
        """The period that begins on that day, in words."""
        return period_label(first if isinstance(first, date) else day(first), self.frequency(kpi))


def day(days: int) -> date:
    """The date of a day since 1970-01-01."""
    return EPOCH + timedelta(days=days)


def see(cycle: ReviewCycle, run: Run, user: User) -> Seen:
    """Everything about the cycle's series but their figures. A fixed number of queries."""
    covered = cycle.covers()
    if not user.standing.everywhere:
        covered = covered.filter(pk__in=Department.objects.visible_to(user))
    departments = covered.in_bulk()
    every = list(Series.objects.filter(department__in=covered).order_by("pk").values_list("pk", "department", "kpi", "rolled_up"))
    with connection.cursor() as cursor:
        rows = pgcopy.read(cursor, JUDGED.format(run=run.pk, departments=",".join(map(str, departments))), FIELDS)
        inside = set(rows["series"].tolist())
        rest = {pk: (department, kpi) for pk, department, kpi, _ in every if pk not in inside}
        cursor.execute(SPANS, [list(rest)])
        outside = [Unjudged(pk, *rest[pk], first, latest) for pk, first, latest in cursor.fetchall()]
    kpis = KPI.objects.defer("definition", "formula").in_bulk()
    return Seen(
        cycle=cycle,
        user=user,
        run=run,
        covered=covered,
        departments=departments,
        kpis=kpis,
        judged=_judged(rows, kpis),
        rolled_up=rows["rolled_up"].astype(bool),
        parts=rows["parts"].astype(bool),
        repeats=rows["repeats"].astype(bool),
        first_index=rows["first_index"].astype(np.int64),
        slots=rows["slots"].astype(np.int64),
        outside=outside,
        marks=[(pk, department, kpi) for pk, department, kpi, rolled_up in every if rolled_up],
    )


def _judged(rows: npt.NDArray[np.void], kpis: dict[int, KPI]) -> Judged:
    columns = {name: rows[name].astype(np.int64) for name in ("series", "department", "kpi", "week_starts", "window", "missing", "latest")}
    directed = _by_kpi(columns["kpi"], {pk: int(kpi.direction != Direction.NEUTRAL) for pk, kpi in kpis.items()})
    return Judged(
        frequency=_by_kpi(columns["kpi"], {pk: FREQUENCIES.index(Frequency(kpi.frequency)) for pk, kpi in kpis.items()}),
        enough=rows["enough"].astype(bool),
        stale=rows["stale"].astype(bool),
        bare=rows["bare"].astype(bool) & directed.astype(bool),
        **columns,
    )


def _by_kpi(kpi: Ints, of: dict[int, int]) -> Ints:
    """What `of` says of each series' KPI."""
    ids, place = np.unique(kpi, return_inverse=True)
    return np.array([of[pk] for pk in ids.tolist()], np.int64)[place]


def stored(run: Run, series: Iterable[int]) -> dict[int, tuple[list[float], int, int]]:
    """Of some series of the run the values up to the latest complete period, the index of the first, and where weeks begin."""
    found = run.verdicts.filter(series__in=series).values_list("series", "values", "n_judged", "first_index", "week_starts")
    return {pk: (values[:judged], first, starts) for pk, values, judged, first, starts in found}
