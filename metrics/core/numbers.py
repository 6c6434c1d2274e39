"""Numbers as files write them: plain decimals with a point, an optional sign and exponent. Whole columns at once.

Python's float() reads more than that ("nan", "1_000", "١٢"). Within the characters of ALLOWED it reads exactly that, so one look
at the characters of a whole column makes the per-cell check needless.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from metrics.core.cells import constant

ALLOWED = b"0123456789.+-eE, "
USUAL_LENGTH = 40  # characters a cell, on average: longer columns are looked at cell by cell
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
    if joined.isascii() and len(joined) <= USUAL_LENGTH * len(cells) and not joined.encode().translate(None, ALLOWED):
        try:
            values = _floats(cells)
        except ValueError:
            return _one_by_one(cells)
        if not np.isinf(values).any():
            return values, np.empty(0, np.intp)
    return _one_by_one(cells)


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


def _floats(cells: Sequence[str]) -> Values:
    try:
        values = np.fromiter(map(float, cells), np.float64, len(cells))
    except ValueError:  # blanks, or something worse, which raises again
        values = np.array([float(cell) if cell else math.nan for cell in cells])
    return values + 0.0


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
