"""Charts as plain data: what is drawn for regimes, seasons, trends and periods that were not over."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest

from metrics.charts import Drawn, Regime, TrendLine, sparkline, xmr_figure
from metrics.core.verdicts import Variation

MONTHS = [date(2025, month, 1) for month in range(1, 13)]
CALM, WORSE = Variation.COMMON_CAUSE, Variation.CONCERN
ONE = [Regime(0, 12, 10.0, 8.0, 12.0)]
TWO = [Regime(0, 6, 10.0, 8.0, 12.0), Regime(6, 12, 20.0, 18.0, 22.0, "A new <i>system</i> that counts everything twice")]
DRAWN = Drawn(
    periods=MONTHS, labels=[f"{day:%b %Y}" for day in MONTHS], values=[10.0, 11.0, None, 9.0, 10.0, 10.0] * 2, types=[CALM] * 12,
    goal=[11.0] * 12, industry=[None] * 12, regimes=ONE, judged=12,
)  # fmt: skip


def traces(drawn, name):
    return [trace for trace in xmr_figure(drawn, unit="%")["data"] if trace["name"] == name]


def bands(drawn):
    return [tuple(map(float, found)) for found in re.findall(r'class="band" x="([\d.]+)" y="[\d.]+" width="([\d.]+)"', sparkline(drawn))]


def test_one_regime_is_drawn_from_end_to_end():
    assert traces(DRAWN, "Upper limit")[0]["x"] == ["2025-01-01", "2025-12-01"]
    assert bands(DRAWN) == [(0, 160)]
    assert "shapes" not in xmr_figure(DRAWN, unit="%")["layout"]


def test_each_regime_has_its_limits_and_its_mark():
    drawn = replace(DRAWN, regimes=TWO)
    figure = xmr_figure(drawn, unit="%")
    assert [trace["x"] for trace in traces(drawn, "Mean")] == [["2025-01-01", "2025-06-01"], ["2025-07-01", "2025-12-01"]]
    assert [trace["y"][0] for trace in traces(drawn, "Lower limit")] == [8.0, 18.0]
    assert [shape["x0"] for shape in figure["layout"]["shapes"]] == ["2025-07-01"]
    note = figure["layout"]["annotations"][0]
    assert note["text"] == "New baseline: A new &lt;i&gt;system&lt;/i&gt; that counts…"
    assert note["hovertext"] == "A new &lt;i&gt;system&lt;/i&gt; that counts everything twice"
    assert (drawn.begins(6), drawn.begins(0), drawn.begins(7)) == (True, False, False)
    assert drawn.regime(5) is TWO[0]
    assert drawn.regime(6) is TWO[1]
    left, right = bands(drawn)
    assert left[0] == 0
    assert left[0] + left[1] < right[0]
    assert right[0] + right[1] == pytest.approx(160, abs=0.1)


def test_plotly_accepts_all_of_it():
    import plotly.graph_objects as go

    figure = xmr_figure(replace(DRAWN, regimes=TWO, judged=10, adjusted=[5.0] * 12, trend=TrendLine(0, 9, 1.0, 2.0)), unit="%")
    assert len(go.Figure(data=figure["data"], layout={**figure["layout"], "template": None}).data) == len(figure["data"])


def test_notes_stand_on_the_side_that_has_room():
    notes = [
        xmr_figure(replace(DRAWN, regimes=[replace(TWO[0], stop=at), replace(TWO[1], start=at)]), unit="%")["layout"]["annotations"][0]
        for at in (2, 9)
    ]
    assert [note["xanchor"] for note in notes] == ["left", "right"]


def test_a_regime_without_limits_is_only_marked():
    drawn = replace(DRAWN, regimes=[TWO[0], replace(TWO[1], mean=None, lower=None, upper=None, reason="")])
    assert len(traces(drawn, "Mean")) == 1
    assert xmr_figure(drawn, unit="%")["layout"]["annotations"][0]["text"] == "New baseline"
    assert len(bands(drawn)) == 1


def test_small_charts_show_only_the_regimes_of_their_periods():
    long = replace(
        DRAWN, values=[10.0] * 60, types=[CALM] * 60, goal=[None] * 60, industry=[None] * 60,
        regimes=[Regime(0, 24, 1.0, 0.0, 2.0), Regime(24, 60, 10.0, 9.0, 11.0)],
    )  # fmt: skip
    assert bands(long) == [(0, 160)]


def test_signals_are_marked_on_what_is_judged():
    types = [CALM] * 11 + [WORSE]
    plain, seasonal = replace(DRAWN, types=types), replace(DRAWN, types=types, adjusted=[5.0] * 12)
    assert traces(plain, "Worse than chance allows")[0]["y"] == [10.0]
    assert traces(seasonal, "Worse than chance allows")[0]["y"] == [5.0]
    assert not traces(plain, "Without the season, as judged")
    assert traces(seasonal, "Without the season, as judged")[0]["meta"] == "line"
    assert traces(seasonal, "Value")[0]["meta"] == "raw"


def test_periods_that_were_not_over_are_open_marks():
    drawn = replace(DRAWN, judged=10)
    trace = traces(drawn, "Ends after the window, not judged")[0]
    assert (trace["x"], trace["y"]) == (["2025-11-01", "2025-12-01"], [10.0, 10.0])
    assert traces(drawn, "Value")[0]["text"][-2:] == [
        "Nov 2025: ends after the window, not judged",
        "Dec 2025: ends after the window, not judged",
    ]
    assert not traces(DRAWN, "Ends after the window, not judged")


def test_a_trend_is_a_line_over_its_periods():
    trace = traces(replace(DRAWN, trend=TrendLine(2, 11, 9.0, 12.6)), "Trend")[0]
    assert (trace["x"], trace["y"]) == (["2025-03-01", "2025-12-01"], [9.0, 12.6])
    assert not traces(DRAWN, "Trend")


def test_nothing_to_draw():
    assert sparkline(replace(DRAWN, values=[None] * 12)) == ""
