"""How a file is written, told from its bytes."""

from __future__ import annotations

import pytest

from metrics.core.dialect import Decoded, decode, delimiter_of, head, lines
from metrics.core.mapping import familiar
from metrics.core.problems import Unreadable

ROWS = "a,b\r\n1,Größe \u2013 5 €\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_the_text_is_found_whatever_its_encoding(encoding):
    found = decode(ROWS.encode(encoding))
    assert found.content.decode() == ROWS
    assert found.guessed == (encoding == "cp1252")


def test_the_marks_of_utf_16():
    assert decode(b"\xff\xfe" + "a".encode("utf-16-le")) == Decoded(b"a", "utf-16-le")
    assert decode(b"\xfe\xff" + "a".encode("utf-16-be")) == Decoded(b"a", "utf-16-be")


def test_bytes_that_windows_does_not_have_are_another_guess():
    assert decode(b"caf\xe9 \x81") == Decoded("café \x81".encode(), "iso-8859-1", guessed=True)


@pytest.mark.parametrize(
    ("encoding", "content"),
    [("UTF-8", "ä".encode()), ("utf-8", "\ufeffä".encode()), ("utf-16", "\ufeffä".encode("utf-16-le")), (" CP850 ", "ä".encode("cp850"))],
)
def test_an_encoding_that_a_person_says(encoding, content):
    assert decode(content, encoding).content.decode() == "ä"


@pytest.mark.parametrize(
    ("content", "encoding", "reason"),
    [
        (b"a", "klingon", "“klingon” is not known. Known: utf-8"),
        (b"a", "hex", "is not known"),
        (b"\xff\xfe\x00", "", "no text in utf-16-le"),
        (b"\x81", "cp1252", "no text in cp1252. Byte 1 does not fit"),
        (b"a\n\xe4", "utf-8", "Line 2 is not UTF-8 text: byte 0xE4 at position 3"),
        ("ää".encode() + b"\xe4", "", "Line 1 is not UTF-8 text: byte 0xE4 at position 5"),
    ],
)
def test_what_is_no_text_is_refused(content, encoding, reason):
    with pytest.raises(Unreadable, match=reason):
        decode(content, encoding)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", "^", "~"])
def test_what_parts_the_cells(delimiter):
    rows = [["department", "kpi", "period", "value"], ["Sales, North", "Win; rate", "2025-01", "1,5"], ["a|b", "c", "2025-02", "2,5"]]
    text = "\n".join(delimiter.join(f'"{cell}"' if delimiter in cell else cell for cell in row) for row in rows)
    assert delimiter_of(text.encode(), familiar) == delimiter


def test_one_column_is_taken_as_parted_by_commas():
    assert delimiter_of(b"a\nb\n", familiar) == ","


def test_the_head_ends_where_the_csv_module_stumbles_unless_it_must_not():
    assert [row.cells for row in head(b'a,b\n\n ,\n"c,e\nf,g\n' + b"x" * 200_000, ",", strict=False)] == [["a", "b"]]
    assert [(row.line, row.last) for row in head(b'a,"b\nc"\n\nd,e\n', ",")] == [(1, 2), (4, 4)]
    assert len(head(b"a,b\n" * 100, ",", 7)) == 7


def test_rows_by_their_lines():
    assert lines(b'a;b\n"c\nd";e\nf;g\n', {2, 4, 9}, ";") == {2: ["c\nd", "e"], 4: ["f", "g"]}
    assert lines(b"a,b\n", set(), ",") == {}
