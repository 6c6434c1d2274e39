"""What a spreadsheet may hold and take, and the refusal of one that does not fit."""

from __future__ import annotations

from dataclasses import dataclass

MAX_ROWS, MAX_COLUMNS = 1_048_576, 16_384  # of a sheet, in Excel and LibreOffice alike


class BadSheet(ValueError):
    """The spreadsheet is not read. Its text is for people: what is wrong, with the cell where there is one, and the repair."""


@dataclass(frozen=True)
class Limits:
    """What a file may hold (`rows`, `columns`, `cell` in characters: of the sheet that is read) and what reading it may take.

    `unpacked`, `memory`: bytes; `cpu`, `wall`: seconds. Of memory and time a file gets a share by its unpacked size, at most these.
    `ratio`: how many times its own size a file may unpack to, beyond RATIO_FREE bytes. Real ones reach 15 (XLSX) and, where all
    figures are the same, 250 (ODS); deflate could reach 1,032.
    """

    rows: int = 2_000_000
    columns: int = 2_000
    cell: int = 10_000
    sheets: int = 1_000
    parts: int = 5_000
    unpacked: int = 1_200_000_000
    ratio: int = 250
    memory: int = 2_000_000_000
    cpu: int = 300
    wall: int = 600


LIMITS = Limits()
RATIO_FREE = 32_000_000
