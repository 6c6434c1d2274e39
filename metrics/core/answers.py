"""What a person has decided about the reading of a file: the wizard's answers, and the command's mapping file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

from departments.core.names import key
from metrics.core import cells
from metrics.core.dialect import can_part

IGNORE = "ignore"
BASE = (
    "department", "kpi", "period", "year", "month", "quarter", "week",
    "unit", "direction", "frequency", "benchmark_source", "note",
)  # fmt: skip
FIELDS = ("value", "target", "benchmark", "numerator", "denominator")
HEADED = ("period", "kpi", "department")  # what the header of a column of figures may name
CONSTANTS = ("department", "kpi", "period", "unit", "direction", "frequency")
AS_THEY_STAND, TIMES_100 = "as-they-stand", "times-100"
DAY_FIRST, MONTH_FIRST = "day-first", "month-first"
MOST = 5_000  # entries of one table of a mapping file
LONGEST = 500  # characters of a text in it


class BadAnswers(ValueError):
    """A mapping file that does not say what it must; the text is for people."""


@dataclass(frozen=True)
class Answers:
    """Every decision that a file's reading can need; blank ones are left to the file's own evidence.

    `columns`: header (or "#3", the third column) -> role: one of BASE, FIELDS, "ignore", or FIELD@period, FIELD@kpi,
    FIELD@department for a column whose header names these. `constants`: for all rows. `departments`, `kpis`: name in the file ->
    name to be used instead ("" leaves its rows out). `directions`, `frequencies`, `units`: of KPIs that are to be made.
    """

    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    header_line: int = 0
    decimal: str = ""
    dates: str = ""
    percent: str = ""
    fill_down: bool | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    departments: Mapping[str, str] = field(default_factory=dict)
    kpis: Mapping[str, str] = field(default_factory=dict)
    directions: Mapping[str, str] = field(default_factory=dict)
    frequencies: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """The answers that were given, as a mapping file holds them."""
        return {name: value for name, value in asdict(self).items() if value is False or value}

    def over(self, below: Answers) -> Answers:
        """These answers, and those of `below` where these say nothing; tables are laid over each other."""
        merged: dict[str, Any] = {one.name: getattr(below, one.name) for one in fields(Answers)}
        for name, value in self.to_json().items():
            merged[name] = {**merged[name], **value} if isinstance(value, dict) else value
        return Answers(**merged)

    def remembered(self) -> Answers:
        """What holds for the next file of this layout too: not where its header stood nor how its bytes were written."""
        return replace(self, encoding="", delimiter="", header_line=0)


def role(text: str) -> str:
    """The role as it is written. Raises BadAnswers."""
    wanted, _, headed = text.strip().partition("@")
    if headed and wanted in FIELDS and headed in HEADED:
        return f"{wanted}@{headed}"
    if not headed and (wanted == IGNORE or wanted in BASE or wanted in FIELDS):
        return wanted
    roles = ", ".join((*BASE, *FIELDS, IGNORE))
    raise BadAnswers(f"“{text}” is no role of a column. Known: {roles}; value@period, value@kpi and value@department for headers.")


def from_json(said: object) -> Answers:
    """The answers of a mapping file. Raises BadAnswers with what is wrong."""
    if not isinstance(said, dict):
        raise BadAnswers("A mapping file holds one JSON object.")
    known = {one.name for one in fields(Answers)}
    for name in said:
        if name not in known:
            raise BadAnswers(f"“{name}” is not known. Known: {', '.join(sorted(known))}.")
    return Answers(**{name: _READ[name](name, value) for name, value in said.items() if value not in (None, "")})


def _one_of(*options: str) -> Callable[[str, object], str]:
    def read(name: str, value: object) -> str:
        if value not in options:
            raise BadAnswers(f"“{name}” is one of {', '.join(options)}, not {value!r}.")
        return str(value)

    return read


def _text(name: str, value: object) -> str:
    if not isinstance(value, str) or len(value) > LONGEST:
        raise BadAnswers(f"“{name}” must be a text of at most {LONGEST} characters.")
    return value


def _delimiter(name: str, value: object) -> str:
    if not isinstance(value, str) or len(value) != 1 or not can_part(value):
        raise BadAnswers(f"“{name}” must be one character.")
    return value


def _line(name: str, value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= 1000:
        raise BadAnswers(f"“{name}” must be the number of a line, from 1 to 1000.")
    return value


def _flag(name: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise BadAnswers(f"“{name}” must be true or false.")
    return value


def _table(check: Callable[[str], str], only: tuple[str, ...] = ()) -> Callable[[str, object], dict[str, str]]:
    def read(name: str, value: object) -> dict[str, str]:
        if not isinstance(value, dict) or len(value) > MOST:
            raise BadAnswers(f"“{name}” must be an object of at most {MOST:,} entries.")
        out = {}
        for left, right in value.items():
            if only and left not in only:
                raise BadAnswers(f"“{name}” may name {', '.join(only)}, not “{left}”.")
            out[_text(name, left)] = check(_text(f"{name}: {left}", right))
        return out

    return read


def _checked(read: Callable[[str], object]) -> Callable[[str], str]:
    """The text as it is, once `read` has understood it."""

    def check(text: str) -> str:
        try:
            read(text)
        except ValueError as error:
            raise BadAnswers(str(error)) from None
        return text

    return check


def _name_or_none(text: str) -> object:
    return cells.name(text) if text.strip() else None


_READ: dict[str, Callable[[str, Any], Any]] = {
    "encoding": _text,
    "delimiter": _delimiter,
    "sheet": _text,
    "header_line": _line,
    "decimal": _one_of(".", ","),
    "dates": _one_of(DAY_FIRST, MONTH_FIRST),
    "percent": _one_of(AS_THEY_STAND, TIMES_100),
    "fill_down": _flag,
    "columns": _table(role),
    "constants": _table(str, CONSTANTS),
    "departments": _table(_checked(_name_or_none)),
    "kpis": _table(_checked(_name_or_none)),
    "directions": _table(_checked(cells.direction)),
    "frequencies": _table(_checked(cells.frequency)),
    "units": _table(_checked(cells.text_of(cells.UNIT_LENGTH))),
}


def by_key(table: Mapping[str, str]) -> dict[str, str]:
    """The table with its names as they are compared."""
    return {key(name): value for name, value in table.items()}
