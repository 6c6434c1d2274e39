"""Process charts against the R package, against hand-made tables, and under changes that must not matter. METHODS section 2."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.core.limits import centre_of, xmr, xmr_batch
from metrics.core.verdicts import Signal, Variation, member

CASES = json.loads((Path(__file__).parents[2] / "data/spc_vectors.json").read_text())["cases"]
LETTERS = {"common_cause": ".", "improvement": "+", "concern": "-", "high": "h", "low": "l"}
NAN = float("nan")


def chart_of(case):
    values = [NAN if value is None else value for value in case["values"]]
    options = {"rebase_at": case["rebase_at"], "lock_first": case["lock_first"], "screen": case["screen"]}
    return xmr(values, direction=case["direction"], target=case["target"], **options)


def letters(result):
    return "".join(LETTERS[point] for point in result.point_type)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_agrees_with_the_r_package(case):
    result = chart_of(case)
    starts = sorted({0, *case["rebase_at"]})
    found = np.stack([result.mean, result.lower, result.upper], axis=-1)
    for start, stop, limits in zip(starts, [*starts[1:], len(case["values"])], case["limits"], strict=True):
        expected = np.array([NAN if limit is None else limit for limit in limits])
        np.testing.assert_allclose(found[start:stop], np.tile(expected, (stop - start, 1)), rtol=1e-12, atol=1e-12)
    assert letters(result) == case["points"]
    assert result.variation == case["variation"]
    assert result.assurance == case["assurance"]


def test_there_are_seventy_cases_of_the_r_package():
    assert len(CASES) == 70


# Locked limits of mean 0 and mR-bar 3: 7.98 and, near, 5.32.
BASE = [-1.5, 1.5] * 5


# Where METHODS departs from the R package.


def test_a_flat_step_keeps_the_unscreened_range():
    result = xmr([10] * 4 + [20] * 10, direction="increase", target=15)
    assert result.mean[0] == pytest.approx(120 / 7)
    assert result.upper[0] == pytest.approx(120 / 7 + 2.66 * 10 / 13)
    assert letters(result) == "----++++++++++"
    assert result.assurance == "pass"


def test_one_point_among_missing_ones_is_common_cause_without_limits():
    result = xmr([NAN] * 15 + [52], direction="increase", target=50)
    assert letters(result) == "." * 16
    assert result.mean[-1] == 52
    assert np.isnan(result.upper).all()
    assert result.assurance == "inconsistent"


def test_a_missing_value_in_a_rise_is_no_error():
    values = [0, -3, -2, -1, NAN, 0, 1, 2, 3, 4, 5, 6]
    assert letters(xmr(BASE + values, direction="increase", lock_first=10))[10:] == "....." + "+" * 7


@pytest.mark.parametrize(("target", "direction", "assurance"), [
    (5, "increase", "pass"), (4.9, "increase", "pass"), (5.1, "increase", "fail"),
    (5, "decrease", "pass"), (4.9, "decrease", "fail"), (5.1, "decrease", "pass"),
    (5, "neutral", None), (None, "increase", None),
])  # fmt: skip
@pytest.mark.parametrize("values", [[5, 5], [5] * 20, [5, NAN, 5]])
def test_a_constant_series_passes_what_it_meets(values, target, direction, assurance):
    result = xmr(values, direction=direction, target=target)
    assert result.variation == "common_cause"
    assert result.assurance == assurance


@pytest.mark.parametrize("value", [0.1, 95.3, 1e-9, 123456789.123])
def test_the_points_of_a_constant_series_lie_on_its_mean(value):
    result = xmr([value] * 37, direction="increase")
    assert (result.mean == value).all()
    assert not result.signals.any()


def test_up_tie_up_rises_on_both_sides():
    result = xmr([1, 2, 3, 4, 5, 6, 7, 7, 8, 9, 10, 11, 12, 13], direction="neutral")
    trend = [signal == Signal.TREND for signal in result.first_signals]
    assert trend[6]  # the step out of it is a tie, so that into it speaks
    assert result.point_type[6] == Variation.HIGH
    assert set(letters(result)) == {"l", "h"}


def test_sixteen_months_of_zero_complaints_then_five_is_a_signal():
    result = xmr([0] * 16 + [5], direction="decrease", target=2, lock_first=16)
    assert result.upper[-1] == 0
    assert letters(result) == "." * 16 + "-"
    assert result.assurance == "pass"  # of an old baseline: shown, never graded
    assert xmr([0] * 16 + [5], direction="decrease").variation == "concern"  # not locked: 16 zero ranges are not screened for


# Hand-made tables, one rule each; a point on the mean stands before them.


@pytest.mark.parametrize(("tail", "expected"), [
    ([7.98], "."), ([7.981], "+"), ([-7.981], "-"),  # on the limit is inside
    ([1, 6, 6], ".++"), ([6, 0.1, 6], "+.+"), ([6, 0.1, 0.1, 6], "...."), ([6, -0.1, 6], "..."), ([6, 0, 6], "..."),
    ([5.32, 5.32, 1], "..."), ([6, 6, 9], "+++"), ([6, 9, 1], ".+."), ([0.1, 6, 6], ".++"), ([-1, -6, -6], ".--"),
    ([6, -6, 6], "..."), ([6, 6], ".."), ([6, 6, NAN], "..."),
    ([0.5, 0.4] * 3, "......"), ([0.5, 0.4] * 3 + [0.5], "+++++++"), ([-0.5, -0.4] * 3 + [-0.5], "-------"),
    ([0.5, 0.4] * 3 + [0] + [0.5, 0.4] * 3, "............."), ([0.5, 0.4] * 3 + [NAN, 0.5], "........"),
    ([-1, 1, 2, 3, 4, 5], "......"), ([-1, -0.5, 1, 2, 3, 4, 5, -1], "+++++++."), ([-3, -2, -1, -1, 0, 1, 2, 3], "........"),
])  # fmt: skip
def test_rules_point_by_point(tail, expected):
    result = xmr([*BASE, 0, *tail], direction="increase", lock_first=10)
    assert letters(result)[11:] == expected


def test_a_peak_takes_the_sense_of_the_step_out_of_it():
    result = xmr([*BASE, 0, -3, -2, -1, 0, 1, 2, 3, 2, 1, 0, -1, -2, -3], direction="neutral", lock_first=10)
    assert letters(result)[11:] == "hhhhhhlllllll"


def test_all_rules_that_fire_are_kept_and_the_first_names_the_point():
    result = xmr([*BASE, 1, 2, 3, 4, 5, 6, 9], direction="increase", lock_first=10)
    assert result.signals[-1] == 0b1011
    assert result.first_signals[-1] == Signal.OUTSIDE
    assert result.first_signals[-3] == Signal.TREND
    assert result.first_signals[0] is None


def test_a_regime_does_not_see_the_one_before_it():
    values = [1, 2, 3, 4, 5, 6, 17, 18, 19, 20, 21, 22]
    assert set(letters(xmr(values, direction="increase"))) == {"-", "+"}
    assert set(letters(xmr(values, direction="increase", rebase_at=[6]))) == {"."}


def test_moving_ranges_do_not_bridge_a_missing_value():
    result = xmr([1, 2, NAN, 12, 11], direction="increase", screen=False)
    assert result.upper[0] == pytest.approx(6.5 + 2.66)


def test_assurance_is_that_of_the_last_regime():
    values = [10, 12] * 8 + [50, 52] * 8
    assert xmr(values, direction="increase", target=40, rebase_at=[16]).assurance == "pass"
    assert xmr(values, direction="decrease", target=40, rebase_at=[16]).assurance == "fail"
    assert xmr(values[:16], direction="decrease", target=40).assurance == "pass"
    assert xmr(values[:16], direction="decrease", target=11).assurance == "inconsistent"


def test_no_points_at_all():
    result = xmr([], direction="increase", target=1)
    assert (result.point_type, result.variation, result.assurance) == ([], Variation.UNDETERMINED, None)
    assert xmr_batch(np.empty((0, 7)), direction="increase").mean.shape == (0, 7)
    assert set(letters(xmr([NAN, NAN], direction="increase"))) == {"."}


@pytest.mark.parametrize("wrong", [
    {"direction": "up"}, {"direction": ["increase"] * 2}, {"rebase_at": [3]}, {"rebase_at": [-1]}, {"lock_first": 0},
])  # fmt: skip
def test_wrong_arguments_are_refused(wrong):
    with pytest.raises(ValueError, match=r"direction|rebase_at|lock_first"):
        xmr_batch([[1.0, 2.0, 3.0]], **({"direction": "increase"} | wrong))


# What must not matter.

numbers = st.integers(-50, 50).map(lambda number: number / 4)
series = st.lists(st.one_of(numbers, numbers, numbers, st.just(NAN)), min_size=1, max_size=40)
FLIPPED = {"increase": "decrease", "decrease": "increase", "neutral": "neutral"}
directions = st.sampled_from(list(FLIPPED))


@given(series, directions, numbers, st.sampled_from([0.5, 2.0, 64.0]), st.sampled_from([0.0, 1.0, -128.0]))
@settings(max_examples=200, deadline=None)
def test_scale_and_shift_do_not_matter(values, direction, target, scale, shift):
    before = xmr(values, direction=direction, target=target)
    after = xmr(np.array(values) * scale + shift, direction=direction, target=target * scale + shift)
    assert (before.point_type, before.assurance) == (after.point_type, after.assurance)
    np.testing.assert_allclose(before.upper * scale + shift, after.upper, rtol=1e-9, atol=1e-9)


@given(series, directions, numbers)
@settings(max_examples=200, deadline=None)
def test_a_mirrored_series_in_the_mirrored_direction_is_the_same(values, direction, target):
    before = xmr(values, direction=direction, target=target)
    after = xmr(-np.array(values), direction=FLIPPED[direction], target=-target)
    swapped = {"high": "low", "low": "high"}
    assert [swapped.get(point, point) for point in before.point_type] == after.point_type
    assert before.assurance == after.assurance
    np.testing.assert_array_equal(before.signals, after.signals)


@given(st.integers(0, 2**32), st.integers(1, 60), st.sampled_from([None, 5, 16]), st.booleans(), st.booleans())
@settings(max_examples=60, deadline=None)
def test_many_at_once_are_as_one_by_one(seed, size, lock, screen, rebased):
    rng = np.random.default_rng(seed)
    values = np.round(rng.normal(10, 2, (5, size)), rng.integers(0, 3))
    values[rng.random(values.shape) < 0.1] = NAN
    names = ["increase", "decrease", "neutral", "increase", "decrease"]
    targets = [9.0, 10.0, 11.0, NAN, 12.0]
    options = {"rebase_at": [size // 2] if rebased and size > 1 else [], "lock_first": lock, "screen": screen}
    batch = xmr_batch(values, direction=names, target=targets, **options)
    for row in range(5):
        one = xmr(values[row], direction=names[row], target=targets[row], **options)
        assert one.point_type == [member(Variation, number) for number in batch.point_type[row]]
        assert one.variation == member(Variation, int(batch.variation[row]))
        np.testing.assert_array_equal(one.signals, batch.signals[row])
        for name in ("mean", "lower", "upper"):
            np.testing.assert_array_equal(getattr(one, name), getattr(batch, name)[row])


def test_blocks_do_not_show():
    values = np.random.default_rng(3).normal(size=(3000, 40))
    batch = xmr_batch(values, direction="increase", target=0.5)
    for row in (0, 817, 818, 819, 1637, 1638, 2999):
        one = xmr(values[row], direction="increase", target=0.5)
        np.testing.assert_array_equal(one.signals, batch.signals[row])
        assert one.upper[0] == batch.upper[row, 0]


def test_a_point_after_a_locked_baseline_may_lie_on_its_mean_too():
    tenths = [4, 5, 6, 7, 4, -4, -3, -6, 3, -14, -6, -16, -18, -12, -8, -14, -13, -5]
    values = [tenth / 10 for tenth in tenths]
    assert xmr(values, direction="increase", lock_first=17, screen=False).point_type[-1] == "common_cause"


def test_a_mean_between_two_equal_roundings_falls_where_extended_precision_puts_it():
    rng = np.random.default_rng(5)
    for _ in range(300):
        x = np.round(rng.integers(0, 4, rng.integers(3, 40)) * 0.1 + 0.7, 1)
        fine = x.astype(np.longdouble)
        first = fine.sum() / len(x)
        expected = float(first + (fine - first).sum() / len(x))
        found = centre_of(x[:, None], x[:, None])[0]
        np.testing.assert_array_equal(np.sign(x - found), np.sign(x - expected))
