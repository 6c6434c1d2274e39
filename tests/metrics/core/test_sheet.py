"""Files as columns of observations: what is no figure is left out and told, and nothing else is."""

from __future__ import annotations

import numpy as np
import pytest

from metrics.core import sheet
from metrics.core.answers import Answers
from metrics.core.mapping import Names
from metrics.core.problems import Unreadable
from metrics.core.sheet import Sheet
from metrics.core.tabular import Limits

NAMES = Names({"sales", "marketing"}, {"win rate"})


def read(text: str, **options: object) -> Sheet:
    return sheet.read(text.encode(), **{"names": NAMES} | options)


def values(of: Sheet) -> list[float]:
    return of.numbers["value"].tolist()


def test_a_wide_file_has_no_figure_where_a_cell_is_blank():
    found = read("Department,KPI,Jan 2025,Feb 2025\nSales,Win rate,1,\nMarketing,Win rate,,\n")
    assert (values(found), found.lines.tolist(), found.problems.count, found.unplaced) == ([1.0], [2], 0, 0)
    assert found.left_out == 3


def test_errors_of_a_wide_file_name_the_column_and_the_line():
    found = read("Department,KPI,Jan 2025,Feb 2025\nSales,Win rate,1,2\nMarketing,Win rate,3,x\n")
    assert [(one.line, one.column, one.value) for one in found.problems.first()] == [(3, "Feb 2025", "x")]
    assert found.bad.tolist().count(True) == 1


def test_more_figures_than_rows_may_be_are_refused():
    with pytest.raises(Unreadable, match="more than 3 figures"):
        read("Department,KPI,Jan 2025,Feb 2025\nSales,Win rate,1,2\nMarketing,Win rate,3,4\n", limits=Limits(rows=3))


def test_columns_that_name_departments():
    found = read("KPI,Month,Sales,Marketing\nWin rate,2025-01,1,2\nWin rate,2025-02,3,4\n")
    assert sorted(values(found)) == [1, 2, 3, 4]
    assert sorted(name.text for name in found.texts["department"].values) == ["Marketing", "Sales"]


def test_headers_over_two_rows_with_the_years_below():
    found = read(",,Jan,Feb\nDepartment,KPI,2025,2025\nSales,Win rate,1,2\n")
    assert [column.fixed for column in found.understood.mapping.columns if column.names] == ["Jan 2025", "Feb 2025"]


def test_a_cell_may_be_as_long_as_the_limit():
    found = read(f"department,kpi,period,value\n{'x' * 11},Win rate,2025-01,1\n", limits=Limits(cell=10))
    assert "longer than 10 characters" in found.problems.first()[0].message


def test_marks_of_rows_without_a_kpi_say_nothing():
    found = read("department,kpi,period,value\nSales,,2025-01,12 %\nSales,Win rate,2025-01,13 %\n")
    assert found.bad.tolist() == [True, False]


@pytest.mark.parametrize("rows", ["12.5|1,5|1,234", "1,5|12.5|1,234", "1,234|12.5|1,5"])
def test_a_column_that_proves_both_signs_is_asked_about(rows):
    lines = "".join(f'Sales,Win rate,2025-{month:02d},"{cell}"\n' for month, cell in enumerate(rows.split("|"), 1))
    found = read(f"department,kpi,period,value\n{lines}")
    assert [question.kind for question in found.questions] == ["decimal"]
    for sign in (".", ","):
        said = read(f"department,kpi,period,value\n{lines}", answers=Answers(decimal=sign))
        assert (said.questions, said.problems.count) == ([], 1)


def test_each_column_by_its_own_evidence():
    found = read("department;kpi;period;value;target\nSales;Win rate;2025-01;1,5;12.5\nSales;Win rate;2025-02;1,234;12.345\n")
    assert (values(found), found.numbers["target"].tolist(), found.questions) == ([1.5, 1.234], [12.5, 12.345], [])


def test_a_repeated_header_a_remark_and_a_blank_row_are_no_observations():
    text = "department,kpi,period,value\nNorth,,,\nSales,Win rate,2025-01,1\ndepartment,kpi,period,value\n,,,\nSales,Win rate,2025-02,2\n"
    found = read(text)
    assert (values(found), found.problems.count) == ([1, 2], 0)
    assert [line for line, _ in found.understood.aside] == [2, 4]


def test_rows_that_lack_a_value_are_errors():
    found = read("department,kpi,period,value\nSales,Win rate,2025-01,\n")
    assert found.problems.first()[0].message.startswith("The value is missing.")
    np.testing.assert_array_equal(found.bad, [True])
