"""Chunks of a file into observations: one part per chunk and group of columns, whatever the layout of the file."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import chain, compress, groupby
from typing import Any

import numpy as np
import numpy.typing as npt

from metrics.core.columns import CALENDAR, Group, Mapping
from metrics.core.tabular import Cells, Chunk

FILLED = ("department", "kpi", "period", "year", "quarter")
SHORT = re.compile(r"\d\d?", re.ASCII)


@dataclass(frozen=True)
class Part:
    """Some observations: those of the rows of a chunk under some groups of columns, group after group.

    Their texts by role: `rows` hold for a row under all groups, `heads` for a group in all rows, `cells` for one observation, which is
    what figures are too. `labels`: the headers over the cells of a role, one per group. `keep`: which of the observations are meant,
    where it is not all: of a wide table's cells those that are not blank.
    """

    chunk: Chunk
    groups: int
    rows: dict[str, Cells]
    heads: dict[str, Cells]
    cells: dict[str, Cells]
    labels: dict[str, list[str]]
    wide: bool
    keep: npt.NDArray[np.bool_] | None = None

    def spread(self, values: npt.NDArray[Any], *, heads: bool = False) -> npt.NDArray[Any]:
        """Values of rows, or of groups, as those of observations."""
        if self.groups > 1 or heads:
            values = values.repeat(len(self.chunk.lines)) if heads else np.tile(values, self.groups)
        return values if self.keep is None else values[self.keep]

    def row_of(self, observation: int) -> int:
        """The row of the chunk."""
        return self._place(observation) % len(self.chunk.lines)

    def label(self, role: str, observation: int) -> str:
        """The header over a cell."""
        return self.labels[role][self._place(observation) // len(self.chunk.lines)]

    def _place(self, observation: int) -> int:
        return observation if self.keep is None else int(np.flatnonzero(self.keep)[observation])


@dataclass
class Splitter:
    """Parts of the chunks of one file. `fill_down`: blank departments, KPIs, periods, years and quarters take the text above them."""

    mapping: Mapping
    fill_down: bool = False
    labels: dict[str, str] = field(init=False)
    _alike: list[list[Group]] = field(init=False)
    _last: dict[str, str] = field(init=False, default_factory=dict)
    _spelt: dict[tuple[str, ...], dict[tuple[str, ...], str]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        groups, self._base = self.mapping.groups, self.mapping.base
        self._headers = {column.place: column.header for column in self.mapping.columns}
        self._headed = any("period" in group.fixed for group in groups)
        self._every = dict.fromkeys(role for group in groups for role in (*group.fixed, *group.places))
        self._alike = [list(alike) for _, alike in groupby(groups, lambda group: (group.fixed.keys(), group.places.keys()))]
        self.labels = {role: self._headers[place] or role for role, place in self._base.items()}
        calendar = [self.labels[role] for role in CALENDAR if role in self._base]
        if calendar and not self._headed:
            self.labels.setdefault("period", " and ".join(calendar))
        for role, place in groups[0].places.items():
            self.labels[role] = self._headers[place] or role

    def parts(self, chunk: Chunk) -> Iterator[Part]:
        """The observations of the chunk: every row under every group."""
        count = len(chunk.lines)
        rows: dict[str, Cells] = {role: chunk.columns[place] for role, place in self._base.items()}
        if self.fill_down:
            rows |= {role: self._fill(role, rows[role]) for role in FILLED if role in rows}
        calendar = {role: rows.pop(role) for role in CALENDAR if role in rows}
        if calendar and "period" not in rows and not self._headed:
            rows["period"] = self._joined(calendar)
        rows |= {role: [text] * count for role, text in self.mapping.constants.items() if role not in rows}
        for groups in self._alike if count else ():
            yield self._part(chunk, groups, rows, calendar)

    def _part(self, chunk: Chunk, groups: list[Group], rows: dict[str, Cells], calendar: dict[str, Cells]) -> Part:
        """The observations under groups that fix and hold the same."""
        count, many = len(chunk.lines), len(groups)
        fixes = [role for role in groups[0].fixed if role == "unit" or role not in rows]
        heads: dict[str, Cells] = {role: [group.fixed[role] for group in groups] for role in fixes}
        cells: dict[str, Cells] = {
            role: list(chain.from_iterable(chunk.columns[group.places[role]] for group in groups)) if many > 1 else chunk.columns[place]
            for role, place in groups[0].places.items()
        }
        if calendar and "period" in heads:
            other = "month" if "year" in calendar else "year"
            fixed = [text for text in heads.pop("period") for _ in range(count)]
            cells["period"] = self._joined({other: fixed, **{role: [*column] * many for role, column in calendar.items()}})
        own = {role: column for role, column in rows.items() if role not in heads}
        own |= {role: [""] * count for role in self._every if not (role in own or role in heads or role in cells)}
        labels = {role: [self._headers[group.places[role]] or role for group in groups] for role in groups[0].places}
        part = Part(chunk, many, own, heads, cells, labels, wide=bool(groups[0].fixed))
        return _without_blanks(part) if part.wide and "" in cells.get("value", ()) else part

    def _fill(self, role: str, column: Cells) -> Cells:
        last, out = self._last.get(role, ""), []
        for cell in column:
            last = cell if cell.strip() else last
            out.append(last)
        self._last[role] = last
        return out

    def _joined(self, parts: dict[str, Cells]) -> Cells:
        """One text per row for the period that year, quarter, month and week texts name together."""
        parts = {role: parts[role] for role in CALENDAR if role in parts}
        spelt = self._spelt.setdefault(tuple(parts), {})
        spell = _spell(tuple(parts))
        rows = list(zip(*parts.values(), strict=True))
        spelt.update((row, spell(row)) for row in set(rows) - spelt.keys())
        return [spelt[row] for row in rows]


def _without_blanks(part: Part) -> Part:
    keep = np.array(list(map(bool, part.cells["value"])), bool)
    cells: dict[str, Cells] = {role: list(compress(column, keep)) for role, column in part.cells.items()}
    return replace(part, cells=cells, keep=keep)


def _spell(roles: tuple[str, ...]) -> Callable[[tuple[str, ...]], str]:
    """A speller of periods whose parts are these. What makes no period is put together all the same, for people to see."""

    def spell(row: tuple[str, ...]) -> str:
        of = {role: _whole(cell) for role, cell in zip(roles, row, strict=True)}
        year = of.get("year", "")
        if month := of.get("month"):
            return f"{year}-{int(month):02d}" if SHORT.fullmatch(month) else f"{month} {year}".strip()
        if quarter := of.get("quarter"):
            return f"{year}-Q{quarter.upper().lstrip('Q')}"
        week = of.get("week", "").upper().lstrip("WEK ")
        return f"{year}-W{int(week):02d}" if SHORT.fullmatch(week) else " ".join(filter(None, of.values()))

    return spell


def _whole(cell: str) -> str:
    """A calendar number as people write it; spreadsheets may add ".0"."""
    cell = cell.strip()
    return cell[:-2] if cell.endswith(".0") else cell
