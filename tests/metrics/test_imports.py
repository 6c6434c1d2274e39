"""The way of a file into the figures: checked, confirmed, applied; every row or none, once, whatever happens in between."""

from __future__ import annotations

import threading
from datetime import date
from pathlib import Path

import pytest
from django.db import connections

from departments.core.lifecycle import JobState
from departments.models import AuditEvent, Department, Job
from departments.services.jobs import Refused
from metrics import tasks
from metrics.core.kpi import ImportState
from metrics.models import KPI, Import, Observation, ObservationChange, Series
from metrics.services import imports, staging, writing
from tests import factories as make
from tests.factories import AT
from tests.metrics.core.files import ROWS, text

pytestmark = pytest.mark.django_db
DATA = Path(__file__).parent.parent / "data" / "kpi"


def run(content: bytes, **options: object) -> imports.Outcome:
    return imports.run(**{"file_name": "figures.csv", "content": content, "create": True, "by": None, "at": AT} | options)


def counts(batch: Import) -> tuple[int, int, int, int]:
    return batch.new, batch.changed, batch.same, batch.rejected


def figures() -> list[tuple[object, ...]]:
    rows = Observation.objects.order_by("series__department__key", "series__kpi__key", "period")
    return list(rows.values_list("series__department__name", "series__kpi__name", "period", "value", "target"))


# What gets into the database


def test_a_file_becomes_figures_and_what_they_need(admin):
    batch = run(text(), by=admin).batch
    assert (batch.state, counts(batch), batch.applied_at) == (ImportState.APPLIED, (3, 0, 0, 0), AT)
    assert figures() == [
        ("Marketing", "Leads", date(2025, 1, 1), 120, None),
        ("Sales", "Win rate", date(2025, 1, 1), 31.5, 40),
        ("Sales", "Win rate", date(2025, 2, 1), 33, 40),
    ]
    assert set(Department.objects.values_list("code", "name", "key")) == {
        ("sales", "Sales", "sales"),
        ("marketing", "Marketing", "marketing"),
    }
    assert set(KPI.objects.values_list("code", "name", "unit", "direction", "frequency")) == {
        ("win-rate", "Win rate", "%", "increase", "month"),
        ("leads", "Leads", "count", "increase", "month"),
    }
    assert list(Observation.objects.order_by("line").values_list("line", "batch")) == [(2, batch.pk), (3, batch.pk), (4, batch.pk)]
    assert (batch.period_from, batch.period_to) == (date(2025, 1, 1), date(2025, 2, 1))
    assert batch.unknown == {"departments": ["Marketing", "Sales"], "kpis": ["Leads", "Win rate"]}
    assert imports.original(Import.objects.get()) == text()


def test_every_column_is_kept():
    header = "department,kpi,direction,period,value,target,benchmark,benchmark_source,numerator,denominator,note"
    run(text("Sales,Win rate,up,2025-01,50,60,55,Trade survey,1,2,Öse", "Sales,Win rate,up,2025-02,51,,,,,,", header=header))
    fields = ("value", "target", "benchmark", "benchmark_source", "numerator", "denominator", "note")
    assert list(Observation.objects.values_list(*fields)) == [
        (50, 60, 55, "Trade survey", 1, 2, "Öse"),
        (51, None, None, "", None, None, ""),
    ]


def test_known_names_are_found_however_they_are_spelled(sales):
    kpi = make.KPIFactory(name="Win rate")
    batch = run(text("  SALES ,win  RATE,%,,,,2025-01,1"), create=False).batch
    assert batch.state == ImportState.APPLIED
    assert Series.objects.get().kpi == kpi
    assert Series.objects.get().department == sales


def test_a_wrong_row_keeps_all_out():
    outcome = run(text(*ROWS, "Sales,Win rate,%,higher,month,40,2025-03,n/a"))
    assert outcome.batch.state == ImportState.REFUSED
    assert counts(outcome.batch) == (3, 0, 0, 1)
    assert [(problem.line, problem.column, problem.value) for problem in outcome.problems] == [(5, "value", "n/a")]
    assert not any(model.objects.exists() for model in (Import, Department, KPI, Series, Observation, AuditEvent))


def test_unknown_names_keep_all_out_until_they_may_be_made(sales):
    batch = run(text(), create=False).batch
    assert batch.state == ImportState.UNDECIDED
    assert batch.unknown == {"departments": ["Marketing"], "kpis": ["Leads", "Win rate"]}
    assert not Import.objects.exists()


def test_the_same_file_twice_changes_nothing():
    first = run(text()).batch
    before = figures()
    again = run(text(*reversed(ROWS))).batch
    assert (again.state, counts(again)) == (ImportState.UNCHANGED, (0, 0, 3, 0))
    assert again.rows_hash == first.rows_hash
    assert figures() == before
    assert set(Observation.objects.values_list("batch", flat=True)) == {first.pk}
    assert not ObservationChange.objects.exists()


def test_changed_rows_replace_the_old_ones_which_are_kept():
    first = run(text()).batch
    second = run(text(ROWS[0], ROWS[1].replace(",33", ",35"), "Sales,Win rate,%,higher,month,40,2025-03,36")).batch
    assert counts(second) == (1, 1, 1, 0)
    assert [value for *_, value, _ in figures()] == [120, 31.5, 35, 36]
    (old,) = ObservationChange.objects.all()
    assert (old.period, old.value, old.target, old.batch_id, old.line) == (date(2025, 2, 1), 33, 40, first.pk, 3)
    assert (old.replaced_by, old.replaced_at) == (second, AT)
    assert set(Observation.objects.filter(batch=second).values_list("line", flat=True)) == {3, 4}


def test_a_and_b_and_a_again_are_three_changes():
    one, other = text(ROWS[0]), text(ROWS[0].replace("31.5", "99"))
    assert [counts(run(content).batch)[:3] for content in (one, other, one)] == [(1, 0, 0), (0, 1, 0), (0, 1, 0)]
    assert list(ObservationChange.objects.order_by("pk").values_list("value", flat=True)) == [31.5, 99]


def test_a_file_without_a_column_says_nothing_about_it():
    header = "department,kpi,direction,period,value,target,benchmark_source,note"
    run(text("Sales,Win rate,up,2025-01,50,60,survey,why", "Sales,Win rate,up,2025-02,51,61,survey,", header=header))
    short = "department,kpi,period,value"
    assert counts(run(text("Sales,Win rate,2025-01,50", "Sales,Win rate,2025-02,52", header=short)).batch) == (0, 1, 1, 0)
    assert list(Observation.objects.values_list("value", "target", "benchmark_source", "note")) == [
        (50, 60, "survey", "why"),
        (52, 61, "survey", ""),
    ]
    emptied = text("Sales,Win rate,up,2025-01,50,,survey,", header=header)
    assert counts(run(emptied).batch) == (0, 1, 0, 0)
    assert Observation.objects.values_list("target", "note")[0] == (None, "")


def test_parts_go_with_the_value_that_they_made():
    header = "department,kpi,direction,period,value,numerator,denominator"
    run(text("Sales,Win rate,up,2025-01,50,1,2", "Sales,Win rate,up,2025-02,50,2,4", header=header))
    run(text("Sales,Win rate,up,2025-01,60,5", "Sales,Win rate,up,2025-02,50,5", header="department,kpi,direction,period,value,target"))
    assert list(Observation.objects.values_list("value", "target", "numerator", "denominator")) == [(60, 5, None, None), (50, 5, 2, 4)]
    assert list(ObservationChange.objects.order_by("period").values_list("numerator", "denominator")) == [(1, 2), (2, 4)]


@pytest.mark.parametrize("column", ["target", "benchmark", "benchmark_source", "note"])
def test_a_difference_in_any_column_is_a_change(column):
    header = f"department,kpi,direction,period,value,{column}"
    cells = ["1", "2", "", "1"]
    for cell, expected in zip(cells, [(1, 0, 0), (0, 1, 0), (0, 1, 0), (0, 1, 0)], strict=True):
        content = text(f"Sales,Win rate,up,2025-01,50,{cell}", header=header)
        assert counts(run(content).batch)[:3] == expected
        assert counts(run(content).batch)[:3] == (0, 0, 1)


def test_weeks_must_fit_the_kept_ones():
    run(text("Sales,Win rate,%,up,week,,2025-01-06,1"))
    outcome = run(text("Sales,Win rate,%,,,,2025-01-14,1"))
    assert [(problem.line, problem.column) for problem in outcome.problems] == [(2, "period")]
    assert run(text("Sales,Win rate,%,,,,2025-01-13,1")).batch.state == ImportState.APPLIED


@pytest.mark.parametrize(
    ("frequency", "starts", "period", "first", "odd"),
    [
        ("year", 3, "2016", date(2015, 4, 1), None),
        ("year", 3, "2016-04-01", date(2016, 4, 1), None),
        ("year", 0, "2016-04-01", date(2016, 1, 1), None),
        ("quarter", 1, "2016-04-30", date(2016, 2, 1), "2016-Q2"),
        ("quarter", 2, "2016-03", date(2016, 3, 1), "2016-Q2"),
        ("week", 6, "2016-04-24", date(2016, 4, 24), "2016-W17"),
    ],
)
def test_periods_begin_where_the_kept_ones_do(sales, frequency, starts, period, first, odd):
    kpi = make.KPIFactory(name="Win rate", frequency=frequency)
    make.figures(make.SeriesFactory(kpi=kpi, department=sales), [1, 2, 3], last=date(2015, 1, 15), starts=starts)
    assert run(text(f"Sales,Win rate,%,,,,{period},9")).batch.state == ImportState.APPLIED
    assert Observation.objects.get(value=9).period == first
    if odd:
        (problem,) = run(text(f"Sales,Win rate,%,,,,{odd},9")).problems
        assert f"the {frequency}s of “Win rate” here begin" in problem.message


def test_a_missing_unit_is_filled_in_even_if_no_figure_is_new():
    run(text("Sales,Win rate,up,2025-01,50", header="department,kpi,direction,period,value"))
    content = text("Sales,Win rate,%,2025-01,50", header="department,kpi,unit,period,value")
    assert run(content).batch.state == ImportState.APPLIED
    assert KPI.objects.get().unit == "%"
    assert run(content).batch.state == ImportState.UNCHANGED


def test_a_dry_run_writes_nothing():
    run(text(ROWS[0]))
    before = figures(), AuditEvent.objects.count()
    batch = run(text(*ROWS, ROWS[0].replace("2025-01", "2025-05")), dry_run=True).batch
    assert (batch.state, counts(batch)) == (ImportState.READY, (3, 0, 1, 0))
    assert (figures(), AuditEvent.objects.count(), Import.objects.count()) == (*before, 1)


def test_names_that_make_the_same_code_get_different_ones():
    names = ["R&D", "R D", "R-D", "r/d", "-", "…", "日本", "हिन्दी", "x²", "Ⅷ", "ǅ", "\u017f", "e\u0301", "İ", "💥", "\u0663"]
    names += ["a" * 200, "a" * 199, "'; DROP TABLE", "<b>"]
    outcome = run(text(*[f"{name},{name},,up,month,,2025-01,1" for name in names]))
    assert outcome.problems == []
    assert set(Department.objects.values_list("name", flat=True)) == {name.replace("e\u0301", "é") for name in names}
    assert len(set(KPI.objects.values_list("code", flat=True))) == len(names)


@pytest.mark.parametrize(("name", "rows"), [("nhs_ae_excerpt.csv", 126), ("mta_excerpt.csv", 48)])
def test_real_files_import_as_they_are(name, rows):
    content = (DATA / name).read_bytes()
    assert counts(run(content).batch) == (rows, 0, 0, 0)
    assert set(KPI.objects.values_list("frequency", flat=True)) == {"month"}
    assert run(content).batch.state == ImportState.UNCHANGED


def test_blocks_of_any_size_give_the_same(monkeypatch):
    monkeypatch.setattr(staging, "BLOCK_ROWS", 10)
    monkeypatch.setattr(staging, "BLOCK_SERIES", 2)
    content = (DATA / "nhs_ae_excerpt.csv").read_bytes()
    assert counts(run(content).batch) == (126, 0, 0, 0)
    assert counts(run(content.replace(b",95.0,", b",94.0,")).batch) == (0, 42, 84, 0)
    assert ObservationChange.objects.count() == 42


# What follows from it


def test_cycles_that_reach_the_changed_periods_are_judged_again():
    make.CycleFactory(code="q4", data_from=date(2025, 10, 1), data_to=date(2025, 12, 31))
    make.CycleFactory(code="early", data_from=date(2024, 1, 1), data_to=date(2024, 12, 31))
    make.CycleFactory(code="closed", phase="closed")
    run(text())
    assert list(Job.objects.values_list("kind", "cycle__code")) == [("gaps.recompute", "q4")]
    run(text())
    assert Job.objects.count() == 1
    run(text(ROWS[0].replace("2025-01", "2024-11")))
    assert Job.objects.count() == 3


def test_what_is_done_is_recorded_without_content(admin):
    run(text(), by=admin)
    (event,) = AuditEvent.objects.all()
    assert (event.act, event.actor, event.object_id) == ("import.apply", admin, Import.objects.get().pk)
    assert event.details == {"state": "applied", "rows": 3, "new": 3, "changed": 0, "same": 0, "rejected": 0}


# Received, checked, confirmed, applied


@pytest.fixture
def received(admin) -> Import:
    return imports.receive(file_name="C:\\data\\kpi\u202e.csv", content=text(), create=False, by=admin, at=AT)


def check(batch: Import) -> Import:
    tasks.check(Job.objects.get(kind="metrics.check", subject_id=batch.pk).pk)
    return Import.objects.get(pk=batch.pk)


def apply(job: Job) -> Import:
    tasks.apply(job.pk)
    job.refresh_from_db()
    assert job.state == JobState.DONE, job.error
    return Import.objects.get(pk=job.subject_id)


def test_the_whole_way(received, admin):
    assert (received.state, received.file_name, received.size) == (ImportState.CHECKING, "kpi.csv", len(text()))
    checked = check(received)
    assert (checked.state, counts(checked), checked.rows) == (ImportState.UNDECIDED, (3, 0, 0, 0), 3)
    assert [question["kind"] for question in checked.questions] == ["unknown_departments", "unknown_kpis"]
    assert not Department.objects.exists()
    done = apply(imports.confirm(checked, create=True, by=admin, at=AT))
    assert (done.state, counts(done), done.questions) == (ImportState.APPLIED, (3, 0, 0, 0), [])
    assert len(figures()) == 3
    acts = AuditEvent.objects.order_by("pk").values_list("act", "actor__email")
    assert list(acts) == [
        ("import.receive", admin.email), ("import.check", None), ("import.confirm", admin.email), ("import.apply", admin.email),
    ]  # fmt: skip


def test_a_refused_file_keeps_its_errors(admin):
    batch = imports.receive(file_name="a.csv", content=text(ROWS[0], "x,y"), create=True, by=admin, at=AT)
    checked = check(batch)
    assert (checked.state, counts(checked)) == (ImportState.REFUSED, (1, 0, 0, 1))
    (error,) = checked.errors.all()
    assert (error.line, error.column, error.value) == (3, "", "x,y")
    with pytest.raises(Refused, match="cannot be imported: refused"):
        imports.confirm(checked, create=True, by=admin, at=AT)


def test_an_unreadable_file_says_why(admin):
    checked = check(imports.receive(file_name="a.csv", content=b"a\0b", create=True, by=admin, at=AT))
    assert (checked.state, checked.rows) == (ImportState.REFUSED, 0)
    assert "NUL" in checked.message
    assert [error.line for error in checked.errors.all()] == [1]


def test_more_errors_than_are_kept_are_counted(admin):
    content = text(*["Sales,Win rate,%,higher,month,,2025-01,x"] * 6_000)
    checked = check(imports.receive(file_name="a.csv", content=content, create=True, by=admin, at=AT))
    assert (checked.rejected, checked.errors.count()) == (6_000, 10_000)
    assert checked.message == "12,000 errors; the first 10,000 are kept."


def test_an_open_question_cannot_be_confirmed(admin):
    content = text("Sales,Win rate,2025-01,1", header="department,kpi,period,value")
    checked = check(imports.receive(file_name="a.csv", content=content, create=True, by=admin, at=AT))
    assert checked.state == ImportState.UNDECIDED
    assert not checked.confirmable
    with pytest.raises(Refused, match="waits for an answer"):
        imports.confirm(checked, create=True, by=admin, at=AT)


def test_confirming_twice_is_confirming_once(received, admin):
    checked = check(received)
    job = imports.confirm(checked, create=True, by=admin, at=AT)
    assert imports.confirm(checked, create=True, by=admin, at=AT) == job
    apply(job)
    with pytest.raises(Refused, match="imported"):
        imports.confirm(checked, create=True, by=admin, at=AT)


def test_what_has_changed_since_the_check_is_looked_at_again(received, admin):
    job = imports.confirm(check(received), create=True, by=admin, at=AT)
    make.KPIFactory(name="Win rate", unit="points")
    refused = apply(job)
    assert (refused.state, refused.rejected) == (ImportState.REFUSED, 2)
    assert {error.column for error in refused.errors.all()} == {"unit"}
    assert figures() == []


def test_unknown_names_that_turn_up_after_the_check_are_asked_about(sales, admin):
    batch = imports.receive(file_name="a.csv", content=text(), create=True, by=admin, at=AT)
    assert check(batch).state == ImportState.READY
    asked = apply(imports.confirm(batch, create=False, by=admin, at=AT))
    assert (asked.state, asked.confirmable) == (ImportState.UNDECIDED, True)
    assert figures() == []


# Crashes


class Crash(Exception):
    """The worker dies here."""


@pytest.mark.parametrize("where", ["write", "_replace", "_hold", "_copy"])
def test_a_crash_while_writing_leaves_nothing_and_the_next_try_does_all(where, admin, monkeypatch, caplog):
    run(text())
    content = text(ROWS[0].replace("31.5", "32"), ROWS[1].replace("2025-02", "2025-03"), "New,New,,up,month,,2025-01,1")
    batch = imports.receive(file_name="a.csv", content=content, create=True, by=admin, at=AT)
    job = imports.confirm(check(batch), create=True, by=admin, at=AT)
    before = figures()
    with monkeypatch.context() as dying:
        real = getattr(staging, where)

        def die(*args: object, **kwargs: object) -> None:
            real(*args, **kwargs)
            raise Crash

        dying.setattr(staging, where, die)
        tasks.apply(job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempts) == (JobState.QUEUED, 1)
    assert figures() == before
    assert not Department.objects.filter(name="New").exists()
    done = apply(job)
    assert (done.state, counts(done)) == (ImportState.APPLIED, (2, 1, 0, 0))
    assert ObservationChange.objects.count() == 1


def test_a_job_whose_rows_are_applied_already_comes_out_right(received, admin):
    job = imports.confirm(check(received), create=True, by=admin, at=AT)
    done = apply(job)
    events, jobs = AuditEvent.objects.count(), Job.objects.count()
    Job.objects.filter(pk=job.pk).update(state=JobState.RUNNING, ended_at=None)  # as a worker killed after its commit leaves it
    again = apply(job)
    assert (again.state, counts(again), again.applied_at) == (ImportState.APPLIED, counts(done), done.applied_at)
    assert (AuditEvent.objects.count(), Job.objects.count()) == (events, jobs)
    assert not ObservationChange.objects.exists()


def test_a_check_done_twice_is_done_once(received):
    check(received)
    job = Job.objects.get(kind="metrics.check")
    Job.objects.filter(pk=job.pk).update(state=JobState.RUNNING, ended_at=None)
    check(received)
    assert AuditEvent.objects.filter(act="import.check").count() == 1


def test_a_series_that_vanishes_stops_the_import(monkeypatch):
    run(text())
    monkeypatch.setattr(writing, "_series", lambda rows, departments, kpis: staging.kept_series(rows, departments, kpis) + 1000)
    with pytest.raises(staging.Overtaken, match="a series is gone"):
        run(text(ROWS[0].replace("31.5", "32")))
    assert ObservationChange.objects.count() == 0


def test_rows_that_vanish_stop_the_import(monkeypatch):
    run(text())
    real = staging._copy

    def copy(cursor, table, *args):
        real(cursor, table, *args)
        if table == staging.CHANGES:
            cursor.execute("DELETE FROM metrics_observation")

    monkeypatch.setattr(staging, "_copy", copy)
    with pytest.raises(staging.Overtaken, match="1 rows were to be changed"):
        run(text(ROWS[0].replace("31.5", "32")))


# Many at once


def _at_once(count: int, act) -> list[object]:
    results, start = [None] * count, threading.Barrier(count)

    def work(place: int) -> None:
        try:
            start.wait(20)
            results[place] = act(place)
        except BaseException as error:
            results[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=[place]) for place in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


@pytest.mark.django_db(transaction=True)
def test_the_same_file_ten_times_at_once_is_applied_once():
    content = (DATA / "nhs_ae_excerpt.csv").read_bytes()
    states = _at_once(10, lambda _: str(run(content).batch.state))
    assert sorted(states) == ["applied"] + ["unchanged"] * 9
    assert Observation.objects.count() == 126
    assert not ObservationChange.objects.exists()
    assert Import.objects.count() == 10


@pytest.mark.django_db(transaction=True)
def test_the_same_upload_confirmed_and_applied_by_many_workers(admin):
    uploads = [imports.receive(file_name=f"{n}.csv", content=text(), create=True, by=admin, at=AT) for n in range(3)]
    jobs = [imports.confirm(imports.check(batch, at=AT), create=True, by=admin, at=AT) for batch in uploads]
    assert _at_once(6, lambda place: tasks.apply(jobs[place % 3].pk)) == [None] * 6
    tasks.apply(jobs[0].pk)
    assert sorted(Import.objects.values_list("state", flat=True)) == ["applied", "unchanged", "unchanged"]
    assert set(Job.objects.values_list("state", flat=True)) <= {"done", "queued"}
    assert Observation.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_different_files_at_once_all_arrive():
    contents = [text(*[f"D{n},K{n % 2},,up,month,,2025-{month:02d},{n}" for month in range(1, 13)]) for n in range(6)]
    states = _at_once(6, lambda place: str(run(contents[place]).batch.state))
    assert states == ["applied"] * 6
    assert Observation.objects.count() == 72
    assert (Department.objects.count(), KPI.objects.count()) == (6, 2)
