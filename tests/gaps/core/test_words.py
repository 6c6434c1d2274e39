"""The sentences, by what they must say."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from gaps.core import words
from gaps.core.facts import Compared, Facts, Trend, signals_of
from metrics.core.kpi import Direction
from metrics.core.periods import Frequency
from metrics.core.verdicts import Assurance, Kind, Quality, Signal, Standing, TrendSense, Variation

GOAL = Compared(
    kind=Kind.GOAL, benchmark=25.0, standing=Standing.USUALLY_MISSES, assurance=Assurance.FAIL, grade=4, shortfall=3.2,
    shortfall_pct=12.8, z0=1.1, missed=5, periods=6, missed_low=0.4, missed_high=0.97, expected_miss=0.86,
)  # fmt: skip
FACTS = Facts(
    series_id=1, department_code="sales", department="Sales", kpi_code="conversion", kpi="Conversion rate", unit="%",
    direction=Direction.INCREASE, frequency=Frequency.MONTH, importance=5, grade=4, graded_by=Kind.GOAL, capped="",
    quality=Quality.FULL, stale=False, variation=Variation.CONCERN, signals=(Signal.OUTSIDE, Signal.SHIFT), withheld=False,
    seasonal=False, n_complete=30, n_window=6, latest_period=date(2026, 3, 1), latest_value=20.1, window_mean=21.8,
    baseline_mean=25.3, mean=25.0, lower=22.0, upper=28.0, compared=(GOAL,),
)  # fmt: skip

FALLING = Trend(
    sense=TrendSense.ADVERSE, points=34, span=36, slope=-0.4, tau=-0.6, s=-336, z=-4.1, p=0.00004, q=0.002, phi=0.3, level=21.0,
    reach=None,
)  # fmt: skip


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def test_a_gap_in_words():
    assert plain(words.finding(FACTS)) == (
        "Conversion rate was 20.1 % in Mar 2026; over the review window it averaged 21.8 %, 3.20 points worse than the internal goal "
        "of 25 %. It usually misses it (5 of 6 months missed). It has got worse, and that is not noise. The signs: the latest point lies "
        "outside its limits and the level of this review's window differs from the level before it."
    )


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"variation": Variation.COMMON_CAUSE, "signals": ()}, "within normal variation"),
        ({"variation": Variation.IMPROVEMENT}, "It has got better, and that is not noise"),
        ({"variation": Variation.HIGH, "direction": Direction.NEUTRAL}, "It has risen"),
        ({"variation": Variation.LOW, "signals": ()}, "It has fallen, and that is not noise."),
        ({"quality": Quality.INSUFFICIENT, "variation": Variation.UNDETERMINED, "n_complete": 4}, "Only 4 complete months"),
        ({"quality": Quality.PROVISIONAL, "n_complete": 9}, "Provisional: it rests on 9 months"),
        ({"stale": True}, "out of date"),
        ({"seasonal": True}, "A yearly season was found"),
        ({"seasonal": True}, "3.20 points (season included) worse than"),
        ({"withheld": True}, "depend on each other"),
        ({"frequency": Frequency.WEEK}, "in the week of 1 Mar 2026"),
        ({"latest_value": None}, "no complete period"),
        ({"compared": ()}, "there is no benchmark"),
        ({"window_mean": None}, "against an internal goal of 25 %"),
        ({"compared": (replace(GOAL, shortfall=0.0),)}, "equal to the internal goal"),
        ({"compared": (replace(GOAL, shortfall=-2.0),)}, "2 points better than the internal goal"),
        ({"direction": Direction.NEUTRAL}, "beside the internal goal"),
        ({"compared": (replace(GOAL, standing=Standing.NONE),)}, "5 of 6 months missed."),
        ({"compared": (replace(GOAL, kind=Kind.HISTORY),), "graded_by": Kind.HISTORY}, "worse than the level before the window of 25 %"),
        ({"graded_by": None, "compared": (replace(GOAL, benchmark=None), GOAL)}, "internal goal of 25 %"),
        ({"unit": "h", "direction": Direction.DECREASE}, "3.20 h worse than"),
    ],
    ids=str,
)
def test_what_else_is_said(change, said):
    assert said in plain(words.finding(replace(FACTS, **change)))


BETTER = replace(FALLING, sense=TrendSense.FAVOURABLE, slope=0.4, reach=9.2)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"trend": FALLING}, "It has been falling by 0.400 points a month for 36 months: a lasting change for the worse."),
        (
            {"trend": BETTER},
            "It has been rising by 0.400 points a month for 36 months: a lasting change for the better; at this rate it reaches the "
            "internal goal in about 10 months.",
        ),
        ({"trend": replace(BETTER, reach=0.3)}, "in about 1 month."),
        ({"trend": replace(BETTER, reach=120.0)}, "in about 120 months."),
        ({"trend": replace(BETTER, reach=121.0)}, "at this rate it needs more than 10 years to reach the internal goal."),
        ({"trend": BETTER, "compared": (replace(GOAL, kind=Kind.INDUSTRY),)}, "reaches the industry standard in about"),
        ({"trend": replace(FALLING, sense=TrendSense.DOWN)}, "It has been falling by 0.400 points a month for 36 months."),
        ({"trend": replace(FALLING, sense=TrendSense.UP, slope=2.0), "unit": "h"}, "rising by 2 h a month for 36 months."),
        ({"trend": FALLING, "variation": Variation.COMMON_CAUSE}, "within normal variation: no sign of a sudden change."),
        ({"trend": FALLING, "frequency": Frequency.WEEK}, "a week for 36 weeks"),
        ({"baseline_from": date(2025, 10, 1)}, "A new baseline was started in Oct 2025: only the figures from then on are judged."),
    ],
    ids=str,
)
def test_trends_and_new_baselines_in_words(change, said):
    assert said in plain(words.finding(replace(FACTS, **change)))


@pytest.mark.parametrize("trend", [None, replace(FALLING, sense=TrendSense.NONE)])
def test_what_is_no_trend_is_not_mentioned(trend):
    facts = replace(FACTS, trend=trend)
    assert words.finding(facts) == words.finding(FACTS)
    assert words.brief(facts) == words.brief(FACTS)
    assert words.trend_brief(facts) == ""


def test_a_list_says_a_trend_in_short():
    assert plain(words.brief(replace(FACTS, trend=FALLING))).endswith("that is not noise. Falling by 0.400 points a month.")
    calm = replace(FACTS, trend=FALLING, variation=Variation.COMMON_CAUSE)
    assert plain(words.brief(calm)).endswith("missed. No sudden change. Falling by 0.400 points a month.")


def test_history_and_neutral_series_have_no_count_of_misses():
    for change in ({"compared": (replace(GOAL, kind=Kind.HISTORY),)}, {"direction": Direction.NEUTRAL}, {"compared": ()}):
        assert "missed" not in words.finding(replace(FACTS, graded_by=None, **change))


def test_a_list_says_it_in_short():
    assert plain(words.brief(FACTS)) == (
        "21.8 % on average, 3.20 points worse than the internal goal of 25 %; 5 of 6 months missed. "
        "It has got worse, and that is not noise."
    )
    assert "missed" not in words.brief(replace(FACTS, direction=Direction.NEUTRAL))
    assert words.brief(replace(FACTS, compared=())) == words.level(replace(FACTS, compared=()))


def test_a_department_in_a_paragraph():
    calm = replace(FACTS, grade=0)
    watched = replace(FACTS, grade=1)
    said = plain(words.department_finding("Sales", [FACTS, calm, watched, replace(FACTS, grade=5, kpi="Cycle time")]))
    assert said.startswith("4 KPIs were examined in Sales: 2 show a gap and 1 is on the watch-list. The worst is critical: Cycle time was")
    assert plain(words.department_finding("Sales", [FACTS, watched, watched])).count("1 shows a gap and 2 are on") == 1
    assert words.department_finding("Sales", [FACTS]).startswith("1 KPI was examined in Sales: 1 shows a gap. ")
    assert words.department_finding("Sales", [calm]) == "1 KPI was examined in Sales: no gap found."
    assert words.department_finding("Sales", [watched, calm]) == "2 KPIs were examined in Sales: no gap found; 1 on the watch-list."
    assert words.department_finding("Sales", []) == "Sales has no figures of its own in this review."


def test_why_a_department_is_looked_at():
    assert words.attention_reason([FACTS, replace(FACTS, kpi="Cycle", grade=3)]) == "Conversion rate (serious) and Cycle (moderate)"
    assert words.attention_reason([replace(FACTS, grade=0)]) == "Nothing stands out."


def test_every_signal_cap_and_standing_has_words():
    from gaps.core.grading import Cap

    assert set(words.SIGNALS) == set(Signal)
    assert set(words.CAPS) == {cap.value for cap in Cap if cap is not Cap.NONE}
    assert set(words.STANDINGS) == set(Standing)
    assert set(words.TRENDS) == set(TrendSense)
    assert signals_of(0b10010) == (Signal.TREND, Signal.SHIFT)
