"""What the cells of XLSX and ODS files become, which sheet is read, and what is said where none can be."""

from __future__ import annotations

import csv
import datetime as dt
import io
import math
import random
import struct
import zipfile
from functools import cache

import pytest

from saypro_review.lib.sheets import BadSheet, Limits, convert, looks_like
from saypro_review.lib.sheets.child import clock, duration, moment, number, numbers
from tests.sheets import MAIN, Error, Styled, archive, ods, raw_ods, raw_xlsx, xlsx

KINDS = pytest.mark.parametrize("make", [xlsx, ods], ids=["xlsx", "ods"])


def text_of(content: bytes, **options) -> str:
    return convert(content, **options).csv.decode()


CELLS = [
    ("text as it is", "text as it is"),
    ("  blanks stay ", "  blanks stay "),
    ("Größe · 売上 · 👩🏽‍🔬", "Größe · 売上 · 👩🏽‍🔬"),
    ("a, b", '"a, b"'),
    ('a "b"', '"a ""b"""'),
    ("first\nsecond", "first second"),
    ("first\n\nthird", "first third"),
    ("=1+1", "=1+1"),
    ("1.234", "1.234"),
    ("007", "007"),
    ("P12D", "P12D"),
    (1, "1"),
    (0, "0"),
    (-17, "-17"),
    (2016, "2016"),
    (3.0, "3"),
    (1e15, "1000000000000000"),
    (0.5, "0.5"),
    (-2.25, "-2.25"),
    (1.234, "1.2340"),
    (1234.567, "1234.5670"),
    (0.1, "0.1"),
    (1e-7, "0.0000001"),
    (1e22, "1e+22"),
    (Styled(0.125, "0.0%"), "0.1250"),
    (Styled(0.5, "0%"), "0.5"),
    (True, "TRUE"),
    (False, "FALSE"),
    (dt.date(2016, 1, 31), "2016-01-31"),
    (dt.datetime(2016, 1, 31), "2016-01-31"),
    (dt.datetime(2016, 1, 31, 13), "2016-01-31T13:00:00"),
    (dt.datetime(1999, 12, 31, 23, 59, 59), "1999-12-31T23:59:59"),
    (dt.time(13, 5), "13:05:00"),
    (dt.time(0, 0, 9), "0:00:09"),
    (dt.timedelta(hours=7, minutes=30), "7:30:00"),
    (dt.timedelta(hours=30, minutes=5), "30:05:00"),
    (dt.timedelta(days=61, hours=12, seconds=1), "1476:00:01"),
    (None, ""),
    (Error("#DIV/0!"), "#DIV/0!"),
    (Error("#N/A"), "#N/A"),
    (Error("#VALUE!"), "#VALUE!"),
]


@cache
def lines_of_cells(make) -> list[str]:
    """The values of CELLS in one sheet, a row each."""
    return text_of(make([["x", value, "y"] for value, _ in CELLS])).split("\n")


@KINDS
@pytest.mark.parametrize("place", range(len(CELLS)), ids=lambda place: repr(CELLS[place][0]))
def test_a_cell_becomes(make, place):
    assert lines_of_cells(make)[place] == f"x,{CELLS[place][1]},y"


def test_a_negative_duration_keeps_its_sign():
    assert text_of(ods([[dt.timedelta(hours=-1, minutes=-30)]])) == "-1:30:00\n"


@KINDS
def test_what_is_written_reads_back_as_csv(make):
    rows = [["a,b", 'c"d', "", "e"], ["", "", "f", ""], ["'g", "\t", "h", "i"]]
    assert list(csv.reader(io.StringIO(text_of(make(rows)), newline=""), strict=True)) == rows


@KINDS
def test_a_line_is_a_row_of_the_sheet_and_columns_begin_at_a(make):
    rows = [[], [None], [None, "a", "b\nc"], [], [None, None, 1], [None, 2], [], [None]]
    assert text_of(make(rows)) == "\n\n,a,b c\n\n,,1\n,2,\n"


@KINDS
def test_blank_columns_at_the_end_are_left_out(make):
    assert text_of(make([["a", "b", None, ""], ["c", "", "", ""]])) == "a,b\nc,\n"


@KINDS
def test_merged_cells_keep_their_value_in_the_first(make):
    rows = [["2016", None, None, "x"], [1, 2, 3, 4]]
    assert text_of(make(rows, merged=["A1:C1"])) == "2016,,,x\n1,2,3,4\n"


def test_cells_merged_downwards_keep_their_value_in_the_first():
    assert text_of(xlsx([["Sales", 1], [None, 2]], merged=["A1:A2"])) == "Sales,1\n,2\n"


def test_dates_of_a_workbook_that_counts_from_1904():
    assert text_of(xlsx([[dt.date(2016, 1, 31)]], date_1904=True)) == "2016-01-31\n"


@pytest.mark.parametrize("pattern", ["0.0%", "0.00E+00", '0" months"', '"Q"0', "#,##0 [$EUR]", "[Red]0.00", "0.0\\h", '0.0 "days"'])
def test_a_number_format_with_letters_makes_no_date(pattern):
    assert text_of(xlsx([[Styled(42400.5, pattern)]])) == "42400.5\n"


@KINDS
def test_the_first_sheet_with_a_cell_is_read(make):
    book = make([[]], name="Cover", more={"Hidden": [["h"]], "Data": [["d"]], "Blank": [[None]], "Notes": [["n"]]}, hidden=["Hidden"])
    found = convert(book)
    assert (found.csv, found.sheet, found.sheets) == (b"d\n", "Data", ["Data", "Notes"])


@KINDS
def test_a_sheet_is_read_by_its_name(make):
    found = convert(make([["a"]], name="One", more={"Zwei & <drei>": [["b"]], "Äöü": [["c"]]}), sheet="Zwei & <drei>")
    assert (found.csv, found.sheet, found.sheets) == (b"b\n", "Zwei & <drei>", ["One", "Zwei & <drei>", "Äöü"])


@KINDS
def test_an_unknown_sheet_is_answered_with_those_there_are(make):
    with pytest.raises(BadSheet, match=r"There is no sheet “three”\. There is: “One”, “Two”\."):
        convert(make([["a"]], name="One", more={"Two": [["b"]], "Blank": []}), sheet="three")


@KINDS
def test_a_hidden_sheet_is_not_read(make):
    book = make([["a"]], name="One", more={"Two": [["b"]]}, hidden=["Two"])
    with pytest.raises(BadSheet, match=r"“Two” is hidden\. Show it"):
        convert(book, sheet="Two")


@KINDS
def test_an_empty_sheet_is_named(make):
    with pytest.raises(BadSheet, match=r"The sheet “Two” is empty\."):
        convert(make([["a"]], name="One", more={"Two": [[None]]}), sheet="Two")


@KINDS
@pytest.mark.parametrize("rows", [[], [[None, None]], [[""], ["", ""]]])
def test_a_workbook_without_a_cell_is_refused(make, rows):
    with pytest.raises(BadSheet, match=r"No sheet that is shown holds a cell\."):
        convert(make(rows))


@KINDS
def test_a_workbook_whose_cells_are_hidden_is_refused(make):
    with pytest.raises(BadSheet, match=r"No sheet that is shown holds a cell\."):
        convert(make([], name="One", more={"Two": [["b"]]}, hidden=["Two"]))


@KINDS
def test_too_many_rows_are_refused(make):
    rows = [[n] for n in range(11)]
    assert text_of(make(rows[:10]), limits=Limits(rows=10)).count("\n") == 10
    with pytest.raises(BadSheet, match=r"In the sheet “Sheet1” there are more than 10 rows\. There is something in row 11\."):
        convert(make(rows), limits=Limits(rows=10))


@KINDS
def test_too_many_columns_are_refused(make):
    assert text_of(make([range(28)]), limits=Limits(columns=28)).count(",") == 27
    with pytest.raises(BadSheet, match=r"more than 27 columns\. There is something in column AB\."):
        convert(make([range(28)]), limits=Limits(columns=27))


@KINDS
def test_too_long_a_cell_is_named(make):
    rows = [["a"] * 3, ["b", "c", "x" * 101]]
    assert text_of(make(rows), limits=Limits(cell=101)).endswith("x\n")
    with pytest.raises(BadSheet, match=r"Cell C2 of the sheet “Sheet1” holds more than 100 characters\."):
        convert(make(rows), limits=Limits(cell=100))


def test_a_long_row_of_short_cells_is_fine():
    assert text_of(xlsx([["abcdef"] * 50]), limits=Limits(cell=10)).count("abcdef") == 50


def test_nul_in_a_cell_is_named():
    book = raw_xlsx('<row r="3"><c r="B3" t="str"><v>a_x0000_b</v></c></row>')
    with pytest.raises(BadSheet, match="Cell B3 of the sheet “S” holds a NUL character"):
        convert(book)


def test_rows_beyond_the_first_block_keep_their_place():
    rows = [[n, "two\nlines" if n == 4800 else "", dt.date(2016, 1, 1)] for n in range(5000)]
    lines = text_of(xlsx(rows)).split("\n")
    assert lines[4800] == "4800,two lines,2016-01-01"
    assert lines[4999:] == ["4999,,2016-01-01", ""]


def test_a_column_may_hold_cells_of_every_kind():
    values = ["text", 1, 2.5, True, dt.date(2016, 1, 31), None, dt.timedelta(hours=30), 1.125, "", dt.time(1, 2, 3), False, -3]
    expected = ["text", "1", "2.5", "TRUE", "2016-01-31", "", "30:00:00", "1.1250", "", "1:02:03", "FALSE", "-3"]
    for make in (xlsx, ods):
        assert text_of(make([["x", value] for value in values])).split("\n")[:-1] == [f"x,{text}" for text in expected]


@pytest.mark.parametrize(
    "cells",
    [
        '<row r="1"><c r="A1"><v>1</v></c><c r="B1" t="inlineStr"><is><t>b</t></is></c></row>',
        '<row><c><v>1</v></c><c t="s"><v>0</v></c></row>',
        "<row r='1'><c s='0' r='A1'><v>1</v></c><c t='s' r='B1'><v>0</v></c></row>",
        '<row r="1">\n  <c r="A1">\n<v>1</v></c>\n<c\n r="b1" t="str"><f>"b"</f><v>b</v></c></row>',
        '<row r="1"><c r="B1" t="s" cm="1"><f>A2</f><v>0</v></c><c r="A1" t="n" ><v>1.0</v></c></row>',
        '<row r="1"><c r="A1"><v>1</v></c><c r="B1" t="inlineStr"><is><r><t></t></r><r><t>b</t></r></is></c><c r="C1" t="s"/></row>',
    ],
)
def test_cells_may_be_written_in_other_ways(cells):
    assert text_of(raw_xlsx(cells, shared="<si><t>b</t></si>")) == "1,b\n"


def test_names_may_have_a_prefix():
    sheet = (
        f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData><x:row r="1"><x:c r="A1"><x:v>1</x:v></x:c>'
        '<x:c r="B1" t="e"><x:v>#N/A</x:v></x:c><x:c r="C1" t="str"><x:v>a :c d</x:v></x:c></x:row></x:sheetData></x:worksheet>'
    )
    assert text_of(raw_xlsx(replace={"xl/worksheets/sheet1.xml": sheet})) == "1,#N/A,a :c d\n"


@pytest.mark.parametrize("error", ["#SPILL!", "#CALC!", "#GETTING_DATA", "#BUSY!", "Err:502"])
@pytest.mark.parametrize("quote", ['"', "'"])
def test_an_error_of_any_name_is_written_as_it_is(error, quote):
    assert text_of(raw_xlsx(f'<row r="1"><c r="A1" t={quote}e{quote}><v>{error}</v></c></row>')) == f"{error}\n"


def test_a_text_that_looks_like_the_mark_of_an_error_stays():
    assert (
        text_of(raw_xlsx('<row r="1"><c r="A1" t="str"><v>a t="e" b</v></c><c r="B1" t="e"><v>#N/A</v></c></row>'))
        == '"a t=""e"" b",#N/A\n'
    )


@pytest.mark.parametrize(
    "cell",
    [
        '<table:table-cell office:value-type="float" office:value="0"><text:p>#DIV/0!</text:p></table:table-cell>',
        '<table:table-cell table:formula="of:=IF(1>0;1/0)" office:value-type="percentage" office:value="0" calcext:value-type="error">'
        "<text:p>#DIV/0!</text:p></table:table-cell>",
        '<table:table-cell office:value-type="string" office:string-value="" calcext:value-type="error"><text:p>#DIV/0!</text:p>'
        "</table:table-cell>",
    ],
)
def test_errors_as_older_programs_write_them(cell):
    assert text_of(raw_ods(f'<table:table table:name="S"><table:table-row>{cell}</table:table-row></table:table>')) == "#DIV/0!\n"


@KINDS
def test_an_error_is_found_wherever_it_stands(make):
    """Also where one piece of the part ends and the next begins."""
    rows = [[n, Error("#N/A") if n % 7 else "#1 a,b", f"n{n}"] for n in range(20_000)]
    assert text_of(make(rows)).split("\n")[:-1] == [f"{n},{'#N/A' if n % 7 else chr(34) + '#1 a,b' + chr(34)},n{n}" for n in range(20_000)]


def test_errors_are_found_on_every_sheet():
    book = xlsx([[1]], name="One", more={"Two": [[Error("#REF!")]], "Three": [[Error("#N/A"), "x"]]}, hidden=["Two"])
    assert text_of(book, sheet="Three") == "#N/A,x\n"
    assert convert(book).sheets == ["One", "Three"]


def test_a_rank_is_no_error():
    cell = '<table:table-cell office:value-type="float" office:value="5"><text:p>#5</text:p></table:table-cell>'
    assert text_of(raw_ods(f'<table:table table:name="S"><table:table-row>{cell}</table:table-row></table:table>')) == "5\n"


def test_breaks_and_tabs_part_words_in_ods_too():
    cell = '<table:table-cell office:value-type="string"><text:p>a<text:line-break/>b<text:tab/>c<text:s/>d</text:p></table:table-cell>'
    assert text_of(raw_ods(f'<table:table table:name="S"><table:table-row>{cell}</table:table-row></table:table>')) == "a b c d\n"


def test_repeated_rows_and_cells_are_written_out():
    cells = '<table:table-cell table:number-columns-repeated="2" office:value-type="float" office:value="7"/><table:table-cell/>'
    row = f'<table:table-row table:number-rows-repeated="3">{cells}</table:table-row>'
    assert text_of(raw_ods(f'<table:table table:name="S">{row}</table:table>')) == "7,7\n" * 3


def test_a_comment_of_a_cell_is_not_its_value():
    note = "<office:annotation><text:p>no</text:p></office:annotation>"
    cell = f'<table:table-cell office:value-type="string">{note}<text:p>yes</text:p></table:table-cell>'
    assert text_of(raw_ods(f'<table:table table:name="S"><table:table-row>{cell}</table:table-row></table:table>')) == "yes\n"


def test_links_embedded_files_and_queries_are_let_be():
    book = xlsx([["a", 1]])
    with zipfile.ZipFile(io.BytesIO(book)) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    parts["xl/externalLinks/externalLink1.xml"] = b'<externalLink><externalBook r:id="rId1"/></externalLink>'
    parts["xl/externalLinks/_rels/externalLink1.xml.rels"] = b'<Relationships><Relationship Target="http://x.example/"/></Relationships>'
    parts["xl/embeddings/other.xlsx"] = book
    parts["customXml/item1.xml"] = '<?xml version="1.0" encoding="utf-16"?><DataMashup/>'.encode("utf-16")
    parts["xl/media/drawing.svg"] = b'<!DOCTYPE svg PUBLIC "a" "b"><svg/>'
    assert text_of(archive(parts)) == "a,1\n"


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (xlsx([[1]]), "xlsx"),
        (ods([[1]]), "ods"),
        (archive({"xl/workbook.bin": b"x"}), "xlsb"),
        (archive({"word/document.xml": b"x"}), "zip"),
        (archive({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": ""}), "zip"),
        (archive({}), "zip"),
        (xlsx([[1]])[:700], "zip"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504, "xls"),
        (b"department,kpi\n", None),
        (b"PK,KP\n", None),
        (b"", None),
        (b"\xef\xbb\xbfa,b\n", None),
    ],
)
def test_the_content_tells_what_it_is(content, kind):
    assert looks_like(content) == kind


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1e16, "10000000000000000"),
        (1.5e16, "15000000000000000"),
        (1e17, "1e+17"),
        (-1.5e-10, "-0.00000000015"),
        (1e-05, "0.00001"),
        (-0.0, "0"),
        (-1.125, "-1.1250"),
        (123456789.125, "123456789.1250"),
        (math.nan, "nan"),
        (-math.inf, "-inf"),
    ],
)
def test_numbers_are_digits_that_cannot_be_misread(value, text):
    assert number(value) == text


def test_numbers_read_back_as_they_were():
    rng = random.Random(5)
    odd = [struct.unpack("d", rng.randbytes(8))[0] for _ in range(10_000)]
    plain = [round(rng.uniform(-1e6, 1e6), rng.randint(0, 6)) for _ in range(10_000)] + [0.0, -0.0, 5.0, -10.0, 1.125]
    for values in (odd, plain):
        texts = numbers(values)
        assert texts == [number(value) for value in values]
        for value, text in zip(values, texts, strict=True):
            assert math.isnan(value) or float(text) == value
            assert "." not in text or len(text.partition(".")[2]) != 3 or "e" in text


def test_times_are_rounded_to_seconds():
    assert clock(59.9996) == "0:01:00"
    assert clock(-0.2) == "0:00:00"
    assert moment(dt.datetime(2016, 1, 31, 12, 59, 59, 999_900)) == "2016-01-31T13:00:00"
    assert moment(dt.datetime(2016, 1, 31, 23, 59, 59, 999_900)) == "2016-02-01"
    assert moment(dt.datetime.max) == "9999-12-31T23:59:59"


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("PT30H05M00S", "30:05:00"),
        ("-PT1H30M0S", "-1:30:00"),
        ("P1DT2H0M0S", "26:00:00"),
        ("PT0H0M1.6S", "0:00:02"),
        ("P12D", "P12D"),
        ("P3M", "P3M"),
        ("PT5H", "PT5H"),
        ("Plan", "Plan"),
    ],
)
def test_durations_of_ods(text, read):
    assert duration(text) == read
