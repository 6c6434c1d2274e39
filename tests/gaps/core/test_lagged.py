"""Lagged rank correlation: against scipy, on planted lags, and how often its interval is right."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from gaps.core.lagged import lagged

DRAW = np.random.default_rng(7)


@pytest.mark.parametrize("ties", [False, True])
def test_it_is_spearmans(ties):
    for n in (13, 20, 60):
        x, y = DRAW.normal(size=(2, n)).cumsum(axis=1).round(0 if ties else 9)
        found = lagged(x, y, 0)
        assert found is not None
        assert found.r == pytest.approx(stats.spearmanr(np.diff(x), np.diff(y)).statistic, abs=1e-12)
        assert found.n == n - 1


@pytest.mark.parametrize("lag", [0, 1, 2, 3])
@pytest.mark.parametrize("sign", [1, -1])
def test_a_planted_lag_is_found(lag, sign):
    steps = DRAW.normal(size=80)
    driver = steps.cumsum()
    driven = np.concatenate([np.zeros(lag), sign * driver[: 80 - lag]]) + DRAW.normal(size=80) * 0.3
    found = lagged(driver, driven, 4)
    assert found is not None
    assert (found.lag, np.sign(found.r), found.clear) == (lag, sign, True)


def test_two_drifts_that_have_nothing_to_do_with_each_other_show_nothing():
    wrong = 0
    for _ in range(300):
        x, y = (DRAW.normal(size=(2, 40)) + 0.5).cumsum(axis=1)
        found = lagged(x, y, 3)
        assert found is not None
        wrong += found.clear
    assert wrong / 300 < 0.08  # 5 % of all lags together


def test_missing_periods_are_left_out():
    x = DRAW.normal(size=40).cumsum()
    y = x.copy()
    y[[5, 20]] = np.nan
    found = lagged(x, y, 0)
    assert found is not None
    assert (found.n, found.r) == (35, pytest.approx(1))
    assert found.high <= 1


@pytest.mark.parametrize(
    ("x", "y"),
    [
        (np.arange(12.0), np.arange(12.0)),
        (np.ones(40), np.arange(40.0) ** 2),
        (np.full(40, np.nan), np.arange(40.0)),
        (np.array([]), np.array([])),
    ],
    ids=["too short", "no movement", "no figures", "nothing"],
)
def test_where_nothing_can_be_said(x, y):
    assert lagged(x, y, 2) is None


def test_series_of_other_lengths_are_refused():
    with pytest.raises(ValueError, match="same periods"):
        lagged(np.ones(3), np.ones(4), 1)
