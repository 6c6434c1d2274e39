"""What is rolled up and should be looked at: what could not be made and why, who is left out, who begins or ends within it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from gaps.core import health as core
from gaps.queries.health.reading import Ints, Seen
from gaps.queries.health.series import SERIES, series_cells
from gaps.queries.health.table import Cell, Column, Table
from gaps.queries.lines import EPOCH
from metrics.core import periods, rollup
from metrics.core.periods import Frequency
from metrics.core.rollup import Member, Place, Plan, Reason, Wanted
from metrics.queries.rollup import figures, standing
from saypro_review.lib.formatting import plural

LOOKED_INTO = 3_000  # series, at most, whose figures are looked into for one page; beyond that their window's word is taken
NAMED = 4
REASONS = {
    Reason.FACTOR: "The values are not one constant times numerator over denominator, so the sum of the parts has no unit. Check the "
    "parts and the KPI's unit.",
    Reason.STARTS: "The weeks of the departments below begin on different weekdays.",
    Reason.NEVER: "In no period the parts add up to a number.",
    None: "It waits to be judged, or has no period in the window or in the 12 before it.",
}
Row = tuple[int, int, list[Cell]]  # what goes first, then by series


def rollups(seen: Seen, limit: int | None) -> Table:
    """What could not be rolled up first, then what is without some departments, then where departments begin or end, latest first."""
    rows = _rows(seen)
    return Table(
        key="rollups",
        title="Ratios of departments with parts",
        text="Where a department has no figures of its own, its rate is rolled up from the numerators and denominators of those below it.",
        empty="Nothing to look at: whatever can be rolled up is, and from the same departments throughout.",
        noun="note",
        columns=[*SERIES, Column("What", "what"), Column("Why, and who", "why")],
        rows=rows[:limit],
        count=len(rows),
    )


def _rows(seen: Seen) -> list[list[Cell]]:
    kpis = np.unique(seen.judged.kpi[seen.parts]).tolist()
    known = {*kpis, *(kpi for _, _, kpi in seen.marks)}
    if not known:
        return []
    members = _members(seen, known)
    made = rollup.plan({pk: one.parent_id for pk, one in seen.departments.items()}, members)
    places = {one.series: one.department for one in members}
    marked = {(kpi, department): series for series, department, kpi in seen.marks}
    inside = set(seen.judged.series.tolist())
    undone = {place: series for place, series in marked.items() if series not in inside}
    return [
        *_undone(seen, undone, made),
        *_left_out(seen, made, marked, inside, places),
        *_changing(seen, {place: series for place, series in marked.items() if series in inside}, made, places),
    ]


def _members(seen: Seen, kpis: set[int]) -> list[Member]:
    """The series of those KPIs that have figures of their own. The run says which have parts in the window; whether all their figures
    have is looked up."""
    of = seen.judged
    own = np.isin(of.kpi, list(kpis)) & ~seen.rolled_up
    maybe = {pk: bool(parts) for pk, parts in zip(of.series[own].tolist(), (seen.parts | (of.window == 0))[own].tolist(), strict=True)}
    rest = [one for one in seen.outside if one.kpi in kpis]
    maybe |= {one.series: True for one in rest}
    asked = [pk for pk, parts in maybe.items() if parts]
    full = standing(asked) if len(asked) <= LOOKED_INTO else maybe
    rows = [*zip(*(column[own].tolist() for column in (of.series, of.kpi, of.department)), strict=True)]
    rows += [(one.series, one.kpi, one.department) for one in rest]
    return [Member(pk, kpi, department, True, full.get(pk, False)) for pk, kpi, department in rows]


def _row(seen: Seen, place: Place, series: int | None, what: str, why: str, *, judged: bool) -> list[Cell]:
    kpi, department = place
    return [*series_cells(seen, series or 0, kpi, department, judged=judged), Cell(what), Cell(why)]


def _undone(seen: Seen, undone: dict[Place, int], made: Plan) -> list[list[Cell]]:
    """Those that are marked and not in the run."""
    asked: dict[Place, list[int]] = {}
    for place in undone:
        if sum(map(len, asked.values())) < LOOKED_INTO and place in made.sources:
            asked[place] = made.sources[place]
    why = dict(zip(asked, _reasons(seen, asked), strict=True))
    return [
        _row(seen, place, series, "not rolled up", REASONS[why.get(place)], judged=False)
        for place, series in sorted(undone.items(), key=lambda one: one[1])
    ]


def _reasons(seen: Seen, asked: dict[Place, list[int]]) -> Sequence[Reason | None]:
    if not asked:
        return []
    ids, parts = figures({pk for sources in asked.values() for pk in sources})
    at = {pk: number for number, pk in enumerate(ids)}
    wanted = [
        Wanted(seen.kpis[kpi].unit, seen.frequency(kpi) is Frequency.WEEK, [at[pk] for pk in sources])
        for (kpi, _), sources in asked.items()
    ]
    return rollup.roll_up(wanted, parts)[1]


def _left_out(seen: Seen, made: Plan, marked: dict[Place, int], inside: set[int], places: dict[int, int]) -> list[list[Cell]]:
    """Those without some departments, as these give no parts, and those that would need these parts."""
    out = []
    for place, left_out in sorted(made.left_out.items(), key=lambda one: (one[0] in made.sources, one[0])):
        who = _named(sorted(seen.departments[places[pk]].name for pk in left_out))
        series = marked.get(place)
        what = "some departments left out" if place in made.sources else "not rolled up"
        why = f"Not all figures have a numerator and a denominator: {who}."
        out.append(_row(seen, place, series, what, why, judged=series in inside))
    return out


def _changing(seen: Seen, done: dict[Place, int], made: Plan, places: dict[int, int]) -> list[list[Cell]]:
    """Those within which a department begins or ends, the latest such change first."""
    spans = _spans(seen, {*done.values(), *(pk for place in done for pk in made.sources.get(place, ()))})
    found = []
    for place, series in done.items():
        changes = core.changes(spans[series], {pk: spans[pk] for pk in made.sources.get(place, ())})
        if changes:
            said = [
                f"{seen.departments[places[one.series]].name} {'begins' if one.begins else 'ends'} {seen.label(one.day, place[0])}"
                for one in changes
            ]
            why = f"The sums before and after are of different departments: {_named(said)}."
            found.append((-changes[0].day, series, _row(seen, place, series, "departments change", why, judged=True)))
    return [row for _, _, row in sorted(found, key=lambda one: one[:2])]


def _spans(seen: Seen, series: Iterable[int]) -> dict[int, tuple[int, int]]:
    """Days of the first and the last period of some series."""
    of, wanted = seen.judged, np.isin(seen.judged.series, list(series))
    first, last = np.zeros(len(wanted), np.int64), np.zeros(len(wanted), np.int64)
    group: Ints = of.frequency * 7 + of.week_starts
    for number in np.unique(group[wanted]).tolist():
        frequency, here = core.FREQUENCIES[number // 7], wanted & (group == number)
        first[here] = periods.first_day(seen.first_index[here], frequency, number % 7)
        last[here] = periods.first_day(seen.first_index[here] + seen.slots[here] - 1, frequency, number % 7)
    out = {one.series: ((one.first - EPOCH).days, (one.latest - EPOCH).days) for one in seen.outside}
    columns = (column[wanted].tolist() for column in (of.series, first, last))
    return out | {pk: (begin, end) for pk, begin, end in zip(*columns, strict=True)}


def _named(texts: Sequence[str]) -> str:
    more = f" and {plural(len(texts) - NAMED, 'other')}" if len(texts) > NAMED else ""
    return ", ".join(texts[:NAMED]) + more
