"""What speaks against a mapping although every header is clear: columns that contradict each other, figures that belong to nothing.

A doubt is a sentence about one column. A person is asked to look at it before a row is read; what a person has said is doubted only
where it contradicts itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace

from departments.core.names import key
from metrics.core.answers import IGNORE
from metrics.core.columns import CALENDAR, Column, Mapping, is_number, share
from metrics.core.header_words import bracketed, is_kind, is_period, is_year
from metrics.core.notation import UNITS

UNSURE = 0.5
FIGURES = 0.6  # share of numbers that makes a column one of figures
SCALES = frozenset((
    "000", "000s", "k", "m", "mn", "mio", "mil", "mill", "mln", "bn", "bln", "mrd", "tsd", "thousand", "thousands", "million", "millions",
    "billion", "billions",
))  # fmt: skip
CURRENCIES = {key(sign) for sign in UNITS}  # "" is one of them
BETWEEN = re.compile(r"[\s'\u2019.]+")

Samples = Sequence[Sequence[str]]
Found = Iterator[tuple[int, str]]


def doubted(mapping: Mapping, said: Collection[int], cells: Samples) -> Mapping:
    """The mapping with its doubts. `said`: places of the columns that a person has decided; `cells`: some of each column, none blank."""
    told = dict(_contradicted(mapping))
    for find in FINDERS:
        for place, sentence in find(mapping, cells):
            if place not in said:
                told.setdefault(place, sentence)
    columns = [
        replace(column, confidence=min(column.confidence, UNSURE), doubt=told[column.place]) if column.place in told else column
        for column in mapping.columns
    ]
    return replace(mapping, columns=tuple(columns))


def _contradicted(mapping: Mapping) -> Found:
    """Headers that name what another column, or a constant, gives to every row."""
    base = {role: mapping.columns[place].header for role, place in mapping.base.items()} | {role: "" for role in mapping.constants}
    for column in mapping.columns:
        given = _given(column, base) if column.names else None
        if given is not None:
            other = f"the column “{given}”" if given else "what is said of all rows"
            yield column.place, f"“{column.header}” names a {_word(column.names)}, and so does {other}."


def _given(column: Column, base: dict[str, str]) -> str | None:
    """The header that names the same; None for none. Months may head columns beside one of years, and years beside one of months."""
    calendar = [role for role in CALENDAR if role in base]
    if column.names != "period" or "period" in base or not calendar:
        return base.get(column.names)
    completed = "year" not in calendar if is_year(column.fixed) else calendar == ["year"] and not is_period(column.fixed)
    return None if completed else base[calendar[0]]


def _without_value(mapping: Mapping, _cells: Samples) -> Found:
    for group in mapping.groups:
        for place in () if "value" in group.places else group.places.values():
            if mapping.columns[place].names:
                yield place, f"“{mapping.columns[place].header}” has no values beside it."


def _shared(mapping: Mapping, _cells: Samples) -> Found:
    """One target for several KPIs, one numerator for several periods."""
    headed = [column for column in mapping.columns if column.names and column.field == "value"]
    kinds = {column.names for column in headed}
    for column in mapping.columns if len(headed) > 1 else ():
        if column.field in ("numerator", "denominator") and not column.names:
            yield column.place, f"It is open which figures “{column.header}” belongs to."
        elif column.field and column.field != "value" and not column.names and "kpi" in kinds:
            yield column.place, f"It is open which KPI “{column.header}” belongs to."


def _beside_headed(mapping: Mapping, _cells: Samples) -> Found:
    """A plain column of values beside some whose headers name something."""
    kinds = [column.names for column in mapping.columns if column.names and column.field == "value"]
    for column in mapping.columns if kinds else ():
        if column.role == "value":
            yield column.place, f"It is open which {_word(kinds[0])} “{column.header}” belongs to."


def _nameless(mapping: Mapping, cells: Samples) -> Found:
    """Figures without a header between those of periods, KPIs or departments."""
    headed = [column.place for column in mapping.columns if column.names]
    for column in mapping.columns[headed[0] : headed[-1]] if headed else ():
        if not column.header and column.role == IGNORE and share(cells[column.place], is_number) >= FIGURES:
            yield column.place, f"Column {column.place + 1} holds figures and has no header."


def _scaled(mapping: Mapping, _cells: Samples) -> Found:
    for column in mapping.columns:
        unit = bracketed(column.header)[1] if column.field else ""
        if unit and column.names != "kpi" and _is_scale(unit):  # of a KPI it is a unit, and held against the one that is kept
            yield column.place, f"The figures of “{column.header}” may be thousands or millions. They are taken as they stand."


def _is_scale(unit: str) -> bool:
    words = BETWEEN.sub("", key(unit)).removeprefix("in")
    return any(words.removeprefix(sign).removesuffix(sign) in SCALES for sign in CURRENCIES)


def _kinds(mapping: Mapping, cells: Samples) -> Found:
    """A column that tells actual figures from targets and forecasts, row by row."""
    for column in mapping.columns:
        texts = set(cells[column.place]) if column.role == IGNORE else set()
        if len(texts) > 1 and all(map(is_kind, texts)):
            kinds = ", ".join(f"“{text}”" for text in sorted(texts)[:3])
            yield column.place, f"“{column.header}” tells {kinds} apart. Leave one kind of rows in the file, or the column aside."


def _periods(mapping: Mapping, cells: Samples) -> Found:
    """Headers that look like the cells below them: the first row of a file without a header."""
    for column in mapping.columns:
        texts = cells[column.place] if column.names == "period" else ()
        if texts and column.header.isdecimal() and all(len(text) == len(column.header) and is_period(text) for text in texts):
            yield column.place, f"“{column.header}” may be a figure: the file may have no header."


def _word(what: str) -> str:
    return "KPI" if what == "kpi" else what


FINDERS: tuple[Callable[[Mapping, Samples], Found], ...] = (
    _without_value, _shared, _beside_headed, _nameless, _scaled, _kinds, _periods,
)  # fmt: skip
