"""The rows of the demo organisation's KPI files and its benchmarks, made from the story: the same for the same seed and day."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from gaps.core.demo_figures import FIGURES, Figures, Path, Place, Total
from gaps.core.demo_story import MEASURES, PAST, SURVEY, UNITS, Measure
from metrics.core.kpi import BenchmarkKind
from metrics.core.periods import Frequency, first_day, to_index, window

SEED = 2026
HISTORY = {Frequency.MONTH: 30, Frequency.WEEK: 130}  # periods up to the end of the review window
AHEAD = 8  # periods after it that may be drawn: the weeks of the running month
REVIEWED_MONTHS = 3
MEASURE = {measure.name: measure for measure in MEASURES}

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Row:
    """One row of a KPI file; `period` is its first day."""

    department: str
    kpi: str
    period: date
    value: float
    target: float | None = None
    benchmark: float | None = None
    benchmark_source: str = ""
    numerator: int | None = None
    denominator: int | None = None
    note: str = ""


@dataclass(frozen=True)
class Standard:
    """A benchmark kept beside the files; department None: of all."""

    kpi: str
    department: str | None
    kind: BenchmarkKind
    value: float
    valid_from: date | None = None
    valid_to: date | None = None
    source: str = ""


@dataclass(frozen=True)
class Cycle:
    """A review of full months, named by the quarter that it is held in."""

    code: str
    name: str
    data_from: date
    data_to: date


def cycles(today: date) -> tuple[Cycle, Cycle]:
    """The review that is under way, of the last three full months, and the closed one of the three months before these."""
    return _cycle(month_start(today)), _cycle(month_start(today, REVIEWED_MONTHS))


def rows(today: date, seed: int = SEED) -> dict[str, list[Row]]:
    """The rows of each main department's file (those below it included), by the department's name."""
    known = _Generator(today, seed)
    files: dict[str, list[Row]] = {}
    for figures in FIGURES:
        files.setdefault(main_department(figures.department), []).extend(known.rows(figures))
    return files


def standards(today: date) -> list[Standard]:
    """The benchmarks that are kept beside the files."""
    industry = [
        Standard(measure.name, None, BenchmarkKind.INDUSTRY, measure.industry, source=SURVEY)
        for measure in MEASURES
        if measure.industry is not None
    ]
    own = [standard for figures in FIGURES for standard in _own_standards(figures, today)]
    return industry + own


def main_department(name: str) -> str:
    """The department right below the organisation that `name` is or belongs to."""
    parents = {unit.name: unit.parent for unit in UNITS}
    while (parent := parents[name]) is not None and parents[parent] is not None:
        name = parent
    return name


def month_start(day: date, back: int = 0) -> date:
    """The first day of the month that lies `back` months before that of `day`."""
    months = day.year * 12 + day.month - 1 - back
    return date(months // 12, months % 12 + 1, 1)


def _cycle(after: date) -> Cycle:
    quarter = (after.month - 1) // 3 + 1
    return Cycle(
        code=f"{after.year}-q{quarter}",
        name=f"Q{quarter} {after.year} review",
        data_from=month_start(after, REVIEWED_MONTHS),
        data_to=after - timedelta(days=1),
    )


def _own_standards(figures: Figures | Total, today: date) -> Iterator[Standard]:
    """The recorded past figure of a series, and its goals where the files do not carry them."""
    if figures.past is not None:
        yield Standard(figures.kpi, figures.department, BenchmarkKind.HISTORY, figures.past, source=PAST)
    if figures.goals_in_file:
        return
    starts = [_goal_start(today, back) for back, _ in figures.goals]
    ends = [start - timedelta(days=1) for start in starts[1:]] + [None]
    for (_, value), start, end in zip(figures.goals, starts, ends, strict=True):
        yield Standard(figures.kpi, figures.department, BenchmarkKind.GOAL, value, start, end)


def _goal_start(today: date, back: float) -> date:
    """The day from which a goal holds that came `back` months before the end of the window."""
    return month_start(today, int(back))


def _goal(goals: Path, today: date, period: date) -> float | None:
    """The goal that holds on the first day of the period; the first one also before its day."""
    held = [value for back, value in goals if _goal_start(today, back) <= period]
    return held[-1] if held else goals[0][1] if goals else None


@dataclass(frozen=True)
class _Run:
    """One series, by position: 0 is the last period of the window."""

    positions: Ints
    values: Floats
    numerators: Ints | None = None
    denominators: Ints | None = None


@dataclass
class _Generator:
    today: date
    seed: int
    made: dict[Place, _Run] = field(default_factory=dict)

    def rows(self, figures: Figures | Total) -> Iterator[Row]:
        """The rows of one series. Those that it is made of come before it in the story."""
        run = self._total(figures) if isinstance(figures, Total) else self._single(figures)
        self.made[figures.place] = run
        measure = MEASURE[figures.kpi]
        days = first_day(run.positions + self._end(measure.frequency), measure.frequency)
        left_out = _left_out(figures, run.positions)
        for slot in np.flatnonzero(~left_out):
            yield self._row(figures, run, int(slot), date(1970, 1, 1) + timedelta(days=int(days[slot])))

    def _row(self, figures: Figures | Total, run: _Run, slot: int, period: date) -> Row:
        standard = figures.industry_in_file if isinstance(figures, Figures) else None
        partial = run.positions[slot] > 0 and MEASURE[figures.kpi].frequency is Frequency.MONTH
        return Row(
            department=figures.department,
            kpi=figures.kpi,
            period=period,
            value=float(run.values[slot]),
            target=_goal(figures.goals, self.today, period) if figures.goals_in_file else None,
            benchmark=standard,
            benchmark_source=SURVEY if standard is not None else "",
            numerator=None if run.numerators is None else int(run.numerators[slot]),
            denominator=None if run.denominators is None else int(run.denominators[slot]),
            note="month to date" if partial else "",
        )

    def _end(self, frequency: Frequency) -> int:
        """Calendar index of position 0: the last period wholly inside the window."""
        cycle = cycles(self.today)[0]
        return window(_days(cycle.data_from), _days(cycle.data_to), frequency)[1]

    def _positions(self, frequency: Frequency, running: bool) -> Ints:
        """From the first period of the history to the last one that has ended, or that has begun."""
        begun = self.today - timedelta(days=1)
        last = to_index(np.array([_days(begun if running else self.today)]), frequency)[0] - (0 if running else 1)
        return np.arange(1 - HISTORY[frequency], last - self._end(frequency) + 1)

    def _total(self, total: Total) -> _Run:
        parts = [self.made[part, total.kpi] for part in total.parts]
        numerators = np.sum([part.numerators for part in parts if part.numerators is not None], axis=0)
        denominators = np.sum([part.denominators for part in parts if part.denominators is not None], axis=0)
        return _Run(parts[0].positions, np.round(100 * numerators / denominators, 1), numerators, denominators)

    def _single(self, figures: Figures) -> _Run:
        measure = MEASURE[figures.kpi]
        positions = self._positions(measure.frequency, figures.running)
        noise = self._noise(figures, measure, positions)
        values = figures.level + figures.noise * noise + _moved(figures.moves, positions)
        if figures.season is not None:
            values += _season(figures.season, first_day(positions + self._end(measure.frequency), measure.frequency))
        values = np.maximum(values, 0)
        if figures.per is not None:
            return self._ratio(figures, positions, np.minimum(values, 100))
        if figures.running:
            values = np.where(positions > 0, values * self._share_of_month(), values)
        return _Run(positions, np.round(values, figures.decimals))

    def _share_of_month(self) -> float:
        """How much of the running month is over."""
        first, following = month_start(self.today), month_start(self.today, -1)
        return (self.today - first) / (following - first)

    def _noise(self, figures: Figures, measure: Measure, positions: Ints) -> Floats:
        """Standard normal, each figure depending on the one before by `memory`; the same at a position whatever the day."""
        first = 1 - HISTORY[measure.frequency]
        fresh = self._draws(figures, "value").standard_normal(AHEAD - first + 1)
        noise = fresh.copy()
        for slot in range(1, len(noise)):
            noise[slot] = figures.memory * noise[slot - 1] + np.sqrt(1 - figures.memory**2) * fresh[slot]
        return noise[positions - first]

    def _ratio(self, figures: Figures, positions: Ints, percent: Floats) -> _Run:
        if isinstance(figures.per, tuple):
            denominators = self.made[figures.per].values.astype(np.int64)
        else:
            mean = float(figures.per or 0)
            spread = self._draws(figures, "denominator").standard_normal(len(positions))
            denominators = np.rint(mean * (1 + 0.04 * spread)).astype(np.int64)
        numerators = np.rint(denominators * percent / 100).astype(np.int64)
        return _Run(positions, np.round(100 * numerators / denominators, figures.decimals), numerators, denominators)

    def _draws(self, figures: Figures, what: str) -> np.random.Generator:
        name = f"{figures.department}/{figures.kpi}/{what}"
        return np.random.default_rng([self.seed, figures.pick, zlib.crc32(name.encode())])


def _moved(moves: Path, positions: Ints) -> Floats:
    """The change of level at each position: straight lines between the points of the path, level before and after."""
    if not moves:
        return np.zeros(len(positions))
    back, change = zip(*moves, strict=True)
    return np.interp(positions, -np.array(back), np.array(change))


def _season(season: tuple[float, int], days: Ints) -> Floats:
    amplitude, peak = season
    return amplitude * np.cos(2 * np.pi * (days / 365.2425 - (peak - 0.5) / 12))


def _left_out(figures: Figures | Total, positions: Ints) -> npt.NDArray[np.bool_]:
    """The positions that have no row: before a new KPI's first point, after a stopped one's last, and the gaps."""
    if isinstance(figures, Total):
        return np.zeros(len(positions), bool)
    out = np.isin(-positions, figures.missing)
    if figures.points is not None:
        out |= positions <= -figures.points
    if figures.stopped:
        out |= positions > -figures.stopped
    return out


def _days(day: date) -> int:
    return (day - date(1970, 1, 1)).days
