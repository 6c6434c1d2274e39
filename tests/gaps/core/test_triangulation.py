"""People against data: every cell of the table, and every threshold from both sides."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gaps.core.grading import Grade
from gaps.core.triangulation import Data, People, Relationship, data_view, people_view, triangulate, unmeasured_grade
from interviews.core.terms import StakeholderRole, Stance
from metrics.core.verdicts import Quality, code

P, S, M = Stance.PROBLEM, Stance.STRENGTH, Stance.MIXED


def said(text: str) -> dict[int, list[Stance]]:
    """One voice a letter: p problem, s strength, m mixed, b both in turn."""
    of = {"p": [P], "s": [S], "m": [M], "b": [P, S]}
    return {number: of[letter] for number, letter in enumerate(text)}


@pytest.mark.parametrize(
    ("voices", "asked", "verdict", "counts"),
    [
        ("", 0, "not_asked", (0, 0, 0, 0)),
        ("", 1, "not_raised", (0, 0, 0, 1)),
        ("p", 0, "problem", (1, 0, 0, 1)),
        ("s", 0, "strength", (0, 1, 0, 1)),
        ("m", 0, "mixed", (0, 0, 1, 1)),
        ("b", 0, "mixed", (0, 0, 1, 1)),
        ("ps", 0, "mixed", (1, 1, 0, 2)),
        ("pps", 0, "problem", (2, 1, 0, 3)),
        ("pss", 0, "strength", (1, 2, 0, 3)),
        ("ppm", 9, "problem", (2, 0, 1, 9)),
        ("ppb", 2, "problem", (2, 0, 1, 3)),
        ("ppss", 0, "mixed", (2, 2, 0, 4)),
        ("ppps", 0, "problem", (3, 1, 0, 4)),
        ("pppss", 0, "mixed", (3, 2, 0, 5)),
        ("ppppss", 0, "problem", (4, 2, 0, 6)),
        ("pppsssm", 0, "mixed", (3, 3, 1, 7)),
    ],
)
def test_what_people_say(voices, asked, verdict, counts):
    view = people_view(said(voices), range(asked))
    assert view.verdict == verdict
    assert (view.problem, view.strength, view.mixed, view.asked) == counts


def test_those_asked_are_those_asked_or_raising_it():
    assert people_view({1: [P], 2: [P]}, [2, 3]).asked == 3
    assert people_view({1: []}, []).verdict is People.NOT_ASKED


FULL, PROVISIONAL, TOO_FEW = code(Quality.FULL), code(Quality.PROVISIONAL), code(Quality.INSUFFICIENT)


@pytest.mark.parametrize(
    ("grade", "quality", "stale", "expected"),
    [
        (None, None, False, "unmeasured"),
        (0, FULL, False, "no_gap"),
        (0, PROVISIONAL, False, "inconclusive"),
        (0, TOO_FEW, False, "unmeasured"),
        (0, FULL, True, "unmeasured"),
        (1, FULL, False, "inconclusive"),
        (1, FULL, True, "unmeasured"),
        (2, FULL, False, "inconclusive"),
        (2, PROVISIONAL, False, "inconclusive"),
        (3, FULL, False, "gap"),
        (3, PROVISIONAL, False, "gap"),
        (4, FULL, False, "gap"),
        (5, FULL, False, "gap"),
    ],
)
def test_what_data_say(grade, quality, stale, expected):
    assert data_view(grade, quality, stale) == expected


# people (as in `said`), how many were asked in all, what the data say, the relationship
CELLS = [
    ("ppp", 3, "gap", "agreement"),
    ("pp", 6, "gap", "agreement"),
    ("pp", 7, "gap", "partial"),
    ("p", 1, "gap", "partial"),
    ("p", 9, "gap", "partial"),
    ("pps", 6, "gap", "agreement"),
    ("pps", 7, "gap", "partial"),
    ("pppp", 12, "gap", "agreement"),
    ("pppp", 13, "gap", "partial"),
    ("p", 1, "no_gap", "partial"),
    ("pp", 2, "no_gap", "dissonance"),
    ("pps", 30, "no_gap", "dissonance"),
    ("p", 1, "inconclusive", "partial"),
    ("pp", 2, "inconclusive", "partial"),
    ("p", 1, "unmeasured", "silence_data"),
    ("ppp", 3, "unmeasured", "silence_data"),
    ("s", 1, "gap", "partial"),
    ("ss", 2, "gap", "dissonance"),
    ("ssp", 9, "gap", "dissonance"),
    ("s", 1, "no_gap", "agreement"),
    ("ss", 9, "no_gap", "agreement"),
    ("s", 1, "inconclusive", "partial"),
    ("ss", 2, "inconclusive", "partial"),
    ("s", 1, "unmeasured", "silence_data"),
    ("m", 1, "gap", "partial"),
    ("ps", 2, "gap", "partial"),
    ("ps", 2, "no_gap", "partial"),
    ("b", 2, "inconclusive", "partial"),
    ("ps", 2, "unmeasured", "silence_data"),
    ("", 3, "gap", "silence_people"),
    ("", 3, "no_gap", "no_finding"),
    ("", 3, "inconclusive", "no_finding"),
    ("", 3, "unmeasured", "no_finding"),
    ("", 0, "gap", "not_asked"),
    ("", 0, "no_gap", "no_finding"),
    ("", 0, "inconclusive", "no_finding"),
    ("", 0, "unmeasured", "no_finding"),
]


@pytest.mark.parametrize(("voices", "asked", "data", "expected"), CELLS)
def test_every_cell(voices, asked, data, expected):
    assert triangulate(people_view(said(voices), range(asked)), Data(data)) == expected


def test_the_cells_are_all_there():
    seen = {(people_view(said(voices), range(asked)).verdict, Data(data)) for voices, asked, data, _ in CELLS}
    assert seen == {(people, data) for people in People for data in Data}


@given(st.text("psmb", max_size=12), st.integers(0, 12), st.sampled_from(Data))
def test_the_order_and_names_of_voices_do_not_matter(voices, asked, data):
    view = people_view(said(voices), range(asked))
    renamed = {100 - number: stances for number, stances in said(voices).items()}
    assert people_view(renamed, [100 - number for number in range(asked)]) == view
    assert view.raised <= view.asked
    assert (triangulate(view, data) is Relationship.SILENCE_DATA) == (data is Data.UNMEASURED and view.raised > 0)


HEAD, LEAD, FRONT = StakeholderRole.HEAD, StakeholderRole.LEAD, StakeholderRole.FRONT_LINE


@pytest.mark.parametrize(
    ("voices", "roles", "expected"),
    [
        ("", [], Grade.NONE),
        ("p", [HEAD], Grade.NONE),
        ("ss", [HEAD, LEAD], Grade.NONE),
        ("pp", [HEAD, LEAD], Grade.WATCH),
        ("pp", [LEAD, LEAD], Grade.WATCH),
        ("ppp", [LEAD, LEAD, LEAD], Grade.WATCH),
        ("ppp", [LEAD, LEAD, FRONT], Grade.MODERATE),
        ("ppb", [LEAD, LEAD, FRONT], Grade.WATCH),
        ("ppps", [LEAD, LEAD, LEAD, HEAD], Grade.WATCH),
        ("pppp", [HEAD, LEAD, FRONT, FRONT], Grade.MODERATE),
    ],
)
def test_a_problem_that_nobody_measures(voices, roles, expected):
    assert unmeasured_grade(said(voices), dict(enumerate(roles))) is expected
