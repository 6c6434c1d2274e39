"""What is wrong with a file, where, and how to repair it; and what the file leaves open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

SHOWN = 10_000
VALUE_LENGTH = 200
MESSAGE_LENGTH = 300
READING = frozenset(("columns", "decimal", "dates", "sheet", "percent", "fill_down", "unit"))


class Unreadable(Exception):
    """The bytes are no table: not text, not closed, too big. Its text is for people; `line` is 0 when there is none."""

    def __init__(self, message: str, line: int = 0):
        super().__init__(message)
        self.line = line


@dataclass(frozen=True, order=True)
class Problem:
    """One thing wrong with one cell or row, with the repair in the message. `line`: physical line that the row begins on, from 1."""

    line: int
    column: str
    value: str
    message: str


@dataclass(frozen=True)
class Question:
    """What the file does not say and nobody may guess.

    `options`: the possible answers, or for unknown names these names. `flag`: what answers it, an option of the command or a
    column to add to the file. `text`: the question in words.
    """

    kind: str
    column: str
    options: list[str]
    flag: str
    text: str

    @property
    def about_reading(self) -> bool:
        """Whether, until it is answered, nobody can tell what the rows say."""
        return self.kind in READING


@dataclass
class Problems:
    """The problems of a file: the first `limit` in order of lines, and the number of all."""

    limit: int = SHOWN
    count: int = 0
    _kept: list[Problem] = field(default_factory=list)

    def add(self, line: int, column: str, value: str, message: str) -> None:
        """Note one problem; over-long value and message are cut."""
        self.count += 1
        self._keep(line, column, value, message)

    def add_rows(
        self,
        rows: npt.NDArray[np.integer[Any]],
        lines: npt.NDArray[np.int32],
        column: str | Callable[[int], str],
        say: Callable[[int], tuple[str, str]],
    ) -> None:
        """Note one problem for each of the `rows` (ascending positions in `lines`). `say`: position -> (value, message), asked for
        those only that can be among the first `limit`; `column` may be such a function too."""
        if not len(rows):
            return
        self.count += len(rows)
        for row in rows[: self.limit].tolist():
            self._keep(int(lines[row]), column if isinstance(column, str) else column(row), *say(row))

    def first(self) -> list[Problem]:
        """At most `limit` of them, in order of lines."""
        return sorted(self._kept)[: self.limit]

    def _keep(self, line: int, column: str, value: str, message: str) -> None:
        self._kept.append(Problem(line, column, _cut(value, VALUE_LENGTH), _cut(message, MESSAGE_LENGTH)))
        if len(self._kept) >= 4 * self.limit:
            self._kept = self.first()


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"
