"""Whole columns of numbers at once; what one cell means is metrics.core.notation's.

Python's float() reads more than a number ("nan", "1_000", Arabic digits). Within the characters of ALLOWED it reads exactly that, so
one look at the characters of a whole column makes the per-cell check needless. Short decimals without exponent, the usual case, are
read as whole numbers and divided by a power of ten: both are exact, so the quotient is rounded once and is the number that float()
gives (Clinger 1990, "How to read floating point numbers accurately"). Columns that are all in one foreign form, such as "R 1 234,50",
are first made such decimals as one text.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from metrics.core.cells import constant
from metrics.core.notation import COMMA, LONGEST, NOTHING, PLAIN, UNITS, WORD, Mark, Notation, alike, parse
from metrics.core.number_repairs import repair

ALLOWED = b"0123456789.+-eE, "
SIMPLE = b"0123456789.-,"
EXACT_LENGTH = 16  # characters: 15 digits are below 2**53, and their powers of ten below 10**22
USUAL_LENGTH = 40  # characters a cell, on average: longer columns are looked at cell by cell
TEN = 10.0 ** np.arange(EXACT_LENGTH + 1)
NONE_FAULTY = np.empty(0, np.intp)
UNREAD: tuple[float, Mark | None] = (math.nan, None)
PLAIN_BYTES = b"0123456789-\n"
SHAPE_LENGTH = 60  # bytes; what is longer proves nothing
LEADING_ZERO = re.compile(rb"(?<![\d.,])0")
LEADING_ONE = re.compile(rb"(?<![\d.,])1")
# To a shape: every digit becomes 1, but for a leading zero that was made 0xFF before.
ONES = bytes.maketrans(b"0123456789\xff", b"11111111110")
# A number with what may be its unit, before and after it.
AROUND = re.compile(rf"( *+{WORD} *+)[-+]?+[\d.,' ]*?\d( *+{WORD})", re.ASCII)


def _uniform_lines(notation: Notation) -> re.Pattern[str]:
    """A pattern of lines that each hold a number in simple form or nothing."""
    point, parts = re.escape(notation.decimal), re.escape(notation.group) + " '"
    grouped = rf"[1-9]\d{{0,2}}(?:([{parts}])\d{{3}}(?:\1\d{{3}})*+)?+(?!\d)(?:{point}\d*+)?+"
    line = rf" *+(?:[-+]?+(?:{grouped}|\d++(?:{point}\d*+)?+|{point}\d++))?+ *+"
    return re.compile(rf"(?>{line}(?:\n|\Z))*+", re.ASCII)


def _to_decimals(notation: Notation) -> tuple[bytes, bytes]:
    """What makes such lines decimals joined by commas: the arguments of bytes.translate."""
    return bytes.maketrans(notation.decimal.encode() + b"\n", b".,"), notation.group.encode() + b"+ '"


# Lines of these characters only need no look at their form: _decimals and _floats read nothing else.
BARE = {notation.decimal: PLAIN_BYTES + notation.decimal.encode() for notation in (PLAIN, COMMA)}
UNIFORM = {notation.decimal: _uniform_lines(notation) for notation in (PLAIN, COMMA)}
DECIMALS = {notation.decimal: _to_decimals(notation) for notation in (PLAIN, COMMA)}
Values = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]
Codes = npt.NDArray[np.int16]


@dataclass(frozen=True)
class Column:
    """The numbers, NaN where a cell is blank, says that there is none, or is faulty; the positions of the faulty ones; and cell ->
    code -> what it says beside its number, `said[0]` being nothing. `marks` is None where no cell says anything."""

    values: Values
    faulty: Places
    marks: Codes | None
    said: list[Mark]


@dataclass(frozen=True)
class Evidence:
    """Texts that tell a decimal point from a decimal comma: one that only a point explains, one that only a comma does, and one that
    both do, with different numbers. Empty where there is none."""

    point: str = ""
    comma: str = ""
    either: str = ""

    @property
    def decimal(self) -> str | None:
        """The decimal sign that is proved, while the other one is not."""
        if bool(self.point) == bool(self.comma):
            return None
        return PLAIN.decimal if self.point else COMMA.decimal

    @property
    def asks(self) -> bool:
        """Whether some text reads both ways and the others do not settle it."""
        return bool(self.either) and self.decimal is None

    def merge(self, other: Evidence) -> Evidence:
        """The evidence of both, with the examples of this one where it has them."""
        return Evidence(self.point or other.point, self.comma or other.comma, self.either or other.either)


SILENT = Evidence()


def column(cells: Sequence[str], notation: Notation = PLAIN, *, aim: bool = False) -> Column:
    """The cells as numbers. `aim`: they are targets or benchmarks, which may compare ("<= 3") or say that there is none ("TBD").
    `fault` says what is wrong with a faulty one."""
    if constant(cells):
        return _constant(cells[0], len(cells), notation, aim)
    if notation.decimal == PLAIN.decimal:
        joined = ",".join(cells)
        values = None
        if joined.isascii() and len(joined) <= USUAL_LENGTH * len(cells):
            text = joined.encode()
            strange = text.translate(None, SIMPLE)
            values = _decimals(text, len(cells)) if not strange else None
            values = _floats(cells, len(text)) if values is None and not strange.translate(None, ALLOWED) else values
        if values is not None:
            return Column(values, NONE_FAULTY, None, [NOTHING])
    return _uniform(cells, notation) or _one_by_one(cells, notation, aim)


def fault(text: str, notation: Notation = PLAIN, *, aim: bool = False) -> str:
    """What is wrong with a cell that `column` found faulty, with the repair."""
    if parse(text, notation, aim=aim) is not None:
        raise AssertionError("not faulty")
    return repair(text, notation, aim=aim)


def evidence(cells: Sequence[str]) -> Evidence:
    """What the cells prove together, each read as a target or benchmark may be written."""
    cells = cells[:1] if constant(cells) else cells
    joined = "\n".join(cells)
    if "." not in joined and "," not in joined:
        return SILENT
    if joined.count("\n") >= len(cells):  # a cell of several lines is no number
        cells = [cell.strip() for cell in cells if "\n" not in cell.strip()]
        joined = "\n".join(cells)
    text = joined.encode(errors="replace")
    return _plain_evidence(cells, text) or _evidence(cells, text)


def _plain_evidence(cells: Sequence[str], text: bytes) -> Evidence | None:
    """The evidence of plain decimals, one of them in each line of the text, none of which could be a group of thousands; None for
    other cells."""
    signs = text.translate(None, PLAIN_BYTES)
    sign = signs[:1]
    shapes = text.translate(ONES) + b"\n"
    if not signs or sign not in b".," or signs.count(sign) < len(signs):
        return None
    if any(sign + b"111" + after in shapes for after in (b"\n", b"-", sign)):
        return None
    example = cells[text.count(b"\n", 0, text.index(sign))]
    proof = _proof(example.encode().translate(ONES)) if len(example) <= SHAPE_LENGTH else ""
    return Evidence(**{proof: example}) if proof else None


def _evidence(cells: Sequence[str], text: bytes) -> Evidence:
    """The evidence of any cells, one in each line of the text."""
    # Cells of one shape, which are alike but for the digits, prove the same; only a leading zero can make a difference.
    shapes = text.translate(ONES).split(b"\n")
    if any(map(_zero_matters, _telling(shapes))):
        shapes = LEADING_ZERO.sub(b"\xff", text).translate(ONES).split(b"\n")
    first: dict[str, int] = {}
    for shape in _telling(shapes):
        if proof := _proof(shape):
            place = shapes.index(shape)
            first[proof] = min(place, first.get(proof, place))
    return Evidence(**{proof: cells[place].strip() for proof, place in first.items()})


def _telling(shapes: list[bytes]) -> set[bytes]:
    """Those that may prove something."""
    return {shape for shape in set(shapes) if (b"." in shape or b"," in shape) and len(shape) <= SHAPE_LENGTH}


@lru_cache(4096)
def _zero_matters(shape: bytes) -> bool:
    """Whether a text of that shape proves another thing when its first digit is 0: a number in groups cannot begin with it."""
    return _proof(shape) != _proof(LEADING_ONE.sub(b"0", shape))


@lru_cache(4096)
def _proof(shape: bytes) -> str:
    """Which field of Evidence a text of that shape is an example of; "" for none."""
    text = shape.decode()
    point, comma = parse(text, PLAIN, aim=True), parse(text, COMMA, aim=True)
    if point is not None and comma is not None:
        return "" if point[0] == comma[0] or math.isnan(point[0]) else "either"
    return "point" if point is not None else "comma" if comma is not None else ""


def _decimals(text: bytes, count: int) -> Values | None:
    """The numbers of cells that hold a short decimal each, joined by commas, of the characters SIMPLE; None when one does not."""
    characters = np.frombuffer(text, np.uint8)
    ends = np.append(np.flatnonzero(characters == ord(",")), len(text))
    if len(ends) != count:  # a comma within a cell
        return None
    starts = np.append(0, ends[:-1] + 1)
    points, minuses = np.flatnonzero(characters == ord(".")), np.flatnonzero(characters == ord("-"))
    pointed = np.searchsorted(ends, points)  # the cell of each point
    signed = np.searchsorted(ends, minuses)
    digits = ends - starts
    digits[pointed] -= 1
    digits[signed] -= 1
    fits = digits.min() > 0 and (ends - starts).max() <= EXACT_LENGTH
    if not fits or (np.diff(pointed) == 0).any() or not np.array_equal(starts[signed], minuses):
        return None
    power = np.zeros(count, np.int64)
    power[pointed] = ends[pointed] - points - 1
    return np.fromstring(text.replace(b".", b""), np.int64, sep=",") / TEN[power]


def _floats(cells: Sequence[str], length: int) -> Values | None:
    """The numbers of cells of the characters ALLOWED, of that length together; None when one is faulty."""
    if length > LONGEST and max(map(len, cells)) > LONGEST:
        return None
    try:
        values = np.array([float(cell) if cell else math.nan for cell in cells])
    except ValueError:
        return None
    return None if np.isinf(values).any() else values + 0.0


def _uniform(cells: Sequence[str], notation: Notation) -> Column | None:
    """The column of cells that are all simple, in groups or not, and have the same unit in the same place; None for others."""
    text = alike("\n".join(cells))
    if text.count("\n") != len(cells) - 1 or len(text) > USUAL_LENGTH * len(cells):
        return None
    filled = len(cells) - cells.count("")
    unit, text = _without_unit(text, alike(next(filter(None, cells), "")), filled)
    encoded = text.encode(errors="replace")
    if encoded.translate(None, BARE[notation.decimal]) and UNIFORM[notation.decimal].fullmatch(text) is None:
        return None
    numerals = encoded.translate(*DECIMALS[notation.decimal])
    values = _decimals(numerals, len(cells))
    values = _floats(numerals.decode().split(","), len(text)) if values is None else values
    if values is None or not unit:
        return None if values is None else Column(values, NONE_FAULTY, None, [NOTHING])
    marks = (~np.isnan(values)).astype(np.int16)
    # A unit without a number is no blank.
    return Column(values, NONE_FAULTY, marks, [NOTHING, Mark(unit)]) if marks.sum() == filled else None


def _without_unit(text: str, first: str, filled: int) -> tuple[str, str]:
    """(the unit of all the `filled` lines of the text, which is written as in the first, the lines without it); the unit is empty and
    the text as it was when that is not so."""
    around = AROUND.fullmatch(first) if len(first) <= USUAL_LENGTH else None
    before, after = around.groups() if around else ("", "")
    unit = "" if before.strip() and after.strip() else UNITS.get(before.strip() or after.strip(), "")
    if not unit:
        return "", text
    lines = f"\n{text}\n"
    bare = lines.replace("\n" + before, "\n") if before else lines
    bare = bare.replace(after + "\n", "\n") if after else bare
    # "Rs.5" is 5 where "Rs" alone is not what stands before the number.
    common = len(lines) - len(bare) == filled * len(before + after) and "\n." not in bare
    return (unit, bare[1:-1]) if common else ("", text)


def _constant(text: str, count: int, notation: Notation, aim: bool) -> Column:
    """The column of the same cell over and over."""
    value, mark = parse(text, notation, aim=aim) or UNREAD
    values, faulty = np.full(count, value), np.arange(count) if mark is None else NONE_FAULTY
    if not mark or mark is NOTHING:
        return Column(values, faulty, None, [NOTHING])
    return Column(values, faulty, np.ones(count, np.int16), [NOTHING, mark])


def _one_by_one(cells: Sequence[str], notation: Notation, aim: bool) -> Column:
    read = {text: parse(text, notation, aim=aim) or UNREAD for text in dict.fromkeys(cells)}
    found = [read[text] for text in cells]
    values = np.array([value for value, _ in found], np.float64)
    faulty = np.array([place for place, (_, mark) in enumerate(found) if mark is None], np.intp)
    said = [mark for _, mark in read.values() if mark and mark is not NOTHING]
    if not said:
        return Column(values, faulty, None, [NOTHING])
    codes = {mark: code for code, mark in enumerate(dict.fromkeys([NOTHING, *said]))}
    coded = {text: codes[mark] if mark else 0 for text, (_, mark) in read.items()}
    return Column(values, faulty, np.array([coded[text] for text in cells], np.int16), list(codes))
