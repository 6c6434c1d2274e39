"""A spreadsheet (XLSX, ODS) in, one sheet of it as plain CSV bytes out, or a sentence that says why not. Knows no app.

The archive is looked through first, without keeping any of it (`archive`, `worksheet`); then a process of its own, bounded in memory
and time, reads the cells (`process`, `child`). See docs/import.md for what cells become, and docs/adr/0007 for what is refused and why.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

from . import process
from .archive import looks_like, scan, strayed
from .limits import LIMITS, BadSheet, Limits

SOON_READ = 100_000_000  # bytes: looking for the cell in larger ones takes longer than an answer should

__all__ = ["BadSheet", "Converted", "Limits", "convert", "looks_like"]


@dataclass(frozen=True)
class Converted:
    """A sheet as CSV.

    csv: UTF-8, comma separated, "\\n"; physical line n is row n of the sheet, and the columns begin at its column A. Blank rows are
    blank lines, line breaks within cells one space. What follows the last row and the last column that hold anything is left out.
    sheet: the sheet that was read. sheets: all that are shown and hold a cell, in order.
    """

    csv: bytes
    sheet: str
    sheets: list[str]


def convert(content: bytes, *, sheet: str | None = None, limits: Limits = LIMITS) -> Converted:
    """That sheet of the workbook; without a name the first of those that are shown and hold a cell.

    Raises BadSheet, with the sheets' names where there is none of that name. Holds at most the content and the CSV text, besides some
    MB; whatever the file is, the calling process lives.
    """
    found = scan(content, limits)
    request = {"kind": found.kind, "sheet": sheet, "mend": sorted(found.mend), "limits": asdict(limits)}
    try:
        said, csv = process.read(content, request, found.unpacked, limits)
    except process.TooLarge:
        if cell := strayed(content, limits) if found.unpacked < SOON_READ else "":
            raise BadSheet(
                f"Cell {cell} lies so far from the others that the sheet cannot be read. Delete the rows below the table and the columns "
                "right of it, save the file, and upload that."
            ) from None
        raise
    return Converted(csv, said["sheet"], said["sheets"])
