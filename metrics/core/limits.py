"""Process limits of individual values and moving ranges (XmR) and what each point says. METHODS section 2.

`xmr` and `xmr_batch` answer as NHSRplotthedots 0.2.2 does (the oracle), except where METHODS says otherwise. A missing point is
common cause (the oracle's). Means take two passes, as R's do: a one-pass mean puts the points of a constant series beside it.

Ours: a stretch of one point has no moving range, hence no limits, and `assurance` is `inconsistent` as the oracle's; to be
degenerate takes two equal points. `lock_first` counts periods, missing ones included, in each regime (the oracle's).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from metrics.core.signals import mark
from metrics.core.verdicts import Assurance, Bits, Bools, Codes, Floats, Ints, Signal, Variation, code, first_signal, member

LIMIT = 2.66  # 3 / d2 for ranges of two
NEAR_LIMIT = 2 * (LIMIT / 3)
CLOSE = 1e-14  # of the values: a distance that rounding may make or hide
SCREEN = 3.267  # D4 for ranges of two; Nelson 1982, J. Quality Technology 14(3)
D2 = 1.128  # mean range of two points of a standard normal
BLOCK = 1 << 15  # cells worked on at once: bounds the memory, and a block's arrays stay in the processor's cache
SIGNS = {"increase": 1, "decrease": -1, "neutral": 0}

_POINT_TYPES = np.array(  # [sign + 1, sense]
    [
        [code(Variation.COMMON_CAUSE), code(Variation.CONCERN), code(Variation.IMPROVEMENT)],
        [code(Variation.COMMON_CAUSE), code(Variation.HIGH), code(Variation.LOW)],
        [code(Variation.COMMON_CAUSE), code(Variation.IMPROVEMENT), code(Variation.CONCERN)],
    ],
    dtype=np.int8,
)


@dataclass(frozen=True)
class XmR:
    """The process chart of one series of T points."""

    mean: Floats  # [T] of the regime the point is in; NaN where it has no point
    lower: Floats  # [T] NaN where the regime has no moving range
    upper: Floats  # [T]
    signals: Bits  # [T] bitmask of the rules that fire, rule r is bit r-1
    point_type: list[Variation]  # per point
    variation: Variation  # point_type of the last point; undetermined without points
    assurance: Assurance | None  # None for a neutral series or without a target

    @property
    def first_signals(self) -> list[Signal | None]:
        """Per point the rule that names it, None where none fires."""
        return [first_signal(int(bits)) for bits in self.signals]


@dataclass(frozen=True)
class XmRBatch:
    """The process charts of S series of T points; codes as in verdicts.py."""

    mean: Floats  # [S, T]
    lower: Floats  # [S, T]
    upper: Floats  # [S, T]
    signals: Bits  # [S, T]
    point_type: Codes  # [S, T] Variation
    variation: Codes  # [S]
    assurance: Codes  # [S] Assurance


def total(x: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Sum over the first axis, in the order of time also of a lone column, which numpy would sum in pairs."""
    return np.repeat(x, 2, axis=1).sum(0)[:1] if x.shape[1] == 1 else x.sum(0)


def mean_of(x: npt.NDArray[Any], out: Bools | None = None) -> npt.NDArray[Any]:
    """Mean over the first axis in two passes, NaN of nothing; cells left out (`out`) stand at 0 in x."""
    n = float(len(x)) if out is None else len(x) - np.add.reduce(out, axis=0, dtype=np.int32)
    first = total(x) / n
    rest = x - first
    if out is not None:
        np.copyto(rest, 0.0, where=out)
    return first + total(rest) / n


def centre_of(base: Floats, x: Floats, out: Bools | None = None) -> Floats:
    """mean_of the base, in extended precision (as R's) where a point of x is so close that rounding would choose its side."""
    mean = mean_of(base, out)
    distance = np.abs(x - mean)
    close = (distance <= CLOSE * (np.abs(mean) + np.fmax.reduce(distance, axis=0, initial=0.0))).any(0)
    if close.any():
        mean[close] = mean_of(base[:, close].astype(np.longdouble), None if out is None else out[:, close])
    return mean


def mean_range(ranges: Floats, out: Bools | None, screen: bool) -> Floats:
    """mR-bar [B] of moving ranges [T-1, B], which it uses up: screened once, unless only zeros would remain (METHODS 2)."""
    whole = mean_of(ranges, out)
    if not screen:
        return whole
    large = ranges >= SCREEN * whole
    np.copyto(ranges, 0.0, where=large)
    screened = mean_of(ranges, large if out is None else large | out)
    return np.where(screened > 0, screened, whole)


def centre_and_range(x: Floats, lock: Ints | int | None, screen: bool) -> tuple[Floats, Floats]:
    """Mean and mR-bar [B] of stretches [T, B], from their first `lock` periods only where it is given."""
    base = x
    if isinstance(lock, int):
        base = x[:lock]
    elif lock is not None:
        base = np.where(np.arange(len(x))[:, None] < lock, x, np.nan)
    ranges = np.abs(base[1:] - base[:-1])
    if not np.isnan(base.sum(0)).any():
        return centre_of(base, x), mean_range(ranges, None, screen)
    missing, unranged = np.isnan(base), np.isnan(ranges)
    base, ranges = np.where(missing, 0.0, base), np.where(unranged, 0.0, ranges)
    return centre_of(base, x, missing), mean_range(ranges, unranged, screen)


def chart(
    x: Floats,
    *,
    lock: Ints | int | None = None,
    screen: bool = True,
    widen: Floats | float = 1.0,
    withhold: Bools | None = None,
) -> tuple[Floats, Floats, Bits, Bits]:
    """Mean [B], mR-bar [B], signals and their sense [T, B] of B stretches, time-major, one regime each; all judged at once.

    widen [B]: factor on the width of the limits (METHODS section 3); withhold [B]: stretches without signals 2-4.
    """
    steps = x[1:] - x[:-1]
    mean, mr_bar = centre_and_range(x, lock, screen)
    width = LIMIT * mr_bar * widen
    bits, sense = mark(x, steps, mean, width, NEAR_LIMIT * mr_bar * widen, withhold=withhold)
    return mean, mr_bar, bits, sense


def point_types(sense: Bits, sign: Codes) -> Codes:
    """Variation of each point from the sense of its signal (`signals.mark`) and the direction of its series."""
    return _POINT_TYPES.ravel().take(sense + np.uint8(3) * (sign + 1).astype(np.uint8))


def assure(target: Floats, lower: Floats, upper: Floats, sign: Codes, constant: Floats) -> Codes:
    """Assurance of each series (METHODS section 3, the oracle's) from the limits at its latest point.

    constant: the value of a degenerate regime (NaN otherwise), which passes when it meets the target and else fails.
    """
    flat = ~np.isnan(constant)
    far, near = np.where(sign > 0, upper, lower), np.where(sign > 0, lower, upper)
    fails = sign * target > sign * np.where(flat, constant, far)
    passes = np.where(flat, ~fails, sign * target < sign * near)
    result = np.select(
        [np.isnan(target) | (sign == 0), fails, passes],
        [code(Assurance.NONE), code(Assurance.FAIL), code(Assurance.PASS)],
        code(Assurance.INCONSISTENT),
    )
    return result.astype(np.int8)


def constant_of(x: Floats) -> Floats:
    """The common value of each stretch [S, T] of at least two points, all equal (METHODS section 2: degenerate); else NaN."""
    if not x.shape[1]:
        return np.full(len(x), np.nan)
    low, high = np.fmin.reduce(x, axis=1), np.fmax.reduce(x, axis=1)
    return np.where((low == high) & ((~np.isnan(x)).sum(1) > 1), low, np.nan)


def _regimes(size: int, rebase_at: Sequence[int], lock_first: int | None) -> list[tuple[int, int]]:
    cuts = sorted({0, *(int(at) for at in rebase_at)})
    if lock_first is not None and lock_first < 1:
        raise ValueError("lock_first must be at least 1")
    if cuts[0] < 0 or cuts[-1] >= max(size, 1):
        raise ValueError(f"rebase_at {list(rebase_at)} reaches outside the {size} points")
    return list(zip(cuts, [*cuts[1:], size], strict=True))


def xmr_batch(
    values: npt.ArrayLike,
    *,
    direction: str | Sequence[str],
    target: npt.ArrayLike | None = None,
    rebase_at: Sequence[int] = (),
    lock_first: int | None = None,
    screen: bool = True,
) -> XmRBatch:
    """Process charts of S series at once: limits, signals, variation, assurance (METHODS section 2; NHSRplotthedots 0.2.2).

    values [S, T], NaN = missing; direction increase|decrease|neutral and target, one or S of them (a target of NaN: none);
    rebase_at: columns that start a new regime in every series; lock_first: each regime's limits from its first n periods.
    Raises ValueError for another direction, a column outside the series, or lock_first below 1.
    """
    x = np.asarray(values, dtype=np.float64)
    count, size = x.shape
    sign = _signs(direction, count)
    regimes = _regimes(size, rebase_at, lock_first)
    mean, width = np.full((2, count, len(regimes)), np.nan)
    signals, types = np.zeros((count, size), dtype=np.uint8), np.zeros((count, size), dtype=np.int8)
    for number, (start, stop) in enumerate(regimes if size else []):
        out = mean[:, number], width[:, number], signals[:, start:stop], types[:, start:stop]
        _fill(x[:, start:stop], sign, lock_first, screen, out)
    lower, upper = mean - width, mean + width
    goals = np.broadcast_to(np.asarray(target if size and target is not None else np.nan, dtype=np.float64), count)
    return XmRBatch(
        mean=_per_point(mean, regimes),
        lower=_per_point(lower, regimes),
        upper=_per_point(upper, regimes),
        signals=signals,
        point_type=types,
        variation=types[:, -1].copy() if size else np.zeros(count, dtype=np.int8),
        assurance=assure(goals, lower[:, -1], upper[:, -1], sign, constant_of(x[:, regimes[-1][0] :])),
    )


def _per_point(values: Floats, regimes: list[tuple[int, int]]) -> Floats:
    """[S, regimes] as [S, T]; a view where there is one regime."""
    lengths = [stop - start for start, stop in regimes]
    return np.broadcast_to(values, (len(values), lengths[0])) if len(lengths) == 1 else np.repeat(values, lengths, axis=1)


def _signs(direction: str | Sequence[str], count: int) -> Codes:
    names = [direction] * count if isinstance(direction, str) else direction
    unknown = set(names) - SIGNS.keys()
    if unknown or len(names) != count:
        raise ValueError(f"direction must be one of {', '.join(SIGNS)}, for all or for each of {count} series")
    return np.array([SIGNS[name] for name in names], dtype=np.int8)


def _fill(x: Floats, sign: Codes, lock: int | None, screen: bool, out: tuple[npt.NDArray, ...]) -> None:
    """One regime of every series, in blocks, into the arrays mean, width, signals, types."""
    rows = max(1, BLOCK // max(1, x.shape[1]))
    for start in range(0, len(x), rows):
        block = slice(start, start + rows)
        with np.errstate(invalid="ignore"):
            mean, mr_bar, bits, sense = chart(np.ascontiguousarray(x[block].T), lock=lock, screen=screen)
        out[0][block], out[1][block] = mean, LIMIT * mr_bar
        out[2][block], out[3][block] = bits.T, point_types(sense, sign[block]).T


def xmr(
    values: Sequence[float] | Floats,
    *,
    direction: str,
    target: float | None = None,
    rebase_at: Sequence[int] = (),
    lock_first: int | None = None,
    screen: bool = True,
) -> XmR:
    """The process chart of one series, as NHSRplotthedots 0.2.2 draws it: `xmr_batch` of one row, with names for codes."""
    row = np.asarray(values, dtype=np.float64)[None, :]
    all_of = xmr_batch(row, direction=direction, target=target, rebase_at=rebase_at, lock_first=lock_first, screen=screen)
    variation, assurance = (int(codes[0]) for codes in (all_of.variation, all_of.assurance))
    return XmR(
        mean=all_of.mean[0],
        lower=all_of.lower[0],
        upper=all_of.upper[0],
        signals=all_of.signals[0],
        point_type=[member(Variation, int(number)) for number in all_of.point_type[0]],
        variation=member(Variation, variation),
        assurance=member(Assurance, assurance) if assurance else None,
    )
