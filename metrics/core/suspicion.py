"""Figures that are probably slips: asked about before they are written, never refused. All of it is ours.

Each new or changed figure is held against the others of its series, those of the file and those that are kept:
* `unit_slip`: ten, a hundred or a thousand times its series' usual size or a fraction of it, where the series itself varies little;
* `jump`: further beyond everything so far than all of that spans;
* `copied`: the last three or more periods repeat one figure to the digit, in a series that never did so before;
* `future`: a period that has not begun yet and that no open review reaches.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from metrics.core.compare import SAME
from metrics.core.rows import Rows

LEAST = 6  # other figures of a series that make a usual size
LEAST_FOR_JUMP = 8
COPIES = 3
SLIP_TOLERANCE = np.log(1.5)
FAR = 4.0  # standard deviations of the logarithms
KEPT = 1_000
BLOCK = 65_536  # rows looked at together: memory stays flat however long the file

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class History:
    """What is kept of each series of the rows, aligned with them in order; periods that the file gives again are not in it.

    `size`: figures; `log_mean`, `log_square`: sums of ln|x| and of its square over those that are not 0; `logs`: how many those are.
    """

    size: Floats
    low: Floats
    high: Floats
    logs: Floats
    log_sum: Floats
    log_square: Floats


@dataclass(frozen=True)
class Suspect:
    """One figure that a person should look at."""

    kind: str
    line: int
    column: str
    value: str
    message: str


@dataclass
class Suspects:
    """Those of a file: how many of each kind, and the first ones."""

    counts: dict[str, int] = field(default_factory=dict)
    first: list[Suspect] = field(default_factory=list)

    def add(self, kind: str, rows: npt.NDArray[np.intp], say: Callable[[int], Suspect]) -> None:
        if len(rows):
            self.counts[kind] = self.counts.get(kind, 0) + len(rows)
            self.first += [say(row) for row in rows[: max(0, KEPT - len(self.first))].tolist()]


def suspects(rows: Rows, status: npt.NDArray[np.int8], history: History, *, latest: int, spell: Callable[[int], str]) -> Suspects:
    """What looks wrong among the new and changed rows. `latest`: last day, since 1970-01-01, that may have begun; `spell`: a day for
    people."""
    found = Suspects()
    start = np.flatnonzero(np.diff(rows.series, prepend=-1))
    for first, last in _blocks(start, len(rows)):
        block = slice(int(start[first]), int(start[last]) if last < len(start) else len(rows))
        held = History(*(getattr(history, column.name)[first:last] for column in fields(history)))
        _look(found, rows, block, status[block] != SAME, start[first:last] - block.start, held, latest, spell)
    return found


def _blocks(start: npt.NDArray[np.intp], count: int) -> Iterator[tuple[int, int]]:
    """Whole series, some BLOCK rows at a time, as (first series, one past the last)."""
    edges = np.unique(np.searchsorted(start, np.arange(0, count, BLOCK))).tolist()
    return pairwise([*edges, len(start)] if edges[-1:] != [len(start)] else edges)


def _look(
    found: Suspects,
    rows: Rows,
    block: slice,
    fresh: Bools,
    start: npt.NDArray[np.intp],
    history: History,
    latest: int,
    spell: Callable[[int], str],
) -> None:
    """Add what looks wrong in the block. `start`: where its series begin in it; `history`: of these series."""
    values = rows.numbers["value"][block]
    period = rows.period[block]
    place = np.repeat(np.arange(len(start)), np.diff(np.append(start, len(values))))

    def add(kind: str, wrong: Bools, message: Callable[[int], str]) -> None:
        def say(at: int) -> Suspect:
            row = block.start + at
            name = f"{rows.kpis[rows.kpi[row]].name.text} in {rows.departments[rows.department[row]].name.text}"
            return Suspect(kind, int(rows.lines[row]), name, f"{values[at]:g}", message(at))

        found.add(kind, np.flatnonzero(wrong), say)

    factor, usual = _slips(values, start, place, history)
    slips = fresh & (factor != 0)
    add("unit_slip", slips, lambda at: _slip(int(factor[at]), usual[at]))
    low, high = _others(values, start, place, history)
    jumps = fresh & ~slips & ((values > high + (high - low)) | (values < low - (high - low)))
    add("jump", jumps, lambda at: f"So far it lay between {low[at]:g} and {high[at]:g}.")
    add("copied", fresh & _copied(values, start, place), lambda at: "The last periods repeat one figure to the digit.")
    ahead = fresh & (period > latest)
    add("future", ahead, lambda at: f"The period that begins on {spell(int(period[at]))} lies ahead.")


def _slips(values: Floats, start: npt.NDArray[np.intp], place: npt.NDArray[np.intp], history: History) -> tuple[Floats, Floats]:
    """(the power of ten that each figure is off by, 0 for none; the usual size of its series)."""
    nonzero = values != 0
    logs = np.log(np.abs(np.where(nonzero, values, 1.0)))
    count = history.logs[place] + np.add.reduceat(nonzero, start, dtype=float)[place] - nonzero
    total = history.log_sum[place] + np.add.reduceat(logs, start)[place] - logs
    square = history.log_square[place] + np.add.reduceat(logs**2, start)[place] - logs**2
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = total / count
        sd = np.sqrt(np.maximum(square / count - mean**2, 0))
        off = logs - mean
        power = np.round(off / np.log(10))
        near = np.abs(off - power * np.log(10)) <= SLIP_TOLERANCE
        slip = nonzero & (count >= LEAST) & (np.abs(power) >= 1) & (np.abs(power) <= 3) & near & (np.abs(off) >= FAR * sd)
    return np.where(slip, power, 0.0), np.exp(np.where(slip, mean, 0.0))


def _slip(power: int, usual: float) -> str:
    times = f"{10 ** abs(power):,}"
    size = "the usual size" if power > 0 else "smaller than the usual size"
    return f"About {times} times {size} of this series, {usual:.3g}. Is the unit right?"


def _others(values: Floats, start: npt.NDArray[np.intp], place: npt.NDArray[np.intp], history: History) -> tuple[Floats, Floats]:
    """Lowest and highest of the other figures of each one's series; infinite where there are too few."""
    size = np.diff(np.append(start, len(values)))
    others = history.size[place] + size[place] - 1
    low, high = (_without_itself(values, start, place, sign) * sign for sign in (-1.0, 1.0))
    low, high = np.fmin(low, history.low[place]), np.fmax(high, history.high[place])
    few = others < LEAST_FOR_JUMP
    flat = high <= low
    return np.where(few | flat, -np.inf, low), np.where(few | flat, np.inf, high)


def _without_itself(values: Floats, start: npt.NDArray[np.intp], place: npt.NDArray[np.intp], sign: float) -> Floats:
    """The greatest of sign * the other values of the series; NaN where there is none."""
    signed = values * sign
    top = np.maximum.reduceat(signed, start)
    is_top = signed == top[place]
    tops = np.add.reduceat(is_top, start, dtype=np.int64)
    below = np.where(is_top, -np.inf, signed)
    second = np.maximum.reduceat(below, start)
    out = np.where(is_top & (tops[place] == 1), second[place], top[place])
    return np.where(np.isinf(out), np.nan, out)


def _copied(values: Floats, start: npt.NDArray[np.intp], place: npt.NDArray[np.intp]) -> Bools:
    """Figures of the constant end of a series, three or more long, whose figures before it never repeated the one before; ends at 0 and
    at 100 are natural."""
    count = len(values)
    repeat = np.zeros(count, bool)
    repeat[1:] = (values[1:] == values[:-1]) & (place[1:] == place[:-1])
    position = np.arange(count)
    last = np.append(start[1:], count) - 1
    breaks = np.maximum.accumulate(np.where(repeat, 0, position))[last]  # first figure of the constant end
    length = last - breaks + 1
    before = np.add.reduceat(repeat, start, dtype=np.int64) - (length - 1)
    end = values[last]
    wrong = (length >= COPIES) & (before == 0) & (breaks - start >= LEAST) & (end != 0) & (end != 100)
    return wrong[place] & (position > breaks[place])
