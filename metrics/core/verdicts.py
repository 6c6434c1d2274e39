"""What goes into a judgement and what comes out: enums, their integer codes, and frozen tables of columns.

A column of an enum is int8 and holds the member's place in its enum (`code`, `member`). The first member of each enum, code 0,
says that there is nothing to say. Numbers are NaN, indices -1, where undefined. METHODS sections 1-4.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from metrics.core.kpi import BenchmarkKind as Kind

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int8]
Bits = npt.NDArray[np.uint8]
Bools = npt.NDArray[np.bool_]


class Quality(StrEnum):
    """METHODS section 1."""

    INSUFFICIENT = "insufficient"
    PROVISIONAL = "provisional"
    FULL = "full"


class Variation(StrEnum):
    """What a point (METHODS section 2) or the latest state of a series (section 3) shows; `undetermined`: not judged."""

    UNDETERMINED = "undetermined"
    COMMON_CAUSE = "common_cause"
    IMPROVEMENT = "improvement"
    CONCERN = "concern"
    HIGH = "high"
    LOW = "low"


class Assurance(StrEnum):
    """Benchmark against the limits at the latest point (METHODS section 3, the oracle's): shown, never graded."""

    NONE = "none"
    PASS = "pass"  # noqa: S105
    FAIL = "fail"
    INCONSISTENT = "inconsistent"


class Standing(StrEnum):
    """Level against a benchmark (METHODS section 3), worst first after `none`."""

    NONE = "none"
    FAIL = "fail"
    USUALLY_MISSES = "usually_misses"
    HIT_OR_MISS = "hit_or_miss"
    USUALLY_MEETS = "usually_meets"
    PASS = "pass"  # noqa: S105


class Signal(StrEnum):
    """The rules of METHODS sections 2 and 3 in their order; rule number r is bit r-1 of a bitmask of signals."""

    OUTSIDE = "outside"
    TREND = "trend"
    NEAR = "two_in_three"
    RUN = "run"
    SHIFT = "shift"


class TrendSense(StrEnum):
    """What a trend that was called (METHODS section 4) means; up and down: of a neutral series."""

    NONE = "none"
    ADVERSE = "adverse"
    FAVOURABLE = "favourable"
    UP = "up"
    DOWN = "down"


E = TypeVar("E", bound=StrEnum)


def code(member: StrEnum) -> int:
    """The integer that stands for an enum's member in a column."""
    return list(type(member)).index(member)


def member(enum: type[E], number: int) -> E:
    """The member that an integer of a column stands for."""
    return list(enum)[number]


def bit(signal: Signal) -> int:
    """The bit of a rule in a bitmask of signals."""
    return 1 << code(signal)


def first_signal(bits: int) -> Signal | None:
    """The rule that names a point: the first of those that fire (METHODS section 2); None when none does."""
    return next((signal for signal in Signal if bits & bit(signal)), None)


@dataclass(frozen=True)
class SeriesBatch:
    """S series of P points in all, flat: those of series i are offsets[i] .. offsets[i+1].

    Goal and industry are the benchmark of that kind valid at the point, NaN where there is none. A point with index >
    window_to is incomplete: drawn, never judged. numerator and denominator, of a KPI that is a ratio, NaN elsewhere.
    """

    offsets: Ints  # [S+1]
    index: Ints  # [P] calendar index (periods.py), strictly increasing within a series; missing periods are absent
    value: Floats  # [P]
    goal: Floats  # [P]
    industry: Floats  # [P]
    sign: Codes  # [S] +1 increase, -1 decrease, 0 neutral
    per_year: npt.NDArray[np.int16]  # [S] 365, 52, 12, 4, 1
    window_from: Ints  # [S] first and
    window_to: Ints  # [S] last calendar index of the review window
    numerator: Floats | None = None  # [P]
    denominator: Floats | None = None  # [P]
    rebase_at: tuple[Ints, Ints] | None = None  # pairs: number of the series, calendar index that starts a new regime


@dataclass(frozen=True)
class Comparison:
    """One kind of benchmark against every series (METHODS section 3); all of length S."""

    kind: Kind
    benchmark: Floats  # valid at the latest complete point; history: the baseline's mean
    standing: Codes  # Standing
    assurance: Codes  # Assurance
    d: Floats  # mean of s*(B_t - x_t) over the level points, in sd
    level_n: Ints  # level points with a benchmark
    shortfall: Floats  # window mean of s*(B_t - x_t), in the KPI's unit; positive is short
    shortfall_pct: Floats  # % of |window mean of B_t|
    z0: Floats  # shortfall / sd
    missed: Ints  # window periods that missed
    periods: Ints  # window periods with a value and a benchmark
    missed_low: Floats  # Wilson 95 % of missed / periods
    missed_high: Floats
    expected_miss: Floats  # Phi(z0)
    judged_shortfall: Floats  # shortfall of the adjusted values: where it is not positive the window mean meets the benchmark
    misses_latest: Bools  # the latest complete point misses its benchmark (METHODS section 1, insufficient)
    t: Floats  # goal, industry: d / sqrt(V); history: s*(m_b - m) / (sd*sqrt(V(k)+V(n_b)))
    threshold: Floats  # what t is held against: t(.975, nu), for history t(.95, nu)


@dataclass(frozen=True)
class Verdicts:
    """What judge() decides, one entry per series unless said."""

    sign: Codes
    quality: Codes  # Quality
    stale: Bools
    n_complete: Ints  # complete points of the current regime
    n_fit: Ints  # n: points of the fit
    n_window: Ints  # k
    n_baseline: Ints  # n_b: points before the window in the fit
    locked: Bools  # limits from the points before the window
    degenerate: Bools  # all complete points of the regime equal
    latest_index: Ints  # calendar index of the latest complete point
    latest_value: Floats
    window_mean: Floats
    baseline_mean: Floats
    mean: Floats  # limits of the current regime as judged: adjusted and widened
    lower: Floats
    upper: Floats
    sigma: Floats  # mR-bar / 1.128 of the judged series, not widened
    seasonal: Bools
    phi: Floats  # of the fit, like sd and nu: NaN where insufficient
    sd: Floats  # NaN also where the fit leaves nothing, nu < 1
    nu: Floats
    variation: Codes  # Variation, graded
    variation_plain: Codes  # Variation, plain xmr at the latest complete point
    latest_signals: Bits  # rules 1-5 at the latest complete point of the judged series
    withheld: Bools  # signals 2-4 withheld: autocorrelated
    shift_t: Floats  # statistic of signal 5, its sign that of m - m_b
    shift_needed: Floats  # what it is held against: t(.995, nu)
    pooled_rate: Floats  # sum of numerators / sum of denominators over the window
    pooled_low: Floats  # Wilson 95 %
    pooled_high: Floats
    goal: Comparison
    industry: Comparison
    history: Comparison
    trend: Codes  # TrendSense; none where no trend is called
    trend_n: Ints  # points tested; 0: fewer than 8, and then no number of the trend
    trend_span: Ints  # periods from the first of them to the latest complete point
    trend_s: Ints  # Mann-Kendall's S
    trend_phi: Floats  # dependence that Var(S) is corrected for
    trend_z: Floats  # and its two-sided p, corrected
    trend_p: Floats
    trend_q: Floats  # p corrected for the number of series in the batch: a trend is called up to .05
    trend_tau: Floats
    trend_slope: Floats  # Theil-Sen, in the KPI's unit per period
    trend_level: Floats  # of that line at the latest complete point
    trend_reach: Floats  # periods until it meets the benchmark, where a favourable trend heads for it
    # Per regime with a complete point, the current one last: series i has regime_offsets[i] .. regime_offsets[i+1].
    regime_offsets: Ints  # [S+1]
    regime_start: Ints  # calendar index of its first point
    regime_mean: Floats  # limits as drawn, those of the current regime as judged; NaN where it has fewer than 6 points
    regime_lower: Floats
    regime_upper: Floats
    # Per slot of the drawn calendar, first point to last, incomplete ones included: series i has
    # cal_offsets[i] .. cal_offsets[i+1], slot j the calendar index cal_start[i] + j - cal_offsets[i].
    cal_offsets: Ints  # [S+1]
    cal_start: Ints
    n_judged: Ints  # slots up to and including the latest complete point
    values: Floats  # NaN = missing
    adjusted: Floats  # values less the season, in the current regime and the incomplete periods; elsewhere the values
    signals: Bits  # rules 1-4 as judged, per slot; 0 after the latest complete point
    point_type: Codes  # Variation; undetermined where missing or not judged

    def comparison(self, kind: Kind) -> Comparison:
        """The comparison of one kind."""
        return {Kind.GOAL: self.goal, Kind.INDUSTRY: self.industry, Kind.HISTORY: self.history}[kind]
