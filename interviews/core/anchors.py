"""Stretches of a text, counted in characters, that follow the text when it is edited."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True)
class Edit:
    """Characters `start` to `end` of the old text were replaced by `size` others; outside of them the texts are the same."""

    start: int
    end: int
    size: int

    @property
    def grown(self) -> int:
        return self.size - (self.end - self.start)


def edit(old: str, new: str) -> Edit:
    """The one edit that leads from `old` to `new`, as short as possible, the beginning being matched first."""
    start = _alike(old, new)
    most = min(len(old), len(new)) - start
    tail = _alike(old[len(old) - most :][::-1], new[len(new) - most :][::-1])
    return Edit(start, len(old) - tail, len(new) - tail - start)


def _alike(one: str, other: str) -> int:
    """How many characters the two begin with alike."""
    return next((place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def follow(start: int, end: int, change: Edit) -> tuple[int, int] | None:
    """Where the stretch is in the new text; None when nothing of it is left.

    What is typed before it, after it or over one of its ends stays outside; what is typed within it belongs to it.
    """
    if change.end <= start:
        return start + change.grown, end + change.grown
    if change.start >= end:
        return start, end
    inside = change.start > start and change.end < end
    if inside:
        return start, end + change.grown
    if change.start > start:  # its end was replaced
        return start, change.start
    if change.end < end:  # its beginning was replaced
        return change.start + change.size, end + change.grown
    return None


def moved(old: str, new: str, start: int, end: int) -> tuple[int, int] | None:
    """Where the stretch of `old` is in `new`: where one edit takes it, else where its words stand exactly once; None: nowhere."""
    if found := follow(start, end, edit(old, new)):
        return found
    words = old[start:end]
    if new.count(words) != 1:
        return None
    return new.index(words), new.index(words) + len(words)


def nearest(text: str, words: str, place: int) -> int | None:
    """Where the words stand in the text, as close as possible to `place`; None where they do not."""
    found = [at for at in (text.rfind(words, 0, place + len(words)), text.find(words, place)) if at >= 0]
    return min(found, key=lambda at: abs(at - place), default=None)


def cut(text: str, spans: Sequence[tuple[int, int]]) -> list[tuple[str, tuple[int, ...]]]:
    """The text in pieces, each with the places in `spans` of those that cover it: what a page marks, also where spans overlap."""
    edges = sorted({0, len(text), *(edge for span in spans for edge in span)})
    return [
        (text[start:end], tuple(place for place, span in enumerate(spans) if span[0] <= start and end <= span[1]))
        for start, end in pairwise(edges)
    ]
