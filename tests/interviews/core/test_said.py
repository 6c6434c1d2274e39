"""Released counts in words, and what keeps a quote back."""

from __future__ import annotations

import pytest

from interviews.core.quotes import parts, telling, tidied
from interviews.core.said import sentence


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ({"raised": 7}, "7 people raised it."),
        ({"raised": 7, "problem": 7}, "7 people raised it, all as a problem."),
        ({"raised": 7, "strength": 7}, "7 people raised it, all as a strength."),
        ({"raised": 12, "problem": 7}, "12 people raised it: 7 as a problem."),
        ({"raised": 12, "problem": 7, "strength": 5}, "12 people raised it: 7 as a problem, 5 as a strength."),
        ({"problem": 6}, "6 people call it a problem."),
        ({"problem": 6, "strength": 4}, "6 people call it a problem; 4 people call it a strength."),
    ],
)
def test_counts_in_a_sentence(counts, expected):
    assert sentence(**counts) == expected


def test_names_are_found_without_accents_and_in_any_case():
    names = parts(["André van der Berg", "Li Wu", ""])
    assert names == {"andre", "van", "der", "berg"}  # parts of two letters are words too often
    assert "name" in telling("I told ANDRÉ so", names)
    assert "name" in telling("Berg's idea", names)
    assert telling("Bergen is far", names) == ""


def test_words_stand_in_one_line():
    assert tidied("  It is\n\n slow.\t") == "It is slow."
