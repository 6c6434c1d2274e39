"""What may be told without telling who said it: the disclosure check (METHODS 9).

A figure counts a set of voices. Whoever sees several can add and subtract them, and knows how many people of each department and role
were interviewed. Everything that can be had so is the *row space* of those sets, written as rows of 0 and 1. A figure may be told when

(a) it counts at least k voices;
(b) no set of 1 to k-1 voices comes into the row space by it (a remainder, a difference, a difference of differences);
(c) the interviewed groups do not determine it: "all of Sales but its head" would tell what each of a named group said, though (b) finds
    nothing new in a group of one. Two things are told all the same: what the figures already out determine alone, and that everybody
    interviewed in its department said it (nobody is left over; docs/confidentiality.md says so to those who give consent);
(d) it differs from every figure that was told under the same name by nobody, or by at least k voices;
(e) the more general figure that it belongs to is told too. Otherwise its being told would show that the general one is large enough
    and was kept back for what follows from it, which is to say that a group below k exists.

Arithmetic is exact, modulo the prime 2^31 - 1. A set is in the row space when every vector that is orthogonal to all rows sums to zero
over it; two random such vectors find that out for all sets at once: each voice has two numbers, and a set that sums to zero in both is
derivable (but for one chance in 2^62; then too little is told, never too much). So the search for a derivable set is a search for a few
numbers that sum to zero, by sorting sums of halves. Voices that no row tells apart form an *atom*: a derivable set is made of whole ones.

Complete for k <= 5 (at most four voices: two sums of two). For a larger k: complete for sets of at most four atoms, of at most six when
there are few atoms, and for the intersection and the differences of a new figure with each row.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import combinations
from math import comb
from typing import Any

import numpy as np
from numpy.typing import NDArray

PRIME = 2**31 - 1
TRIPLES = 200_000  # so many sums of three are looked through; more cost more than a second
SEED = 9
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Voices = frozenset[int]


@dataclass(frozen=True)
class Figure:
    """A count that may be told: its name (the same in each release), the voices counted, everybody interviewed in its department, and
    the name of the more general figure without which it is not told."""

    key: Any  # hashable
    voices: Voices
    everybody: Voices = frozenset()
    part_of: Any = None


@dataclass(frozen=True)
class View:
    """What an audience has been told, and the smallest group that it may be told of."""

    k: int
    out: Sequence[Figure] = ()


@dataclass
class Rows:
    """A growing row space over `size` voices: a reduced basis modulo PRIME."""

    size: int
    basis: Ints = field(init=False)
    pivots: Ints = field(init=False)

    def __post_init__(self) -> None:
        self.basis = np.zeros((0, self.size), np.int64)
        self.pivots = np.zeros(0, np.int64)

    def reduce(self, row: Bools) -> Ints:
        """What of the row the space lacks; all zero when it is in it."""
        return (row.astype(np.int64) - self.basis[row[self.pivots]].sum(axis=0)) % PRIME

    def add(self, rest: Ints) -> None:
        """Take in a row by what `reduce` left of it."""
        if not rest.any():
            return
        pivot = int(np.flatnonzero(rest)[0])
        rest = rest * pow(int(rest[pivot]), -1, PRIME) % PRIME
        self.basis = (self.basis - self.basis[:, pivot, None] * rest) % PRIME
        self.basis = np.vstack([self.basis, rest])
        self.pivots = np.append(self.pivots, pivot)


class Sight:
    """All that one audience can derive, and whether it may be told one figure more."""

    def __init__(self, k: int, size: int, known: Iterable[Bools], out: Iterable[Bools]) -> None:
        self.k = k
        self.figures = Rows(size)  # what was told, alone
        self.all = Rows(size)  # with the groups that were interviewed
        self.labels = np.zeros(size, np.int64)  # the atom of each voice
        self.sets: list[Bools] = []
        self.null = np.random.default_rng(SEED).integers(1, PRIME, (2, size))  # orthogonal to all rows
        for row in known:
            self._take(row)
        for row in out:
            self.figures.add(self.figures.reduce(row))
            self._take(row)
        self.before = self.null[0].copy()

    def accepts(self, row: Bools, everybody: Bools) -> bool:
        """Whether rules (b) and (c) let the figure be told."""
        rest = self.all.reduce(row)
        if not rest.any():
            return bool((row == everybody).all()) or not self.figures.reduce(row).any()
        null = self._turned(rest, row)
        return not self._small(null, _refined(self.labels, row)) and not (self.k > 5 and self._natural(null, row))

    def tell(self, row: Bools) -> None:
        """The figure is out."""
        self.figures.add(self.figures.reduce(row))
        self._take(row)

    def _take(self, row: Bools) -> None:
        self.labels = _refined(self.labels, row)
        self.sets.append(row)
        rest = self.all.reduce(row)
        if rest.any():
            self.null = self._turned(rest, row)
            self.all.add(rest)

    def _turned(self, rest: Ints, row: Bools) -> Ints:
        """The two vectors, turned so that they are orthogonal to the row as well. `rest`: the row as `all.reduce` leaves it."""
        pivot = int(np.flatnonzero(rest)[0])
        turn = np.zeros_like(rest)  # orthogonal to all rows so far, not to this one
        turn[pivot] = 1
        turn[self.all.pivots] = -self.all.basis[:, pivot] % PRIME
        share = self.null[:, row].sum(axis=1) % PRIME * pow(int(rest[pivot]), -1, PRIME) % PRIME
        return (self.null - share[:, None] * turn) % PRIME

    def _small(self, null: Ints, labels: Ints) -> bool:
        """Whether a set of fewer than k voices can be derived that could not be before."""
        number = int(labels.max(initial=-1)) + 1
        weights = np.bincount(labels, minlength=number)
        before = _summed(self.before, labels, number)
        light = (weights < self.k) & (before != 0)
        atoms = _Atoms(weights[light], before[light], *(_summed(one, labels, number)[light] for one in null))
        return atoms.zero_sum(self.k)

    def _natural(self, null: Ints, row: Bools) -> bool:
        """The same for the parts that the row and each other row cut out of each other."""
        others = np.array(self.sets, bool).reshape(-1, len(row))
        for part in (others & row, others & ~row, row & ~others):
            weight = part.sum(axis=1)
            derived = (part @ null[0] % PRIME == 0) & (part @ null[1] % PRIME == 0) & (part @ self.before % PRIME != 0)
            if (derived & (weight > 0) & (weight < self.k)).any():
                return True
        return False


@dataclass(frozen=True)
class _Atoms:
    """Sets of voices that go together: their weights, and their sums over the vector from before and over the two of now."""

    weights: Ints
    before: Ints
    first: Ints
    second: Ints

    def zero_sum(self, k: int) -> bool:
        """Whether some of them, of a total weight below k, sum to zero now and did not before."""
        if ((self.first == 0) & (self.second == 0)).any():
            return True
        halves = [np.arange(len(self.weights))[None]]
        if k > 3:
            halves.append(self._light(_pairs(len(self.weights)), k))
        if k > 5 and comb(len(self.weights), 3) <= TRIPLES:
            halves.append(self._light(_triples(len(self.weights)), k))
        return any(self._meet(halves[i], halves[j], k) for i in range(len(halves)) for j in range(i + 1))

    def _light(self, sets: Ints, k: int) -> Ints:
        return sets if (self.weights == 1).all() else sets[:, _sums(self.weights, sets) < k]

    def _meet(self, left: Ints, right: Ints, k: int) -> bool:
        """Whether one of the left and one of the right, without an atom in common, do. A set is a column of atoms."""
        left, right = _likely(left, _sums(self.first, left) % PRIME, right, -_sums(self.first, right) % PRIME)
        keys = self._keys(right, -1)
        order = np.argsort(keys)
        table, wanted = keys[order], self._keys(left, 1)
        low = np.searchsorted(table, wanted)
        counts = np.searchsorted(table, wanted, "right") - low
        rows = np.repeat(np.arange(len(wanted)), counts)
        offsets = np.arange(len(rows)) - np.repeat(np.cumsum(counts) - counts, counts)
        sets = np.vstack([left[:, rows], right[:, order[np.repeat(low, counts) + offsets]]])
        apart = (np.diff(np.sort(sets, axis=0), axis=0) > 0).all(axis=0)
        fresh = _sums(self.before, sets) % PRIME != 0
        return bool((apart & fresh & (_sums(self.weights, sets) < k)).any())

    def _keys(self, sets: Ints, sign: int) -> Ints:
        """Both sums of each set, or of what would make it zero, in one number."""
        return (sign * _sums(self.first, sets) % PRIME << 31) | (sign * _sums(self.second, sets) % PRIME)


def _likely(left: Ints, sums: Ints, right: Ints, wanted: Ints) -> tuple[Ints, Ints]:
    """Those of either side that may have a partner: sums and wanted sums share their leading bits. Cheaper than to sort them all."""
    bits = min(22, 5 + int(sums.size + wanted.size).bit_length())
    sums, wanted = sums >> (31 - bits), wanted >> (31 - bits)
    marked = np.zeros(1 << bits, bool)
    marked[wanted] = True
    some = np.flatnonzero(marked[sums])
    marked[:] = False
    marked[sums[some]] = True
    return left[:, some], right[:, marked[wanted]]


def _sums(values: Ints, sets: Ints) -> Ints:
    """Of each set (a column of positions)."""
    total = values[sets[0]]
    for more in sets[1:]:
        total = total + values[more]
    return total


@lru_cache(maxsize=4)
def _pairs(number: int) -> Ints:
    """Every two of so many, as columns."""
    return np.array(np.triu_indices(number, 1))


@lru_cache(maxsize=2)
def _triples(number: int) -> Ints:
    """Every three of so many, as columns."""
    return np.array(list(combinations(range(number), 3)), np.int64).reshape(-1, 3).T


def release(
    candidates: Sequence[Figure], *, k: int, out: Sequence[Figure], known: Sequence[Voices], beside: Sequence[View] = ()
) -> tuple[list[int], list[int]]:
    """Positions of the candidates that may be told, and of those that may not, both in their order.

    One after the other, in the order given: put the general before the particular, then what is too small by itself is told of the
    nearest group that is large enough. `out`: all that the audience has been told, each figure with the voices that it counted then;
    `known`: the groups whose size is known (interviewed by department and role, now and at each earlier release). `beside`: the other
    audiences that will see it too; their rules must hold as well. The same input gives the same answer.
    """
    views = [View(k, out), *beside]
    told = [figure for view in views for figure in view.out]
    everyone = sorted(frozenset().union(*known, *(one.voices for one in (*candidates, *told))))
    place = {voice: number for number, voice in enumerate(everyone)}

    def row(voices: Voices) -> Bools:
        made = np.zeros(len(everyone), bool)
        made[[place[voice] for voice in voices if voice in place]] = True
        return made

    sights = [Sight(view.k, len(everyone), map(row, known), [row(one.voices) for one in view.out]) for view in views]
    earlier: dict[Any, list[Voices]] = {}
    for one in told:
        earlier.setdefault(one.key, []).append(one.voices)
    shown = {figure.key for figure in out} | {None}
    released, withheld = [], []
    for number, figure in enumerate(candidates):
        made, whole = row(figure.voices), row(figure.everybody)
        least = max(view.k for view in views)
        fit = (
            len(figure.voices) >= k
            and figure.part_of in shown
            and all(_apart(figure.voices, one, least) for one in earlier.get(figure.key, ()))
        )
        if fit and all(sight.accepts(made, whole) for sight in sights):
            for sight in sights:
                sight.tell(made)
            released.append(number)
            shown.add(figure.key)
        else:
            withheld.append(number)
    return released, withheld


def _apart(now: Voices, then: Voices, k: int) -> bool:
    """Rule (d): the two are the same, or differ by at least k voices."""
    return now == then or len(now ^ then) >= k


def _refined(labels: Ints, row: Bools) -> Ints:
    """The atoms, cut by one row more."""
    return np.unique(2 * labels + row, return_inverse=True)[1].reshape(-1)


def _summed(values: Ints, labels: Ints, number: int) -> Ints:
    """The values summed over each atom."""
    total = np.zeros(number, np.int64)
    np.add.at(total, labels, values)
    return total % PRIME
