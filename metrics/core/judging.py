"""Judges every series of a run at once: METHODS sections 1-4.

The way of the data: frames (where regimes, window and fit lie) -> plain charts -> fits -> charts of the adjusted series, for
those with a season or autocorrelation -> shift and graded variation -> standing against each kind of benchmark -> trends, whose
false discoveries are kept down over all series of the batch: nothing else of a verdict depends on the other series.

Ours, where METHODS leaves it open:
* Everything judged lies in the current regime, that of the latest complete point: quality counts its complete points, and the
  window is the part of the review window that lies in it. Earlier regimes of 6 points or more are drawn with their own limits.
* Latest complete point more than 2 periods before `data_to`: window_to - latest_index > 2; without any it is stale.
* The baseline of the lock is all points of the regime before the window; that of shift and history those of the fit.
* A benchmark is judged when it is valid at the latest complete point; level points and window periods without it are left out.
* The reported figures (latest value, means, shortfall, periods missed) are of the raw values; variation, shift, d, whether the
  window mean meets a benchmark, and the statistic of history of the adjusted ones (only so the stated accuracy comes out).
  `variation_plain` and `assurance` are those of the plain chart.
* Where nothing is left to estimate noise from (n <= p) sd is NaN, the standing `none` and no shift is called. Where sd is 0, as
  in a degenerate series however short its fit, a level is `pass` or `fail` by its sign, equality a `pass`.
* Differences below 1e-12 of the values are rounding and count as none.
* A neutral series has no standing, assurance or shortfall; of contrary signals the first names it high or low.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from functools import partial

import numpy as np
import numpy.typing as npt

from metrics.core.charts import Charts, blank, draw
from metrics.core.facts import JUDGED_FROM, Facts, gather, pick
from metrics.core.fit import Fits, deseason, fit_series
from metrics.core.limits import D2, assure
from metrics.core.shift import BASELINE_LEAST, CERTAIN, Shift, graded_variation, latest_signals, shift_of
from metrics.core.standing import (
    USUALLY,
    Levels,
    compare,
    quantile_t,
    tail_of,
    variance_of_mean,
    wilson,
)
from metrics.core.trending import Trending, periods_to_reach, trend_of
from metrics.core.verdicts import Codes, Comparison, Floats, Kind, SeriesBatch, Standing, Variation, Verdicts, code

__all__ = ["Comparison", "SeriesBatch", "Verdicts", "judge"]

LEVEL_POINTS, LEVEL_LEAST = 12, 3
SEASON_COLUMNS = 4  # in the widening of the limits
WORSE_THAN_BEFORE = 0.95  # t quantile of the watch on history


def judge(batch: SeriesBatch) -> Verdicts:
    """The verdicts on every series of the batch, which may be empty; a series may lack complete points, or any."""
    with np.errstate(invalid="ignore", divide="ignore"):
        facts = gather(batch)
        plain = draw_plain(facts)
        fits = fit_series(facts.frames, facts.frames.values, facts.per_year, facts.judged)
        adjusted = deseason(facts.frames, fits, facts.per_year)
        charts = draw_adjusted(plain, facts, fits, adjusted)
        shift = shift_of(facts, fits, adjusted)
        variation = graded_variation(facts, charts, adjusted, shift)
        levels = levels_of(facts, fits, adjusted, variation)
        comparisons = compare_all(facts, fits, plain, shift, levels)
        trend = trend_of(facts, fits.seasonal, adjusted)
        return Verdicts(
            **_counts(facts),
            **_limits(facts, fits, plain, charts),
            **_regimes(facts, charts),
            **_levels(facts, fits, shift, levels),
            **_trend(trend),
            trend_reach=periods_to_reach(facts, trend, comparisons[Kind.GOAL], comparisons[Kind.INDUSTRY]),
            variation=variation,
            latest_signals=latest_signals(facts, charts, shift),
            goal=comparisons[Kind.GOAL],
            industry=comparisons[Kind.INDUSTRY],
            history=comparisons[Kind.HISTORY],
            values=facts.frames.values,
            adjusted=adjusted,
            signals=charts.signals,
            point_type=charts.point_type,
        )


def draw_plain(facts: Facts) -> Charts:
    """The charts of all regimes with enough points, as `limits.xmr` draws them."""
    frames = facts.frames
    charts = blank(frames)
    count = len(frames.rows.start)
    rows = np.flatnonzero(frames.rows.end - frames.rows.start >= JUDGED_FROM)
    draw(charts, frames, frames.values, facts.batch.sign, rows, np.ones(count), np.zeros(count, dtype=bool))
    return charts


def draw_adjusted(plain: Charts, facts: Facts, fits: Fits, adjusted: Floats) -> Charts:
    """The charts as judged: those with a season or autocorrelation drawn again, wider (METHODS section 3)."""
    frames = facts.frames
    charts = deepcopy(plain)
    season = np.where(fits.seasonal, np.sqrt(facts.n / (facts.n - SEASON_COLUMNS)), 1.0)
    widen, withhold = np.ones(len(frames.rows.start)), np.zeros(len(frames.rows.start), dtype=bool)
    widen[frames.current] = (season / np.sqrt(1 - fits.phi))[frames.judged]
    withhold[frames.current] = (fits.phi > 0)[frames.judged]
    again = frames.current[(fits.seasonal | (fits.phi > 0))[frames.judged]]
    draw(charts, frames, adjusted, facts.batch.sign, again, widen, withhold)
    return charts


def levels_of(facts: Facts, fits: Fits, adjusted: Floats, variation: Codes) -> Levels:
    """The level points: the window after a change, else the last max(k, 12) points of the regime, at least 3."""
    changed = (variation == code(Variation.CONCERN)) | (variation == code(Variation.IMPROVEMENT))
    usual = np.maximum(facts.k, LEVEL_POINTS)
    level = np.minimum(np.where(changed, np.maximum(facts.k, LEVEL_LEAST), usual), facts.n_complete)
    tail = tail_of(facts.frames.end, np.minimum(usual, facts.n_complete))
    noiseless = facts.degenerate & (facts.n_complete >= JUDGED_FROM)
    return Levels(
        tail=tail,
        sign=facts.batch.sign,
        latest=pick(facts.batch.value, facts.latest, np.nan),
        k=facts.k,
        level=level,
        scale=facts.scale,
        sd=np.where(noiseless, 0.0, fits.sd),
        threshold=np.where(noiseless, 0.0, quantile_t(USUALLY, fits.nu)),
        variance=partial(variance_of_mean, phi=fits.phi, n=facts.n, seasonal=fits.seasonal, per_year=facts.per_year),
        raw=facts.batch.value[tail.points],
        adjusted=adjusted[facts.frames.slot[tail.points]],
    )


def compare_all(facts: Facts, fits: Fits, plain: Charts, shift: Shift, levels: Levels) -> dict[Kind, Comparison]:
    """The comparisons with goal, industry and history."""
    result = {}
    for kind, column in ((Kind.GOAL, facts.batch.goal), (Kind.INDUSTRY, facts.batch.industry)):
        valid = pick(column, facts.latest, np.nan)
        assurance = _assurance(facts, plain, valid)
        result[kind] = compare(kind, levels, column[levels.tail.points], valid, assurance)
    before = np.where(facts.n_b >= BASELINE_LEAST, shift.baseline_mean, np.nan)
    none = np.zeros(len(before), dtype=np.int8)
    history = compare(Kind.HISTORY, levels, before[levels.tail.series], before, none)
    result[Kind.HISTORY] = replace(
        history,
        standing=none + np.int8(code(Standing.NONE)),
        d=np.full(len(before), np.nan),
        level_n=np.zeros(len(before), dtype=np.int64),
        t=np.where(facts.batch.sign == 0, np.nan, -facts.batch.sign * shift.t),
        threshold=quantile_t(WORSE_THAN_BEFORE, fits.nu),
    )
    return result


def _assurance(facts: Facts, plain: Charts, valid: Floats) -> Codes:
    """Assurance against the plain chart; none where the data are insufficient."""
    mean, width = facts.of_regime(plain.mean, np.nan), facts.of_regime(plain.width, np.nan)
    constant = np.where(facts.degenerate, facts.lowest, np.nan)
    return assure(np.where(facts.judged, valid, np.nan), mean - width, mean + width, facts.batch.sign, constant)


def _pooled(facts: Facts, levels: Levels) -> tuple[Floats, Floats, Floats]:
    """Pooled window rate of a KPI with numerator and denominator, and its Wilson interval."""
    over, under = facts.batch.numerator, facts.batch.denominator
    if over is None or under is None:
        nothing = np.full(len(facts.k), np.nan)
        return nothing, nothing, nothing
    over, under = over[levels.tail.points], under[levels.tail.points]
    known = ~np.isnan(over) & ~np.isnan(under)
    hits = levels.tail.sums(np.where(known, over, 0.0), facts.k)
    trials = levels.tail.sums(np.where(known, under, 0.0), facts.k)
    return hits / np.where(trials > 0, trials, np.nan), *wilson(hits, trials)


def _counts(facts: Facts) -> dict[str, npt.NDArray]:
    """Columns of Verdicts: how much there is, and where it is drawn."""
    offsets = facts.frames.cal_offsets
    return {
        "sign": facts.batch.sign,
        "quality": facts.quality,
        "stale": facts.stale,
        "n_complete": facts.n_complete,
        "n_fit": facts.n,
        "n_window": facts.k,
        "n_baseline": facts.n_b,
        "degenerate": facts.degenerate,
        "latest_index": pick(facts.batch.index, facts.latest, -1),
        "cal_offsets": offsets,
        "cal_start": facts.frames.cal_start,
        "n_judged": np.where(facts.slot >= 0, facts.slot - offsets[:-1] + 1, 0),
    }


def _limits(facts: Facts, fits: Fits, plain: Charts, charts: Charts) -> dict[str, npt.NDArray]:
    """Columns of Verdicts: the limits as judged and the fit they come from."""
    mean, width = facts.of_regime(charts.mean, np.nan), facts.of_regime(charts.width, np.nan)
    return {
        "locked": facts.of_regime(facts.frames.rows.locked, False),
        "mean": mean,
        "lower": mean - width,
        "upper": mean + width,
        "sigma": facts.of_regime(charts.mr_bar, np.nan) / D2,
        "seasonal": fits.seasonal,
        "phi": fits.phi,
        "sd": fits.sd,
        "nu": fits.nu,
        "withheld": fits.phi > 0,
        "variation_plain": pick(plain.point_type, facts.slot, code(Variation.UNDETERMINED)),
    }


def _regimes(facts: Facts, charts: Charts) -> dict[str, npt.NDArray]:
    """Columns of Verdicts: every regime with a complete point, and its limits as drawn."""
    frames, of = facts.frames, facts.frames.rows.series
    return {
        "regime_offsets": np.searchsorted(of, np.arange(len(facts.latest) + 1)),
        "regime_start": frames.cal_start[of] + frames.rows.first - frames.cal_offsets[of],
        "regime_mean": charts.mean,
        "regime_lower": charts.mean - charts.width,
        "regime_upper": charts.mean + charts.width,
    }


def _trend(trend: Trending) -> dict[str, npt.NDArray]:
    """Columns of Verdicts: the trend."""
    names = ("n", "span", "s", "phi", "z", "p", "q", "tau", "slope", "level")
    return {"trend": trend.sense, **{f"trend_{name}": getattr(trend, name) for name in names}}


def _levels(facts: Facts, fits: Fits, shift: Shift, levels: Levels) -> dict[str, npt.NDArray]:
    """Columns of Verdicts: the latest value, the means and the pooled rate."""
    rate, low, high = _pooled(facts, levels)
    return {
        "latest_value": levels.latest,
        "window_mean": shift.window_mean,
        "baseline_mean": shift.baseline_mean,
        "shift_t": shift.t,
        "shift_needed": np.where(np.isnan(shift.t), np.nan, quantile_t(CERTAIN, fits.nu)),
        "pooled_rate": rate,
        "pooled_low": low,
        "pooled_high": high,
    }
