"""The page of one KPI explains its verdict: seasons, trends, signals since when, periods that were not over, too few points."""

from __future__ import annotations

import csv
import io
import math

import pytest
from django.urls import reverse

from gaps.models import Comparison, SeriesVerdict
from gaps.queries.basis import basis
from gaps.services.recompute import recompute
from metrics.core.verdicts import Kind, Signal
from tests import factories as make
from tests.factories import AT, date

pytestmark = pytest.mark.django_db

DECEMBER = date(2025, 12, 1)
SEASON = [4 * math.sin(2 * math.pi * month / 12) for month in range(12)]
FALLING = [50 - 0.5 * i + (i * 7 % 5) / 5 for i in range(36)]


@pytest.fixture
def boss(client, manager):
    client.force_login(manager)
    return client


@pytest.fixture
def show(boss, cycle, sales):
    """Stores figures, has them judged and gives the answer of their page."""

    def shown(values, *, last=DECEMBER, target=None, **kpi):
        series = make.SeriesFactory(department=sales, **{f"kpi__{name}": value for name, value in kpi.items()})
        make.figures(series, values, last=last, target=target)
        recompute(cycle.pk, at=AT)
        cycle.refresh_from_db()
        return boss.get(address(series))

    return shown


def address(series, name="series"):
    return reverse(f"gaps:{name}", kwargs={"code": "q4", "series": series.pk})


def text_of(answer):
    return answer.content.decode().replace("\u00a0", " ")


def part(answer, title):
    return next(one for one in answer.context["page"].parts if one.title == title)


def trace(answer, name):
    return next((one for one in answer.context["figure"]["data"] if one["name"] == name), None)


def test_a_trend_is_told_drawn_and_explained(show):
    answer = show(FALLING, target=40, name="Orders")
    verdict = SeriesVerdict.objects.get()
    assert (verdict.trend, verdict.trend_n, verdict.trend_span) == ("adverse", 36, 36)
    assert verdict.trend_slope == pytest.approx(-0.5, abs=0.05)
    assert verdict.trend_q == verdict.trend_p < 0.001
    assert "It has been falling by 0.500 points a month for 36 months: a lasting change for the worse." in text_of(answer)
    line = trace(answer, "Trend")
    assert line["x"] == ["2023-01-01", "2025-12-01"]
    assert line["y"][1] == pytest.approx(verdict.trend_level)
    assert dict(part(answer, "Trend").numbers)["Points"].replace("\u00a0", " ") == "36 over 36 months"


def test_a_trend_that_heads_for_the_goal_says_when_it_gets_there(show):
    answer = show(FALLING, target=30, direction="decrease")
    verdict = SeriesVerdict.objects.get()
    assert verdict.trend_reach == pytest.approx((30 - verdict.trend_level) / verdict.trend_slope)
    assert f"at this rate it reaches the internal goal in about {math.ceil(verdict.trend_reach)} months." in text_of(answer)


def test_a_scorecard_marks_a_trend_with_few_words(show, boss):
    show(FALLING, target=40, name="Orders")
    text = text_of(boss.get(reverse("gaps:department", kwargs={"code": "q4", "department": "sales"})))
    assert "<small>falling by 0.500 points a month</small>" in text


def test_no_trend_is_said_to_be_none(show):
    answer = show(make.wave(10, 30), target=9)
    assert SeriesVerdict.objects.get().trend == "none"
    assert part(answer, "Trend").sentence == "None: the points do not rise or fall steadily enough."
    assert trace(answer, "Trend") is None


def test_a_season_shows_what_was_taken_out(show, boss):
    values = [50 + value + noise for value, noise in zip(SEASON * 3, make.wave(0, 36, step=0.3), strict=True)]
    answer = show(values, target=40)
    verdict = SeriesVerdict.objects.get()
    assert verdict.seasonal
    said = part(answer, "Season")
    assert "It adds most in " in said.sentence
    assert len(said.numbers) == 12
    taken_out = [amount for _, amount in basis(verdict).season]
    assert taken_out == pytest.approx([value - left for value, left in zip(values, verdict.adjusted, strict=True)][-12:])
    assert abs(sum(taken_out)) < 0.1
    assert trace(answer, "Value")["meta"] == "raw"
    assert trace(answer, "Without the season, as judged")["y"] == verdict.adjusted
    assert answer.context["page"].table["columns"][2] == "Without season"
    assert "without season</small>" in text_of(answer)
    rows = list(csv.DictReader(io.StringIO(boss.get(address(verdict.series, "series_csv")).content.decode())))
    assert [float(row["without_season"]) for row in rows] == verdict.adjusted[::-1]


def test_a_signal_says_since_when_it_holds(show):
    """Only the latest point is outside; the last of the points before the window begins the run below the mean."""
    values = [*make.wave(30, 24, step=1.0), 28, 28.5, 28, 28.5, 28, 20]
    show(values, target=30)
    since = {Signal.OUTSIDE: "Dec 2025", Signal.RUN: "Jun 2025", Signal.SHIFT: "Jul 2025"}
    assert basis(SeriesVerdict.objects.get()).since == since


def test_periods_that_were_not_over_are_marked_and_not_judged(show):
    answer = show([*make.wave(10, 20), 900.0, 901.0], last=date(2026, 2, 1), target=9)
    assert trace(answer, "Ends after the window, not judged")["y"] == [900.0, 901.0]
    assert [row[-1] for row in answer.context["page"].table["rows"]][:3] == ["ends after the window", "ends after the window", "steady"]
    assert text_of(answer).count("ends after the window: not judged") == 2


def test_too_few_points_are_shown_plainly(show):
    answer = show([10, 11, 9], target=10)
    assert [one.title for one in answer.context["page"].parts][:2] == ["Enough data?", "Trend"]
    assert "The table of grades" not in text_of(answer)


def test_what_a_standing_rests_on_is_kept(show):
    show(make.wave(10, 30), target=12)
    goal, history = (Comparison.objects.get(kind=kind) for kind in (Kind.GOAL, Kind.HISTORY))
    assert goal.t == pytest.approx(goal.d * math.sqrt(goal.level_n))
    assert goal.needed == pytest.approx(2.052, abs=0.001)
    assert (history.d, history.t is not None, history.needed is not None) == (None, True, True)
    found = basis(SeriesVerdict.objects.get())
    assert (found.levels[Kind.GOAL].d, found.levels[Kind.GOAL].points) == (goal.d, 12)


def test_all_of_a_long_daily_series_is_in_the_csv_with_its_points(show, boss):
    show(make.wave(10, 500), last=date(2025, 12, 31), frequency="day", target=9)
    series = SeriesVerdict.objects.get().series
    rows = list(csv.DictReader(io.StringIO(boss.get(address(series, "series_csv")).content.decode())))
    assert {row["point"] for row in rows} == {"common_cause"}
    assert len(rows) == 500
