"""judge() against a slow reading of METHODS sections 1 to 5, series by series, and under changes that must not matter."""

from __future__ import annotations

from dataclasses import fields, is_dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gaps.core.grading import grade
from metrics.core.judging import judge
from metrics.core.verdicts import Assurance, Quality, Standing, TrendSense, Variation, member
from tests.metrics.core.made_series import batch_of, drifting_series, judge_series, one, random_series, seasonal_series
from tests.metrics.core.slow_reference import called, judge_one


@pytest.mark.parametrize("seed", range(5))
def test_agrees_with_the_slow_reading(seed):
    rng = np.random.default_rng(seed)
    series = [random_series(rng) for _ in range(400)] + [seasonal_series(rng) for _ in range(60)]
    series += [drifting_series(rng) for _ in range(150)]
    batch = batch_of(*series)
    verdicts = judge(batch)
    grades = grade(verdicts)
    slow = [judge_one(each) for each in series]
    for i, each in enumerate(series):
        same(verdicts, grades, i, each, slow[i])
    found = called([one["trend_p"] for one in slow])
    for i, each in enumerate(series):
        assert member(TrendSense, verdicts.trend[i]) == sense_of(each["sign"], slow[i]["trend_slope"] if found[i] else 0), each
        np.testing.assert_allclose(verdicts.trend_reach[i], periods_to_reach(each, slow[i], found[i]), rtol=1e-6, atol=1e-6)
    assert 50 < sum(found) < 150
    assert np.isfinite(verdicts.trend_reach).any()


def sense_of(sign, slope):
    """What a slope means; 0 stands for no trend."""
    if slope == 0:
        return "none"
    if sign == 0:
        return "up" if slope > 0 else "down"
    return "favourable" if sign * slope > 0 else "adverse"


def periods_to_reach(series, slow, found):
    """Periods until a favourable trend is at the benchmark; NaN when there is none, or nothing left to go."""
    benchmarks = [b for b in (series["goal"], series["industry"]) if b and slow["n_complete"]]
    at = sum(index <= series["window_to"] for index in series["index"]) - 1
    benchmark = next((b[at] for b in benchmarks if not np.isnan(b[at])), None)
    if not found or benchmark is None or sense_of(series["sign"], slow["trend_slope"]) != "favourable":
        return np.nan
    periods = (benchmark - slow["trend_level"]) / slow["trend_slope"]
    return periods if periods > 1e-9 else np.nan


def same(verdicts, grades, i, series, slow):
    for name in ("n_complete", "n_fit", "n_window", "n_baseline", "stale", "seasonal"):
        assert getattr(verdicts, name)[i] == slow[name], (name, series)
    assert member(Quality, verdicts.quality[i]) == slow["quality"]
    assert member(Variation, verdicts.variation[i]) == slow["variation"], series
    assert member(Variation, verdicts.variation_plain[i]) == slow["variation_plain"], series
    for name in ("phi", "sd", "nu", "window_mean", "baseline_mean"):
        if slow["n_complete"] >= 6 or name.endswith("mean"):
            np.testing.assert_allclose(getattr(verdicts, name)[i], slow[name], rtol=1e-6, atol=1e-9, err_msg=name)
    np.testing.assert_allclose(verdicts.shift_t[i], slow["t"], rtol=1e-5, atol=1e-7)
    assert (verdicts.trend_n[i], verdicts.trend_s[i]) == (slow["trend_n"], slow["trend_s"]), series
    for name in ("trend_phi", "trend_p", "trend_slope", "trend_level"):
        np.testing.assert_allclose(getattr(verdicts, name)[i], slow[name], rtol=1e-6, atol=1e-8, err_msg=name)
    assert {rule for rule in range(1, 6) if verdicts.latest_signals[i] & 1 << (rule - 1)} == slow["rules"], series
    if slow["quality"] != "insufficient":
        np.testing.assert_allclose([verdicts.mean[i], verdicts.upper[i]], [slow["mean"], slow["upper"]], rtol=1e-7, atol=1e-9)
    for kind in ("goal", "industry"):
        same_comparison(getattr(verdicts, kind), i, slow[kind], series)
    assert grades.grade[i] == slow["grade"], series
    slots = slice(verdicts.cal_offsets[i], verdicts.cal_offsets[i + 1])
    adjusted = dict(enumerate(verdicts.adjusted[slots], verdicts.cal_start[i]))
    np.testing.assert_allclose([adjusted[at] for at in slow["adjusted"]], list(slow["adjusted"].values()), rtol=1e-6, atol=1e-8)


def same_comparison(fast, i, slow, series):
    assert member(Standing, fast.standing[i]) == slow["standing"], series
    assert member(Assurance, fast.assurance[i]) == slow["assurance"], series
    np.testing.assert_allclose(fast.d[i], slow["d"], rtol=1e-5, atol=1e-7)
    np.testing.assert_allclose(fast.shortfall[i], slow["shortfall"], rtol=1e-7, atol=1e-9)
    assert (fast.missed[i], fast.periods[i], fast.misses_latest[i]) == (slow["missed"], slow["periods"], slow["misses_latest"])


# What must not matter.


PER_SLOT = {"cal_offsets", "values", "adjusted", "signals", "point_type"}
PER_REGIME = {"regime_offsets", "regime_start", "regime_mean", "regime_lower", "regime_upper"}
OF_THE_RUN = {"trend", "trend_q", "trend_reach"}  # rest on all series


def columns_of(verdicts):
    """Every column with one entry per series that rests on it alone, by name."""
    found = {}
    for field in fields(verdicts):
        column = getattr(verdicts, field.name)
        if is_dataclass(column):
            found |= {f"{field.name}.{name}": values for name, values in columns_of(column).items()}
        elif isinstance(column, np.ndarray) and field.name not in PER_SLOT | PER_REGIME | OF_THE_RUN:
            found[field.name] = column
    return found


def test_a_series_is_judged_alike_alone_and_among_others():
    rng = np.random.default_rng(9)
    series = [random_series(rng) for _ in range(150)]
    together = columns_of(judge_series(*series))
    assert len(together) > 60
    for i, each in enumerate(series):
        for name, column in columns_of(judge_series(each)).items():
            np.testing.assert_allclose(column[0], together[name][i], rtol=1e-9, atol=1e-9, err_msg=name)


@given(st.integers(0, 2**32), st.sampled_from([0.25, 8.0]), st.sampled_from([0.0, 64.0]))
@settings(max_examples=25, deadline=None)
def test_scale_shift_and_a_mirror_do_not_matter(seed, scale, shift):
    rng = np.random.default_rng(seed)
    values = rng.normal(0, 1, (12, 30)).cumsum(1) * 0.3 + rng.normal(0, 1, (12, 30))
    plain = judge_series(*(one(list(row), window=6, goal=0.5) for row in values))
    moved = judge_series(*(one(list(row * scale + shift), window=6, goal=0.5 * scale + shift) for row in values))
    mirrored = judge_series(*(one(list(-row), window=6, goal=-0.5, sign=-1) for row in values))
    for other in (moved, mirrored):
        for name in ("variation", "variation_plain", "latest_signals", "quality", "seasonal"):
            np.testing.assert_array_equal(getattr(plain, name), getattr(other, name))
        np.testing.assert_array_equal(plain.goal.standing, other.goal.standing)
        np.testing.assert_array_equal(plain.point_type, other.point_type)
        np.testing.assert_array_equal(grade(plain).grade, grade(other).grade)
        np.testing.assert_allclose(plain.goal.d, other.goal.d, rtol=1e-6, atol=1e-9)
