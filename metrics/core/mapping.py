"""What each column of a file is: proposed from its header, its cells and what is known; every proposal with its confidence.

A column of figures may name a period, a KPI or a department in its header ("wide" files), also over two rows of headers. Columns
whose headers name the same make a *group*: one observation per row and group. A long file has one group that names nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby

import numpy as np

from departments.core.names import key
from metrics.core import numbers, period_text
from metrics.core.answers import BASE, FIELDS, IGNORE, Answers
from metrics.core.dialect import Row
from metrics.core.header_words import CANONICAL, bracketed, is_total, plain, role_of

SURE = 0.8  # below this a person is asked
NEEDED = ("department", "kpi", "period", "value")
CALENDAR = ("year", "month", "quarter", "week")  # columns that make up a period together
SAMPLES = 8
ROLE_POINTS, PERIOD_POINTS = 3, 1
BARE_NUMBER = re.compile(r"[\d.,\s]+")
YEAR = re.compile(r"(?:19|20|21)\d\d")
YEAR_MONTH = re.compile(r"(?:19|20|21)\d\d(?:0[1-9]|1[0-2])")
PART_OF_YEAR = re.compile(r"[^\W\d]{3,10}\.?|Q[1-4]|W(?:ee)?k?\s?\d{1,2}", re.IGNORECASE)


@dataclass(frozen=True)
class Names:
    """Keys of the departments and KPIs that are known."""

    departments: Collection[str] = ()
    kpis: Collection[str] = ()


@dataclass(frozen=True)
class Column:
    """One column of the file. `fixed`: what its header names (role FIELD@...); `unit`: what the header's brackets hold."""

    place: int
    header: str
    role: str
    confidence: float
    fixed: str = ""
    unit: str = ""
    samples: tuple[str, ...] = ()

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
        named |= {"period"} if {"year"} <= set(self.base) or "month" in self.base else set()
        named |= {"value"} if any(column.field == "value" for column in self.columns) else set()
        return [name for name in NEEDED if name not in named]

    @property
    def unsure(self) -> list[Column]:
        """Columns whose role a person should look at first."""
        return [column for column in self.columns if column.role != IGNORE and column.confidence < SURE]


def _group_key(column: Column) -> tuple[bool, str, str]:
    return (bool(column.names), column.names, column.fixed)


def familiar(cells: Sequence[str]) -> int:
    """How much a row looks like a header: known names count three times as much as periods. None in a row of one cell."""
    named = [cell for cell in cells if cell.strip()]
    if len(named) < 2:
        return 0
    return sum(ROLE_POINTS if role_of(cell) else PERIOD_POINTS if is_period(cell) or _field_and_period(cell) else 0 for cell in named)


def is_period(text: str) -> bool:
    """Whether the text names a period, bare numbers apart that are no year."""
    text = text.strip()
    if BARE_NUMBER.fullmatch(text) and not (YEAR.fullmatch(text) or YEAR_MONTH.fullmatch(text)) and text.count(".") != 2:
        return False
    try:
        period_text.parse(text)
    except period_text.Undecided:
        return True
    except ValueError:
        return False
    return True


def find_header(rows: Sequence[Row]) -> tuple[int, int | None]:
    """(place of the header among the rows, place of a row of merged headers above it or None)."""
    scores = [familiar(row.cells) for row in rows]
    if not any(scores):
        place = next((number for number, row in enumerate(rows) if sum(bool(cell.strip()) for cell in row.cells) > 1), 0)
        return place, None
    place = scores.index(max(scores))
    below = place + 1
    if below < len(rows) and _completes(rows[place].cells, rows[below].cells):
        return below, place
    above = place - 1
    return place, above if above >= 0 and _completes(rows[above].cells, rows[place].cells) else None


def _completes(upper: Sequence[str], lower: Sequence[str]) -> bool:
    """Whether the upper row holds merged headers of the lower one: it has holes where the lower has cells, and the lower has parts of a
    year under years, or kinds of figures under names."""
    pairs = list(zip(_filled(upper), lower, strict=False))
    if len([cell for cell in upper if cell.strip()]) < 1 or not any(
        not up.strip() and low.strip() for up, low in zip(upper, lower, strict=False)
    ):
        return False
    return sum(bool(_joined(up, low)) for up, low in pairs) >= 2


def _filled(cells: Sequence[str]) -> list[str]:
    out, last = [], ""
    for cell in cells:
        last = cell.strip() or last
        out.append(last)
    return out


def _joined(upper: str, lower: str) -> str:
    """The two headers as one, blank where they do not belong together."""
    upper, lower = upper.strip(), lower.strip()
    if not upper or not lower or upper == lower:
        return ""
    if PART_OF_YEAR.fullmatch(lower) and is_period(f"{lower} {upper}"):
        return f"{lower} {upper}"
    return f"{upper} / {lower}" if role_of(lower) in FIELDS and not role_of(upper) else ""


def headers(rows: Sequence[Row], place: int, above: int | None, width: int) -> list[str]:
    """The header of each column, merged ones filled in."""
    lower = [*rows[place].cells, *[""] * (width - len(rows[place].cells))][:width]
    if above is None:
        return [cell.strip() for cell in lower]
    upper = _filled([*rows[above].cells, *[""] * (width - len(rows[above].cells))][:width])
    return [
        _joined(up, low) or low.strip() or (up if not low.strip() and role_of(up) else "") for up, low in zip(upper, lower, strict=True)
    ]


def propose(header: Sequence[str], samples: Sequence[Sequence[str]], answers: Answers, known: Names, lines: tuple[int, int]) -> Mapping:
    """What each column is. `samples`: some rows below the header. Answers go before every proposal. `lines`: first and last of the
    header."""
    cells = [tuple(row[place].strip() for row in samples if place < len(row) and row[place].strip()) for place in range(len(header))]
    columns = [_by_header(place, text, cells[place]) for place, text in enumerate(header)]
    columns = _answered(columns, answers)
    columns = _by_content(_whole_periods(columns, cells, answers), cells, answers, known)
    return Mapping(tuple(_once(columns)), *lines, dict(answers.constants))


def _by_header(place: int, text: str, cells: tuple[str, ...]) -> Column:
    """What the header alone says."""
    name, unit = bracketed(text)
    column = Column(place, text.strip(), IGNORE, 0.0, samples=cells[:SAMPLES])
    if role := role_of(text):
        return replace(column, role=role, confidence=1.0 if plain(text).replace(" ", "_") in CANONICAL else 0.9)
    if is_period(text):
        return replace(column, role="value@period", confidence=0.95, fixed=text.strip())
    if found := _field_and_period(text):
        return replace(column, role=f"{found[0]}@period", confidence=0.9, fixed=found[1])
    upper, _, lower = text.rpartition(" / ")
    if upper and role_of(lower) in FIELDS:
        what = "period" if is_period(upper) else "kpi"
        name, unit = bracketed(upper)
        return replace(column, role=f"{role_of(lower)}@{what}", confidence=0.85, fixed=name if what == "kpi" else upper, unit=unit)
    return replace(column, fixed=name, unit=unit)


def _field_and_period(text: str) -> tuple[str, str] | None:
    """("target", "Jan 2016") of "Target Jan 2016" or "Jan 2016 target"."""
    words = text.split()
    for first, rest in ((words[:1], words[1:]), (words[-1:], words[:-1])):
        if rest and role_of(" ".join(first)) in FIELDS and is_period(" ".join(rest).strip("-: ")):
            return role_of(" ".join(first)), " ".join(rest).strip("-: ")
    return None


def _whole_periods(columns: list[Column], cells: Sequence[tuple[str, ...]], answers: Answers) -> list[Column]:
    """A column called month, week or year that gives the whole period is the period."""
    roles = {column.role for column in columns} | set(answers.constants)
    if "period" in roles:
        return columns
    calendar = [column for column in columns if column.role in CALENDAR]
    whole = [one for one in calendar if _share(cells[one.place], is_period) == 1 and (len(calendar) == 1 or one.role != "year")]
    return [replace(column, role="period") if column in whole[:1] else column for column in columns]


def _answered(columns: list[Column], answers: Answers) -> list[Column]:
    """The columns as far as a person has said what they are."""
    said = {key(name): role for name, role in answers.columns.items()}
    out = []
    for column in columns:
        role = said.get(f"#{column.place + 1}") or (said.get(key(column.header)) if column.header else None)
        if role:
            name, unit = bracketed(column.header)
            fixed = column.fixed or (column.header if role.endswith("@period") else name)
            column = replace(column, role=role, confidence=1.0, fixed=fixed if "@" in role else "", unit=unit if "@" in role else "")
        out.append(column)
    return out


def unknown_columns(columns: Sequence[Column], answers: Answers) -> list[str]:
    """Columns that the answers name and the file does not have."""
    there = {f"#{column.place + 1}" for column in columns} | {key(column.header) for column in columns}
    return [name for name in answers.columns if key(name) not in there]


def _by_content(columns: list[Column], cells: Sequence[tuple[str, ...]], answers: Answers, known: Names) -> list[Column]:
    """Roles that are still free, for columns that the header leaves open and whose cells speak for one."""
    has = {column.role for column in columns} | {column.names for column in columns} | set(answers.constants)
    free = [one.place for one in columns if one.role == IGNORE and not one.confidence and cells[one.place] and not is_total(one.header)]
    claims = _claims(has, free, cells, known)
    out = [replace(one, role=claims[one.place][0], confidence=claims[one.place][1]) if one.place in claims else one for one in columns]
    figures = [place for place in free if place not in claims and _share(cells[place], _is_number) >= 0.6 and out[place].header]
    if "value" in has or any(column.names for column in out):
        return out
    headed = _headed(out, figures, has | {role for role, _ in claims.values()}, known)
    for place in figures if headed or len(figures) == 1 else ():
        known_name = key(out[place].fixed) in (known.departments if headed == "department" else known.kpis)
        role, confidence = (f"value@{headed}", 0.9 if known_name else 0.6) if headed else ("value", 0.7)
        out[place] = replace(out[place], role=role, confidence=confidence)
    return out


def _claims(has: set[str], free: Sequence[int], cells: Sequence[tuple[str, ...]], known: Names) -> dict[int, tuple[str, float]]:
    """Columns of known names or of periods: place -> (role, confidence). The first that fits gets it."""
    tests: list[tuple[str, float, Callable[[tuple[str, ...]], bool]]] = [
        ("department", 0.8, lambda texts: _share(texts, lambda cell: key(cell) in known.departments) >= 0.5),
        ("kpi", 0.8, lambda texts: _share(texts, lambda cell: key(cell) in known.kpis) >= 0.5),
        ("period", 0.85, lambda texts: _share(texts, is_period) == 1),
    ]
    out: dict[int, tuple[str, float]] = {}
    for role, confidence, fits in tests:
        if role in has or (role == "period" and has & {"year", "month"}):
            continue
        place = next((place for place in free if place not in out and fits(cells[place])), None)
        if place is not None:
            out[place] = (role, confidence)
    return out


def _headed(columns: list[Column], figures: list[int], has: set[str], known: Names) -> str:
    """What the headers of those columns of figures name: KPIs or departments, whichever no column gives."""
    if "department" not in has and "kpi" in has and any(key(columns[place].fixed) in known.departments for place in figures):
        return "department"
    return "kpi" if "kpi" not in has else ""


def _share(cells: Sequence[str], test: Callable[[str], bool]) -> float:
    return sum(map(test, cells)) / len(cells) if cells else 0.0


def _is_number(cell: str) -> bool:
    return any(not np.isnan(numbers.column([cell], notation).values[0]) for notation in (numbers.PLAIN, numbers.Notation(",")))


def _once(columns: list[Column]) -> list[Column]:
    """Of columns that claim one role (and name) the surest keeps it when it is surer; else all of them are unsure."""
    claims: dict[tuple[str, str], list[Column]] = {}
    for column in columns:
        if column.role != IGNORE:
            claims.setdefault((column.role, key(column.fixed) if column.names else ""), []).append(column)
    out = list(columns)
    for rivals in claims.values():
        best = max(column.confidence for column in rivals)
        if len(rivals) > 1:
            surest = [column for column in rivals if column.confidence == best]
            for column in rivals:
                lost = column.confidence < best
                out[column.place] = (
                    replace(column, role=IGNORE, confidence=0.5)
                    if lost
                    else replace(column, confidence=min(column.confidence, 1.0 if len(surest) == 1 else 0.5))
                )
    return out
