"""The columns of a file and what they are together: groups of figures, what is missing, what is in doubt."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from metrics.core.answers import BASE, FIELDS, IGNORE
from metrics.core.notation import COMMA, PLAIN, parse

SURE = 0.8  # below this a person is asked
NEEDED = ("department", "kpi", "period", "value")
PARTS = ("month", "quarter", "week")  # of a year
CALENDAR = ("year", *PARTS)  # columns that make up a period together


@dataclass(frozen=True)
class Column:
    """One column of the file. `fixed`: what its header names (role FIELD@...); `unit`: what the header's brackets hold; `doubt`: a
    sentence, where a person should look at it although its header is clear."""

    place: int
    header: str
    role: str
    confidence: float
    fixed: str = ""
    unit: str = ""
    samples: tuple[str, ...] = ()
    doubt: str = ""

    @property
    def field(self) -> str:
        """The figure that its cells are: value, target ...; blank for other columns."""
        name = self.role.partition("@")[0]
        return name if name in FIELDS else ""

    @property
    def names(self) -> str:
        """What its header names: period, kpi or department; blank for none."""
        return self.role.partition("@")[2]


@dataclass(frozen=True)
class Group:
    """Columns that make one observation per row: what their headers fix, and the places of their figures by role."""

    fixed: dict[str, str]
    places: dict[str, int]


@dataclass(frozen=True)
class Mapping:
    """The columns of a file, and what is still open about them."""

    columns: tuple[Column, ...]
    header_line: int
    header_last: int
    constants: dict[str, str] = field(default_factory=dict)

    @property
    def base(self) -> dict[str, int]:
        """Places of the columns that hold for a whole row."""
        return {column.role: column.place for column in self.columns if column.role in BASE}

    @property
    def groups(self) -> list[Group]:
        """In the file's order. A plain target or benchmark beside headed values holds for all of them."""
        figures = [column for column in self.columns if column.field]
        headed = any(column.names for column in figures if column.field == "value")
        shared = {column.field: column.place for column in figures if headed and not column.names and column.field != "value"}
        own = [column for column in figures if not (headed and not column.names and column.field != "value")]
        out = []
        for fixed, members in groupby(sorted(own, key=_group_key), key=_group_key):
            columns = list(members)
            attributes = {fixed[1]: fixed[2]} if fixed[1] else {}
            attributes |= {"unit": columns[0].unit} if fixed[1] == "kpi" and columns[0].unit else {}
            places = shared | {column.field: column.place for column in columns}
            out.append((min(column.place for column in columns), Group(attributes, places)))
        return [group for _, group in sorted(out, key=lambda pair: pair[0])]

    @property
    def wide(self) -> bool:
        return any(column.names for column in self.columns)

    @property
    def missing(self) -> list[str]:
        """What no column and no constant gives."""
        named = {column.names for column in self.columns} | set(self.constants) | set(self.base)
        named |= {"period"} if named & {"year", "month"} else set()
        named |= {"value"} if any(column.field == "value" for column in self.columns) else set()
        return [name for name in NEEDED if name not in named]

    @property
    def unsure(self) -> list[Column]:
        """Columns whose role a person should look at first."""
        return [column for column in self.columns if column.doubt or (column.role != IGNORE and column.confidence < SURE)]


def _group_key(column: Column) -> tuple[bool, str, str]:
    return (bool(column.names), column.names, column.fixed)


def share(cells: Sequence[str], test: Callable[[str], bool]) -> float:
    """The share of the cells that pass; 0 of none."""
    return sum(map(test, cells)) / len(cells) if cells else 0.0


def is_number(cell: str) -> bool:
    """Whether it is a number in some notation."""
    read = (parse(cell, notation) for notation in (PLAIN, COMMA))
    return any(found is not None and not math.isnan(found[0]) for found in read)
