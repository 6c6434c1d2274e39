"""Files whose columns could be read in two ways are asked about before a row is read; those that say what they are, are not."""

from __future__ import annotations

import pytest

from metrics.core import sheet
from metrics.core.answers import Answers
from metrics.core.mapping import Names
from metrics.core.rows import Known, Rows
from metrics.core.settle import iso, settle

NAMES = Names({"sales", "marketing"}, {"win rate", "churn"})


def read(text: str, answers: Answers | None = None, names: Names = NAMES) -> Rows:
    return settle(sheet.read(text.encode(), answers=answers, names=names), Known(), create=True, answers=answers)


def asked(rows: Rows) -> str:
    return " ".join(question.text for question in rows.questions if question.kind in ("columns", "fill_down", "decimal", "dates"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Department,KPI,Period,Jan 2025,Feb 2025\nSales,Win rate,2025-01,1,2\n", "names a period, and so does the column “Period”"),
        ("Department,KPI,Jan 2025 Target,Feb 2025\nSales,Win rate,1,2\n", "has no values beside it"),
        ("Department,Month,Win rate,Churn,Target\nSales,2025-01,1,2,3\n", "It is open which KPI “Target” belongs to."),
        ("Department,KPI,Jan 2025,Feb 2025,Numerator\nSales,Win rate,1,2,3\n", "It is open which figures “Numerator” belongs to."),
        ("Department,KPI,Jan 2025,Feb 2025,Value\nSales,Win rate,1,2,3\n", "It is open which period “Value” belongs to."),
        ("Department,KPI,Jan 2025,,Mar 2025\nSales,Win rate,1,2,3\n", "Column 4 holds figures and has no header."),
        ("Department,KPI,Period,Value (R'000)\nSales,Win rate,2025-01,1\n", "may be thousands or millions"),
        ("Department,KPI,Period,Kind,Value\nSales,Churn,2025-01,Actual,1\nSales,Churn,2025-01,Target,2\n", "“Actual”, “Target” apart"),
        ("Sales,Win rate,2019,2020\nMarketing,Win rate,2021,2022\n", "the file may have no header"),
        ("Department,KPI,Month,Value\nSales,Win rate,2025-01,1\n,Churn,2025-01,2\n,,2025-02,3\n", "Does a blank mean the one above it?"),
        ('Department,KPI,Month,Value\nSales,Win rate,2025-01,"1,234"\n', "written with a decimal point or a decimal comma?"),
        ("Department,KPI,Month,Value\nSales,Win rate,01/02/2025,1\n", "day first or month first?"),
        ("Department,KPI,Month,Value\nSales,A,31/01/2025,1\nSales,A,1/31/2025,1\nSales,B,2/1/2025,1\n", "begins with the day"),
        ("Department,KPI,Period,Value,Wert\nSales,Win rate,2025-01,1,2\n", ""),
        ("Department,KPI,Period,Ist,Wert\nSales,Win rate,2025-01,1,2\n", "Look at “Ist”, “Wert” first."),
    ],
)  # fmt: skip
def test_what_could_be_read_in_two_ways_is_asked(text, words):
    said = asked(read(text))
    assert words in said
    assert bool(words) == bool(said)


def periods(rows: Rows) -> list[tuple[str, float]]:
    return [(iso(day), value) for day, value in zip(rows.period, rows.numbers["value"].tolist(), strict=True)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Department,KPI,Year,Quarter,Value\nSales,Win rate,2025,Q2,5\n", [("2025-04-01", 5)]),
        ("Department,KPI,Year,Quarter,Value\nSales,Win rate,2025,2,5\n", [("2025-04-01", 5)]),
        ("Department,KPI,Year,Week,Value\nSales,Win rate,2025,W05,5\nSales,Win rate,2025,6,6\n", [("2025-01-27", 5), ("2025-02-03", 6)]),
        ("Department,KPI,Year,Jan,Feb\nSales,Win rate,2025,5,6\n", [("2025-01-01", 5), ("2025-02-01", 6)]),
        ("Department,KPI,Month,2024,2025\nSales,Win rate,January,5,6\n", [("2024-01-01", 5), ("2025-01-01", 6)]),
        ("Department,KPI,Month,Value\nSales,Win rate,2025-01,5\nSales,Win rate,2025-02,6\n", [("2025-01-01", 5), ("2025-02-01", 6)]),
        ("Department,KPI,Year,Value\nSales,Win rate,2024,5\nSales,Win rate,2025,6\n", [("2024-01-01", 5), ("2025-01-01", 6)]),
    ],
)
def test_calendars_in_several_columns(text, expected):
    answers = Answers(
        directions={"Win rate": "up"}, frequencies={"Win rate": "month"} if "Year,Value" not in text else {"Win rate": "year"}
    )
    if "Quarter" in text or "Week" in text:
        answers = Answers(directions={"Win rate": "up"})
    rows = read(text, answers)
    assert (asked(rows), periods(rows)) == ("", expected)


@pytest.mark.parametrize(
    ("name", "left"),
    [("Total", True), ("Grand total", True), ("Total Sales", True), ("Total Quality", False), ("Media", False), ("Sales Total", True)],
)
def test_totals_are_left_aside_only_where_they_are_totals(name, left):
    text = f"Department,KPI,Period,Value\nSales,Win rate,2025-01,1\n{name},Win rate,2025-01,2\n"
    rows = read(text)
    assert ([one.name.text for one in rows.departments] == ["Sales"]) == left
    found = sheet.read(text.encode(), names=NAMES)
    assert bool(found.understood and found.understood.aside) == left


def test_a_known_department_is_never_a_total():
    names = Names({"sales", "total"}, {"win rate"})
    rows = read("Department,KPI,Period,Value\nSales,Win rate,2025-01,1\nTotal,Win rate,2025-01,2\n", names=names)
    assert [one.name.text for one in rows.departments] == ["Sales", "Total"]


def test_answers_that_name_a_column_that_is_not_there_are_an_error():
    rows = read("Department,KPI,Period,Value\nSales,Win rate,2025-01,1\n", Answers(columns={"Colour": "note"}))
    assert "The answers name a column “Colour”" in rows.problems.first()[0].message


def test_answers_go_before_headers_and_may_go_by_number():
    text = "A,B,C,D,E\nSales,Win rate,2025-01,1,9\n"
    columns = {"#1": "department", "b": "kpi", "C": "period", "D": "value", "#5": "target"}
    rows = read(text, Answers(columns=columns, directions={"win rate": "up"}, frequencies={"Win rate": "month"}))
    assert (periods(rows), rows.numbers["target"].tolist()) == ([("2025-01-01", 1.0)], [9.0])


def test_the_last_file_of_a_layout_answers_only_what_this_one_leaves_open():
    def recall(_layout: str) -> Answers:
        return Answers(decimal=",", dates="month-first")

    header = "Department;KPI;Period;Value\n"
    open_ = sheet.read(f"{header}Sales;Win rate;01/02/2025;1,234\n".encode(), names=NAMES, recall=recall)
    assert (open_.questions, open_.numbers["value"].tolist()) == ([], [1.234])
    proved = sheet.read(f"{header}Sales;Win rate;31/01/2025;1,234.5\n".encode(), names=NAMES, recall=recall)
    assert (proved.questions, proved.numbers["value"].tolist()) == ([], [1234.5])
