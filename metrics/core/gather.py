"""One pass over a table: texts numbered, figures read, everything that is wrong kept until the end says which rows count."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping as Table_
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from metrics.core import numbers
from metrics.core.columns import Mapping
from metrics.core.numbers import Evidence, Mark, Notation
from metrics.core.parts import Part, Splitter
from metrics.core.problems import Problems, Unreadable
from metrics.core.tabular import Cells, Chunk, Table
from metrics.core.texts import TEXTS, Distinct, Texts

NUMBERS = ("value", "target", "benchmark", "numerator", "denominator")
AIMS = ("target", "benchmark")
MISSING = "The value is missing. Leave out the row where there is none."
TOLD = 200  # rows left out that are named one by one

Places = npt.NDArray[np.intp]
Bools = npt.NDArray[np.bool_]


@dataclass
class Faults:
    """Faulty cells of one column of figures: their rows, and header, text and repair of the first ones."""

    rows: list[Places] = field(default_factory=list)
    said: dict[int, tuple[str, str, str]] = field(default_factory=dict)


@dataclass
class Gathered:
    """The columns so far; `finish` makes the arrays whole and notes what is wrong.

    A column is weighed until it has proved a decimal point, unless `thorough`; `mixed`: some column has then gone on to prove a comma.
    """

    notation: Table_[str, Notation]
    weigh: bool
    thorough: bool
    problems: Problems
    evidence: dict[str, Evidence] = field(default_factory=dict)
    distinct: dict[str, Distinct] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    placed: int = 0
    size: int = 0
    aside: list[tuple[int, str]] = field(default_factory=list)
    left_out: int = 0
    mixed: bool = False
    _lines: list[npt.NDArray[np.int32]] = field(default_factory=list)
    _codes: dict[str, list[npt.NDArray[np.int32]]] = field(default_factory=dict)
    _numbers: dict[str, list[npt.NDArray[np.float64]]] = field(default_factory=dict)
    _marks: dict[str, list[tuple[int, npt.NDArray[np.int16]]]] = field(default_factory=dict)
    _said: dict[str, dict[Mark, int]] = field(default_factory=dict)
    _faults: dict[str, Faults] = field(default_factory=dict)
    _missing: list[Places] = field(default_factory=list)
    _no_row: list[Places] = field(default_factory=list)

    # While reading

    def take(self, part: Part) -> None:
        """Add the observations of a part."""
        lines = part.spread(part.chunk.lines)
        if part.keep is not None:
            self.left_out += len(part.keep) - len(lines)
        if not len(lines):
            return
        for name in TEXTS:
            if name in part.rows:
                self._take(name, part.spread(self._distinct(name).take(part.rows[name])))
            elif name in part.heads:
                self._take(name, part.spread(self._distinct(name).take(part.heads[name]), heads=True))
            elif name in part.cells:
                self._take(name, self._distinct(name).take(part.cells[name]))
        for name in NUMBERS:
            if name in part.cells or name in part.rows:
                self._figures(name, part, part.cells.get(name) or [""] * len(lines))
        self._lines.append(lines)
        self.size += len(lines)

    def _distinct(self, name: str) -> Distinct:
        return self.distinct.setdefault(name, Distinct())

    def _take(self, name: str, codes: npt.NDArray[np.int32]) -> None:
        self._codes.setdefault(name, []).append(codes)

    def _figures(self, name: str, part: Part, cells: Cells) -> None:
        known = self.evidence.get(name, Evidence())
        weighed = self.weigh and (self.thorough or known.decimal != ".")
        if weighed:
            self.evidence[name] = known.merge(numbers.evidence(cells))
        column = numbers.column(cells, self.notation[name], aim=name in AIMS)
        if self.weigh and not weighed and len(column.faulty):  # what proves a comma as well has no number with a point
            self.evidence[name] = known.merge(numbers.evidence([cells[row] for row in column.faulty.tolist()]))
            self.mixed |= bool(self.evidence[name].comma)
        self._numbers.setdefault(name, []).append(column.values)
        if column.marks is not None:
            self._mark(name, column.marks, column.said)
        if name == "value":
            self._no_figures(column.values, column.faulty, part)
        if len(column.faulty):
            self._fault(name, column.faulty, part)

    def _mark(self, name: str, codes: npt.NDArray[np.int16], said: list[Mark]) -> None:
        """Number the marks over the whole file."""
        known = self._said.setdefault(name, {Mark(): 0})
        of = np.array([known.setdefault(mark, len(known)) for mark in said], np.int16)
        self._marks.setdefault(name, []).append((self.size, of[codes]))

    def _no_figures(self, values: npt.NDArray[np.float64], faulty: Places, part: Part) -> None:
        """Tell rows without a value that are no observation from those that lack one."""
        if not np.isnan(values).any():
            return
        missing = np.setdiff1d(np.flatnonzero(np.isnan(values)), faulty)
        none = missing if part.wide else np.array([row for row in missing.tolist() if self._nothing_there(part, row)], np.intp)
        self._no_row.append(none + self.size)
        self._missing.append(np.setdiff1d(missing, none) + self.size)

    def _nothing_there(self, part: Part, row: int) -> bool:
        """A blank row, or one that holds a single text: a heading or a remark."""
        texts = [column[row].strip() for column in part.chunk.columns if column[row].strip()]
        if len(texts) == 1 and len(part.chunk.columns) > 2:
            self._tell(int(part.chunk.lines[row]), f"“{texts[0][:80]}” is no row of figures")
            return True
        return not texts

    def without_header(self, chunk: Chunk, header: list[str]) -> Chunk:
        """The chunk without the rows that repeat that row of the header, as pages of a printed table do."""
        place = next(place for place, cell in enumerate(header) if cell.strip())
        if header[place] not in chunk.columns[place]:
            return chunk
        texts = [cell.strip() for cell in header]
        rows = list(zip(*chunk.columns, strict=True))
        again = [[cell.strip() for cell in row] == texts for row in rows]
        for line in chunk.lines[again].tolist():
            self._tell(line, "the header once more")
        self.left_out += sum(again)
        kept = [row for row, repeats in zip(rows, again, strict=True) if not repeats]
        return Chunk(chunk.lines[~np.array(again)], list(zip(*kept, strict=True)) or [()] * len(header))

    def _tell(self, line: int, why: str) -> None:
        if len(self.aside) < TOLD and (line, why) not in self.aside[-1:]:
            self.aside.append((line, why))

    def _fault(self, name: str, faulty: Places, part: Part) -> None:
        faults = self._faults.setdefault(name, Faults())
        faults.rows.append(faulty + self.size)
        cells = part.cells[name]
        for row in faulty[: max(0, self.problems.limit - len(faults.said))].tolist():
            said = numbers.fault(cells[row], self.notation[name], aim=name in AIMS)
            faults.said[row + self.size] = (part.label(name, row), cells[row], said)

    # At the end

    def whole(self) -> None:
        """Join the parts of every column."""
        self.lines = _joined(self._lines, np.int32)
        self.codes = {name: _joined(parts, np.int32) for name, parts in self._codes.items()}
        self.numbers = {name: _joined(parts, np.float64) for name, parts in self._numbers.items()}
        self.marks = {name: (self._whole_marks(name), list(said)) for name, said in self._said.items() if name in self._marks}
        self.bad = np.zeros(self.size, bool)

    def _whole_marks(self, name: str) -> npt.NDArray[np.int16]:
        codes = np.zeros(self.size, np.int16)
        for start, part in self._marks[name]:
            codes[start : start + len(part)] = part
        return codes

    def finish(self, texts: dict[str, Texts]) -> None:
        """Leave out what is no observation, in the arrays and in `texts`; note the faults of the rest."""
        keep = np.ones(self.size, bool)
        for rows in self._no_row:
            keep[rows] = False
        for column in texts.values():
            keep &= ~self._outs(column, keep)
        self._note(texts, keep)
        if not keep.all():
            self.left_out += int((~keep).sum())
            self.lines, self.bad = self.lines[keep], self.bad[keep]
            self.numbers = {name: values[keep] for name, values in self.numbers.items()}
            self.marks = {name: (codes[keep], said) for name, (codes, said) in self.marks.items()}
            for name, column in texts.items():
                texts[name] = column.only(keep)

    def _outs(self, column: Texts, keep: Bools) -> Bools:
        """Rows whose text says that they are no observation."""
        reasons = {code: why for code, why in enumerate(column.out) if why}
        if not reasons:
            return np.zeros(self.size, bool)
        rows = np.isin(column.codes, list(reasons))
        for row in np.flatnonzero(rows & keep)[:TOLD].tolist():
            code = int(column.codes[row])
            self._tell(int(self.lines[row]), f"“{column.spelt[code][:80]}” is {reasons[code]}")
        return rows

    def _note(self, texts: dict[str, Texts], keep: Bools) -> None:
        for name, column in texts.items():
            self._note_texts(name, column, keep)
        for faults in self._faults.values():
            rows = np.concatenate(faults.rows)
            rows = rows[keep[rows]]
            self.bad[rows] = True
            self._note_figures(rows, faults.said)
        for missing in self._missing:
            rows = missing[keep[missing]]
            self.bad[rows] = True
            label = self.labels.get("value", "value")
            self.problems.add_rows(rows, self.lines, label, lambda row: ("", MISSING))
        self._fractions(keep)

    def _note_figures(self, rows: Places, said: dict[int, tuple[str, str, str]]) -> None:
        self.problems.add_rows(rows, self.lines, lambda row: said[row][0], lambda row: said[row][1:])

    def _note_texts(self, name: str, column: Texts, keep: Bools) -> None:
        wrong = np.array([bool(fault) for fault in column.faults], bool)
        if not wrong.any():
            return
        rows = np.flatnonzero(wrong[column.codes] & keep)
        self.bad[rows] = True
        label = self.labels.get(name, name)
        self.problems.add_rows(rows, self.lines, label, lambda row: (column.spelt[column.codes[row]], column.faults[column.codes[row]]))

    def _fractions(self, keep: Bools) -> None:
        """Rows, not faulty already, whose numerator and denominator make no fraction."""
        if not {"numerator", "denominator"} & set(self.numbers):
            return
        blank = np.full(self.size, np.nan)
        above, below = (self.numbers.get(name, blank) for name in ("numerator", "denominator"))
        alone = np.isnan(above) != np.isnan(below)
        free = keep & ~self.bad
        for name, where, message in (
            ("denominator", alone, "A numerator and a denominator go together: give both or none."),
            ("numerator", ~alone & (above < 0), "The numerator is below 0."),
            ("denominator", ~alone & (below <= 0), "The denominator must be above 0."),
        ):
            rows = np.flatnonzero(where & free)
            self.bad[rows] = True
            self._note_fractions(name, rows, self.numbers.get(name, blank), message)

    def _note_fractions(self, name: str, rows: Places, values: npt.NDArray[np.float64], message: str) -> None:
        self.problems.add_rows(rows, self.lines, self.labels.get(name, name), lambda row: (_plain(values[row]), message))


def gather(
    table: Table,
    mapping: Mapping,
    notation: Table_[str, Notation],
    *,
    fill_down: bool,
    weigh: bool,
    thorough: bool = False,
    evidence: dict[str, Evidence] | None = None,
    progress: Callable[[int], None] | None = None,
) -> Gathered:
    """The table's columns as the mapping says. `weigh`: gather the evidence of how numbers are written."""
    gathered = Gathered(notation, weigh, thorough, table.problems, dict(evidence or {}))
    splitter = Splitter(mapping, fill_down)
    gathered.labels = splitter.labels
    for chunk in table:
        gathered.placed += len(chunk.lines)
        for header in table.header_rows:
            chunk = gathered.without_header(chunk, header)
        for part in splitter.parts(chunk):
            gathered.take(part)
        if gathered.size > table.limits.rows:
            raise Unreadable(f"The file holds more than {table.limits.rows:,} figures. Split it into smaller files.")
        if progress:
            progress(table.rows)
    gathered.whole()
    return gathered


def _joined(parts: list[npt.NDArray[Any]], kind: type[Any]) -> npt.NDArray[Any]:
    """The parts as one array; the list is emptied, so that no column is held twice for long."""
    whole = np.concatenate(parts) if parts else np.zeros(0, kind)
    parts.clear()
    return whole


def _plain(value: float) -> str:
    return "" if np.isnan(value) else f"{value:g}"
