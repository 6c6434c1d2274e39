"""What the cells of a KPI's figures say of its unit: percent signs, currencies, durations, comparisons - and fractions of a percentage.

A unit in a cell must be the KPI's; a new KPI takes it. Durations become the KPI's unit of time. Figures of a percentage that all lie
between -1 and 1, beside kept ones that do not, are asked about: 0.95 may be 0.95 % or 95 %.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from departments.core.names import key
from metrics.core.answers import AS_THEY_STAND, TIMES_100, Answers
from metrics.core.kpi import Direction
from metrics.core.notation import UNITS
from metrics.core.numbers import Mark
from metrics.core.problems import Question
from metrics.core.rows import Kpi
from metrics.core.sheet import Floats, Sheet

PERCENT = frozenset(("%", "percent", "per cent", "pct", "percentage", "prozent", "persent", "pour cent", "por ciento", "por cento"))
SECONDS = {
    1.0: ("s", "sec", "secs", "second", "seconds", "sekondes", "sekunden"),
    60.0: ("min", "mins", "minute", "minutes", "minuten", "minute(s)"),
    3600.0: ("h", "hr", "hrs", "hour", "hours", "ure", "uur", "stunden", "heures", "horas"),
    86400.0: ("d", "day", "days", "dae", "dag", "tage", "jours", "días", "dias"),
}  # fmt: skip
CURRENCY_WORDS = {"R": ("rand", "rands"), "€": ("euro", "euros"), "£": ("pound", "pounds"), "$": ("dollar", "dollars")}
DURATION = "s"
_TIME = {word: seconds for seconds, words in SECONDS.items() for word in words}
_CURRENCY = {key(spelling): unit for spelling, unit in UNITS.items()}
_CURRENCY |= {word: unit for unit, words in CURRENCY_WORDS.items() for word in words}
FIGURES = ("value", "target", "benchmark")
FAR = 10.0  # times

Note = Callable[[npt.NDArray[Any], str, Callable[[int], tuple[str, str]]], None]


def is_percent(unit: str | None) -> bool:
    """Whether the unit is a percentage."""
    return key(unit or "") in PERCENT


def _currency(unit: str) -> str:
    return _CURRENCY.get(key(unit), unit)


@dataclass
class Meaning:
    """The figures in the units of their KPIs, and the questions that remain."""

    sheet: Sheet
    kpi_of: npt.NDArray[np.int32]
    kpis: list[Kpi]
    answers: Answers
    note: Note
    numbers: dict[str, Floats] = field(init=False)
    questions: list[Question] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        self.numbers = dict(self.sheet.numbers)
        self._without_unit: list[Kpi] = []
        for name, marks in self.sheet.marks.items():
            self._marks(name, marks.codes, marks.said)
        if self._without_unit:
            names = ", ".join(f"“{kpi.name.text}”" for kpi in self._without_unit[:5])
            text = f"In what unit of time is {names} to be kept? Say so in a column “unit”: s, min, h or days."
            self.questions.append(Question("unit", "unit", ["s", "min", "h", "days"], "a column “unit”", text))

    def _marks(self, name: str, codes: npt.NDArray[np.int16], said: list[Mark]) -> None:
        """Each pair of a KPI and what its cells say, once; not each cell."""
        rows = np.flatnonzero((codes > 0) & (self.kpi_of >= 0))
        if not len(rows):
            return
        pairs = self.kpi_of[rows].astype(np.int64) * len(said) + codes[rows]
        factors = np.ones(len(rows))
        for pair in np.unique(pairs).tolist():
            kpi, mark = self.kpis[pair // len(said)], said[pair % len(said)]
            chosen = pairs == pair
            fault, factor = self._agree(kpi, mark)
            if fault:
                self.note(rows[chosen], name, partial(self._fault, name, fault))
            factors[chosen] = factor
        if (factors != 1).any():
            self.numbers[name] = self.numbers[name].copy()
            self.numbers[name][rows] /= factors

    def _fault(self, name: str, fault: str, row: int) -> tuple[str, str]:
        return f"{self.sheet.numbers[name][row]:g}", fault

    def _agree(self, kpi: Kpi, mark: Mark) -> tuple[str, float]:
        """(what is wrong, what the number is to be divided by)."""
        if mark.sense:
            if kpi.direction is None:
                kpi.direction = mark.sense
            elif kpi.direction != mark.sense:
                return (
                    f"This reads as “{mark.sense.label}”, and of “{kpi.name.text}” {Direction(kpi.direction).label}. Correct one of them.",
                    1.0,
                )
        if not mark.unit:
            return "", 1.0
        if mark.unit == DURATION:
            return self._duration(kpi)
        if not kpi.unit:
            kpi.unit = mark.unit
            return "", 1.0
        same = is_percent(kpi.unit) if mark.unit == "%" else _currency(kpi.unit) == _currency(mark.unit)
        return ("" if same else f"The cell says {mark.unit}, and the unit of “{kpi.name.text}” is {kpi.unit}. Correct one of them."), 1.0

    def _duration(self, kpi: Kpi) -> tuple[str, float]:
        if not kpi.unit:
            if kpi not in self._without_unit:
                self._without_unit.append(kpi)
            return "", 1.0
        seconds = _TIME.get(key(kpi.unit))
        if seconds is None:
            return f"This is a duration, and the unit of “{kpi.name.text}” is {kpi.unit}.", 1.0
        return "", seconds

    def fractions(self, kept: Mapping[int, float]) -> None:
        """Ask about, or turn into per cent, the figures of percentages that may be fractions. `kept`: largest kept figure by KPI's id."""
        places = [place for place, kpi in enumerate(self.kpis) if is_percent(kpi.unit)]
        if not places or self.answers.percent == AS_THEY_STAND:
            return
        asked: dict[str, None] = {}
        of_values = np.zeros(len(self.kpis))
        for name in FIGURES:
            if name in self.numbers:
                of_values = self._fractions_of(name, places, kept, asked, of_values)
        if asked:
            names = ", ".join(f"“{one}”" for one in list(asked)[:5]) + (f" and {len(asked) - 5} more" if len(asked) > 5 else "")
            text = f"Figures of {names} lie between -1 and 1, all in one column, and the unit is %. Is 0.5 half a per cent, or 50 %?"
            self.questions.append(Question("percent", "value", [AS_THEY_STAND, TIMES_100], "--percent", text))

    def _fractions_of(self, name: str, places: list[int], kept: Mapping[int, float], asked: dict[str, None], of_values: Floats) -> Floats:
        """Ask about one column, or scale it. `of_values`, and what comes back: the largest value of each KPI. A target below 1 of values
        above it is one of a fraction only where it is far below."""
        values = self.numbers[name]
        of, size = self.kpi_of, np.abs(values)
        every, largest, fraction = np.zeros(len(self.kpis)), np.zeros(len(self.kpis)), np.zeros(len(self.kpis), bool)
        figures = (of >= 0) & ~np.isnan(values)
        rows = np.flatnonzero(figures & ~self._percent_said(name))
        np.maximum.at(every, of[figures], size[figures])
        np.maximum.at(largest, of[rows], size[rows])
        fraction[of[rows[(size[rows] > 0) & (size[rows] < 1)]]] = True
        fraction &= (largest <= 1) & ((of_values <= 1) | (of_values >= FAR * largest))
        small = [place for place in places if fraction[place] and not self._kept_small(self.kpis[place], kept)]
        if self.answers.percent == TIMES_100 and small:
            chosen = rows[np.isin(of[rows], small)]
            scaled = values.copy()
            scaled[chosen] = np.round(scaled[chosen] * 100, 12)
            self.numbers[name] = scaled
        else:
            asked.update(dict.fromkeys(self.kpis[place].name.text for place in small))
        return every if name == "value" else of_values

    def _percent_said(self, name: str) -> npt.NDArray[np.bool_]:
        marks = self.sheet.marks.get(name)
        if marks is None:
            return np.zeros(len(self.kpi_of), bool)
        return np.array([mark.unit == "%" for mark in marks.said], bool)[marks.codes]

    @staticmethod
    def _kept_small(kpi: Kpi, kept: Mapping[int, float]) -> bool:
        return kpi.known is not None and 0 < kept.get(kpi.known.id, 0.0) <= 1
