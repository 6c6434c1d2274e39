"""Mann-Kendall and Theil-Sen against pymannkendall and scipy, and at their edges."""

from __future__ import annotations

import warnings

import numpy as np
import pymannkendall
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from metrics.core import trend
from metrics.core.trend import Trend, mann_kendall, mann_kendall_batch
from tests.metrics.core.made_series import NAN, random_values

NAMES = ("s", "var_s", "z", "p", "tau", "slope", "intercept")


def random_rows(seed, count):
    """Series of 2 to 140 points, with ties and gaps, and their times; a third of them have times of their own."""
    rng = np.random.default_rng(seed)
    for number in range(count):
        n = int(rng.choice([2, 3, 4, 8, 12, 36, 60, 140]))
        values = random_values(rng, n)
        if rng.random() < 0.6:
            values = np.round(values, 0)
        if rng.random() < 0.5:
            values[rng.random(n) < rng.choice([0.1, 0.6])] = NAN
        times = np.arange(float(n)) if number % 3 else np.cumsum(rng.integers(1, 5, n)) * rng.choice([0.5, 1.0])
        yield values, times


@pytest.mark.parametrize("seed", range(6))
def test_the_test_is_that_of_pymannkendall(seed):
    compared = 0
    for values, _ in random_rows(seed, 150):
        if np.isfinite(values).sum() < 2:
            continue
        ours, theirs = mann_kendall(values), pymannkendall.original_test(values)
        found = [getattr(ours, name) for name in NAMES]
        expected = [getattr(theirs, name) for name in ("s", "var_s", "z", "p", "Tau", "slope", "intercept")]
        np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-13)
        compared += 1
    assert compared > 100


@pytest.mark.parametrize("seed", range(6))
def test_the_line_is_that_of_theil_and_sen(seed):
    for values, times in random_rows(seed + 100, 150):
        known = np.isfinite(values)
        if known.sum() < 2:
            continue
        ours = mann_kendall(values, times)
        theirs = stats.theilslopes(values[known], times[known])
        np.testing.assert_allclose([ours.slope, ours.intercept], [theirs.slope, theirs.intercept], rtol=1e-12, atol=1e-12)
        tau = stats.kendalltau(times[known], values[known], variant="b").statistic
        assert np.sign(ours.tau) == np.sign(0 if np.isnan(tau) else tau)


@pytest.mark.parametrize("shared", [True, False])
@pytest.mark.parametrize("missing", [0.0, 0.2, 0.97])
def test_many_at_once_are_each_by_itself(shared, missing, monkeypatch):
    monkeypatch.setattr(trend, "BLOCK", 2_000)  # several blocks of one length
    rng = np.random.default_rng(3)
    x = np.round(rng.normal(0, 2, (90, 24)).cumsum(1))
    x[rng.random(x.shape) < missing] = NAN
    times = np.cumsum(rng.integers(1, 4, 24)) if shared else np.cumsum(rng.integers(1, 4, x.shape), axis=1)
    together = mann_kendall_batch(x, times)
    assert together.n.tolist() == np.isfinite(x).sum(1).tolist()
    for i, row in enumerate(x):
        alone = mann_kendall(row, times if shared else times[i])
        np.testing.assert_array_equal([getattr(together, name)[i] for name in NAMES], [getattr(alone, name) for name in NAMES])


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([], Trend(0, 0, 0, 1, NAN, NAN, NAN)),
        ([4.0], Trend(0, 0, 0, 1, NAN, NAN, NAN)),
        ([NAN, 4.0, NAN], Trend(0, 0, 0, 1, NAN, NAN, NAN)),
        ([3, 3, 3, 3], Trend(0, 0, 0, 1, 0, 0, 3)),
        ([3, NAN, 3], Trend(0, 0, 0, 1, 0, 0, 3)),
        ([1, 2], Trend(1, 1, 0, 1, 1, 1, 1)),
        ([2, NAN, 1], Trend(-1, 1, 0, 1, -1, -0.5, 2)),
        ([1, 2, 3, 4], Trend(6, 26 / 3, 5 / np.sqrt(26 / 3), 2 * stats.norm.sf(5 / np.sqrt(26 / 3)), 1, 1, 1)),
        ([1, 2, 2, 5], Trend(5, 23 / 3, 4 / np.sqrt(23 / 3), 2 * stats.norm.sf(4 / np.sqrt(23 / 3)), 5 / 6, 7 / 6, 0.25)),
    ],
    ids=str,
)
def test_by_hand(values, expected):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = mann_kendall(values)
    np.testing.assert_allclose([getattr(found, name) for name in NAMES], [getattr(expected, name) for name in NAMES], rtol=1e-12)


def test_nothing_at_all():
    found = mann_kendall_batch(np.empty((0, 5)))
    assert [len(getattr(found, name)) for name in ("n", *NAMES)] == [0] * 8
    assert mann_kendall_batch(np.empty((3, 0))).p.tolist() == [1, 1, 1]


def test_huge_values_give_no_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = mann_kendall([-1.7e308, 0, 1.7e308])
    assert (found.s, found.p < 0.5) == (3, True)


@pytest.mark.parametrize(
    ("values", "times", "words"),
    [
        ([1, np.inf], None, "finite"),
        ([1, 2], [0, 0], "increase"),
        ([1, 2, 3], [0, 2, 1], "increase"),
        ([1, 2], [0, NAN], "increase"),
        ([1, 2], [0, np.inf], "increase"),
        ([1, 2], [0, 1, 2], "broadcast"),
    ],
)
def test_what_is_refused(values, times, words):
    with pytest.raises(ValueError, match=words):
        mann_kendall(values, times)


def test_times_of_missing_values_do_not_matter():
    assert mann_kendall([1, NAN, 3, 2], [0, NAN, 5, 7]) == mann_kendall([1, 3, 2], [0, 5, 7])


finite = st.floats(-1e6, 1e6).map(lambda x: round(x, 2))


@given(st.lists(finite, min_size=2, max_size=40))
def test_a_mirror_turns_the_sign_and_reversed_time_too(values):
    plain, mirrored, backwards = mann_kendall(values), mann_kendall([-x for x in values]), mann_kendall(values[::-1])
    assert plain.s == -mirrored.s == -backwards.s
    assert plain.p == mirrored.p == backwards.p
    assert plain.slope == -mirrored.slope
    assert plain.slope == pytest.approx(-backwards.slope)


@given(st.lists(finite, min_size=2, max_size=40))
def test_s_is_the_count_of_pairs(values):
    pairs = [(b > a) - (b < a) for i, a in enumerate(values) for b in values[i + 1 :]]
    found = mann_kendall(values)
    assert found.s == sum(pairs)
    assert found.tau == sum(pairs) / len(pairs)
    assert 0 <= found.p <= 1
