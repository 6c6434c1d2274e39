"""What the text columns of a KPI file may hold. Each function reads one distinct text and raises ValueError with the repair."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from departments.core import names
from metrics.core.kpi import Direction
from metrics.core.periods import Frequency

DIRECTIONS = {
    Direction.INCREASE: ("increase", "increasing", "higher", "high", "up", "more", "maximise", "maximize", "higher is better"),
    Direction.DECREASE: ("decrease", "decreasing", "lower", "low", "down", "less", "minimise", "minimize", "lower is better"),
    Direction.NEUTRAL: ("neutral", "none", "watch", "watched", "watched only"),
}
FREQUENCIES = {
    Frequency.DAY: ("day", "daily", "days"),
    Frequency.WEEK: ("week", "weekly", "weeks"),
    Frequency.MONTH: ("month", "monthly", "months"),
    Frequency.QUARTER: ("quarter", "quarterly", "quarters"),
    Frequency.YEAR: ("year", "yearly", "years", "annual", "annually"),
}
UNIT_LENGTH = 30
JOINERS = {0x200C: "x", 0x200D: "x"}
_DIRECTION = {word: direction for direction, words in DIRECTIONS.items() for word in words}
_FREQUENCY = {word: frequency for frequency, words in FREQUENCIES.items() for word in words}


@dataclass(frozen=True)
class Name:
    """A name as it is kept, and what it is compared by."""

    text: str
    key: str


def name(text: str) -> Name:
    """The name of a department or KPI."""
    _printable(text)
    kept = names.tidy(text)
    if not kept:
        raise ValueError("The name is missing.")
    if len(kept) > names.MAX_LENGTH or len(names.key(kept)) > names.MAX_LENGTH:
        raise ValueError(f"The name is longer than {names.MAX_LENGTH} characters.")
    return Name(kept, names.key(kept))


def text_of(longest: int) -> Callable[[str], str]:
    """A reader of texts up to that length, tidied; a blank stays one. Joiners may stand in them: some scripts and emoji need them."""

    def read(text: str) -> str:
        _printable(text.translate(JOINERS))
        kept = names.tidy(text)
        if len(kept) > longest:
            raise ValueError(f"The text is longer than {longest} characters.")
        return kept

    return read


def direction(text: str) -> Direction | None:
    """Which way is better; None for a blank."""
    word = names.key(text)
    if word and word not in _DIRECTION:
        raise ValueError("The direction is not known. Write higher, lower or neutral.")
    return _DIRECTION.get(word)


def frequency(text: str) -> Frequency | None:
    """How often there is a figure; None for a blank."""
    word = names.key(text)
    if word and word not in _FREQUENCY:
        raise ValueError("The frequency is not known. Write day, week, month, quarter or year.")
    return _FREQUENCY.get(word)


def constant(cells: Sequence[str]) -> bool:
    """Whether all are the same text: so it is in most stretches of most columns, and then one look-up does for all."""
    return bool(cells) and cells[0] == cells[-1] and cells.count(cells[0]) == len(cells)


def _printable(text: str) -> None:
    # Nothing that is forbidden is printable, and nearly every text is: the quick way.
    place = None if text.isprintable() else names.forbidden(text)
    if place is not None:
        raise ValueError(f"Character {place + 1} is invisible or a control character (U+{ord(text[place]):04X}). Remove it.")
