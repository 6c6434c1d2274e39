"""What people decide about a file on its way: answers, names, good rows, cancelling; and what is kept for the next file."""

from __future__ import annotations

import csv
import gzip
import io
from datetime import date

import pytest
from django.db import connections, transaction

from departments.models import AuditEvent, Department
from departments.services.jobs import Refused
from metrics.core.answers import Answers
from metrics.core.kpi import ImportState
from metrics.core.review import unpack
from metrics.models import KPI, Import, ImportLayout, ImportReview, Observation
from metrics.queries import import_page
from metrics.services import imports
from tests import factories as make
from tests.factories import AT
from tests.metrics.core.files import ROWS, text

pytestmark = pytest.mark.django_db
DAYS = text("Sales;Win rate;01/02/2026;20", "Sales;Win rate;01/03/2026;21", header="Abteilung;Kennzahl;Datum;Ist")


def received(content: bytes, *, create: bool = False) -> Import:
    return imports.receive(file_name="figures.csv", content=content, create=create, by=None, at=AT)


def checked(content: bytes) -> Import:
    return imports.check(received(content), at=AT)


def told(batch: Import, answers: Answers | None = None, *, create: bool = False) -> Import:
    imports.answer(batch, answers or Answers(), create=create, by=None, at=AT)
    return imports.check(Import.objects.get(pk=batch.pk), at=AT)


def written(batch: Import, **options: object) -> Import:
    imports.confirm(batch, **{"create": False, "by": None, "at": AT} | options)
    return imports.apply(Import.objects.get(pk=batch.pk), by=None, at=AT)


def kinds(batch: Import) -> list[str]:
    return [question["kind"] for question in batch.questions]


@pytest.fixture
def win_rate(sales):
    return make.KPIFactory(name="Win rate", unit="")


# Answers


def test_a_question_is_answered_and_the_answer_kept_for_the_next_file_of_the_layout(win_rate, admin):
    batch = checked(DAYS)
    assert (batch.state, kinds(batch), batch.rejected) == (ImportState.UNDECIDED, ["dates"], 0)
    batch = told(batch, Answers(dates="day-first", header_line=1))
    assert (batch.state, batch.new) == (ImportState.READY, 2)
    imports.confirm(batch, create=False, by=admin, at=AT)
    assert imports.apply(batch, by=admin, at=AT).state == ImportState.APPLIED
    kept = ImportLayout.objects.get()
    assert (kept.layout, kept.answers, kept.used_by) == (batch.layout, {"dates": "day-first"}, admin)
    following = checked(text("Sales;Win rate;01/04/2026;22", header="Abteilung;Kennzahl;Datum;Ist"))
    assert (following.state, following.new) == (ImportState.READY, 1)
    assert written(following).state == ImportState.APPLIED
    assert list(Observation.objects.order_by("period").values_list("period", flat=True)) == [date(2026, month, 1) for month in (2, 3, 4)]


def test_the_command_answers_for_itself(win_rate):
    ImportLayout.objects.create(layout=checked(DAYS).layout, answers={"dates": "day-first"}, used_at=AT)
    outcome = imports.run(file_name="a.csv", content=DAYS, create=False, by=None, at=AT)
    assert kinds(outcome.batch) == ["dates"]


def test_answers_are_taken_only_before_the_file_is_written(win_rate):
    batch = written(checked(text("Sales,Win rate,2026-01,20", header="department,kpi,period,value")))
    with pytest.raises(Refused, match="takes no answers now: imported"):
        imports.answer(batch, Answers(), create=True, by=None, at=AT)


def test_names_are_matched_created_or_left_out():
    make.DepartmentFactory(name="Sales")
    make.KPIFactory(name="Win rate")
    batch = checked(text(*(f"{name},Win rate,%,up,month,,2026-01,20" for name in ("Saless", "Test", "New"))))
    assert batch.unknown["departments"] == ["New", "Saless", "Test"]
    assert batch.reading["near"]["departments"] == {"Saless": ["Sales"]}
    batch = told(batch, Answers(departments={"saless": "Sales", "TEST": ""}), create=True)
    assert (batch.state, batch.new, batch.rejected) == (ImportState.READY, 2, 0)
    assert [3, "“Test” is left out by answer"] in batch.reading["aside"]
    written(batch, create=True)
    assert set(Department.objects.values_list("name", flat=True)) == {"Sales", "New"}


def test_only_names_that_were_shown_are_created():
    make.KPIFactory(name="Win rate")
    wide = text("Sales,20,21", header="Department,Jan 2026,Feb 2026")
    batch = checked(wide)
    assert kinds(batch) == ["columns"]
    batch = told(batch, Answers(constants={"kpi": "Win rate"}), create=True)
    assert (batch.state, kinds(batch)) == (ImportState.UNDECIDED, ["unknown_departments"])
    batch = told(batch, Answers(constants={"kpi": "Win rate"}), create=True)
    assert batch.state == ImportState.READY


# Good rows and rejects


def test_the_good_rows_go_in_and_the_others_come_back_as_a_file(win_rate):
    bad = ["Sales,Win rate,%,higher,month,40,2026-02,x", "Sales,Win rate,%,sideways,month,40,2026-03,22"]
    batch = checked(text("Sales,Win rate,%,higher,month,40,2026-01,20", *bad))
    assert (batch.state, batch.new, batch.rejected, batch.has_good_rows) == (ImportState.REFUSED, 1, 2, True)
    with pytest.raises(Refused, match="cannot be imported: refused"):
        imports.confirm(batch, create=False, by=None, at=AT)
    rows = list(csv.reader(io.StringIO(gzip.decompress(batch.review.rejects).decode("utf-8-sig"))))
    assert rows[0] == [*["department", "kpi", "unit", "direction", "frequency", "target", "period", "value"], "reason"]
    assert [row[:-1] for row in rows[1:]] == [line.split(",") for line in bad]
    assert rows[1][-1].startswith("value: This is not a number.")
    batch = written(batch, good_rows=True)
    assert (batch.state, batch.new, batch.rejected) == (ImportState.APPLIED, 1, 2)
    assert list(Observation.objects.values_list("value", flat=True)) == [20]
    rejected = gzip.decompress(ImportReview.objects.get(batch=batch).rejects).decode("utf-8-sig")
    repaired = rejected.replace(",x,", ",21,").replace("sideways", "up")
    assert written(checked(repaired.encode())).new == 2


def test_a_file_of_bad_rows_only_has_no_good_ones(win_rate):
    batch = checked(text("Sales,Win rate,%,higher,month,40,2026-02,x"))
    assert not batch.has_good_rows
    with pytest.raises(Refused):
        imports.confirm(batch, create=False, good_rows=True, by=None, at=AT)


# Review


def test_every_row_is_reviewed_with_what_it_changes():
    imports.run(file_name="a.csv", content=text(), create=True, by=None, at=AT)
    batch = checked(text(ROWS[0].replace("31.5", "32.5"), ROWS[1], ROWS[2].replace("2025-01", "2025-02")))
    review = unpack(bytes(batch.review.rows))
    assert review.counts == {"new": 1, "changed": 1, "same": 1}
    (changed,) = review.page("changed", 0, 50)
    assert (changed.line, changed.figures["value"], changed.old) == (2, 32.5, {"value": 31.5})
    page = import_page(batch)
    assert (page.shown, page.rows[0].figures[0]) == ("changed", ("32.5\u00a0%", "31.5\u00a0%"))


def test_what_looks_unlikely_is_shown_before_the_button_and_stops_nothing(win_rate):
    values = [20.5, 21, 20, 22, 21.5, 20, 21, 2150, 21]
    rows = [f"Sales,Win rate,2025-{month:02d},{value}" for month, value in enumerate(values, 1)]
    batch = checked(text(*rows, header="department,kpi,period,value"))
    assert batch.state == ImportState.READY
    assert [(one["kind"], one["line"]) for one in batch.warnings] == [("unit_slip", 9)]
    assert import_page(batch).shown == "warnings"


def test_a_file_that_was_imported_is_recognised(win_rate):
    content = text("Sales,Win rate,2026-01,20", header="department,kpi,period,value")
    first = written(checked(content))
    again = checked(content.replace(b"20\n", b"20.0\n"))
    assert (again.state, import_page(again).earlier) == (ImportState.UNCHANGED, first)


# Cancelling


@pytest.mark.parametrize("content", [text(), DAYS, text("Sales,Win rate,%,higher,month,40,2026-02,x")])
def test_a_file_is_called_off_before_it_is_written(content, admin):
    batch = imports.cancel(checked(content), by=admin, at=AT)
    assert batch.state == ImportState.CANCELLED
    assert AuditEvent.objects.filter(act="import.cancel", actor=admin).exists()
    with pytest.raises(Refused, match="cannot be cancelled: cancelled"):
        imports.cancel(batch, by=admin, at=AT)
    assert imports.check(batch, at=AT).state == ImportState.CANCELLED


@pytest.mark.parametrize("while_", ["check", "apply"])
def test_a_check_or_an_import_under_way_stops_where_it_is(while_, monkeypatch):
    monkeypatch.setattr(imports.reading, "TOLD_EVERY", 1)
    batch = received(text(), create=True)
    if while_ == "apply":
        batch = imports.check(batch, at=AT)
        imports.confirm(batch, create=True, by=None, at=AT)
        batch.refresh_from_db()
    steps = []

    def progress(step: str, done: int, total: int) -> None:
        steps.append(step)
        if len(steps) == 1:
            imports.cancel(batch, by=None, at=AT)

    work = imports.check(batch, progress=progress, at=AT) if while_ == "check" else imports.apply(batch, by=None, at=AT, progress=progress)
    assert (work.state, steps) == (ImportState.CANCELLED, ["Reading the file"])
    assert not Observation.objects.exists()
    assert not KPI.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_what_is_being_written_can_only_be_undone_afterwards():
    batch = imports.check(received(text(), create=True), at=AT)
    other = connections["default"].copy()
    with transaction.atomic():
        Import.objects.select_for_update(no_key=True).get(pk=batch.pk)
        with other.cursor() as cursor:
            mine, connections["default"] = connections["default"], other
            try:
                with pytest.raises(Refused, match="It can be undone afterwards"):
                    imports.cancel(batch, by=None, at=AT)
            finally:
                connections["default"] = mine
            cursor.execute("SELECT 1")
    other.close()
