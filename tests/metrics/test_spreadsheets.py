"""Workbooks through the whole engine: the same figures as from text, questions where a sheet leaves something open, refusals in words."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from metrics.core.answers import TIMES_100, Answers
from metrics.core.kpi import ImportState
from metrics.models import Observation
from metrics.services import imports
from tests.factories import AT
from tests.metrics.dialects import EXPECTED, TABLE, wide_form
from tests.sheets import Error, ods, xlsx

pytestmark = pytest.mark.django_db
HEADER = ["department", "kpi", "period", "value", "target", "unit", "direction"]
LONG = [HEADER, *([one.department, one.kpi, one.month, one.value, one.target, one.unit, one.direction] for one in TABLE)]
TITLED = [["A&E performance"], [], *LONG, ["Total", None, None, 999999], [], ["Source: NHS England"]]


def _number(cell: str) -> object:
    return float(cell) if cell.replace(".", "", 1).isdecimal() else cell or None


WIDE = [wide_form()[0], *([*row[:4], *map(_number, row[4:])] for row in wide_form()[1:])]


def run(content: bytes, **options: object) -> imports.Outcome:
    return imports.run(**{"file_name": "book.xlsx", "content": content, "create": True, "by": None, "at": AT} | options)


def kept() -> dict[tuple[str, str, str], tuple[float, float | None]]:
    rows = Observation.objects.values_list("series__department__name", "series__kpi__name", "period", "value", "target")
    return {(department, kpi, period.isoformat()): (value, target) for department, kpi, period, value, target in rows}


@pytest.mark.parametrize("write", [xlsx, ods])
@pytest.mark.parametrize("rows", [LONG, TITLED, WIDE], ids=["long", "titled", "wide"])
def test_a_workbook_is_read_as_the_same_figures(write, rows):
    outcome = run(write(rows))
    assert (outcome.batch.state, [problem.message for problem in outcome.problems]) == (ImportState.APPLIED, [])
    assert kept() == EXPECTED


def test_numbers_shown_as_percentages_are_fractions_and_asked_about():
    rows = [
        HEADER,
        ["Sales", "Win rate", date(2025, 1, 1), 0.215, 0.25, "%", "higher"],
        ["Sales", "Win rate", date(2025, 2, 1), 0.3, 0.25, "%", "higher"],
    ]
    content = xlsx(rows, formats={3: "0.0%", 4: "0.0%"})
    outcome = run(content)
    assert (outcome.batch.state, [question["kind"] for question in outcome.batch.questions]) == (ImportState.UNDECIDED, ["percent"])
    run(content, answers=Answers(percent=TIMES_100))
    assert sorted(kept().values()) == [(21.5, 25), (30, 25)]


def test_one_of_several_sheets_is_asked_for():
    content = xlsx([["Notes"], ["Read me", "first"]], name="Info", more={"Data": LONG})
    outcome = run(content)
    assert [(question["kind"], question["options"], question["flag"]) for question in outcome.batch.questions][:1] == [
        ("sheet", ["Info", "Data"], "--sheet")
    ]
    assert run(content, answers=Answers(sheet="Data")).batch.state == ImportState.APPLIED
    assert kept() == EXPECTED
    missing = run(content, answers=Answers(sheet="Nowhere"))
    assert missing.rows is None
    assert "Nowhere" in missing.batch.message


def test_error_cells_are_errors_with_their_row():
    rows = [HEADER, ["Sales", "Win rate", datetime(2025, 1, 1), 20, None, "%", "higher"],
            ["Sales", "Win rate", datetime(2025, 2, 1), Error("#DIV/0!"), None, "%", "higher"]]  # fmt: skip
    outcome = run(xlsx(rows))
    assert outcome.batch.state == ImportState.REFUSED
    assert [(problem.line, problem.column, problem.value) for problem in outcome.problems] == [(3, "value", "#DIV/0!")]


@pytest.mark.parametrize("content", [b"PK\x03\x04 and so on", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old"])
def test_what_is_no_workbook_is_refused_in_words(content):
    outcome = run(content)
    assert (outcome.rows, outcome.batch.state) == (None, ImportState.REFUSED)
    assert outcome.batch.message.endswith(".")
    assert not Observation.objects.exists()
