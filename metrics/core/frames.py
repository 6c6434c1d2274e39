"""Where things lie in a batch of series: regimes, window, fit and calendar. METHODS sections 1-3.

Two spaces: *points*, the flat columns of a SeriesBatch, and *slots*, the drawn calendars one after another, where a missing
period has a slot too. A stretch of points [a, b) of one series covers the slots slot[a] .. slot[b - 1].
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from metrics.core.limits import BLOCK
from metrics.core.verdicts import Bools, Floats, Ints, SeriesBatch

FIT_YEARS = 3  # years before the window that a fit looks back on
LOCK_POINTS = 16  # points before the window that make a baseline of their own


@dataclass(frozen=True)
class Rows:
    """The regimes that have a complete point [R], in order of their points."""

    series: Ints
    start: Ints  # first point
    end: Ints  # one past the last complete point
    first: Ints  # slot of the first point
    length: Ints  # slots
    locked: Bools  # the limits rest on the points before the window only
    lock: Ints  # slots from the first that the limits rest on


@dataclass(frozen=True)
class Frames:
    """Positions of points per series [S], the regimes, and the calendar."""

    start: Ints  # first point of the current regime
    fit: Ints  # first point of the fit
    window: Ints  # first point of the window, in the current regime; `end` when it has none
    end: Ints  # one past the latest complete point
    rows: Rows
    current: Ints  # [C] the rows that are the current regime of their series
    judged: Ints  # [C] and those series: all that have a complete point
    slot: Ints  # [P] slot of each point
    cal_offsets: Ints  # [S+1]
    cal_start: Ints  # [S] calendar index of the first slot, -1 for an empty series
    values: Floats  # [slots] NaN = missing


def lay_out(batch: SeriesBatch) -> Frames:
    """The frames of a batch."""
    every = np.arange(len(batch.offsets) - 1)
    series = np.repeat(every, np.diff(batch.offsets))
    first_from = _finder(batch, series)
    end = first_from(every, batch.window_to + 1)
    opening = first_from(every, batch.window_from)
    back = first_from(every, batch.window_from - FIT_YEARS * batch.per_year.astype(np.int64))
    slot, cal_offsets, cal_start, values = _calendar(batch, series)
    cuts = [batch.offsets[:-1][batch.offsets[:-1] < end]]
    if batch.rebase_at is not None:
        at = first_from(*batch.rebase_at)
        cuts.append(at[at < end[batch.rebase_at[0]]])
    rows = _rows(np.unique(np.concatenate(cuts)), series, end, opening, slot)
    current = np.flatnonzero(rows.end == end[rows.series])
    judged = rows.series[current]
    start = end.copy()
    start[judged] = rows.start[current]
    fit, window = np.clip(back, start, end), np.clip(opening, start, end)
    return Frames(start, fit, window, end, rows, current, judged, slot, cal_offsets, cal_start, values)


def _finder(batch: SeriesBatch, series: Ints) -> Callable[[Ints, Ints], Ints]:
    """A function of series and calendar index: position of the first point at or after it, one past the last if none is."""
    low, high = batch.index.min(initial=0), batch.index.max(initial=0)
    span = int(high - low) + 2
    keys = series * span + (batch.index - low)
    return lambda number, index: np.searchsorted(keys, number * span + np.clip(index - low, 0, span - 1))


def _rows(start: Ints, series: Ints, end: Ints, opening: Ints, slot: Ints) -> Rows:
    """The regimes from their first points; the baseline is locked when it has 16 points before the window."""
    of = series[start]
    stop = np.minimum(np.append(start[1:], len(series)), end[of])
    first = slot[start]
    before = np.clip(opening[of], start, stop)
    locked = before - start >= LOCK_POINTS
    lock = slot[np.where(locked, before, stop) - 1] - first + 1
    return Rows(of, start, stop, first, slot[stop - 1] - first + 1, locked, lock)


def _calendar(batch: SeriesBatch, series: Ints) -> tuple[Ints, Ints, Ints, Floats]:
    """Slot of each point, offsets and first index of the calendars, and the values by slot."""
    filled = np.flatnonzero(np.diff(batch.offsets))
    length = np.zeros(len(batch.offsets) - 1, dtype=np.int64)
    cal_start = np.full(len(length), -1, dtype=np.int64)
    cal_start[filled] = batch.index[batch.offsets[filled]]
    length[filled] = batch.index[batch.offsets[filled + 1] - 1] - cal_start[filled] + 1
    offsets = np.concatenate([[0], np.cumsum(length)])
    if offsets[-1] == len(series):  # nothing is missing
        return np.arange(len(series)), offsets, cal_start, batch.value.copy()
    slot = (offsets[:-1] - cal_start)[series] + batch.index
    values = np.full(offsets[-1], np.nan)
    values[slot] = batch.value
    return slot, offsets, cal_start, values


def sums(values: Floats | Bools, start: Ints, stop: Ints, add: np.ufunc = np.add) -> Floats:
    """Sum (or what another ufunc gathers) of values[start:stop] for each pair, which must ascend; 0 of nothing."""
    ends = np.stack([start, stop], axis=-1).ravel()
    total = add.reduceat(np.append(values, 0.0), ends)[::2]
    return np.where(start < stop, total, 0.0)


def grid(values: Floats, start: Ints, length: Ints) -> Floats:
    """Stretches of slots side by side, time-major [longest, B]; NaN past the end of a shorter one."""
    time = np.arange(length.max())[:, None]
    out = values.take(start + time, mode="clip")
    if length.min() < len(time):
        out[time >= length] = np.nan
    return out


def blocks(order: Ints, length: Ints) -> Iterator[Ints]:
    """The rows of `order` in pieces of at most BLOCK cells (or one row); the longest of a piece comes first."""
    at = 0
    while at < len(order):
        rows = max(1, BLOCK // max(1, int(length[order[at]])))
        yield order[at : at + rows]
        at += rows
