"""A table of data health: for the page, and whole as CSV."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse

SHOWN = 12  # rows of each on the page
NUMBER, WHOLE = "num", "nowrap"  # looks of a column: set flush right; never broken into lines


@dataclass(frozen=True)
class Cell:
    """What stands in one place: words for people with a note below, what the CSV says (None: the words), and where they lead: the
    name of an address and what it takes, and what follows it."""

    text: str
    raw: object = None
    link: tuple[Any, ...] = ()
    query: str = ""
    note: str = ""
    stale: bool = False  # shown as the chip that says so everywhere

    @property
    def href(self) -> str:
        return reverse(self.link[0], args=self.link[1:]) + self.query

    @property
    def plain(self) -> object:
        return self.text if self.raw is None else self.raw


@dataclass(frozen=True)
class Column:
    """A column's head for people and for the CSV, and its look."""

    label: str
    name: str
    look: str = ""


@dataclass(frozen=True)
class Table:
    """Some facts about the data, worst first. `count`: of all rows, of which `rows` may be the first; `empty`: what to say without."""

    key: str
    title: str
    text: str
    empty: str
    noun: str
    columns: list[Column]
    rows: list[list[Cell]] = field(default_factory=list)
    count: int = 0

    @property
    def lines(self) -> list[list[tuple[Column, Cell]]]:
        return [list(zip(self.columns, row, strict=True)) for row in self.rows]
