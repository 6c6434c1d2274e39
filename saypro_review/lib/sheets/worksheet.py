"""What calamine would misread in the XML of a worksheet, looked for before it reads: all in a few passes of the re module.

calamine 0.37 wraps a row of eleven digits to another row and takes a shared text's number that is none for 0: a table that looks
right and is wrong. It leaves out a number that a comment interrupts. And it drops what stands in cells that hold an error.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from .limits import MAX_ROWS

# A tag of a cell that is not written as nearly all programs do, its place first, or without a place. The others are looked at one by one.
UNUSUAL = re.compile(
    rb"""<c(?!\ r="[A-Z]{1,3}[1-9][0-9]{0,6}"[\ />]
         | (?:\ [st]="\w{1,9}")*+ (?:\ r="[A-Z]{1,3}[1-9][0-9]{0,6}")?+ (?:\ [st]="\w{1,9}")*+ /?> )[\s/>]""",
    re.VERBOSE,
)
PREFIX_ENDS = re.compile(rb":c[\s/>]")
PREFIXED = re.compile(rb"<\w+:c[\s/>]")
TAG = re.compile(rb"""<(?:\w+:)?c((?:\s+[\w:.-]+\s*=\s*(?:"[^"<>&]*"|'[^'<>&]*'))*)\s*(/?)>""")
ATTRIBUTE = re.compile(rb"""([\w:.-]+)\s*=\s*["']([^"']*)["']""")
REFERENCE = re.compile(rb"[A-Za-z]{1,3}[1-9][0-9]{0,6}")
# A cell of a shared text whose value is not plainly a number; what else may stand there is looked at after that.
UNNUMBERED = re.compile(rb't="s"[^<>]*(?<!/)>(?!<v>[0-9]{1,9}</v>)')
NUMBERED = re.compile(rb"\s*(?:<(?:\w+:)?f\b[^<>]*(?:/>|>[^<>]*</(?:\w+:)?f>)\s*)?(?:<(?:\w+:)?v>[0-9]{1,9}</|<(?:\w+:)?v\s*/>|</)")
PLACED = re.compile(rb"""<(?:\w+:)?c\s[^<>]*?\br\s*=\s*["']([A-Za-z]{1,3})([1-9][0-9]{0,6})["']""")
REPEATED = re.compile(rb"""-repeated\s*=\s*["']([0-9]{7,})""")
MARGIN = 16_384  # no tag of a cell, with the value after it, is longer


def faults(text: bytes, stop: int, *, inside: bool) -> Iterator[str]:
    """What is not read safely in cells that begin before `stop`. `inside`: the text begins within the sheet's data."""
    start = 0 if inside else text.find(b"sheetData")
    if start >= 0 and any(mark[1:] in text and text.find(mark, start) >= 0 for mark in (b"<!", b"<?")):
        yield "a comment among its cells"
    for place in _unusual_places(text):
        if place < stop:
            yield from _unusual(text, place)
    for tag in UNNUMBERED.finditer(text):
        if tag.start() < stop and not NUMBERED.match(text, tag.end()):
            yield "a cell whose text is nowhere"


def has_errors(text: bytes) -> bool:
    """Whether there may be a cell that holds an error such as #DIV/0!."""
    return b't="e"' in text or b"t='e'" in text


def repeats(text: bytes) -> bool:
    """Whether a row or cell of an ODS file is repeated more often than a sheet has rows."""
    return any(int(times[:9]) > MAX_ROWS for times in REPEATED.findall(text))


def farthest(text: bytes) -> tuple[int, int, int]:
    """(last row, last column, number of cells) of the cells whose place is written, from 1; zeros without any."""
    cells = PLACED.findall(text)
    rows, columns = {int(row) for _, row in cells}, {column for column, _ in cells}
    return max(rows, default=0), max(map(column_number, columns), default=0), len(cells)


def column_number(letters: bytes) -> int:
    """1 for A, 27 for AA."""
    number = 0
    for letter in letters.upper():
        number = 26 * number + letter - 64
    return number


def _unusual_places(text: bytes) -> Iterator[int]:
    """Where cells begin that look unusual. A search for the end of a prefix is quick, one for its beginning tries every tag."""
    for tag in UNUSUAL.finditer(text):
        yield tag.start()
    for end in PREFIX_ENDS.finditer(text):
        place = text.rfind(b"<", 0, end.start())
        if place >= 0 and PREFIXED.match(text, place):
            yield place


def _unusual(text: bytes, position: int) -> Iterator[str]:
    tag = TAG.match(text, position)
    if tag is None:
        yield "the beginning of a cell"
        return
    attributes = dict(ATTRIBUTE.findall(tag[1]))
    if not REFERENCE.fullmatch(attributes.get(b"r", b"A1")):
        yield f"the cell “{attributes[b'r'][:20].decode(errors='replace')}”"
    if attributes.get(b"t") == b"s" and not tag[2] and not NUMBERED.match(text, tag.end()):
        yield "a cell whose text is nowhere"
