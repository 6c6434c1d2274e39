"""A mapping file says what it must, or is told what is wrong."""

from __future__ import annotations

import json

import pytest

from metrics.core.answers import MOST, Answers, BadAnswers, by_key, from_json, role

WHOLE = {
    "encoding": "cp1252", "delimiter": ";", "sheet": "Data", "header_line": 3, "decimal": ",", "dates": "day-first", "percent": "times-100",
    "fill_down": False, "columns": {"Ist": "value", "#7": "ignore", "Jan": "target@period"}, "constants": {"department": "Sales"},
    "departments": {"Saless": "Sales", "Test": ""}, "kpis": {"Conv. rate": "Conversion rate"}, "directions": {"Churn": "lower"},
    "frequencies": {"Churn": "month"}, "units": {"Churn": "%"},
}  # fmt: skip


def test_everything_that_can_be_said_is_kept_and_written_again():
    answers = from_json(json.loads(json.dumps(WHOLE)))
    assert answers.to_json() == WHOLE
    assert from_json(answers.to_json()) == answers
    assert from_json({}) == Answers()
    assert from_json({"sheet": None, "decimal": ""}) == Answers()
    assert Answers().to_json() == {}


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ([], "one JSON object"),
        ({"colour": "red"}, "“colour” is not known. Known: columns"),
        ({"decimal": ";"}, "“decimal” is one of ., ,, not ';'"),
        ({"dates": "year-first"}, "“dates” is one of day-first"),
        ({"percent": True}, "“percent” is one of"),
        ({"delimiter": ";;"}, "must be one character"),
        ({"delimiter": '"'}, "must be one character"),
        ({"header_line": 0}, "number of a line"),
        ({"header_line": True}, "number of a line"),
        ({"header_line": "3"}, "number of a line"),
        ({"fill_down": "yes"}, "true or false"),
        ({"sheet": 3}, "a text of at most"),
        ({"sheet": "x" * 501}, "a text of at most"),
        ({"columns": ["a"]}, "must be an object"),
        ({"columns": {"a": 3}}, "“columns: a” must be a text"),
        ({"columns": {"a": "colour"}}, "“colour” is no role of a column"),
        ({"columns": {"a": "department@kpi"}}, "is no role of a column"),
        ({"columns": {"a": "value@colour"}}, "is no role of a column"),
        ({"units": {str(number): "x" for number in range(MOST + 1)}}, "at most 5,000 entries"),
        ({"constants": {"value": "3"}}, "may name department"),
        ({"directions": {"Churn": "sideways"}}, "higher, lower or neutral"),
        ({"frequencies": {"Churn": "hourly"}}, "day, week, month"),
    ],
)
def test_what_is_wrong_is_said(said, reason):
    with pytest.raises(BadAnswers, match=reason):
        from_json(said)


def test_roles_are_read_trimmed():
    roles = ["value", "numerator@department", "ignore", "week"]
    assert [role(f" {text} ") for text in roles] == roles


def test_answers_laid_over_others():
    below = Answers(decimal=",", dates="day-first", columns={"A": "kpi", "B": "value"}, fill_down=True)
    mine = Answers(dates="month-first", columns={"B": "target"}, fill_down=False)
    merged = mine.over(below)
    assert (merged.decimal, merged.dates, merged.fill_down) == (",", "month-first", False)
    assert merged.columns == {"A": "kpi", "B": "target"}
    assert Answers().over(below) == below


def test_what_holds_for_the_next_file_too():
    kept = from_json(WHOLE).remembered()
    assert (kept.encoding, kept.delimiter, kept.header_line) == ("", "", 0)
    assert (kept.decimal, kept.columns) == (",", WHOLE["columns"])


def test_names_are_found_however_they_are_spelled():
    assert by_key({" SALES ": "x", "Bü\u0308ro": "y"}) == {"sales": "x", "bü\u0308ro": "y"}
