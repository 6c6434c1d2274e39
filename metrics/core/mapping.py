"""What each column of a file is: proposed from its header, its cells and what is known; every proposal with its confidence.

A column of figures may name a period, a KPI or a department in its header ("wide" files), also over two rows of headers. Columns
whose headers name the same make a *group*: one observation per row and group. A long file has one group that names nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

from departments.core.names import key
from metrics.core.answers import FIELDS, IGNORE, Answers
from metrics.core.columns import CALENDAR, NEEDED, SURE, Column, Group, Mapping, is_number, share
from metrics.core.dialect import Row
from metrics.core.doubts import FIGURES, UNSURE, doubted
from metrics.core.header_words import CANONICAL, TOTALS, bracketed, is_period, is_year, plain, role_of

__all__ = ["NEEDED", "SURE", "Column", "Group", "Mapping", "Names", "familiar", "find_header", "headers", "propose", "unknown_columns"]

SAMPLES = 8
UNLIKELY = 0.6
ROLE_POINTS, PERIOD_POINTS = 3, 1
PART_OF_YEAR = re.compile(r"[^\W\d]{3,10}\.?|Q[1-4]|W(?:ee)?k?\s?\d{1,2}", re.IGNORECASE)
LAST_DAY = re.compile(r"\b(?:end|ends|ended|ending|to|until)\b")


@dataclass(frozen=True)
class Names:
    """Keys of the departments and KPIs that are known."""

    departments: Collection[str] = ()
    kpis: Collection[str] = ()


def familiar(cells: Sequence[str]) -> int:
    """How much a row looks like a header: known names count three times as much as periods. One period alone is that of a row of
    figures, and a row of one cell is no header."""
    named = [cell for cell in cells if cell.strip()]
    points = sum(map(_points, named)) if len(named) > 1 else 0
    return points if points > PERIOD_POINTS else 0


def _points(cell: str) -> int:
    if cell.isascii() and not cell.upper().isupper():  # no letters: the quick way through the figures of wide files
        return PERIOD_POINTS if is_period(cell) else 0
    return ROLE_POINTS if role_of(cell) else PERIOD_POINTS if is_period(cell) or _field_and_period(cell) else 0


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
    if _is_part_of_year(lower, upper):
        return f"{lower} {upper}"
    if PART_OF_YEAR.fullmatch(upper) and is_year(lower) and is_period(f"{upper} {lower}"):
        return f"{upper} {lower}"
    return f"{upper} / {lower}" if role_of(lower) in FIELDS and not role_of(upper) else ""


def _is_part_of_year(text: str, year: str = "2016") -> bool:
    return bool(PART_OF_YEAR.fullmatch(text.strip())) and is_period(f"{text.strip()} {year}")


def headers(rows: Sequence[Row], place: int, above: int | None, width: int) -> list[str]:
    """The header of each column, merged ones filled in."""
    lower = [*rows[place].cells, *[""] * (width - len(rows[place].cells))][:width]
    if above is None:
        return [cell.strip() for cell in lower]
    upper = _filled([*rows[above].cells, *[""] * (width - len(rows[above].cells))][:width])
    months = {up for up, low in zip(upper, lower, strict=True) if _is_part_of_year(low, up)}  # a target beside them is one of all
    return [
        ("" if up in months and role_of(low) in FIELDS else _joined(up, low)) or low.strip() or (up if role_of(up) else "")
        for up, low in zip(upper, lower, strict=True)
    ]


def propose(header: Sequence[str], samples: Sequence[Sequence[str]], answers: Answers, known: Names, lines: tuple[int, int]) -> Mapping:
    """What each column is. `samples`: some rows below the header. Answers go before every proposal. `lines`: first and last of the
    header."""
    cells = [tuple(row[place].strip() for row in samples if place < len(row) and row[place].strip()) for place in range(len(header))]
    columns = [_by_header(place, text, cells[place]) for place, text in enumerate(header)]
    said = _said(columns, answers)
    columns = _titled(_answered(columns, said, answers), said)
    columns = _whole_periods(_parts_of_years(columns, answers), cells, answers)
    columns = _once(_by_content(columns, cells, answers, known))
    return doubted(Mapping(tuple(columns), *lines, dict(answers.constants)), set(said), cells)


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


def _said(columns: list[Column], answers: Answers) -> dict[int, str]:
    """Place -> role of the columns that a person has decided."""
    told = {key(name): role for name, role in answers.columns.items()}
    roles = {one.place: told.get(f"#{one.place + 1}") or (told.get(key(one.header)) if one.header else None) for one in columns}
    return {place: role for place, role in roles.items() if role}


def _answered(columns: list[Column], said: dict[int, str], answers: Answers) -> list[Column]:
    """The columns as far as a person has said what they are; others that claim the same, or what is said of all rows, are not used."""
    taken = set(answers.constants) | {role for role in said.values() if "@" not in role}
    out = []
    for column in columns:
        if role := said.get(column.place):
            name, unit = bracketed(column.header)
            fixed = column.fixed or (column.header if role.endswith("@period") else name)
            column = replace(column, role=role, confidence=1.0, fixed=fixed if "@" in role else "", unit=unit if "@" in role else "")
        elif column.role in taken:
            column = replace(column, role=IGNORE, confidence=1.0)
        out.append(column)
    return out


def _titled(columns: list[Column], said: dict[int, str]) -> list[Column]:
    """One title over actual and target, where a column names the KPI: not another KPI, but what the table is called."""
    headed = [column for column in columns if column.names == "kpi" and column.place not in said]
    if not any(column.role == "kpi" for column in columns) or len({key(column.fixed) for column in headed}) != 1:
        return columns
    return [replace(column, role=column.field, fixed="", unit="") if column in headed else column for column in columns]


def _parts_of_years(columns: list[Column], answers: Answers) -> list[Column]:
    """Columns called January or Q1 beside one that is called year."""
    roles = {column.role for column in columns} | set(answers.constants)
    free = [column.place for column in columns if column.role == IGNORE and not column.confidence and _is_part_of_year(column.header)]
    if roles.isdisjoint({"year"}) or roles & {"period", "month", "quarter", "week", "value"}:
        return columns
    sure = 0.9 if len(free) > 1 else UNLIKELY
    return [replace(one, role="value@period", confidence=sure, fixed=one.header) if one.place in free else one for one in columns]


def _whole_periods(columns: list[Column], cells: Sequence[tuple[str, ...]], answers: Answers) -> list[Column]:
    """A column called month, week or year that gives the whole period is the period."""
    roles = {column.role for column in columns} | set(answers.constants)
    if "period" in roles or any(column.names == "period" for column in columns):
        return columns
    calendar = [column for column in columns if column.role in CALENDAR]
    whole = [one for one in calendar if share(cells[one.place], is_period) == 1 and (len(calendar) == 1 or one.role != "year")]
    return [replace(column, role="period") if column in whole[:1] else column for column in columns]


def unknown_columns(columns: Sequence[Column], answers: Answers) -> list[str]:
    """Columns that the answers name and the file does not have."""
    there = {f"#{column.place + 1}" for column in columns} | {key(column.header) for column in columns}
    return [name for name in answers.columns if key(name) not in there]


def _by_content(columns: list[Column], cells: Sequence[tuple[str, ...]], answers: Answers, known: Names) -> list[Column]:
    """Roles that are still free, for columns that the header leaves open and whose cells speak for one."""
    has = {column.role for column in columns} | {column.names for column in columns} | set(answers.constants)
    free = [one for one in columns if one.role == IGNORE and not one.confidence and cells[one.place] and plain(one.header) not in TOTALS]
    claims = _claims(has, free, cells, known)
    out = [replace(one, role=claims[one.place][0], confidence=claims[one.place][1]) if one.place in claims else one for one in columns]
    if "value" in has or any(column.names for column in out):
        return out
    figures = [one.place for one in free if one.place not in claims and one.header and share(cells[one.place], is_number) >= FIGURES]
    headed = _headed(out, figures, has | {role for role, _ in claims.values()}, known)
    for place in figures if headed or len(figures) == 1 else ():
        known_name = key(out[place].fixed) in (known.departments if headed == "department" else known.kpis)
        role, confidence = (f"value@{headed}", 0.9 if known_name else UNLIKELY) if headed else ("value", 0.7)
        out[place] = replace(out[place], role=role, confidence=confidence)
    return out


def _claims(has: set[str], free: Sequence[Column], cells: Sequence[tuple[str, ...]], known: Names) -> dict[int, tuple[str, float]]:
    """Columns of known names or of periods: place -> (role, confidence). Of several that fit the first is offered, and a person asked;
    so it is where some names are not known, and where the header is a name or a period itself, or speaks of last days."""
    tests: list[tuple[str, float, Callable[[str], bool]]] = [
        ("department", 0.5, lambda cell: key(cell) in known.departments),
        ("kpi", 0.5, lambda cell: key(cell) in known.kpis),
        ("period", 1.0, is_period),
    ]
    out: dict[int, tuple[str, float]] = {}
    for role, least, test in tests:
        if role in has or (role == "period" and has & {"year", "month"}):
            continue
        shares = {one.place: share(cells[one.place], test) for one in free if one.place not in out}
        fits = [one for one in free if shares.get(one.place, 0) >= least]
        if fits:
            first = fits[0]
            doubtful = len(fits) > 1 or shares[first.place] < 1 or test(first.header) or LAST_DAY.search(plain(first.header))
            out[first.place] = (role, UNLIKELY if doubtful else 0.85)
    return out


def _headed(columns: list[Column], figures: list[int], has: set[str], known: Names) -> str:
    """What the headers of those columns of figures name: KPIs or departments, whichever no column gives."""
    if "department" not in has and "kpi" in has and any(key(columns[place].fixed) in known.departments for place in figures):
        return "department"
    return "kpi" if "kpi" not in has else ""


def _once(columns: list[Column]) -> list[Column]:
    """Of columns that claim one role (and name) the surest keeps it when it is surer; else all of them are unsure."""
    claims: dict[tuple[str, str], list[Column]] = {}
    for column in columns:
        if column.role != IGNORE:
            claims.setdefault((column.role, key(column.fixed) if column.names else ""), []).append(column)
    out = list(columns)
    for rivals in claims.values():
        best = max(column.confidence for column in rivals)
        surest = [column for column in rivals if column.confidence == best]
        for column in rivals if len(rivals) > 1 else ():
            if column.confidence < best:
                out[column.place] = replace(column, role=IGNORE, confidence=SURE)
            elif len(surest) > 1:
                out[column.place] = replace(column, confidence=UNSURE)
    return out
