"""Chunks of a file into observations: one part per chunk and group of columns, whatever the layout of the file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from metrics.core.mapping import Group, Mapping
from metrics.core.tabular import Cells, Chunk, Lines

FILLED = ("department", "kpi", "period")


@dataclass(frozen=True)
class Part:
    """Some observations: the line of each, its cells by role, the header over each role's cells, and the chunk that it is of."""

    lines: Lines
    cells: dict[str, Cells]
    labels: dict[str, str]
    chunk: Chunk
    wide: bool


@dataclass
class Splitter:
    """Parts of the chunks of one file. `fill_down`: blank departments, KPIs and periods take the text above them."""

    mapping: Mapping
    fill_down: bool = False
    groups: list[Group] = field(init=False)
    _base: dict[str, int] = field(init=False)
    _last: dict[str, str] = field(init=False, default_factory=dict)
    _spelt: dict[tuple[str, ...], str] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.groups, self._base = self.mapping.groups, self.mapping.base
        self._headers = {column.place: column.header for column in self.mapping.columns}
        self._every = dict.fromkeys(role for group in self.groups for role in (*group.fixed, *group.places))

    def parts(self, chunk: Chunk) -> Iterator[Part]:
        count = len(chunk.lines)
        cells: dict[str, Cells] = {role: chunk.columns[place] for role, place in self._base.items()}
        labels = {role: self._headers[place] or role for role, place in self._base.items()}
        if self.fill_down:
            cells |= {role: self._fill(role, cells[role]) for role in FILLED if role in cells}
        calendar: list[str] = [role for role in ("year", "quarter", "month", "week") if role in cells]
        if calendar:
            parts = {role: cells.pop(role) for role in calendar}
            if "period" not in cells:
                cells["period"] = self._joined(parts)
                labels["period"] = " and ".join(labels[role] for role in calendar)
        cells |= {role: [text] * count for role, text in self.mapping.constants.items() if role not in cells}
        for group in self.groups:
            fixed: dict[str, Cells] = {role: [text] * count for role, text in group.fixed.items() if role == "unit" or role not in cells}
            figures = {role: chunk.columns[place] for role, place in group.places.items()}
            blank = {role: [""] * count for role in self._every if role not in cells and role not in fixed and role not in figures}
            over = {role: self._headers[place] or role for role, place in group.places.items()}
            over |= {role: text for role, text in group.fixed.items()}
            yield Part(chunk.lines, cells | blank | fixed | figures, labels | over, chunk, bool(group.fixed))

    def _fill(self, role: str, column: Cells) -> Cells:
        last, out = self._last.get(role, ""), []
        for cell in column:
            last = cell if cell.strip() else last
            out.append(last)
        self._last[role] = last
        return out

    def _joined(self, parts: dict[str, Cells]) -> Cells:
        """One text per row for the period that year, quarter, month and week columns name together."""
        spell = self._spell(tuple(parts))
        return [self._spelt.get(row) or spell(row) for row in zip(*parts.values(), strict=True)]

    def _spell(self, roles: tuple[str, ...]) -> Callable[[tuple[str, ...]], str]:
        def spell(row: tuple[str, ...]) -> str:
            of = {role: _whole(cell) for role, cell in zip(roles, row, strict=True)}
            year = of.get("year", "")
            text = " ".join(filter(None, of.values()))
            if month := of.get("month"):
                text = f"{year}-{int(month):02d}" if month.isdecimal() else f"{month} {year}".strip()
            elif quarter := of.get("quarter"):
                text = f"{year}-Q{quarter.upper().lstrip('Q')}"
            elif week := of.get("week"):
                digits = week.upper().lstrip("WEK ")
                text = f"{year}-W{int(digits):02d}" if digits.isdecimal() else text
            self._spelt[row] = text
            return text

        return spell


def _whole(cell: str) -> str:
    """A calendar number as people write it; spreadsheets may add ".0"."""
    cell = cell.strip()
    return cell[:-2] if cell.endswith(".0") else cell
