"""Whether more interviews of a department would still tell something new (METHODS 9).

Source: Guest, Namey & Chen 2020, PLOS ONE 15(5):e0232076. The first BASE interviews give the base themes; every run of RUN interviews
after them is compared with these: new themes of the run / base themes. Runs overlap by all but one interview. Saturation is reached with
the first run at or under the threshold, and is reported as the interviews before that run "+ RUN", those that confirmed it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

BASE, RUN = 4, 2  # interviews
THRESHOLD = 20  # one new theme in so many base themes: 5 %; with fewer base themes none may be new


class State(StrEnum):
    """`UNDEFINED`: too few interviews to say, or no theme in the base. `AGAIN`: reached once, and the last run brought more again."""

    UNDEFINED = "undefined"
    GROWING = "growing"
    REACHED = "reached"
    AGAIN = "again"


@dataclass(frozen=True)
class Saturation:
    """`new`: themes that each interview was the first to raise; `curve`: their running sum; `base`: base themes, None under BASE
    interviews; `runs`: new themes of each run; `reached`: interviews that were enough, the RUN that confirmed it not counted."""

    state: State
    new: tuple[int, ...]
    base: int | None
    runs: tuple[int, ...]
    reached: int | None

    @property
    def curve(self) -> tuple[int, ...]:
        return tuple(sum(self.new[: n + 1]) for n in range(len(self.new)))

    @property
    def share(self) -> float | None:
        """New themes of the last run by base themes; None where that is undefined."""
        return self.runs[-1] / self.base if self.runs and self.base else None


def saturation(interviews: Sequence[Iterable[int]]) -> Saturation:
    """How far the themes of a department are exhausted; `interviews`: the themes that each raised, in the order of interview."""
    new = _new(interviews)
    if len(new) < BASE:
        return Saturation(State.UNDEFINED, new, None, (), None)
    base = sum(new[:BASE])
    runs = tuple(sum(new[end - RUN : end]) for end in range(BASE + RUN, len(new) + 1))
    if not base or not runs:
        return Saturation(State.UNDEFINED, new, base, runs, None)
    enough = [THRESHOLD * run <= base for run in runs]
    if not any(enough):
        return Saturation(State.GROWING, new, base, runs, None)
    return Saturation(State.REACHED if enough[-1] else State.AGAIN, new, base, runs, BASE + enough.index(True))


def _new(interviews: Sequence[Iterable[int]]) -> tuple[int, ...]:
    seen: set[int] = set()
    counts = []
    for themes in interviews:
        fresh = set(themes) - seen
        seen |= fresh
        counts.append(len(fresh))
    return tuple(counts)


def words(found: Saturation) -> str:
    """It in words, for a page."""
    done = len(found.new)
    if found.state is State.UNDEFINED:
        if found.base == 0:
            return f"no theme coded in the first {BASE} interviews"
        return f"{done} of the {BASE + RUN} coded interviews that it takes to say"
    last = f"the last {RUN} interviews brought {_themes(found.runs[-1])}"
    if found.state is State.GROWING:
        return f"themes still grow: {last}"
    if found.state is State.AGAIN:
        return f"themes grow again: {last}"
    return f"saturated after {found.reached} interviews, confirmed by {RUN} more"


def _themes(count: int) -> str:
    return f"{count} new theme" if count == 1 else f"{count} new themes"
