"""Tables about what there is at all: by department, by KPI, and what is not there."""

from __future__ import annotations

import numpy as np

from gaps.core import health as core
from gaps.core.health import Tally
from gaps.queries.health.reading import Seen, Unjudged
from gaps.queries.health.series import SERIES, department_cell, series_cells
from gaps.queries.health.table import NUMBER, WHOLE, Cell, Column, Table
from gaps.queries.lines import EPOCH
from metrics.core.kpi import Direction
from saypro_review.lib.formatting import number

COUNTS = [
    Column("Series", "series", NUMBER),
    Column("In the window", "in_window", NUMBER),
    Column("Enough points", "enough_points", NUMBER),
    Column("Fit to judge", "fit", NUMBER),
    Column("Out of date", "out_of_date", NUMBER),
    Column("With holes", "with_holes", NUMBER),
    Column("No benchmark", "without_benchmark", NUMBER),
]


def total(seen: Seen) -> Tally:
    """The numbers of the whole."""
    return core.tally(seen.judged, len(seen.outside))


def _counts(of: Tally) -> list[Cell]:
    return [Cell(number(count), count) for count in (of.known, of.window, of.enough, of.fit, of.stale, of.holed, of.bare)]


def departments(seen: Seen, limit: int | None) -> Table:
    """Departments with figures, those with most series that are not fit to judge first."""
    of = core.tallies(seen.judged.department, seen.judged, np.array([one.department for one in seen.outside], np.int64))
    order = sorted(of, key=lambda pk: (-of[pk].unfit, -of[pk].holed, seen.departments[pk].name, pk))
    return Table(
        key="departments",
        title="By department",
        text="Series that have ever had figures, and how many of them have figures in the window, enough points to judge, and are fit to "
        "judge: enough points, and up to date.",
        empty="No department has figures.",
        noun="department",
        columns=[Column("Department", "department"), *COUNTS],
        rows=[[department_cell(seen, pk), *_counts(of[pk])] for pk in order[:limit]],
        count=len(order),
    )


def kpis(seen: Seen, limit: int | None) -> Table:
    """KPIs with figures, in the same order."""
    of = core.tallies(seen.judged.kpi, seen.judged, np.array([one.kpi for one in seen.outside], np.int64))
    order = sorted(of, key=lambda pk: (-of[pk].unfit, -of[pk].holed, seen.kpis[pk].name, pk))
    return Table(
        key="kpis",
        title="By KPI",
        text="The same, by what is measured.",
        empty="No KPI has figures.",
        noun="KPI",
        columns=[SERIES[0], *COUNTS],
        rows=[[Cell(seen.kpis[pk].name), *_counts(of[pk])] for pk in order[:limit]],
        count=len(order),
    )


def unmeasured(seen: Seen, limit: int | None) -> Table:
    """KPIs with a direction of which no series has a goal or an industry standard, the most important first."""
    of = core.tallies(seen.judged.kpi, seen.judged, np.empty(0, np.int64))
    bare = [pk for pk, one in of.items() if one.bare == one.known]
    bare.sort(key=lambda pk: (-seen.kpis[pk].importance, -of[pk].known, seen.kpis[pk].name, pk))
    return Table(
        key="benchmarks",
        title="KPIs without any benchmark",
        text="There is neither a goal nor an industry standard for any of their series, so they are set against their own past only.",
        empty="Every KPI that has a direction has a goal or an industry standard somewhere.",
        noun="KPI",
        columns=[SERIES[0], Column("Better", "direction"), Column("Importance", "importance", NUMBER), COUNTS[0]],
        rows=[
            [
                Cell(seen.kpis[pk].name),
                Cell(Direction(seen.kpis[pk].direction).label, seen.kpis[pk].direction),
                Cell(f"{seen.kpis[pk].importance} of 5", seen.kpis[pk].importance),
                Cell(number(of[pk].known), of[pk].known),
            ]
            for pk in bare[:limit]
        ],
        count=len(bare),
    )


def silent(seen: Seen, limit: int | None) -> Table:
    """Departments without any figure of their own, those with none below them either first."""
    speaking = {*np.unique(seen.judged.department).tolist(), *(one.department for one in seen.outside)}
    above = {pk for one in speaking for pk in _upwards(seen, one)}
    order = sorted(seen.departments.keys() - speaking, key=lambda pk: (pk in above, seen.departments[pk].name, pk))
    return Table(
        key="silent",
        title="Departments without figures",
        text="They are covered by this review, and no figure has ever come in for them.",
        empty="Every department has figures.",
        noun="department",
        columns=[Column("Department", "department"), Column("Departments below it", "below")],
        rows=[
            [department_cell(seen, pk), Cell("have figures" if pk in above else "none has figures", pk in above)] for pk in order[:limit]
        ],
        count=len(order),
    )


def _upwards(seen: Seen, department: int) -> list[int]:
    """The departments above, nearest first."""
    found: list[int] = []
    above = seen.departments[department].parent_id
    while above in seen.departments:
        found.append(above)
        above = seen.departments[above].parent_id
    return found


def outside(seen: Seen, limit: int | None) -> Table:
    """Series with figures that are not in the run, the latest first."""
    order = sorted(seen.outside, key=lambda one: (-one.latest.toordinal(), one.series))
    return Table(
        key="outside",
        title="Series that are not in this review",
        text="They have figures, but none in the review window or in the 12 periods before it, or none that has been judged yet.",
        empty="Every series with figures is in this review.",
        noun="series,series",
        columns=[*SERIES, Column("First", "first", WHOLE), Column("Latest", "latest", WHOLE), Column("Why", "why")],
        rows=[_outside(seen, one) for one in order[:limit]],
        count=len(order),
    )


def _outside(seen: Seen, one: Unjudged) -> list[Cell]:
    window = (seen.cycle.data_from - EPOCH).days, (seen.cycle.data_to - EPOCH).days
    why = core.why_outside((one.first - EPOCH).days, (one.latest - EPOCH).days, seen.frequency(one.kpi), window)
    return [
        *series_cells(seen, one.series, one.kpi, one.department, judged=False),
        Cell(seen.label(one.first, one.kpi), one.first),
        Cell(seen.label(one.latest, one.kpi), one.latest),
        Cell(why.label, why.value),
    ]
