"""Competing hypotheses of one gap set against the evidence. METHODS section 8, after Heuer 1999 (Analysis of Competing Hypotheses):
what speaks against a hypothesis counts, since most evidence speaks for many."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from gaps.core.triangulation import Data
from interviews.core.terms import Stance

DATA_WEIGHT, VOICE_WEIGHT = 2, 1


class Reading(StrEnum):
    """What a piece of evidence says of a hypothesis."""

    CONSISTENT = "consistent"
    INCONSISTENT = "inconsistent"
    SILENT = "silent"


class Diagnostic(StrEnum):
    """What passing or failing a test would tell (Mahoney 2012, Sociol. Methods Res. 41(4):570)."""

    HOOP = "hoop"  # failing it refutes; passing it tells little
    SMOKING_GUN = "smoking_gun"  # passing it confirms; failing it tells little
    STRAW_IN_THE_WIND = "straw_in_the_wind"  # tells a little either way
    DOUBLY_DECISIVE = "doubly_decisive"  # passing confirms, failing refutes


DISCRIMINATING = (Diagnostic.DOUBLY_DECISIVE, Diagnostic.SMOKING_GUN, Diagnostic.HOOP, Diagnostic.STRAW_IN_THE_WIND)


@dataclass(frozen=True)
class Cause:
    """What a hypothesis says is the cause: a driver (KPI, department), or a theme. `key` names it and settles ties."""

    key: str
    driver: tuple[int, int] | None = None
    theme: int | None = None


@dataclass(frozen=True)
class Voices:
    """What was said of one theme about the gap's subject: voices by stance."""

    theme: int
    stances: Mapping[Stance, int]


@dataclass(frozen=True)
class Signal:
    """What the data say of one driver."""

    driver: tuple[int, int]
    data: Data


Evidence = Voices | Signal


@dataclass(frozen=True)
class Weighed:
    """A hypothesis after weighing: `against` and `for_` are the weights of the inconsistent and the consistent evidence."""

    cause: Cause
    for_: int
    against: int
    readings: tuple[Reading, ...]

    @property
    def evidenced(self) -> bool:
        return bool(self.for_ or self.against)

    @property
    def share(self) -> float:
        """(I + 1) / (I + C + 2): near 0 where much speaks for it and nothing against, 1/2 where nothing is known."""
        return (self.against + 1) / (self.against + self.for_ + 2)


def read(cause: Cause, evidence: Evidence) -> tuple[Reading, int, int]:
    """(what the evidence says of the cause on the whole, its weight for, its weight against)."""
    if isinstance(evidence, Signal):
        if cause.driver != evidence.driver or evidence.data in (Data.INCONCLUSIVE, Data.UNMEASURED):
            return Reading.SILENT, 0, 0
        if evidence.data is Data.GAP:
            return Reading.CONSISTENT, DATA_WEIGHT, 0
        return Reading.INCONSISTENT, 0, DATA_WEIGHT
    if cause.theme != evidence.theme:
        return Reading.SILENT, 0, 0
    against, in_favour = (VOICE_WEIGHT * evidence.stances.get(stance, 0) for stance in (Stance.STRENGTH, Stance.PROBLEM))
    if against == in_favour:
        return Reading.SILENT, in_favour, against
    return (Reading.INCONSISTENT if against > in_favour else Reading.CONSISTENT), in_favour, against


def weigh(causes: Iterable[Cause], evidence: Collection[Evidence]) -> list[Weighed]:
    """The hypotheses, least inconsistent first; those that nothing speaks for or against yet come after all others, by key."""
    weighed = []
    for cause in causes:
        read_ = [read(cause, one) for one in evidence]
        weighed.append(
            Weighed(
                cause,
                sum(weight for _, weight, _ in read_),
                sum(weight for _, _, weight in read_),
                tuple(reading for reading, _, _ in read_),
            )
        )
    return sorted(weighed, key=lambda one: (not one.evidenced, one.share, -one.for_, one.cause.key))
