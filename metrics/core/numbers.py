"""Numbers as files write them: plain decimals with a point, an optional sign and exponent. Whole columns at once.

Python's float() reads more than that ("nan", "1_000", Arabic digits). Within the characters of ALLOWED it reads exactly that, so one
look at the characters of a whole column makes the per-cell check needless. Short decimals without exponent, the usual case, are read
as whole numbers and divided by a power of ten: both are exact, so the quotient is rounded once and is the number that float() gives
(Clinger 1990, "How to read floating point numbers accurately").
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from metrics.core.cells import constant

ALLOWED = b"0123456789.+-eE, "
SIMPLE = b"0123456789.-,"
EXACT_LENGTH = 16  # characters: 15 digits are below 2**53, and their powers of ten below 10**22
USUAL_LENGTH = 40  # characters a cell, on average: longer columns are looked at cell by cell
TEN = 10.0 ** np.arange(EXACT_LENGTH + 1)
PLAIN = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
GROUPED = re.compile(r"[+-]?\d{1,3}(?:[,\s'\u2019]\d{3})+(?:\.\d+)?", re.ASCII)
DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+", re.ASCII)
WITH_UNIT = re.compile(r"[^\d.+-]{0,4}([+-]?(?:\d+\.?\d*|\.\d+))[^\d.+-]{0,5}", re.ASCII)

Values = npt.NDArray[np.float64]


def column(cells: Sequence[str]) -> tuple[Values, npt.NDArray[np.intp]]:
    """(the numbers with NaN where a cell is blank or faulty, positions of the faulty ones); `fault` says what is wrong with one."""
    if constant(cells):
        value, faulty = _one_by_one(cells[:1])
        return np.full(len(cells), value[0]), np.arange(len(cells) if len(faulty) else 0)
    joined = ",".join(cells)
    values = None
    if joined.isascii() and len(joined) <= USUAL_LENGTH * len(cells):
        text = joined.encode()
        strange = text.translate(None, SIMPLE)
        values = _decimals(text, len(cells)) if not strange else None
        values = _floats(cells) if values is None and not strange.translate(None, ALLOWED) else values
    return _one_by_one(cells) if values is None else (values, np.empty(0, np.intp))


def number(text: str, longest: int = 10_000) -> float:
    """The number, NaN for a blank. Raises ValueError with the repair in words."""
    text = text.strip()
    if not text:
        return math.nan
    if len(text) > longest:
        raise ValueError(f"The cell is longer than {longest:,} characters.")
    if PLAIN.fullmatch(text) is None:
        raise ValueError(_repair(text))
    value = float(text)
    if math.isinf(value):
        raise ValueError("The number is too large to be kept.")
    return value + 0.0  # -0.0 becomes 0.0


def fault(text: str) -> str:
    """What is wrong with a cell that `column` found faulty."""
    try:
        number(text)
    except ValueError as error:
        return str(error)
    raise AssertionError("not faulty")


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


def _floats(cells: Sequence[str]) -> Values | None:
    """The numbers of cells of the characters ALLOWED, None when one is faulty."""
    try:
        values = np.array([float(cell) if cell else math.nan for cell in cells])
    except ValueError:
        return None
    return None if np.isinf(values).any() else values + 0.0


def _one_by_one(cells: Sequence[str]) -> tuple[Values, npt.NDArray[np.intp]]:
    values, faulty = np.full(len(cells), math.nan), []
    for place, cell in enumerate(cells):
        try:
            values[place] = number(cell)
        except ValueError:
            faulty.append(place)
    return values, np.array(faulty, np.intp)


def _repair(text: str) -> str:
    if GROUPED.fullmatch(text):
        return f"Write the number without separators between thousands: {re.sub(r'[^0-9.+-]', '', text)}."
    if DECIMAL_COMMA.fullmatch(text):
        return f"Write the decimals after a point: {text.replace(',', '.')}."
    if found := WITH_UNIT.fullmatch(text):
        return f"Write the number alone, {found[1]}; its unit belongs in the column “unit”."
    return "This is not a number. Write it like 1234.5, and leave out the row where there is none."
