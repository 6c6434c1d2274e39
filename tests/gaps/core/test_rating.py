"""Priority: its arithmetic from a table, its order, and its stability against exact enumeration."""

from __future__ import annotations

import random
from itertools import product

import numpy as np
import pytest

from gaps.core.rating import DRAWS, Factor, Rating, confidence, hearsay, rank, reach, severity
from gaps.core.triangulation import Relationship
from metrics.core.verdicts import Quality


def factor(value: float) -> Factor:
    return Factor(value, ())


def rating(a: float, b: float, c: float, name: str = "x", parked: bool = False) -> Rating:
    return Rating(("dept", name), factor(a), factor(b), factor(c), parked)


@pytest.mark.parametrize(
    ("grade", "trend", "feeds", "points"),
    [
        (0, False, False, 0),
        (1, False, False, 2),
        (2, False, False, 5),
        (3, False, False, 8),
        (4, False, False, 12),
        (5, False, False, 16),
        (5, True, False, 18),
        (5, False, True, 18),
        (5, True, True, 20),
        (4, True, True, 16),
        (1, True, True, 6),
    ],
)
def test_severity(grade, trend, feeds, points):
    found = severity(grade, adverse_trend=trend, feeds_a_gap=feeds)
    assert found.value == points == sum(part for _, part in found.parts)


@pytest.mark.parametrize(
    ("quality", "stale", "relationship", "points"),
    [
        (Quality.FULL, False, Relationship.AGREEMENT, 10),
        (Quality.FULL, False, Relationship.PARTIAL, 9),
        (Quality.FULL, False, Relationship.DISSONANCE, 8),
        (Quality.FULL, False, Relationship.SILENCE_PEOPLE, 8),
        (Quality.PROVISIONAL, False, Relationship.AGREEMENT, 8),
        (Quality.PROVISIONAL, False, Relationship.NOT_ASKED, 6),
        (Quality.FULL, True, Relationship.AGREEMENT, 6),
        (Quality.INSUFFICIENT, False, Relationship.PARTIAL, 5),
        (Quality.INSUFFICIENT, True, Relationship.NO_FINDING, 4),
    ],
)
def test_confidence(quality, stale, relationship, points):
    found = confidence(quality, stale=stale, relationship=relationship)
    assert found.value == points == sum(part for _, part in found.parts)


def test_confidence_in_what_only_people_know():
    assert (hearsay(widely=True).value, hearsay(widely=False).value) == (4, 2)


def test_the_most_that_there_is():
    worst = Rating(
        ("a", "b"),
        reach(5, 5),
        severity(5, adverse_trend=True, feeds_a_gap=True),
        confidence(Quality.FULL, stale=False, relationship=Relationship.AGREEMENT),
    )
    assert worst.score == 100


def test_what_a_person_sets_counts_and_what_was_computed_stays():
    own = Factor(8, (("grade", 8.0),), set_to=12, reason="Two clients have given notice")
    assert (own.value, own.computed) == (12, 8)
    assert Rating(("a", "b"), factor(4), own, factor(6)).score == 32


def test_order_and_ties():
    ratings = [
        rating(2, 8, 6, "b"),  # 20
        rating(2, 8, 6, "a"),  # 20, earlier name
        rating(6, 4, 6, "c"),  # 20, less severe
        rating(10, 20, 10, "parked", parked=True),
        rating(10, 16, 8, "first"),
        rating(1, 19, 3, "severe"),  # 20, the most severe
    ]
    for seed in range(5):
        random.Random(seed).shuffle(ratings)
        assert [(one.rating.key[1], one.place) for one in rank(ratings)] == [
            ("first", 1), ("severe", 2), ("a", 3), ("b", 4), ("c", 5), ("parked", None),
        ]  # fmt: skip


def test_the_same_ratings_rank_alike_to_the_bit_in_any_order():
    ratings = [rating(n % 9 + 2, n % 17, n % 7 + 4, f"kpi-{n}") for n in range(60)]
    first = rank(ratings)
    assert rank(reversed(ratings)) == first
    assert rank(ratings) == first


def test_what_would_swap_it_with_the_one_above():
    first, second, third, last = rank([rating(8, 12, 8, "a"), rating(8, 12, 7, "b"), rating(2, 4, 10, "c"), rating(0, 0, 9, "d")])
    assert first.to_swap is None
    assert second.to_swap == pytest.approx(1)
    assert third.to_swap is None  # even full confidence would not do
    assert last.to_swap is None
    again = rank([rating(8, 12, 8, "a"), Rating(("dept", "b"), factor(8), factor(12), factor(7 + second.to_swap + 1e-9))])
    assert again[0].rating.key[1] == "b"


def test_stability_against_enumeration():
    """Two gaps, each factor at the middles of 12 equal parts of its range: the share in which the second comes first, exactly."""
    first, second = rating(8, 12, 8, "a"), rating(7, 12, 8, "b")
    steps = 1 + 0.4 * ((np.arange(12) + 0.5) / 12 - 0.5)
    scores = [
        np.sort([(one.a.value * a + one.b.value * b) * one.c.value * c for a, b, c in product(steps, repeat=3)]) for one in (first, second)
    ]
    behind = np.searchsorted(scores[0], scores[1]).mean() / len(scores[0])
    apart = rank([first, second, *(rating(10, 20, 10, f"top-{n}") for n in range(2))])
    shares = {one.rating.key[1]: one.top for one in apart}
    assert shares["top-0"] == shares["top-1"] == 1
    assert shares["b"] == pytest.approx(behind, abs=4 * (0.25 / DRAWS) ** 0.5)
    assert shares["a"] + shares["b"] == pytest.approx(1)


def test_places_that_nothing_can_change():
    ranked = rank([rating(10, 20, 10, "a"), rating(2, 2, 4, "b")])
    assert [(one.low, one.high, one.top) for one in ranked] == [(1, 1, 1.0), (2, 2, 1.0)]
    assert rank([]) == []


def test_equal_gaps_share_all_places():
    ranked = rank([rating(5, 10, 8, f"{n}") for n in range(10)])
    assert all(one.low <= 2 and one.high >= 9 for one in ranked)
    assert sum(one.top for one in ranked) == pytest.approx(3)
    assert all(one.to_swap == 0 for one in ranked[1:])
