"""Saturation against the rules of Guest, Namey & Chen 2020 (PLOS ONE 15(5):e0232076)."""

from __future__ import annotations

from itertools import count, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interviews.core.saturation import BASE, RUN, State, saturation, words


def raising(*new: int) -> list[list[int]]:
    """Interviews that raise so many new themes each, and nothing that was raised before."""
    fresh = count()
    return [[next(fresh) for _ in range(how_many)] for how_many in new]


def test_a_base_of_37_themes_as_in_the_paper():
    """The paper's base of 37 themes and its first run of 7 new ones, 19 %. What follows is ours: runs overlap, so that interview 6 stands
    in two of them; at 1 of 37 (3 %) the threshold is met, after 6 interviews and the 2 that confirm it."""
    found = saturation(raising(15, 10, 7, 5, 4, 3, 1, 0))
    assert found.base == 37
    assert found.runs == (7, 4, 1)
    assert [round(100 * run / found.base) for run in found.runs] == [19, 11, 3]
    assert (found.state, found.reached, f"{found.share:.0%}") == (State.REACHED, 6, "3%")
    assert words(found) == "saturated after 6 interviews, confirmed by 2 more"


@pytest.mark.parametrize(
    ("new", "state", "reached"),
    [
        ([], State.UNDEFINED, None),
        ([9, 5, 3], State.UNDEFINED, None),  # the base is not complete
        ([9, 5, 3, 2], State.UNDEFINED, None),  # no run yet
        ([9, 5, 3, 2, 0], State.UNDEFINED, None),  # half a run
        ([0, 0, 0, 0, 0, 0], State.UNDEFINED, None),  # nothing to compare with, never "saturated"
        ([0, 0, 0, 0, 3, 2], State.UNDEFINED, None),
        ([9, 5, 3, 2, 0, 0], State.REACHED, 4),  # 19 base themes: none new
        ([9, 5, 3, 2, 0, 1], State.GROWING, None),  # 1 of 19 is more than 5 %
        ([9, 5, 3, 3, 0, 1], State.REACHED, 4),  # 1 of 20 is 5 %: met
        ([9, 5, 3, 3, 1, 1], State.GROWING, None),
        ([20, 10, 6, 4, 1, 1], State.REACHED, 4),  # 2 of 40
        ([20, 10, 6, 4, 2, 1, 1], State.REACHED, 5),
        ([9, 5, 3, 2, 0, 0, 2], State.AGAIN, 4),  # a later voice has something new: say so
        ([9, 5, 3, 2, 0, 0, 2, 0, 0], State.REACHED, 4),  # the first time counts
        ([1, 0, 0, 0, 0, 0], State.REACHED, 4),
    ],
    ids=str,
)
def test_rules(new, state, reached):
    found = saturation(raising(*new))
    assert (found.state, found.reached) == (state, reached)
    assert found.new == tuple(new)


def test_a_theme_is_new_once():
    found = saturation([[1, 2, 2], [2, 3], [3], [1], [3, 4], []])
    assert found.new == (2, 1, 0, 0, 1, 0)
    assert found.curve == (2, 3, 3, 3, 4, 4)
    assert found.base == 3


def test_no_share_without_a_base():
    assert saturation(raising(1, 2)).base is None
    assert saturation(raising(1, 2)).share is None
    assert saturation(raising(0, 0, 0, 0, 1, 1)).share is None


@pytest.mark.parametrize(
    ("new", "said"),
    [
        ([2, 1], "2 of the 6 coded interviews that it takes to say"),
        ([0, 0, 0, 0, 1], "no theme coded in the first 4 interviews"),
        ([9, 5, 3, 2, 0, 1], "themes still grow: the last 2 interviews brought 1 new theme"),
        ([9, 5, 3, 2, 0, 0, 2], "themes grow again: the last 2 interviews brought 2 new themes"),
    ],
    ids=str,
)
def test_words(new, said):
    assert words(saturation(raising(*new))) == said


@given(st.lists(st.frozensets(st.integers(1, 12), max_size=6), max_size=14))
def test_properties(interviews):
    found = saturation(interviews)
    assert sum(found.new) == len(frozenset().union(*interviews))
    assert all(one <= two for one, two in pairwise(found.curve))
    assert len(found.runs) == max(len(interviews) - BASE - RUN + 1, 0)
    assert (found.reached is not None) == (found.state in (State.REACHED, State.AGAIN))
    if found.state is State.REACHED:
        assert found.share <= 0.05
