"""Bytes of a CSV file in, chunks of columns with their lines out, or a sentence that says why it is no table.

Comma-separated UTF-8 with or without BOM; lines end with LF, CRLF or CR; cells may be quoted and then hold commas, doubled
quotation marks and line breaks. The csv module reads strictly: pandas shifts columns silently when a row is longer than the
header, and takes a department "NA" for a missing value. A file without any quotation mark is cut at its commas instead: the
same cells (a property test holds it so) in a third of the time. Other dialects are to be turned into such chunks before this.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice

import numpy as np
import numpy.typing as npt

from departments.core.names import key
from metrics.core.problems import Problems, Unreadable

REQUIRED = ("department", "kpi", "period", "value")
OPTIONAL = ("unit", "direction", "frequency", "target", "benchmark", "benchmark_source", "numerator", "denominator", "note")
EXPECTED = f"Expected: {', '.join(REQUIRED)}, and where you have them {', '.join(OPTIONAL)}; separated by commas."

# Small enough that the cells of a chunk stay in the processor's cache: four times as much takes half as long again.
CHUNK_ROWS = 250
CHUNK_BYTES = 96_000
LINE_BYTES = 1_000_000  # a longer line is no row of a table, and would be millions of cells
BOM = b"\xef\xbb\xbf"
BREAK = re.compile(r"\r\n|\r|\n")
FOREIGN = {
    b"PK\x03\x04": "This is a spreadsheet or a ZIP archive. Save the sheet as “CSV UTF-8” and upload that.",
    b"\xd0\xcf\x11\xe0": "This is an old Excel workbook. Save the sheet as “CSV UTF-8” and upload that.",
    b"\xff\xfe": "The file is UTF-16 text. Save it as “CSV UTF-8”.",
    b"\xfe\xff": "The file is UTF-16 text. Save it as “CSV UTF-8”.",
}

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


class Table:
    """A CSV file being read once from top to bottom: its header, then its chunks.

    Raises Unreadable from the constructor and while iterating. Rows of another width than the header go to `problems`.
    """

    def __init__(self, content: bytes, problems: Problems, limits: Limits = LIMITS):
        _refuse_foreign(content)
        self._content, self._problems, self._limits = content, problems, limits
        self.header, self.header_line, self._start = _header(content, limits)
        self.rows = 0

    def __iter__(self) -> Iterator[Chunk]:
        """The chunks; blank lines are left out. `rows` counts what has been read, rows of a wrong width included."""
        for chunk in self._plain() if _is_plain(self._content) else self._quoted():
            if self.rows > self._limits.rows:
                raise Unreadable(f"The file has more than {self._limits.rows:,} rows. Split it into smaller files.")
            yield chunk

    def _plain(self) -> Iterator[Chunk]:
        """Chunks of a file without quotation marks."""
        content, start, before, width = self._content, self._start, self.header_line, len(self.header)
        crlf = b"\r" in content
        while start < len(content):
            stop = content.rfind(b"\n", start, start + CHUNK_BYTES) + 1 or content.find(b"\n", start) + 1 or len(content)
            try:
                text = content[start:stop].decode()
            except UnicodeDecodeError:
                raise _not_utf8(content) from None
            text = (text.replace("\r\n", "\n") if crlf else text).removesuffix("\n")
            cells = text.replace("\n", ",\n,").split(",")
            count = text.count("\n") + 1
            numbers = np.arange(before + 1, before + 1 + count, dtype=np.int32)
            # Where a line feed is every so-manieth cell, and nowhere else, each line has as many cells as the header.
            if len(cells) == count * (width + 1) - 1 and cells[width :: width + 1].count("\n") == count - 1 and width > 1:
                self.rows += count
                yield Chunk(numbers, [cells[place :: width + 1] for place in range(width)])
            else:
                yield self._chunk([line.split(",") if line else [] for line in text.split("\n")], numbers)
            start, before = stop, before + count

    def _quoted(self) -> Iterator[Chunk]:
        """Chunks of any file."""
        reader = csv.reader(_text(self._content), strict=True)
        try:
            while reader.line_num < self.header_line:
                next(reader)
            before = reader.line_num
            while rows := list(islice(reader, CHUNK_ROWS)):
                yield self._chunk(rows, _lines(rows, before, reader.line_num))
                before = reader.line_num
        except UnicodeDecodeError:
            raise _not_utf8(self._content) from None
        except csv.Error as error:
            raise _not_csv(self._content, str(error)) from None

    def _chunk(self, rows: list[list[str]], lines: Lines) -> Chunk:
        """Columns of the rows that are as wide as the header."""
        width = len(self.header)
        fits = [place for place, row in enumerate(rows) if len(row) == width]
        if len(fits) < len(rows):
            for row, line in zip(rows, lines.tolist(), strict=True):
                if row and len(row) != width:
                    self.rows += 1
                    self._problems.add(line, "", ",".join(row), _of_wrong_width(len(row), width))
            rows, lines = [rows[place] for place in fits], lines[fits]
        self.rows += len(rows)
        return Chunk(lines, list(zip(*rows, strict=True)) or [()] * width)


def places(header: list[str], line: int, problems: Problems) -> dict[str, int]:
    """Where each known column stands, by its name; trimmed and without regard to case. What is wrong with the header goes to
    `problems`, and then the answer is empty."""
    found: dict[str, int] = {}
    before = problems.count
    for place, cell in enumerate(header):
        name = key(cell)
        if name in found:
            problems.add(line, cell, cell, f"Columns {found[name] + 1} and {place + 1} are both called “{name}”. Keep one of them.")
        elif name in REQUIRED or name in OPTIONAL:
            found[name] = place
        else:
            called = f"is called “{cell}”, which is not known" if name else "has no name"
            problems.add(line, cell, cell, f"Column {place + 1} {called}. Rename or remove it. {EXPECTED}")
    for name in REQUIRED:
        if name not in found:
            problems.add(line, name, "", f"There is no column “{name}”. {EXPECTED}")
    return found if problems.count == before else {}


def _refuse_foreign(content: bytes) -> None:
    """Raise Unreadable for what can be told from the bytes alone."""
    for magic, sentence in FOREIGN.items():
        if content.startswith(magic):
            raise Unreadable(sentence)
    nul = content.find(b"\0")
    if nul >= 0:
        line = _line_of(content, nul)
        raise Unreadable(f"Line {line} holds a NUL character (byte {nul + 1} of the file): this is no text. Save it as “CSV UTF-8”.", line)
    start = 0
    while len(content) - start > LINE_BYTES:
        stop = start + LINE_BYTES
        last = max(content.rfind(b"\n", start, stop), content.rfind(b"\r", start, stop))
        if last < 0:
            line = _line_of(content, start)
            raise Unreadable(f"Line {line} is longer than {LINE_BYTES:,} bytes: this is no table of rows and columns.", line)
        start = last + 1


def _header(content: bytes, limits: Limits) -> tuple[list[str], int, int]:
    """(the first row that is not blank, the line it ends on, the position of the byte after its line)."""
    text = _text(content)
    reader = csv.reader(text, strict=True)
    try:
        header = next((row for row in reader if row), None)
    except UnicodeDecodeError:
        raise _not_utf8(content) from None
    except csv.Error as error:
        raise _not_csv(content, str(error)) from None
    if header is None:
        raise Unreadable("The file is empty.")
    if len(header) > limits.columns:
        raise Unreadable(f"The file has {len(header):,} columns; at most {limits.columns:,} are read.", reader.line_num)
    start = 0
    for _ in range(reader.line_num):
        start = content.find(b"\n", start) + 1 or len(content)
    return header, reader.line_num, start


def _is_plain(content: bytes) -> bool:
    """Whether a comma always parts cells and a line feed, alone or after a carriage return, always ends a row."""
    return b'"' not in content and (b"\r" not in content or content.count(b"\r") == content.count(b"\r\n"))


def _text(content: bytes) -> io.TextIOWrapper:
    """The text, decoded as it is read: all of it at once would take up to four times the file."""
    raw = io.BytesIO(content)
    raw.seek(len(BOM) if content.startswith(BOM) else 0)
    return io.TextIOWrapper(raw, encoding="utf-8", errors="strict", newline="")


def _line_of(content: bytes, position: int) -> int:
    """The physical line that the byte at `position` lies on."""
    return 1 + len(re.findall(rb"\r\n|\r|\n", content[:position]))


def _not_utf8(content: bytes) -> Unreadable:
    """Where the text stops being UTF-8, for a text that does. Line feeds never lie within a character, so each stretch between them
    can be tried alone."""
    raw = io.BytesIO(content)
    while True:
        start = raw.tell()
        try:
            raw.readline().decode()
        except UnicodeDecodeError as error:
            at = start + error.start
            line, byte = _line_of(content, at), f"0x{content[at]:02X}"
            return Unreadable(f"Line {line} is not UTF-8 text: byte {byte} at position {at + 1} of the file. Save it as “CSV UTF-8”.", line)


def _not_csv(content: bytes, reason: str) -> Unreadable:
    """Which row the csv module stumbled over; `reason` in its words."""
    reader = csv.reader(_text(content), strict=True)
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


def _lines(rows: list[list[str]], before: int, after: int) -> Lines:
    """The line that each row begins on, the rows being the lines after `before` up to `after`."""
    if after - before == len(rows):
        return np.arange(before + 1, after + 1, dtype=np.int32)
    heights = [1 + sum(len(BREAK.findall(cell)) for cell in row if "\n" in cell or "\r" in cell) for row in rows]
    return (before + 1 + np.concatenate([[0], np.cumsum(heights)[:-1]])).astype(np.int32)


def _of_wrong_width(width: int, expected: int) -> str:
    more = "Quote a text that holds commas." if width > expected else "A comma is missing, or the line broke off."
    return f"The row has {width} cells, the header {expected}. {more}"
