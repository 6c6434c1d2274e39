"""Ratios of departments with parts: the rate of a department from the numerators and denominators of those below it.

Never from their rates: two departments of 1/2 and 90/100 make 91/102, not the mean of 50 % and 90 %. METHODS, "Ratios of departments
with parts"; all of it is ours.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from metrics.core import periods

BRANCHES = 2  # departments directly below, at least, in which the sources lie: of one alone it would be a copy
PERCENT, HUNDRED = "%", 100.0
MOST_DECIMALS = 9
SLACK = 1e-3  # of a value: what rounding of its parts may move it by
DIGITS = 15  # significant ones of a float64

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Columns = dict[str, npt.NDArray]
Place = tuple[int, int]  # KPI, department


@dataclass(frozen=True)
class Member:
    """A series: has it figures of its own, and do all of them have numerator and denominator (`parts`)?"""

    series: int
    kpi: int
    department: int
    figures: bool
    parts: bool


@dataclass(frozen=True)
class Series:
    """A series of a run: of what and whose, and whether it is marked as rolled up."""

    kpi: int
    department: int
    unit: str
    weekly: bool
    rolled_up: bool


@dataclass(frozen=True)
class Plan:
    """What is rolled up from what, by KPI and department: `sources`, and `left_out`, the series below that have figures without
    parts. A place that stands in `left_out` alone lacks parts in all but one of its branches."""

    sources: dict[Place, list[int]]
    left_out: dict[Place, list[int]]


def plan(parents: Mapping[int, int | None], members: Iterable[Member]) -> Plan:
    """Who is rolled up from whom. `parents`: the department above each; one that is not in it has none above.

    A department with figures of its own is never rolled up, and where these have parts it stands for all below it, so that nothing
    is counted twice. A place needs sources in BRANCHES of the departments directly below it.
    """
    own = {(one.kpi, one.department): one for one in members if one.figures}
    above = {department: list(_upwards(parents, department)) for department in {department for _, department in own}}
    below: dict[Place, list[tuple[int, Member]]] = defaultdict(list)
    for (kpi, department), one in own.items():
        for branch, higher in above[department]:
            there = own.get((kpi, higher))
            if there is None:
                below[kpi, higher].append((branch, one))
            elif there.parts:
                break
    sources: dict[Place, list[int]] = {}
    left_out: dict[Place, list[int]] = {}
    for place, found in below.items():
        if len({branch for branch, _ in found}) < BRANCHES:
            continue
        given = sorted(one.series for _, one in found if one.parts)
        if len({branch for branch, one in found if one.parts}) >= BRANCHES:
            sources[place] = given
        if given and len(given) < len(found):
            left_out[place] = sorted(one.series for _, one in found if not one.parts)
    return Plan(sources, left_out)


def _upwards(parents: Mapping[int, int | None], department: int) -> Iterator[tuple[int, int]]:
    """Pairs of a department and the one above it, from `department` to the top."""
    while (above := parents.get(department)) is not None:
        yield department, above
        department = above


@dataclass(frozen=True)
class Figures:
    """Figures of ratio series, flat: those of series i are offsets[i] .. offsets[i+1], at least one, by ascending period."""

    offsets: Ints  # [S+1]
    period: Ints  # first days since 1970-01-01
    value: Floats
    target: Floats  # as the file states it, NaN where it does not
    benchmark: Floats
    numerator: Floats
    denominator: Floats


COLUMNS = ("period", "value", "target", "benchmark", "numerator", "denominator")


@dataclass(frozen=True)
class Wanted:
    """A series to be rolled up: the unit of its KPI, whether it is weekly, and the places of its sources among the figures' series."""

    unit: str
    weekly: bool
    sources: list[int]


class Reason(StrEnum):
    """Why a series cannot be rolled up."""

    FACTOR = "factor"  # the sources' values are not one constant times numerator / denominator
    STARTS = "starts"  # their weeks begin on different weekdays
    NEVER = "never"  # in no period their parts add up to a number


@dataclass(frozen=True)
class Rolled:
    """One row per roll-up and period in which a source of it has a figure, in order of both."""

    roll_up: Ints  # place among those wanted
    period: Ints
    value: Floats  # NaN in a period that does not count
    target: Floats  # on which all sources that state one agree
    benchmark: Floats
    numerator: Floats  # sums
    denominator: Floats
    figures: Ints  # sources that have a figure
    running: Ints  # sources between their first and their last figure

    @property
    def counts(self) -> Bools:
        return ~np.isnan(self.value)


@np.errstate(over="ignore", invalid="ignore")
def roll_up(wanted: Sequence[Wanted], figures: Figures) -> tuple[Rolled, list[Reason | None]]:
    """The figures of those wanted, and for each the reason why it has none (None: it has). Linear in the sources' figures."""
    which = np.repeat(np.arange(len(wanted)), [len(one.sources) for one in wanted])
    source = np.array([place for one in wanted for place in one.sources], np.int64)
    constant = factors(wanted, figures, which, source)
    mixed = _mixed_starts(wanted, figures, which, source)
    rows = _sums(figures, which, source, np.where(mixed, np.nan, constant))
    counted = np.bincount(rows.roll_up[rows.counts], minlength=len(wanted)) > 0
    reasons = [
        Reason.STARTS if starts else Reason.FACTOR if none else None if some else Reason.NEVER
        for starts, none, some in zip(mixed.tolist(), np.isnan(constant).tolist(), counted.tolist(), strict=True)
    ]
    return rows, reasons


def extended(columns: Columns, known: Mapping[int, Series], parents: Mapping[int, int | None]) -> Columns:
    """Flat columns in order of series and period, with the figures of those of `known` that are rolled up put into their places.

    columns: `series` (ids) and COLUMNS, numerator and denominator NaN where a figure has none. `known`: the series by id.
    """
    start = np.flatnonzero(np.diff(columns["series"], prepend=-1))
    sources = plan(parents, _members(columns, start, known)).sources
    made = {pk: sources.get((one.kpi, one.department), []) for pk, one in sorted(known.items()) if one.rolled_up}
    made = {pk: of for pk, of in made.items() if of}
    if not made:
        return columns
    used = np.unique(np.concatenate(list(made.values())))
    wanted = [Wanted(known[pk].unit, known[pk].weekly, np.searchsorted(used, of).tolist()) for pk, of in made.items()]
    rows, _ = roll_up(wanted, _figures(columns, start, used))
    here = rows.counts
    new = {"series": np.array(list(made), np.int64)[rows.roll_up[here]]} | {name: getattr(rows, name)[here] for name in COLUMNS}
    at = np.searchsorted(columns["series"], new["series"])
    return {name: np.insert(column, at, new[name]) for name, column in columns.items()}


def _members(columns: Columns, start: Ints, known: Mapping[int, Series]) -> list[Member]:
    """The series with figures, of the KPIs of which any series is marked."""
    marked = {one.kpi for one in known.values() if one.rolled_up}
    ids = columns["series"][start].tolist()
    full = np.logical_and.reduceat(~np.isnan(columns["denominator"]), start).tolist()
    found = [(pk, known[pk], parts) for pk, parts in zip(ids, full, strict=True)]
    return [Member(pk, one.kpi, one.department, True, parts) for pk, one, parts in found if one.kpi in marked]


def _figures(columns: Columns, start: Ints, used: Ints) -> Figures:
    """The figures of the series `used` (ids, ascending)."""
    offsets = np.append(start, len(columns["series"]))
    among = np.searchsorted(columns["series"][start], used)
    here = flat(offsets, among)
    return Figures(np.append(0, np.cumsum(np.diff(offsets)[among])), *(columns[name][here] for name in COLUMNS))


@np.errstate(over="ignore", invalid="ignore")
def factors(wanted: Sequence[Wanted], figures: Figures, which: Ints, source: Ints) -> Floats:
    """For each of those wanted c in value = c * numerator / denominator; NaN where the sources' own values follow none.

    In percent it is 100, if half of the values at least say so (a few that do not are the sources' own matter: their parts count).
    """
    percent = np.array([one.unit.strip() == PERCENT for one in wanted], bool)
    out = np.full(len(wanted), np.nan)
    if percent.any():
        rate = figures.numerator / figures.denominator
        agree = np.add.reduceat(follows(figures.value, rate, HUNDRED), figures.offsets[:-1], dtype=np.int64)
        agreed = np.bincount(which, agree[source], len(wanted))
        points = np.bincount(which, np.diff(figures.offsets)[source], len(wanted))
        out[percent & (2 * agreed >= points)] = HUNDRED
    for number in np.flatnonzero(~percent).tolist():
        here = flat(figures.offsets, np.array(wanted[number].sources, np.int64))
        out[number] = constant(figures.value[here], figures.numerator[here], figures.denominator[here])
    return out


def constant(value: Floats, numerator: Floats, denominator: Floats) -> float:
    """The constant c with value = c * numerator / denominator: the roundest number that all values allow as they are rounded, else
    the median of value * denominator / numerator if all follow it closely. NaN where there is none above 0; 1 where all are 0."""
    rate = numerator / denominator
    some = rate > 0
    if not follows(value[~some], rate[~some], 1.0, slack=0).all():
        return np.nan
    if not some.any():
        return 1.0
    half = _half_unit(value[some])
    least, most = float(((value[some] - half) / rate[some]).max()), float(((value[some] + half) / rate[some]).min())
    if least <= most:
        return _roundest(least, most)
    median = float(f"{np.median(value[some] / rate[some]):.6e}")
    return median if median > 0 and follows(value, rate, median).all() else np.nan


def _roundest(least: float, most: float) -> float:
    """The number with the fewest digits between the two; NaN where it is not positive or not finite."""
    middle = least + (most - least) / 2
    rounded = (float(f"{middle:.{digits}e}") for digits in range(DIGITS))
    best = next((number for number in rounded if least <= number <= most), middle)
    return best if 0 < best < np.inf else np.nan


def follows(value: Floats, rate: Floats, factor: float, slack: float = SLACK) -> Bools:
    """Which values are factor * rate, to half a unit of their last decimal, or to `slack` of them where that is more."""
    return np.abs(value - factor * rate) <= np.maximum(_half_unit(value), slack * np.abs(value))


def _half_unit(value: Floats) -> Floats:
    """Half a unit of the last decimal that each value is given with."""
    out = np.full(len(value), 0.5 * 10.0**-MOST_DECIMALS)
    for decimals in range(MOST_DECIMALS, -1, -1):
        shifted = value * 10.0**decimals
        out[np.abs(shifted - np.rint(shifted)) <= 1e-9 + 1e-12 * np.abs(shifted)] = 0.5 * 10.0**-decimals
    return out * (1 + 1e-9)


def _mixed_starts(wanted: Sequence[Wanted], figures: Figures, which: Ints, source: Ints) -> Bools:
    """Those of weekly KPIs whose sources' weeks begin on different weekdays."""
    day = periods.weekday(figures.period[figures.offsets[:-1]])[source]
    first = np.full(len(wanted), 7)
    np.minimum.at(first, which, day)
    other = np.bincount(which, day != first[which], len(wanted)) > 0
    return np.array([one.weekly for one in wanted], bool) & other


def flat(offsets: Ints, source: Ints) -> Ints:
    """The points of some series, one series after the other."""
    sizes = np.diff(offsets)[source]
    before = np.cumsum(sizes) - sizes
    return np.arange(sizes.sum()) - np.repeat(before - offsets[source], sizes)


def _sums(figures: Figures, which: Ints, source: Ints, factor: Floats) -> Rolled:
    """Sums over the sources of each roll-up and period."""
    point = flat(figures.offsets, source)
    sizes = np.diff(figures.offsets)[source]
    key = _key(np.repeat(which, sizes), figures.period[point])
    order = np.argsort(key, kind="stable")
    key, point = key[order], point[order]
    start = np.flatnonzero(np.diff(key, prepend=-1))
    if not len(start):
        none, nothing = np.empty(0), np.empty(0, np.int64)
        return Rolled(nothing, nothing, none, none, none, none, none, nothing, nothing)
    at = key[start]
    begins = np.sort(_key(which, figures.period[figures.offsets[:-1][source]]))
    ends = np.sort(_key(which, figures.period[figures.offsets[1:][source] - 1]))
    # Sources of the roll-ups before count on both sides alike, so that the difference is of this one's alone.
    running = np.searchsorted(begins, at, side="right") - np.searchsorted(ends, at, side="left")
    given = np.diff(np.append(start, len(key)))
    roll_up = at >> PERIOD_BITS
    numerator, denominator = (np.add.reduceat(column[point], start) for column in (figures.numerator, figures.denominator))
    value = np.where(given == running, factor[roll_up] * (numerator / denominator), np.nan)
    return Rolled(
        roll_up=roll_up,
        period=(at & ((1 << PERIOD_BITS) - 1)) - PERIOD_ZERO,
        value=np.where(np.isfinite(value), value, np.nan),
        target=_agreed(figures.target[point], start),
        benchmark=_agreed(figures.benchmark[point], start),
        numerator=numerator,
        denominator=denominator,
        figures=given,
        running=running,
    )


PERIOD_BITS, PERIOD_ZERO = 24, 1 << 22  # any date of PostgreSQL's that COPY could hold here


def _key(which: Ints, period: Ints) -> Ints:
    """One integer that orders by roll-up, then by period."""
    return (which.astype(np.int64) << PERIOD_BITS) + (period + PERIOD_ZERO)


def _agreed(column: Floats, start: Ints) -> Floats:
    """The number on which all of a group that have one agree, NaN where they do not or none has one."""
    least, most = np.fmin.reduceat(column, start), np.fmax.reduceat(column, start)
    return np.where(least == most, least, np.nan)
