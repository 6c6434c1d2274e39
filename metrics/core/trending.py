"""Which series of a run have a trend, and when a trend reaches the benchmark. METHODS section 4.

Ours, where METHODS leaves it open:
* phi is that of section 3 with p = 2, at most .8 too, and 0 where the residuals are only rounding.
* Where a season was subtracted, values that agree to nine digits are ties: the subtraction leaves rounding in the last ones.
* Every series with 8 points has a p and counts as a test, neutral and stale ones too. A trend whose slope is 0 is none.
* The line is measured at the latest complete point, against the goal valid there, without a goal against the industry value.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from metrics.core.facts import Facts
from metrics.core.fit import PHI_MAX, ROUNDING
from metrics.core.standing import without_rounding
from metrics.core.trend import alike, kendall, significance, tau_of
from metrics.core.verdicts import Codes, Comparison, Floats, Ints, TrendSense, code

MOST, LEAST = 36, 8  # points
FALSE_DISCOVERIES = 0.05  # share of the trends called that may be none, Benjamini & Hochberg 1995, J. R. Statistical Society B 57:289
GRAIN = 1e-9  # of the values: differences below it are ties where a season was subtracted
COLUMNS = 2  # of the fit on 1 and t


@dataclass(frozen=True)
class Trending:
    """Per series [S]; NaN, and 0 of n, span and s, where there are fewer than 8 points."""

    n: Ints  # points tested
    span: Ints  # periods from the first of them to the latest, missing ones included
    s: Ints
    phi: Floats
    z: Floats  # with Var(S) times (1 + phi) / (1 - phi)
    p: Floats
    q: Floats  # least false discovery rate at which it would be called a trend
    tau: Floats
    slope: Floats  # per period
    level: Floats  # of the Theil-Sen line at the latest complete point
    sense: Codes  # TrendSense; none unless q <= .05


def trend_of(facts: Facts, seasonal: np.ndarray, adjusted: Floats) -> Trending:
    """The trends of all series; adjusted by slot."""
    frames, index = facts.frames, facts.batch.index
    n = np.where(facts.n_complete >= LEAST, np.minimum(facts.n_complete, MOST), 0)
    tested = np.flatnonzero(n)
    span, s = np.zeros((2, len(n)), dtype=np.int64)
    span[tested] = index[frames.end[tested] - 1] - index[frames.end[tested] - n[tested]] + 1
    var_s, slope, level, phi = np.full((4, len(n)), np.nan)
    for size, rows in alike(n, span, least=LEAST):
        points = frames.end[rows, None] + np.arange(-size, 0)
        x = adjusted[frames.slot[points]]
        grain = GRAIN * facts.scale[rows, None]
        x = np.where(seasonal[rows, None], grain * np.round(x / np.where(grain > 0, grain, 1.0)), x)
        time = (index[points] - index[points[:, -1:]]).astype(np.float64)
        s[rows], var_s[rows], slope[rows], level[rows] = kendall(x, time)
        phi[rows] = dependence(x, time)
    z, p = significance(s, var_s * (1 + phi) / (1 - phi))
    z[n == 0] = p[n == 0] = np.nan
    q = least_rate(p)
    return Trending(n, span, s, phi, z, p, q, tau_of(s, n), slope, level, _sense(facts.batch.sign, slope, q))


def dependence(x: Floats, time: Floats) -> Floats:
    """phi of each row [B, n]: of the residuals of a fit on 1 and t, neighbouring periods only; negative ones are 0, no threshold."""
    t = time - time.mean(1, keepdims=True)
    mean = x.mean(1, keepdims=True)
    y = x - mean
    n = x.shape[1]
    noise = n * (ROUNDING * (np.abs(mean[:, 0]) + np.sqrt((y * y).sum(1) / n))) ** 2
    rest = y - t * ((t * y).sum(1) / (t * t).sum(1))[:, None]
    rss = (rest * rest).sum(1)
    beside = np.diff(time) == 1
    r1 = (rest[:, 1:] * rest[:, :-1] * beside).sum(1) / np.where(rss > noise, rss, np.inf)
    phi = (n * r1 + COLUMNS) / (n - COLUMNS - 2)
    return np.where(rss > noise, np.clip(phi, 0, PHI_MAX), 0.0)


def least_rate(p: Floats) -> Floats:
    """The q of each p: least rate of Benjamini and Hochberg at which it is among the discoveries. NaN stays and is no test."""
    out = np.full(len(p), np.nan)
    known = np.flatnonzero(~np.isnan(p))
    order = known[np.argsort(p[known], kind="stable")]
    rate = p[order] * len(order) / np.arange(1, len(order) + 1)
    out[order] = np.minimum(np.minimum.accumulate(rate[::-1])[::-1], 1.0)
    return out


def _sense(sign: Codes, slope: Floats, q: Floats) -> Codes:
    """What a trend means for its series; none where it is not called."""
    rules = [
        (~(q <= FALSE_DISCOVERIES) | (slope == 0) | ~np.isfinite(slope), TrendSense.NONE),
        (sign * slope < 0, TrendSense.ADVERSE),
        (sign * slope > 0, TrendSense.FAVOURABLE),
        (slope > 0, TrendSense.UP),
    ]
    conditions, members = zip(*rules, strict=True)
    return np.select(conditions, [code(member) for member in members], code(TrendSense.DOWN)).astype(np.int8)


def periods_to_reach(facts: Facts, trend: Trending, goal: Comparison, industry: Comparison) -> Floats:
    """Periods until a favourable trend brings the level to the goal, without one to the industry value; NaN where that is not ahead."""
    benchmark = np.where(np.isnan(goal.benchmark), industry.benchmark, goal.benchmark)
    away = without_rounding(benchmark - trend.level, facts.scale + np.abs(benchmark))
    ahead = (trend.sense == code(TrendSense.FAVOURABLE)) & (facts.batch.sign * away > 0)
    return np.where(ahead, away / np.where(ahead, trend.slope, 1.0), np.nan)
