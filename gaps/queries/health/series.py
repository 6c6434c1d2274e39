"""Tables about series: how fresh they are, what is missing in them, and where they repeat themselves."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gaps.core import health as core
from gaps.core.words import NOUNS
from gaps.queries.health.reading import Seen, day, stored
from gaps.queries.health.table import NUMBER, WHOLE, Cell, Column, Table
from gaps.queries.lines import EPOCH
from metrics.core import periods
from saypro_review.lib.formatting import number, plural, quantity

SERIES = [Column("KPI", "kpi"), Column("Department", "department")]
NAMED = 4  # stretches of missing periods, at most, that the page names
LAST = np.iinfo(np.int64).max


def series_cells(seen: Seen, series: int, kpi: int, department: int, *, judged: bool = True, note: str = "") -> list[Cell]:
    """The KPI, linked to the series' page where it has one, and the department."""
    link = ("gaps:series", seen.cycle.code, series) if judged else ()
    return [Cell(seen.kpis[kpi].name, link=link, note=note), department_cell(seen, department)]


def department_cell(seen: Seen, department: int) -> Cell:
    one = seen.departments[department]
    return Cell(one.name, link=("gaps:department", seen.cycle.code, one.code))


def _cells(seen: Seen, at: int) -> list[Cell]:
    of, note = seen.judged, "rolled up" if seen.rolled_up[at] else ""
    return series_cells(seen, int(of.series[at]), int(of.kpi[at]), int(of.department[at]), note=note)


def freshness(seen: Seen, limit: int | None) -> Table:
    """Every series with its latest period, the latest last."""
    of, behind = seen.judged, core.behind(seen.judged, (seen.cycle.data_to - EPOCH).days)
    order = np.lexsort((of.series, of.latest, -np.where(behind < 0, LAST, behind), ~of.stale))
    return Table(
        key="freshness",
        title="How fresh the figures are",
        text="The latest complete period of each series, and how far it lies before the last one that ends in the window. Where that is "
        "more than two periods, the series is out of date and graded watch at most.",
        empty="No series has been judged yet.",
        noun="series,series",
        columns=[
            *SERIES,
            Column("Latest period", "latest", WHOLE),
            Column("Behind", "periods_behind", WHOLE),
            Column("State", "out_of_date"),
        ],
        rows=[_fresh(seen, at, int(behind[at])) for at in order[:limit].tolist()],
        count=len(order),
    )


def _fresh(seen: Seen, at: int, behind: int) -> list[Cell]:
    kpi, latest, stale = int(seen.judged.kpi[at]), int(seen.judged.latest[at]), bool(seen.judged.stale[at])
    if behind < 0:
        return [*_cells(seen, at), Cell("none", ""), Cell("–", ""), Cell("out of date", stale, stale=True)]  # noqa: RUF001
    lag = plural(behind, NOUNS[seen.frequency(kpi)]) if behind else "on time"
    return [
        *_cells(seen, at),
        Cell(seen.label(latest, kpi), day(latest)),
        Cell(lag, behind),
        Cell("out of date" if stale else "", stale, stale=stale),
    ]


def holes(seen: Seen, limit: int | None) -> Table:
    """Series with missing periods, those that lack most first."""
    of = seen.judged
    holed = np.flatnonzero(of.missing)
    order = holed[np.lexsort((of.series[holed], -of.missing[holed]))][:limit].tolist()
    values = stored(seen.run, of.series[order].tolist())
    return Table(
        key="holes",
        title="Holes",
        text="Periods without a figure between the first and the latest complete one of a series. They stay empty: nothing is filled in, "
        "and no run or trend is counted across them.",
        empty="No series lacks a period.",
        noun="series,series",
        columns=[
            *SERIES,
            Column("Missing", "missing", NUMBER),
            Column("Longest", "longest", WHOLE),
            Column("Which", "periods"),
        ],
        rows=[_holed(seen, at, *values[int(of.series[at])]) for at in order],
        count=len(holed),
    )


def _holed(seen: Seen, at: int, values: Sequence[float], first_index: int, week_starts: int) -> list[Cell]:
    kpi, found = int(seen.judged.kpi[at]), core.holes(values)
    frequency = seen.frequency(kpi)
    days = periods.first_day(np.arange(first_index, first_index + len(values)), frequency, week_starts).tolist()
    named = [seen.label(days[slot], kpi) + (f" to {seen.label(days[slot + size - 1], kpi)}" if size > 1 else "") for slot, size in found]
    every = " ".join(str(day(days[slot + n])) for slot, size in found for n in range(size))
    more = f" and {plural(len(named) - NAMED, 'more stretch', 'more stretches')}" if len(named) > NAMED else ""
    missing, longest = sum(size for _, size in found), max(size for _, size in found)
    return [
        *_cells(seen, at),
        Cell(f"{number(missing)} of {number(len(values))}", missing),
        Cell(plural(longest, NOUNS[frequency]), longest),
        Cell(", ".join(named[:NAMED]) + more, every),
    ]


def repeats(seen: Seen, limit: int | None) -> Table:
    """Series that end with one value again and again, the longest such stretch first."""
    places = {int(seen.judged.series[at]): at for at in np.flatnonzero(seen.repeats).tolist()}
    ends = {pk: (*of, core.repeats(of[0])) for pk, of in stored(seen.run, places).items()}
    found = [(places[pk], values, first, starts, same) for pk, (values, first, starts, same) in ends.items() if same]
    found.sort(key=lambda one: (-one[-1][1], one[0]))
    return Table(
        key="repeats",
        title="The same value again and again",
        text=f"The last {core.REPEATED} complete values or more are the same and earlier ones are not. That may be so, or a figure may "
        "have been carried forward: ask the department.",
        empty="No series ends with the same value again and again.",
        noun="series,series",
        columns=[
            *SERIES,
            Column("Value", "value", NUMBER),
            Column("Times", "times", NUMBER),
            Column("Since", "since", WHOLE),
        ],
        rows=[_repeated(seen, at, values[same[0]], same[1], first + same[0], starts) for at, values, first, starts, same in found[:limit]],
        count=len(found),
    )


def _repeated(seen: Seen, at: int, value: float, times: int, index: int, week_starts: int) -> list[Cell]:
    kpi = int(seen.judged.kpi[at])
    since = int(periods.first_day(np.array([index]), seen.frequency(kpi), week_starts)[0])
    return [
        *_cells(seen, at),
        Cell(quantity(value, seen.kpis[kpi].unit), value),
        Cell(number(times), times),
        Cell(seen.label(since, kpi), day(since)),
    ]
