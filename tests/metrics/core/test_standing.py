"""The pieces of the arithmetic of METHODS section 3, one by one."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from metrics.core.fit import phi_of, season_columns
from metrics.core.standing import in_sd, quantile_t, ratio, standing_of, variance_of_mean, wilson, without_rounding
from metrics.core.verdicts import Standing, member


@pytest.mark.parametrize("phi", [0.0, 0.3, 0.8])
@pytest.mark.parametrize("k", [1, 2, 3, 13, 100])
def test_variance_of_a_mean_is_its_sum(k, phi):
    summed = (1 + 2 * sum((1 - j / k) * phi**j for j in range(1, k))) / k
    options = {"n": np.array([40]), "per_year": np.array([12])}
    found = variance_of_mean(np.array([k]), np.array([phi]), seasonal=np.array([False]), **options)
    assert found[0] == pytest.approx(summed)
    seasonal = variance_of_mean(np.array([k]), np.array([phi]), seasonal=np.array([True]), **options)
    assert seasonal[0] == pytest.approx(summed + (0.1 if k < 10.8 else 0))


def test_nothing_has_no_mean():
    assert np.isnan(variance_of_mean(np.array([0]), np.array([0.0]), np.array([9]), np.array([False]), np.array([12]))[0])


def test_t_quantiles():
    nu = np.array([1, 20.0, 20.0, np.nan, 0, -1])
    np.testing.assert_allclose(quantile_t(0.975, nu), [stats.t.ppf(0.975, n) if n > 0 else np.nan for n in nu])


def test_wilson_interval():
    low, high = wilson(np.array([8, 0, 10, 0, 3, -1.0]), np.array([10, 10, 10, 0, 2, 5.0]))
    np.testing.assert_allclose(low, [0.4901625, 0, 0.7224672, np.nan, np.nan, np.nan], atol=1e-7)
    np.testing.assert_allclose(high, [0.9433178, 0.2775328, 1, np.nan, np.nan, np.nan], atol=1e-7)


@pytest.mark.parametrize(("d", "standing"), [
    (3.01, "fail"), (3.0, "usually_misses"), (1.0, "usually_misses"), (0.99, "hit_or_miss"), (0, "hit_or_miss"),
    (-0.99, "hit_or_miss"), (-1.0, "usually_meets"), (-3.0, "usually_meets"), (-3.01, "pass"),
    (np.inf, "fail"), (-np.inf, "pass"), (np.nan, "none"),
])  # fmt: skip
def test_standing_at_its_edges(d, standing):
    assert member(Standing, standing_of(np.array([d]), np.array([d / 0.5]), np.array([2.0]))[0]) == standing


def test_standing_needs_a_threshold():
    assert member(Standing, standing_of(np.array([9.0]), np.array([18.0]), np.array([np.nan]))[0]) == "none"


def test_divisions_by_no_noise():
    zero = np.zeros(3)
    np.testing.assert_array_equal(ratio(np.array([0.0, 1, -1]), zero), [0, np.inf, -np.inf])
    np.testing.assert_array_equal(in_sd(np.array([0.0, 1, -1]), zero), [-np.inf, np.inf, -np.inf])
    np.testing.assert_array_equal(in_sd(np.array([0.0, 1]), np.array([2.0, np.nan])), [0, np.nan])


def test_rounding_is_no_difference():
    np.testing.assert_array_equal(without_rounding(np.array([1e-13, 1e-11]), np.array([1.0, 1.0])), [0, 1e-11])


def test_phi_is_corrected_thresholded_and_bounded():
    n, p = np.array([40.0, 40.0, 40.0, 4.0]), 3
    found = phi_of(np.array([0.0, 0.5, 0.95, 0.9]), n, p)
    np.testing.assert_allclose(found, [0, (40 * 0.5 + 3) / 35, 0.8, 0])


@pytest.mark.parametrize("per_year", [4, 12, 52, 365])
def test_a_season_sums_to_nothing_over_a_year(per_year):
    columns = season_columns(np.arange(7, 7 + per_year), per_year)
    np.testing.assert_allclose(columns.sum(0), 0, atol=1e-10)
    assert np.linalg.matrix_rank(columns) == columns.shape[1] == (3 if per_year == 4 else 4)
