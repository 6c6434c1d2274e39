"""Data health: what the page says of a cycle's figures, to whom, and that it asks the database a fixed number of times."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from departments.core.roles import Role
from gaps.models import SeriesVerdict
from gaps.queries.health import rollups
from gaps.services.recompute import recompute
from metrics.core.kpi import ImportState
from metrics.models import Observation, ObservationChange, Rebase, Series
from metrics.services import imports, rollup
from tests import factories as make
from tests.factories import AT

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss(client, manager):
    client.force_login(manager)
    return client


def page() -> str:
    return reverse("gaps:health", kwargs={"code": "q4"})


def text(answer) -> str:
    """What a reader sees, in one line."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", answer.content.decode())).replace("\u2013", "-").replace(" .", ".")


def table(client, key: str) -> list[dict[str, str]]:
    answer = client.get(reverse("gaps:health_csv", kwargs={"code": "q4", "table": key}))
    assert answer.status_code == 200
    assert answer["Content-Disposition"] == f'attachment; filename="q4-data-health-{key}.csv"'
    return list(csv.DictReader(io.StringIO(answer.content.decode())))


def series(department, name: str, values, **more) -> Series:
    one = make.SeriesFactory(department=department, kpi__name=name, kpi__code=name.lower().replace(" ", "-"))
    make.figures(one, values, **more)
    return one


def judge(cycle) -> None:
    recompute(cycle.pk, at=AT)
    cycle.refresh_from_db()


def send(content: str, by=None, at=AT):
    return imports.import_file(file_name="figures.csv", content=content.encode(), create=True, by=by, at=at)


# The whole


def test_a_sound_review_says_so(boss, judged):
    shown = text(boss.get(page()))
    assert "The data carry this review: 3 of 3 series are fit to judge. 3 of 3 series fit to judge" in shown
    for nothing in (
        "No series lacks a period.",
        "No series ends with the same value again and again.",
        "No figure has been corrected since the first day of the window.",
        "No file waits for an answer.",
        "Every KPI that has a direction has a goal or an industry standard somewhere.",
        "Every department has figures.",
        "Every series with figures is in this review.",
        "Nothing to look at: whatever can be rolled up is",
    ):
        assert nothing in shown


def test_before_the_first_run_there_is_nothing_to_say(boss, cycle):
    assert "Nothing to judge yet" in text(boss.get(page()))
    assert boss.get(reverse("gaps:health_csv", kwargs={"code": "q4", "table": "holes"})).status_code == 404


def test_a_run_without_series_shows_the_files_that_wait(boss, cycle):
    judge(cycle)
    send("department,kpi,period,value\nNorth,Orders,2025-01,1\n")
    make.ImportFactory(state=ImportState.UNDECIDED, applied_at=None, file_name="asked.csv")
    shown = text(boss.get(page()))
    assert "Nothing to judge yet" in shown
    assert "asked.csv" in shown


def test_a_review_with_everything_wrong(boss, cycle, sales, marketing):
    series(sales, "Fresh", make.wave(10, 20), target=9)
    series(sales, "Late", make.wave(10, 20), target=9, last=make.date(2025, 8, 1))
    series(sales, "Short", make.wave(10, 4), target=9)
    series(sales, "Old", make.wave(10, 20), target=9, last=make.date(2023, 8, 1))
    judge(cycle)
    shown = text(boss.get(page()))
    assert (
        "The data do not carry this review yet: 1 of 4 series is fit to judge. 1 is out of date, 1 has too few points and 1 has no "
        "figures in or near the window." in shown
    )
    assert "Marketing none has figures" in shown


def test_home_and_the_kpi_page_lead_here(boss, judged):
    for address in (
        reverse("gaps:home", kwargs={"code": "q4"}),
        reverse("gaps:series", kwargs={"code": "q4", "series": Series.objects.first().pk}),
    ):
        assert f'href="{page()}"' in boss.get(address).content.decode()


# Its tables


def test_freshness_has_the_latest_last_and_periods_behind(boss, cycle, sales):
    series(sales, "Fresh", make.wave(10, 20))
    series(sales, "Late", make.wave(10, 20), last=make.date(2025, 8, 1))
    series(sales, "Later", make.wave(10, 20), last=make.date(2025, 3, 1))
    series(sales, "Lagging", make.wave(10, 20), last=make.date(2025, 11, 1))
    judge(cycle)
    rows = [(row["kpi"], row["latest"], row["periods_behind"], row["out_of_date"]) for row in table(boss, "freshness")]
    assert rows == [
        ("Later", "2025-03-01", "9", "True"),
        ("Late", "2025-08-01", "4", "True"),
        ("Lagging", "2025-11-01", "1", "False"),
        ("Fresh", "2025-12-01", "0", "False"),
    ]
    assert "Later Sales Mar 2025 9 months out of date" in text(boss.get(page()))


def test_a_series_with_no_complete_period_is_the_least_fresh(boss, cycle, sales):
    one = series(sales, "Nothing", make.wave(10, 20))
    series(sales, "Late", make.wave(10, 20), last=make.date(2025, 3, 1))
    judge(cycle)
    SeriesVerdict.objects.filter(series=one).update(latest_period=None, stale=True)
    assert [(row["latest"], row["periods_behind"]) for row in table(boss, "freshness")] == [("", ""), ("2025-03-01", "9")]


def test_holes_name_their_periods(boss, cycle, sales):
    values = make.wave(10, 24)
    few = [None if slot == 5 else value for slot, value in enumerate(values)]
    many = [None if slot in (1, 2, 4, 6, 8, 10, 15, 16, 17) else value for slot, value in enumerate(values)]
    series(sales, "Few", few)
    series(sales, "Many", many)
    series(sales, "None", values)
    judge(cycle)
    rows = table(boss, "holes")
    assert [(row["kpi"], row["missing"], row["longest"]) for row in rows] == [("Many", "9", "3"), ("Few", "1", "1")]
    assert rows[1]["periods"] == "2024-06-01"
    assert rows[0]["periods"].split()[:3] == ["2024-02-01", "2024-03-01", "2024-05-01"]
    shown = text(boss.get(page()))
    assert "9 of 24 3 months Feb 2024 to Mar 2024, May 2024, Jul 2024, Sep 2024 and 2 more stretches" in shown


def test_a_regime_that_begins_later_makes_no_holes(boss, cycle, sales):
    one = series(sales, "Based anew", make.wave(10, 24))
    Rebase.objects.create(series=one, period="2025-03-01", reason="new system", created_at=AT)
    judge(cycle)
    assert table(boss, "holes") == []


def test_values_that_repeat_at_the_end(boss, cycle, sales):
    series(sales, "Carried", [*make.wave(10, 20), 7.0, 7.0, 7.0, 7.0])
    series(sales, "With a hole", [*make.wave(10, 20), 7.0, None, 7.0, 7.0])
    series(sales, "Constant", [7.0] * 24)
    series(sales, "Alive", make.wave(10, 24))
    judge(cycle)
    assert [(row["kpi"], row["value"], row["times"], row["since"]) for row in table(boss, "repeats")] == [
        ("Carried", "7.0", "4", "2025-09-01"),
        ("With a hole", "7.0", "3", "2025-09-01"),
    ]


HEAD = "department,kpi,unit,direction,frequency,period,value,target\n"


def figure(value: float, target: object = "") -> str:
    return f"{HEAD}Sales,Conversion rate,%,higher,month,2025-12,{value},{target}\n"


@pytest.fixture
def corrected(judged, manager):
    """A figure that two files changed after the window began, and one before."""
    for day, value, target in ((-400, 40, 30), (1, 41, 30), (2, 42.5, 31)):
        batch = send(figure(value, target), by=manager, at=AT + timedelta(days=day))
        assert batch.state == ImportState.APPLIED
    return judged


def test_corrections_say_what_was_and_became_by_which_file(boss, corrected):
    rows = table(boss, "changes")
    assert [(row["was"], row["became"]) for row in rows] == [
        ("value=41.0; target=30.0", "value=42.5; target=31.0"),
        ("value=40.0", "value=41.0"),
    ]
    assert {(row["kpi"], row["period"], row["file"], row["by"]) for row in rows} == {
        ("Conversion rate", "2025-12-01", "figures.csv, row 2", "Mo Manager")
    }
    answer = boss.get(page())
    assert "41 %, target 30 % 42.5 %, target 31 % figures.csv, row 2 Mo Manager 7 Jan 2026, 10:00" in text(answer)
    assert re.search(r'href="/imports/\d+/\?line=2"', answer.content.decode())
    assert "2 figures corrected" in text(answer)


def test_a_head_reads_corrections_without_the_way_to_the_file(client, head, corrected):
    client.force_login(head)
    answer = client.get(page())
    assert "42.5 %, target 31 % figures.csv, row 2" in text(answer)
    assert "/imports/" not in answer.content.decode()


def test_a_correction_of_words_and_one_that_was_taken_out(boss, judged):
    header = HEAD.replace("target", "note")
    send(f"{header}Sales,Conversion rate,%,higher,month,2025-12,40,first\n")
    send(f"{header}Sales,Conversion rate,%,higher,month,2025-12,40,second\n", at=AT + timedelta(days=1))
    assert table(boss, "changes")[0]["became"] == "note=second"
    assert "note “first” note “second”" in text(boss.get(page()))
    assert "no note" in text(boss.get(page()))
    Observation.objects.filter(period="2025-12-01").delete()
    assert table(boss, "changes")[0]["became"] == ""
    assert "taken out" in text(boss.get(page()))


def test_files_that_wait_are_the_newest_of_their_name(boss, client, judged, reviewer):
    for name, state, applied in (
        ("a.csv", "refused", None),
        ("a.csv", "undecided", None),
        ("b.csv", "refused", None),
        ("b.csv", "applied", AT),
    ):
        make.ImportFactory(file_name=name, state=state, applied_at=applied, questions=[{"flag": "--unit"}])
    make.ImportFactory(file_name="c.csv", state="refused", applied_at=None, rejected=3)
    make.ImportFactory(file_name="d.csv", state="refused", applied_at=None, message="This is no table.")
    rows = [(row["file"], row["state"], row["open"].replace("\u00a0", " ")) for row in table(boss, "imports")]
    assert rows == [
        ("d.csv", "refused", "This is no table."),
        ("c.csv", "refused", "3 rows with errors"),
        ("a.csv", "undecided", "1 question"),
    ]
    client.force_login(reviewer)
    assert "a.csv" not in text(client.get(page()))


def test_coverage_by_department_and_kpi(boss, cycle, sales, marketing):
    rate = make.KPIFactory(name="Rate")
    for department, values, last in ((sales, make.wave(10, 20), 12), (marketing, make.wave(10, 4), 12)):
        make.figures(make.SeriesFactory(kpi=rate, department=department), values, last=make.date(2025, last, 1))
    series(marketing, "Late", [10.0, None, 11.0, 12, 13, 14, 15, 16], last=make.date(2025, 6, 1), target=9)
    series(sales, "Old", make.wave(10, 20), last=make.date(2023, 6, 1))
    judge(cycle)
    names = ("series", "in_window", "enough_points", "fit", "out_of_date", "with_holes", "without_benchmark")
    by_department = {row["department"]: [int(row[name]) for name in names] for row in table(boss, "departments")}
    assert by_department == {"Marketing": [2, 1, 1, 0, 1, 1, 1], "Sales": [2, 1, 1, 1, 0, 0, 1]}
    assert list(by_department) == ["Marketing", "Sales"]
    by_kpi = {row["kpi"]: [int(row[name]) for name in names] for row in table(boss, "kpis")}
    assert by_kpi == {"Rate": [2, 2, 1, 1, 0, 0, 2], "Late": [1, 0, 1, 0, 1, 1, 0], "Old": [1, 0, 0, 0, 0, 0, 0]}


def test_kpis_without_any_benchmark(boss, cycle, sales, marketing):
    series(sales, "With", make.wave(10, 20), target=9)
    bare = series(sales, "Without", make.wave(10, 20))
    watched = series(sales, "Watched", make.wave(10, 20))
    watched.kpi.__class__.objects.filter(pk=watched.kpi_id).update(direction="neutral")
    other = make.SeriesFactory(kpi=Series.objects.get(kpi__name="With").kpi, department=marketing)
    make.figures(other, make.wave(10, 20))
    judge(cycle)
    assert [(row["kpi"], row["series"], row["direction"]) for row in table(boss, "benchmarks")] == [(bare.kpi.name, "1", "increase")]


def test_departments_without_figures_and_whether_those_below_have_some(boss, cycle, sales):
    above = make.DepartmentFactory(name="Above", code="above")
    sales.parent = above
    sales.save()
    make.DepartmentFactory(name="Silent", code="silent")
    series(sales, "Rate", make.wave(10, 20))
    judge(cycle)
    assert [(row["department"], row["below"]) for row in table(boss, "silent")] == [("Silent", "False"), ("Above", "True")]


def test_series_that_are_not_in_the_review_and_why(boss, cycle, sales):
    series(sales, "In", make.wave(10, 20))
    series(sales, "Old", make.wave(10, 20), last=make.date(2023, 6, 1))
    series(sales, "Later", make.wave(10, 2), last=make.date(2026, 2, 1))
    make.SeriesFactory(department=sales, kpi__name="Empty")
    judge(cycle)
    series(sales, "Waits", make.wave(10, 20))
    assert [(row["kpi"], row["why"]) for row in table(boss, "outside")] == [("Later", "later"), ("Waits", "waits"), ("Old", "old")]


def test_a_cycle_over_one_branch_speaks_of_no_other(boss, cycle, sales, marketing):
    series(sales, "Ours", make.wave(10, 20))
    series(marketing, "Theirs", make.wave(10, 20))
    cycle.roots.set([sales])
    judge(cycle)
    shown = text(boss.get(page()))
    assert "Theirs" not in shown
    assert "Marketing" not in shown


# Rolled up


@pytest.fixture
def branches(sales):
    return [make.DepartmentFactory(name=name, code=name.lower(), parent=sales) for name in ("East", "West", "South")]


def rates(department, kpi, count=20, last=(2025, 12, 1), parts=True, of=100.0, missing=()) -> Series:
    one = Series.objects.create(kpi=kpi, department=department)
    make.figures(one, [None if slot in missing else of / 2 for slot in range(count)], last=make.date(*last))
    if parts:
        Observation.objects.filter(series=one).update(numerator=1, denominator=2)
    return one


def notes(client) -> list[tuple[str, str, str]]:
    return [(row["department"], row["what"], row["why"]) for row in table(client, "rollups")]


def test_values_that_do_not_follow_their_parts_are_named(boss, cycle, branches):
    kpi = make.KPIFactory(unit="per 10")
    rates(branches[0], kpi, of=10)
    rates(branches[1], kpi, of=14)
    rollup.refresh()
    judge(cycle)
    assert [(department, what) for department, what, _ in notes(boss)] == [("Sales", "not rolled up")]
    assert "not one constant times numerator over denominator" in text(boss.get(page()))


def test_weeks_of_different_weekdays_are_named(boss, cycle, branches):
    kpi = make.KPIFactory(frequency="week")
    for department, last in zip(branches, ((2025, 12, 29), (2025, 12, 22)), strict=False):
        rates(department, kpi, last=last)
    Observation.objects.filter(series__department=branches[1]).update(period=F("period") - timedelta(days=1))
    rollup.refresh()
    judge(cycle)
    assert notes(boss) == [("Sales", "not rolled up", "The weeks of the departments below begin on different weekdays.")]


def test_sums_without_end_are_named_and_what_waits(boss, cycle, branches):
    kpi = make.KPIFactory()
    for department in branches[:2]:
        one = rates(department, kpi, count=1, last=(2025, 3, 1))
        Observation.objects.filter(series=one).update(value=100, numerator=1.7e308, denominator=1.7e308)
    rollup.refresh()
    judge(cycle)
    later = make.KPIFactory()
    for department in branches[:2]:
        rates(department, later)
    rollup.refresh()
    assert [why for _, _, why in notes(boss)] == [
        "In no period the parts add up to a number.",
        "It waits to be judged, or has no period in the window or in the 12 before it.",
    ]


def test_departments_without_parts_are_named(boss, cycle, branches):
    kpi, other = make.KPIFactory(), make.KPIFactory()
    for department in branches[:2]:
        rates(department, kpi)
    rates(branches[2], kpi, parts=False)
    rates(branches[0], other)
    rates(branches[1], other, parts=False)
    blank = rates(branches[2], other)
    Observation.objects.filter(series=blank, period="2025-01-01").update(numerator=None, denominator=None)
    rollup.refresh()
    judge(cycle)
    assert notes(boss) == [
        ("Sales", "not rolled up", "Not all figures have a numerator and a denominator: South, West."),
        ("Sales", "some departments left out", "Not all figures have a numerator and a denominator: South."),
    ]


def test_a_department_that_begins_or_ends_changes_the_sum(boss, cycle, branches):
    kpi = make.KPIFactory()
    rates(branches[0], kpi)
    rates(branches[1], kpi, count=10)
    rates(branches[2], kpi, count=7, last=(2024, 11, 1))
    rollup.refresh()
    judge(cycle)
    why = "The sums before and after are of different departments: West begins Mar 2025, South ends Nov 2024."
    assert notes(boss) == [("Sales", "departments change", why)]


def test_a_department_that_ended_long_before_the_review_counts_too(boss, cycle, branches):
    kpi = make.KPIFactory()
    rates(branches[0], kpi, count=40)
    rates(branches[1], kpi, count=40, last=(2023, 11, 1))
    rollup.refresh()
    judge(cycle)
    assert notes(boss)[0][2].endswith("West ends Nov 2023, East begins Sep 2022.")


def test_a_mark_above_nothing_is_named(boss, cycle, branches, sales):
    kpi = make.KPIFactory()
    rates(branches[0], kpi)
    Series.objects.create(kpi=kpi, department=sales, rolled_up=True)
    judge(cycle)
    assert [what for _, what, _ in notes(boss)] == ["not rolled up"]


def test_beyond_many_series_the_windows_word_is_taken(boss, cycle, branches, monkeypatch):
    kpi = make.KPIFactory()
    for department in branches[:2]:
        rates(department, kpi)
    rollup.refresh()
    judge(cycle)
    Observation.objects.filter(series__department=branches[0], period="2024-06-01").update(numerator=None, denominator=None)
    assert [what for _, what, _ in notes(boss)] == ["not rolled up"]
    monkeypatch.setattr(rollups, "LOOKED_INTO", 1)
    assert notes(boss) == []


# To whom, and how often


def test_a_head_sees_their_own_departments_only(client, head, cycle, sales, marketing):
    series(sales, "Ours", make.wave(10, 20))
    series(marketing, "Theirs", make.wave(10, 20), last=make.date(2025, 3, 1))
    judge(cycle)
    client.force_login(head)
    shown = text(client.get(page()))
    assert "1 of 1 series is fit to judge" in shown
    assert "Theirs" not in shown
    assert [row["kpi"] for row in table(client, "freshness")] == ["Ours"]


def test_a_head_over_a_rolled_up_department_reads_why_it_is_not(client, cycle, branches, sales):
    kpi = make.KPIFactory(unit="per 10")
    rates(branches[0], kpi, of=10)
    rates(branches[1], kpi, of=14)
    rollup.refresh()
    judge(cycle)
    client.force_login(make.member(Role.HEAD, sales))
    assert notes(client)[0][1] == "not rolled up"


def test_long_tables_show_their_first_rows_and_the_csv_all(boss, cycle, sales, monkeypatch):
    for number in range(15):
        series(sales, f"Late {number}", make.wave(10, 20), last=make.date(2025, 3, 1))
    judge(cycle)
    answer = boss.get(page())
    assert "15 series, the first 12 shown." in text(answer)
    assert "All 15 as CSV" in text(answer)
    assert len(table(boss, "freshness")) == 15


def test_formulas_in_names_are_inert_in_the_csv(boss, cycle, sales):
    one = series(sales, "Evil", make.wave(10, 20))
    one.kpi.name = "=1+1"
    one.kpi.save()
    judge(cycle)
    assert table(boss, "freshness")[0]["kpi"] == "'=1+1"


def test_the_page_asks_a_fixed_number_of_times(boss, cycle, sales):
    counts = []
    for number in (2, 12):
        kpi = make.KPIFactory()
        for _ in range(number):
            made = series(sales, f"KPI no {len(Series.objects.all())}", [*make.wave(10, 20), None, 7.0, 7.0, 7.0], target=30)
            branch = make.DepartmentFactory(parent=sales)
            rates(branch, kpi, count=20 if number == 2 else 15)
            batch = make.ImportFactory()
            old = {"period": "2025-12-01", "value": 1, "batch": batch, "line": 1, "replaced_by": batch, "replaced_at": AT}
            ObservationChange.objects.create(series=made, **old)
        rollup.refresh()
        judge(cycle)
        with CaptureQueriesContext(connection) as asked:
            assert boss.get(page()).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 30
