"""The Basic Priority Rating of gaps, with its arithmetic and its stability. METHODS section 7.

Adapted from Hanlon: BPR = (A + B) * C / 3, 0 to 100. A is reach, B severity; C is how sure we are, where Hanlon's is the effectiveness
of a remedy: in Week 1 there is none yet. The adaptation is ours.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gaps.core.triangulation import Relationship
from metrics.core.verdicts import Quality

SEVERITIES = {0: 0, 1: 2, 2: 5, 3: 8, 4: 12, 5: 16}  # by grade
ADVERSE_TREND, FEEDS_A_GAP = 2, 2
MOST_SEVERE = 20
SURENESS = {Quality.FULL: 8, Quality.PROVISIONAL: 6, Quality.INSUFFICIENT: 4}
STALE = 4
CONFIRMED = {Relationship.AGREEMENT: 2, Relationship.PARTIAL: 1}
HEARD_WIDELY, HEARD = 4, 2  # of a gap that no KPI measures
MOST_SURE = 10
DRAWS, SPREAD, TOP, SEED = 2_000, 0.2, 3, 20_160_101
TAILS = (0.05, 0.95)


@dataclass(frozen=True)
class Factor:
    """One of A, B, C: the value that counts, what it was worked out as, from which parts, and why a person set another."""

    computed: float
    parts: tuple[tuple[str, float], ...]
    set_to: float | None = None
    reason: str = ""

    @property
    def value(self) -> float:
        return self.computed if self.set_to is None else self.set_to


def reach(importance: int, criticality: int) -> Factor:
    """A, 2 to 10: how important the KPI and how critical the department is, 1 to 5 each."""
    return Factor(importance + criticality, (("importance of the KPI", importance), ("criticality of the department", criticality)))


def severity(grade: int, *, adverse_trend: bool, feeds_a_gap: bool) -> Factor:
    """B, 0 to 20. `adverse_trend`: one that survived METHODS section 4; `feeds_a_gap`: a KPI at most two steps downstream is a gap."""
    parts = [("grade", float(SEVERITIES[grade]))]
    parts += [("adverse trend", float(ADVERSE_TREND))] if adverse_trend else []
    parts += [("drives another gap", float(FEEDS_A_GAP))] if feeds_a_gap else []
    return Factor(min(MOST_SEVERE, sum(points for _, points in parts)), tuple(parts))


def confidence(quality: Quality, *, stale: bool, relationship: Relationship) -> Factor:
    """C of a gap that is measured, 4 to 10."""
    parts = [("out of date", float(STALE)) if stale else (f"{quality.value} data", float(SURENESS[quality]))]
    if relationship in CONFIRMED:
        parts.append(("people agree" if relationship is Relationship.AGREEMENT else "people agree in part", float(CONFIRMED[relationship])))
    return Factor(sum(points for _, points in parts), tuple(parts))


def hearsay(*, widely: bool) -> Factor:
    """C of a gap that only people know of. `widely`: three voices of two roles."""
    points = HEARD_WIDELY if widely else HEARD
    return Factor(points, (("three voices of two roles or more" if widely else "few voices", float(points)),))


@dataclass(frozen=True)
class Rating:
    """A gap to be ranked. `key`: department and KPI (or theme) code, which settle what the numbers leave open; `parked`: PEARL said no."""

    key: tuple[str, str]
    a: Factor
    b: Factor
    c: Factor
    parked: bool = False

    @property
    def score(self) -> float:
        return (self.a.value + self.b.value) * self.c.value / 3

    @property
    def order(self) -> tuple[bool, float, float, float, tuple[str, str]]:
        return (self.parked, -self.score, -self.b.value, -self.a.value, self.key)


@dataclass(frozen=True)
class Ranked:
    """A rating's place. Of a parked one there is none, nor stability.

    `top`: share of the draws with a place of 3 or better; `low`, `high`: places between which 90 % of the draws lie, best first;
    `to_swap`: by how much C would have to grow to take the place above; None where even full confidence would not do, and for the first.
    """

    rating: Rating
    place: int | None
    top: float | None = None
    low: int | None = None
    high: int | None = None
    to_swap: float | None = None


def rank(ratings: Iterable[Rating]) -> list[Ranked]:
    """The ratings by priority, parked ones last. The same ratings give the same answer to the bit, in whatever order they come."""
    ordered = sorted(ratings, key=lambda rating: rating.order)
    live = [rating for rating in ordered if not rating.parked]
    top, low, high = _stability(live)
    ranked = [
        Ranked(
            rating, place + 1, float(top[place]), int(low[place]), int(high[place]), _to_swap(live[place - 1], rating) if place else None
        )
        for place, rating in enumerate(live)
    ]
    return ranked + [Ranked(rating, None) for rating in ordered[len(live) :]]


def _to_swap(above: Rating, rating: Rating) -> float | None:
    weight = rating.a.value + rating.b.value
    needed = 3 * above.score / weight if weight else np.inf
    return max(0.0, needed - rating.c.value) if needed <= MOST_SURE else None


def _stability(live: Sequence[Rating]) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Share of draws in the top places, and the 5 and 95 % places: each factor times uniform(0.8, 1.2), drawn anew for each gap."""
    factors = np.array([[rating.a.value, rating.b.value, rating.c.value] for rating in live]).reshape(-1, 3)
    count = len(live)
    draws = np.random.Generator(np.random.PCG64(SEED))
    places = np.empty((DRAWS, count), np.uint16 if count < 2**16 else np.uint32)
    for draw in range(DRAWS):
        a, b, c = (factors * draws.uniform(1 - SPREAD, 1 + SPREAD, factors.shape)).T
        places[draw, np.argsort(-(a + b) * c, kind="stable")] = np.arange(1, count + 1)
    top = (places <= TOP).mean(axis=0)
    places.sort(axis=0)
    low, high = (places[round(tail * (DRAWS - 1))].astype(np.int64) for tail in TAILS)
    return top, low, high
