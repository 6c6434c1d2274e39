"""Bytes to rows with their lines: every refusal says where and why, and the quick way reads as the csv module does."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.core import tabular
from metrics.core.problems import Problems, Unreadable
from metrics.core.tabular import Limits, Table


def rows(content: bytes, limits: Limits = tabular.LIMITS) -> tuple[list[tuple[int, tuple[str, ...]]], Problems]:
    problems = Problems()
    out = []
    for chunk in Table(content, problems, limits):
        out += zip(chunk.lines.tolist(), zip(*chunk.columns, strict=True), strict=True)
    return out, problems


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
@pytest.mark.parametrize("last", ["", "end"])
def test_line_ends_and_bom(end, bom, last):
    content = (bom + end.join(["a,b", "1,ä", "", "2,ö"]) + (end if last else "")).encode()
    assert rows(content)[0] == [(2, ("1", "ä")), (4, ("2", "ö"))]
    assert Table(content, Problems()).header == ["a", "b"]


def test_quoted_cells_and_the_lines_they_span():
    content = b'"a","b"\n1,"x, ""y"""\n"two\r\nlines","and\nmore"\n\n2,3\n'
    assert rows(content)[0] == [(2, ("1", 'x, "y"')), (3, ("two\r\nlines", "and\nmore")), (7, ("2", "3"))]


def test_a_header_over_two_lines_after_blank_ones():
    content = b'\n\n"a\nb",c\n1,2\n'
    table = Table(content, Problems())
    assert (table.header, table.header_line) == (["a\nb", "c"], 4)
    assert rows(content)[0] == [(5, ("1", "2"))]
    assert rows(b"\r\n\r\na,c\r\n1,2\r\n")[0] == [(4, ("1", "2"))]


@pytest.mark.parametrize("quote", ["", '"'])
def test_rows_of_another_width_are_named_and_left_out(quote):
    content = f"a,b\n1,{quote}2{quote}\n3\n4,5,6\n\n7,8\n".encode()
    got, problems = rows(content)
    assert got == [(2, ("1", "2")), (6, ("7", "8"))]
    assert [(found.line, found.value) for found in problems.first()] == [(3, "3"), (4, "4,5,6")]
    assert "has 1 cells, the header 2" in problems.first()[0].message
    assert "Quote a text" in problems.first()[1].message


def test_one_column_is_a_table_too():
    assert rows(b"a\n1\n\n2\n")[0] == [(2, ("1",)), (4, ("2",))]


def test_chunks_end_at_lines(monkeypatch):
    monkeypatch.setattr(tabular, "CHUNK_BYTES", 7)
    monkeypatch.setattr(tabular, "CHUNK_ROWS", 2)
    lines = [f"{n},{'x' * (n % 9)}" for n in range(40)]
    expected = [(n + 2, (str(n), "x" * (n % 9))) for n in range(40)]
    assert rows("\n".join(["a,b", *lines]).encode())[0] == expected
    assert rows("\r\n".join(["a,b", *lines, ""]).encode())[0] == expected
    assert rows("\n".join(['"a",b', *lines]).encode())[0] == expected


@pytest.mark.parametrize(
    ("content", "line", "reason"),
    [
        (b"", 0, "empty"),
        (b"\xef\xbb\xbf", 0, "empty"),
        (b"\n\r\n\n", 0, "empty"),
        (b"a,b\n1,\0\n", 2, "NUL character .byte 7 "),
        (b"a,b\r\n\r\n1,\xe4\r\n", 3, "Line 3 is not UTF-8 text: byte 0xE4 at position 10"),
        (b"\xe4,b\n", 1, "byte 0xE4 at position 1 "),
        (b'"a",b\n1,\xff\n', 2, "byte 0xFF"),
        (b'"a",b\n' + b"1,2\n" * 9000 + b"1,\xff\n", 9002, "byte 0xFF at position 36009"),
        (b"a,b\n" + b"1,2\n" * 9000 + b"1,\xff\n", 9002, "byte 0xFF at position 36007"),
        (b"a,b\n1,\xc3", 2, "byte 0xC3 at position 7"),
        (b"PK\x03\x04 and so on", 0, "spreadsheet"),
        (b"\xd0\xcf\x11\xe0 and so on", 0, "old Excel"),
        ("a,b\n1,2".encode("utf-16"), 0, "UTF-16"),
        ("\ufeffa,b".encode("utf-16-be"), 0, "UTF-16"),
        (b'a,b\n1,2\n"3,4\n5,6\n', 3, "opened in the row of line 3 is never closed"),
        (b'a,b\n1,2\n"3"x,4\n', 3, "In line 3 text follows"),
        (b'a,"b"x\n', 1, "In line 1 text follows"),
        (b'a,b\n1,"' + b"x" * 200_000 + b'"\n', 2, "longer than 131,072"),
        (b"a,b\n1,2\n" + b"," * 1_000_001, 3, "Line 3 is longer than 1,000,000 bytes"),
    ],
)
def test_what_is_no_table_is_refused_with_the_line(content, line, reason):
    with pytest.raises(Unreadable, match=reason) as refusal:
        rows(content)
    assert refusal.value.line == line


def test_limits():
    with pytest.raises(Unreadable, match="2,001 columns"):
        rows(b",".join([b"a"] * 2001))
    few = Limits(rows=3)
    assert len(rows(b"a,b\n" + b"1,2\n" * 3, few)[0]) == 3
    for content in (b"a,b\n" + b"1,2\n" * 4, b'"a",b\n' + b"1,2\n" * 4, b"a,b\n" + b"1\n" * 4):
        with pytest.raises(Unreadable, match="more than 3 rows"):
            rows(content, few)
    assert len(rows(b"a,b\n" + (b"x" * 900_000 + b",2\n") * 3)[0]) == 3


def test_the_header_is_compared_trimmed_and_without_case():
    problems = Problems()
    assert tabular.places([" KPI ", "Department", "PERIOD", "value", "Unit"], 1, problems) == {
        "kpi": 0, "department": 1, "period": 2, "value": 3, "unit": 4,
    }  # fmt: skip
    assert problems.count == 0


@pytest.mark.parametrize(
    ("header", "column", "reason"),
    [
        (["department", "kpi", "period"], "value", "There is no column “value”. Expected: department, kpi, period, value"),
        (["department", "kpi", "period", "value", "Value"], "Value", "Columns 4 and 5 are both called “value”"),
        (["department", "kpi", "period", "value", "colour"], "colour", "Column 5 is called “colour”, which is not known"),
        (["department", "kpi", "period", "value", " "], " ", "Column 5 has no name"),
    ],
)
def test_what_is_wrong_with_a_header_is_said_with_what_is_expected(header, column, reason):
    problems = Problems()
    assert tabular.places(header, 3, problems) == {}
    (problem,) = problems.first()
    assert (problem.line, problem.column) == (3, column)
    assert reason in problem.message


def test_everything_that_is_wrong_with_a_header_is_said():
    problems = Problems()
    tabular.places(["a;b;c"], 1, problems)
    assert [problem.column for problem in problems.first()] == ["a;b;c", "department", "kpi", "period", "value"]


CELL = st.text(st.characters(codec="utf-8", exclude_characters='"\r\n,\0'), max_size=6)


@given(st.lists(st.lists(CELL, min_size=2, max_size=2), min_size=1, max_size=30), st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_the_quick_way_reads_as_the_csv_module(table, end, closed):
    content = (end.join(["a,b", *(",".join(row) for row in table)]) + (end if closed else "")).encode()
    expected = [tuple(row) for row in csv.reader(io.StringIO(content.decode(), newline=""), strict=True) if row][1:]
    assert [row for _, row in rows(content)[0]] == expected


ANY_CELL = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=6)


@given(st.lists(st.lists(ANY_CELL, min_size=2, max_size=4), min_size=1, max_size=20))
def test_what_the_csv_module_writes_is_read_back(table):
    out = io.StringIO(newline="")
    csv.writer(out).writerows([["a", "b"], *table])
    got, problems = rows(out.getvalue().encode())
    assert [row for _, row in got] == [tuple(row) for row in table if len(row) == 2]
    assert problems.count == sum(len(row) != 2 for row in table)
    physical = [1 + len(tabular.BREAK.findall("".join(csv_lines))) for csv_lines in _written_before(table)]
    assert sorted([line for line, _ in got] + [problem.line for problem in problems.first()]) == physical


def _written_before(table: list[list[str]]) -> list[list[str]]:
    """What stands in the file before each row."""
    out = []
    for count in range(len(table)):
        before = io.StringIO(newline="")
        csv.writer(before).writerows([["a", "b"], *table[:count]])
        out.append([before.getvalue()])
    return out
