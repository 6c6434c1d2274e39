"""Values to reach on their way to the verdict: 0, a goal that changes every month, and a new meaning of a KPI."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from gaps.models import Comparison, SeriesVerdict
from gaps.services.recompute import recompute
from metrics.models import Observation
from metrics.services import benchmarks, kpis
from tests import factories as make
from tests.factories import AT

pytestmark = pytest.mark.django_db
LIMIT = {"department": None, "valid_from": None, "valid_to": None, "source": "", "note": ""}


@pytest.fixture
def incidents(sales):
    """A KPI of which less is better: one or two a month."""
    series = make.SeriesFactory(department=sales, kpi__code="incidents", kpi__unit="incidents", kpi__direction="decrease")
    make.figures(series, [1.0, 2.0] * 12)
    return series


def judged(cycle, series) -> SeriesVerdict:
    recompute(cycle.pk, at=AT)
    cycle.refresh_from_db()
    return SeriesVerdict.objects.current(cycle).get(series=series)


def of_goal(verdict) -> Comparison:
    return Comparison.objects.get(run=verdict.run, series=verdict.series, kind="goal")


def test_a_goal_of_zero_is_judged(cycle, incidents):
    benchmarks.add(kpi=incidents.kpi, kind="goal", value=0.0, by=None, at=AT, **LIMIT)
    verdict = judged(cycle, incidents)
    goal = of_goal(verdict)
    assert verdict.goals == [0.0]
    assert (goal.benchmark, goal.missed, goal.periods, goal.standing) == (0.0, 6, 6, "usually_misses")
    assert goal.shortfall == pytest.approx(1.5)
    assert goal.shortfall_pct is None  # nothing is a part of 0
    assert verdict.grade >= 3
    assert verdict.graded_by == "goal"


def test_a_target_of_zero_in_a_file_is_judged_the_same(cycle, incidents):
    Observation.objects.filter(series=incidents).update(target=0.0)
    verdict = judged(cycle, incidents)
    assert of_goal(verdict).standing == "usually_misses"
    assert verdict.grade >= 3


def test_a_goal_that_changes_every_month_is_compared_month_by_month(cycle, incidents):
    """The goals go up and down with the figures: every one is met, though half the figures miss the mean goal."""
    for row in Observation.objects.filter(series=incidents):
        last = (row.period + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        days = {"valid_from": row.period, "valid_to": last}
        benchmarks.add(kpi=incidents.kpi, kind="goal", value=row.value, by=None, at=AT, **LIMIT | days)
    verdict = judged(cycle, incidents)
    assert verdict.goals == verdict.values
    goal = of_goal(verdict)
    assert (goal.missed, goal.periods, goal.shortfall) == (0, 6, 0)
    assert verdict.grade < 3


def test_a_target_in_the_file_goes_before_the_month_s_own_value(cycle, incidents):
    benchmarks.add(kpi=incidents.kpi, kind="goal", value=9.0, by=None, at=AT, **LIMIT)
    Observation.objects.filter(series=incidents, period=date(2025, 12, 1)).update(target=0.0)
    assert judged(cycle, incidents).goals[-2:] == [9.0, 0.0]


def test_a_goal_that_has_ended_no_longer_grades(cycle, incidents):
    goal = benchmarks.add(kpi=incidents.kpi, kind="goal", value=0.0, by=None, at=AT, **LIMIT)
    before = judged(cycle, incidents)
    benchmarks.end(goal, on=date(2025, 11, 30), by=None, at=AT)
    after = judged(cycle, incidents)
    assert before.graded_by == "goal"
    assert after.graded_by != "goal"


def test_a_turned_direction_turns_the_verdict(cycle, incidents):
    benchmarks.add(kpi=incidents.kpi, kind="goal", value=0.0, by=None, at=AT, **LIMIT)
    assert judged(cycle, incidents).grade >= 3
    kpis.change(incidents.kpi, direction="increase", by=None, at=AT)
    assert judged(cycle, incidents).grade == 0
