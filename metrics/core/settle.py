"""What the rows of a file say together and beside what is known: one KPI has one unit, direction and frequency, a period of a
series has one row, and the weeks of a series begin on one weekday."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from metrics.core import periods
from metrics.core.cells import Name
from metrics.core.kpi import Direction
from metrics.core.period_text import EPOCH
from metrics.core.periods import Frequency, commonest_spacing
from metrics.core.problems import Question
from metrics.core.rows import KEPT_TEXTS, Days, Department, Keys, Known, KnownKpi, Kpi, Rows
from metrics.core.sheet import Codes, Sheet, Texts

DAY_BITS = 24  # a day number plus DAY_ZERO fits into these, so that one integer sorts by series and day
DAY_ZERO = 1 << 22
APART = 10_000_000  # days between two series laid end to end: no spacing of periods
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
FREQUENCIES = list(Frequency)
WEEK = FREQUENCIES.index(Frequency.WEEK)
NAMED = 5  # names in a sentence
OFFERED = 1000  # names in a question


def settle(sheet: Sheet, known: Known, *, create: bool = False) -> Rows:
    """The sheet's rows as they are to be kept, with every further problem noted in `sheet.problems`.

    Unknown names are a question unless `create` says that they are to be made.
    """
    settling = _Settling(sheet, known)
    if sheet.texts:
        settling.attributes()
        settling.periods()
        settling.weeks()
        settling.twice()
    return settling.rows(create)


def iso(day: int) -> str:
    """The day, counted from 1970-01-01, as 2016-01-31."""
    return (EPOCH + timedelta(days=int(day))).isoformat()


class _Settling:
    """The sheet, its names resolved; `row` lists the rows whose series and period are clear, in order of these."""

    def __init__(self, sheet: Sheet, known: Known):
        self.sheet, self.known, self.bad = sheet, known, sheet.bad.copy()
        nobody = Texts(np.zeros(0, np.int32), [], [])
        departments, self.department_of = _named(sheet.texts.get("department", nobody))
        kpis, self.kpi_of = _named(sheet.texts.get("kpi", nobody))
        self.departments = [Department(name, known.departments.get(name.key)) for name in departments]
        self.kpis = [Kpi(name, known.kpis.get(name.key)) for name in kpis]
        spelt = sheet.texts.get("period", nobody)
        self.spelt_days = np.array([value.day if value else 0 for value in spelt.values], np.int32)
        self.spelt_spans = np.array([FREQUENCIES.index(value.span) if value and value.span else -1 for value in spelt.values], np.int8)
        clear = np.array([value is not None for value in spelt.values], bool)
        placed = (self.department_of >= 0) & (self.kpi_of >= 0) & clear[spelt.codes]
        self._order(np.flatnonzero(placed).astype(np.int32), spelt.codes)

    def _order(self, rows: Codes, codes: Codes) -> None:
        """Sort once: rounding days down to the first of their period does not change the order any more."""
        series = self.department_of[rows].astype(np.int64) * len(self.kpis) + self.kpi_of[rows]
        order = np.argsort(series_day_key(series, self.spelt_days[codes[rows]]), kind="stable")
        self.row = rows[order]
        self.kpi = self.kpi_of[self.row]
        self.code = codes[self.row]
        self.day = self.spelt_days[self.code]
        series = series[order]
        first = np.ones(len(series), bool)
        first[1:] = series[1:] != series[:-1]
        self.series = np.cumsum(first, dtype=np.int32) - 1  # 0, 1, 2 ... without holes
        self.series_start = np.flatnonzero(first)

    def _note(self, rows: npt.NDArray[np.integer[Any]], column: str, say: Callable[[int], tuple[str, str]]) -> None:
        self.sheet.problems.add_rows(rows, self.sheet.lines, column, say)
        self.bad[rows] = True

    def _value(self, column: str, row: int) -> str:
        texts = self.sheet.texts[column]
        return texts.spelt[texts.codes[row]]

    # One unit, direction and frequency

    def attributes(self) -> None:
        """Give each KPI what is kept of it, else what the file says first; rows that say otherwise are faulty."""
        kept: dict[str, Callable[[KnownKpi], Any]] = {
            "unit": lambda known: known.unit,
            "direction": lambda known: known.direction,
            "frequency": lambda known: known.frequency,
        }
        for column, read in kept.items():
            stored = [read(kpi.known) or None if kpi.known else None for kpi in self.kpis]
            values = self._agreed(column, stored) if column in self.sheet.texts else stored
            for kpi, value in zip(self.kpis, values, strict=True):
                setattr(kpi, column, value)
        self._infer_frequencies()

    def _agreed(self, column: str, stored: list[Any]) -> list[Any]:
        """The value per KPI, None where neither kept nor stated."""
        texts = self.sheet.texts[column]
        options = list(dict.fromkeys(value for value in texts.values if value))
        number = {value: place for place, value in enumerate(options)}
        of_code = np.array([number.get(value, -1) for value in texts.values], np.int32)
        stated = of_code[texts.codes]
        rows = np.flatnonzero((stated >= 0) & (self.kpi_of >= 0))
        kpi, stated = self.kpi_of[rows], stated[rows]
        first = np.full(len(self.kpis), -1)
        first[kpi[::-1]] = rows[::-1]  # the last assignment stays: each KPI's first row
        expected = np.where(first < 0, -1, of_code[texts.codes[first]])
        said = [options[place] if place >= 0 else None for place in expected.tolist()]
        for place, value in enumerate(stored):
            expected[place] = expected[place] if value is None else number.get(value, -2)
        wrong = rows[stated != expected[kpi]]
        self._note(wrong, column, lambda row: (self._value(column, row), self._disagreement(column, row, stored, first)))
        return [said[place] if value is None else value for place, value in enumerate(stored)]

    def _disagreement(self, column: str, row: int, stored: list[Any], first: Keys) -> str:
        place = int(self.kpi_of[row])
        name, value = self.kpis[place].name.text, stored[place]
        if value is not None:
            word = value.label if isinstance(value, Direction) else str(value)
            return f"The {column} of “{name}” is kept as “{word}”. Correct the file, or the KPI first."
        there = int(first[place])
        return f"Line {self.sheet.lines[there]} gives “{name}” the {column} “{self._value(column, there)}”. A KPI has one {column}."

    def _infer_frequencies(self) -> None:
        """KPIs whose frequency nobody states get the commonest spacing of their periods, else the length that all spellings tell."""
        unclear = np.array([kpi.frequency is None for kpi in self.kpis], bool)
        if not unclear.any():
            return
        chosen = np.flatnonzero(unclear[self.kpi])
        chosen = chosen[np.argsort(self.kpi[chosen], kind="stable")]
        edges = np.searchsorted(self.kpi[chosen], np.arange(len(self.kpis) + 1))
        days = self.day[chosen] + self.series[chosen].astype(np.int64) * APART
        spans = self.spelt_spans[self.code[chosen]]
        for place in np.flatnonzero(unclear).tolist():
            part = slice(edges[place], edges[place + 1])
            self.kpis[place].frequency = commonest_spacing(days[part]) or _span(spans[part])

    # Periods

    def periods(self) -> None:
        """Round each day down to the first of its period. The look-up is by distinct spelling and frequency, not by row."""
        frequency = np.array([FREQUENCIES.index(kpi.frequency or Frequency.DAY) for kpi in self.kpis], np.int8)
        self.frequency = frequency[self.kpi]
        first_days = np.stack([_first_days(self.spelt_days, of) for of in FREQUENCIES])
        self.day = first_days[self.frequency, self.code]
        shorter = (self.spelt_spans[self.code] > self.frequency) & np.array([k.frequency is not None for k in self.kpis], bool)[self.kpi]
        self._note(np.sort(self.row[shorter]), "period", self._too_long)

    def _too_long(self, row: int) -> tuple[str, str]:
        kpi = self.kpis[self.kpi_of[row]]
        assert kpi.frequency
        text = self._value("period", row)
        return text, f"A month is no period of “{kpi.name.text}”, which is {kpi.frequency.label}. Write a date, such as {text}-01."

    def weeks(self) -> None:
        """Weeks of a series begin on the weekday of those kept, else on the commonest in the file."""
        weekly = self.frequency == WEEK
        if not weekly.any():
            return
        weekday = periods.weekday(self.spelt_days.astype(np.int64)).astype(np.int8)[self.code]
        starts = np.bincount(self.series * 7 + weekday, minlength=7 * len(self.series_start)).reshape(-1, 7).argmax(axis=1).astype(np.int8)
        for place, start in self._kept_week_starts():
            starts[place] = start
        wrong = np.flatnonzero(weekly & (weekday != starts[self.series]))
        says = dict(zip(self.row[wrong].tolist(), starts[self.series[wrong]].tolist(), strict=True))
        self._note(np.sort(self.row[wrong]), "period", lambda row: self._other_weekday(row, says[row]))

    def _kept_week_starts(self) -> Iterable[tuple[int, int]]:
        """(series number here, weekday) of the series that have figures."""
        if not self.known.week_starts:
            return
        for place, row in enumerate(self.row[self.series_start].tolist()):
            department, kpi = self.departments[self.department_of[row]].id, self.kpis[self.kpi_of[row]].known
            start = self.known.week_starts.get((department, kpi.id)) if department and kpi else None
            if start is not None:
                yield place, start

    def _other_weekday(self, row: int, start: int) -> tuple[str, str]:
        text = self._value("period", row)
        day = int(self.spelt_days[self.sheet.texts["period"].codes[row]])
        weekday = (day + periods.MONDAY_OFFSET) % 7
        return text, (
            f"This is a {WEEKDAYS[weekday]}, and the weeks of “{self.kpis[self.kpi_of[row]].name.text}” here begin on {WEEKDAYS[start]}. "
            f"Write the first day of the week, {iso(day - (weekday - start) % 7)}."
        )

    def twice(self) -> None:
        """Every row of a series and period that has more than one is faulty, and names another line."""
        key = series_day_key(self.series, self.day)
        same = key[1:] == key[:-1]
        if not same.any():
            return
        other = np.zeros(len(key), np.int64)  # a neighbour with the same key
        other[1:][same] = np.flatnonzero(same)
        only_after = np.append(same, False) & ~np.append(False, same)
        other[only_after] = np.flatnonzero(only_after) + 1
        found = np.flatnonzero(np.append(same, False) | np.append(False, same))
        lines = dict(zip(self.row[found].tolist(), self.sheet.lines[self.row[other[found]]].tolist(), strict=True))
        self._note(np.sort(self.row[found]), "period", lambda row: (self._value("period", row), self._again(row, lines[row])))

    def _again(self, row: int, line: int) -> str:
        department, kpi = self.departments[self.department_of[row]], self.kpis[self.kpi_of[row]]
        return f"Line {line} gives “{kpi.name.text}” in “{department.name.text}” for this period as well. Keep one of the two."

    # The outcome

    def rows(self, create: bool) -> Rows:
        good = ~self.bad[self.row]
        row = self.row[good]
        texts = {name: self.sheet.texts[name] for name in KEPT_TEXTS if name in self.sheet.texts}
        return Rows(
            departments=self.departments,
            kpis=self.kpis,
            department=self.department_of[row],
            kpi=self.kpi[good],
            period=self.day[good],
            lines=self.sheet.lines[row],
            numbers={name: column[row] for name, column in self.sheet.numbers.items()},
            texts={name: Texts(column.codes[row], column.values, column.spelt) for name, column in texts.items()},
            total=len(self.sheet.lines) + self.sheet.unplaced,
            rejected=int(self.bad.sum()) + self.sheet.unplaced,
            problems=self.sheet.problems,
            questions=list(self._questions(create)),
        )

    def _questions(self, create: bool) -> Iterable[Question]:
        departments = [department.name.text for department in self.departments if department.id is None]
        kpis = [kpi.name.text for kpi in self.kpis if kpi.known is None]
        for kind, column, names in (("unknown_departments", "department", departments), ("unknown_kpis", "kpi", kpis)):
            if names and not create:
                what = "Departments" if column == "department" else "KPIs"
                yield Question(kind, column, names[:OFFERED], "--create", f"{what} that are not known yet: {_some(names)}.")
        answers = {"direction": ["higher", "lower", "neutral"], "frequency": [of.value for of in FREQUENCIES]}
        asked = {"direction": "Which way is better", "frequency": "How often is there a figure"}
        for column, options in answers.items():
            if open_names := [kpi.name.text for kpi in self.kpis if getattr(kpi, column) is None]:
                about = _some(open_names)
                text = f"{asked[column]} for {about}? Say so in a column “{column}”: {', '.join(options)}."
                yield Question(column, column, options, f"a column “{column}” for {about}", text)


def _named(texts: Texts) -> tuple[list[Name], Codes]:
    """(the names in order of their keys, the place of each row's name in it or -1). The first spelling of a name is kept."""
    first: dict[str, Name] = {}
    for name in texts.values:
        if name is not None:
            first.setdefault(name.key, name)
    place = {key: number for number, key in enumerate(sorted(first))}
    of_code = np.array([-1 if name is None else place[name.key] for name in texts.values], np.int32)
    return [first[key] for key in place], of_code[texts.codes]


def series_day_key(series: npt.NDArray[np.integer[Any]], day: Days) -> Keys:
    """One ascending number per (series, day)."""
    return (series.astype(np.int64) << DAY_BITS) + (day + DAY_ZERO)


def _first_days(days: Days, frequency: Frequency) -> Days:
    if frequency in (Frequency.DAY, Frequency.WEEK):
        return days
    return periods.first_day(periods.to_index(days.astype(np.int64), frequency), frequency).astype(np.int32)


def _span(spans: npt.NDArray[np.int8]) -> Frequency | None:
    """The length that all spellings tell."""
    return FREQUENCIES[int(spans[0])] if len(spans) and spans[0] >= 0 and (spans == spans[0]).all() else None


def _some(names: list[str]) -> str:
    more = f" and {len(names) - NAMED:,} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more
