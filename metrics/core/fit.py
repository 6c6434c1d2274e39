"""Season, autocorrelation and noise of many series at once. METHODS section 3, *Fit*.

Least squares by QR. Series without a missing point that share length, window and frequency share one projection; the others
get each their own, in batches, with the rows of missing periods left out. Everything is time-major as in signals.py.

Ours: "2 years" and "1.5 years" count points; phi is 0 where n - p - 2 < 1; sd is 0 where it is rounding (1e-12 of the values);
the quarterly season is centred on its year; a season whose columns the points cannot tell apart is not tested.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from metrics.core.frames import Frames, blocks, grid
from metrics.core.verdicts import Bools, Floats, Ints

SEASON_P = 0.01
SEASON_YEARS, SEASON_BASELINE_YEARS = 2, 1.5
PHI_NOISE = 1.28  # phi below this over sqrt(n) is taken for 0
PHI_MAX = 0.8
ROUNDING = 1e-12  # what is smaller than this share of the values is rounding
HARMONICS = 4  # columns of a season: sine and cosine of one and two cycles a year
WIDEST = 8  # columns of a design, rounded up
QUARTERS = 4
SHARED = 4  # complete series of one shape from which on sharing a projection pays


@dataclass(frozen=True)
class Fits:
    """Per series [S]; NaN and False where not fitted."""

    n: Ints
    seasonal: Bools
    phi: Floats
    sd: Floats
    nu: Floats
    season: Floats  # [S, 4] coefficients of season_columns counted from the fit's first slot; 0 where not seasonal


@dataclass(frozen=True)
class Part:
    """B series to fit together: all of one frequency, with or without W, tested for a season or not."""

    rows: Ints  # [B] their numbers
    y: Floats  # [T, B] NaN = missing
    opening: Ints  # [B] slot of the window, counted from the first of the fit
    year: int  # periods
    stepped: bool  # W is not constant
    eligible: bool  # for a season
    shared: bool  # complete and of one shape: one design for all


@dataclass(frozen=True)
class Residuals:
    """Of one fit of B series."""

    rss: Floats  # [B]
    r1: Floats  # [B] NaN where nothing is left
    p: int


def season_columns(time: Ints, per_year: int) -> Floats:
    """[..., 3 or 4] columns of an annual season at calendar slots; each sums to 0 over a year."""
    if per_year == QUARTERS:
        return (time[..., None] % QUARTERS == np.arange(QUARTERS - 1)) - 1 / QUARTERS
    angle = 2 * np.pi / per_year * (time % per_year)
    return np.stack([np.sin(angle), np.cos(angle), np.sin(2 * angle), np.cos(2 * angle)], axis=-1)


def fit_series(frames: Frames, values: Floats, per_year: Ints, wanted: Bools) -> Fits:
    """Fits of the wanted series on their window and at most three years before it, in the current regime; values by slot."""
    count = len(per_year)
    n = frames.end - frames.fit
    phi, sd, nu = np.full((3, count), np.nan)
    fits = Fits(n, np.zeros(count, dtype=bool), phi, sd, nu, np.zeros((count, HARMONICS)))
    rows = np.flatnonzero(wanted & (n > 0))
    if len(rows):
        for part in _alike(frames, values, per_year[rows], rows):
            _fit_part(fits, part)
    return fits


def _alike(frames: Frames, values: Floats, year: Ints, rows: Ints) -> Iterator[Part]:
    """The series `rows` in parts that are fitted together."""
    end, fit, window = frames.end[rows], frames.fit[rows], frames.window[rows]
    first = frames.slot[fit]
    length = frames.slot[end - 1] - first + 1
    opening = np.where(window < end, frames.slot[np.minimum(window, end - 1)] - first, length)
    n = end - fit
    stepped = (window > fit) & (window < end)
    eligible = (year > 1) & (n >= SEASON_YEARS * year) & (window - fit >= SEASON_BASELINE_YEARS * year)
    kind = year * 4 + stepped * 2 + eligible
    shape = (kind * (length.max() + 1) + length) * (length.max() + 1) + opening
    _, group, sizes = np.unique(shape, return_inverse=True, return_counts=True)
    shared = (length == n) & (sizes[group] >= SHARED)
    key = np.where(shared, shape, -kind)
    order = np.lexsort((-length, key))
    for same in np.split(order, np.flatnonzero(np.diff(key[order])) + 1):
        for block in blocks(same, length * np.where(shared, 1, WIDEST)):
            y = grid(values, first[block], length[block])
            one = block[0]
            yield Part(rows[block], y, opening[block], int(year[one]), bool(stepped[one]), bool(eligible[one]), bool(shared[one]))


def design(part: Part) -> Floats:
    """[G, T, p] columns 1, t, W and those of the season; G = 1 when shared, else B with rows of 0 for missing periods."""
    time = np.arange(len(part.y))
    columns = [np.ones(len(time)), (time - time.mean()) / len(time)]
    columns += list(season_columns(time, part.year).T) if part.eligible else []
    opening = part.opening[:1] if part.shared else part.opening
    out = np.repeat(np.stack(columns, axis=-1)[None], len(opening), axis=0)
    if part.stepped:
        out = np.insert(out, 2, time >= opening[:, None], axis=2)
    return out if part.shared else out * ~np.isnan(part.y).T[:, :, None]


def _fit_part(fits: Fits, part: Part) -> None:
    """Fits the series of one part, into the arrays of `fits`."""
    rows, gaps, plain = part.rows, np.isnan(part.y), 2 + part.stepped
    n = (len(gaps) - gaps.sum(0)).astype(np.float64)
    mean = np.where(gaps, 0.0, part.y).sum(0) / n
    y = np.where(gaps, 0.0, part.y - mean)
    noise = n * (ROUNDING * (np.abs(mean) + np.sqrt((y * y).sum(0) / n))) ** 2
    q, r = np.linalg.qr(design(part))
    rest = y - project(q[..., :plain], y)[1]
    chosen = _residuals(rest, plain, noise)
    rss, r1, p = chosen.rss, chosen.r1, np.full(len(rows), plain)
    if part.eligible:
        coefficients, fitted = project(q[..., plain:], rest)
        seasonal = _residuals(rest - fitted, q.shape[2], noise)
        found = season_found(chosen, seasonal, n, part.year) & _told_apart(r, plain)
        rss, r1, p = np.where(found, seasonal.rss, rss), np.where(found, seasonal.r1, r1), np.where(found, seasonal.p, p)
        fits.seasonal[rows] = found
        _keep_season(fits.season, rows, found, coefficients, r[:, plain:, plain:])
    fits.nu[rows] = n - p
    fits.phi[rows] = phi_of(r1, n, p)
    fits.sd[rows] = np.sqrt(rss / np.where(n > p, n - p, np.nan))


def project(q: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Coefficients [p, B] on orthonormal columns q [G, T, p], and what they explain of y [T, B]."""
    if len(q) == 1:
        coefficients = q[0].T @ y
        return coefficients, q[0] @ coefficients
    stacked = q.transpose(0, 2, 1) @ y.T[:, :, None]
    return stacked[:, :, 0].T, (q @ stacked)[:, :, 0].T


def _residuals(rest: Floats, p: int, noise: Floats) -> Residuals:
    rss = (rest * rest).sum(0)
    r1 = (rest[1:] * rest[:-1]).sum(0) / np.where(rss > noise, rss, np.nan)
    return Residuals(np.where(rss > noise, rss, 0.0), r1, p)


def phi_of(r1: Floats, n: Floats, p: Ints | int) -> Floats:
    """Autocorrelation at lag 1 from that of the residuals of p columns; 0 unless it exceeds its noise, at most .8."""
    free = n - p - 2
    phi = (n * r1 + p) / np.where(free > 0, free, np.nan)
    return np.where(phi > PHI_NOISE / np.sqrt(n), np.minimum(phi, PHI_MAX), 0.0)


def season_found(plain: Residuals, seasonal: Residuals, n: Floats, year: int) -> Bools:
    """F test of the season's columns at p < .01, F divided by what autocorrelation alone would raise it to."""
    phi = phi_of(seasonal.r1, n, seasonal.p)
    inflation = np.maximum(1.0, (1 - phi**2) / (1 - 2 * phi * np.cos(2 * np.pi / year) + phi**2))
    columns, free = seasonal.p - plain.p, n - seasonal.p
    f = (plain.rss - seasonal.rss) / columns / (seasonal.rss / np.where(free > 0, free, np.nan))
    return f / inflation > _f_critical(columns, free)


def _f_critical(columns: int, free: Floats) -> Floats:
    from scipy.special import fdtri  # in the worker only

    distinct, which = np.unique(free, return_inverse=True)
    return fdtri(columns, distinct, 1 - SEASON_P)[which]


def _told_apart(r: Floats, plain: int) -> Bools:
    """Whether the points tell the season's columns apart from the rest and from each other; from the R of a QR."""
    diagonal = np.abs(np.diagonal(r, axis1=1, axis2=2))
    return diagonal[:, plain:].min(1) > ROUNDING**0.5 * diagonal.max(1)


def _keep_season(season: Floats, rows: Ints, found: Bools, coefficients: Floats, r: Floats) -> None:
    """Solves for the season's own coefficients where one was found."""
    if found.any():
        triangle = r if len(r) == 1 else r[found]
        season[rows[found], : len(coefficients)] = np.linalg.solve(triangle, coefficients.T[found][:, :, None])[:, :, 0]


def deseason(frames: Frames, fits: Fits, per_year: Ints) -> Floats:
    """The values by slot less their season, from the current regime's first point to the end of the drawn calendar."""
    out = frames.values.copy()
    for year in np.unique(per_year[fits.seasonal]):
        rows = np.flatnonzero(fits.seasonal & (per_year == year))
        first = frames.slot[frames.start[rows]]
        length = frames.cal_offsets[rows + 1] - first
        which = np.repeat(np.arange(len(rows)), length)
        slots = np.arange(length.sum()) + (first - np.concatenate([[0], np.cumsum(length)[:-1]]))[which]
        columns = season_columns(slots - frames.slot[frames.fit[rows]][which], int(year))
        out[slots] -= (columns * fits.season[rows, : columns.shape[1]][which]).sum(-1)
    return out
