"""How a text file is written: its encoding, what parts its cells, and its first rows. Decided by evidence in the bytes."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from metrics.core.problems import Unreadable

DELIMITERS = (",", ";", "\t", "|", "^", "~", "\x1f")
ENCODINGS = ("utf-8", "cp1252", "utf-16", "utf-16-le", "utf-16-be", "iso-8859-15", "mac-roman", "cp850", "cp1250", "cp1251", "cp437")
NOT_OF_FILES = frozenset(("idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "utf-7", "mbcs", "oem"))
BOMS = {b"\xef\xbb\xbf": "utf-8", b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
HEAD_ROWS = 60
HEAD_BYTES = 256_000
BREAK = re.compile(r"\r\n|\r|\n")
SEPARATOR_LINE = re.compile(rb"sep=(.)\r?\n", re.IGNORECASE)  # a hint that Excel writes and reads
MULTIBYTE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
NOT_ASCII = re.compile(rb"[\x80-\xff]")
UNDEFINED_IN_1252 = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")


@dataclass(frozen=True)
class Row:
    """A row of the head of a file: the physical lines that it begins and ends on, and its cells."""

    line: int
    last: int
    cells: list[str]


@dataclass(frozen=True)
class Decoded:
    """The text as UTF-8 without a byte order mark; the encoding that it was in, and whether that is a guess."""

    content: bytes
    encoding: str
    guessed: bool = False


def decode(content: bytes, encoding: str = "") -> Decoded:
    """The content as UTF-8. `encoding`: as a person said; blank: as the bytes tell. Raises Unreadable."""
    if encoding:
        return _as_said(content, encoding)
    for mark, marked in BOMS.items():
        if content.startswith(mark):
            rest = content[len(mark) :]
            return Decoded(rest if marked == "utf-8" else _recoded(rest, marked), marked)
    if wide := _without_mark(content):
        return Decoded(_recoded(content, wide), wide)
    if content.isascii() or _is_utf8(content):
        return Decoded(content, "utf-8")
    if len(MULTIBYTE.findall(content)) >= len(NOT_ASCII.findall(MULTIBYTE.sub(b"", content))):
        raise not_utf8(content)  # UTF-8 with a fault, and no other encoding
    guess = "iso-8859-1" if UNDEFINED_IN_1252.search(content) else "cp1252"
    return Decoded(_recoded(content, guess), guess, guessed=True)


def _as_said(content: bytes, encoding: str) -> Decoded:
    said = encoding.strip().lower()
    try:
        name = codecs.lookup(said).name.removesuffix("-sig")
        "".encode(name)  # some codecs are not of texts
    except (LookupError, ValueError):
        name = ""
    if not name or name in NOT_OF_FILES:
        raise Unreadable(f"The encoding “{encoding}” is not known. Known: {', '.join(ENCODINGS)}.")
    for mark, marked in BOMS.items():
        if content.startswith(mark) and name in (marked, marked[:6]):
            return Decoded(_recoded(content[len(mark) :], marked), marked)
    return Decoded(_recoded(content, name), said)


def _recoded(content: bytes, encoding: str) -> bytes:
    if encoding == "utf-8":
        if not _is_utf8(content):
            raise not_utf8(content)
        return content
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise Unreadable(
            f"The file is no text in {encoding}. Byte {error.start + 1} does not fit. Choose another encoding, or save it as “CSV UTF-8”."
        ) from None
    return text.encode("utf-8", "replace")


def _without_mark(content: bytes) -> str:
    """UTF-16 that has no mark: every second byte of its ASCII is zero."""
    sample = content[:4096]
    if len(content) % 2 or b"\0" not in sample:
        return ""
    even, odd = sample[::2], sample[1::2]
    if odd.count(0) > 0.4 * len(odd) and not even.count(0):
        return "utf-16-le"
    return "utf-16-be" if even.count(0) > 0.4 * len(even) and not odd.count(0) else ""


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


def not_utf8(content: bytes) -> Unreadable:
    """Which byte is not UTF-8."""
    try:
        content.decode()
    except UnicodeDecodeError as error:
        start = error.start
    line = line_of(content, start)
    return Unreadable(
        f"Line {line} is not UTF-8 text: byte 0x{content[start]:02X} at position {start + 1} of the file. Save it as “CSV UTF-8”.", line
    )


def line_of(content: bytes, position: int) -> int:
    """The physical line that the byte at `position` lies on."""
    return 1 + len(re.findall(rb"\r\n|\r|\n", content[:position]))


def text(content: bytes) -> io.TextIOWrapper:
    """The text, decoded as it is read: all of it at once would take up to four times the file."""
    return io.TextIOWrapper(io.BytesIO(content), encoding="utf-8", errors="strict", newline="")


def head(content: bytes, delimiter: str, most: int = HEAD_ROWS, *, strict: bool = True) -> list[Row]:
    """The first rows that are not blank. Raises csv.Error when `strict`; else ends where the csv module stumbles."""
    reader = csv.reader(text(content), delimiter=delimiter, strict=strict)
    rows: list[Row] = []
    before = 0
    with suppress(*(() if strict else (csv.Error,))):
        for cells in reader:
            if any(cell and not cell.isspace() for cell in cells):
                rows.append(Row(before + 1, reader.line_num, cells))
            before = reader.line_num
            if len(rows) >= most:
                break
    return rows


def can_part(sign: str) -> bool:
    """Whether that character may part the cells of a row: rows and their texts and numbers are not made of it."""
    return sign not in '"\r\n\0' and not sign.isalnum()


def delimiter_of(content: bytes, familiar: Callable[[list[str]], int]) -> str:
    """What parts the cells: under which most cells of a row are `familiar` as a header, then most rows are of one width."""
    if (found := SEPARATOR_LINE.match(content)) and can_part(found[1].decode("latin-1")):
        return found[1].decode("latin-1")
    sample = _sample(content)
    best, delimiter = (0, 0.0), ","
    for candidate in DELIMITERS:
        if candidate.encode() not in sample:
            continue
        rows = [row.cells for row in head(sample, candidate, strict=False)]
        known = max((familiar(row) for row in rows), default=0)
        score = (known, _regularity(rows))
        if score > best:
            best, delimiter = score, candidate
    return delimiter


def _sample(content: bytes) -> bytes:
    if len(content) <= HEAD_BYTES:
        return content
    cut = max(content.rfind(b"\n", 0, HEAD_BYTES), content.rfind(b"\r", 0, HEAD_BYTES))
    return content[: cut + 1] if cut > 0 else content[:HEAD_BYTES]


def _regularity(rows: list[list[str]]) -> float:
    """How many rows share the commonest width above one, weighted by that width."""
    widths = [len(row) for row in rows if len(row) > 1]
    if not widths:
        return 0.0
    commonest = max(set(widths), key=lambda width: (widths.count(width), width))
    return widths.count(commonest) / len(rows) * (2 - 1 / commonest)


def lines(content: bytes, numbers: set[int], delimiter: str) -> dict[int, list[str]]:
    """The cells of the rows that begin on those lines."""
    reader = csv.reader(text(content), delimiter=delimiter)
    found, before, last = {}, 0, max(numbers, default=0)
    for cells in reader:
        if before + 1 in numbers:
            found[before + 1] = cells
        before = reader.line_num
        if before >= last:
            break
    return found
