"""Has the window moved away from its past, and which way does the latest point speak? METHODS section 3."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from metrics.core.charts import Charts
from metrics.core.facts import Facts, pick
from metrics.core.fit import Fits
from metrics.core.frames import sums
from metrics.core.standing import quantile_t, ratio, variance_of_mean, without_rounding
from metrics.core.verdicts import Bits, Codes, Floats, Ints, Signal, Variation, bit, code

CERTAIN = 0.995  # t quantile of signal 5
WINDOW_LEAST, BASELINE_LEAST = 3, 6  # points on the two sides of a shift
SIDE_RULES = bit(Signal.OUTSIDE) | bit(Signal.NEAR) | bit(Signal.RUN)


@dataclass(frozen=True)
class Shift:
    """Window against baseline, per series [S]."""

    window_mean: Floats  # of the raw values, as reported
    baseline_mean: Floats
    t: Floats  # (m - m_b) / (sd*sqrt(V(k) + V(n_b))) of the adjusted values; NaN without a window or n_b < 6
    sense: Codes  # signal 5: +1 up, -1 down, 0 none


def shift_of(facts: Facts, fits: Fits, adjusted: Floats) -> Shift:
    """The means and signal 5; adjusted by slot."""
    frames, k, n_b = facts.frames, facts.k, facts.n_b
    raw = facts.batch.value
    judged = adjusted[frames.slot] if fits.seasonal.any() else raw
    difference = _mean(judged, frames.window, frames.end) - _mean(judged, frames.fit, frames.window)
    v = partial(variance_of_mean, phi=fits.phi, n=facts.n, seasonal=fits.seasonal, per_year=facts.per_year)
    t = ratio(without_rounding(difference, facts.scale), fits.sd * np.sqrt(v(k) + v(n_b)))
    t = np.where(n_b >= BASELINE_LEAST, t, np.nan)
    holds = (np.abs(t) >= quantile_t(CERTAIN, fits.nu)) & (k >= WINDOW_LEAST)
    return Shift(
        window_mean=_mean(raw, frames.window, frames.end),
        baseline_mean=_mean(raw, frames.fit, frames.window),
        t=t,
        sense=np.where(holds, np.sign(t), 0).astype(np.int8),
    )


def _mean(values: Floats, start: Ints, stop: Ints) -> Floats:
    return sums(values, start, stop) / np.where(stop > start, stop - start, np.nan)


def latest_signals(facts: Facts, charts: Charts, shift: Shift) -> Bits:
    """Bitmask of the signals 1-5 at the latest complete point."""
    return pick(charts.signals, facts.slot, 0) | (shift.sense != 0) * np.uint8(bit(Signal.SHIFT))


def graded_variation(facts: Facts, charts: Charts, adjusted: Floats, shift: Shift) -> Codes:
    """Graded variation: adverse before favourable, high or low for neutral; undetermined where the data are insufficient."""
    bits = pick(charts.signals, facts.slot, 0)
    here = pick(adjusted, facts.slot, np.nan)
    side = np.sign(here - facts.of_regime(charts.mean, np.nan))
    step = np.sign(here - pick(adjusted, facts.slot - 1, np.nan))
    senses = [np.where(bits & SIDE_RULES, side, 0), np.where(bits & bit(Signal.TREND), step, 0), shift.sense]
    sign = facts.batch.sign
    adverse = np.any([sense * sign < 0 for sense in senses], axis=0)
    favourable = np.any([sense * sign > 0 for sense in senses], axis=0)
    named = pick(charts.point_type, facts.slot, 0)  # of a neutral series: high, low or common cause
    moved = np.select([shift.sense > 0, shift.sense < 0], [code(Variation.HIGH), code(Variation.LOW)], named)
    neutral = np.where(named == code(Variation.COMMON_CAUSE), moved, named)
    common = code(Variation.COMMON_CAUSE)
    graded = np.select([adverse, favourable], [code(Variation.CONCERN), code(Variation.IMPROVEMENT)], common)
    return np.where(facts.judged, np.where(sign == 0, neutral, graded), code(Variation.UNDETERMINED)).astype(np.int8)
