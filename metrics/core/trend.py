"""Does a series rise or fall through time? The plain Mann-Kendall test with the Theil-Sen line, of one series or of many.

Mann 1945, Econometrica 13:245; Kendall 1975, Rank Correlation Methods; Sen 1968, J. American Statistical Association 63:1379. The
answers are those of pymannkendall 1.4.3 (`original_test`) and of scipy.stats.theilslopes. What a run makes of it, with dependence
between neighbouring points and false discoveries kept down, is in trending.py. METHODS section 4.

Many series are worked on in blocks of equal numbers of points: however many there are, the memory is bounded by BLOCK pairs of
points, or by the n*(n-1)/2 pairs of one long series. The median of all slopes is exact; numpy's partition is what it costs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from metrics.core.verdicts import Floats, Ints

BLOCK = 1 << 18  # pairs of points worked on at once: they stay in the processor's cache
NARROW = 128  # points whose count of lower ones fits into 8 bits


@dataclass(frozen=True)
class Trend:
    """The test of one series. Of fewer than two values s, var_s and z are 0, p is 1, and tau, slope and intercept are NaN."""

    s: float  # pairs of points that rise less those that fall
    var_s: float  # variance of s where there is no trend, ties taken into account
    z: float  # s, moved by 1 towards 0, in standard deviations; 0 where all values are equal
    p: float  # two-sided
    tau: float  # s / number of pairs
    slope: float  # median of the slopes of all pairs, per unit of time
    intercept: float  # at time 0, of the line with that slope through the medians of values and times


@dataclass(frozen=True)
class Trends:
    """The tests of S series, column by column as in Trend; n: the number of values of each."""

    n: Ints
    s: Ints
    var_s: Floats
    z: Floats
    p: Floats
    tau: Floats
    slope: Floats
    intercept: Floats


def mann_kendall(values: Sequence[float] | Floats, times: Sequence[float] | Floats | None = None) -> Trend:
    """The Mann-Kendall test with tie and continuity correction and the Theil-Sen line of a series: `mann_kendall_batch` of one row.

    values: NaN = missing, left out with its time; times: 0, 1, 2 ... unless given. Raises ValueError for infinite values, times that
    do not increase strictly, and lengths that differ.
    """
    row = np.asarray(values, dtype=np.float64)[None, :]
    found = mann_kendall_batch(row, None if times is None else np.asarray(times, dtype=np.float64)[None, :])
    return Trend(**{name: float(getattr(found, name)[0]) for name in Trend.__dataclass_fields__})


def mann_kendall_batch(values: npt.ArrayLike, times: npt.ArrayLike | None = None) -> Trends:
    """The tests of S series at once: values [S, T], NaN = missing; times [T] or [S, T]. Raises ValueError as `mann_kendall` does."""
    x = np.asarray(values, dtype=np.float64)
    t = np.broadcast_to(np.arange(float(x.shape[1])) if times is None else np.asarray(times, dtype=np.float64), x.shape)
    if np.isinf(x).any():
        raise ValueError("values must be finite, or NaN where missing")
    known = ~np.isnan(x)
    n = known.sum(1)
    if not known.all():
        first = np.argsort(~known, axis=1, kind="stable")  # the known ones move to the front and keep their order
        x, t = np.take_along_axis(x, first, 1), np.take_along_axis(t, first, 1)
    steps = np.diff(t)
    if not ((steps > 0) & (steps < np.inf) | (np.arange(1, x.shape[1]) >= n[:, None])).all():
        raise ValueError("times must increase strictly")
    s, (var_s, slope, intercept) = np.zeros(len(x), dtype=np.int64), np.full((3, len(x)), np.nan)
    for size, rows in alike(n, steps.sum(1), least=2):
        s[rows], var_s[rows], slope[rows], intercept[rows] = kendall(x[rows, :size], t[rows, :size])
    var_s[n < 2] = 0
    return Trends(n, s, var_s, *significance(s, var_s), tau_of(s, n), slope, intercept)


def alike(n: Ints, span: Floats | Ints, *, least: int) -> Iterator[tuple[int, Ints]]:
    """The series of `least` points and more in blocks of equal n: that n and their numbers, those of equal span side by side."""
    order = np.lexsort((span, n))
    order = order[np.searchsorted(n[order], least) :]
    for same in np.split(order, np.flatnonzero(np.diff(n[order])) + 1):
        size = int(n[same].max(initial=least))
        rows = max(1, BLOCK // (size * (size - 1) // 2))
        for start in range(0, len(same), rows):
            yield size, same[start : start + rows]


def kendall(x: Floats, t: Floats) -> tuple[Ints, Floats, Floats, Floats]:
    """S, its variance, Theil-Sen slope and intercept of a block [B, n], n >= 2, with nothing missing; t increases."""
    ordered = np.sort(x, axis=1)
    size = x.shape[1]
    with np.errstate(over="ignore", invalid="ignore"):  # of differences near the end of the range
        since = t - t[:, :1]
        slopes = _pairs(x)
        slopes /= _pairs(since[:1] if (since == since[0]).all() else since)
        pairs = slopes.shape[1]
        slopes.partition([(pairs - 1) // 2, pairs // 2], axis=1)
        slope = _middle(slopes)
        intercept = _middle(ordered) - slope * _middle(t)
    return _score(x), (size * (size - 1) * (2 * size + 5) - _ties(ordered)) / 18, slope, intercept


def significance(s: Ints, var_s: Floats) -> tuple[Floats, Floats]:
    """z, with the correction for continuity, and its two-sided p."""
    from scipy.special import ndtr  # in the worker only

    z = (s - np.sign(s)) / np.sqrt(np.where(var_s > 0, var_s, 1.0))
    return z, 2 * ndtr(-np.abs(z))


def tau_of(s: Ints, n: Ints) -> Floats:
    """Kendall's tau (a): S over the number of pairs; NaN where there is none."""
    return s / np.where(n > 1, n * (n - 1) / 2, np.nan)


def _pairs(x: Floats) -> Floats:
    """Later less earlier of all pairs of columns: [B, n] -> [B, n*(n-1)/2]."""
    size = x.shape[1]
    out = np.empty((len(x), size * (size - 1) // 2))
    at = 0
    for i in range(size - 1):
        np.subtract(x[:, i + 1 :], x[:, i : i + 1], out=out[:, at : at + size - 1 - i])
        at += size - 1 - i
    return out


def _middle(ordered: Floats) -> Floats:
    """Medians of rows whose middle is in order."""
    size = ordered.shape[1]
    return (ordered[:, (size - 1) // 2] + ordered[:, size // 2]) / 2


def _score(x: Floats) -> Ints:
    """S: time-major, lag by lag, in numbers of 8 bits as long as they suffice."""
    size = x.shape[1]
    y = np.ascontiguousarray(x.T)
    total = np.zeros(y.shape, dtype=np.int8 if size <= NARROW else np.int64)
    for lag in range(1, size):
        total[lag:] += (y[lag:] > y[:-lag]).view(np.int8)
        total[lag:] -= (y[lag:] < y[:-lag]).view(np.int8)
    return total.sum(0, dtype=np.int64)


def _ties(ordered: Floats) -> npt.NDArray[Any]:
    """Sum of m*(m-1)*(2m+5) over the groups of m equal values of each row."""
    begins = np.ones(ordered.shape, dtype=bool)
    np.not_equal(ordered[:, 1:], ordered[:, :-1], out=begins[:, 1:])
    start = np.flatnonzero(begins)
    m = np.diff(start, append=begins.size).astype(np.float64)
    return np.bincount(start // ordered.shape[1], weights=m * (m - 1) * (2 * m + 5), minlength=len(ordered))
