"""Suggestions of themes: what they have in common with a text, and how often the right one is among the first three."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from interviews.core.seed_themes import THEMES
from interviews.core.suggest import BEST, Described, Index, Vocabulary, stem, terms, words
from tests.interviews.core.sentences import SENTENCES

SEEDS = [Described(number, one.name, one.definition, one.keywords) for number, one in enumerate(THEMES)]
IDS = {one.code: number for number, one in enumerate(THEMES)}


def described(id, name, definition="", keywords=()):
    return Described(id, name, definition, keywords)


def index(*themes, examples=None):
    vocabulary = Vocabulary()
    given = {theme: [vocabulary.ids(words(text)) for text in texts] for theme, texts in (examples or {}).items()}
    return Index(themes, vocabulary, given)


@pytest.fixture(scope="module")
def seeded():
    return Index(SEEDS, Vocabulary())


def test_the_right_theme_is_mostly_among_three(seeded):
    hits = sum(IDS[code] in seeded.best(text) for code, text in SENTENCES)
    assert len(SENTENCES) >= 60
    assert hits / len(SENTENCES) >= 0.9


def test_the_right_theme_is_mostly_the_first(seeded):
    assert sum(seeded.best(text, 1) == [IDS[code]] for code, text in SENTENCES) / len(SENTENCES) >= 0.7


def test_every_sentence_names_a_theme_of_the_codebook():
    assert {code for code, _ in SENTENCES} <= set(IDS)


def test_a_theme_of_the_codebook_stands_once_and_says_when_it_is_used():
    assert len({one.code for one in THEMES}) == len({one.name.casefold() for one in THEMES}) == len(THEMES)
    assert all(20 <= len(one.definition) <= 2000 and one.keywords for one in THEMES)
    assert all(0 < len(word) <= 60 for one in THEMES for word in one.keywords)


def test_a_definition_that_points_to_another_theme_names_one_that_there_is():
    names = {one.name for one in THEMES}
    for one in THEMES:
        for sentence in one.definition.split(". "):
            if sentence.startswith(("Not ", "Where ")) and ": " in sentence:
                assert sentence.rsplit(": ", 1)[1].rstrip(".") in names, one.code


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("approvals", "approved"), ("approve", "approval"), ("training", "trained"), ("planned", "planning"), ("delivery", "deliveries"),
        ("customer", "customers"), ("targets", "target"), ("waiting", "waits"), ("incentive", "incentives"), ("boxes", "box"),
        ("process", "processes"), ("payments", "payment"), ("reporting", "reports"), ("managers", "manager"),
    ],
)  # fmt: skip
def test_forms_of_a_word_have_one_stem(left, right):
    assert stem(left) == stem(right)


@pytest.mark.parametrize("word", ["goal", "us", "bus", "ring", "red", "class", "crm"])
def test_short_words_keep_what_tells_them(word):
    assert len(stem(word)) >= 2


def test_case_and_accents_do_not_matter():
    assert terms("Café ÉTAGÈRE") == terms("cafe etagere")


def test_neighbours_are_terms_of_their_own():
    assert terms("The lead quality") == [stem("lead"), stem("quality"), f"{stem('lead')} {stem('quality')}"]


def test_nothing_fits_a_text_without_common_words(seeded):
    assert seeded.best("xyzzy plugh") == []
    assert seeded.best("") == []
    assert seeded.best("and of the it") == []


def test_without_themes_nothing_is_suggested():
    assert index().best("anything") == []


def test_equal_themes_come_in_the_order_of_their_ids():
    themes = [described(id, "Stock") for id in (7, 3, 5)]
    assert index(*themes).best("stock") == [3, 5, 7]


def test_what_a_definition_is_not_for_does_not_count():
    one = described(1, "Pay", "Wages are low. Not for bonuses: Commission. Where it is overtime: Workload.")
    assert index(one, described(2, "Other")).best("bonuses and overtime") == []


def test_excerpts_teach_words_that_no_keyword_has():
    themes = [described(1, "Stock"), described(2, "Price")]
    assert index(*themes).best("the zebra stands there") == []
    assert index(*themes, examples={2: ["our zebra again"]}).best("the zebra stands there") == [2]


def test_many_excerpts_count_more_than_one_and_never_drown_the_definition():
    themes = [described(1, "Stock"), described(2, "Price")]
    few, many = (index(*themes, examples={2: ["zebra giraffe"] * count}).scores("zebra giraffe") for count in (1, 50))
    assert few[0][1] < many[0][1]
    assert index(*themes, examples={2: ["zebra giraffe"] * 500}).best("price")[:1] == [2]


def test_words_learned_after_the_index_was_made_are_passed_over():
    vocabulary = Vocabulary()
    made = Index([described(1, "Stock")], vocabulary)
    vocabulary.ids(["zebra"])
    assert made.best("zebra stock") == [1]


@given(st.text())
def test_any_text_has_at_most_three_themes_with_scores_from_0_to_1(text):
    made = index(*SEEDS[:5])
    scores = made.scores(text)
    assert made.best(text) == [theme for theme, _ in scores][:BEST]
    assert all(0 < score <= 1 + 1e-9 for _, score in scores)
    assert scores == sorted(scores, key=lambda pair: (-pair[1], pair[0]))


def test_ten_thousand_excerpts_are_indexed_and_asked_quickly():
    """Loose bounds: a slow machine must not fail what is 50 times quicker on an idle one."""
    vocabulary, rng = Vocabulary(), np.random.default_rng(4)
    vocabulary.ids(str(number) for number in range(20_000))
    examples = {theme: [rng.integers(0, 20_000, 30).astype(np.int32) for _ in range(10_000 // len(SEEDS))] for theme in range(len(SEEDS))}
    begun = time.perf_counter()
    made = Index(SEEDS, vocabulary, examples)
    built = time.perf_counter()
    made.best(SENTENCES[0][1])
    assert built - begun < 2.5
    assert time.perf_counter() - built < 0.1
