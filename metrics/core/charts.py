"""Process charts of every regime of a batch, into one calendar. METHODS section 2, widened as section 3 says."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from metrics.core.frames import Frames, blocks, grid
from metrics.core.limits import LIMIT, chart, point_types
from metrics.core.verdicts import Bits, Bools, Codes, Floats, Ints


@dataclass(frozen=True)
class Charts:
    """Limits per regime [R], NaN where not drawn; signals and their point types per slot, 0 where not drawn or missing."""

    mean: Floats
    mr_bar: Floats
    width: Floats
    signals: Bits
    point_type: Codes


def blank(frames: Frames) -> Charts:
    """Charts of nothing yet."""
    slots = len(frames.values)
    mean, mr_bar, width = np.full((3, len(frames.rows.start)), np.nan)
    return Charts(mean, mr_bar, width, np.zeros(slots, dtype=np.uint8), np.zeros(slots, dtype=np.int8))


def draw(charts: Charts, frames: Frames, values: Floats, sign: Codes, which: Ints, widen: Floats, withhold: Bools) -> None:
    """Draws the regimes `which` from values by slot into the charts; widen and withhold [R] as in limits.chart."""
    rows = frames.rows
    row_sign = sign[rows.series]
    for block in blocks(which[np.argsort(-rows.length[which], kind="stable")], rows.length):
        x = grid(values, rows.first[block], rows.length[block])
        held = withhold[block] if withhold[block].any() else None
        mean, mr_bar, bits, sense = chart(x, lock=_common(rows.lock[block]), widen=widen[block], withhold=held)
        charts.mean[block], charts.mr_bar[block] = mean, mr_bar
        charts.width[block] = LIMIT * mr_bar * widen[block]
        time = np.arange(len(x))[:, None]
        inside = time < rows.length[block]
        slots = (rows.first[block] + time)[inside]
        charts.signals[slots] = bits[inside]
        charts.point_type[slots] = (point_types(sense, row_sign[block]) * ~np.isnan(x))[inside]


def _common(lock: Ints) -> Ints | int:
    """One number when all are equal: the fast way through limits.chart."""
    return int(lock[0]) if (lock == lock[0]).all() else lock
