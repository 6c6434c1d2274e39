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
CURRENCIES = {
    "R": ("r", "zar", "rand"), "€": ("€", "eur", "euro"), "£": ("£", "gbp"), "$": ("$",), "US$": ("us$", "usd"),
    "¥": ("¥", "jpy"), "₹": ("₹", "inr"), "₦": ("₦", "ngn"), "CHF": ("chf",),
}  # fmt: skip
DURATION = "s"
_TIME = {word: seconds for seconds, words in SECONDS.items() for word in words}
_CURRENCY = {word: sign for sign, words in CURRENCIES.items() for word in words}
FIGURES = ("value", "target", "benchmark")

Note = Callable[[npt.NDArray[Any], str, Callable[[int], tuple[str, str]]], None]


def is_percent(unit: str | None) -> bool:
    """Whether the unit is a percentage."""
    return key(unit or "") in PERCENT


def _currency(unit: str) -> str:
    return _CURRENCY.get(key(unit), key(unit))


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
        for name in FIGURES:
            if name in self.numbers:
                self._fractions_of(name, places, kept, asked)
        if asked:
            names = ", ".join(f"“{one}”" for one in list(asked)[:5]) + (f" and {len(asked) - 5} more" if len(asked) > 5 else "")
            text = f"All figures of {names} lie between -1 and 1, and the unit is %. Is 0.5 half a per cent, or 50 %?"
            self.questions.append(Question("percent", "value", [AS_THEY_STAND, TIMES_100], "--percent", text))

    def _fractions_of(self, name: str, places: list[int], kept: Mapping[int, float], asked: dict[str, None]) -> None:
        values = self.numbers[name]
        largest, fraction = np.zeros(len(self.kpis)), np.zeros(len(self.kpis), bool)
        rows = np.flatnonzero((self.kpi_of >= 0) & ~np.isnan(values) & ~self._percent_said(name))
        size = np.abs(values[rows])
        np.maximum.at(largest, self.kpi_of[rows], size)
        fraction[self.kpi_of[rows[(size > 0) & (size < 1)]]] = True
        small = [place for place in places if fraction[place] and largest[place] <= 1 and not self._kept_small(self.kpis[place], kept)]
        if self.answers.percent == TIMES_100 and small:
            chosen = rows[np.isin(self.kpi_of[rows], small)]
            scaled = values.copy()
            scaled[chosen] = np.round(scaled[chosen] * 100, 12)
            self.numbers[name] = scaled
        elif name == "value":
            asked.update(dict.fromkeys(self.kpis[place].name.text for place in small))

    def _percent_said(self, name: str) -> npt.NDArray[np.bool_]:
        marks = self.sheet.marks.get(name)
        if marks is None:
            return np.zeros(len(self.kpi_of), bool)
        return np.array([mark.unit == "%" for mark in marks.said], bool)[marks.codes]

    @staticmethod
    def _kept_small(kpi: Kpi, kept: Mapping[int, float]) -> bool:
        return kpi.known is not None and 0 < kept.get(kpi.known.id, 0.0) <= 1
