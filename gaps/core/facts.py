"""One series' verdict as plain values: what sentences, summaries and pages are made from. Missing numbers are None."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date

from metrics.core.kpi import Direction
from metrics.core.periods import Frequency
from metrics.core.verdicts import Assurance, Kind, Quality, Signal, Standing, TrendSense, Variation, bit


@dataclass(frozen=True)
class Compared:
    """The series against one kind of benchmark (METHODS section 3). Shortfalls are positive where the series is short of it."""

    kind: Kind
    benchmark: float | None
    standing: Standing
    assurance: Assurance
    grade: int | None
    shortfall: float | None
    shortfall_pct: float | None
    z0: float | None
    missed: int
    periods: int
    missed_low: float | None
    missed_high: float | None
    expected_miss: float | None

    @property
    def finite_z0(self) -> bool:
        """False where there is no noise to measure the shortfall by."""
        return self.z0 is not None and math.isfinite(self.z0)


@dataclass(frozen=True)
class Trend:
    """The trend test of a series (METHODS section 4); slope in the KPI's unit per period."""

    sense: TrendSense
    points: int
    span: int  # periods from the first of them to the latest
    slope: float | None  # None beyond the range of numbers, and then no trend is called
    tau: float
    s: int
    z: float
    p: float
    q: float
    phi: float
    level: float | None  # of the line at the latest complete point
    reach: float | None  # periods until it meets the benchmark, where it heads for it

    @property
    def called(self) -> bool:
        """It survived the control of false discoveries: only then it is called a trend."""
        return self.sense is not TrendSense.NONE


@dataclass(frozen=True)
class Facts:
    """Everything that is said about a series in a run (METHODS sections 1-5)."""

    series_id: int
    department_code: str
    department: str
    kpi_code: str
    kpi: str
    unit: str
    direction: Direction
    frequency: Frequency
    importance: int
    grade: int
    graded_by: Kind | None
    capped: str
    quality: Quality
    stale: bool
    variation: Variation
    signals: tuple[Signal, ...]
    withheld: bool
    seasonal: bool
    n_complete: int
    n_window: int
    latest_period: date | None
    latest_value: float | None
    window_mean: float | None
    baseline_mean: float | None
    mean: float | None
    lower: float | None
    upper: float | None
    compared: tuple[Compared, ...]
    trend: Trend | None = None  # None: too few points to test
    baseline_from: date | None = None  # where a person began the regime that is judged

    @property
    def reached(self) -> Compared | None:
        """The benchmark that a trend is measured against: the goal, without one the industry value."""
        of = {compared.kind: compared for compared in self.compared}
        return of.get(Kind.GOAL) or of.get(Kind.INDUSTRY)

    @property
    def grading(self) -> Compared | None:
        """The comparison that made the grade, else the first that has a benchmark."""
        of = {compared.kind: compared for compared in self.compared}
        if self.graded_by in of:
            return of[self.graded_by]
        return next((compared for compared in self.compared if compared.benchmark is not None), None)

    @property
    def z0(self) -> float | None:
        return self.grading.z0 if self.grading else None


def signals_of(bits: int) -> tuple[Signal, ...]:
    """The rules in a bitmask, in their order."""
    return tuple(signal for signal in Signal if bits & bit(signal))
