"""What cells say of units, directions and times is held against the KPI; fractions of percentages are asked about."""

from __future__ import annotations

import pytest

from metrics.core import sheet
from metrics.core.answers import Answers
from metrics.core.kpi import Direction
from metrics.core.periods import Frequency
from metrics.core.rows import Known, KnownKpi, Rows
from metrics.core.settle import settle

HEADER = "department,kpi,frequency,period,value,target"


def read(*cells: tuple[str, str], unit: str | None = "", direction=Direction.INCREASE, largest: float = 0.0, **answers: str) -> Rows:
    """Rows of a KPI with that unit; None: of one that is new."""
    rows = [f'Sales,Rate,month,2025-{month:02d},"{value}","{target}"' for month, (value, target) in enumerate(cells, 1)]
    known = Known() if unit is None else Known(kpis={"rate": KnownKpi(1, unit, direction, Frequency.MONTH)}, largest={1: largest})
    said = Answers(**answers)
    return settle(sheet.read("\n".join([HEADER, *rows]).encode(), answers=said), known, create=True, answers=said)


def values(rows: Rows) -> list[float]:
    return rows.numbers["value"].tolist()


def said(rows: Rows) -> list[str]:
    return [problem.message for problem in rows.problems.first()]


def kinds(rows: Rows) -> list[str]:
    return [question.kind for question in rows.questions]


@pytest.mark.parametrize(
    ("cell", "unit", "value"),
    [
        ("12.5 %", "%", 12.5), ("12.5 %", "per cent", 12.5), ("R 1 234.50", "R", 1234.5), ("1234.50 ZAR", "rand", 1234.5),
        ("€5", "EUR", 5), ("USD 5", "US$", 5), ("0:30:00", "h", 0.5), ("0:30:00", "minutes", 30),
        ("0:00:30", "s", 30), ("36:00:00", "days", 1.5),
    ],
)  # fmt: skip
def test_units_that_agree(cell, unit, value):
    rows = read((cell, ""), unit=unit)
    assert (values(rows), said(rows), kinds(rows)) == ([value], [], [])


@pytest.mark.parametrize(
    ("cell", "unit", "reason"),
    [
        ("12 %", "days", "The cell says %, and the unit of “Rate” is days."),
        ("R 5", "€", "The cell says R, and the unit of “Rate” is €."),
        ("$5", "R", "The cell says $"),
        ("0:30:00", "%", "This is a duration, and the unit of “Rate” is %."),
    ],
)
def test_units_that_do_not(cell, unit, reason):
    rows = read((cell, ""), unit=unit)
    assert rows.rejected == 1
    assert reason in said(rows)[0]


def test_a_new_kpi_takes_the_unit_and_the_direction_of_its_cells():
    rows = read(("12 %", "<=15 %"), ("14 %", "TBD"), unit=None)
    (kpi,) = rows.kpis
    assert (kpi.unit, kpi.direction, said(rows)) == ("%", Direction.DECREASE, [])
    assert kinds(rows) == []


def test_a_kept_kpi_without_unit_gets_one():
    assert read(("12 %", ""), unit="").kpis[0].adds_unit


def test_a_target_that_reads_the_other_way_is_an_error():
    rows = read(("12", "<= 15"), unit="%")
    assert "This reads as “lower is better”, and of “Rate” higher is better." in said(rows)[0]
    assert read(("12", "<= 15"), unit="%", direction=Direction.DECREASE).rejected == 0


def test_durations_of_a_kpi_without_a_unit_of_time_are_asked_about():
    rows = read(("0:30:00", "1:00:00"), unit=None, direction=None)
    assert kinds(rows) == ["unit"]
    assert "In what unit of time is “Rate” to be kept?" in rows.questions[0].text
    assert values(read(("0:30:00", ""), unit=None, constants={"unit": "min", "direction": "lower"})) == [30]


@pytest.mark.parametrize(
    ("cells", "largest", "asks"),
    [
        ((("0.215", ""), ("0.3", "")), 0, True),
        ((("0.215", ""), ("1", "")), 80, True),
        ((("0.215", ""), ("0.3", "")), 0.9, False),  # so are the kept ones
        ((("0.215", ""), ("1.3", "")), 0, False),
        ((("1", ""), ("0", "")), 0, False),
        ((("0.2 %", ""), ("0.3 %", "")), 0, False),
    ],
)
def test_fractions_of_a_percentage_are_asked_about(cells, largest, asks):
    assert kinds(read(*cells, unit="%", largest=largest)) == (["percent"] if asks else [])


def test_fractions_are_read_as_a_person_says():
    cells = (("0.285", "0.3"), ("0.3", "25"))
    assert values(read(*cells, unit="%", percent="times-100")) == [28.5, 30]
    assert values(read(*cells, unit="%", percent="as-they-stand")) == [0.285, 0.3]
    assert read(("0.285", "0.3"), unit="%", percent="times-100").numbers["target"].tolist() == [30]
