"""Which trends of a run are called, at the edges of METHODS section 4."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

from metrics.core.trend import mann_kendall
from metrics.core.trending import FALSE_DISCOVERIES, dependence, least_rate
from metrics.core.verdicts import TrendSense, member
from tests.metrics.core.made_series import NAN, judge_series, one, random_series
from tests.metrics.core.slow_reference import called
from tests.metrics.core.test_judging_at_random import OF_THE_RUN, columns_of

p_values = st.lists(st.one_of(st.floats(0, 1), st.just(NAN), st.sampled_from([0.01, 0.025, 0.05])), max_size=30)


@pytest.mark.parametrize(
    ("p", "q"),
    [
        ([], []),
        ([0.04], [0.04]),
        ([NAN], [NAN]),
        ([0.01, 0.02, 0.03, 0.04], [0.04, 0.04, 0.04, 0.04]),
        ([0.9, 0.001, 0.02], [0.9, 0.003, 0.03]),
        ([0.02, NAN, 0.02], [0.02, NAN, 0.02]),
        ([1.0, 1.0], [1.0, 1.0]),
    ],
    ids=str,
)
def test_q_by_hand(p, q):
    np.testing.assert_allclose(least_rate(np.array(p, dtype=float)), q)


@given(p_values)
def test_q_is_that_of_scipy_and_calls_what_the_rule_of_benjamini_and_hochberg_calls(p):
    q = least_rate(np.array(p, dtype=float))
    known = ~np.isnan(q)
    assert (known == ~np.isnan(np.array(p, dtype=float))).all()
    if known.any():
        np.testing.assert_allclose(q[known], stats.false_discovery_control(np.array(p)[known]), rtol=1e-12)
    clear = abs(q[known] - FALSE_DISCOVERIES) > 1e-12  # on the edge itself rounding decides
    assert ((q <= FALSE_DISCOVERIES)[known][clear] == np.array(called(p), dtype=bool)[known][clear]).all()


@given(p_values, st.randoms())
def test_q_keeps_the_order_of_p_is_never_smaller_and_does_not_know_who_comes_first(p, random):
    p = np.array(p, dtype=float)
    q = least_rate(p)
    known = ~np.isnan(p)
    assert (q[known] >= p[known] - 1e-15).all()
    assert (q[known] <= 1).all()
    assert (np.diff(q[known][np.argsort(p[known], kind="stable")]) >= 0).all()
    order = random.sample(range(len(p)), len(p))
    np.testing.assert_array_equal(least_rate(p[order]), q[order])


@given(p_values, st.floats(0, 1))
def test_more_tests_that_find_nothing_never_lower_a_q(p, extra):
    p = np.array(p, dtype=float)
    assume(np.isfinite(p).any())
    q, wider = least_rate(p), least_rate(np.append(p, max(extra, np.nanmax(p))))[: len(p)]
    assert (wider[np.isfinite(p)] >= q[np.isfinite(p)] - 1e-15).all()


def rising(n, step=1.0, **more):
    return one([50 + step * i for i in range(n)], **more)


@pytest.mark.parametrize(("n", "tested"), [(5, 0), (7, 0), (8, 8), (36, 36), (40, 36)])
def test_eight_to_thirty_six_points_are_tested(n, tested):
    verdicts = judge_series(rising(n))
    assert (verdicts.trend_n[0], verdicts.trend_span[0]) == (tested, tested)
    assert np.isnan(verdicts.trend_p[0]) == np.isnan(verdicts.trend_slope[0]) == (tested == 0)
    assert member(TrendSense, verdicts.trend[0]) == ("favourable" if tested else "none")


def test_only_the_last_thirty_six_points_count():
    verdicts = judge_series(one([*range(100, 60, -1), *[60 + (i * 7) % 5 for i in range(36)]]))
    assert member(TrendSense, verdicts.trend[0]) == "none"
    assert abs(verdicts.trend_slope[0]) < 0.1


def test_points_after_the_window_and_before_a_new_baseline_do_not_count():
    values = [*range(20), *range(30, 10, -1), 90, 95]
    verdicts = judge_series(one(values, window_to=39, rebase=[20]))
    assert (verdicts.trend_n[0], verdicts.trend_slope[0], verdicts.trend_level[0]) == (20, -1, 11)


def test_the_axis_is_the_calendar():
    values = [float(i) if i % 3 else None for i in range(30)]
    verdicts = judge_series(one(values))
    assert (verdicts.trend_n[0], verdicts.trend_span[0], verdicts.trend_slope[0]) == (20, 29, 1)


@pytest.mark.parametrize(
    ("sign", "step", "sense"),
    [(1, 1, "favourable"), (1, -1, "adverse"), (-1, 1, "adverse"), (-1, -1, "favourable"), (0, 1, "up"), (0, -1, "down")],
)
def test_what_a_trend_means(sign, step, sense):
    assert member(TrendSense, judge_series(rising(20, step, sign=sign)).trend[0]) == sense


def test_all_equal_is_no_trend_and_has_a_p():
    verdicts = judge_series(one([7] * 20))
    assert (verdicts.trend_p[0], verdicts.trend_s[0], verdicts.trend_slope[0], verdicts.trend_phi[0]) == (1, 0, 0, 0)
    assert member(TrendSense, verdicts.trend[0]) == "none"


def test_a_trend_whose_median_step_is_zero_is_none():
    verdicts = judge_series(one([0] * 18 + [0, 1] * 9))
    assert verdicts.trend_q[0] <= FALSE_DISCOVERIES
    assert verdicts.trend_slope[0] == 0
    assert member(TrendSense, verdicts.trend[0]) == "none"


def test_dependence_makes_the_test_milder():
    rng = np.random.default_rng(5)
    x = rng.normal(0, 1, 36)
    for t in range(1, 36):
        x[t] += 0.8 * x[t - 1]
    verdicts, plain = judge_series(one(list(x))), mann_kendall(x)
    phi = verdicts.trend_phi[0]
    assert 0.3 < phi <= 0.8
    assert verdicts.trend_z[0] == pytest.approx(plain.z / np.sqrt((1 + phi) / (1 - phi)))
    assert verdicts.trend_p[0] > plain.p
    assert (verdicts.trend_s[0], verdicts.trend_tau[0], verdicts.trend_slope[0]) == (plain.s, plain.tau, plain.slope)


def test_dependence_is_between_neighbours_only_and_never_negative():
    wave = np.array([[1.0, 1, -1, -1] * 3, [1.0, -1] * 6, [2.0] * 12, list(range(12))])
    neighbours, apart = (np.tile(step * np.arange(12.0), (4, 1)) for step in (1, 2))
    assert dependence(wave, neighbours)[0] > 0
    np.testing.assert_array_equal(dependence(wave, neighbours)[1:], 0)
    assert dependence(wave, apart)[0] == pytest.approx(2 / 8)  # no neighbours: r1 is 0, its correction for the fit stays
    assert dependence(np.array([[0.0] * 11 + [1e-16]]), neighbours[:1])[0] < 1


def test_a_season_is_taken_out_first():
    season = np.tile([0, 2, 5, 9, 9, 5, 2, 0, -4, -6, -6, -4.0], 4)
    flat = judge_series(one(list(50 + season), window=6))
    assert flat.seasonal[0]
    assert member(TrendSense, flat.trend[0]) == "none"
    rising = judge_series(one(list(50 + season + 0.25 * np.arange(48)), window=6))
    assert rising.seasonal[0]
    assert rising.trend_slope[0] == pytest.approx(0.25, rel=0.1)


def test_what_a_perfect_season_leaves_is_no_trend():
    """Subtracting it leaves rounding, which must not be ranked."""
    wave = [100 + 10 * np.sin(2 * np.pi * i / 12) for i in range(48)]
    verdicts = judge_series(one(wave, window=6))
    assert verdicts.seasonal[0]
    assert (verdicts.trend_s[0], verdicts.trend_p[0]) == (0, 1)


@pytest.mark.parametrize(
    ("values", "goal", "industry", "sign", "reach"),
    [
        (range(20), 25, NAN, 1, 6),  # the line is at 19
        (range(20), 25, 22, 1, 6),  # the goal first
        (range(20), NAN, 22, 1, 3),
        (range(20), NAN, NAN, 1, NAN),
        (range(20), 19, NAN, 1, NAN),  # reached
        (range(20), 10, 30, 1, NAN),  # the goal is reached: the industry value does not matter
        (range(20, 0, -1), 25, NAN, 1, NAN),  # moves away
        (range(40, 20, -1), 11, NAN, -1, 10),
        (range(20), 25, NAN, 0, NAN),
        ([5, 7, 6] * 7, 25, NAN, 1, NAN),  # no trend
    ],
)
def test_periods_to_reach_the_benchmark(values, goal, industry, sign, reach):
    verdicts = judge_series(one(list(values), goal=goal, industry=industry, sign=sign))
    np.testing.assert_allclose(verdicts.trend_reach[0], reach)


def test_one_strong_trend_among_many_calm_series_is_found_and_nothing_else_is():
    rng = np.random.default_rng(2)
    calm = [one(list(rng.normal(50, 3, 36))) for _ in range(60)]
    verdicts = judge_series(*calm, rising(36, 0.5))
    assert (verdicts.trend_p[:-1] < 0.05).any()
    assert [member(TrendSense, sense) for sense in verdicts.trend[:-1]] == ["none"] * 60
    assert member(TrendSense, verdicts.trend[-1]) == "favourable"


@given(st.integers(0, 2**32))
@settings(max_examples=40, deadline=None)
def test_a_new_baseline_of_one_series_moves_no_other(seed):
    """Everything but what rests on the whole run: which trends survive."""
    rng = np.random.default_rng(seed)
    series = [random_series(rng) for _ in range(6)]
    number = int(rng.integers(6))
    first = series[number]["index"][0] if series[number]["index"] else 0
    moved = [*series]
    moved[number] = series[number] | {"rebase": [*series[number]["rebase"], first + int(rng.integers(1, 30))]}
    before, after = judge_series(*series), judge_series(*moved)
    others = np.arange(6) != number
    for name, column in columns_of(before).items():
        np.testing.assert_allclose(column[others], columns_of(after)[name][others], rtol=1e-9, atol=1e-12, err_msg=name)
    slots = np.repeat(others, np.diff(before.cal_offsets))
    for name in ("values", "adjusted", "signals", "point_type"):
        np.testing.assert_allclose(getattr(before, name)[slots], getattr(after, name)[slots], rtol=1e-9, err_msg=name)
    assert not OF_THE_RUN & columns_of(before).keys()


def test_regimes_are_kept_with_the_limits_that_they_are_drawn_with():
    values = [10, 12] * 10 + [12, 10] * 2 + [30, 31] * 10
    verdicts = judge_series(one([1, 2] * 4), one(values, window=3, rebase=[24], start=5), one([1, 2, 1], rebase=[1]))
    apart = judge_series(one(values[:19], window=0, start=5), one(values[19:], window=3, start=24))
    assert verdicts.regime_offsets.tolist() == [0, 1, 3, 5]
    assert verdicts.regime_start.tolist() == [0, 5, 24, 0, 1]
    np.testing.assert_array_equal(verdicts.regime_mean[1:3], apart.mean)
    np.testing.assert_array_equal(verdicts.regime_lower[1:3], apart.lower)
    assert (verdicts.regime_upper[2], verdicts.regime_mean[2]) == (verdicts.upper[1], verdicts.mean[1])
    assert np.isnan(verdicts.regime_mean[3:]).all()
