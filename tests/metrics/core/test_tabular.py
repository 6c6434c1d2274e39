"""Bytes to rows with their lines: every refusal says where and why, and the quick way reads as the csv module does."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.core import tabular
from metrics.core.dialect import decode
from metrics.core.problems import Problems, Unreadable
from metrics.core.tabular import Limits, Table


def rows(content: bytes, limits: Limits = tabular.LIMITS, **said: object) -> tuple[list[tuple[int, tuple[str, ...]]], Problems]:
    problems = Problems()
    out = []
    for chunk in Table(decode(content).content, problems, limits, **said):
        out += zip(chunk.lines.tolist(), zip(*chunk.columns, strict=True), strict=True)
    return out, problems


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
@pytest.mark.parametrize("last", ["", "end"])
def test_line_ends_and_bom(end, bom, last):
    content = (bom + end.join(["a,b", "1,ä", "", "2,ö"]) + (end if last else "")).encode()
    assert rows(content)[0] == [(2, ("1", "ä")), (4, ("2", "ö"))]
    assert Table(decode(content).content, Problems()).header == ["a", "b"]


def test_quoted_cells_and_the_lines_they_span():
    content = b'"a","b"\n1,"x, ""y"""\n"two\r\nlines","and\nmore"\n\n2,3\n'
    assert rows(content)[0] == [(2, ("1", 'x, "y"')), (3, ("two\r\nlines", "and\nmore")), (7, ("2", "3"))]


def test_a_header_over_two_lines_after_blank_ones():
    content = b'\n\n"a\nb",c\n1,2\n'
    table = Table(content, Problems())
    assert (table.header, table.header_line, table.header_last) == (["a\nb", "c"], 3, 4)
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
        (b"\n\r\n\n", 0, "empty"),
        (b"a,b\n1,\0\n", 2, "NUL character .byte 7 "),
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
    for content in (b"a,b\n" + b"1,2\n" * 4, b'"a",b\n' + b"1,2\n" * 4, b"a,b\n" + b"1,2,3\n" * 4):
        with pytest.raises(Unreadable, match="more than 3 rows"):
            rows(content, few)
    assert len(rows(b"a,b\n" + (b"x" * 100_000 + b",2\n") * 3)[0]) == 3


def test_texts_alone_at_the_end_are_asides_and_anywhere_else_faults():
    problems = Problems()
    table = Table(b"a,b\n1,2\nSales\n3,4\nSource: CRM\n\nPrinted today\n", problems)
    assert [chunk.lines.tolist() for chunk in table] == [[2, 4]]
    assert table.asides == [(5, "Source: CRM"), (7, "Printed today")]
    assert [problem.line for problem in problems.first()] == [3]
    assert table.rows == 3


def test_a_thousand_texts_alone_are_no_asides():
    problems = Problems()
    table = Table(b"a,b\n1,2\n" + b"x\n" * 1500, problems)
    list(table)
    assert (len(table.asides), problems.count, table.rows) == (499, 1001, 1002)


def test_blank_cells_beyond_the_header_are_cut():
    assert rows(b"a,b\n1,2,\n3,4,,  \n5,6,7\n")[0] == [(2, ("1", "2")), (3, ("3", "4"))]


def test_a_header_that_a_person_names():
    content = b"department,kpi,period,value\nold,old,2025-01,1\nx,y,z,w\na,b,c,d\n"
    assert Table(content, Problems()).header_line == 1
    assert Table(content, Problems(), header_line=3).header == ["x", "y", "z", "w"]
    with pytest.raises(Unreadable, match="no header in line 9"):
        Table(content, Problems(), header_line=9)


CELL = st.text(st.characters(codec="utf-8", exclude_characters='"\r\n,\0'), max_size=6)


@given(st.lists(st.lists(CELL, min_size=2, max_size=2), min_size=1, max_size=30), st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_the_quick_way_reads_as_the_csv_module(table, end, closed):
    content = (end.join(["a,b", *(",".join(row) for row in table)]) + (end if closed else "")).encode()
    expected = [tuple(row) for row in csv.reader(io.StringIO(content.decode(), newline=""), strict=True) if row][1:]
    assert [row for _, row in rows(content, delimiter=",", header_line=1)[0]] == expected


ANY_CELL = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=6)


@given(st.lists(st.lists(ANY_CELL, min_size=2, max_size=4), min_size=1, max_size=20))
def test_what_the_csv_module_writes_is_read_back(table):
    out = io.StringIO(newline="")
    csv.writer(out).writerows([["a", "b"], *table])
    got, problems = rows(out.getvalue().encode(), delimiter=",", header_line=1)
    narrow = [row[:2] if not any(cell.strip() for cell in row[2:]) else row for row in table]
    assert [row for _, row in got] == [tuple(row) for row in narrow if len(row) == 2]
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
