"""A new baseline from the page to the run and back: inputs, verdicts, chart, table, CSV."""

from __future__ import annotations

import csv
import io
from datetime import date

import numpy as np
import pytest
from django.urls import reverse

from departments.models import Job
from gaps.models import SeriesVerdict
from gaps.services import inputs
from gaps.services.recompute import recompute
from metrics.models import Rebase, Series
from metrics.services import rebases
from tests import factories as make
from tests.factories import AT

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss(client, manager):
    client.force_login(manager)
    return client


@pytest.fixture
def conversion(judged):
    return Series.objects.get(kpi__code="conversion")


def address(series, name="series", **more):
    return reverse(f"gaps:{name}", kwargs={"code": "q4", "series": series.pk, **more})


def begin(series, period=date(2025, 7, 1), reason="New CRM"):
    return rebases.rebase(series, period=period, reason=reason, by=None, at=AT)


def verdict(cycle, series):
    cycle.refresh_from_db()
    return SeriesVerdict.objects.current(cycle).get(series=series)


def test_it_is_part_of_the_inputs(judged, conversion):
    before = inputs.read(judged.pk)
    assert before.batch.rebase_at is None
    begin(conversion)
    after = inputs.read(judged.pk)
    assert after.fingerprint != before.fingerprint
    numbers, index = after.batch.rebase_at
    assert [after.series[number].id for number in numbers] == [conversion.pk]
    assert index.tolist() == [(2025 - 1970) * 12 + 6]
    Rebase.objects.all().delete()
    assert inputs.read(judged.pk).fingerprint == before.fingerprint


def test_those_of_series_outside_the_cycle_are_not(judged, conversion, marketing):
    before = inputs.read(judged.pk)
    other = make.SeriesFactory(department=marketing)
    make.figures(other, make.wave(10, 20), last=date(2020, 1, 1))
    begin(other, period=date(2019, 7, 1))
    assert inputs.read(judged.pk).fingerprint == before.fingerprint


@pytest.mark.parametrize(("frequency", "first"), [("week", date(2025, 9, 1)), ("quarter", date(2023, 1, 1)), ("day", date(2025, 12, 10))])
def test_a_regime_begins_in_its_period_whatever_the_frequency(cycle, sales, frequency, first):
    series = make.SeriesFactory(department=sales, kpi__frequency=frequency)
    make.figures(series, make.wave(10, 30), last=date(2025, 12, 29) if frequency == "week" else date(2025, 12, 31))
    begin(series, period=first)
    recompute(cycle.pk, at=AT)
    found = verdict(cycle, series)
    assert found.baseline_from == first
    assert len(found.regime_starts) == 2


def test_the_run_keeps_its_regimes_and_judges_the_last(judged, conversion):
    """The gap was a fall in July: with a new baseline there it is no change, but still short of the goal."""
    assert verdict(judged, conversion).regime_starts == []
    begin(conversion)
    assert recompute(judged.pk, at=AT).version == 2
    found = verdict(judged, conversion)
    assert (found.n_complete, found.variation, found.quality) == (6, "common_cause", "provisional")
    assert found.baseline_from == date(2025, 7, 1)
    assert [start - found.first_index for start in found.regime_starts] == [0, 24]
    assert found.regime_means == pytest.approx([np.mean(make.wave(30, 24)), np.mean(make.wave(18, 6))])
    assert (found.regime_lowers[1], found.regime_uppers[1]) == (found.lower, found.upper)
    assert verdict(judged, Series.objects.get(kpi__code="follow-up")).regime_starts == []


def test_taking_it_back_gives_the_first_verdict_again(judged, conversion):
    before = verdict(judged, conversion)
    made = begin(conversion)
    recompute(judged.pk, at=AT)
    rebases.remove(made, by=None, at=AT)
    recompute(judged.pk, at=AT)
    after = verdict(judged, conversion)
    names = [field.name for field in SeriesVerdict._meta.concrete_fields if field.name not in ("id", "run")]
    assert [str(getattr(after, name)) for name in names] == [str(getattr(before, name)) for name in names]


def test_the_page_draws_each_regime_and_says_why(boss, judged, conversion):
    begin(conversion, reason="New <b>CRM</b>")
    recompute(judged.pk, at=AT)
    answer = boss.get(address(conversion))
    figure, text = answer.context["figure"], answer.content.decode()
    upper = [trace for trace in figure["data"] if trace["name"] == "Upper limit"]
    assert [trace["x"] for trace in upper] == [["2023-07-01", "2025-06-01"], ["2025-07-01", "2025-12-01"]]
    assert [trace["showlegend"] for trace in upper] == [True, False]
    assert figure["layout"]["shapes"][0]["x0"] == "2025-07-01"
    assert figure["layout"]["annotations"][0]["text"] == "New baseline: New &lt;b&gt;CRM&lt;/b&gt;"
    assert "A new baseline was started in Jul 2025" in text
    assert "New &lt;b&gt;CRM&lt;/b&gt;" in text
    assert "From Jul 2025" in text
    table = answer.context["page"].table
    assert table["columns"] == ["Period", "Value", "Goal", "Industry", "Limits", "Point"]
    assert [row[0] for row in table["rows"]][5:7] == ["Jul 2025 (new baseline)", "Jun 2025"]
    assert len({row[4] for row in table["rows"]}) == 2


def test_the_figures_of_the_page_and_the_csv_name_it(boss, judged, conversion):
    begin(conversion)
    recompute(judged.pk, at=AT)
    rows = list(csv.DictReader(io.StringIO(boss.get(address(conversion, "series_csv")).content.decode())))
    assert [(row["period"], row["new_baseline"]) for row in rows if row["new_baseline"]] == [("2025-07-01", "New CRM")]
    assert len({row["upper_limit"] for row in rows}) == 2
    assert {row["complete"] for row in rows} == {"yes"}
    assert "<small>new baseline</small>" in boss.get(address(conversion)).content.decode()


def test_a_rebase_that_is_gone_leaves_its_mark_until_the_next_run(boss, judged, conversion):
    made = begin(conversion)
    recompute(judged.pk, at=AT)
    rebases.remove(made, by=None, at=AT)
    figure = boss.get(address(conversion)).context["figure"]
    assert figure["layout"]["annotations"][0]["text"] == "New baseline"


def test_the_form_begins_one(boss, judged, conversion, manager):
    answer = boss.post(address(conversion, "rebase"), {"period": "2025-07-01", "reason": "New CRM"}, follow=True)
    made = Rebase.objects.get()
    assert (made.series, made.period, made.reason, made.created_by) == (conversion, date(2025, 7, 1), "New CRM", manager)
    text = answer.content.decode()
    assert "The new baseline is noted." in text
    assert "are being judged anew" in text
    assert "Mo Manager" in text


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({}, "Choose the period that it begins with."),
        ({"period": "2025-07-01"}, "Say what changed."),
        ({"period": "2023-07-01", "reason": "x"}, "No new baseline can begin there."),
        ({"period": "nonsense", "reason": "x"}, "No new baseline can begin there."),
        ({"period": "2025-07-01", "reason": "x" * 301}, "at most 300 characters"),
        ({"period": "2025-07-01", "reason": "New\u200bCRM"}, "Character 4 cannot be seen"),
    ],
    ids=str,
)
def test_the_form_says_what_is_missing_and_keeps_what_was_typed(boss, judged, conversion, data, words):
    answer = boss.post(address(conversion, "rebase"), data)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert words in text
    assert "error-summary" in text
    assert data.get("reason", "")[:2] in text
    assert not Rebase.objects.exists()


def test_only_periods_with_a_figure_that_are_not_the_first_are_offered(boss, judged, conversion):
    begin(conversion, period=date(2025, 7, 1))
    form = boss.get(address(conversion)).context["form"]
    offered = [value for value, _ in form.fields["period"].choices]
    assert offered[:2] == ["", "2025-12-01"]
    assert offered[-1] == "2023-08-01"
    assert "2025-07-01" not in offered
    assert len(offered) == 29


def test_remove_takes_it_back(boss, judged, conversion):
    made = begin(conversion)
    answer = boss.post(address(conversion, "rebase_remove", pk=made.pk), follow=True)
    assert "The new baseline is taken back." in answer.content.decode()
    assert not Rebase.objects.exists()


def test_home_tells_what_happened(boss, judged, conversion):
    rebases.remove(begin(conversion), by=None, at=AT)
    text = boss.get(reverse("gaps:home", kwargs={"code": "q4"})).content.decode()
    assert "New baseline started" in text
    assert "New baseline taken back" in text


def test_a_head_reads_them_and_cannot_touch_them(client, judged, conversion, head):
    begin(conversion)
    client.force_login(head)
    text = client.get(address(conversion)).content.decode()
    assert "New CRM" in text
    assert "Start a new baseline" not in text
    assert "Remove" not in text


def test_while_figures_are_judged_anew_the_page_asks_and_then_offers_them(boss, judged, conversion):
    assert 'id="judging"' not in boss.get(address(conversion)).content.decode()
    begin(conversion)
    assert 'hx-get="?judged"' in boss.get(address(conversion)).content.decode()
    Job.objects.all().delete()
    text = boss.get(address(conversion) + "?judged").content.decode()
    assert "have been judged anew" in text
    assert f'href="{address(conversion)}">Show them' in text
