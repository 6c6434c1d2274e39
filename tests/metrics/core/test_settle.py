"""What rows say together: every contradiction is named with its line, whatever the file's order."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.core import period_text, sheet
from metrics.core.kpi import Direction
from metrics.core.periods import Frequency
from metrics.core.problems import Problems, Unreadable
from metrics.core.rows import Known, KnownKpi, digest
from metrics.core.settle import iso, settle
from tests.metrics.core.files import HEADER, ROWS, found, problems, text, understood

WIN_RATE = KnownKpi(7, "%", Direction.INCREASE, Frequency.MONTH)
KNOWN = Known({"sales": 3}, {"win rate": WIN_RATE})


def test_rows_as_they_are_to_be_kept():
    rows = understood(text(), KNOWN)
    assert [(one.name.text, one.id) for one in rows.departments] == [("Marketing", None), ("Sales", 3)]
    assert [(kpi.name.text, kpi.known, kpi.unit, kpi.direction, kpi.frequency) for kpi in rows.kpis] == [
        ("Leads", None, "count", "increase", "month"),
        ("Win rate", WIN_RATE, "%", "increase", "month"),
    ]
    assert [iso(day) for day in rows.period] == ["2025-01-01", "2025-01-01", "2025-02-01"]
    assert rows.lines.tolist() == [4, 2, 3]
    assert rows.series.tolist() == [0, 3, 3]
    assert rows.numbers["value"].tolist() == [120, 31.5, 33]
    np.testing.assert_array_equal(rows.numbers["target"], [np.nan, 40, 40])
    assert (rows.total, rows.rejected, rows.questions) == (3, 0, [])
    assert (rows.unknown_departments, rows.unknown_kpis) == (["Marketing"], ["Leads"])


def test_every_error_of_every_cell_is_named():
    content = text(
        ",Win rate,%,higher,month,40,2025-01,31.5",
        "Sales,Win\u200b rate,%,higher,month,40,2025-01,31.5",
        "Sales,Win rate,%,sideways,fortnightly,4O,31/02/2025,",
        "Sales,Win rate,%,higher,month,40,2025-01,31.5",
    )
    assert found(content) == [
        (2, "department", ""),
        (3, "kpi", "Win\u200b rate"),
        (4, "direction", "sideways"),
        (4, "frequency", "fortnightly"),
        (4, "period", "31/02/2025"),
        (4, "target", "4O"),
        (4, "value", ""),
    ]
    rows = understood(content)
    assert (len(rows), rows.rejected, rows.total) == (1, 3, 4)
    assert problems(content)[-1].message == "The value is missing. Leave out the row where there is none."


@pytest.mark.parametrize(
    ("numerator", "denominator", "column", "reason"),
    [
        ("1", "", "denominator", "both or none"),
        ("", "2", "denominator", "both or none"),
        ("-1", "2", "numerator", "below 0"),
        ("1", "0", "denominator", "above 0"),
        ("1", "-2", "denominator", "above 0"),
    ],
)
def test_parts_make_a_fraction(numerator, denominator, column, reason):
    header = "department,kpi,direction,period,value,numerator,denominator"
    rows = [f"Sales,Win rate,up,2025-01,5,{numerator},{denominator}", "Sales,Win rate,up,2025-02,5,,", "Sales,Win rate,up,2025-03,5,0,2"]
    (problem,) = problems(text(*rows, header=header))
    assert (problem.line, problem.column) == (2, column)
    assert reason in problem.message
    assert found(text("Sales,Win rate,up,2025-01,5,x,", header=header)) == [(2, "numerator", "x")]


def test_a_numerator_without_its_column():
    header = "department,kpi,direction,period,value,numerator"
    content = text("Sales,Win rate,up,2025-01,5,1", "Sales,Win rate,up,2025-02,5,", header=header)
    assert found(content) == [(2, "denominator", "")]


@pytest.mark.parametrize(
    ("row", "column", "value", "words"),
    [
        (
            "Marketing,Win rate,points,higher,month,40,2025-01,3",
            "unit",
            "points",
            "Line 2 gives “Win rate” the unit “%”. A KPI has one unit.",
        ),
        ("Marketing,WIN  RATE,%,lower,month,40,2025-01,3", "direction", "lower", "Line 2 gives “Win rate” the direction “higher”."),
        ("Marketing,Win rate,%,higher,week,40,2025-01-06,3", "frequency", "week", "Line 2 gives “Win rate” the frequency “month”."),
    ],
)
def test_one_kpi_has_one_of_each_in_a_file(row, column, value, words):
    (problem,) = problems(text(*ROWS, row))
    assert (problem.line, problem.column, problem.value) == (5, column, value)
    assert words in problem.message


@pytest.mark.parametrize(
    ("kpi", "column", "words"),
    [
        (KnownKpi(7, "points", Direction.INCREASE, Frequency.MONTH), "unit", "is kept as “points”"),
        (KnownKpi(7, "%", Direction.DECREASE, Frequency.MONTH), "direction", "is kept as “lower is better”"),
        (KnownKpi(7, "%", Direction.INCREASE, Frequency.QUARTER), "frequency", "is kept as “quarter”"),
    ],
)
def test_a_file_does_not_change_a_kept_kpi(kpi, column, words):
    told = [problem for problem in problems(text(), Known({}, {"win rate": kpi})) if problem.column == column]
    assert [problem.line for problem in told] == [2, 3]
    assert all(words in problem.message and "Correct the file" in problem.message for problem in told)


def test_blanks_contradict_nothing_and_fill_in_from_elsewhere():
    rows = understood(text("Sales,Win rate,,,,,2025-01,1", *ROWS[1:], "Sales,Leads,,,,,2025-01,1"), KNOWN)
    assert rows.problems.count == 0
    assert [(kpi.unit, kpi.direction, kpi.frequency) for kpi in rows.kpis] == [
        ("count", "increase", "month"),
        ("%", "increase", "month"),
    ]
    assert not any(kpi.adds_unit for kpi in rows.kpis)


def test_a_kept_kpi_without_unit_takes_the_files():
    rows = understood(text(), Known({}, {"win rate": KnownKpi(7, "", Direction.INCREASE, Frequency.MONTH)}))
    assert [(kpi.unit, kpi.adds_unit) for kpi in rows.kpis] == [("count", False), ("%", True)]


# Frequencies

SHORT = "department,kpi,direction,period,value"


def series(*periods: str, kpi: str = "Win rate", department: str = "Sales") -> list[str]:
    return [f"{department},{kpi},higher,{period},1" for period in periods]


@pytest.mark.parametrize(
    ("periods", "frequency"),
    [
        (["2025-01-01", "2025-01-02", "2025-01-03"], "day"),
        (["2025-01-06", "2025-01-13", "2025-01-27"], "week"),
        (["2025-01-31", "2025-02-28", "2025-03-31"], "month"),
        (["2025-01", "2025-04", "2025-07"], "quarter"),
        (["2023-01-01", "2024-01-01"], "year"),
        (["2025-01"], "month"),
        (["2025-01", "2025-06"], "month"),
    ],
)
def test_a_new_kpis_frequency_is_the_commonest_spacing(periods, frequency):
    (kpi,) = understood(text(*series(*periods), header=SHORT)).kpis
    assert kpi.frequency == frequency


def test_spacing_is_counted_within_a_series_not_from_one_to_the_next():
    rows = [*series("2025-01-06", department="A"), *series("2025-01-07", department="B"), *series("2025-01-08", department="C")]
    outcome = understood(text(*rows, header=SHORT))
    assert outcome.kpis[0].frequency is None
    (question,) = outcome.questions
    assert (question.kind, question.column, question.options) == ("frequency", "frequency", ["day", "week", "month", "quarter", "year"])
    assert "Win rate" in question.flag
    assert "column “frequency”" in question.text


def test_each_new_kpi_is_told_by_its_own_periods():
    rows = series("2025-01-06", "2025-01-13") + series("2025-01", "2025-02", kpi="Leads") + series("2025-01-09", kpi="Odd")
    outcome = understood(text(*rows, header=SHORT))
    assert {kpi.name.text: kpi.frequency for kpi in outcome.kpis} == {"Leads": "month", "Odd": None, "Win rate": "week"}


def test_a_kept_frequency_holds_whatever_the_spacing():
    known = Known({}, {"win rate": KnownKpi(7, "", Direction.INCREASE, Frequency.MONTH)})
    rows = understood(text(*series("2025-01-06", "2025-02-13"), header=SHORT), known)
    assert [iso(day) for day in rows.period] == ["2025-01-01", "2025-02-01"]


def test_a_new_kpi_without_direction_is_a_question():
    rows = [f"Sales,KPI {number},2025-01,1" for number in range(7)]
    outcome = understood(text(*rows, header="department,kpi,period,value"))
    (question,) = outcome.questions
    assert (question.kind, question.options) == ("direction", ["higher", "lower", "neutral"])
    assert "KPI 0, KPI 1, KPI 2, KPI 3, KPI 4 and 2 more" in question.text


def test_unknown_names_are_questions_until_they_may_be_made():
    kinds = {question.kind: question for question in understood(text(), KNOWN, create=False).questions}
    assert {kind: (question.column, question.options, question.flag) for kind, question in kinds.items()} == {
        "unknown_departments": ("department", ["Marketing"], "--create"),
        "unknown_kpis": ("kpi", ["Leads"], "--create"),
    }


# Periods


@pytest.mark.parametrize(
    ("frequency", "text_", "first"),
    [
        ("month", "2025-03-17", "2025-03-01"),
        ("quarter", "2025-03-17", "2025-01-01"),
        ("quarter", "2025-05", "2025-04-01"),
        ("year", "2025-05-09", "2025-01-01"),
        ("week", "2025-03-12", "2025-03-12"),
        ("day", "2025-03-12", "2025-03-12"),
    ],
)
def test_periods_are_named_by_their_first_day(frequency, text_, first):
    rows = understood(text(f"Sales,Win rate,%,higher,{frequency},,{text_},1"))
    assert [iso(day) for day in rows.period] == [first]


@pytest.mark.parametrize(
    ("frequency", "text_", "message"),
    [
        ("day", "2025-05", "A month is no period of “Win rate”, which is daily. Write a date, such as 2025-05-01."),
        ("week", "2025-05", "A month is no period of “Win rate”, which is weekly. Write a date, such as 2025-05-01."),
        ("day", "2025-W20", "A week is no period of “Win rate”, which is daily. Write a date, such as 2025-05-12."),
        ("month", "2025-Q2", "A quarter is no period of “Win rate”, which is monthly. Write a month, such as 2025-04."),
        ("quarter", "2025", "A year is no period of “Win rate”, which is quarterly. Write a quarter, such as 2025-Q1."),
        ("week", "FY2025", "A year is no period of “Win rate”, which is weekly. Write a date, such as 2025-01-01."),
    ],
)
def test_a_spelled_length_is_not_longer_than_the_periods(frequency, text_, message):
    row = f"Sales,Win rate,%,higher,{frequency},,{text_},1"
    (problem,) = problems(text(row, row.replace("Sales", "Marketing").replace(text_, "2025-04-01")))
    assert (problem.line, problem.column, problem.value, problem.message) == (2, "period", text_, message)


def test_a_row_whose_period_is_faulty_says_nothing_of_others():
    rows = [f"Sales,Win rate,%,higher,week,,{period},1" for period in ("2025-05", "2025-05-01", "2025-05", "2025-05-05", "2025-05-12")]
    told = [(problem.line, problem.message[:20]) for problem in problems(text(*rows))]
    assert told == [(2, "A month is no period"), (3, "This is a Thursday, "), (4, "A month is no period")]


def test_weeks_of_a_series_begin_on_one_weekday():
    rows = [*series("2025-01-07", "2025-01-13", "2025-01-20"), *series("2025-01-05", "2025-01-12", department="Marketing")]
    (problem,) = problems(text(*rows, header=SHORT))
    assert (problem.line, problem.column, problem.value) == (2, "period", "2025-01-07")
    assert problem.message == (
        "This is a Tuesday, and the weeks of “Win rate” here begin on Monday. Write the first day of the week, 2025-01-06."
    )


def test_a_numbered_week_begins_on_monday():
    rows = [
        f"Sales,Win rate,%,higher,week,,{period},1" for period in ("2025-01-05", "2025-01-12", "2025-02-02", "2025-W04", "w/c 2025-01-27")
    ]
    told = [(problem.value, problem.message) for problem in problems(text(*rows))]
    assert [value for value, _ in told] == ["2025-W04", "w/c 2025-01-27"]
    assert told[0][1].startswith("This week begins on a Monday, and the weeks of “Win rate” here begin on Sunday.")
    assert told[0][1].endswith("Write the first day of the week, 2025-01-19.")


def test_weeks_begin_as_those_that_are_kept():
    kpi = KnownKpi(7, "", Direction.INCREASE, Frequency.WEEK)
    known = Known({"sales": 3, "marketing": 4}, {"win rate": kpi}, {(3, 7): 6})
    rows = [*series("2025-01-06", "2025-01-12"), *series("2025-01-06", department="Marketing"), *series("2025-01-07", department="New")]
    assert found(text(*rows, header=SHORT), known) == [(2, "period", "2025-01-06")]
    assert "begin on Sunday. Write the first day of the week, 2025-01-05." in problems(text(*rows, header=SHORT), known)[0].message


# Fiscal years and quarters


def with_fiscal_years(content: bytes, start: int) -> sheet.Sheet:
    """The sheet of a file where fiscal years begin in month `start`."""
    read = sheet.read(content)
    spelt = read.texts["period"]
    meant = replace(spelt, values=[period_text.parse(text, fiscal_start=start) for text in spelt.spelt])
    return replace(read, texts={**read.texts, "period": meant})


def fiscal(*rows: str, known: Known | None = None, start: int = 4, frequency: str = "year") -> tuple[list[str], list[tuple[str, str]]]:
    """(first days of the good rows, the faulty periods with their messages) where fiscal years begin in month `start`. A row: a period,
    or a department and a period."""
    cells = [row.rpartition(",") for row in rows]
    content = text(*[f"{department or 'Sales'},Win rate,%,higher,{frequency},,{period},1" for department, _, period in cells])
    outcome = settle(with_fiscal_years(content, start), known or Known(), create=True)
    return [iso(day) for day in outcome.period], [(problem.value, problem.message) for problem in outcome.problems.first()]


def kept(frequency: str, start: int) -> Known:
    kpi = KnownKpi(7, "%", Direction.INCREASE, Frequency(frequency))
    return Known({"sales": 3, "marketing": 4}, {"win rate": kpi}, {(3, 7): start})


@pytest.mark.parametrize(
    ("frequency", "start", "rows", "firsts"),
    [
        ("year", 4, ["FY2015", "FY16", "FY 2017"], ["2014-04-01", "2015-04-01", "2016-04-01"]),
        ("year", 4, ["FY2015", "FY16", "2016-08-15"], ["2014-04-01", "2015-04-01", "2016-04-01"]),
        ("year", 4, ["FY2015", "FY16", "2016-08"], ["2014-04-01", "2015-04-01", "2016-04-01"]),
        ("year", 4, ["2014", "2015-03-31", "2016-08"], ["2014-01-01", "2015-01-01", "2016-01-01"]),
        ("year", 1, ["FY2014", "2015", "2016-08-01"], ["2014-01-01", "2015-01-01", "2016-01-01"]),
        ("quarter", 4, ["FY2016-Q1", "2015-Q3", "2015-12-31"], ["2015-04-01", "2015-07-01", "2015-10-01"]),
        ("quarter", 2, ["FY2016-Q1", "FY2016-Q2", "2015-08-15"], ["2015-02-01", "2015-05-01", "2015-08-01"]),
        ("quarter", 3, ["FY2016-Q1", "Q4 FY16", "2016-03"], ["2015-03-01", "2015-12-01", "2016-03-01"]),
    ],
)
def test_years_and_quarters_of_a_series_begin_where_most_rows_say(frequency, start, rows, firsts):
    assert fiscal(*rows, start=start, frequency=frequency) == (firsts, [])


@pytest.mark.parametrize(
    ("frequency", "start", "rows", "value", "message"),
    [
        (
            "year", 4, ["FY2014", "FY2015", "2016"], "2016",
            "This year begins in January, and the years of “Win rate” here begin in April. "
            "Write the first day of the year that is meant, such as 2015-04-01.",
        ),
        (
            "year", 4, ["2014", "2015-05-01", "FY2016"], "FY2016",
            "This year begins in April, and the years of “Win rate” here begin in January. "
            "Write the first day of the year that is meant, such as 2016-01-01.",
        ),
        (
            "quarter", 2, ["FY2014-Q1", "FY2015-Q1", "2016-Q1"], "2016-Q1",
            "This quarter begins in January, and the quarters of “Win rate” here begin in February, May, August and November. "
            "Write the first day of the quarter that is meant, such as 2015-11-01.",
        ),
        (
            "quarter", 2, ["2014-Q1", "2015-Q1", "FY2016-Q4"], "FY2016-Q4",
            "This quarter begins in November, and the quarters of “Win rate” here begin in January, April, July and October. "
            "Write the first day of the quarter that is meant, such as 2015-10-01.",
        ),
    ],
)  # fmt: skip
def test_a_year_or_quarter_that_begins_elsewhere_than_the_others_is_an_error(frequency, start, rows, value, message):
    days, told = fiscal(*rows, start=start, frequency=frequency)
    assert told == [(value, message)]
    assert len(days) == 2
    repaired = message.rpartition(" ")[2].rstrip(".")
    assert fiscal(*rows[:2], repaired, start=start, frequency=frequency) == ([*days, repaired], [])


def test_a_tie_of_starts_goes_to_january():
    days, told = fiscal("FY2015", "2016")
    assert (days, [value for value, _ in told]) == (["2016-01-01"], ["FY2015"])


def test_each_series_has_its_own_years():
    days, told = fiscal("Sales,FY2016", "Sales,FY2017", "Marketing,2016", "Marketing,2017")
    assert (days, told) == (["2016-01-01", "2017-01-01", "2015-04-01", "2016-04-01"], [])


@pytest.mark.parametrize(
    ("frequency", "start", "rows", "firsts", "faulty"),
    [
        ("year", 3, ["FY2016"], ["2015-04-01"], []),
        ("year", 3, ["2016", "2016-04-01", "2018-03"], ["2015-04-01", "2016-04-01", "2017-04-01"], []),
        ("year", 6, ["2016", "FY2017"], ["2015-07-01"], ["FY2017"]),
        ("year", 0, ["2016", "FY2018"], ["2016-01-01"], ["FY2018"]),
        ("quarter", 0, ["FY2016-Q1", "2015-Q3"], ["2015-04-01", "2015-07-01"], []),
        ("quarter", 1, ["2016-Q1", "2016-03-31"], ["2016-02-01"], ["2016-Q1"]),
        ("quarter", 1, ["2016-02", "2016-05"], ["2016-02-01", "2016-05-01"], []),
    ],
)
def test_years_and_quarters_begin_as_those_that_are_kept(frequency, start, rows, firsts, faulty):
    days, told = fiscal(*rows, known=kept(frequency, start), frequency=frequency)
    assert (days, [value for value, _ in told]) == (firsts, faulty)


def test_other_years_than_those_kept_are_told_a_first_day_that_fits():
    ((value, message),) = fiscal("FY2017", known=kept("year", 6))[1]
    assert value == "FY2017"
    assert "the years of “Win rate” here begin in July." in message
    assert message.endswith("such as 2016-07-01.")
    assert fiscal("2016-07-01", known=kept("year", 6)) == (["2016-07-01"], [])


def test_series_that_are_not_kept_begin_as_the_file_says():
    assert fiscal("Marketing,2016", "New,FY2016", known=kept("year", 3)) == (["2016-01-01", "2015-04-01"], [])


def test_a_fiscal_year_twice_names_both_lines():
    _, told = fiscal("FY2016", "2015-12-31", "FY2017", "FY2018")
    assert [(value, message[:7]) for value, message in told] == [("FY2016", "Line 3 "), ("2015-12-31", "Line 2 ")]


@pytest.mark.parametrize(
    ("rows", "frequency"),
    [
        (["FY2015", "FY2016"], "year"),
        (["FY2016"], "year"),
        (["FY2016-Q1", "FY2016-Q2"], "quarter"),
        (["Q4 2016"], "quarter"),
        (["2016-W01", "2016-W02"], "week"),
        (["Jan-16", "Feb-16"], "month"),
    ],
)
def test_a_new_kpis_frequency_is_told_by_its_spellings(rows, frequency):
    read = with_fiscal_years(text(*series(*rows), header=SHORT), 2)
    (kpi,) = settle(read, Known(), create=True).kpis
    assert kpi.frequency == frequency


@given(st.lists(st.tuples(st.integers(1960, 2060), st.booleans()), min_size=1, unique_by=lambda row: row[0]), st.integers(2, 12))
def test_years_of_any_start_are_kept_as_spelled_or_refused(years, start):
    rows = [f"FY{year}" if spelled else str(year) for year, spelled in years]
    spelled = sum(one for _, one in years)
    april = 2 * spelled > len(years)
    days, told = fiscal(*rows, start=start)
    expected = sorted(date(year - april, start if april else 1, 1).isoformat() for year, one in years if one == april)
    assert days == expected
    assert sorted(value for value, _ in told) == sorted(row for row, (_, one) in zip(rows, years, strict=True) if one != april)


def test_a_period_twice_names_both_lines():
    rows = series("2025-01", "2025-02", "2025-01-15", "2025-03", "2025-01")
    told = problems(text(*rows, header=SHORT + ""), Known())
    assert [(problem.line, problem.message[:7]) for problem in told] == [(2, "Line 6 "), (4, "Line 6 "), (6, "Line 2 ")]
    assert told[0].message == "Line 6 gives “Win rate” in “Sales” for this period as well. Keep one of the two."
    assert understood(text(*rows, header=SHORT)).rejected == 3


def test_names_that_differ_in_case_only_are_one_series():
    assert [line for line, _, _ in found(text(ROWS[0], ROWS[0].replace("Sales", "SALES  ")))] == [2, 3]


# The file as a whole


def test_columns_that_nobody_can_tell_are_a_question():
    rows = understood(text(header="department,kpi,unit,direction,frequency,target,period,colour"))
    assert (len(rows), rows.rejected, rows.total) == (0, 3, 3)
    assert [(question.kind, question.column) for question in rows.questions] == [("columns", "colour")]
    assert rows.problems.count == 0


def test_a_file_without_rows_is_unreadable():
    with pytest.raises(Unreadable, match="no rows"):
        sheet.read(text(header=HEADER)[: len(HEADER) + 1])


def test_rows_of_a_wrong_width_count_as_rejected():
    rows = understood(text(*ROWS, "Sales,Win rate"))
    assert (len(rows), rows.rejected, rows.total) == (3, 1, 4)


def test_progress_is_told():
    seen = []
    sheet.read(text(), progress=seen.append)
    assert seen == [3]


def test_only_the_first_problems_are_kept_and_all_are_counted():
    kept = Problems(limit=3)
    for line in range(20, 0, -1):
        kept.add(line, "value", "x" * 300, "m" * 400)
    assert (kept.count, [problem.line for problem in kept.first()]) == (20, [1, 2, 3])
    assert (len(kept.first()[0].value), len(kept.first()[0].message)) == (200, 300)
    rows = understood(text(*["Sales,Win rate,%,higher,month,,2025-01,x"] * 12_000))
    assert (rows.problems.count, len(rows.problems.first()), rows.rejected) == (24_000, 10_000, 12_000)


# The digest


def test_the_digest_is_of_the_rows_and_not_of_their_spelling():
    rows = [*ROWS, "Sales,Win rate,%,up,month,,2025-04,-0"]
    same = [rows[3].replace(",-0", ",0.0"), rows[2].replace("2025-01", "2025-01-09"), rows[0].replace("31.5", "3.15e1"), rows[1].upper()]
    assert digest(understood(text(*rows))) == digest(understood(text(*same)))
    columns = [",".join(reversed(row.split(","))) for row in rows]
    assert digest(understood(text(*rows))) == digest(understood(text(*columns, header=",".join(reversed(HEADER.split(","))))))


NOTED = "department,kpi,direction,period,value,note"


@pytest.mark.parametrize("cell", [0, 1, 2, 3, 4, 5])
def test_the_digest_changes_with_every_cell(cell):
    rows = ["Sales,Win rate,higher,2025-01,1,why", "Sales,Win rate,higher,2025-02,2,", "Sales,Win rate,higher,2025-03,2,why not"]
    other = ["Service", "Rate", "lower", "2025-05", "3", "because"][cell]
    changed = [",".join(other if place == cell else word for place, word in enumerate(row.split(","))) if n == 0 or cell in (1, 2) else row
               for n, row in enumerate(rows)]  # fmt: skip
    before, after = understood(text(*rows, header=NOTED)), understood(text(*changed, header=NOTED))
    assert after.problems.count == 0
    assert digest(before) != digest(after)


@given(st.permutations(range(24)))
def test_the_outcome_does_not_depend_on_the_order_of_rows(order):
    rows = [f"{department},{kpi},higher,2025-{month:02d},{month}" for department in "AB" for kpi in ("x", "y") for month in range(1, 7)]
    expected = understood(text(*rows, header=SHORT))
    shuffled = understood(text(*[rows[place] for place in order], header=SHORT))
    assert digest(shuffled) == digest(expected)
    assert shuffled.period.tolist() == expected.period.tolist()
    assert [rows[line - 2] for line in expected.lines] == [rows[order[line - 2]] for line in shuffled.lines]
