"""Why a verdict is what it is: what each rule says of itself, by case."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from gaps.core import explain as module
from gaps.core.explain import Basis, Level, explain, grade_table
from gaps.core.grading import STANDINGS, TABLE
from metrics.core.kpi import Direction
from metrics.core.periods import Frequency
from metrics.core.verdicts import Kind, Quality, Signal, Standing, TrendSense, Variation
from tests.gaps.core.test_words import BETTER, FACTS, FALLING, GOAL, plain

BASIS = Basis(
    n_fit=30, n_baseline=24, locked=True, degenerate=False, phi=0.0, sd=1.5, nu=27.0, sigma=1.4, shift_t=-4.2, shift_needed=2.77,
    variation_plain=Variation.CONCERN, since={Signal.OUTSIDE: "Mar 2026", Signal.SHIFT: "Jan 2026"},
    levels={Kind.GOAL: Level(d=1.1, points=6, t=2.9, needed=2.05)},
)  # fmt: skip
HISTORY = replace(GOAL, kind=Kind.HISTORY, standing=Standing.NONE, grade=None)


def part(title, facts=FACTS, basis=BASIS):
    return next(one for one in explain(facts, basis) if one.title == title)


def test_the_rules_come_in_the_order_in_which_they_are_applied():
    facts = replace(FACTS, compared=(GOAL, replace(GOAL, kind=Kind.INDUSTRY), HISTORY))
    assert [one.title for one in explain(facts, BASIS)] == [
        "Enough data?",
        "Limits",
        "Season",
        "Dependence",
        "Signals",
        "Window against before",
        "Trend",
        "Against the internal goal",
        "Against the industry standard",
        "Against the level before the window",
        "Grade",
    ]


def test_too_few_points_have_nothing_but_their_number():
    bare = replace(
        FACTS, quality=Quality.INSUFFICIENT, n_complete=4, compared=(replace(GOAL, standing=Standing.NONE),), grade=1,
        capped="insufficient", latest_period=None, variation=Variation.UNDETERMINED, signals=(),
    )  # fmt: skip
    said = {one.title: plain(one.sentence) for one in explain(bare, BASIS)}
    assert list(said) == ["Enough data?", "Trend", "Against the internal goal", "Grade"]
    assert said["Enough data?"] == "4 complete months: too few. From 6 on a series is judged."
    assert said["Trend"] == "Not tested: that takes 8 points."
    assert said["Against the internal goal"].startswith("Too little data")
    assert said["Grade"] == "Watch: without a standing it is watch when the latest point misses the internal goal, else none."


UNIT = "Enough data?"
ALONE = {"compared": (replace(HISTORY, grade=3),), "graded_by": Kind.HISTORY}


@pytest.mark.parametrize(
    ("title", "facts", "basis", "said"),
    [
        (UNIT, {}, {}, "30 complete months: enough for a full verdict."),
        (UNIT, {"quality": Quality.PROVISIONAL, "n_complete": 9}, {}, "9 complete months: enough to judge, for a provisional verdict."),
        (UNIT, {"stale": True}, {}, "more than two periods old"),
        (UNIT, {"baseline_from": date(2025, 10, 1)}, {}, "30 complete months since the new baseline in Oct 2025: enough"),
        ("Limits", {}, {}, "Drawn from the 24 points before the window"),
        ("Limits", {"n_complete": 18}, {"locked": False}, "Drawn from all 18 points: before the window lie 12, and it takes 16"),
        ("Limits", {}, {"degenerate": True}, "All points are equal"),
        ("Season", {}, {}, "None was found"),
        ("Season", {}, {"n_fit": 23}, "Not looked for"),
        ("Season", {}, {"n_baseline": 17}, "Not looked for"),
        ("Season", {"frequency": Frequency.YEAR}, {}, "Yearly figures have none."),
        ("Season", {"seasonal": True}, {}, "A yearly season was found. All that follows is judged without it."),
        (
            "Season",
            {"seasonal": True},
            {"season": [(date(2025, 6, 1), 4.0), (date(2025, 7, 1), -3.0), (date(2025, 8, 1), 0.5)]},
            "It adds most in Jun 2025 (+4 points) and least in Jul 2025 (\u22123 points).",
        ),
        ("Dependence", {}, {}, "no dependence"),
        ("Dependence", {"withheld": True}, {"phi": 0.51}, "the limits are 43 % wider"),
        ("Signals", {}, {}, "At the latest point 2 of the 5 rules hold."),
        ("Signals", {"signals": (Signal.RUN,)}, {}, "At the latest point 1 of the 5 rules holds."),
        ("Signals", {"signals": ()}, {}, "none of the 5 rules holds"),
        ("Window against before", {}, {}, "The two levels differ by more than chance explains."),
        ("Window against before", {"signals": ()}, {}, "within what chance does"),
        ("Window against before", {"n_window": 2}, {}, "Not compared: that takes 3 points in the window and 6 before it."),
        ("Window against before", {}, {"n_baseline": 5}, "Not compared"),
        ("Trend", {}, {}, "Not tested: this was judged before trends were."),
        ("Trend", {"n_complete": 7}, {}, "Not tested: that takes 8 points."),
        ("Trend", {"trend": FALLING}, {}, "It has been falling by 0.400 points a month"),
        ("Trend", {"trend": BETTER}, {}, "at this rate it reaches the internal goal"),
        ("Trend", {"trend": replace(FALLING, sense=TrendSense.NONE, q=0.3)}, {}, "None is called: among so many series"),
        ("Trend", {"trend": replace(FALLING, sense=TrendSense.NONE, q=0.9, p=0.2)}, {}, "None: the points do not rise or fall"),
        ("Against the internal goal", {}, {}, "It usually misses it: its level is short of the benchmark by more than chance explains."),
        ("Against the internal goal", {}, {"levels": {}}, "Too little data"),
        ("Against the internal goal", {"direction": Direction.NEUTRAL}, {}, "Shown only: no direction is better"),
        ("Against the level before the window", {"compared": (GOAL, HISTORY)}, {}, "Shown only: it grades where"),
        (
            "Against the level before the window",
            {"compared": (replace(HISTORY, grade=3),), "graded_by": Kind.HISTORY},
            {},
            "It grades, as there is neither",
        ),
        ("Grade", {}, {}, "Serious: “getting worse” with “usually misses”, against the internal goal."),
        ("Grade", {"grade": 3, "capped": "provisional"}, {}, "goal. Moderate at most: it rests on fewer than 13 points."),
        ("Grade", {"direction": Direction.NEUTRAL, "grade": 0}, {}, "None: this KPI is watched"),
        ("Grade", {"graded_by": None, "compared": ()}, {}, "None: there is nothing to compare it with."),
        ("Grade", {"graded_by": Kind.HISTORY, "compared": (HISTORY,), "grade": 1}, {}, "Watch, from its own past alone"),
    ],
    ids=str,
)
def test_what_a_rule_says(title, facts, basis, said):
    assert said in plain(part(title, replace(FACTS, **facts), replace(BASIS, **basis)).sentence)


def test_the_numbers_behind_the_sentences():
    facts = replace(FACTS, trend=FALLING, compared=(GOAL, HISTORY), variation=Variation.COMMON_CAUSE)
    basis = replace(BASIS, levels={**BASIS.levels, Kind.HISTORY: Level(d=None, points=0, t=1.2, needed=1.7)})
    said = {name: plain(value) for one in explain(facts, basis) for name, value in one.numbers}
    assert said["Limits"] == "22 % to 28 %"
    assert said["Sigma from moving ranges"] == "1.40 points"
    assert said["The latest point lies outside its limits"] == "since Mar 2026"
    assert said["On the plain chart, without the corrections above"] == "getting worse"
    assert said["Needed for a signal"] == "±2.77"
    assert said["Slope (Theil-Sen)"] == "\u22120.400 points a month"
    assert said["Points"] == "34 over 36 months"
    assert said["p, corrected for dependence"] == "below 0.001 (φ 0.30)"
    assert said["q, over all series of this review"] == "0.0020; a trend is called up to 0.05"
    assert said["Certainty t"] == "2.90, where ±2.05 is beyond chance"
    assert said["The benchmark lies"] == "beyond the limits on the bad side"
    assert said["t, positive is worse"] == "1.20"
    assert not part("Against the level before the window", facts).numbers


def test_a_season_is_listed_by_month_and_not_by_week():
    months = [(date(2025, month, 1), float(month)) for month in range(1, 13)]
    seasonal = replace(FACTS, seasonal=True)
    assert plain(part("Season", seasonal, replace(BASIS, season=months)).numbers[0][1]) == "+1 point"
    weeks = [(date(2025, 1, 6), 1.0)] * 52
    assert part("Season", seasonal, replace(BASIS, season=weeks)).numbers == []


@pytest.mark.parametrize("variation", [Variation.CONCERN, Variation.COMMON_CAUSE, Variation.IMPROVEMENT])
@pytest.mark.parametrize("standing", STANDINGS)
def test_the_table_marks_one_cell_and_it_is_that_of_the_verdict(variation, standing):
    table = grade_table(replace(FACTS, variation=variation, compared=(replace(GOAL, standing=standing),)))
    marked = [cell.grade for _, cells in table.rows for cell in cells if cell.here]
    assert marked == [TABLE[variation][STANDINGS.index(standing)]]
    assert len(table.columns) == 5


@pytest.mark.parametrize(
    "change",
    [
        {"graded_by": None},
        {"compared": (replace(GOAL, standing=Standing.NONE),)},
        {"compared": (HISTORY,), "graded_by": Kind.HISTORY},
        {"variation": Variation.HIGH},
    ],
    ids=str,
)
def test_where_no_cell_made_the_grade_there_is_no_table(change):
    assert grade_table(replace(FACTS, **change)) is None


def test_every_assurance_but_none_has_words():
    from metrics.core.verdicts import Assurance

    assert set(module.ASSURANCES) == set(Assurance) - {Assurance.NONE}
