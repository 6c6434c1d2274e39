"""The KPI dictionary as a file: one row a KPI, known by its code. Read, and compared with what is kept; nothing is written here.

A column that the file leaves out stays as it is, and so does a KPI that it leaves out. A cell that says what is kept already is
never an error.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from departments.core import names
from departments.core.roles import Function
from metrics.core import cells
from metrics.core.kpi import Direction
from metrics.core.periods import Frequency
from metrics.core.problems import Problem, Unreadable
from saypro_review.lib.inert import STARTS, inert

BYTES = 1024 * 1024
ROWS = 2_000
UNIT_LENGTH, TEXT_LENGTH = 30, 2_000
COLUMNS = ("code", "name", "definition", "formula", "unit", "direction", "frequency", "function", "importance", "owner")
NEEDED = ("name", "direction", "frequency")  # by a KPI that is new
DIRECTIONS = {Direction.INCREASE: "higher", Direction.DECREASE: "lower", Direction.NEUTRAL: "neutral"}
IMPORTANCE = re.compile(r"[1-5]")
BREAKS = re.compile(r"\r\n?|\n")
_FUNCTIONS = {function.value.replace("_", " "): function for function in Function}
EXPECTED = {
    "name": "Write its name.",
    "direction": "Write which way is better: higher, lower or neutral.",
    "frequency": "Write how often there is a figure: day, week, month, quarter or year.",
    "function": f"Write one of {', '.join(_FUNCTIONS)}.",
    "importance": "Write a whole number from 1 (least) to 5 (most important).",
}  # of the columns that say something for every KPI


@dataclass(frozen=True)
class Entry:
    """A KPI as its row has it. `owner`: the address of an account, empty for nobody."""

    code: str
    name: str
    definition: str = ""
    formula: str = ""
    unit: str = ""
    direction: Direction = Direction.NEUTRAL
    frequency: Frequency = Frequency.MONTH
    function: Function = Function.OTHER
    importance: int = 3
    owner: str = ""


@dataclass(frozen=True)
class Kept:
    """A KPI that is known; `figures`: it has some, so that its frequency stands."""

    entry: Entry
    figures: bool


@dataclass(frozen=True)
class Row:
    """One row of the file, by column; `line`: the physical line that it begins on."""

    line: int
    cells: dict[str, str]


@dataclass(frozen=True)
class Change:
    """What a row makes of a KPI; `before` is None where it is new."""

    line: int
    before: Entry | None
    after: Entry

    @property
    def said(self) -> list[tuple[str, str, str]]:
        """(column, what it was, what it becomes) for each column that changes; of a new KPI those that say something."""
        old = written(self.before) if self.before else dict.fromkeys(COLUMNS, "")
        return [(column, old[column], new) for column, new in written(self.after).items() if old[column] != new]

    @property
    def turns(self) -> bool:
        """What was better becomes worse, or the like."""
        return self.before is not None and self.before.direction is not self.after.direction


@dataclass(frozen=True)
class Comparison:
    """The file beside what is kept. With any problem nothing of it counts."""

    changes: list[Change]
    same: int
    problems: list[Problem]

    @property
    def new(self) -> list[Change]:
        return [change for change in self.changes if change.before is None]

    @property
    def changed(self) -> list[Change]:
        return [change for change in self.changes if change.before]

    @property
    def turned(self) -> list[Change]:
        return [change for change in self.changes if change.turns]

    @property
    def digest(self) -> str:
        """SHA-256 of the changes: the same exactly when they are."""
        said = [[change.after.code, change.before is None, change.said] for change in self.changes]
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def written(entry: Entry) -> dict[str, str]:
    """The row of a KPI, before `inert` makes its cells safe for a spreadsheet."""
    row = {column.name: str(getattr(entry, column.name)) for column in fields(entry)}
    return row | {"direction": DIRECTIONS[entry.direction], "function": entry.function.value.replace("_", " ")}


def compare(content: bytes, kept: Mapping[str, Kept], people: Collection[str]) -> Comparison:
    """The file beside what is `kept`, by code. `people`: the addresses of those who may own a KPI, in lower case.

    Raises Unreadable where the bytes are no table; its sentence is for people.
    """
    return _Comparing(kept, people).compare(content)


def coded(text: str) -> bool:
    """Whether it can be a code: letters, the digits 0 to 9, hyphens and underscores, no hyphen first."""
    return 0 < len(text) <= names.CODE_LENGTH and text[0] != "-" and all(_codable(character) for character in text)


def _codable(character: str) -> bool:
    return character in "-_0123456789" or unicodedata.category(character)[0] == "L"


# From bytes to rows


def rows(content: bytes, problems: list[Problem]) -> list[Row]:
    """The rows below the header, blank ones left out; what is wrong with header and widths goes to `problems`. None where the header
    is wrong."""
    text = _decoded(content)
    found = _lines(text, _delimiter(text))
    header_line, header = next(found, (0, []))
    if not header:
        raise Unreadable("The file is empty.")
    columns = _columns(header, header_line, problems)
    if problems:
        return []
    out = []
    for line, cells_ in found:
        if len(cells_) != len(header):
            message = f"The row has {len(cells_)} cells, the header {len(header)}. Put a text that holds separators in quotation marks."
            problems.append(Problem(line, "", "", message))
        else:
            out.append(Row(line, dict(zip(columns, cells_, strict=True))))
        if len(out) > ROWS:
            raise Unreadable(f"The file has more than {ROWS:,} rows. Split it.")
    return out


def _decoded(content: bytes) -> str:
    if len(content) > BYTES:
        raise Unreadable(f"The file is larger than {BYTES // 1024 // 1024} MB. Split it.")
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise Unreadable("This is a spreadsheet. Save the sheet as “CSV UTF-8” and choose that.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = 1 + len(BREAKS.findall(content[: error.start].decode("latin-1")))
        raise Unreadable(f"Line {line} is not UTF-8 text. Save the file as “CSV UTF-8”.", line) from None
    if "\0" in text:
        line = 1 + len(BREAKS.findall(text[: text.index("\0")]))
        raise Unreadable(f"Line {line} holds a NUL character: this is no text. Save the file as “CSV UTF-8”.", line)
    return text


def _delimiter(text: str) -> str:
    """Comma or semicolon: whichever makes more known columns of the first line that is not blank."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    return max(",;", key=lambda mark: sum(_column(cell.strip('" ')) in COLUMNS for cell in first.split(mark)))


def _lines(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """(the line it begins on, its cells) of each row that is not blank."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    before = 0
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                yield before + 1, row
            before = reader.line_num
    except csv.Error:
        raise Unreadable(f"The row of line {before + 1} cannot be read: look at its quotation marks.", before + 1) from None


def _column(cell: str) -> str:
    name = names.key(cell)
    return "owner" if name == "owner (email)" else name


def _columns(header: list[str], line: int, problems: list[Problem]) -> list[str]:
    columns = [_column(cell) for cell in header]
    known = f"Columns are {', '.join(COLUMNS)}."
    counted = Counter(columns)
    for column, cell in zip(columns, header, strict=True):
        if column not in COLUMNS:
            problems.append(Problem(line, cell, cell, f"This column is not known. Rename or remove it. {known}"))
        elif counted[column] > 1:
            problems.append(Problem(line, column, cell, "There are two columns of this name. Keep one of them."))
    if "code" not in columns:
        problems.append(Problem(line, "code", "", f"There is no column “code”, by which a KPI is known. {known}"))
    return columns


# From cells to values


def paragraphs(text: str) -> str:
    """A text of some sentences, lines kept apart. Raises ValueError with the repair."""
    text = unicodedata.normalize("NFC", BREAKS.sub("\n", text)).strip()
    if (place := names.forbidden(text.translate(cells.JOINERS))) is not None:
        raise ValueError(f"Character {place + 1} is invisible or a control character (U+{ord(text[place]):04X}). Remove it.")
    if len(text) > TEXT_LENGTH:
        raise ValueError(f"The text is longer than {TEXT_LENGTH:,} characters.")
    return text


def _name(text: str) -> str:
    return cells.name(text).text


def _function(text: str) -> Function:
    found = _FUNCTIONS.get(names.key(text).replace("_", " "))
    if found is None:
        raise ValueError(EXPECTED["function"])
    return found


def _importance(text: str) -> int:
    if not IMPORTANCE.fullmatch(text.strip()):
        raise ValueError(EXPECTED["importance"])
    return int(text)


READERS: dict[str, Callable[[str], Any]] = {
    "name": _name,
    "definition": paragraphs,
    "formula": paragraphs,
    "unit": cells.text_of(UNIT_LENGTH),
    "direction": cells.direction,
    "frequency": cells.frequency,
    "function": _function,
    "importance": _importance,
}


@dataclass
class _Comparing:
    """One comparison at work."""

    kept: Mapping[str, Kept]
    people: Collection[str]
    problems: list[Problem] = field(default_factory=list)

    def compare(self, content: bytes) -> Comparison:
        changes = [change for row in self._once(rows(content, self.problems)) if (change := self._change(row))]
        self._names_apart(changes)
        apart = [change for change in changes if change.before != change.after]
        return Comparison(apart, len(changes) - len(apart), sorted(self.problems))

    def _note(self, row: Row, column: str, message: str) -> None:
        self.problems.append(Problem(row.line, column, row.cells.get(column, "")[:200], message))

    def _once(self, read: list[Row]) -> Iterator[Row]:
        """Each row whose code is well formed and stands there first."""
        lines: dict[str, int] = {}
        spelt = {code.casefold(): code for code in self.kept}
        for row in read:
            code = row.cells["code"] = row.cells["code"].strip()
            if code in lines:
                self._note(row, "code", f"Line {lines[code]} is about this KPI already. Keep one of them.")
            elif code in self.kept:
                yield row
            elif code.casefold() in spelt:
                self._note(row, "code", f"There is a KPI with the code {spelt[code.casefold()]}. Write it just so.")
            elif not coded(code):
                self._note(row, "code", f"A code is made of letters, digits, hyphens and underscores, at most {names.CODE_LENGTH}.")
            else:
                yield row
            lines.setdefault(code, row.line)

    def _change(self, row: Row) -> Change | None:
        """What the row makes of its KPI; None where one of its cells cannot be read."""
        code = row.cells["code"]
        kept = self.kept.get(code)
        before = kept.entry if kept else None
        faults = len(self.problems)
        values = {column: self._value(row, column, before) for column in COLUMNS[1:] if self._says(row, column, before)}
        if before is None:
            for column in NEEDED:
                if column not in values:
                    self._note(row, column, f"The KPI is new: {EXPECTED[column][0].lower()}{EXPECTED[column][1:]}")
        elif kept and kept.figures and values.get("frequency") not in (None, before.frequency):
            message = f"Its figures are {before.frequency.label}. Write {before.frequency}, or make another KPI for the other figures."
            self._note(row, "frequency", message)
        if len(self.problems) > faults:
            return None
        return Change(row.line, before, replace(before, **values) if before else Entry(code, **values))

    def _says(self, row: Row, column: str, before: Entry | None) -> bool:
        """Whether the cell says something that is not kept already."""
        cell = row.cells.get(column)
        if cell is None:
            return False
        if before is None:
            return bool(cell.strip())
        old = written(before)[column]
        return _spelt(cell) not in (_spelt(old), _spelt(str(inert(old))))

    def _value(self, row: Row, column: str, before: Entry | None) -> Any:
        """What the cell means; None after a problem was noted."""
        cell = _plain(row.cells[column])
        if not cell.strip() and column in EXPECTED:
            self._note(row, column, EXPECTED[column])
            return None
        if column == "owner":
            return self._owner(row, cell.strip().lower())
        try:
            return READERS[column](cell)
        except ValueError as error:
            self._note(row, column, str(error))
            return None

    def _owner(self, row: Row, address: str) -> str:
        if address and address not in self.people:
            self._note(row, "owner", "Nobody who signs in here has that address. Write one of an account, or leave it empty.")
        return address

    def _names_apart(self, changes: list[Change]) -> None:
        """No two KPIs may have one name when all is done."""
        final = {code: kept.entry.name for code, kept in self.kept.items()} | {change.after.code: change.after.name for change in changes}
        holders: dict[str, list[str]] = {}
        for code, name in final.items():
            holders.setdefault(names.key(name), []).append(code)
        for change in changes:
            others = [code for code in holders[names.key(change.after.name)] if code != change.after.code]
            if others and (change.before is None or change.before.name != change.after.name):
                message = f"The KPI {others[0]} is called so, too. Give each a name of its own."
                self.problems.append(Problem(change.line, "name", change.after.name, message))


def _spelt(cell: str) -> str:
    """The cell without regard to line ends and outer space."""
    return BREAKS.sub("\n", cell).strip()


def _plain(cell: str) -> str:
    """The cell without the apostrophe that keeps a spreadsheet from running it."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(STARTS) else cell
