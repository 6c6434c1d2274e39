"""What every part of a judgement needs to know of each series: where it lies and what it counts. METHODS section 1."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from metrics.core.frames import Frames, lay_out, sums
from metrics.core.verdicts import Bools, Codes, Floats, Ints, SeriesBatch

JUDGED_FROM, FULL_FROM = 6, 13  # complete points
STALE_PERIODS = 2


@dataclass(frozen=True)
class Facts:
    """All per series [S]."""

    batch: SeriesBatch
    frames: Frames
    per_year: Ints
    n_complete: Ints  # complete points of the current regime
    n: Ints  # points of the fit, of the window and of the baseline before it
    k: Ints
    n_b: Ints
    latest: Ints  # latest complete point, -1 for none
    slot: Ints  # its slot, -1 for none
    lowest: Floats  # of the current regime
    highest: Floats

    @property
    def judged(self) -> Bools:
        """Quality is not insufficient."""
        return self.n_complete >= JUDGED_FROM

    @property
    def quality(self) -> Codes:
        return self.judged.astype(np.int8) + (self.n_complete >= FULL_FROM).astype(np.int8)

    @property
    def stale(self) -> Bools:
        index = pick(self.batch.index, self.latest, -1)
        return (self.latest < 0) | (self.batch.window_to - index > STALE_PERIODS)

    @property
    def degenerate(self) -> Bools:
        return (self.n_complete > 1) & (self.lowest == self.highest)

    @property
    def scale(self) -> Floats:
        """Size of the values, against which rounding is measured."""
        return np.maximum(np.abs(self.lowest), np.abs(self.highest))

    def of_regime(self, rows: npt.NDArray, otherwise: float) -> npt.NDArray:
        """A column of regimes [R], that of the current one for each series."""
        out = np.full(len(self.latest), otherwise, dtype=rows.dtype)
        out[self.frames.judged] = rows[self.frames.current]
        return out


def gather(batch: SeriesBatch) -> Facts:
    """Lays the batch out and counts its points."""
    frames = lay_out(batch)
    latest = np.where(frames.end > batch.offsets[:-1], frames.end - 1, -1)
    return Facts(
        batch=batch,
        frames=frames,
        per_year=batch.per_year.astype(np.int64),
        n_complete=frames.end - frames.start,
        n=frames.end - frames.fit,
        k=frames.end - frames.window,
        n_b=frames.window - frames.fit,
        latest=latest,
        slot=pick(frames.slot, latest, -1),
        lowest=sums(batch.value, frames.start, frames.end, np.minimum),
        highest=sums(batch.value, frames.start, frames.end, np.maximum),
    )


def pick(column: npt.NDArray, at: Ints, otherwise: float) -> npt.NDArray:
    """column[at]; `otherwise` where `at` is negative."""
    out = np.full(len(at), otherwise, dtype=column.dtype)
    out[at >= 0] = column[at[at >= 0]]
    return out
