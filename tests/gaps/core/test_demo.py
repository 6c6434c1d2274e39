"""The demo tells its story whatever day it is made on: judged by the product's own core, without a database."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import chain, pairwise

import numpy as np
import pytest

from departments.core.names import code as code_of
from gaps.core import demo
from gaps.core.demo_figures import FIGURES, Place
from gaps.core.demo_story import LINKS, MEASURES, PEOPLE, SURVEY, UNITS
from gaps.core.grading import grade
from metrics.core.judging import judge
from metrics.core.kpi import BenchmarkKind
from metrics.core.periods import Frequency, to_index, window
from metrics.core.verdicts import Quality, SeriesBatch, Standing, Variation, bit, member
from metrics.core.verdicts import Signal as Rule

TODAY = date(2026, 11, 22)
# A year and a half of days: first and last of months, Mondays and Sundays, a leap day, the turn of a year.
DAYS = [TODAY, date(2026, 12, 1), date(2026, 12, 31), date(2027, 1, 1), date(2027, 2, 1), date(2028, 2, 29), date(2028, 3, 1)]
DAYS += [date(2026, 11, 30) + timedelta(days=48 * n) for n in range(9)]
EPOCH = date(1970, 1, 1)

GRADES: dict[Place, int] = {
    ("Marketing", "Lead quality"): 5,
    ("Marketing", "Return on ad spend"): 5,
    ("Retail Sales", "Conversion rate"): 5,
    ("Sales", "Conversion rate"): 5,
    ("Sales", "Revenue growth"): 4,
    ("Operations", "Process cycle time"): 4,
    ("Operations", "On-time delivery"): 4,
    ("Operations", "Error rate"): 4,
    ("Marketing", "Cost per acquisition"): 3,
    ("Corporate Sales", "Sales cycle"): 3,
    ("Customer Service", "First response time"): 3,
    ("Customer Service", "Self-service share"): 3,
    ("Logistics", "Queue at the bottleneck"): 3,
    ("Logistics", "Damaged parcels"): 3,
    ("Digital Marketing", "Website enquiry rate"): 2,
    ("Customer Service", "Customer satisfaction"): 2,
    ("Operations", "Cost per order"): 2,
    ("Retail Sales", "Abandoned enrolments"): 1,
    ("Contact Centre", "First-contact resolution"): 1,
    ("Contact Centre", "Chat satisfaction"): 1,
    ("Events and Partnerships", "Event attendance"): 1,
}


@dataclass(frozen=True)
class Judged:
    """One series' verdict in the words of the tests."""

    grade: int
    quality: Quality
    variation: Variation
    goal: Standing
    industry: Standing
    stale: bool
    seasonal: bool
    phi: float
    withheld: bool
    misses_latest: bool
    rules: int
    n_complete: int


@cache
def files(today: date) -> dict[str, list[demo.Row]]:
    return demo.rows(today)


@cache
def judged(today: date, which: int = 0) -> dict[Place, Judged]:
    """Every series of the demo made on `today`, judged in the current review (0) or the one before (1)."""
    cycle = demo.cycles(today)[which]
    series: dict[Place, list[demo.Row]] = {}
    for row in chain.from_iterable(files(today).values()):
        series.setdefault((row.department, row.kpi), []).append(row)
    verdicts = judge(_batch(series, cycle, demo.standards(today)))
    grades = grade(verdicts)
    return {
        place: Judged(
            grade=int(grades.grade[i]),
            quality=member(Quality, int(verdicts.quality[i])),
            variation=member(Variation, int(verdicts.variation[i])),
            goal=member(Standing, int(verdicts.goal.standing[i])),
            industry=member(Standing, int(verdicts.industry.standing[i])),
            stale=bool(verdicts.stale[i]),
            seasonal=bool(verdicts.seasonal[i]),
            phi=float(verdicts.phi[i]),
            withheld=bool(verdicts.withheld[i]),
            misses_latest=bool(verdicts.goal.misses_latest[i]),
            rules=int(verdicts.latest_signals[i]),
            n_complete=int(verdicts.n_complete[i]),
        )
        for i, place in enumerate(series)
    }


def _batch(series: dict[Place, list[demo.Row]], cycle: demo.Cycle, standards: list[demo.Standard]) -> SeriesBatch:
    rows = list(chain.from_iterable(series.values()))
    measures = [demo.MEASURE[kpi] for _, kpi in series]
    windows = [window(_days(cycle.data_from), _days(cycle.data_to), measure.frequency) for measure in measures]
    parts = [(row.numerator, row.denominator) for row in rows]
    return SeriesBatch(
        offsets=np.cumsum([0, *(len(of) for of in series.values())]),
        index=np.concatenate([_index(measure.frequency, of) for measure, of in zip(measures, series.values(), strict=True)]),
        value=np.array([row.value for row in rows]),
        goal=np.array([_valid(row, row.target, BenchmarkKind.GOAL, standards) for row in rows]),
        industry=np.array([_valid(row, row.benchmark, BenchmarkKind.INDUSTRY, standards) for row in rows]),
        sign=np.array([measure.direction.sign for measure in measures], np.int8),
        per_year=np.array([measure.frequency.per_year for measure in measures], np.int16),
        window_from=np.array([first for first, _ in windows]),
        window_to=np.array([last for _, last in windows]),
        numerator=np.array([np.nan if top is None else top for top, _ in parts]),
        denominator=np.array([np.nan if bottom is None else bottom for _, bottom in parts]),
    )


def _index(frequency: Frequency, rows: list[demo.Row]) -> np.ndarray:
    return to_index(np.array([_days(row.period) for row in rows]), frequency)


def _valid(row: demo.Row, stated: float | None, kind: BenchmarkKind, standards: list[demo.Standard]) -> float:
    """What the file says, else the department's own standard of that day, else that of all."""
    if stated is not None:
        return stated
    held = [one for one in standards if (one.kpi, one.kind) == (row.kpi, kind) and one.department in (row.department, None)]
    held = [one for one in held if (one.valid_from or date.min) <= row.period <= (one.valid_to or date.max)]
    return min(held, key=lambda one: one.department is None).value if held else np.nan


def _days(day: date) -> int:
    return (day - EPOCH).days


def rows_of(place: Place, today: date = TODAY) -> list[demo.Row]:
    return [row for row in files(today)[demo.main_department(place[0])] if (row.department, row.kpi) == place]


@pytest.mark.parametrize("today", DAYS, ids=str)
def test_planted_grades_hold_whatever_the_day(today):
    found = {place: one.grade for place, one in judged(today).items()}
    assert found == {figures.place: GRADES.get(figures.place, 0) for figures in FIGURES}


@pytest.mark.parametrize("today", DAYS, ids=str)
def test_every_grade_and_quality_occurs_and_most_series_behave(today):
    found = judged(today).values()
    assert {one.grade for one in found} == {0, 1, 2, 3, 4, 5}
    assert {one.quality for one in found} == set(Quality)
    assert sum(one.grade < 3 for one in found) > len(found) / 2


@pytest.mark.parametrize("today", DAYS, ids=str)
def test_story_conversion_falls_for_lack_of_lead_quality_not_of_follow_up(today):
    found = judged(today)
    for place in (("Sales", "Conversion rate"), ("Marketing", "Lead quality"), ("Marketing", "Return on ad spend")):
        assert (found[place].variation, found[place].goal) == (Variation.CONCERN, Standing.FAIL)
    follow_up = found["Sales", "Follow-up time"]
    assert (follow_up.grade, follow_up.quality, follow_up.variation) == (0, Quality.FULL, Variation.COMMON_CAUSE)
    assert follow_up.goal is Standing.PASS
    assert found["Corporate Sales", "Conversion rate"].variation is Variation.COMMON_CAUSE  # does not live on those leads
    assert found["Marketing", "Leads received"].variation is Variation.HIGH  # more leads, and worse ones


@pytest.mark.parametrize("today", DAYS, ids=str)
def test_lead_quality_falls_weeks_before_conversion_and_still_inside_reach_of_the_window(today):
    data_from = demo.cycles(today)[0].data_from
    fell = {place: _fell(rows_of(place, today)) for place in (("Marketing", "Lead quality"), ("Sales", "Conversion rate"))}
    quality, conversion = fell.values()
    assert timedelta(weeks=2) <= conversion - quality <= timedelta(weeks=5)
    assert quality >= data_from - timedelta(weeks=3)
    assert conversion >= data_from - timedelta(weeks=1)


def _fell(rows: list[demo.Row]) -> date:
    """The first period from which all are below what the year before never was."""
    lowest = min(row.value for row in rows[-70:-20])
    return next(one.period for one, after in zip(rows, _tails(rows), strict=True) if all(row.value < lowest for row in after))


def _tails(rows: list[demo.Row]) -> list[list[demo.Row]]:
    return [rows[start:] for start in range(len(rows))]


@pytest.mark.parametrize("today", DAYS, ids=str)
def test_special_cases(today):
    found = judged(today)
    new, young = found["Contact Centre", "Chat satisfaction"], found["Customer Service", "Self-service share"]
    assert (new.quality, new.n_complete) == (Quality.INSUFFICIENT, 4)
    assert (young.quality, young.n_complete, young.goal) == (Quality.PROVISIONAL, 9, Standing.FAIL)
    assert [place for place, one in found.items() if one.stale] == [("Events and Partnerships", "Event attendance")]
    for place in (("Contact Centre", "Calls received"), ("Training Delivery", "Seats filled")):
        assert found[place].seasonal
        assert found[place].variation is Variation.COMMON_CAUSE
    assert found["Customer Service", "Resolution time"].withheld
    improving = found["Customer Service", "First response time"]
    assert (improving.variation, improving.goal) == (Variation.IMPROVEMENT, Standing.FAIL)
    noise = found["Contact Centre", "First-contact resolution"]
    assert (noise.variation, noise.goal, noise.misses_latest) == (Variation.COMMON_CAUSE, Standing.HIT_OR_MISS, True)
    incapable = found["Operations", "Error rate"]
    assert (incapable.variation, incapable.goal) == (Variation.COMMON_CAUSE, Standing.FAIL)
    warned = found["Customer Service", "Customer satisfaction"]
    assert (warned.variation, warned.goal) == (Variation.CONCERN, Standing.USUALLY_MEETS)
    for place in (("Logistics", "Queue at the bottleneck"), ("Sales", "Average deal value")):
        assert (found[place].goal, found[place].industry) == (Standing.NONE, Standing.NONE)
    assert found["Marketing", "Lead quality"].rules & bit(Rule.SHIFT)


@pytest.mark.parametrize("today", DAYS, ids=str)
def test_review_before_knows_of_no_fall_in_conversion(today):
    before = judged(today, which=1)
    assert before["Sales", "Conversion rate"].grade == 0
    assert before["Marketing", "Lead quality"].grade <= 2
    assert Counter(one.grade >= 3 for one in before.values())[True] < Counter(one.grade >= 3 for one in judged(today).values())[True]


@pytest.mark.parametrize("today", DAYS, ids=str)
def test_periods_reach_back_and_end_before_today(today):
    for figures in FIGURES:
        rows, frequency = rows_of(figures.place, today), demo.MEASURE[figures.kpi].frequency
        assert all(one.period < after.period for one, after in pairwise(rows))
        if frequency is Frequency.WEEK:
            assert {row.period.weekday() for row in rows} == {0}
            assert rows[-1].period == today - timedelta(days=today.weekday() + 7)
            assert len(rows) >= 130
        else:
            assert {row.period.day for row in rows} == {1}
            assert rows[-1].period < today


def test_running_month_is_there_once_it_has_begun():
    place = ("Operations", "Orders delivered")
    *_, before, last = rows_of(place, date(2026, 11, 16))
    assert (last.period, last.note) == (date(2026, 11, 1), "month to date")
    assert last.value == pytest.approx(before.value / 2, rel=0.2)
    assert rows_of(place, date(2026, 11, 1))[-1].period == date(2026, 10, 1)


def test_missing_period_is_missing_once_in_the_middle():
    rows = rows_of(("Training Delivery", "Learner completion rate"))
    gaps = [(one.period, after.period) for one, after in pairwise(rows) if (after.period - one.period).days > 31]
    assert gaps == [(date(2025, 6, 1), date(2025, 8, 1))]


def test_same_seed_and_day_same_rows_and_another_seed_others():
    assert demo.rows(TODAY) == demo.rows(TODAY)
    assert demo.rows(TODAY, seed=1) != demo.rows(TODAY)


def test_ratios_are_what_their_parts_say():
    rows = [row for row in chain.from_iterable(files(TODAY).values()) if row.denominator is not None]
    assert {demo.MEASURE[row.kpi].unit for row in rows} == {"%"}
    for row in rows:
        assert 0 <= row.numerator <= row.denominator
        assert row.value == pytest.approx(100 * row.numerator / row.denominator, abs=0.051)


def test_conversion_of_sales_is_the_sum_of_its_parts_and_lead_counts_agree():
    whole, retail, corporate, quality, leads = (
        {row.period: row for row in rows_of(place)}
        for place in (
            ("Sales", "Conversion rate"),
            ("Retail Sales", "Conversion rate"),
            ("Corporate Sales", "Conversion rate"),
            ("Marketing", "Lead quality"),
            ("Marketing", "Leads received"),
        )
    )
    for period, row in whole.items():
        assert row.numerator == retail[period].numerator + corporate[period].numerator
        assert row.denominator == retail[period].denominator + corporate[period].denominator
        assert retail[period].denominator == quality[period].denominator == leads[period].value


def test_goals_change_over_time_in_the_file_and_beside_it():
    assert len({row.target for row in rows_of(("Sales", "Conversion rate"))}) == 2
    assert all(row.target is None for row in rows_of(("Operations", "Cost per order")))
    kept = [one for one in demo.standards(TODAY) if one.kpi == "Cost per order"]
    assert [one.value for one in kept] == [195, 205, 215]
    assert all(after.valid_from == one.valid_to + timedelta(days=1) for one, after in pairwise(kept))
    assert kept[-1].valid_to is None


def test_both_ways_of_giving_an_industry_standard_name_the_invented_source():
    stated = {row.benchmark_source for row in rows_of(("Training Delivery", "Course evaluation"))}
    kept = {one.source for one in demo.standards(TODAY) if one.kind is BenchmarkKind.INDUSTRY}
    assert stated == kept == {SURVEY}
    assert "invented" in SURVEY


def test_zero_is_a_goal_like_any_other():
    assert {row.target for row in rows_of(("Customer Service", "Privacy incidents"))} == {0}
    assert judged(TODAY)["Customer Service", "Privacy incidents"].goal is Standing.PASS


def test_each_main_department_has_a_file_with_five_to_ten_kpis():
    assert list(files(TODAY)) == ["Marketing", "Sales", "Customer Service", "Operations"]
    for rows in files(TODAY).values():
        assert 5 <= len({row.kpi for row in rows}) <= 10


def test_cycles_are_three_full_months_one_after_the_other():
    now, before = demo.cycles(TODAY)
    assert (now.code, now.name) == ("2026-q4", "Q4 2026 review")
    assert (now.data_from, now.data_to) == (date(2026, 8, 1), date(2026, 10, 31))
    assert (before.code, before.data_from, before.data_to) == ("2026-q3", date(2026, 5, 1), date(2026, 7, 31))


def test_names_of_the_story_fit_together():
    units, kpis, places = {unit.name for unit in UNITS}, {one.name for one in MEASURES}, {one.place for one in FIGURES}
    assert {kpi for _, kpi in places} == kpis
    assert {department for department, _ in places} < units
    assert {unit.parent for unit in UNITS} - {None} < units
    assert {person.department for person in PEOPLE} - {None} < units
    assert len({code_of(name) for name in units | kpis}) == len(units) + len(kpis)
    assert all(measure.definition or measure.formula for measure in MEASURES)
    assert any(measure.formula for measure in MEASURES)
    for link in LINKS:
        assert link.reason
        for department, kpi in ((link.driver_department, link.driver), (link.driven_department, link.driven)):
            assert (department, kpi) in places or (department is None and kpi in kpis)
