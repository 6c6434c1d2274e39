"""A KPI file as columns: texts as numbers of their distinct values, figures as floats, and which rows are faulty in themselves.

What rows say of each other, and of what is known already, comes after this: metrics.core.rows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from metrics.core import cells, numbers, period_text, tabular
from metrics.core.problems import Problems
from metrics.core.tabular import LIMITS, Chunk, Limits, Table

UNIT_LENGTH, SOURCE_LENGTH, NOTE_LENGTH = 30, 300, 300
TEXTS: dict[str, Callable[[str], Any]] = {
    "department": cells.name,
    "kpi": cells.name,
    "period": period_text.parse,
    "unit": cells.text_of(UNIT_LENGTH),
    "direction": cells.direction,
    "frequency": cells.frequency,
    "benchmark_source": cells.text_of(SOURCE_LENGTH),
    "note": cells.text_of(NOTE_LENGTH),
}
NUMBERS = ("value", "target", "benchmark", "numerator", "denominator")

Codes = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Texts:
    """A column of texts: row -> code -> value. `values[code]` is None where the text is faulty; `spelt[code]` is the text itself."""

    codes: Codes
    values: list[Any]
    spelt: list[str]


@dataclass(frozen=True)
class Sheet:
    """The columns that the file has, in its order of rows. `bad`: rows with a problem of their own; `unplaced`: rows besides these
    that could not even be put into columns, or all rows when the header is wrong."""

    lines: Codes
    texts: dict[str, Texts]
    numbers: dict[str, Floats]
    bad: npt.NDArray[np.bool_]
    unplaced: int
    problems: Problems


def read(content: bytes, *, limits: Limits = LIMITS, progress: Callable[[int], None] | None = None) -> Sheet:
    """The file's columns, with every problem of single cells and rows noted. `progress` is told the number of rows so far.

    Raises Unreadable when the bytes are no table at all.
    """
    problems = Problems()
    table = Table(content, problems, limits)
    places = tabular.places(table.header, table.header_line, problems)
    reading = _Reading(places, problems, limits)
    for chunk in table:
        reading.take(chunk)
        if progress:
            progress(table.rows)
    if not table.rows:
        raise tabular.Unreadable("The file has a header and no rows.")
    return reading.sheet(table.rows)


@dataclass
class _Reading:
    """The columns so far."""

    places: dict[str, int]
    problems: Problems
    limits: Limits
    distinct: dict[str, cells.Distinct[Any]] = field(init=False)
    parts: dict[str, list[npt.NDArray[Any]]] = field(init=False)
    lines: list[Codes] = field(default_factory=list)
    bad: list[npt.NDArray[np.bool_]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.distinct = {name: cells.Distinct(read, self.limits.cell) for name, read in TEXTS.items() if name in self.places}
        self.parts = {name: [] for name in self.places}

    def take(self, chunk: Chunk) -> None:
        if not self.places:
            return
        bad = np.zeros(len(chunk.lines), bool)
        for name, place in self.places.items():
            column = chunk.columns[place]
            faulty = self._texts(name, column, chunk) if name in self.distinct else self._numbers(name, column, chunk)
            bad[faulty] = True
        if "numerator" in self.places or "denominator" in self.places:
            bad[self._fractions(chunk, bad)] = True
        self.lines.append(chunk.lines)
        self.bad.append(bad)

    def _texts(self, name: str, column: tabular.Cells, chunk: Chunk) -> Places:
        distinct = self.distinct[name]
        codes, faulty = distinct.take(column)
        self.parts[name].append(codes)
        self.problems.add_rows(faulty, chunk.lines, name, lambda row: (column[row], distinct.faults[codes[row]]))
        return faulty

    def _numbers(self, name: str, column: tabular.Cells, chunk: Chunk) -> Places:
        figures = numbers.column(column)
        values, faulty = figures.values, figures.faulty
        self.parts[name].append(values)
        self.problems.add_rows(faulty, chunk.lines, name, lambda row: (column[row], numbers.fault(column[row])))
        if name != "value" or not np.isnan(values).any():
            return faulty
        missing = np.setdiff1d(np.flatnonzero(np.isnan(values)), faulty)
        say = partial(_say, "", "The value is missing. Leave out the row where there is none.")
        self.problems.add_rows(missing, chunk.lines, name, say)
        return np.concatenate([faulty, missing])

    def _fractions(self, chunk: Chunk, bad: npt.NDArray[np.bool_]) -> Places:
        """Rows, not faulty already, whose numerator and denominator make no fraction."""
        blank = np.full(len(bad), np.nan)
        above, below = (self.parts[name][-1] if name in self.parts else blank for name in ("numerator", "denominator"))
        alone = np.isnan(above) != np.isnan(below)
        wrong = {
            "numerator": (~alone & (above < 0), "The numerator is below 0."),
            "denominator": (~alone & (below <= 0), "The denominator must be above 0."),
        }
        found = [self._note(chunk, "denominator", alone & ~bad, "A numerator and a denominator go together: give both or none.")]
        found += [self._note(chunk, name, where & ~bad, message) for name, (where, message) in wrong.items()]
        return np.concatenate(found)

    def _note(self, chunk: Chunk, name: str, where: npt.NDArray[np.bool_], message: str) -> Places:
        rows = np.flatnonzero(where)
        place = self.places.get(name)
        self.problems.add_rows(rows, chunk.lines, name, lambda row: ("" if place is None else chunk.columns[place][row], message))
        return rows

    def sheet(self, rows: int) -> Sheet:
        joined = {name: _joined(parts) for name, parts in self.parts.items()}
        lines = _joined(self.lines) if self.lines else np.zeros(0, np.int32)
        texts = {name: Texts(joined[name], distinct.meanings, list(distinct)) for name, distinct in self.distinct.items() if name in joined}
        figures = {name: joined[name] for name in NUMBERS if name in joined}
        bad = _joined(self.bad) if self.bad else np.zeros(0, bool)
        return Sheet(lines, texts, figures, bad, rows - len(lines), self.problems)


def _joined(parts: list[npt.NDArray[Any]]) -> npt.NDArray[Any]:
    """The parts as one array; the list is emptied, so that no column is held twice for long."""
    whole = np.concatenate(parts) if parts else np.zeros(0)
    parts.clear()
    return whole


def _say(value: str, message: str, _row: int) -> tuple[str, str]:
    return value, message
