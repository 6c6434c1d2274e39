"""The distinct texts of a file's columns: each read once, however many rows repeat it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from metrics.core import cells, period_text
from metrics.core.answers import Answers, by_key
from metrics.core.cells import Name
from metrics.core.header_words import is_total

UNIT_LENGTH, SOURCE_LENGTH, NOTE_LENGTH = 30, 300, 300
TEXTS = ("department", "kpi", "period", "unit", "direction", "frequency", "benchmark_source", "note")
NAMED = ("department", "kpi", "period")  # a row that calls one of these a total is a sum of others

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
    fiscal_start: int,
    longest: int,
) -> dict[str, Texts]:
    """Every text column with what its texts mean. `longest`: characters of a cell."""
    readers: dict[str, Callable[[str], Any]] = {
        "department": partial(_renamed, by_key(answers.departments)),
        "kpi": partial(_renamed, by_key(answers.kpis)),
        "period": partial(period_text.parse, order=order, fiscal_start=fiscal_start),
        "unit": cells.text_of(UNIT_LENGTH),
        "direction": cells.direction,
        "frequency": cells.frequency,
        "benchmark_source": cells.text_of(SOURCE_LENGTH),
        "note": cells.text_of(NOTE_LENGTH),
    }
    return {name: _read(list(texts), codes[name], readers[name], name in NAMED, longest) for name, texts in distinct.items()}


def _read(spelt: list[str], codes: Codes, read: Callable[[str], Any], named: bool, longest: int) -> Texts:
    values: list[Any] = []
    faults, out = [], []
    for text in spelt:
        value, fault, why = None, "", ""
        try:
            if len(text) > longest:
                raise ValueError(f"The cell is longer than {longest:,} characters.")
            if named and is_total(text):
                why = "a total"
            else:
                value = read(text)
                why = "left out by answer" if value is LEFT_OUT else ""
        except period_text.Undecided:
            pass  # a question about the whole file, not a fault of this row
        except ValueError as error:
            fault = str(error)
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
