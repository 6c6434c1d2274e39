"""What the rows of a file say together and beside what is known: one KPI has one unit, direction and frequency, a period of a
series has one row, and the weeks, quarters or years of a series all begin alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from metrics.core import cells, periods
from metrics.core.answers import Answers, by_key
from metrics.core.cells import Name
from metrics.core.kpi import Direction
from metrics.core.meaning import Meaning
from metrics.core.period_text import EPOCH, Spelt
from metrics.core.periods import Frequency, commonest_spacing
from metrics.core.problems import Question
from metrics.core.rows import KEPT_TEXTS, Days, Department, Keys, Known, KnownKpi, Kpi, Rows
from metrics.core.sheet import Sheet
from metrics.core.texts import Codes, Texts

DAY_BITS = 24  # a day number plus DAY_ZERO fits into these, so that one integer sorts by series and day
DAY_ZERO = 1 << 22
APART = 10_000_000  # days between two series laid end to end: no spacing of periods
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip
FREQUENCIES = list(Frequency)
WEEK, QUARTER, YEAR = (FREQUENCIES.index(of) for of in (Frequency.WEEK, Frequency.QUARTER, Frequency.YEAR))
NAMED = 5  # names in a sentence
OFFERED = 1000  # names in a question


def settle(sheet: Sheet, known: Known, *, create: bool = False, answers: Answers | None = None) -> Rows:
    """The sheet's rows as they are to be kept, with every further problem noted in `sheet.problems`.

    Unknown names are a question unless `create` says that they are to be made. `answers` say what the file does not of new KPIs.
    """
    settling = _Settling(sheet, known, answers or Answers())
    if sheet.texts:
        settling.attributes()
        settling.figures()
        settling.lengths()
        settling.starts()
        settling.periods()
        settling.twice()
    return settling.rows(create)


def iso(day: int) -> str:
    """The day, counted from 1970-01-01, as 2016-01-31."""
    return (EPOCH + timedelta(days=int(day))).isoformat()


class _Settling:
    """The sheet, its names resolved; `row` lists the rows whose series and period are clear, in order of these."""

    def __init__(self, sheet: Sheet, known: Known, answers: Answers):
        self.sheet, self.known, self.answers, self.bad = sheet, known, answers, sheet.bad.copy()
        self.numbers, self.open = dict(sheet.numbers), list(sheet.questions)
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
        self._number(series[order])

    def _number(self, series: npt.NDArray[np.integer[Any]]) -> None:
        """Number the series 0, 1, 2 ... without holes."""
        first = np.ones(len(series), bool)
        first[1:] = series[1:] != series[:-1]
        self.series = np.cumsum(first, dtype=np.int32) - 1
        self.series_start = np.flatnonzero(first)

    def _refuse(self, wrong: npt.NDArray[np.bool_], say: Callable[[int], tuple[str, str]]) -> None:
        """Note the rows whose period is faulty and forget them: nothing else is said of a period that is not clear."""
        if not wrong.any():
            return
        self._note(np.sort(self.row[wrong]), "period", say)
        self.row, self.kpi, self.code = self.row[~wrong], self.kpi[~wrong], self.code[~wrong]
        self._number(self.series[~wrong])

    def _note(self, rows: npt.NDArray[np.integer[Any]], column: str, say: Callable[[int], tuple[str, str]]) -> None:
        self.sheet.problems.add_rows(rows, self.sheet.lines, self.sheet.labels.get(column, column), say)
        self.bad[rows] = True

    def _value(self, column: str, row: int) -> str:
        texts = self.sheet.texts[column]
        return texts.spelt[texts.codes[row]]

    def _spelt(self, row: int) -> Spelt:
        texts = self.sheet.texts["period"]
        spelt: Spelt = texts.values[texts.codes[row]]
        return spelt

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
        self._answered()
        self._infer_frequencies()

    def _answered(self) -> None:
        """What a person says of the KPIs, where neither the file nor what is kept does."""
        said: dict[str, tuple[dict[str, str], Callable[[str], Any]]] = {
            "unit": (by_key(self.answers.units), str.strip),
            "direction": (by_key(self.answers.directions), cells.direction),
            "frequency": (by_key(self.answers.frequencies), cells.frequency),
        }
        for column, (table, read) in said.items():
            for kpi in self.kpis if table else ():
                if not getattr(kpi, column) and kpi.name.key in table:
                    setattr(kpi, column, read(table[kpi.name.key]) or None)

    def figures(self) -> None:
        """Bring the figures into the units of their KPIs."""
        meaning = Meaning(self.sheet, self.kpi_of, self.kpis, self.answers, self._note)
        meaning.fractions(self.known.largest)
        self.numbers, self.open = meaning.numbers, [*self.open, *meaning.questions]

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
        days = self.spelt_days[self.code[chosen]] + self.series[chosen].astype(np.int64) * APART
        spans = self.spelt_spans[self.code[chosen]]
        for place in np.flatnonzero(unclear).tolist():
            part = slice(edges[place], edges[place + 1])
            self.kpis[place].frequency = commonest_spacing(days[part]) or _span(spans[part])

    # Periods

    def lengths(self) -> None:
        """A text that tells a length tells none that is longer than the periods of its KPI."""
        longest = np.array([FREQUENCIES.index(kpi.frequency) if kpi.frequency else YEAR for kpi in self.kpis], np.int8)
        self._refuse(self.spelt_spans[self.code] > longest[self.kpi], self._too_long)

    def _too_long(self, row: int) -> tuple[str, str]:
        kpi, spelt = self.kpis[self.kpi_of[row]], self._spelt(row)
        assert kpi.frequency
        first = iso(spelt.day)
        instead = {
            Frequency.MONTH: f"month, such as {first[:7]}",
            Frequency.QUARTER: f"quarter, such as {first[:4]}-Q{(int(first[5:7]) + 2) // 3}",
        }.get(kpi.frequency, f"date, such as {first}")
        message = f"A {spelt.span} is no period of “{kpi.name.text}”, which is {kpi.frequency.label}. Write a {instead}."
        return self._value("period", row), message

    def starts(self) -> None:
        """The calendar of each series: its weeks, quarters or years begin where those that are kept do, else where most of its rows say.

        Every day of a weekly series says its weekday. A quarter or a year that is spelled as one says its own start, and must be one of
        its series. Any other text says January, and is rounded down: a date lies in the one period or the other.
        """
        frequency = np.array([FREQUENCIES.index(kpi.frequency or Frequency.DAY) for kpi in self.kpis], np.int8)[self.kpi]
        self.calendar: npt.NDArray[np.int8] = frequency * np.int8(periods.STARTS)
        if not np.isin(frequency[self.series_start], (WEEK, QUARTER, YEAR)).any():
            return
        sayings, bindings = self._sayings()
        says, binding = sayings[frequency, self.code], bindings[frequency, self.code]
        begins, kept = self._begins(says)
        expected = begins[self.series]
        wrong = binding & (says != expected)
        if kept.any():  # to years that are kept from April on, 2016 is the name of one
            wrong &= ~((frequency == YEAR) & (says == 0) & kept[self.series])
        told = dict(zip(self.row[wrong].tolist(), expected[wrong].tolist(), strict=True))
        self._refuse(wrong, lambda row: self._other_start(row, told[row]))
        self.calendar = (self.calendar + expected)[~wrong]

    def _sayings(self) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.bool_]]:
        """[frequency, code]: where each text says that periods begin, and whether it must be so."""
        says = np.zeros((len(FREQUENCIES), len(self.spelt_days)), np.int8)
        binding = np.zeros(says.shape, bool)
        days = self.spelt_days.astype(np.int64)
        for of in (WEEK, QUARTER, YEAR):
            binding[of] = (self.spelt_spans == of) | (of == WEEK)
            says[of] = np.where(binding[of], periods.starts_of(days, FREQUENCIES[of]), 0)
        return says, binding

    def _begins(self, says: npt.NDArray[np.int8]) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.bool_]]:
        """Per series the start of those that are kept, else that which most rows say (of two equally common ones the earlier), and
        whether it is a kept one."""
        begins = says[self.series_start]
        torn = np.unique(self.series[says != begins[self.series]])  # few: most series are of one mind
        if len(torn):
            rows = np.flatnonzero(np.isin(self.series, torn))
            votes = np.searchsorted(torn, self.series[rows]) * periods.STARTS + says[rows]
            counts = np.bincount(votes, minlength=len(torn) * periods.STARTS).reshape(-1, periods.STARTS)
            begins[torn] = counts.argmax(axis=1)
        kept = np.zeros(len(begins), bool)
        for place, start in self._kept_starts():
            begins[place], kept[place] = start, True
        return begins, kept

    def _kept_starts(self) -> Iterable[tuple[int, int]]:
        """(series number here, start) of the series that have figures."""
        if not self.known.starts:
            return
        for place, row in enumerate(self.row[self.series_start].tolist()):
            department, kpi = self.departments[self.department_of[row]].id, self.kpis[self.kpi_of[row]].known
            start = self.known.starts.get((department, kpi.id)) if department and kpi else None
            if start is not None:
                yield place, start

    def _other_start(self, row: int, start: int) -> tuple[str, str]:
        kpi, spelt = self.kpis[self.kpi_of[row]], self._spelt(row)
        name, of, day = kpi.name.text, kpi.frequency, EPOCH + timedelta(days=spelt.day)
        if of is Frequency.WEEK:
            own, first = day.weekday(), spelt.day - (day.weekday() - start) % 7
            said = "This week begins on a" if spelt.span else "This is a"
            what = f"{said} {WEEKDAYS[own]}, and the weeks of “{name}” here begin on {WEEKDAYS[start]}."
            repair = f"Write the first day of the week, {iso(first)}."
        else:
            *others, last = MONTHS[start::3] if of is Frequency.QUARTER else MONTHS[start : start + 1]
            begin = f"{', '.join(others)} and {last}" if others else last
            what = f"This {of} begins in {MONTHS[day.month - 1]}, and the {of}s of “{name}” here begin in {begin}."
            repair = f"Write the first day of the {of} that is meant, such as {_alike(day, of, start)}."
        return self._value("period", row), f"{what} {repair}"

    def periods(self) -> None:
        """Round each day down to the first of its period. The look-up is by distinct spelling and calendar, not by row."""
        used = np.bincount(self.calendar, minlength=len(FREQUENCIES) * periods.STARTS) > 0
        days = self.spelt_days.astype(np.int64)
        first_days = np.zeros((used.sum(), len(days)), np.int32)
        for place, number in enumerate(np.flatnonzero(used).tolist()):
            of, start = FREQUENCIES[number // periods.STARTS], number % periods.STARTS
            first_days[place] = periods.first_day(periods.to_index(days, of, start), of, start)
        self.day = first_days[(np.cumsum(used) - 1)[self.calendar], self.code]

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
            numbers={name: column[row] for name, column in self.numbers.items()},
            texts={name: column.only(row) for name, column in texts.items()},
            total=len(self.sheet.lines) + self.sheet.unplaced,
            rejected=int(self.bad.sum()) + self.sheet.unplaced,
            problems=self.sheet.problems,
            questions=list(self._questions(create)),
            bad_lines=np.unique(self.sheet.lines[self.bad]),
        )

    def _questions(self, create: bool) -> Iterable[Question]:
        yield from self.open
        departments = [department.name.text for department in self.departments if department.id is None]
        kpis = [kpi.name.text for kpi in self.kpis if kpi.known is None]
        for kind, column, names in (("unknown_departments", "department", departments), ("unknown_kpis", "kpi", kpis)):
            if names and not create:
                what = "Departments" if column == "department" else "KPIs"
                yield Question(kind, column, names[:OFFERED], "--create", f"{what} that are not known yet: {_some(names)}.")
        if any(question.about_reading for question in self.open):
            return  # what is asked below may be said by rows that cannot be read yet
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


def _alike(day: date, of: Frequency | None, start: int) -> date:
    """The first day of the year with the same name, or of the quarter around that day, where these begin in month `start`."""
    if of is Frequency.YEAR:
        named = day.year + (day.month > 1)
        return date(named - (start > 0), start + 1, 1)
    months = day.month - 1 - (day.month - 1 - start) % 3
    return date(day.year + months // 12, months % 12 + 1, 1)


def _span(spans: npt.NDArray[np.int8]) -> Frequency | None:
    """The length that all spellings tell."""
    return FREQUENCIES[int(spans[0])] if len(spans) and spans[0] >= 0 and (spans == spans[0]).all() else None


def _some(names: list[str]) -> str:
    more = f" and {len(names) - NAMED:,} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more
