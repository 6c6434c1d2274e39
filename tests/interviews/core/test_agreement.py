"""Kappa and alpha against published worked examples, a plain reference, and cases in which they are not defined."""

from __future__ import annotations

from fractions import Fraction
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interviews.core.coding import (
    Mark,
    Passage,
    Reliability,
    agreement,
    cohen_kappa,
    krippendorff_alpha,
    reliability,
    sentences,
)

N = None


def table(*counts: int) -> tuple[list[int], list[int]]:
    """Two coders' labels from a square table of counts, row by row: rows are the first coder's labels."""
    size = round(len(counts) ** 0.5)
    first = [place // size for place, count in enumerate(counts) for _ in range(count)]
    second = [place % size for place, count in enumerate(counts) for _ in range(count)]
    return first, second


# Published examples


@pytest.mark.parametrize(
    ("counts", "kappa"),
    [
        # Fifty grant proposals, two readers: Po .7, Pe .5 (en.wikipedia.org/wiki/Cohen's_kappa, "Simple example")
        ((20, 5, 10, 15), 0.4),
        # The same agreement of 60 %, other margins (ibid., "Same percentages but different numbers")
        ((45, 15, 25, 15), 0.1304),
        ((25, 35, 5, 35), 0.2593),
        # Two doctors, 20 patients: Po .7, Pe .62 (easycalculation.com/statistics/learn-cohens-kappa-index.php prints .21)
        ((12, 2, 4, 2), 0.2105),
        # Cohen 1968, Psychological Bulletin 70(4):213, Table 1, 200 cases and three diagnoses: unweighted .492
        ((88, 10, 2, 14, 40, 6, 18, 10, 12), 0.4915),
    ],
)
def test_kappa_of_published_tables(counts, kappa):
    assert cohen_kappa(*table(*counts)) == pytest.approx(kappa, abs=0.00005)


@pytest.mark.parametrize(
    ("one", "other", "alpha"),
    [
        # Krippendorff 2011, Computing Krippendorff's Alpha-Reliability, section A: binary, two observers, ten articles
        ("0100000010", "1110010000", 0.095),
        # ibid., section B: nominal with five labels, two observers, twelve units
        ("aabbdcccedda", "babbbccceddd", 0.692),
    ],
)
def test_alpha_of_two_observers(one, other, alpha):
    assert krippendorff_alpha([list(one), list(other)]) == pytest.approx(alpha, abs=0.0005)


FOUR_OBSERVERS = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, N, N, N],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, N, 3],
    [N, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, N],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, N],
]
THREE_CODERS = [
    [N, N, N, N, N, 3, 4, 1, 2, 1, 1, 3, 3, N, 3],
    [1, N, 2, 1, 3, 3, 4, 3, N, N, N, N, N, N, N],
    [N, N, 2, 1, 3, 4, 4, N, 2, 1, 1, 3, 3, N, 4],
]


def test_alpha_of_four_observers_with_missing_labels():
    """Krippendorff 2011, section C: nominal data, any number of observers, 12 units of which 11 can be paired; alpha = .743."""
    assert krippendorff_alpha(FOUR_OBSERVERS) == pytest.approx(0.743, abs=0.0005)


def test_alpha_of_three_coders_most_of_whom_miss_units():
    """The example of en.wikipedia.org/wiki/Krippendorff's_alpha: 26 pairable values, alpha = .691."""
    assert krippendorff_alpha(THREE_CODERS) == pytest.approx(0.691, abs=0.0005)


def test_missing_may_be_nan():
    rows = np.array([[np.nan if label is None else label for label in row] for row in FOUR_OBSERVERS])
    assert krippendorff_alpha(rows) == pytest.approx(krippendorff_alpha(FOUR_OBSERVERS))
    assert krippendorff_alpha(rows.tolist()) == pytest.approx(krippendorff_alpha(FOUR_OBSERVERS))
    assert cohen_kappa([1.0, float("nan"), 2.0], np.array([1.0, 1.0, 2.0])) == 1.0


# Undefined


@pytest.mark.parametrize("labels", [([], []), ([1], [1]), (["a"] * 9, ["a"] * 9), ([True, None], [True, False]), ([None], [None])])
def test_without_variation_nothing_is_defined(labels):
    assert cohen_kappa(*labels) is None
    assert krippendorff_alpha(labels) is None


@pytest.mark.parametrize("ratings", [[], [[]], [[1, 2, 3]], [[1, None], [None, 2]], [[N, N], [N, N]], np.empty((2, 0))])
def test_what_cannot_be_paired_has_no_alpha(ratings):
    assert krippendorff_alpha(ratings) is None


def test_one_unit_that_differs():
    assert cohen_kappa([1], [2]) == 0
    assert krippendorff_alpha([[1], [2]]) == 0


def test_one_coder_who_never_varies():
    assert cohen_kappa([0, 0, 0, 0], [0, 1, 0, 1]) == 0
    assert krippendorff_alpha(np.array([[0, 0, 0, 0], [0, 1, 0, 1]])) < 0


def test_coders_need_the_same_units():
    with pytest.raises(ValueError, match="same units"):
        cohen_kappa([1, 2], [1])
    with pytest.raises(ValueError, match="same units"):
        krippendorff_alpha([[1, 2], [1]])


# Properties

labels = st.lists(st.lists(st.one_of(st.none(), st.integers(0, 3)), min_size=8, max_size=8), min_size=2, max_size=5)
pairs = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=40)


def alpha_by_hand(rows) -> float | None:
    """Pairs of labels, one by one, in fractions."""
    units = [[label for label in unit if label is not None] for unit in zip(*rows, strict=True)]
    units = [unit for unit in units if len(unit) > 1]
    values = [label for unit in units for label in unit]
    differing = sum(a != b for a, b in permutations(values, 2))
    if not differing:
        return None
    observed = sum(Fraction(sum(a != b for a, b in permutations(unit, 2)), len(unit) - 1) for unit in units) / len(values)
    return float(1 - observed / Fraction(differing, len(values) * (len(values) - 1)))


@settings(deadline=None)
@given(labels)
def test_alpha_is_what_pairs_say_one_by_one(rows):
    by_hand = alpha_by_hand(rows)
    assert krippendorff_alpha(rows) == (None if by_hand is None else pytest.approx(by_hand))


@settings(deadline=None)
@given(pairs)
def test_kappa_is_what_its_formula_says(rows):
    first, second = [a for a, _ in rows], [b for _, b in rows]
    n = len(rows)
    chance = sum(Fraction(first.count(k) * second.count(k), n * n) for k in range(4)) if n else 1
    expected = None if chance == 1 else pytest.approx(float((Fraction(sum(a == b for a, b in rows), n) - chance) / (1 - chance)))
    assert cohen_kappa(first, second) == expected


@settings(deadline=None)
@given(pairs, st.randoms())
def test_order_names_and_sides_do_not_matter(rows, random):
    first, second = [a for a, _ in rows], [b for _, b in rows]
    shuffled = random.sample(rows, len(rows))
    kappa, alpha = cohen_kappa(first, second), krippendorff_alpha([first, second])
    assert kappa is None or -1 <= kappa <= 1
    for one, other in (
        (second, first),
        ([a for a, _ in shuffled], [b for _, b in shuffled]),
        ([f"x{a}" for a in first], [f"x{b}" for b in second]),
    ):
        assert cohen_kappa(one, other) == (None if kappa is None else pytest.approx(kappa))
        assert krippendorff_alpha([one, other]) == (None if alpha is None else pytest.approx(alpha))


@settings(deadline=None)
@given(st.lists(st.integers(0, 3), min_size=2).filter(lambda row: len(set(row)) > 1))
def test_full_agreement_on_what_varies_is_one(row):
    assert cohen_kappa(row, row) == 1
    assert krippendorff_alpha([row, row, row]) == 1


def test_a_hundred_thousand_units_are_quick():
    random = np.random.default_rng(1)
    rows = random.integers(0, 2, (3, 100_000))
    assert abs(krippendorff_alpha(rows)) < 0.02
    assert abs(cohen_kappa(rows[0], rows[1])) < 0.02


@pytest.mark.parametrize(
    ("alpha", "word", "label"),
    [
        (None, Reliability.UNDEFINED, "Undefined: no variation"),
        (1.0, Reliability.GOOD, "Good"),
        (0.8, Reliability.GOOD, "Good"),
        (0.79, Reliability.TENTATIVE, "Tentative"),
        (0.667, Reliability.TENTATIVE, "Tentative"),
        (0.666, Reliability.LOW, "Too low to rely on"),
        (-0.2, Reliability.LOW, "Too low to rely on"),
    ],
)
def test_the_word_for_an_alpha(alpha, word, label):
    assert reliability(alpha) is word
    assert word.label == label


# On passages

TEXT = "The tools are slow. Nobody answers the phone. We like each other. Leads come late."
SLOW, PHONE, LIKE, LATE = sentences(TEXT)


def mark(span: tuple[int, int], theme: str) -> Mark:
    return Mark(*span, theme)


def passage(**marks) -> Passage:
    return Passage(TEXT, marks)


def test_agreement_by_theme_and_overall():
    found = agreement([passage(ann=[mark(SLOW, "tools"), mark(PHONE, "people")], ben=[mark(SLOW, "tools"), mark(LATE, "people")])])
    tools, people = sorted(found.themes, key=lambda measure: measure.theme, reverse=True)
    assert (tools.theme, tools.kappa, tools.alpha, tools.units, tools.coded) == ("tools", 1, 1, 4, {"ann": 1, "ben": 1})
    assert people.kappa == pytest.approx(cohen_kappa([0, 1, 0, 0], [0, 0, 0, 1]))
    assert people.alpha == pytest.approx(krippendorff_alpha([[0, 1, 0, 0], [0, 0, 0, 1]]))
    assert people.warns
    assert not tools.warns
    overall = found.overall  # three sentences that any coder coded: {tools}/{tools}, {people}/{}, {}/{people}
    assert (overall.units, overall.coded) == (3, {"ann": 2, "ben": 2})
    assert overall.alpha == pytest.approx(krippendorff_alpha([["t", "p", ""], ["t", "", "p"]]))
    assert overall.kappa == pytest.approx(cohen_kappa(["t", "p", ""], ["t", "", "p"]))
    assert overall.reliability is Reliability.LOW


def test_where_coders_differ():
    found = agreement([passage(ann=[mark(SLOW, "tools"), mark(PHONE, "people")], ben=[mark(SLOW, "tools"), mark(LATE, "people")])])
    assert [(TEXT[one.start : one.end], one.themes) for one in found.differences] == [
        ("Nobody answers the phone.", {"ann": {"people"}, "ben": frozenset()}),
        ("Leads come late.", {"ann": frozenset(), "ben": {"people"}}),
    ]


def test_neighbours_that_differ_alike_are_one_passage():
    whole = Mark(SLOW[0], PHONE[1], "tools")
    other = Passage("More tools.", {"ann": [Mark(0, 11, "tools")], "ben": []})
    found = agreement([passage(ann=[whole, mark(LATE, "tools")], ben=[]), other])
    assert [(one.passage, one.start, one.end) for one in found.differences] == [(0, SLOW[0], PHONE[1]), (0, *LATE), (1, 0, 11)]


@pytest.mark.parametrize(
    ("start", "end", "coded"),
    [
        (*SLOW, [0]),
        (4, 9, [0]),  # a word picked out of a sentence
        (0, PHONE[0] + 3, [0]),  # slipped into the next
        (0, PHONE[1], [0, 1]),
        (SLOW[1] - 5, PHONE[0] + 5, [0]),  # five characters of each: the first of the two that it covers equally
        (SLOW[0] + 2, LIKE[1] - 12, [0, 1]),
        (SLOW[1], SLOW[1] + 1, []),  # the space between
    ],
)
def test_which_sentences_a_mark_codes(start, end, coded):
    found = agreement([passage(ann=[Mark(start, end, "x")], ben=[mark(LATE, "y")])])
    given = [one for one in found.differences if one.themes["ann"]]
    assert sum(measure.coded["ann"] for measure in found.themes) == len(coded)
    assert [
        place for place, span in enumerate((SLOW, PHONE, LIKE, LATE)) if any(d.start <= span[0] and span[1] <= d.end for d in given)
    ] == coded


def test_a_mark_over_less_than_half_of_two_sentences_codes_the_one_that_it_covers_most_of():
    text = f"{'a' * 40}{'. B'}{'b' * 40}. C{'c' * 40}."
    first, second, third = sentences(text)
    mark = Mark(first[1] - 12, third[0] + 13, "x")  # all of the second, a little of its neighbours
    found = agreement([Passage(text, {"ann": [mark], "ben": []})])
    assert [(one.start, one.end) for one in found.differences] == [second]
    wide = Mark(first[1] - 14, second[0] + 13, "x")
    found = agreement([Passage(text, {"ann": [wide], "ben": []})])
    assert [(one.start, one.end) for one in found.differences] == [first]


def test_more_than_two_coders_have_an_alpha_and_kappas_by_pair():
    found = agreement([passage(ann=[mark(SLOW, "x")], ben=[mark(SLOW, "x")], cy=[mark(LATE, "x")])])
    assert found.overall.kappa is None
    assert found.overall.alpha is not None
    assert {pair.coders: pair.units for pair in found.pairs} == {("ann", "ben"): 1, ("ann", "cy"): 2, ("ben", "cy"): 2}
    assert found.pairs[0].kappa is None  # one sentence, one label


def test_a_coder_who_did_not_code_a_passage_is_missing_there():
    found = agreement([passage(ann=[mark(SLOW, "x")], ben=[]), Passage("Only one. Coder.", {"ann": [Mark(0, 9, "x")]})])
    assert found.overall.units == 1
    assert found.themes[0].units == 4
    assert len(found.differences) == 1


@pytest.mark.parametrize("passages", [[], [Passage("", {"ann": [], "ben": []})], [Passage("Words. Here.", {"ann": [], "ben": []})]])
def test_where_nobody_coded_anything_nothing_is_defined(passages):
    found = agreement(passages)
    assert (found.overall.units, found.overall.alpha, found.overall.kappa, found.themes, found.differences) == (0, None, None, [], [])
    assert not found.overall.warns


def test_lines_of_signs_are_no_units():
    found = agreement([Passage("One.\n---\nTwo.", {"ann": [Mark(0, 4, "x")], "ben": [Mark(5, 8, "x")]})])
    assert found.themes[0].units == 2
    assert found.themes[0].coded == {"ann": 1, "ben": 0}
