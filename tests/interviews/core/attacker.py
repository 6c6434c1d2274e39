"""Somebody who sees everything that was told, over time, and adds and subtracts. Written plainly, in fractions, apart from the product."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import combinations

Voices = frozenset[int]


def null_space(rows: Sequence[Voices], everyone: Sequence[int]) -> list[dict[int, Fraction]]:
    """Vectors over the voices that are orthogonal to every row and span all that are, by Gauss and Jordan."""
    basis: dict[int, dict[int, Fraction]] = {}
    for row in rows:
        rest = {voice: Fraction(1) for voice in row}
        for pivot, other in basis.items():
            rest = _less(rest, rest.get(pivot, Fraction(0)), other)
        if not rest:
            continue
        pivot = min(rest)
        new = {voice: value / rest[pivot] for voice, value in rest.items()}
        basis = {one: _less(other, other.get(pivot, Fraction(0)), new) for one, other in basis.items()} | {pivot: new}
    free = [voice for voice in everyone if voice not in basis]
    return [{one: Fraction(1)} | {pivot: -row.get(one, Fraction(0)) for pivot, row in basis.items()} for one in free]


def _less(row: dict[int, Fraction], times: Fraction, other: dict[int, Fraction]) -> dict[int, Fraction]:
    made = {voice: row.get(voice, Fraction(0)) - times * other.get(voice, Fraction(0)) for voice in row.keys() | other.keys()}
    return {voice: value for voice, value in made.items() if value}


def derivable(rows: Sequence[Voices], everyone: Sequence[int], k: int) -> Iterator[Voices]:
    """Every set of 1 to k-1 voices whose size follows from the sizes of the rows."""
    vectors = null_space(rows, everyone)
    for size in range(1, k):
        for some in combinations(everyone, size):
            if all(sum((vector.get(voice, Fraction(0)) for voice in some), Fraction(0)) == 0 for vector in vectors):
                yield frozenset(some)


def learns(figures: Sequence[Voices], known: Sequence[Voices], k: int) -> set[Voices]:
    """The sets below k that the figures betray to somebody who knows the interviewed groups, and that those alone did not."""
    everyone = sorted(frozenset().union(*figures, *known))
    return set(derivable([*known, *figures], everyone, k)) - set(derivable(known, everyone, k))


def names(figures: Sequence[Voices], known: Sequence[Voices]) -> bool:
    """Whether some sum of figures is one of interviewed groups: then it says what each person of a named group said."""
    everyone = sorted(frozenset().union(*figures, *known))

    def rank(rows: Sequence[Voices]) -> int:
        return len(everyone) - len(null_space(rows, everyone))

    return rank(figures) + rank(known) > rank([*figures, *known])
