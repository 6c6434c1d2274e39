"""The codebook in the exchange format of programs for qualitative analysis: REFI-QDA codebook 1.0 (.qdc, qdasoftware.org).

Written: level, condition and theme as nested codes, of which only themes can be coded with. Read: such a file, or the codebook inside a
project (.qde, .qdpx), from anybody: no document type, no entities, bounded in size, depth and number.
"""

from __future__ import annotations

import hashlib
import io
import uuid
import zipfile
import zlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree as Tree
from xml.parsers import expat

from departments.core.names import MAX_LENGTH, forbidden, key, tidy
from interviews.core.terms import Condition, Level
from metrics.core.problems import Unreadable

NAMESPACE = "urn:QDA-XML:codebook:1.0"
ORIGIN = "SayPro Review"
OURS = uuid.UUID("7c1f5d0e-6b54-5c0a-9d53-2f0f6f0b8a11")  # space of our GUIDs: uuid5 of a code is the same wherever it is written
BYTES = 5 * 1024 * 1024
DEPTH = 30  # of nested elements
CODES = 5_000
DEFINITION = 2000  # characters
JOINED = " / "
UNPLACED = (Level.PROCESS, Condition.INFORMATION)  # until a person says where a code belongs
COLOURS = {Level.ORGANISATION: "#1B5F9E", Level.PROCESS: "#0D5F67", Level.JOB: "#A5460A"}


@dataclass(frozen=True)
class Entry:
    """A theme as a codebook has it. `id`: of the theme that it is here, None for one that is new."""

    code: str
    name: str
    definition: str
    level: Level
    condition: Condition
    id: int | None = None


def guid(code: str) -> str:
    """The GUID of a theme's code."""
    return str(uuid.uuid5(OURS, f"theme:{code}"))


def _place_guid(*place: str) -> str:
    return str(uuid.uuid5(OURS, f"place:{':'.join(place)}"))


# Out


def export(themes: Iterable[Entry]) -> bytes:
    """The codebook as a .qdc document; the same themes give the same bytes, in any order. Without themes it has the levels alone."""
    root = Tree.Element("CodeBook", {"xmlns": NAMESPACE, "origin": ORIGIN})
    codes = Tree.SubElement(root, "Codes")
    listed = sorted(themes, key=lambda theme: (key(theme.name), theme.code))
    for level in Level:
        here = [theme for theme in listed if theme.level == level]
        if here or not listed:
            _level(codes, level, here)
    Tree.indent(root)
    return Tree.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n"


def _level(codes: Tree.Element, level: Level, themes: Sequence[Entry]) -> None:
    top = _code(codes, _place_guid(level), level.capitalize(), "false")
    for condition in Condition:
        here = [theme for theme in themes if theme.condition == condition]
        if here:
            group = _code(top, _place_guid(level, condition), condition.capitalize(), "false")
            for theme in here:
                _described(_code(group, guid(theme.code), theme.name, "true", COLOURS[level]), theme.definition)


def _code(parent: Tree.Element, number: str, name: str, codable: str, colour: str = "") -> Tree.Element:
    attributes = {"guid": number, "name": writable(name), "isCodable": codable} | ({"color": colour} if colour else {})
    return Tree.SubElement(parent, "Code", attributes)


def _described(code: Tree.Element, text: str) -> None:
    if text:
        Tree.SubElement(code, "Description").text = writable(text)


def writable(text: str) -> str:
    """The text without characters that XML cannot hold, its lines ended as XML ends them."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    return "".join(one for one in lines if one in "\t\n" or " " <= one < "\ud800" or "\ue000" <= one <= "\ufffd" or one >= "\U00010000")


# In


@dataclass
class Code:
    """A code of a file. `path`: the names of those around it, outermost first; `line`: where it stands."""

    guid: str
    name: str
    path: tuple[str, ...]
    codable: bool
    line: int
    description: str = ""


def parse(content: bytes) -> list[Code]:
    """All codes of the file, as they stand in it. Raises Unreadable with the line where there is one."""
    document = unpacked(content)
    if len(document) > BYTES:
        raise Unreadable(f"The file is larger than {BYTES // 1024 // 1024} MB.")
    reader = _Reader()
    reader.read(document)
    if not reader.codes:
        raise Unreadable("The file holds no codes. Export a codebook (.qdc) from the program that it comes from.")
    return reader.codes


def unpacked(content: bytes) -> bytes:
    """Of a project in a zip (.qdpx) its document, at most one byte more than BYTES; anything else as it is. Raises Unreadable."""
    if not content.startswith(b"PK"):
        return content
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            found = next(one for one in packed.infolist() if one.filename.lower().endswith((".qde", ".qdc")))
            return packed.read(found) if found.file_size <= BYTES else bytes(BYTES + 1)  # never unpacked beyond what it says it is
    except (zipfile.BadZipFile, StopIteration, NotImplementedError, RuntimeError, OSError, ValueError, zlib.error):
        raise Unreadable("The file is not a project that can be unpacked. Export a codebook (.qdc) instead.") from None


@dataclass
class _Reader:
    """Takes codes out of a document while it is read, and stops at what it must not hold."""

    codes: list[Code] = field(default_factory=list)
    _open: list[str] = field(default_factory=list)
    _around: list[Code] = field(default_factory=list)
    _parser: Any = None

    def read(self, document: bytes) -> None:
        self._parser = parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        try:
            parser.Parse(document, True)
        except expat.ExpatError as error:
            raise Unreadable(f"The file is not XML that can be read: line {error.lineno}, {expat.ErrorString(error.code)}.") from None
        except (LookupError, ValueError):
            raise Unreadable("The file is in an encoding that is not known. Save it as UTF-8.") from None

    def _doctype(self, *_: object) -> None:
        raise Unreadable(f"Line {self._line} begins a document type. A codebook has none; this file is not taken.")

    @property
    def _line(self) -> int:
        return int(self._parser.CurrentLineNumber)

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(" ")[2]
        if not self._open and name not in ("CodeBook", "Project"):
            raise Unreadable(f"The file is no codebook: it begins with {name[:40]}, not with CodeBook.")
        self._open.append(name)
        if len(self._open) > DEPTH:
            raise Unreadable(f"Line {self._line} is nested more than {DEPTH} deep.")
        if name == "Code":
            self._code(attributes)

    def _code(self, attributes: dict[str, str]) -> None:
        if len(self.codes) >= CODES:
            raise Unreadable(f"The file has more than {CODES:,} codes.")
        path = tuple(one.name for one in self._around)
        codable = attributes.get("isCodable", "true").strip() in ("true", "1")
        number = attributes.get("guid", "").strip().strip("{}").lower()
        code = Code(number, tidy(attributes.get("name", "")), path, codable, self._line)
        self.codes.append(code)
        self._around.append(code)

    def _end(self, tag: str) -> None:
        if self._open.pop() == "Code":
            self._around.pop()

    def _text(self, text: str) -> None:
        if self._around and self._open[-2:] == ["Code", "Description"]:
            self._around[-1].description += text


# Compared


@dataclass(frozen=True)
class Change:
    """What a code of the file does here: `before` is None for a new theme. `unplaced`: the file does not say where it belongs."""

    before: Entry | None
    after: Entry
    line: int
    unplaced: bool = False

    def said(self) -> list[tuple[str, str, str]]:
        """(what, was, becomes) of what differs."""
        was = self.before
        both = [(name, str(getattr(was, name)) if was else "", str(getattr(self.after, name))) for name in FIELDS]
        return [(name, old, new) for name, old, new in both if old != new]


FIELDS = ("name", "definition", "level", "condition")


@dataclass(frozen=True)
class Comparison:
    """What a file would do: changes as they stand in it, how many codes say what is here already, and (line, what to do) of those that
    cannot be."""

    changes: list[Change]
    same: int
    problems: list[tuple[int, str]]

    @property
    def digest(self) -> str:
        """What two equal comparisons have in common, wherever a person puts new themes."""
        parts = [(one.before, one.after.name, one.after.definition, one.said() if one.before else ()) for one in self.changes]
        return hashlib.sha256(repr((parts, self.same, self.problems)).encode()).hexdigest()

    @property
    def new(self) -> list[Change]:
        return [change for change in self.changes if change.before is None]

    @property
    def changed(self) -> list[Change]:
        return [change for change in self.changes if change.before]


def compare(codes: Sequence[Code], known: Collection[Entry], placed: dict[str, tuple[Level, Condition]] | None = None) -> Comparison:
    """What the codes would do to the known themes. A theme is known by its GUID, else by its name. Codes around others that cannot be
    coded with are no themes. `placed`: name's key -> where a person puts it. What the file does not name stays."""
    by_guid = {guid(entry.code): entry for entry in known}
    by_name = {key(entry.name): entry for entry in known}
    groups = {number for one in Level for number in (_place_guid(one), *(_place_guid(one, other) for other in Condition))}
    changes, problems = [], []
    for code in codes:
        if code.codable and code.guid not in groups:
            before = by_guid.get(code.guid)
            try:
                change = _change(code, before, by_name, placed or {})
            except ValueError as error:
                problems.append((code.line, str(error)))
            else:
                changes.append(change)
    problems += _clashes(changes, by_name)
    kept = [change for change in changes if change.said()]
    return Comparison(kept, len(changes) - len(kept), sorted(problems))


def _change(code: Code, by_guid: Entry | None, by_name: dict[str, Entry], placed: dict[str, tuple[Level, Condition]]) -> Change:
    """What one code does. Raises ValueError with what to do when it cannot be a theme."""
    level, condition, name = _read_place(code)
    if not code.name:
        raise ValueError("The code has no name. Give it one.")
    if len(name) > MAX_LENGTH or forbidden(name) is not None:
        raise ValueError(f"{name[:60]}: keep the name within {MAX_LENGTH} letters, with nothing in it that cannot be seen.")
    text = writable(code.description)
    if len(text) > DEFINITION:
        raise ValueError(f"{name}: keep the description within {DEFINITION} letters.")
    before = by_guid or by_name.get(key(name))
    if before:
        kept = before.definition if not text and not by_guid else text
        definition = before.definition if writable(before.definition) == kept else kept
        return Change(
            before, Entry(before.code, name, definition, level or before.level, condition or before.condition, before.id), code.line
        )
    unplaced = level is None or condition is None
    chosen = placed.get(key(name), (level or UNPLACED[0], condition or UNPLACED[1]))
    return Change(None, Entry("", name, text, *chosen), code.line, unplaced)


def _read_place(code: Code) -> tuple[Level | None, Condition | None, str]:
    """Level and condition by the names of the codes around, and the code's name with what else is around it before it."""
    path = list(code.path)
    level = condition = None
    if path and key(path[0]) in set(Level):
        level = Level(key(path.pop(0)))
    if path and key(path[0]) in set(Condition):
        condition = Condition(key(path.pop(0)))
    return level, condition, JOINED.join([*path, code.name])


def _clashes(changes: Sequence[Change], by_name: dict[str, Entry]) -> list[tuple[int, str]]:
    """Codes that would be one theme, or take a name that another theme keeps."""
    seen: dict[str | int, Change] = {}
    renamed = {change.before.id for change in changes if change.before}
    found = []
    for change in changes:
        name = key(change.after.name)
        marks: list[str | int] = [name, *([change.after.id] if change.after.id is not None else [])]
        if first := next((seen[mark] for mark in marks if mark in seen), None):
            found.append((change.line, f"{change.after.name} stands in line {first.line} already. Leave one of them."))
        owner = by_name.get(name)
        if owner and owner.id != change.after.id and owner.id not in renamed:
            found.append((change.line, f"Another theme is called {change.after.name} already. Choose another name."))
        seen |= dict.fromkeys(marks, change)
    return found
