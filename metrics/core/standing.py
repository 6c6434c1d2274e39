"""How a level stands to a benchmark, how sure that is, and how often the benchmark was missed. METHODS section 3, *Standing*."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from metrics.core.fit import ROUNDING
from metrics.core.frames import sums
from metrics.core.verdicts import Bools, Codes, Comparison, Floats, Ints, Kind, Standing, code

FAR = 3.0  # sd between level and benchmark that no noise bridges
USUALLY = 0.975  # t quantile of usually_misses and usually_meets
PART_OF_YEAR = 0.9  # a mean over less than this carries the error of the season
INTERVAL = 0.975  # Wilson 95 %


def quantile_t(probability: float, nu: Floats) -> Floats:
    """Student's t quantile for each number of degrees of freedom; NaN for none."""
    from scipy.special import stdtrit  # in the worker only

    distinct, which = np.unique(nu, return_inverse=True)
    usable = np.where(distinct > 0, distinct, np.nan)
    return stdtrit(usable, probability)[which]


def wilson(hits: Floats, trials: Floats) -> tuple[Floats, Floats]:
    """Wilson 95 % interval of a proportion; NaN unless 0 <= hits <= trials and trials > 0."""
    from scipy.special import ndtri

    sound = (trials > 0) & (hits >= 0) & (hits <= trials)
    n = np.where(sound, trials, np.nan)
    z2 = ndtri(INTERVAL) ** 2
    share = hits / n
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = np.sqrt(z2 * (share * (1 - share) / n + z2 / (4 * n * n))) / (1 + z2 / n)
    return np.maximum(middle - half, 0.0), np.minimum(middle + half, 1.0)


def variance_of_mean(count: Ints | Floats, phi: Floats, n: Ints, seasonal: Bools, per_year: Ints) -> Floats:
    """V: variance, in sd^2, of the mean of `count` successive points with autocorrelation phi^j; NaN of none.

    plus 4/n when seasonal and they cover less than .9 year. The sum over j in closed form.
    """
    k = np.where(count > 0, count, np.nan)
    lagged = phi / (1 - phi) - phi * (1 - phi**k) / (k * (1 - phi) ** 2)
    return (1 + 2 * lagged) / k + np.where(seasonal & (count < PART_OF_YEAR * per_year), 4 / np.maximum(n, 1), 0.0)


def ratio(numerator: Floats, denominator: Floats) -> Floats:
    """numerator / denominator; over a noise of 0 it is 0 where there is nothing to divide, else infinite."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where((numerator == 0) & (denominator == 0), 0.0, numerator / denominator)


def in_sd(short: Floats, sd: Floats) -> Floats:
    """A shortfall in sd; without noise it is infinite, and one of 0 is met."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where((sd == 0) & (short == 0), -np.inf, short / sd)


def without_rounding(difference: Floats, scale: Floats) -> Floats:
    """Differences of means, with what is only rounding, at the scale of the values, put to 0: equality counts as met."""
    return np.where(np.abs(difference) <= ROUNDING * scale, 0.0, difference)


def standing_of(d: Floats, certainty: Floats, threshold: Floats) -> Codes:
    """Standing from d, d over the root of its variance, and t(.975, nu); none where d is unknown."""
    rules = [
        (np.isnan(d) | np.isnan(threshold), Standing.NONE),
        (d > FAR, Standing.FAIL),
        (d < -FAR, Standing.PASS),
        (certainty >= threshold, Standing.USUALLY_MISSES),
        (certainty <= -threshold, Standing.USUALLY_MEETS),
    ]
    conditions, members = zip(*rules, strict=True)
    return np.select(conditions, [code(member) for member in members], code(Standing.HIT_OR_MISS)).astype(np.int8)


@dataclass(frozen=True)
class Tail:
    """The last points of every series, flat: those of series i are at[i] .. at[i+1], the latest complete point last."""

    at: Ints  # [S+1]
    points: Ints  # [N] their positions in the batch
    series: Ints  # [N]

    def sums(self, values: Floats | Bools, length: Ints) -> Floats:
        """Sum of the last `length` values of each tail; 0 of none."""
        return sums(values, self.at[1:] - length, self.at[1:])


def tail_of(end: Ints, length: Ints) -> Tail:
    """The last `length` points before `end` of every series."""
    at = np.concatenate([[0], np.cumsum(length)])
    series = np.repeat(np.arange(len(end)), length)
    return Tail(at, np.arange(at[-1]) + (end - at[1:])[series], series)


@dataclass(frozen=True)
class Levels:
    """What a comparison needs to know of every series [S], and of the points of its tail [N]."""

    tail: Tail
    sign: Codes  # [S]
    latest: Floats  # [S] value at the latest complete point
    k: Ints  # [S] points of the window
    level: Ints  # [S] level points
    scale: Floats  # [S] size of the values, against rounding
    sd: Floats  # [S]
    threshold: Floats  # [S] t(.975, nu)
    variance: Callable[[Floats], Floats]  # V for a number of points per series
    raw: Floats  # [N]
    adjusted: Floats  # [N]


def compare(kind: Kind, levels: Levels, bench: Floats, valid: Floats, assurance: Codes) -> Comparison:
    """Every series against one kind of benchmark; bench [N] by point of the tail, valid [S] at the latest complete point."""
    tail = levels.tail
    sign = np.where((levels.sign == 0) | np.isnan(valid), np.nan, levels.sign)
    size = np.abs(_mean_known(tail, np.where(np.isnan(sign[tail.series]), np.nan, bench), levels.k)[0])
    scale = levels.scale + np.nan_to_num(size)
    return Comparison(
        kind=kind,
        benchmark=valid,
        assurance=assurance,
        misses_latest=sign * (valid - levels.latest) > 0,
        **_reported(levels, sign[tail.series] * (bench - levels.raw), scale, size),
        **_judged(levels, sign[tail.series] * (bench - levels.adjusted), scale),
    )


def _reported(levels: Levels, short: Floats, scale: Floats, size: Floats) -> dict[str, Any]:
    """Columns of Comparison on the raw shortfalls [N] of the window; size [S] of the benchmark."""
    from scipy.special import ndtr  # in the worker only

    mean, periods = _mean_known(levels.tail, short, levels.k)
    shortfall = without_rounding(mean, scale)
    z0 = in_sd(shortfall, levels.sd)
    missed = levels.tail.sums(short > 0, levels.k)
    low, high = wilson(missed, periods)
    return {
        "shortfall": shortfall,
        "shortfall_pct": 100 * shortfall / np.where(size > 0, size, np.nan),
        "z0": z0,
        "missed": missed.astype(np.int64),
        "periods": periods.astype(np.int64),
        "missed_low": low,
        "missed_high": high,
        "expected_miss": ndtr(z0),
    }


def _judged(levels: Levels, short: Floats, scale: Floats) -> dict[str, Any]:
    """Columns of Comparison on the adjusted shortfalls [N] of the level points and of the window."""
    mean, count = _mean_known(levels.tail, short, levels.level)
    d = in_sd(without_rounding(mean, scale), levels.sd)
    certainty = d / np.sqrt(levels.variance(count))
    return {
        "standing": standing_of(d, certainty, levels.threshold),
        "d": d,
        "t": certainty,
        "threshold": np.where(np.isnan(d), np.nan, levels.threshold),
        "level_n": count.astype(np.int64),
        "judged_shortfall": without_rounding(_mean_known(levels.tail, short, levels.k)[0], scale),
    }


def _mean_known(tail: Tail, values: Floats, length: Ints) -> tuple[Floats, Floats]:
    """Mean of those of the last `length` values of each tail that are known, NaN of none, and how many are."""
    known = ~np.isnan(values)
    count = tail.sums(known, length)
    return tail.sums(np.where(known, values, 0.0), length) / np.where(count > 0, count, np.nan), count
