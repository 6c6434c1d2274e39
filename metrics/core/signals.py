"""The four rules by which a point of a process chart is a signal. METHODS section 2.

Everything is time-major, arrays of shape [T, B]: T successive periods of B stretches side by side, NaN = missing. A stretch is
one regime, so no window crosses a regime boundary; comparisons with NaN are false, so a missing period breaks every window.
A *sense* is 0 none, 1 up, 2 down: one bit each, so that `&` asks "the same sense at both".
"""

from __future__ import annotations

import numpy as np

from metrics.core.verdicts import Bits, Bools, Floats, Signal, bit

RUN = 7  # points of rules 2 and 4
UP, DOWN = 1, 2


def sense_of(above: Bools, below: Bools) -> Bits:
    """Two masks as one array of senses."""
    return above.view(np.uint8) | below.view(np.uint8) * np.uint8(DOWN)


def choose(mask: Bools, one: Bits, other: Bits) -> Bits:
    """Senses of `one` where the mask holds, else of `other`: numpy.where, ten times as fast."""
    wide = mask * np.uint8(UP | DOWN)
    return (one & wide) | (other & ~wide)


def windows(flags: Bits, length: int) -> Bits:
    """What all `length` flags from here on have in common (bitwise and): [T - length + 1, B], empty when T is shorter."""
    span = 1
    while span < length:
        step = min(span, length - span)
        flags = flags[:-step] & flags[step:]
        span += step
    return flags


def members(starts: Bools, length: int, size: int) -> Bools:
    """The points [size, B] that lie in one of the windows of `length` points that start where `starts` says."""
    out = np.zeros((size, *starts.shape[1:]), dtype=bool)
    out[: len(starts)] = starts
    if not starts.any():
        return out
    span = 1
    while span < length:
        step = min(span, length - span)
        wider = out.copy()
        wider[step:] |= out[:-step]
        out = wider
        span += step
    return out


def trends(steps: Floats) -> tuple[Bools, Bits]:
    """Rule 2 from the T - 1 steps between successive points: [T, B] part of a trend, and the sense at each such point.

    The sense is that of the step out of the point when the next point is in a trend too (unless that step is a tie), else of
    the step into it.
    """
    step = sense_of(steps > 0, steps < 0)
    size = len(steps) + 1
    part = members(windows(step, RUN - 1) != 0, RUN, size)
    sense = np.zeros(part.shape, dtype=np.uint8)
    sense[1:] = step
    sense[:-1] = choose(part[1:] & (step != 0), step, sense[:-1])
    return part, sense


def pairs_near(near: Bools, side: Bits) -> Bools:
    """Rule 3: the points beyond a near limit in a window of three on one side of the mean, two of them beyond."""
    first, second, third = near[:-2], near[1:-1], near[2:]
    two = (first & second) | (first & third) | (second & third)
    return members(two & (windows(side, 3) != 0), 3, len(near)) & near


def mark(x: Floats, steps: Floats, mean: Floats, width: Floats, near_width: Floats, *, withhold: Bools | None = None) -> tuple[Bits, Bits]:
    """Rules 1-4 at every point: bitmask of those that fire, and the sense of the first of them; both [T, B].

    x, steps as above; mean, width of the limits and of the near limits [B]; withhold [B]: stretches without rules 2-4.
    """
    side = sense_of(x > mean, x < mean)
    outside = (x > mean + width) | (x < mean - width)
    near = ((x > mean + near_width) | (x < mean - near_width)) & ~outside
    trend, step = trends(steps)
    pair = pairs_near(near, side)
    run = members(windows(side, RUN) != 0, RUN, len(x))
    if withhold is not None:
        trend, pair, run = trend & ~withhold, pair & ~withhold, run & ~withhold
    bits = outside * np.uint8(bit(Signal.OUTSIDE)) | trend * np.uint8(bit(Signal.TREND))
    bits |= pair * np.uint8(bit(Signal.NEAR)) | run * np.uint8(bit(Signal.RUN))
    return bits, choose(trend & ~outside, step, side * (bits != 0))
