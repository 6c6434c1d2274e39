"""The table of METHODS section 5, its caps, and which benchmark makes the grade."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from gaps.core.grading import STANDINGS, TABLE, Cap, Grade, grade, grade_of, kind_of
from metrics.core.judging import judge
from metrics.core.verdicts import Kind, Quality, SeriesBatch, Standing, Variation, code, member

NAN = float("nan")
WORSE_FIRST = (Variation.CONCERN, Variation.COMMON_CAUSE, Variation.IMPROVEMENT)


def batch(values, *, goal=NAN, industry=NAN, sign=1, window=3, late=0):
    n = len(values)
    return SeriesBatch(
        offsets=np.array([0, n]),
        index=np.arange(n),
        value=np.array(values, dtype=float),
        goal=np.full(n, goal),
        industry=np.full(n, industry),
        sign=np.array([sign], dtype=np.int8),
        per_year=np.array([12], dtype=np.int16),
        window_from=np.array([n - window + late]),
        window_to=np.array([n - 1 + late]),
    )


def graded(values, **options):
    """(grade, graded_by, capped, is_gap, is_watch) of one series."""
    found = grade(judge(batch(values, **options)))
    kind = kind_of(int(found.graded_by[0]))
    return int(found.grade[0]), kind, member(Cap, int(found.capped[0])), bool(found.is_gap[0]), bool(found.is_watch[0])


def posed(variation, standing, *, shortfall=1.0, quality=Quality.FULL, stale=False, misses=True):
    """Verdicts on one series made up at will, its goal valid."""
    real = judge(batch([10, 11] * 8, goal=20))
    goal = replace(
        real.goal,
        standing=np.array([code(standing)], dtype=np.int8),
        judged_shortfall=np.array([shortfall]),
        misses_latest=np.array([misses]),
    )
    columns = {"variation": np.array([code(variation)], dtype=np.int8), "quality": np.array([code(quality)], dtype=np.int8)}
    return replace(real, goal=goal, stale=np.array([stale]), **columns)


def grade_and_cap(*args, **options):
    verdicts = posed(*args, **options)
    grades, caps = grade_of(verdicts, verdicts.goal)
    return Grade(list(Grade)[grades[0]]), member(Cap, int(caps[0]))


def test_the_table_is_monotone_in_both_axes():
    for row in TABLE.values():
        assert all(worse >= better for worse, better in pairwise(row))
    for worse, better in pairwise(WORSE_FIRST):
        assert all(a >= b for a, b in zip(TABLE[worse], TABLE[better], strict=True))
    assert TABLE[Variation.COMMON_CAUSE] == TABLE[Variation.UNDETERMINED]


@pytest.mark.parametrize("variation", TABLE)
@pytest.mark.parametrize("standing", STANDINGS)
def test_every_cell_is_looked_up(variation, standing):
    found, cap = grade_and_cap(variation, standing)
    assert code(found) == TABLE[variation][STANDINGS.index(standing)]
    assert cap == Cap.NONE


@pytest.mark.parametrize(("options", "expected"), [
    ({}, ("critical", "none")),
    ({"shortfall": 0.0}, ("warning", "no_shortfall")),
    ({"shortfall": -1.0}, ("warning", "no_shortfall")),
    ({"shortfall": NAN}, ("critical", "none")),
    ({"quality": Quality.PROVISIONAL}, ("moderate", "provisional")),
    ({"stale": True}, ("watch", "stale")),
    ({"stale": True, "quality": Quality.PROVISIONAL}, ("watch", "stale")),
    ({"shortfall": 0.0, "quality": Quality.PROVISIONAL}, ("warning", "no_shortfall")),
])  # fmt: skip
def test_of_two_caps_the_lower_holds(options, expected):
    assert grade_and_cap(Variation.CONCERN, Standing.FAIL, **options) == expected


def test_without_a_shortfall_and_without_concern_it_is_at_most_watched():
    assert grade_and_cap(Variation.COMMON_CAUSE, Standing.FAIL, shortfall=0.0) == ("watch", "no_shortfall")
    assert grade_and_cap(Variation.COMMON_CAUSE, Standing.HIT_OR_MISS, shortfall=0.0) == ("watch", "none")


def test_a_cap_that_lowers_nothing_is_not_named():
    assert grade_and_cap(Variation.COMMON_CAUSE, Standing.USUALLY_MISSES, quality=Quality.PROVISIONAL) == ("moderate", "none")
    assert grade_and_cap(Variation.COMMON_CAUSE, Standing.HIT_OR_MISS, stale=True) == ("watch", "none")


def test_caps_never_raise_a_grade_and_keep_the_order_of_the_table():
    for options in ({"stale": True}, {"quality": Quality.PROVISIONAL}, {"shortfall": 0.0}):
        for standing in STANDINGS:
            grades = [code(grade_and_cap(variation, standing, **options)[0]) for variation in WORSE_FIRST]
            assert grades == sorted(grades, reverse=True)
            assert all(capped <= TABLE[v][STANDINGS.index(standing)] for v, capped in zip(WORSE_FIRST, grades, strict=True))


def test_insufficient_data_are_watched_when_the_latest_point_misses():
    assert graded([9, 9, 9, 9, 9], goal=10) == (1, Kind.GOAL, Cap.INSUFFICIENT, False, True)
    assert graded([9, 9, 9, 9, 10], goal=10) == (0, Kind.GOAL, Cap.NONE, False, False)
    assert graded([9, 9, 9, 9, 9], goal=10, late=3) == (1, Kind.GOAL, Cap.INSUFFICIENT, False, True)


def test_six_points_are_judged_and_thirteen_have_no_cap():
    values = [5.0, 5.1] * 7
    assert graded(values[:5], goal=10)[0] == 1
    assert graded(values[:6], goal=10)[:3] == (3, Kind.GOAL, Cap.PROVISIONAL)
    assert graded(values[:12], goal=10)[:3] == (3, Kind.GOAL, Cap.PROVISIONAL)
    assert graded(values[:13], goal=10) == (4, Kind.GOAL, Cap.NONE, True, False)


def test_stale_data_are_at_most_watched():
    assert graded([5.0, 5.1] * 7, goal=10, late=2, window=6)[0] == 4
    assert graded([5.0, 5.1] * 7, goal=10, late=3, window=6) == (1, Kind.GOAL, Cap.STALE, False, True)


def test_the_worst_of_goal_and_industry_makes_the_grade_and_the_goal_a_tie():
    values = [5.0, 5.1] * 7
    assert graded(values, goal=4, industry=10)[:2] == (4, Kind.INDUSTRY)
    assert graded(values, goal=10, industry=4)[:2] == (4, Kind.GOAL)
    assert graded(values, goal=10, industry=10)[:2] == (4, Kind.GOAL)
    assert graded(values, goal=4, industry=4) == (0, Kind.GOAL, Cap.NONE, False, False)


def test_equality_with_the_benchmark_is_met():
    assert graded([5.0] * 20, goal=5)[0] == 0
    assert graded([5.0] * 20, goal=5, sign=-1)[0] == 0
    assert graded([5.0] * 20, goal=5.001)[0] == 4
    assert graded([5.0] * 5, goal=5)[0] == 0


def test_neutral_is_never_a_gap():
    assert graded([5.0, 5.1] * 7 + [50], goal=10, sign=0) == (0, Kind.GOAL, Cap.NONE, False, False)
    assert graded([5.0, 5.1] * 7 + [50], sign=0)[0] == 0
    assert graded([5.0] * 5, goal=10, sign=0)[0] == 0


def test_history_grades_only_where_no_other_benchmark_is_valid():
    fallen = [10.0, 11.0, 10.5, 11.5] * 5 + [5.0] * 3
    assert graded(fallen) == (3, Kind.HISTORY, Cap.NONE, True, False)
    assert graded(fallen, goal=1)[:2] == (2, Kind.GOAL)  # a concern, though it passes
    assert graded([-x for x in fallen]) == (0, Kind.HISTORY, Cap.NONE, False, False)
    assert graded(fallen, late=3, window=6) == (1, Kind.HISTORY, Cap.STALE, False, True)
    assert int(grade(judge(batch(fallen, goal=1))).history[0]) == 0


def test_a_window_clearly_but_not_alarmingly_below_its_past_is_watched():
    rng = np.random.default_rng(1)
    found = set()
    for _ in range(60):
        values = rng.normal(0, 1, 24) - (np.arange(24) >= 21) * 1.0
        verdicts = judge(batch(values))
        history = verdicts.history
        concern = verdicts.variation[0] == code(Variation.CONCERN) and history.t[0] > 0
        expected = 3 if concern else int(history.t[0] >= history.threshold[0])
        assert graded(values)[0] == expected
        found.add(expected)
    assert found == {0, 1, 3}


def test_without_any_benchmark_there_is_no_grade():
    assert graded([5.0, 5.1] * 4, window=8) == (0, None, Cap.NONE, False, False)


def test_without_noise_to_measure_by_the_latest_point_is_watched():
    verdicts = posed(Variation.COMMON_CAUSE, Standing.NONE)
    assert [int(x[0]) for x in grade_of(verdicts, verdicts.goal)] == [1, code(Cap.INSUFFICIENT)]
    verdicts = posed(Variation.COMMON_CAUSE, Standing.NONE, misses=False)
    assert [int(x[0]) for x in grade_of(verdicts, verdicts.goal)] == [0, code(Cap.NONE)]
