"""judge() at the edges of each rule of METHODS sections 1-3."""

from __future__ import annotations

import numpy as np
import pytest

from metrics.core.judging import judge
from metrics.core.verdicts import Assurance, Kind, Quality, Standing, Variation, code, member
from tests.metrics.core.made_series import EMPTY, NAN, batch_of, judge_series, one


def only(verdicts, name):
    return getattr(verdicts, name)[0]


@pytest.mark.parametrize(("n", "quality"), [
    (0, "insufficient"), (5, "insufficient"), (6, "provisional"), (12, "provisional"), (13, "full"),
])  # fmt: skip
def test_quality_by_the_number_of_complete_points(n, quality):
    verdicts = judge_series(one([10, 12, 11, 13, 9] * 3, window_to=n - 1))
    assert member(Quality, only(verdicts, "quality")) == quality
    assert np.isnan(only(verdicts, "upper")) == (quality == "insufficient")
    assert only(verdicts, "n_complete") == n


def test_insufficient_data_have_a_plain_difference_and_no_verdict():
    verdicts = judge_series(one([10, 12, 11, 13, 9], goal=10))
    assert only(verdicts, "variation") == only(verdicts, "variation_plain") == code(Variation.UNDETERMINED)
    assert only(verdicts.goal, "shortfall") == -1
    assert only(verdicts.goal, "misses_latest")
    assert member(Standing, only(verdicts.goal, "standing")) == "none"
    assert member(Assurance, only(verdicts.goal, "assurance")) == "none"
    assert not verdicts.point_type.any()


@pytest.mark.parametrize(("late", "stale"), [(0, False), (2, False), (3, True)])
def test_stale_is_more_than_two_periods_late(late, stale):
    assert only(judge_series(one([1, 2] * 10, window_to=19 + late)), "stale") == stale


def test_incomplete_points_are_drawn_and_never_judged():
    late = judge_series(one([1, 2] * 10 + [1, 100, 100], window=5, window_to=20))
    without = judge_series(one([1, 2] * 10 + [1], window=5, window_to=20))
    assert only(late, "upper") == only(without, "upper")
    assert only(late, "latest_value") == 1
    assert (late.values[-2:] == 100).all()
    assert not late.signals[-2:].any()
    assert not late.point_type[-2:].any()
    assert only(late, "n_judged") == 21


def test_nothing_at_all():
    verdicts = judge_series()
    assert len(verdicts.quality) == len(verdicts.goal.d) == len(verdicts.values) == 0


def test_series_without_points_and_without_complete_points():
    empty = EMPTY | {"rebase": [3]}
    future = one([1, 2, 3], start=20, window_to=9)
    verdicts = judge_series(empty, future, one([1, 2] * 10), empty)
    assert verdicts.quality.tolist() == [0, 0, 2, 0]
    assert verdicts.stale.tolist() == [True, True, False, True]
    assert verdicts.latest_index.tolist() == [-1, -1, 19, -1]
    assert verdicts.n_judged.tolist() == [0, 0, 20, 0]
    assert verdicts.cal_offsets.tolist() == [0, 0, 3, 23, 23]
    assert verdicts.cal_start.tolist() == [-1, 20, 0, -1]
    assert judge_series(empty).stale.tolist() == [True]


def test_missing_periods_have_a_slot():
    verdicts = judge_series(one([1, 2, None, NAN, 3, 1, 2, 1, 2, 1], start=7))
    np.testing.assert_array_equal(verdicts.values[:5], [1, 2, NAN, NAN, 3])
    assert verdicts.point_type[:5].tolist() == [code(Variation.COMMON_CAUSE)] * 2 + [0, 0] + [code(Variation.COMMON_CAUSE)]
    assert only(verdicts, "n_complete") == 8


def test_sixteen_months_of_zero_complaints_then_five_is_a_signal():
    series = one([0] * 16 + [5], window=1, goal=2, sign=-1)
    verdicts = judge_series(series)
    assert only(verdicts, "locked")
    assert member(Variation, only(verdicts, "variation")) == "concern"
    assert only(verdicts, "latest_signals") == 1
    assert member(Variation, only(judge_series(series | {"window_from": 0}), "variation")) == "concern"


@pytest.mark.parametrize(("before", "locked"), [(15, False), (16, True)])
def test_limits_are_locked_on_sixteen_points_before_the_window(before, locked):
    values = [10, 12] * 8 + [30, 32] * 3
    verdicts = judge_series(one(values[16 - before :], window=6))
    assert only(verdicts, "locked") == locked
    assert (only(verdicts, "mean") == 11) == locked


def test_limits_are_locked_on_calendar_periods_not_on_points_in_them():
    values = [10, None, 12] * 8 + [30, None, 32]
    verdicts = judge_series(one(values, window=3))
    assert only(verdicts, "locked")
    assert only(verdicts, "mean") == 11


def test_the_current_regime_is_judged_and_earlier_ones_are_drawn_with_their_own_limits():
    values = [10, 12] * 10 + [12, 10] * 2 + [30, 31] * 10
    old, new = one(values[:24], window=3), one(values[24:], window=3, start=24)
    verdicts = judge_series(one(values, window=3, rebase=[24, 100, -5]))
    apart = judge_series(old, new)
    assert only(verdicts, "n_complete") == 20
    assert only(verdicts, "upper") == apart.upper[1]
    np.testing.assert_array_equal(verdicts.point_type, apart.point_type)
    assert set(verdicts.point_type) == {code(Variation.COMMON_CAUSE)}
    assert set(judge_series(one(values, window=3)).point_type) > {code(Variation.COMMON_CAUSE)}


def test_a_regime_of_five_points_is_not_drawn():
    verdicts = judge_series(one([1, 2, 1, 2, 9] + [1, 2] * 10, rebase=[5]))
    assert not verdicts.point_type[:5].any()
    assert verdicts.point_type[5:].all()


@pytest.mark.parametrize(("goal", "sign", "standing"), [
    (5, 1, "pass"), (4, 1, "pass"), (6, 1, "fail"), (5, -1, "pass"), (4, -1, "fail"), (6, 0, "none"),
])  # fmt: skip
def test_a_degenerate_series_passes_what_it_meets(goal, sign, standing):
    verdicts = judge_series(one([5] * 20, goal=goal, sign=sign))
    assert only(verdicts, "degenerate")
    assert member(Variation, only(verdicts, "variation")) == "common_cause"
    assert member(Standing, only(verdicts.goal, "standing")) == standing
    assert member(Assurance, only(verdicts.goal, "assurance")) == standing


@pytest.mark.parametrize("value", [0.1, 1e-7, 3e8])
def test_rounding_makes_no_shift_of_a_constant_series(value):
    verdicts = judge_series(one([value] * 23, window=7, goal=value))
    assert only(verdicts, "sd") == 0
    assert only(verdicts, "shift_t") == 0
    assert only(verdicts, "latest_signals") == 0


def test_a_window_mean_that_equals_its_benchmark_meets_it():
    verdicts = judge_series(one([0.3, 0.1, 0.2] * 8, window=3, goal=0.2))
    assert only(verdicts.goal, "shortfall") == 0
    assert only(verdicts.goal, "missed") == 1
    assert not only(verdicts.goal, "misses_latest")


def test_a_rise_of_neutral_is_high_and_a_shift_alone_names_it_too():
    assert member(Variation, only(judge_series(one([1, 2] * 10 + [9], sign=0)), "variation")) == "high"
    noise = np.random.default_rng(1).normal(0, 1, (2000, 24)) + 1.5 * (np.arange(24) >= 18)
    verdicts = judge_series(*(one(list(row), window=6, sign=0) for row in noise))
    alone = verdicts.latest_signals == 16
    assert alone.any()
    assert set(verdicts.variation[alone]) == {code(Variation.HIGH)}
    fallen = judge_series(*(one(list(-row), window=6, sign=0) for row in noise[alone]))
    assert set(fallen.variation) == {code(Variation.LOW)}


def test_autocorrelation_withholds_signals_and_widens_the_limits():
    rng = np.random.default_rng(2)
    x = rng.normal(size=60)
    for t in range(1, 60):
        x[t] += 0.9 * x[t - 1]
    verdicts = judge_series(one(list(x), window=6))
    phi = only(verdicts, "phi")
    assert 0 < phi <= 0.8
    assert only(verdicts, "withheld")
    assert set(verdicts.signals) <= {0, 1}
    half = only(verdicts, "upper") - only(verdicts, "mean")
    assert half == pytest.approx(2.66 * 1.128 * only(verdicts, "sigma") / np.sqrt(1 - phi))


def test_a_season_is_subtracted_from_the_whole_regime_and_both_are_kept():
    rng = np.random.default_rng(3)
    wave = 10 * np.sin(2 * np.pi * np.arange(72) / 12)
    series = one(list(wave + rng.normal(0, 0.5, 72)), window=6, window_to=69, rebase=[2])
    verdicts = judge_series(series)
    assert only(verdicts, "seasonal")
    np.testing.assert_array_equal(verdicts.values, series["value"])
    np.testing.assert_array_equal(verdicts.adjusted[:2], verdicts.values[:2])
    assert np.abs(verdicts.adjusted[2:]).max() < 2  # the two incomplete periods included
    n = only(verdicts, "n_fit")
    half = only(verdicts, "upper") - only(verdicts, "mean")
    assert half == pytest.approx(2.66 * 1.128 * only(verdicts, "sigma") * np.sqrt(n / (n - 4)) / np.sqrt(1 - only(verdicts, "phi")))


def test_season_needs_two_years_and_one_and_a_half_before_the_window():
    wave = list(10 * np.sin(2 * np.pi * np.arange(30) / 12) + np.random.default_rng(4).normal(0, 0.1, 30))
    for n, window, found in [(24, 6, True), (23, 5, False), (24, 7, False), (25, 7, True)]:
        assert only(judge_series(one(wave[:n], window=window)), "seasonal") == found


def test_quarters_that_the_points_cannot_tell_apart_are_not_tested():
    values = [1, None, 3, None] * 5
    values[0], values[2] = 1.5, 3.5
    assert not only(judge_series(one(values, window=4, per_year=4)), "seasonal")


def test_a_quarterly_season_and_five_points_left_to_judge_it():
    rng = np.random.default_rng(5)
    values = list(np.resize([0, 5, -3, 2], 16) + rng.normal(0, 0.1, 16))
    assert only(judge_series(one(values, window=2, per_year=4)), "seasonal")


def test_yearly_figures_look_back_three_years_and_leave_little_to_judge_by():
    verdicts = judge_series(one([1, 3, 2, 4, 3, 5, 4], window=1, per_year=1, goal=9))
    assert (only(verdicts, "n_fit"), only(verdicts, "nu"), only(verdicts, "phi")) == (4, 1, 0)
    nothing = judge_series(one([1, 3, 2, 4, 3, 5, 4], window=3, window_to=30, per_year=1, goal=9))
    assert only(nothing, "n_fit") == 0
    assert np.isnan(only(nothing, "sd"))
    assert member(Standing, only(nothing.goal, "standing")) == "none"


def test_a_benchmark_counts_when_it_is_valid_at_the_latest_point():
    base = list(np.random.default_rng(6).normal(10, 1, 24))
    ended = judge_series(one(base, window=6, goal=[20.0] * 23 + [NAN]))
    begun = judge_series(one(base, window=6, goal=[NAN] * 22 + [20.0] * 2))
    assert np.isnan(only(ended.goal, "benchmark"))
    assert member(Standing, only(ended.goal, "standing")) == "none"
    assert only(begun.goal, "level_n") == only(begun.goal, "periods") == 2
    assert member(Standing, only(begun.goal, "standing")) == "fail"


def test_the_benchmark_of_each_period_is_that_periods():
    verdicts = judge_series(one([10, 11] * 10, window=4, goal=[0.0] * 17 + [12.0, 13.0, 14.0]))
    assert only(verdicts.goal, "benchmark") == 14
    assert only(verdicts.goal, "shortfall") == np.mean([0 - 10, 12 - 11, 13 - 10, 14 - 11])
    assert only(verdicts.goal, "missed") == 3


def test_level_points_are_twelve_or_the_window_and_at_least_three_after_a_change():
    calm = list(np.resize([10, 11, 10.5, 9.5], 24))
    assert only(judge_series(one(calm, window=3, goal=1)).goal, "level_n") == 12
    assert only(judge_series(one(calm, window=14, goal=1)).goal, "level_n") == 14
    assert only(judge_series(one([*calm, 30], window=1, goal=1)).goal, "level_n") == 3
    assert only(judge_series(one([*calm, 30, 30], window=4, goal=1)).goal, "level_n") == 4
    assert only(judge_series(one(calm[:8], window=2, goal=1)).goal, "level_n") == 8


def test_history_needs_six_points_before_the_window():
    values = [10, 12, 11, 13, 9, 10, 5, 6, 5]
    assert only(judge_series(one(values, window=3)).history, "benchmark") == pytest.approx(65 / 6)
    assert np.isnan(only(judge_series(one(values[1:], window=3)).history, "benchmark"))
    history = judge_series(one(values, window=3)).history
    assert only(history, "t") > only(history, "threshold") > 0
    assert (only(history, "missed"), only(history, "periods")) == (3, 3)
    assert only(judge_series(one(values, window=3, sign=-1)).history, "t") == -only(history, "t")


def test_a_window_without_points_has_no_means():
    verdicts = judge_series(one([1, 2] * 10, window=3, window_to=22, goal=5))
    assert np.isnan([only(verdicts, "window_mean"), only(verdicts, "shift_t"), only(verdicts.goal, "shortfall")]).all()
    assert only(verdicts, "baseline_mean") == 1.5
    assert member(Standing, only(verdicts.goal, "standing")) == "fail"


def test_pooled_rate_of_the_window():
    series = one([0.5] * 8, window=2)
    over, under = np.array([1.0] * 6 + [3, 5]), np.array([2.0] * 6 + [6, 4])
    verdicts = judge(batch_of(series, numerator=over, denominator=under))
    found = [only(verdicts, "pooled_rate"), only(verdicts, "pooled_low"), only(verdicts, "pooled_high")]
    np.testing.assert_allclose(found, [0.8, 0.4901625, 0.9433178], atol=1e-7)
    under[-1] = NAN
    assert only(judge(batch_of(series, numerator=over, denominator=under)), "pooled_rate") == 0.5


def test_the_same_comparisons_by_name():
    verdicts = judge_series(one([1, 2] * 10))
    assert [verdicts.comparison(kind).kind for kind in Kind] == list(Kind)
