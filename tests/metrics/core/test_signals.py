"""The rules one by one, against the R package's own functions. METHODS section 2."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from metrics.core.signals import RUN, choose, members, pairs_near, sense_of, trends, windows
from metrics.core.verdicts import Signal, bit, first_signal

RULES = json.loads((Path(__file__).parents[2] / "data/spc_vectors.json").read_text())["rules"]


def senses(numbers):
    column = np.array(numbers, dtype=float)[:, None]
    return sense_of(column > 0, column < 0)


def run_ends(sides):
    starts = windows(senses(sides), RUN) != 0
    return [0] * min(RUN - 1, len(sides)) + starts[:, 0].astype(int).tolist()


def trend_ends(values):
    steps = np.diff(np.array(values, dtype=float))
    found = windows(senses(steps), RUN - 1)[:, 0]
    return [0] * min(RUN - 1, len(values)) + [{0: 0, 1: 1, 2: -1}[int(sense)] for sense in found]


def part_of_seven(ends):
    starts = np.array(ends[RUN - 1 :])[:, None] != 0
    return members(starts, RUN, len(ends))[:, 0].astype(int).tolist()


def two_in_three(near, sides):
    beyond = np.array(near, dtype=bool)[:, None]
    return pairs_near(beyond, senses(sides))[:, 0].astype(int).tolist()


def expected_of(rule):
    """The R package's two_in_three answers for the window; it leaves only the points beyond in a later step."""
    if rule["rule"] != "two_in_three":
        return rule["expected"]
    return [int(found and near) for found, near in zip(rule["expected"], rule["input"][0], strict=True)]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["rule"])
def test_agrees_with_the_r_packages_functions(rule):
    ours = {"run_ends": run_ends, "trend_ends": trend_ends, "part_of_seven": part_of_seven, "two_in_three": two_in_three}
    assert ours[rule["rule"]](*rule["input"]) == expected_of(rule)


def test_a_trend_keeps_its_sense_through_a_tie():
    part, sense = trends(np.array([1, 1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1])[:, None])
    assert part.all()
    assert set(sense[:, 0].tolist()) == {1}


def test_after_a_drop_between_two_rises_the_point_before_it_falls():
    part, sense = trends(np.array([1] * 6 + [-4] + [1] * 6)[:, None])
    assert part.all()
    assert sense[:, 0].tolist() == [1] * 6 + [2] + [1] * 7


@pytest.mark.parametrize("size", range(10))
def test_windows_longer_than_the_series_are_empty(size):
    assert len(windows(np.ones((size, 1), dtype=np.uint8), 7)) == max(0, size - 6)
    assert len(members(np.ones((max(0, size - 6), 1), dtype=bool), 7, size)) == size


def test_choose_takes_from_the_one_or_the_other():
    mask = np.array([True, False])
    np.testing.assert_array_equal(choose(mask, np.array([1, 1], dtype=np.uint8), np.array([2, 2], dtype=np.uint8)), [1, 2])


def test_the_first_rule_names_a_point():
    assert [bit(signal) for signal in Signal] == [1, 2, 4, 8, 16]
    assert first_signal(0b10100) == Signal.NEAR
    assert first_signal(0) is None
