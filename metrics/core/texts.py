"""The distinct texts of a file's columns: each read once, however many rows repeat it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from departments.core.names import key
from metrics.core import cells, period_text
from metrics.core.answers import Answers, by_key
from metrics.core.cells import Name
from metrics.core.header_words import TOTALISH, is_total, is_total_among, plain
from metrics.core.mapping import Names

SOURCE_LENGTH, NOTE_LENGTH = 300, 300
TEXTS = ("department", "kpi", "period", "unit", "direction", "frequency", "benchmark_source", "note")

Codes = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Texts:
    """A column of texts: row -> code -> value. `values[code]` is None where the text is faulty; `spelt[code]` is the text itself,
    `faults[code]` what is wrong with it. `out[code]`: rows with this text are no observations (totals, names left out by answer)."""

    codes: Codes
    values: list[Any]
    spelt: list[str]
    faults: Sequence[str] = ()
    out: Sequence[str] = ()

    def only(self, rows: npt.NDArray[Any]) -> Texts:
        """The same column of those rows; texts that none of them has mean nothing any more."""
        codes = self.codes[rows]
        used = np.bincount(codes, minlength=len(self.values)) > 0
        return replace(
            self, codes=codes, values=[value if there else None for value, there in zip(self.values, used.tolist(), strict=True)]
        )


class Distinct(dict[str, int]):
    """The distinct texts of a column, numbered in order of appearance."""

    def __missing__(self, text: str) -> int:
        code = self[text] = len(self)
        return code

    def take(self, column: Sequence[str]) -> Codes:
        """The numbers of the texts."""
        if cells.constant(column):
            return np.broadcast_to(np.array(self[column[0]], np.int32), len(column))
        return np.array(list(map(self.__getitem__, column)), np.int32)


def meanings(
    distinct: Mapping[str, Distinct],
    codes: Mapping[str, Codes],
    answers: Answers,
    *,
    order: period_text.DateOrder | None,
    asked: bool,
    fiscal_start: int,
    longest: int,
    known: Names | None = None,
) -> dict[str, Texts]:
    """Every text column with what its texts mean. `asked`: the order of days and months is a question; `longest`: characters of a cell;
    `known`: names that are none of totals, whatever they look like."""
    renamed = {"department": by_key(answers.departments), "kpi": by_key(answers.kpis)}
    readers: dict[str, Callable[[str], Any]] = {
        "department": partial(_renamed, renamed["department"]),
        "kpi": partial(_renamed, renamed["kpi"]),
        "period": partial(period_text.parse, order=order, fiscal_start=fiscal_start),
        "unit": cells.text_of(cells.UNIT_LENGTH),
        "direction": cells.direction,
        "frequency": cells.frequency,
        "benchmark_source": cells.text_of(SOURCE_LENGTH),
        "note": cells.text_of(NOTE_LENGTH),
    }
    names = known or Names()
    sums: dict[str, Callable[[str], bool] | None] = {
        "department": _sums(distinct["department"], {*renamed["department"], *names.departments}, others=True),
        "kpi": _sums(distinct["kpi"], {*renamed["kpi"], *names.kpis}, others=False),  # "Total revenue" is no sum of KPIs
        "period": is_total,
    }
    return {name: _read(list(texts), codes[name], readers[name], sums.get(name), longest, asked=asked) for name, texts in distinct.items()}


def _sums(texts: Distinct, names: Collection[str], *, others: bool) -> Callable[[str], bool] | None:
    """What tells the names of totals from the others; None where there can be none. `names`: keys of names that are no totals."""
    every = "\n".join(texts).casefold()
    if not any(part in every for part in TOTALISH):
        return None
    among = {plain(text) for text in texts} if others else set()
    return lambda text: is_total_among(text, among) and key(text) not in names


def _read(
    spelt: list[str], codes: Codes, read: Callable[[str], Any], is_sum: Callable[[str], bool] | None, longest: int, *, asked: bool
) -> Texts:
    values: list[Any] = []
    faults, out = [], []
    for text in spelt:
        value, fault, why = None, "", ""
        try:
            if len(text) > longest:
                raise ValueError(f"The cell is longer than {longest:,} characters.")
            if is_sum and is_sum(text):
                why = "a total"
            else:
                value = read(text)
                why = "left out by answer" if value is LEFT_OUT else ""
        except ValueError as error:  # what is asked about for the whole file is no fault of this row
            fault = "" if asked and isinstance(error, period_text.Undecided) else str(error)
        values.append(None if why else value)
        faults.append(fault)
        out.append(why)
    return Texts(codes, values, spelt, faults, out)


LEFT_OUT = Name("", "")


def _renamed(answers: dict[str, str], text: str) -> Name:
    """The name, or the one that a person says it is."""
    name = cells.name(text)
    if name.key not in answers:
        return name
    return cells.name(answers[name.key]) if answers[name.key].strip() else LEFT_OUT
