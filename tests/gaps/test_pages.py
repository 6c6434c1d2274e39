"""The pages of a review: what they say, and that they ask the database a fixed number of times."""

from __future__ import annotations

import csv
import io
import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from departments.models import AuditEvent
from gaps.services.recompute import recompute
from metrics.models import ObservationChange, Series
from tests import factories as make
from tests.factories import AT

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss(client, manager):
    client.force_login(manager)
    return client


def page(name: str, **of) -> str:
    return reverse(f"gaps:{name}", kwargs={"code": "q4", **of})


def series(code: str) -> int:
    return Series.objects.get(kpi__code=code).pk


def test_home_says_where_the_review_stands(boss, judged):
    text = boss.get(page("home")).content.decode()
    for words in (
        "3 series in 2 departments",
        "3 of 3 series have one",
        "not exported yet",
        "Conversion rate",
        "1 critical gap to look at",
    ):
        assert words in text
    boss.get(page("export", form="json"))
    assert "not exported yet" not in boss.get(page("home")).content.decode()


def test_home_shows_work_in_progress(boss, judged):
    from departments.services.cycles import request_recompute

    request_recompute(judged, by=None, at=AT)
    text = boss.get(page("home")).content.decode()
    assert "hx-get" in text


def test_a_cycle_before_its_first_run(boss, cycle):
    for name in ("home", "departments", "gaps", "report"):
        answer = boss.get(page(name))
        assert answer.status_code == 200
    assert boss.get(page("export", form="json")).status_code == 404
    assert "Nothing to judge yet" in boss.get(page("gaps")).content.decode()


def test_departments_are_ranked_with_the_reason_in_words(boss, judged):
    text = boss.get(page("departments")).content.decode()
    assert text.index("Sales</a>") < text.index("Marketing</a>")
    assert "Conversion rate (critical)" in text


def test_a_departments_page(boss, judged, sales):
    make.DepartmentFactory(code="retail", name="Retail", parent=sales)
    text = boss.get(page("department", department="sales")).content.decode()
    for words in (
        "2 KPIs were examined in Sales: 1 shows a gap",
        "Follow-up time",
        "lower is better",
        "Below Sales",
        "Retail",
        '<svg class="sparkline',
    ):
        assert words in text


def test_a_kpi_page_holds_chart_rule_and_sources(boss, judged, admin):
    pk = series("conversion")
    ObservationChange.objects.create(
        series_id=pk, period="2025-12-01", value=99, batch_id=1, line=1, replaced_by=make.ImportFactory(), replaced_at=AT
    )
    answer = boss.get(page("series", series=pk))
    text = answer.content.decode()
    for words in (
        "Conversion rate was",
        "Why this verdict",
        "Drawn from the 24 points before the window",
        "None was found: the ups and downs do not return",
        "“getting worse” with “fails”, against the internal goal.",
        "The table of grades",
        "figures.csv, row 31",
        "made the grade",
        "Internal goal",
        "<del>99",
        "Rank 1",
    ):
        assert words in text, words
    figure = answer.context["figure"]
    assert {trace["name"] for trace in figure["data"]} >= {
        "Value",
        "Upper limit",
        "Lower limit",
        "Mean",
        "Internal goal",
        "Worse than chance allows",
    }


def test_the_figure_is_one_that_plotly_accepts(boss, judged):
    import plotly.graph_objects as go

    figure = boss.get(page("series", series=series("conversion"))).context["figure"]
    checked = {"layout": {**figure["layout"], "template": None}, "data": [{k: v for k, v in trace.items()} for trace in figure["data"]]}
    assert len(go.Figure(checked).data) == len(figure["data"])


def test_figures_as_csv(boss, judged):
    rows = list(csv.DictReader(io.StringIO(boss.get(page("series_csv", series=series("conversion"))).content.decode())))
    assert len(rows) == 30
    assert rows[0]["period"] == "2025-12-01"
    assert (rows[0]["file"], rows[0]["line"], rows[0]["target"]) == ("figures.csv", "31", "30.0")


@pytest.mark.parametrize(
    ("query", "shown"), [("", 3), ("?grade=5", 1), ("?department=marketing", 1), ("?department=none", 0), ("?grade=x", 0)]
)
def test_gaps_can_be_narrowed(boss, judged, query, shown, sales):
    extra = make.SeriesFactory(department=sales, kpi__code="extra", kpi__name="Extra")
    make.figures(extra, make.wave(10, 30, step=0.5), target=11)
    recompute(judged.pk, at=AT)
    text = boss.get(page("gaps") + query).content.decode()
    assert text.count('class="rank"') == shown


def test_gaps_come_in_pages(boss, cycle, sales, monkeypatch):
    monkeypatch.setattr("gaps.views.PER_PAGE", 3)
    for _ in range(7):
        make.figures(make.SeriesFactory(department=sales), make.wave(10, 24, step=0.5), target=20)
    recompute(cycle.pk, at=AT)
    text = boss.get(page("gaps") + "?page=3").content.decode()
    assert text.count('class="rank"') == 1
    assert "7 gaps" in text.replace("\u00a0", " ")


def test_an_export_is_the_document_and_is_recorded(boss, judged, manager):
    answer = boss.get(page("export", form="json"))
    document = json.loads(answer.content)
    assert document["gaps"][0]["kpi"] == "Conversion rate"
    assert list(document)[:3] == ["schema_version", "methods_version", "kind"]
    assert answer["Content-Disposition"] == 'attachment; filename="q4-week-1-summary.json"'
    event = AuditEvent.objects.get(act="summary.export")
    assert (event.actor, event.details) == (manager, {"format": "json", "version": 1})


def test_the_report_is_what_the_worker_rendered(boss, judged, client, head):
    assert "Lead quality" in boss.get(page("report")).content.decode()
    client.force_login(head)
    text = client.get(page("report")).content.decode()
    assert "Conversion rate" in text
    assert "Lead quality" not in text


def test_names_are_escaped_everywhere(boss, cycle):
    evil = '<script>alert(1)</script> "x" & Co'
    department = make.DepartmentFactory(code="evil", name=evil)
    one = make.SeriesFactory(department=department, kpi__name=evil, kpi__unit="<b>")
    make.figures(one, make.wave(10, 20), target=30)
    recompute(cycle.pk, at=AT)
    for address in (
        page("home"),
        page("departments"),
        page("department", department="evil"),
        page("gaps"),
        page("report"),
        page("series", series=one.pk),
    ):
        assert "<script>alert" not in boss.get(address).content.decode()


@pytest.mark.parametrize("name", ["home", "departments", "department", "gaps", "report", "series"])
def test_pages_ask_a_fixed_number_of_times(boss, cycle, sales, name):
    of = {"department": {"department": "sales"}, "series": {"series": 0}}.get(name, {})
    counts = []
    for number in (2, 12):
        kpi = make.KPIFactory()
        for _ in range(number):
            made = make.SeriesFactory(department=sales)
            make.figures(made, make.wave(10, 24), target=30)
            other = make.SeriesFactory(kpi=kpi, department=make.DepartmentFactory(parent=sales))
            make.figures(other, make.wave(10, 24), target=30)
        recompute(cycle.pk, at=AT)
        if name == "series":
            of = {"series": other.pk}
        with CaptureQueriesContext(connection) as asked:
            assert boss.get(page(name, **of)).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 30
