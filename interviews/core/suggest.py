"""Which themes fit a stretch of text: words in common, weighted by how telling they are (TF-IDF, Spärck Jones 1972), offline.

A theme is known by two vectors: of its own words (name, keywords, definition) and of the excerpts that coders gave it. The score is a
mean of the two cosines; the excerpts count the more, the more there are (**ours**).
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
import numpy.typing as npt

Ids = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]

BEST = 3
NAME, KEYWORD, DEFINITION = 2.0, 2.0, 1.0  # weight of a word by where it stands
PAIR = 1.5  # two words side by side tell more than each of them
LEARNED = 5  # as many excerpts count as much as half of what they can
MOST_LEARNED = 0.6  # share of the score that excerpts can have
SHORTEST = 3  # letters of a stem

_WORD = re.compile(r"[a-z0-9]+")
_STOP_WORDS = """
a about above after again against all also always am an and any are as at away back be because been before being below between both but
by came can cannot come could d day days did do does doing don done down during each eight either else enough even every everybody
everyone everything first five for four from further get gets getting give gives go goes going got had half has have having he hear her
here hers him his how i if in into is it its itself just keep know let like ll m made make makes many may me might month months more
most much must my myself neither never nine no nobody nor not nothing now of off on once one only or other our ours out over own people
per put re really s said same say says second see seven she should simply since six so some somebody someone something sometimes still
such t take takes tell ten than that the their them themselves then there these they thing things think third this those three through
to too twice two until up us use ve very was way we week weeks well went were what when where which while who whom why will with without
would year years yet you your
"""
_STOP = frozenset(_STOP_WORDS.split())
_ENDINGS = tuple(
    ["ations", "ation", "ments", "ment", "ness", "ings", "ing", "edly", "ied", "ies", "ers", "ed", "es", "ly", "al", "er", "s", "e", "y"]
)


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """What the forms of an English word have in common, roughly: plurals, -ing, -ed and their like go."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= SHORTEST and not word.endswith("ss"):
            rest = word[: -len(ending)]
            if ending in ("s", "es", "ies", "ings", "ers", "ments", "ations"):
                return stem(rest + {"ies": "y", "ings": "ing", "ers": "er", "ments": "ment", "ations": "ation"}.get(ending, ""))
            return rest[:-1] if ending in ("ing", "ed", "er") and _doubled(rest) else rest
    return word


def _doubled(rest: str) -> bool:
    """planned, planning: the consonant was doubled for the ending; called was not, but loses nothing by it."""
    return len(rest) > SHORTEST and rest[-1] == rest[-2] and rest[-1] not in "aeiou"


def words(text: str) -> list[str]:
    """The telling words of a text, by their stems. Case and accents do not matter."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return [stem(word) for word in _WORD.findall(plain.replace("'", "")) if word not in _STOP and len(word) > 1]


def terms(text: str) -> list[str]:
    """Its words, and each pair of neighbours."""
    stems = words(text)
    return stems + [f"{left} {right}" for left, right in pairwise(stems)]


@dataclass(frozen=True)
class Described:
    """A theme as suggestions know it."""

    id: int
    name: str
    definition: str
    keywords: tuple[str, ...]

    def weights(self) -> Counter[str]:
        """term -> how much of it."""
        found: Counter[str] = Counter()
        for weight, text in ((NAME, self.name), (DEFINITION, _use(self.definition)), *((KEYWORD, word) for word in self.keywords)):
            for term in terms(text):
                found[term] += weight  # type: ignore[assignment]
        return found


def _use(definition: str) -> str:
    """A definition without the sentences that say what it is not for: their words belong to other themes."""
    return " ".join(sentence for sentence in re.split(r"(?<=[.!?])\s+", definition) if not sentence.startswith(("Not ", "Where ")))


class Vocabulary:
    """Numbers for terms, given as they come."""

    def __init__(self) -> None:
        self._ids: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._ids)

    def ids(self, words: Iterable[str]) -> Ids:
        """The terms' numbers, new ones for those not seen before."""
        known = self._ids
        return np.array([known.setdefault(word, len(known)) for word in words], dtype=np.int32)

    def known(self, words: Iterable[str]) -> Ids:
        """The numbers of those terms that have one."""
        return np.array([self._ids[word] for word in words if word in self._ids], dtype=np.int32)


class Index:
    """Themes, ready to be asked. `examples`: theme id -> the excerpts given to it, each as `vocabulary.ids(words(text))`
    (of excerpts pairs are not learned: there are too many for what they tell)."""

    def __init__(self, themes: Sequence[Described], vocabulary: Vocabulary, examples: Mapping[int, Sequence[Ids]] | None = None) -> None:
        self._themes = sorted(themes, key=lambda theme: theme.id)
        self._vocabulary = vocabulary
        own = [(vocabulary.ids(weights), np.fromiter(weights.values(), float)) for weights in (one.weights() for one in self._themes)]
        given = [list((examples or {}).get(theme.id, ())) for theme in self._themes]
        size = len(vocabulary)
        learned = np.zeros((len(self._themes), size))
        for row, texts in enumerate(given):
            if texts:
                learned[row] = np.bincount(np.concatenate(texts), minlength=size)
        described = np.zeros_like(learned)
        for row, (ids, weights) in enumerate(own):
            described[row, ids] = weights
        self._idf = _telling((described > 0) | (learned > 0)) * _pairs(vocabulary)
        counts = np.array([len(texts) for texts in given], dtype=float)
        share = MOST_LEARNED * counts / (counts + LEARNED)
        self._matrix = (1 - share)[:, None] * self._unit(described) + share[:, None] * self._unit(learned)

    def _unit(self, counts: Floats) -> Floats:
        """Rows of length 1: sub-linear counts times how telling each term is. A row of nothing stays."""
        weighted = np.where(counts > 0, 1 + np.log(np.maximum(counts, 1)), 0) * self._idf
        lengths = np.linalg.norm(weighted, axis=1, keepdims=True)
        return weighted / np.where(lengths > 0, lengths, 1)

    def scores(self, text: str) -> list[tuple[int, float]]:
        """(theme id, score from 0 to 1) of every theme that has anything in common with the text, best first; ties by id."""
        known = self._vocabulary.known(terms(text))
        ids, counts = np.unique(known[known < len(self._idf)], return_counts=True)  # the vocabulary may have grown since
        asked = (1 + np.log(counts)) * self._idf[ids]
        length = float(np.linalg.norm(asked)) or 1.0
        scores = self._matrix[:, ids] @ asked / length
        order = np.argsort(-scores, kind="stable")
        return [(self._themes[row].id, float(scores[row])) for row in order if scores[row] > 0]

    def best(self, text: str, limit: int = BEST) -> list[int]:
        """Ids of the themes that fit best, at most `limit`; none when nothing fits."""
        return [theme for theme, _ in self.scores(text)[:limit]]


def _telling(present: npt.NDArray[np.bool_]) -> Floats:
    """Inverse document frequency, smoothed: of each term, over themes."""
    return np.log((1 + len(present)) / (1 + present.sum(axis=0))) + 1


def _pairs(vocabulary: Vocabulary) -> Floats:
    return np.array([PAIR if " " in word else 1.0 for word in vocabulary._ids])
