"""Spreadsheets for tests: XLSX as xlsxwriter writes them, ODS as LibreOffice does, and either by hand for what no program would write."""

from __future__ import annotations

import datetime
import io
import zipfile
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import xlsxwriter

Rows = Iterable[Sequence[Any]]


class Error(str):
    """A formula whose result is this error, such as #DIV/0!."""


@dataclass(frozen=True)
class Styled:
    """A value with a number format of its own, such as "0.0%"."""

    value: Any
    format: str


FORMATS: dict[type, str] = {
    datetime.datetime: "yyyy-mm-dd hh:mm:ss",
    datetime.date: "yyyy-mm-dd",
    datetime.time: "hh:mm:ss",
    datetime.timedelta: "[h]:mm:ss",
}


def xlsx(
    rows: Rows,
    *,
    name: str = "Sheet1",
    more: Mapping[str, Rows] | None = None,
    hidden: Collection[str] = (),
    merged: Collection[str] = (),
    formats: Mapping[int, str] | None = None,
    date_1904: bool = False,
) -> bytes:
    """A workbook: `rows` on the sheet `name`, `more` sheets after it.

    Cells: str, int, float, date, datetime, time, timedelta, bool, None (nothing there), Error, Styled. `merged`: ranges of the first
    sheet such as "A1:C1", which keep the value of their first cell. `formats`: number formats of its columns, from 0.
    """
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "date_1904": date_1904})
    for number, (title, table) in enumerate({name: rows, **(more or {})}.items()):
        sheet = book.add_worksheet(title)
        if title in hidden:
            sheet.hide()
        for row, cells in enumerate(table):
            for column, value in enumerate(cells):
                _write(book, sheet, row, column, value, (formats or {}).get(column, "") if number == 0 else "")
        for area in merged if number == 0 else ():
            sheet.merge_range(area, "")
            first = xlsxwriter.utility.xl_cell_to_rowcol(area.partition(":")[0])
            _write(book, sheet, *first, list(table)[first[0]][first[1]], "")
    book.close()
    return out.getvalue()


def ods(
    rows: Rows, *, name: str = "Sheet1", more: Mapping[str, Rows] | None = None, hidden: Collection[str] = (), merged: Collection[str] = ()
) -> bytes:
    """The same as an OpenDocument spreadsheet; of `merged` cells only those within one row."""
    tables = "".join(
        _table(title, [list(cells) for cells in table], title in hidden, merged if title == name else ())
        for title, table in {name: rows, **(more or {})}.items()
    )
    return raw_ods(tables)


def raw_ods(tables: str, **parts: bytes | str) -> bytes:
    """An OpenDocument spreadsheet around tables written by hand; `parts` replaces whole parts ("content", "manifest", "mimetype")."""
    styles = "".join(
        f'<style:style style:name="{style}" style:family="table"><style:table-properties table:display="{shown}"/></style:style>'
        for style, shown in (("ta1", "true"), ("ta2", "false"))
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {ODS_NAMES} office:version="1.3"><office:automatic-styles>{styles}'
        f"</office:automatic-styles><office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"
    )
    return archive(
        {
            "mimetype": parts.get("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
            "content.xml": parts.get("content", content),
            "META-INF/manifest.xml": parts.get("manifest", f'<?xml version="1.0"?><manifest:manifest xmlns:manifest="{ODF}manifest:1.0"/>'),
        }
    )


def raw_xlsx(
    cells: str = "", *, shared: str | None = None, sheets: str | None = None, replace: Mapping[str, bytes | str | None] | None = None
) -> bytes:
    """A workbook around the inside of `sheetData`, written by hand, and the inside of the shared texts; `sheets`: the inside of the
    list of sheets. `replace`: whole parts by their name, None to leave one out."""
    parts: dict[str, bytes | str | None] = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": _relations({"rId1": ("officeDocument", "xl/workbook.xml")}),
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{sheets or SHEET}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": _relations({"rId1": ("worksheet", "worksheets/sheet1.xml")}),
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{MAIN}"><sheetData>{cells}</sheetData></worksheet>',
        "xl/sharedStrings.xml": None if shared is None else f'<sst xmlns="{MAIN}">{shared}</sst>',
        **(replace or {}),
    }
    return archive({name: text for name, text in parts.items() if text is not None})


def archive(parts: Mapping[str, bytes | str]) -> bytes:
    """A ZIP archive of these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name, text in parts.items():
            target.writestr(name, text)
    return out.getvalue()


MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
SHEET = '<sheet name="S" sheetId="1" r:id="rId1"/>'
ODF = "urn:oasis:names:tc:opendocument:xmlns:"
ODS_NAMES = " ".join(
    [
        *(f'xmlns:{name}="{ODF}{name}:1.0"' for name in ("office", "table", "text", "style")),
        'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"',
    ]
)


def _relations(targets: Mapping[str, tuple[str, str]]) -> str:
    inside = "".join(f'<Relationship Id="{key}" Type="{OFFICE}/{kind}" Target="{to}"/>' for key, (kind, to) in targets.items())
    return f'<Relationships xmlns="{PACKAGE}">{inside}</Relationships>'


def _write(book: Any, sheet: Any, row: int, column: int, value: Any, pattern: str) -> None:
    if isinstance(value, Styled):
        value, pattern = value.value, value.format
    pattern = pattern or FORMATS.get(type(value), "")
    style = book.add_format({"num_format": pattern}) if pattern else None
    if isinstance(value, Error):
        sheet.write_formula(row, column, "=0/0", style, str(value))
    elif isinstance(value, str):
        sheet.write_string(row, column, value, style)
    elif isinstance(value, bool):
        sheet.write_boolean(row, column, value, style)
    elif isinstance(value, int | float):
        sheet.write_number(row, column, value, style)
    elif value is not None:
        sheet.write_datetime(row, column, value, style)


def _table(title: str, rows: list[list[Any]], hidden: bool, merged: Collection[str]) -> str:
    covered: dict[tuple[int, int], int] = {}  # cell -> width of the merged cells that begin there, 0 within one
    for area in merged:
        (row, first), (_, last) = (xlsxwriter.utility.xl_cell_to_rowcol(corner) for corner in area.split(":"))
        covered |= {(row, column): 0 for column in range(first, last + 1)} | {(row, first): last - first + 1}
    lines = "".join(
        '<table:table-row table:style-name="ro1">'
        + "".join(_cell(value, covered.get((row, column))) for column, value in enumerate(cells))
        + '<table:table-cell table:number-columns-repeated="16000"/></table:table-row>'
        for row, cells in enumerate(rows)
    )
    rest = (
        '<table:table-row table:number-rows-repeated="1040000"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    )
    return f'<table:table table:name={quoteattr(title)} table:style-name="{"ta2" if hidden else "ta1"}">{lines}{rest}</table:table>'


def _cell(value: Any, merged: int | None) -> str:
    if merged == 0:
        return "<table:covered-table-cell/>"
    span = f' table:number-columns-spanned="{merged}" table:number-rows-spanned="1"' if merged else ""
    kind, attribute, text = _ods_value(value)
    if not kind:
        return f"<table:table-cell{span}/>"
    shown = "".join(f"<text:p>{escape(line)}</text:p>" for line in text.split("\n"))
    more = ' calcext:value-type="error"' if isinstance(value, Error) else ""
    return f'<table:table-cell{span} office:value-type="{kind}"{attribute}{more}>{shown}</table:table-cell>'


def _ods_value(value: Any) -> tuple[str, str, str]:
    """(type, attribute with the value, text shown) as LibreOffice 7 writes them."""
    if isinstance(value, Styled):
        kind, attribute, text = _ods_value(value.value)
        return ("percentage" if value.format.endswith("%") else kind), attribute, text
    if isinstance(value, Error):
        return "string", ' office:string-value=""', value
    if isinstance(value, bool):
        return "boolean", f' office:boolean-value="{str(value).lower()}"', str(value).upper()
    if isinstance(value, int | float):
        return "float", f' office:value="{value!r}"', str(value)
    if isinstance(value, datetime.datetime | datetime.date):
        return "date", f' office:date-value="{value.isoformat()}"', value.isoformat()
    if isinstance(value, datetime.time):
        return "time", f' office:time-value="PT{value.hour:02}H{value.minute:02}M{value.second:02}S"', value.isoformat()
    if isinstance(value, datetime.timedelta):
        seconds = round(abs(value.total_seconds()))
        sign = "-" if value < datetime.timedelta() else ""
        return "time", f' office:time-value="{sign}PT{seconds // 3600:02}H{seconds // 60 % 60:02}M{seconds % 60:02}S"', str(value)
    return ("string", "", str(value)) if value is not None else ("", "", "")
