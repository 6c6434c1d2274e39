"""Does a driver's movement come before that of what it drives? Support for a link that people have stated, never proof of one.

Spearman's rank correlation of the changes from period to period (levels that both drift correlate whatever drives what), at each lag
from 0 to `most`, with Bonett & Wright's interval (2000, Psychometrika 65(1):23): z = atanh(r), standard error
sqrt((1 + r^2 / 2) / (n - 3)). The intervals of all lags hold together (Bonferroni), as the best of several is looked at.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

LEAST = 12  # pairs of changes; below it an interval says nothing
LEVEL = 0.95

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Lagged:
    """The correlation at the lag where it is strongest. `lag`: by how many periods the driver leads; `r` with `low` and `high`, the 95 %
    interval that holds for all lags at once; `n`: pairs of changes."""

    lag: int
    r: float
    low: float
    high: float
    n: int

    @property
    def clear(self) -> bool:
        """Whether the interval leaves 0 out."""
        return self.low > 0 or self.high < 0


def lagged(driver: Floats, driven: Floats, most: int) -> Lagged | None:
    """The strongest correlation over the lags 0 to `most`; None with fewer than LEAST pairs at every lag, or without movement.

    driver, driven: values of the same periods in order, NaN where one is missing.
    """
    if driver.shape != driven.shape or driver.ndim != 1:
        raise ValueError("two series of the same periods")
    moved, answered = np.diff(driver), np.diff(driven)
    found = [at for lag in range(most + 1) if (at := _at(moved, answered, lag, most + 1))]
    return max(found, key=lambda at: (abs(at.r), -at.lag), default=None)


def _at(moved: Floats, answered: Floats, lag: int, lags: int) -> Lagged | None:
    x, y = (moved[:-lag], answered[lag:]) if lag else (moved, answered)
    both = ~(np.isnan(x) | np.isnan(y))
    n = int(both.sum())
    if n < LEAST:
        return None
    r = _pearson(_ranks(x[both]), _ranks(y[both]))
    if r is None:
        return None
    r = max(-1.0, min(1.0, r))
    z = np.arctanh(min(abs(r), 1 - 1e-12)) * np.sign(r)
    reach = NormalDist().inv_cdf(1 - (1 - LEVEL) / 2 / lags) * np.sqrt((1 + r * r / 2) / (n - 3))
    return Lagged(lag, r, float(np.tanh(z - reach)), float(np.tanh(z + reach)), n)


def _ranks(values: Floats) -> Floats:
    """1 to n, equal values sharing the mean of their ranks."""
    _, of, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return (last - (counts - 1) / 2)[of]


def _pearson(x: Floats, y: Floats) -> float | None:
    x, y = x - x.mean(), y - y.mean()
    size = float(np.sqrt((x @ x) * (y @ y)))
    return float(x @ y) / size if size > 0 else None
