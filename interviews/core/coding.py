"""How far coders agree (METHODS 9): Cohen's kappa, Krippendorff's alpha, and the passages where two people saw different things.

Public functions for scripts: `cohen_kappa`, `krippendorff_alpha`, `sentences`, `agreement`. Where a figure is not defined the answer is
None: a coder who labels everything alike agrees with another who does by doing nothing.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt

from interviews.core.sentences import Span, sentences

__all__ = [
    "Agreement",
    "Difference",
    "Mark",
    "Measure",
    "Pair",
    "Passage",
    "Reliability",
    "agreement",
    "cohen_kappa",
    "krippendorff_alpha",
    "reliability",
    "sentences",
]

RELIABLE = 0.8  # Krippendorff 2004, Human Communication Research 30(3):411: rely on what reaches .800,
TENTATIVE = 0.667  # draw tentative conclusions from .667 on, discard what is below
HALF = 0.5
Codes = npt.NDArray[np.int64]


class Reliability(StrEnum):
    """What an alpha is worth."""

    GOOD = "good"
    TENTATIVE = "tentative"
    LOW = "low"
    UNDEFINED = "undefined"

    @property
    def label(self) -> str:
        return {
            "good": "Good",
            "tentative": "Tentative",
            "low": "Too low to rely on",
            "undefined": "Undefined: no variation",
        }[self.value]


def reliability(alpha: float | None) -> Reliability:
    """The word for an alpha: good from .8, tentative from .667, below that too low to rely on; None is undefined."""
    if alpha is None:
        return Reliability.UNDEFINED
    if alpha >= RELIABLE:
        return Reliability.GOOD
    return Reliability.TENTATIVE if alpha >= TENTATIVE else Reliability.LOW


def cohen_kappa(a: Sequence[Any] | npt.NDArray[Any], b: Sequence[Any] | npt.NDArray[Any]) -> float | None:
    """Cohen's kappa of two coders: (Po - Pe) / (1 - Pe) with Pe = sum over labels of p1k * p2k; from -1 to 1, 1 = full agreement.

    `a`, `b`: their nominal labels of the same units, in the same order; any values that can be compared. A unit that either has left
    without a label (None or NaN) does not count. None where it is undefined: no units, or both gave one and the same label throughout.
    Raises ValueError when the lengths differ. Cohen 1960, Educational and Psychological Measurement 20(1):37.
    """
    codes = _encoded((a, b))
    first, second = codes[:, (codes >= 0).all(axis=0)]
    n = len(first)
    by_chance = sum(int(x) * int(y) for x, y in zip(*(np.bincount(each, minlength=_kinds(codes)) for each in (first, second)), strict=True))
    if n * n == by_chance:  # no units, or no variation
        return None
    return (n * int((first == second).sum()) - by_chance) / (n * n - by_chance)


def krippendorff_alpha(ratings: Sequence[Sequence[Any]] | npt.NDArray[Any]) -> float | None:
    """Krippendorff's alpha for nominal labels: 1 - Do / De; 1 = full agreement, 0 = what chance would give, below 0 worse.

    `ratings`: coders x units, any number of coders; None or NaN where a coder gave no label. Units with fewer than two labels cannot be
    paired and do not count. None where it is undefined: nothing can be paired, or all labels are the same. Raises ValueError when rows
    differ in length. Krippendorff 2011, Computing Krippendorff's Alpha-Reliability, section C and E (nominal).
    """
    codes = _encoded(ratings)
    units = codes.shape[1]
    coder, unit = np.nonzero(codes >= 0)
    labels = np.bincount(unit, minlength=units)
    paired = labels[unit] >= 2
    unit, value = unit[paired], codes[coder[paired], unit[paired]]
    n = len(unit)
    of_value = [int(count) for count in np.bincount(value)]
    expected = n * n - sum(count * count for count in of_value)
    if not expected:
        return None
    cells, together = np.unique(unit * len(of_value) + value, return_counts=True)
    alike = np.bincount(cells // len(of_value), weights=together.astype(float) ** 2, minlength=units)
    there = labels >= 2
    observed = ((labels[there].astype(float) ** 2 - alike[there]) / (labels[there] - 1)).sum()
    return float(1 - observed * (n - 1) / expected)


def _encoded(rows: Iterable[Sequence[Any] | npt.NDArray[Any]]) -> Codes:
    """The labels as whole numbers from 0, -1 where there is none. Raises ValueError when rows differ in length."""
    if isinstance(rows, np.ndarray) and rows.dtype.kind in "biuf":
        return _encoded_numbers(np.atleast_2d(rows))
    given = [row.tolist() if isinstance(row, np.ndarray) else list(row) for row in rows]
    if len({len(row) for row in given}) > 1:
        raise ValueError("All coders need the same units, in the same order.")
    known: dict[Hashable, int] = {}
    codes = [[-1 if _missing(label) else known.setdefault(label, len(known)) for label in row] for row in given]
    return np.array(codes, dtype=np.int64).reshape(len(given), -1 if given and given[0] else 0)


def _encoded_numbers(rows: npt.NDArray[Any]) -> Codes:
    there = ~np.isnan(rows) if rows.dtype.kind == "f" else np.ones(rows.shape, dtype=bool)
    codes = np.full(rows.shape, -1, dtype=np.int64)
    codes[there] = np.unique(rows[there], return_inverse=True)[1]
    return codes


def _missing(label: Any) -> bool:
    return label is None or label != label


def _kinds(codes: Codes) -> int:
    return int(codes.max(initial=-1)) + 1


# Agreement on passages


@dataclass(frozen=True, order=True)
class Mark:
    """A stretch that a coder gave a theme: characters `start` to `end` of the passage."""

    start: int
    end: int
    theme: Hashable


@dataclass(frozen=True)
class Passage:
    """A text and what each of its coders marked in it; one who found nothing in it has no marks, but is there."""

    text: str
    marks: Mapping[Hashable, Collection[Mark]]


@dataclass(frozen=True)
class Measure:
    """How far coders agree on `theme` (None: overall). `units`: sentences that count, `coded`: by coder, how many they gave the theme
    (overall: any theme). `kappa` is None with more or fewer than two coders, and like `alpha` where it is undefined."""

    theme: Hashable | None
    kappa: float | None
    alpha: float | None
    units: int
    coded: dict[Hashable, int]

    @property
    def reliability(self) -> Reliability:
        return reliability(self.alpha)

    @property
    def warns(self) -> bool:
        """Whether conclusions from this would be unsafe: alpha below .667."""
        return self.alpha is not None and self.alpha < TENTATIVE


@dataclass(frozen=True)
class Pair:
    """Two coders over what both of them coded, all themes together."""

    coders: tuple[Hashable, Hashable]
    kappa: float | None
    units: int


@dataclass(frozen=True)
class Difference:
    """A stretch of passage number `passage` to which its coders gave different themes; `themes`: by coder."""

    passage: int
    start: int
    end: int
    themes: dict[Hashable, frozenset[Hashable]]


@dataclass(frozen=True)
class Agreement:
    """Overall, by theme (most often coded first), by pair of coders, and where they differ, in the order of the passages."""

    overall: Measure
    themes: list[Measure]
    pairs: list[Pair]
    differences: list[Difference]


def agreement(passages: Sequence[Passage]) -> Agreement:
    """How far the coders of the passages agree.

    The unit is the sentence (those without a letter or digit do not count). A mark codes a sentence when it covers at least half of it,
    or when at least half of the mark lies in it; a mark of which neither is true codes the sentence that it covers most of. So a word or
    two picked out of a sentence count, and a selection that slipped into the next sentence does not (**ours**).

    By theme: coded with it or not, over all sentences. Overall: over the sentences that any coder coded, a coder's label being the set of
    themes given, the empty one included; two coders of whom one gave two themes and the other one of these differ (**ours**). A coder
    without marks in a passage that they coded has coded nothing there; a coder who is not among a passage's coders is missing there.
    """
    units = _Units(passages)
    coders = list(dict.fromkeys(coder for passage in passages for coder in passage.marks))
    labels = {coder: units.labels(coder) for coder in coders}
    counted = [place for place in range(len(units.spans)) if any(labels[coder][place] for coder in coders)]
    overall = {coder: [labels[coder][place] for place in counted] for coder in coders}
    themes = list(dict.fromkeys(theme for coder in coders for found in labels[coder] if found for theme in sorted(found, key=str)))
    measures = [_of_theme(theme, labels) for theme in themes]
    return Agreement(
        _measure(None, overall, {coder: sum(1 for found in overall[coder] if found) for coder in coders}),
        sorted(measures, key=lambda measure: (-sum(measure.coded.values()), str(measure.theme))),
        [_pair(one, other, overall) for one, other in combinations(coders, 2)],
        units.differences(labels),
    )


Found = frozenset[Hashable] | None  # themes given; None: the coder did not code that passage
Labels = Mapping[Hashable, Sequence[Found]]


class _Units:
    """The sentences of all passages."""

    def __init__(self, passages: Sequence[Passage]):
        self.passages = passages
        self.spans: list[tuple[int, Span]] = []  # number of the passage, and place in it
        self.first: list[int] = []  # of each passage
        for number, passage in enumerate(passages):
            self.first.append(len(self.spans))
            spans = (span for span in sentences(passage.text) if any(map(str.isalnum, passage.text[slice(*span)])))
            self.spans += [(number, span) for span in spans]
        self.first.append(len(self.spans))

    def labels(self, coder: Hashable) -> list[Found]:
        """The themes that the coder gave each sentence."""
        found: list[Found] = [None] * len(self.spans)
        for number, passage in enumerate(self.passages):
            if coder not in passage.marks:
                continue
            places = range(self.first[number], self.first[number + 1])
            given: dict[int, set[Hashable]] = {place: set() for place in places}
            spans = [self.spans[place][1] for place in places]
            ends = [end for _, end in spans]
            for mark in passage.marks[coder]:
                for place in _covered(mark, spans, ends):
                    given[places[place]].add(mark.theme)
            for place in places:
                found[place] = frozenset(given[place])
        return found

    def differences(self, labels: Labels) -> list[Difference]:
        """Where coders differ; neighbouring sentences with the same difference are one."""
        out: list[Difference] = []
        last = -2
        for place, (number, (start, end)) in enumerate(self.spans):
            themes = {coder: found[place] for coder, found in labels.items() if found[place] is not None}
            if len(set(themes.values())) < 2:
                continue
            if last == place - 1 and out[-1].passage == number and out[-1].themes == themes:
                out[-1] = Difference(number, out[-1].start, end, out[-1].themes)
            else:
                out.append(Difference(number, start, end, themes))  # type: ignore[arg-type]
            last = place
        return out


def _covered(mark: Mark, spans: Sequence[Span], ends: Sequence[int]) -> list[int]:
    """Which of the sentences the mark codes. `ends`: of the sentences, to find the first that it touches."""
    touched = []
    for place in range(bisect_right(ends, mark.start), len(spans)):
        start, end = spans[place]
        if start >= mark.end:
            break
        shared = min(end, mark.end) - max(start, mark.start)
        touched.append((shared, -place, shared >= HALF * min(end - start, mark.end - mark.start)))
    hit = [-place for _, place, enough in touched if enough]
    return hit or [-place for _, place, _ in sorted(touched)[-1:]]


def _of_theme(theme: Hashable, labels: Labels) -> Measure:
    flags = {coder: [None if given is None else theme in given for given in found] for coder, found in labels.items()}
    return _measure(theme, flags, {coder: sum(flag is True for flag in column) for coder, column in flags.items()})


def _measure(theme: Hashable | None, labels: Mapping[Hashable, Sequence[Any]], coded: dict[Hashable, int]) -> Measure:
    rows = list(labels.values())
    units = sum(sum(label is not None for label in unit) >= 2 for unit in zip(*rows, strict=True))
    return Measure(theme, cohen_kappa(*rows) if len(rows) == 2 else None, krippendorff_alpha(rows), units, coded)


def _pair(one: Hashable, other: Hashable, labels: Labels) -> Pair:
    both = [(a, b) for a, b in zip(labels[one], labels[other], strict=True) if a is not None and b is not None and (a or b)]
    return Pair((one, other), cohen_kappa([a for a, _ in both], [b for _, b in both]), len(both))
