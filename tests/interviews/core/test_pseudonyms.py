"""Pseudonyms tell neither who nor when."""

from __future__ import annotations

import random
import re

from interviews.core.pseudonyms import WORDS, pseudonym


def test_a_word_and_a_number_from_what_was_drawn():
    drawn = iter([WORDS.index("Heron"), 37])
    assert pseudonym((), lambda n: next(drawn)) == "Heron 47"


def test_one_that_is_taken_is_drawn_again():
    drawn = iter([0, 0, 1, 5])
    assert pseudonym({f"{WORDS[0]} 10"}, lambda n: next(drawn)) == f"{WORDS[1]} 15"


def test_there_is_always_one_more():
    """Where all short ones are taken, the number gets longer."""
    draw = random.Random(1).randrange
    taken = {f"{word} {number}" for word in WORDS for number in range(10, 100)}
    assert re.fullmatch(r"\w+ \d{3,}", pseudonym(taken, draw))


def test_they_are_told_apart_and_say_nothing():
    assert len(set(WORDS)) == len(WORDS) >= 90
    assert all(word.isascii() and word.isalpha() and word.istitle() for word in WORDS)
