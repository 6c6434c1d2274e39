"""The KPI dictionary as a file: read, compared, refused with place and repair."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from departments.core.names import forbidden, key, tidy
from departments.core.roles import Function
from metrics.core import dictionary
from metrics.core.dictionary import COLUMNS, Entry, Kept, coded, compare, written
from metrics.core.kpi import Direction
from metrics.core.periods import Frequency
from metrics.core.problems import Unreadable
from saypro_review.lib.inert import inert

WINS = Entry(
    "wins",
    "Win rate",
    "Won of decided.",
    "won / decided x 100",
    "%",
    Direction.INCREASE,
    Frequency.MONTH,
    Function.SALES,
    4,
    "ada@example.org",
)
QUEUE = Entry("queue", "Queue", "", "", "orders", Direction.DECREASE, Frequency.WEEK, Function.OPERATIONS, 3, "")
KEPT = {"wins": Kept(WINS, figures=True), "queue": Kept(QUEUE, figures=False)}
PEOPLE = {"ada@example.org", "bo@example.org"}
HEADER = ",".join(COLUMNS)
AS_KEPT = "wins,Win rate,Won of decided.,won / decided x 100,%,higher,month,sales,4,ada@example.org"


def text(*rows: str, header: str = HEADER, end: str = "\n") -> bytes:
    return end.join([header, *rows, ""]).encode()


def asked(*rows: str, header: str = HEADER):
    return compare(text(*rows, header=header), KEPT, PEOPLE)


def found(*rows: str, header: str = HEADER) -> list[tuple[int, str, str]]:
    return [(problem.line, problem.column, problem.value) for problem in asked(*rows, header=header).problems]


def said(*rows: str, header: str = HEADER) -> list[tuple[str, str, str]]:
    comparison = asked(*rows, header=header)
    assert not comparison.problems
    return comparison.changes[0].said


def test_a_file_that_says_what_is_kept_changes_nothing():
    comparison = asked(AS_KEPT, "queue,Queue,,,orders,lower,week,operations,3,")
    assert (comparison.changes, comparison.same, comparison.problems) == ([], 2, [])


def test_a_change_says_what_was_and_what_becomes():
    comparison = asked(AS_KEPT.replace("4,ada", "5,bo").replace("Won of decided.", "Deals won."))
    assert comparison.changed[0].said == [
        ("definition", "Won of decided.", "Deals won."),
        ("importance", "4", "5"),
        ("owner", "ada@example.org", "bo@example.org"),
    ]
    assert comparison.changed[0].line == 2
    assert comparison.changed[0].after == replace(WINS, definition="Deals won.", importance=5, owner="bo@example.org")
    assert not comparison.new


def test_a_column_that_is_left_out_stays_as_it_is():
    assert said("wins,5", header="code,importance") == [("importance", "4", "5")]


def test_an_empty_cell_clears_a_text_and_nothing_else():
    assert said("wins,,", header="code,definition,owner") == [("definition", "Won of decided.", ""), ("owner", "ada@example.org", "")]
    assert found("wins,,,,,", header="code,name,direction,frequency,function,importance") == [
        (2, "direction", ""),
        (2, "frequency", ""),
        (2, "function", ""),
        (2, "importance", ""),
        (2, "name", ""),
    ]


def test_an_unknown_code_is_a_new_kpi_with_defaults():
    comparison = asked("leads,Leads,up,monthly", header="code,name,direction,frequency")
    assert comparison.new[0].after == Entry("leads", "Leads", direction=Direction.INCREASE, frequency=Frequency.MONTH)
    assert ("direction", "", "higher") in comparison.new[0].said
    assert not comparison.new[0].turns


def test_a_new_kpi_needs_name_direction_and_frequency():
    assert found("leads,", header="code,unit") == [(2, "direction", ""), (2, "frequency", ""), (2, "name", "")]


def test_a_turned_direction_is_told_apart():
    comparison = asked("wins,lower", "queue,lower", header="code,direction")
    assert [change.after.code for change in comparison.turned] == ["wins"]


def test_semicolons_quotes_byte_order_mark_and_the_order_of_columns():
    content = b"\xef\xbb\xbf" + b'Definition ;CODE;"Owner (email)"\r\n"Won; of all";wins;BO@example.org\r\n'
    comparison = compare(content, KEPT, PEOPLE)
    assert comparison.changes[0].said == [("definition", "Won of decided.", "Won; of all"), ("owner", "ada@example.org", "bo@example.org")]


def test_lines_are_those_of_the_file():
    content = text('wins,"a\nb"', "", "  ,", "queue,x", "nothing", header="code,definition")
    assert [change.line for change in compare(content, KEPT, PEOPLE).changes] == [2, 6]
    assert found('wins,"a\nb"', "", "queue,x", "nothing", header="code,definition") == [(6, "", "")]


@pytest.mark.parametrize(
    ("row", "column", "message"),
    [
        ("wins,,Win rate", "code", None),
        ("a b,,X", "code", "letters, digits, hyphens"),
        ("-a,,X", "code", "letters, digits, hyphens"),
        (",,X", "code", "letters, digits, hyphens"),
        (f"{'a' * 41},,X", "code", "at most 40"),
        ("Wins,,X", "code", "There is a KPI with the code wins"),
        ("wins,sideways,Win rate", "direction", "higher, lower or neutral"),
        ("wins,higher,Que\u200bue", "name", "Character 4 is invisible"),
        ("wins,higher,QUEUE", "name", "The KPI queue is called so"),
    ],
)
def test_what_is_wrong_has_column_and_repair(row, column, message):
    problems = asked(row, header="code,direction,name").problems
    if message is None:
        assert [problem.column for problem in problems] == ["direction"]
    else:
        assert [(problem.line, problem.column) for problem in problems if message in problem.message] == [(2, column)]


@pytest.mark.parametrize(
    ("column", "cell", "message"),
    [
        ("frequency", "week", "Its figures are monthly. Write month"),
        ("frequency", "hourly", "day, week, month"),
        ("function", "magic", "customer service"),
        ("importance", "6", "from 1 (least)"),
        ("importance", "2.5", "from 1 (least)"),
        ("importance", "٣", "from 1 (least)"),
        ("owner", "who@example.org", "Nobody who signs in"),
        ("unit", "x" * 31, "longer than 30"),
        ("definition", "x" * 2001, "longer than 2,000"),
        ("formula", "a\u202eb", "Character 2 is invisible"),
        ("name", "x" * 201, "longer than 200"),
    ],
)
def test_wrong_cells(column, cell, message):
    (problem,) = asked(f"wins,{cell}", header=f"code,{column}").problems
    assert (problem.line, problem.column) == (2, column)
    assert message in problem.message


def test_a_kpi_without_figures_may_change_its_frequency():
    assert said("queue,month", header="code,frequency") == [("frequency", "week", "month")]


def test_all_errors_are_found_not_the_first_alone():
    assert (
        len(asked("wins,x,9,z", "wins,higher,1,sales", "new,higher,0,", "short", header="code,direction,importance,function").problems) == 8
    )


def test_the_same_code_twice():
    assert found("wins,5", "wins,4", header="code,importance") == [(3, "code", "wins")]


def test_names_may_be_swapped_but_not_shared():
    comparison = asked("wins,Queue", "queue,Win rate", header="code,name")
    assert len(comparison.changes) == 2
    assert not comparison.problems
    new = "a,Speed,up,week", "b,speed,up,week"
    assert found(*new, header="code,name,direction,frequency") == [(2, "name", "Speed"), (3, "name", "speed")]


def test_a_name_may_change_its_spelling():
    assert said("wins,WIN RATE", header="code,name") == [("name", "Win rate", "WIN RATE")]


@pytest.mark.parametrize(
    ("header", "problems"),
    [
        ("name", [(1, "code", "")]),
        ("code,name,NAME", [(1, "name", "NAME"), (1, "name", "name")]),
        ("code,colour", [(1, "colour", "colour")]),
        ("code,", [(1, "", "")]),
    ],
)
def test_wrong_headers_end_the_reading(header, problems):
    assert found("x,y,z", header=header) == problems


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty"),
        (b"\n\n", "empty"),
        (b"PK\x03\x04", "spreadsheet"),
        (b"\xd0\xcf\x11\xe0", "spreadsheet"),
        (b"code\nwins\n\xff", "Line 3 is not UTF-8"),
        (b"code\r\rwi\0ns", "Line 3 holds a NUL"),
        (b'code\n"wins', "line 2"),
        (b"code\n" + b"a\n" * 2001, "more than 2,000 rows"),
        (b"x" * (1024 * 1024 + 1), "larger than 1 MB"),
    ],
)
def test_what_is_no_table_says_why(content, message):
    with pytest.raises(Unreadable, match=message):
        compare(content, KEPT, PEOPLE)


def test_a_cell_made_safe_for_spreadsheets_comes_back_as_it_was():
    kept = {"wins": Kept(replace(WINS, definition="=1+1 is two", formula="'-x", unit="-"), figures=False)}
    content = text("wins,'=1+1 is two,'-x,'-", header="code,definition,formula,unit")
    assert compare(content, kept, PEOPLE).changes == []
    changed = compare(text("wins,'-y", header="code,definition"), kept, PEOPLE).changes[0]
    assert changed.after.definition == "-y"


def test_what_is_kept_is_never_an_error():
    kept = {"Odd Code": Kept(replace(WINS, code="Odd Code", owner="left@example.org", definition="x" * 3000), figures=True)}
    out = io.StringIO()
    csv.writer(out).writerows([COLUMNS, written(kept["Odd Code"].entry).values()])
    assert compare(out.getvalue().encode(), kept, PEOPLE).same == 1


def test_the_digest_is_of_what_would_be_done():
    one, other = asked("wins,5", header="code,importance"), asked("queue,week,3", "wins,month,5", header="code,frequency,importance")
    assert one.digest == other.digest
    assert one.digest != asked("wins,3", header="code,importance").digest


@pytest.mark.parametrize(("text_", "answer"), [("win-rate_2", True), ("Ä", True), ("", False), ("a b", False), ("٣", False), ("-", False)])
def test_codes(text_, answer):
    assert coded(text_) is answer


words = st.text(st.characters(blacklist_categories=("Cs",)), max_size=40)
plain = words.map(tidy).filter(lambda one: forbidden(one) is None and one == one.strip())
entries = st.builds(
    Entry,
    code=st.from_regex(r"[a-z][a-z0-9-]{0,8}", fullmatch=True),
    name=plain.filter(lambda one: one and len(key(one)) <= 200),
    definition=plain,
    formula=plain,
    unit=plain.map(lambda one: one[:20].strip()),
    direction=st.sampled_from(Direction),
    frequency=st.sampled_from(Frequency),
    function=st.sampled_from(Function),
    importance=st.integers(1, 5),
    owner=st.sampled_from(["", *PEOPLE]),
)


@given(st.lists(entries, max_size=5, unique_by=(lambda one: one.code, lambda one: key(one.name))), st.sampled_from([",", ";"]))
def test_what_was_downloaded_comes_back_unchanged(listed, delimiter):
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerow(COLUMNS)
    for entry in listed:
        writer.writerow([inert(cell) for cell in written(entry).values()])
    comparison = compare(out.getvalue().encode(), {one.code: Kept(one, figures=True) for one in listed}, PEOPLE)
    assert (comparison.changes, comparison.same, comparison.problems) == ([], len(listed), [])


@given(st.lists(entries, max_size=5, unique_by=(lambda one: one.code, lambda one: key(one.name))))
def test_a_dictionary_goes_from_one_place_to_another(listed):
    """Into an empty one, everything as it was, but for an apostrophe that stood before a sign already."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for entry in listed:
        writer.writerow([inert(cell) for cell in written(entry).values()])
    comparison = compare(out.getvalue().encode(), {}, PEOPLE)
    assert not comparison.problems
    shown = [written(entry) for entry in listed]
    plain_ = [{column: dictionary._plain(str(inert(cell))) for column, cell in row.items()} for row in shown]
    assert [written(change.after) for change in comparison.changes] == plain_
