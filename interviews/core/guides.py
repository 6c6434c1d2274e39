"""Question guides as plain values: what two versions differ in, and the order of questions on a form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TypeVar

ALIKE = 0.6  # of two questions that share so much of their letters one is taken for the other, reworded (ours)

T = TypeVar("T")


@dataclass(frozen=True)
class Asked:
    """A question as it is asked: its words, what to probe for, and what it counts for as asked (METHODS 6). `kpis`: their ids."""

    text: str
    hint: str = ""
    whole_function: bool = False
    kpis: tuple[int, ...] = ()


@dataclass(frozen=True)
class Change:
    """What became of a question between two versions: `said` in a word or two, and its words before and after (blank: not there)."""

    said: str
    before: str
    after: str


def changes(old: Sequence[Asked], new: Sequence[Asked]) -> list[Change]:
    """What `new` has otherwise than `old`, in the order of `new`, what is gone last."""
    pairs = _pairs(old, new)
    moved = _moved([pairs[n] for n in range(len(new)) if n in pairs])
    out = []
    for n, question in enumerate(new):
        if n not in pairs:
            out.append(Change("added", "", question.text))
            continue
        was = old[pairs[n]]
        said = [*_differs(was, question), *(["moved"] if pairs[n] in moved else [])]
        if said:
            out.append(Change(", ".join(said), was.text, question.text))
    gone = set(range(len(old))) - set(pairs.values())
    return out + [Change("left out", old[n].text, "") for n in sorted(gone)]


def _differs(was: Asked, now: Asked) -> list[str]:
    named = {
        "reworded": was.text != now.text,
        "another hint": was.hint != now.hint,
        "asks about something else": (was.whole_function, set(was.kpis)) != (now.whole_function, set(now.kpis)),
    }
    return [name for name, holds in named.items() if holds]


def _pairs(old: Sequence[Asked], new: Sequence[Asked]) -> dict[int, int]:
    """Which question of `old` each of `new` is: the same words first, then those most alike."""
    left = list(range(len(old)))
    pairs: dict[int, int] = {}
    for n, question in enumerate(new):
        same = next((m for m in left if old[m].text == question.text), None)
        if same is not None:
            pairs[n] = same
            left.remove(same)
    close = [(_alike(old[m].text, new[n].text), n, m) for n in range(len(new)) if n not in pairs for m in left]
    for ratio, n, m in sorted(close, key=lambda one: (-one[0], one[1:])):
        if ratio >= ALIKE and n not in pairs and m in left:
            pairs[n] = m
            left.remove(m)
    return pairs


def _alike(one: str, other: str) -> float:
    return SequenceMatcher(None, one.lower(), other.lower(), autojunk=False).ratio()


def _moved(order: Sequence[int]) -> set[int]:
    """Which of the old places stand otherwise among each other: all but a longest rising run of them."""
    runs: list[list[int]] = []  # the longest rising run that ends with each place
    for place in order:
        runs.append([*_longest([run for run in runs if run[-1] < place]), place])
    return set(order) - set(_longest(runs))


def _longest(runs: list[list[int]]) -> list[int]:
    return max(runs, key=len) if runs else []


def arranged(items: Sequence[T], act: str, blank: T) -> tuple[list[T], int | None]:
    """The items after an act of the form, and the place that now wants attention: "add", "up-3", "down-0", "remove-2" (places from 0).

    Anything else, and what leads out of the list, changes nothing.
    """
    out = list(items)
    if act == "add":
        return [*out, blank], len(out)
    verb, _, number = act.partition("-")
    place = int(number) if number.isascii() and number.isdigit() and len(number) < 5 else -1
    target = {"up": place - 1, "down": place + 1, "remove": place}.get(verb, -1)
    if not (0 <= place < len(out) and 0 <= target < len(out)):
        return out, None
    item = out.pop(place)
    if verb == "remove":
        return out, min(place, len(out) - 1) if out else None
    out.insert(target, item)
    return out, target
