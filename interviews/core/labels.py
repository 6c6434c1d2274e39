"""What people are called in a document: labels of that document alone."""

from __future__ import annotations

from collections.abc import Sequence

LETTERS = 26


def voice(number: int) -> str:
    """The label of person `number`, from 0: "Voice A" .. "Voice Z", "Voice AA" ..."""
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, LETTERS)
        letters = chr(ord("A") + rest) + letters
    return f"Voice {letters}"


def voices(people: Sequence[int]) -> dict[int, str]:
    """A label for each person, in the order given: shuffle them first, or the order of labels tells something."""
    return {person: voice(number) for number, person in enumerate(people)}
