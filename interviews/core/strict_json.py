"""JSON from somebody else: read without surprises, then walked with a path to everything that is wrong.

Python's reader takes the last of two equal keys, NaN, and numbers of a million digits. Here each of these becomes something that no
field accepts, so that it is refused at its place like any other wrong value.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from metrics.core.near import near
from metrics.core.problems import Unreadable

DIGITS = 15  # of a whole number: more than any here needs
ERRORS = 1_000  # that are listed; the rest is counted
REQUIRED = object()

Reader = Callable[[Any], Any]  # the value of a field, or ValueError with the repair


@dataclass(frozen=True)
class Problem:
    """One thing wrong: its JSON path ("interviews[3].role"; empty: the whole file) and what to do."""

    path: str
    message: str


@dataclass
class Problems:
    """What is wrong: the first thousand, in the order of the file, and the number of all."""

    found: list[Problem] = field(default_factory=list)
    count: int = 0

    def add(self, path: str, message: str) -> None:
        self.count += 1
        if len(self.found) < ERRORS:
            self.found.append(Problem(path, message))


class Odd:
    """A value that JSON of people does not have, such as NaN or a number of a thousand digits."""

    def __init__(self, name: str):
        self.name = name


class Object(dict[str, Any]):
    """An object with the keys that stood in it twice."""

    twice: tuple[str, ...] = ()


def load(content: bytes, most: int) -> Any:
    """The value of a JSON text of at most `most` bytes, in UTF-8. Raises Unreadable with a sentence for people."""
    if len(content) > most:
        raise Unreadable(f"The file is larger than {most // 1024 // 1024} MB. Split it.")
    try:
        text = content.decode("utf-8-sig")
        return json.loads(text, object_pairs_hook=_object, parse_int=_whole, parse_constant=Odd)
    except UnicodeDecodeError as error:
        line = 1 + content[: error.start].count(b"\n")
        raise Unreadable(f"Line {line} is not UTF-8 text. Save the file in UTF-8.", line) from None
    except json.JSONDecodeError as error:
        raise Unreadable(f"Line {error.lineno}, column {error.colno}: this is no JSON ({error.msg}).", error.lineno) from None
    except RecursionError:
        raise Unreadable("The file is nested far deeper than its format says.") from None


def _object(pairs: list[tuple[str, Any]]) -> Object:
    made = Object(pairs)
    if len(made) < len(pairs):
        names = [name for name, _ in pairs]
        made.twice = tuple(dict.fromkeys(name for name in names if names.count(name) > 1)) if len(names) < 1000 else (names[0],)
    return made


def _whole(digits: str) -> int | Odd:
    return int(digits) if len(digits) <= DIGITS else Odd("such a long number")


# Walking


def fields(value: Any, path: str, known: Mapping[str, tuple[Reader, Any]], problems: Problems) -> dict[str, Any] | None:
    """The fields of the object at `path`. `known`: by key, its reader and what it is where left out (REQUIRED: it may not be).
    None where anything was wrong, which then is in `problems`."""
    if not isinstance(value, Object):
        problems.add(path, f"Write an object with {', '.join(known)}; this is {kind(value)}.")
        return None
    before = problems.count
    for name in value.twice:
        problems.add(_inner(path, name), "This key stands here twice. Keep one of them.")
    for name in value:
        if name not in known:
            meant = near(name[:60], known, 1)
            hint = f"Did you mean {meant[0]}?" if meant else f"Known here: {', '.join(known)}."
            problems.add(_inner(path, name), f"This key is not known. {hint}")
    out = {}
    for name, (read, default) in known.items():
        if name not in value:
            out[name] = default
            if default is REQUIRED:
                problems.add(_inner(path, name), "This is missing.")
            continue
        try:
            out[name] = read(value[name])
        except ValueError as error:
            problems.add(_inner(path, name), str(error))
    return out if problems.count == before else None


def _inner(path: str, name: str) -> str:
    shown = name if name.isidentifier() and len(name) <= 60 else json.dumps(name[:60])
    return f"{path}.{shown}" if path else shown


def kind(value: Any) -> str:
    """What a value is, for people."""
    if isinstance(value, Odd):
        return value.name
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, (str, list)):
        return "a text" if isinstance(value, str) else "a list"
    return "an object" if isinstance(value, dict) else "a number"


def listed(longest: int) -> Reader:
    """A reader of lists of at most that many entries; what is in them is read later, with its path."""

    def read(value: Any) -> list[Any]:
        if not isinstance(value, list):
            raise ValueError(f"Write a list, in [ ]; this is {kind(value)}.")
        if len(value) > longest:
            raise ValueError(f"At most {longest:,} of these; there are {len(value):,}.")
        return value

    return read


def text(longest: int, *, lines: bool = False, blank: bool = False) -> Reader:
    """A reader of texts of at most that many characters. `lines`: with line ends, kept as \\n; else one line, trimmed."""

    def read(value: Any) -> str:
        if not isinstance(value, str):
            raise ValueError(f"Write a text, in quotation marks; this is {kind(value)}.")
        kept = value.replace("\r\n", "\n").replace("\r", "\n") if lines else value.strip()
        for place, character in enumerate(kept):
            if unicodedata.category(character) in ("Cc", "Cs") and not (lines and character in "\n\t"):
                raise ValueError(f"Character {place + 1} is a control character (U+{ord(character):04X}). Remove it.")
        if not blank and not kept.strip():
            raise ValueError("This is blank. Write it, or leave the key out.")
        if len(kept) > longest:
            raise ValueError(f"The text has {len(kept):,} characters; at most {longest:,} are kept.")
        return kept

    return read


def yes_or_no(value: Any) -> bool:
    """A reader of true and false."""
    if not isinstance(value, bool):
        raise ValueError(f"Write true or false; this is {kind(value)}.")
    return value


def whole(low: int, high: int) -> Reader:
    """A reader of whole numbers from `low` to `high`."""

    def read(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise ValueError(f"Write a whole number; this is {kind(value)}.")
        if not low <= value <= high:
            raise ValueError(f"Write a whole number from {low:,} to {high:,}.")
        return value

    return read


def one_of(words: Mapping[str, Any]) -> Reader:
    """A reader of one of the words, whatever their case."""

    def read(value: Any) -> Any:
        spelt = value.strip().casefold().replace(" ", "_").replace("-", "_") if isinstance(value, str) else ""
        if spelt not in words:
            raise ValueError(f"Write one of {', '.join(words)}.")
        return words[spelt]

    return read
