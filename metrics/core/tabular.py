"""UTF-8 bytes of a delimited file in, chunks of columns with their lines out, or a sentence that says why it is no table.

Lines end with LF, CRLF or CR; cells may be quoted and then hold delimiters, doubled quotation marks and line breaks. The csv module
reads strictly: pandas shifts columns silently when a row is longer than the header, and takes a department "NA" for a missing value.
A file without any quotation mark is cut at its delimiters instead: the same cells (a property test holds it so) in a third of the
time. What the columns are comes after this (metrics.core.mapping).
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice

import numpy as np
import numpy.typing as npt

from metrics.core import mapping
from metrics.core.dialect import BREAK, Row, delimiter_of, head, line_of, text
from metrics.core.problems import Problems, Unreadable

# Small enough that the cells of a chunk stay in the processor's cache: four times as much takes half as long again.
CHUNK_ROWS = 250
CHUNK_BYTES = 96_000
LINE_BYTES = 1_000_000  # a longer line is no row of a table, and would be millions of cells
SAMPLE_ROWS = 50
ASIDES = 1_000  # more single texts at the end of a file are no remarks

Cells = list[str] | tuple[str, ...]
Lines = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Limits:
    """What a file may hold."""

    rows: int = 2_000_000
    columns: int = 2_000
    cell: int = 10_000


LIMITS = Limits()


@dataclass(frozen=True)
class Chunk:
    """Some rows, turned into columns in the header's order, and the physical line that each row begins on."""

    lines: Lines
    columns: list[Cells]


@dataclass
class Table:
    """A delimited file being read once from top to bottom: its header, then its chunks.

    `delimiter`, `header_line`: as a person said; blank: by evidence. Raises Unreadable from the constructor and while iterating. Rows
    of another width than the header go to `problems`; single cells at the end ("Source: CRM") to `asides`. `header`: one text per
    column; `header_rows`: the rows that it was made of, as wide as it is.
    """

    content: bytes
    problems: Problems
    limits: Limits = LIMITS
    delimiter: str = ""
    header_line: int = 0
    header: list[str] = field(init=False)
    header_last: int = field(init=False)
    header_rows: list[list[str]] = field(init=False)
    preamble: list[Row] = field(init=False)
    sample: list[list[str]] = field(init=False)
    rows: int = field(init=False, default=0)
    asides: list[tuple[int, str]] = field(init=False, default_factory=list)
    _single: list[tuple[int, str]] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        _refuse_foreign(self.content)
        self.delimiter = self.delimiter or delimiter_of(self.content, mapping.familiar)
        self._head()

    def __iter__(self) -> Iterator[Chunk]:
        """The chunks; blank lines are left out. `rows` counts what has been read, rows of a wrong width included."""
        for chunk in self._plain() if self._is_plain() else self._quoted():
            if self.rows > self.limits.rows:
                raise Unreadable(f"The file has more than {self.limits.rows:,} rows. Split it into smaller files.")
            yield chunk
        self.asides += self._single

    def _head(self) -> None:
        """Find the header: where a person says, else the row that looks most like one."""
        rows = self._head_rows()
        if self.header_line:
            place = next((number for number, row in enumerate(rows) if row.line <= self.header_line <= row.last), None)
            if place is None:
                raise Unreadable(
                    f"There is no header in line {self.header_line}: the line is blank, or not among the first {len(rows)} rows."
                )
            above = None
        else:
            place, above = mapping.find_header(rows)
        width = len(rows[place].cells)
        if width > self.limits.columns:
            raise Unreadable(f"The file has {width:,} columns; at most {self.limits.columns:,} are read.", rows[place].line)
        self.header = mapping.headers(rows, place, above, width)
        self.header_line, self.header_last = rows[place].line, rows[place].last
        whole = [[*rows[number].cells, *[""] * width][:width] for number in ((place,) if above is None else (above, place))]
        self.header_rows = [cells for cells in whole if any(cell.strip() for cell in cells)]
        self.preamble = rows[: place if above is None else above]
        self.sample = [row.cells for row in rows[place + 1 : place + 1 + SAMPLE_ROWS]]

    def _head_rows(self) -> list[Row]:
        try:
            rows = head(self.content, self.delimiter)
        except csv.Error as error:
            rows = head(self.content, self.delimiter, strict=False)
            if not rows or "field limit" in str(error):
                raise self._not_csv(str(error)) from None
        if not rows:
            raise Unreadable("The file is empty.")
        return rows

    def _is_plain(self) -> bool:
        """Whether the delimiter always parts cells and a line feed, alone or after a carriage return, always ends a row."""
        content = self.content
        return b'"' not in content and (b"\r" not in content or content.count(b"\r") == content.count(b"\r\n"))

    def _plain(self) -> Iterator[Chunk]:
        """Chunks of a file without quotation marks."""
        content, before, width, comma = self.content, self.header_last, len(self.header), self.delimiter
        start = _after_line(content, before)
        crlf, parted = b"\r" in content, f"{comma}\n{comma}"
        while start < len(content):
            stop = content.rfind(b"\n", start, start + CHUNK_BYTES) + 1 or content.find(b"\n", start) + 1 or len(content)
            part = content[start:stop].decode()
            part = (part.replace("\r\n", "\n") if crlf else part).removesuffix("\n")
            cells = part.replace("\n", parted).split(comma)
            count = part.count("\n") + 1
            numbers = np.arange(before + 1, before + 1 + count, dtype=np.int32)
            # Where a line feed is every so-manieth cell, and nowhere else, each line has as many cells as the header.
            if len(cells) == count * (width + 1) - 1 and cells[width :: width + 1].count("\n") == count - 1 and width > 1:
                self.rows += count
                self._full_row_seen()
                yield Chunk(numbers, [cells[place :: width + 1] for place in range(width)])
            else:
                yield self._chunk([line.split(comma) if line else [] for line in part.split("\n")], numbers)
            start, before = stop, before + count

    def _quoted(self) -> Iterator[Chunk]:
        """Chunks of any file."""
        reader = csv.reader(text(self.content), delimiter=self.delimiter, strict=True)
        try:
            while reader.line_num < self.header_last:
                next(reader)
            before = reader.line_num
            while rows := list(islice(reader, CHUNK_ROWS)):
                yield self._chunk(rows, _lines(rows, before, reader.line_num))
                before = reader.line_num
        except csv.Error as error:
            raise self._not_csv(str(error)) from None

    def _chunk(self, rows: list[list[str]], lines: Lines) -> Chunk:
        """Columns of the rows that are as wide as the header, or wider by blank cells only."""
        width = len(self.header)
        if any(len(row) > width for row in rows):
            rows = [row[:width] if len(row) > width and not any(cell.strip() for cell in row[width:]) else row for row in rows]
        fits = [place for place, row in enumerate(rows) if len(row) == width]
        if len(fits) < len(rows):
            for row, line in zip(rows, lines.tolist(), strict=True):
                if len(row) == width:
                    self._full_row_seen()
                elif any(cell.strip() for cell in row):
                    self._misfit(row, line)
            rows, lines = [rows[place] for place in fits], lines[fits]
        elif rows:
            self._full_row_seen()
        self.rows += len(rows)
        return Chunk(lines, list(zip(*rows, strict=True)) or [()] * width)

    def _misfit(self, row: list[str], line: int) -> None:
        """A single text is an aside when no full row comes after it; anything else is a fault."""
        named = [cell.strip() for cell in row if cell.strip()]
        if len(named) == 1 and row[0].strip() and len(self.header) > 1 and len(self._single) < ASIDES:
            self._single.append((line, named[0]))
        else:
            self._full_row_seen()
            self._of_wrong_width(row, line)

    def _full_row_seen(self) -> None:
        for line, cell in self._single:
            self._of_wrong_width([cell], line)
        self._single.clear()

    def _of_wrong_width(self, row: list[str], line: int) -> None:
        self.rows += 1
        width, expected, sign = len(row), len(self.header), _NAMES.get(self.delimiter, "separator")
        more = f"Quote a text that holds {sign}s." if width > expected else f"A {sign} is missing, or the line broke off."
        self.problems.add(line, "", self.delimiter.join(row), f"The row has {width} cells, the header {expected}. {more}")

    def _not_csv(self, reason: str) -> Unreadable:
        """Which row the csv module stumbled over; `reason` in its words."""
        reader = csv.reader(text(self.content), delimiter=self.delimiter, strict=True)
        start = 1
        with suppress(csv.Error):
            while True:
                next(reader)
                start = reader.line_num + 1
        if "end of data" in reason:
            return Unreadable(f"A quotation mark opened in the row of line {start} is never closed.", start)
        if "field limit" in reason:
            return Unreadable(f"The row of line {start} holds a cell longer than {csv.field_size_limit():,} characters.", start)
        return Unreadable(f"In line {reader.line_num} text follows a closing quotation mark. Double the marks inside a text.", start)


_NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}


def _refuse_foreign(content: bytes) -> None:
    """Raise Unreadable for what can be told from the bytes alone."""
    nul = content.find(b"\0")
    if nul >= 0:
        line = line_of(content, nul)
        raise Unreadable(f"Line {line} holds a NUL character (byte {nul + 1} of the file): this is no text. Save it as “CSV UTF-8”.", line)
    start = 0
    while len(content) - start > LINE_BYTES:
        stop = start + LINE_BYTES
        last = max(content.rfind(b"\n", start, stop), content.rfind(b"\r", start, stop))
        if last < 0:
            line = line_of(content, start)
            raise Unreadable(f"Line {line} is longer than {LINE_BYTES:,} bytes: this is no table of rows and columns.", line)
        start = last + 1


def _after_line(content: bytes, count: int) -> int:
    """The position after that many line feeds."""
    start = 0
    for _ in range(count):
        start = content.find(b"\n", start) + 1 or len(content)
    return start


def _lines(rows: list[list[str]], before: int, after: int) -> Lines:
    """The line that each row begins on, the rows being the lines after `before` up to `after`."""
    if after - before == len(rows):
        return np.arange(before + 1, after + 1, dtype=np.int32)
    heights = [1 + sum(len(BREAK.findall(cell)) for cell in row if "\n" in cell or "\r" in cell) for row in rows]
    return (before + 1 + np.concatenate([[0], np.cumsum(heights)[:-1]])).astype(np.int32)
