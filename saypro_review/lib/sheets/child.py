"""`python -I -S child.py SITE MEMORY CPU PARENT`: reads a spreadsheet with calamine, where nothing is lost when that dies.

Run as a file, in a process of its own that bounds itself first: calamine ends its process on some files, and asks for any memory on
others. It needs nothing of the product. From standard input: the length of a request (JSON) in 8 bytes, the request, the file. To
standard output: the lengths of an answer (JSON) and of the table in 8 bytes each, the answer, the table (CSV).
"""

from __future__ import annotations

import csv
import ctypes
import datetime
import gc
import io
import json
import os
import re
import resource
import signal
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from itertools import islice, repeat
from typing import IO, Any

OUT_OF_MEMORY = 3  # how this process ends then
PR_SET_PDEATHSIG = 1
BLOCK_CELLS = 10_000
MAX_ROWS, MAX_COLUMNS = 1_048_576, 16_384
NAME_LENGTH = 255
PIECE = 1 << 20

CONTROL = re.compile(r"[\0-\x1f\x7f]")
THREE_DECIMALS = re.compile(r"(\.[0-9]{3}),")
BREAKS = re.compile(r"[\r\n]+")
DURATION = re.compile(r"(-?)P(?:(\d{1,9})D)?T(\d{1,9})H(\d{1,9})M(\d{1,9}(?:\.\d+)?)S", re.ASCII)
MAYBE_DURATION = re.compile(r"(?:^|,)-?P[\dT]", re.MULTILINE)
SHEET = re.compile(rb"""<(?:\w+:)?sheet\s[^<>]*?(?:r|relationships):id\s*=\s*["']([^"']*)["']""")
RELATION = re.compile(rb"<(?:\w+:)?Relationship\s[^<>]*>")
ATTRIBUTE = re.compile(rb"""\s(Id|Target)\s*=\s*["']([^"']*)["']""")
VALUE = re.compile(rb"<(?:\w+:)?[vt](?:\s[^<>]*)?>[^<]")
ERRORS = ((re.compile(rb'="e"(?<=\st="e")(?=[^<>]*>)'), b'="str"'), (re.compile(rb"='e'(?<=\st='e')(?=[^<>]*>)"), b"='str'"))
ODS_ERROR = re.compile(
    rb"""(<table:(?:covered-)?table-cell)((?:[^<>"']++|"[^"]*+"|'[^']*+')*+)>(?=\s*<text:p[^<>]*>(?:\#(?:[A-Z]|[\xc3-\xf4])|Err:\d))""",
    re.VERBOSE,
)
ODS_VALUE = re.compile(rb"""\soffice:(?:value|string-value|boolean-value|date-value|time-value|value-type)=(?:"[^"]*"|'[^']*')""")
ODS_CELL = b"<table:table-cell"


class Refused(Exception):
    """The sheet is not read; the text is for people."""


# Cells


def number(value: float) -> str:
    """Digits that read back as the same number, without exponent where 17 digits are enough for that; a whole number has no decimals.
    Never exactly three decimals: in a text, 1.234 may be a thousand."""
    text = repr(value)
    if text.endswith(".0"):
        return "0" if text == "-0.0" else text[:-2]
    if "e" in text:
        return _without_exponent(text)
    return f"{text}0" if text[-4:-3] == "." else text


def numbers(values: Sequence[float]) -> list[str]:
    """`number` of each, by a few passes over all of them at once."""
    text = ",".join(map(repr, values)) + ","
    if "e" in text or "n" in text:  # an exponent; nan, inf
        return [number(value) for value in values]
    text = text.replace(".0,", ",").replace("-0,", "0,")
    return THREE_DECIMALS.sub(r"\g<1>0,", text)[:-1].split(",")


def _without_exponent(text: str) -> str:
    sign = "-" if text.startswith("-") else ""
    mantissa, exponent = text.removeprefix("-").split("e")
    digits = mantissa.replace(".", "")
    point = 1 + int(exponent)  # digits before it
    if point > len(digits):
        return f"{sign}{digits.ljust(point, '0')}" if point <= 17 else text
    return f"{sign}{digits[:point]}" if point > 0 else f"{sign}0.{'0' * -point}{digits}"


def clock(seconds: float) -> str:
    """A duration or a time of day as h:mm:ss, whole seconds; hours go on after 24."""
    whole = round(abs(seconds))
    sign = "-" if seconds < 0 and whole else ""
    return f"{sign}{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}"


def moment(at: datetime.datetime) -> str:
    """The date, with the time of day to the second unless that is midnight."""
    if at.microsecond:
        with suppress(OverflowError):
            at += datetime.timedelta(microseconds=500_000)
    text = at.isoformat(timespec="seconds")
    return text.removesuffix("T00:00:00")


def duration(text: str) -> str:
    """A duration as ODS files write it (PT30H05M00S), as h:mm:ss; any other text as it is. calamine reads those below a day only."""
    found = DURATION.fullmatch(text)
    if not found:
        return text
    days, hours, minutes = (int(group or 0) for group in found.groups()[1:4])
    seconds = ((days * 24 + hours) * 60 + minutes) * 60 + float(found[5])
    return clock(-seconds if found[1] else seconds)


WRITE: dict[type, Callable[[Any], Iterable[str]]] = {
    float: numbers,
    int: partial(map, str),
    bool: partial(map, {True: "TRUE", False: "FALSE"}.__getitem__),
    datetime.datetime: partial(map, moment),
    datetime.date: partial(map, datetime.date.isoformat),
    datetime.time: partial(map, lambda at: clock(at.hour * 3600 + at.minute * 60 + at.second + at.microsecond / 1e6)),
    datetime.timedelta: partial(map, lambda length: clock(length.total_seconds())),
}


def column(cells: Sequence[Any]) -> Sequence[str]:
    """The cells of a column as texts; those of one type are written together."""
    types = set(map(type, cells))
    if len(types) == 1:
        return cells if str in types else list(WRITE[types.pop()](cells))
    written = {kind: iter(WRITE[kind]([cell for cell in cells if cell.__class__ is kind])) for kind in types if kind is not str}
    return [cell if cell.__class__ is str else next(written[cell.__class__]) for cell in cells]


def column_name(number: int) -> str:
    """A for 1, AA for 27."""
    letters = ""
    while number:
        number, letter = divmod(number - 1, 26)
        letters = chr(65 + letter) + letters
    return letters


# The table


class Table:
    """One sheet on its way into CSV."""

    def __init__(self, sheet: Any, limits: dict[str, int], *, ods: bool):
        self._sheet, self._limits, self._ods = sheet, limits, ods
        self._title = f"the sheet “{sheet.name}”"
        self._left = self._used = 0  # columns before the first that holds anything; columns from there that do

    def blocks(self) -> list[bytes]:
        """The CSV text in pieces: line n is row n, blank lines and all; none when the sheet is blank."""
        if self._sheet.start is None:
            return []
        (top, self._left), (rows, columns) = self._sheet.start, (place + 1 for place in self._sheet.end)
        self._refuse_large(rows, columns)
        found, before = [b"\n" * top], top
        for block in self._rows(top, max(1, BLOCK_CELLS // columns)):
            found.append(self._csv(block, before).encode())
            before += len(block)
        if not self._used:
            return []
        if spare := columns - self._left - self._used:
            found = [text.replace(b"," * spare + b"\n", b"\n") for text in found]
        return _without_blank_end(found)

    def _refuse_large(self, rows: int, columns: int) -> None:
        most_rows, most_columns = min(self._limits["rows"], MAX_ROWS), min(self._limits["columns"], MAX_COLUMNS)
        if rows > most_rows:
            repair = f"There is something in row {rows:,}. Delete the rows below the table" if rows <= MAX_ROWS else "Split it"
            raise Refused(f"In {self._title} there are more than {most_rows:,} rows. {repair}, and upload that.")
        if columns > most_columns:
            repair = f"There is something in column {column_name(columns)}. Delete the columns right of the table"
            raise Refused(f"In {self._title} there are more than {most_columns:,} columns. {repair}, and upload that.")

    def _rows(self, top: int, size: int) -> Iterator[list[list[Any]]]:
        """The rows after the first `top`, in blocks of that size."""
        reader = islice(self._sheet.iter_rows(), top, None)
        block: list[list[Any]] = []
        try:
            for row in reader:
                block.append(row)
                if len(block) == size:
                    yield block
                    top, block = top + size, []
        except OverflowError:
            place = f"Row {top + len(block) + 1} of {self._title}"
            raise Refused(f"{place} holds a duration that is longer than any calendar. Correct it.") from None
        if block:
            yield block

    def _csv(self, block: list[list[Any]], before: int) -> str:
        """Rows as lines."""
        columns = [column(cells) for cells in zip(*block, strict=True)]
        self._used = max(self._used, next((place for place in range(len(columns), self._used, -1) if any(columns[place - 1])), 0))
        text, longest = self._lines(columns)
        strange = text.count("\n") != len(block) or "\r" in text or "\0" in text or (self._ods and MAYBE_DURATION.search(text))
        if strange or longest > self._limits["cell"]:
            tidied = [self._tidied(cells, before, place) for place, cells in enumerate(columns, self._left + 1)]
            text, _ = self._lines(tidied)
        return text

    def _lines(self, columns: Sequence[Sequence[str]]) -> tuple[str, int]:
        """(the rows as CSV, a blank one as a blank line; the length of the longest)."""
        rows: Iterable[Sequence[str]] = zip(*[repeat("")] * self._left, *columns, strict=False)
        if all("" in cells for cells in columns):
            rows = (cells if any(cells) else () for cells in rows)
        out = io.StringIO()
        longest = max(map(csv.writer(out, lineterminator="\n").writerow, rows))
        return out.getvalue(), longest

    def _tidied(self, cells: Sequence[str], before: int, number: int) -> list[str]:
        """The cells of a column without line breaks. Looked at one by one only where a block of rows may hold something unusual."""
        for row, cell in enumerate(cells, before + 1):
            place = f"Cell {column_name(number)}{row} of {self._title}"
            if len(cell) > self._limits["cell"]:
                raise Refused(f"{place} holds more than {self._limits['cell']:,} characters. Shorten it.")
            if "\0" in cell:
                raise Refused(f"{place} holds a NUL character. Type the cell anew.")
        return [BREAKS.sub(" ", duration(cell) if self._ods else cell) for cell in cells]


# The workbook


class Book:
    """The workbook: which sheets can be read, and reading one."""

    def __init__(self, content: bytes, request: dict[str, Any]):
        import python_calamine as calamine

        self._limits, self._ods = request["limits"], request["kind"] == "ods"
        self._book = calamine.load_workbook(io.BytesIO(content))
        everything = self._book.sheets_metadata
        sheets = [(place, sheet) for place, sheet in enumerate(everything) if sheet.typ is calamine.SheetTypeEnum.WorkSheet]
        shown = [(sheet.name, place) for place, sheet in sheets if sheet.visible is calamine.SheetVisibleEnum.Visible]
        self._places = dict(shown)
        self._hidden = {sheet.name for _, sheet in sheets} - set(self._places)
        if len(shown) > (most := self._limits["sheets"]):
            raise Refused(f"The workbook has more than {most:,} sheets. Copy the table into a new workbook and upload that.")
        if any(len(name) > NAME_LENGTH or CONTROL.search(name) for name in self._places):
            raise Refused(f"The name of a sheet is longer than {NAME_LENGTH} characters, or holds a line break. Rename it.")
        self._parts = None if self._ods or len(shown) < 2 else _parts(content, len(everything))

    def read(self, wanted: str | None) -> tuple[dict[str, Any], list[bytes]]:
        """(the sheet and all sheets, its CSV text in pieces)."""
        if wanted is None:
            holding = [name for name in self._places if self._holds(name)]
            for name in list(holding):
                if blocks := self._blocks(name):
                    return {"sheet": name, "sheets": holding}, blocks
                holding.remove(name)
            raise Refused("No sheet that is shown holds a cell. Put the table into one, save the file, and upload that.")
        if wanted not in self._places:
            raise Refused(self._unknown(wanted))
        blocks = self._blocks(wanted)
        if not blocks:
            raise Refused(f"The sheet “{wanted}” is empty.")
        return {"sheet": wanted, "sheets": [name for name in self._places if name == wanted or self._holds(name)]}, blocks

    def _unknown(self, wanted: str) -> str:
        if wanted in self._hidden:
            return f"The sheet “{wanted}” is hidden. Show it, save the file, and upload that."
        names = [name for name in self._places if self._holds(name)]
        shown = ", ".join(f"“{name}”" for name in names[:20]) + (f" and {len(names) - 20} more" if len(names) > 20 else "")
        return f"There is no sheet “{wanted}”. " + (f"There is: {shown}." if names else "There is none that holds a cell.")

    def _blocks(self, name: str) -> list[bytes]:
        return Table(self._book.get_sheet_by_index(self._places[name]), self._limits, ods=self._ods).blocks()

    def _holds(self, name: str) -> bool:
        """Whether there is a cell. Of XLSX the part's beginning tells it: reading every sheet would take as long as all of them."""
        place = self._places[name]
        if self._parts is None:
            return self._book.get_sheet_by_index(place).start is not None
        archive, parts = self._parts
        with archive.open(parts[place]) as part:
            text = b""
            while fresh := part.read(PIECE // 16):
                text = text[-256:] + fresh
                if VALUE.search(text):
                    return True
        return False


def _parts(content: bytes, sheets: int) -> tuple[Any, list[str]] | None:
    """(the archive, the part of each sheet), found as calamine finds them; None where that fails."""
    import zipfile

    archive = zipfile.ZipFile(io.BytesIO(content))
    names = {name.lower(): name for name in archive.namelist()}
    try:
        ids = SHEET.findall(archive.read(names["xl/workbook.xml"]))
        relations = [dict(ATTRIBUTE.findall(tag)) for tag in RELATION.findall(archive.read(names["xl/_rels/workbook.xml.rels"]))]
        targets = {relation[b"Id"]: relation[b"Target"].decode() for relation in relations}
        paths = [targets[identifier].removeprefix("/") for identifier in ids]
        parts = [names[(path if path.startswith("xl/") else f"xl/{path}").lower()] for path in paths]
    except (KeyError, UnicodeDecodeError):
        return None
    return (archive, parts) if len(parts) == sheets else None


def _without_blank_end(blocks: list[bytes]) -> list[bytes]:
    """The text without the blank lines at its end."""
    while not (end := blocks.pop().rstrip(b"\n")):
        pass
    return [*blocks, end + b"\n"]


# What calamine would drop


def mended(content: bytes, kind: str, names: Iterable[str]) -> bytes:
    """The same workbook, the cells of these parts written so that calamine drops nothing: errors as texts, and in ODS files line
    breaks and tabs within a text as blanks. What it does not read is left out."""
    import zipfile

    fix, boundary = (_mend_ods, ODS_CELL) if kind == "ods" else (_mend_xlsx, b"<")
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target:
        for entry in source.infolist():
            if entry.filename != "mimetype" and not entry.filename.lower().endswith((".xml", ".rels")):
                continue
            with source.open(entry) as part, target.open(entry.filename, "w", force_zip64=True) as mended_part:
                for piece in _cut(part, boundary) if entry.filename in names else iter(lambda: part.read(PIECE), b""):
                    mended_part.write(fix(piece) if entry.filename in names else piece)
    return out.getvalue()


def _cut(part: IO[bytes], boundary: bytes) -> Iterator[bytes]:
    """The part in pieces that end before a boundary, as far as there are any."""
    text = b""
    while fresh := part.read(PIECE):
        text += fresh
        place = text.rfind(boundary) if len(text) < 16 * PIECE else len(text)
        if place > 0:
            yield text[:place]
            text = text[place:]
    yield text


def _mend_xlsx(text: bytes) -> bytes:
    for mark, plain in ERRORS:
        text = mark.sub(plain, text)
    return text


def _mend_ods(text: bytes) -> bytes:
    text = ODS_ERROR.sub(lambda tag: tag[1] + ODS_VALUE.sub(b"", tag[2]) + b' office:value-type="string">', text)
    return text.replace(b"<text:line-break/>", b" ").replace(b"<text:tab/>", b" ")


# The process


def bound(memory: int, cpu: int) -> None:
    """Take away what reading a file does not need. A core would hold its content. Where the system runs out of memory, it ends this
    process first, and not the database."""
    with suppress(OSError), open("/proc/self/oom_score_adj", "w") as score:
        score.write("1000")
    most = {"AS": memory, "CPU": cpu, "CORE": 0, "FSIZE": 0, "NOFILE": 32, "NPROC": 0}
    for name, soft in most.items():
        with suppress(AttributeError, ValueError, OSError):  # not on this system, or bounded more tightly already
            resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (soft, soft + 1 if name == "CPU" else soft))


def leash(parent: int) -> None:
    """End when the parent ends, in whatever way (on Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL))
        if os.getppid() != parent:
            os._exit(1)


def answer(request: dict[str, Any], content: bytes) -> tuple[dict[str, Any], list[bytes]]:
    """(what to say, the CSV text in pieces)."""
    try:
        if request["mend"]:
            content = mended(content, request["kind"], request["mend"])
        return Book(content, request).read(request["sheet"])
    except Refused as error:
        return {"refused": str(error)}, []
    except MemoryError:
        os._exit(OUT_OF_MEMORY)
    except BaseException as error:  # calamine's own, and panics of its language, which are no Exception
        return {"unreadable": type(error).__name__}, []


def main() -> None:
    site, memory, cpu, parent = sys.argv[1:]
    gc.disable()  # nothing here goes round in circles
    bound(int(memory), int(cpu))
    leash(int(parent))
    sys.path.append(site)
    source, out = sys.stdin.buffer, sys.stdout.buffer
    request = json.loads(source.read(int.from_bytes(source.read(8), "big")))
    said, blocks = answer(request, source.read())
    head = json.dumps(said).encode()
    for part in (len(head).to_bytes(8, "big"), sum(map(len, blocks)).to_bytes(8, "big"), head, *blocks):
        out.write(part)
    out.flush()
    os._exit(0)  # what is in memory need not be taken apart


if __name__ == "__main__":
    main()
