"""Excerpts as files for reviewers. Labels stand for people; rows are in the order of their words, so that nothing tells who spoke when."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from datetime import datetime

from saypro_review.lib.inert import inert

COLUMNS = ("theme", "theme_code", "stance", "department", "kpi", "claimed_cause", "voice", "quotable", "text")
WIDTHS = (26, 18, 11, 20, 24, 26, 11, 10, 90)
BOM = "\ufeff"  # spreadsheets take a CSV without it for one of their own code page, and break its letters


@dataclass(frozen=True, order=True)
class Line:
    """A row of the file, by COLUMNS; `text` before the rest where lines are put in order."""

    theme: str
    text: str
    theme_code: str
    stance: str
    department: str
    kpi: str
    claimed_cause: str
    voice: str
    quotable: str

    @property
    def cells(self) -> tuple[str, ...]:
        return tuple(getattr(self, column) for column in COLUMNS)


def as_csv(lines: Sequence[Line], at: datetime) -> bytes:
    """The lines as CSV in UTF-8; what a spreadsheet would take for a formula is made inert."""
    out = io.StringIO(newline="")
    out.write(BOM)
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    writer.writerows([inert(cell) for cell in line.cells] for line in sorted(lines, key=astuple))
    return out.getvalue().encode()


def as_xlsx(lines: Sequence[Line], at: datetime) -> bytes:
    """The lines as a workbook of one sheet; every cell is a text, none a formula or a link. It names nobody."""
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    book.set_properties({"author": "", "title": "Excerpts", "created": at.replace(tzinfo=None)})
    sheet = book.add_worksheet("Excerpts")
    head = book.add_format({"bold": True, "bottom": 1})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    for column, (name, width) in enumerate(zip(COLUMNS, WIDTHS, strict=True)):
        sheet.set_column(column, column, width, wrapped)
        sheet.write_string(0, column, name, head)
    for row, line in enumerate(sorted(lines, key=astuple), 1):
        for column, cell in enumerate(line.cells):
            if cell:
                sheet.write_string(row, column, cell[:LONGEST_CELL])
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(len(lines), 1), len(COLUMNS) - 1)
    book.close()
    return out.getvalue()


LONGEST_CELL = 32_767  # characters that a cell of a workbook can hold
FORMS = {"csv": ("text/csv; charset=utf-8", as_csv), "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", as_xlsx)}
