"""What two versions of a guide differ in, and the order of questions on the form."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interviews.core.guides import Asked, arranged, changes

WASTE = Asked("Where do you see effort being wasted?", "Ask for an example.")
GOALS = Asked("Where do goals and outcomes differ?")
LEADS = Asked("How good are the leads?", kpis=(1, 2))
LAST = Asked("What have I not asked?")


def said(old, new):
    return [(one.said, one.before, one.after) for one in changes(old, new)]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ([], [], []),
        ([WASTE, GOALS], [WASTE, GOALS], []),
        ([WASTE], [WASTE, LEADS], [("added", "", LEADS.text)]),
        ([WASTE, LEADS], [WASTE], [("left out", LEADS.text, "")]),
        ([WASTE, LEADS, GOALS], [GOALS, WASTE, LEADS], [("moved", GOALS.text, GOALS.text)]),
        ([WASTE], [Asked(WASTE.text, "Another.")], [("another hint", WASTE.text, WASTE.text)]),
        ([LEADS], [Asked(LEADS.text, kpis=(2, 1))], []),
        ([LEADS], [Asked(LEADS.text, kpis=(2,))], [("asks about something else", LEADS.text, LEADS.text)]),
        ([GOALS], [Asked(GOALS.text, whole_function=True)], [("asks about something else", GOALS.text, GOALS.text)]),
        (
            [WASTE, GOALS],
            [Asked("Where do you see time being wasted?", "Another."), GOALS],
            [("reworded, another hint", WASTE.text, "Where do you see time being wasted?")],
        ),
        ([WASTE], [LAST], [("added", "", LAST.text), ("left out", WASTE.text, "")]),
    ],
    ids=str,
)
def test_changes(old, new, expected):
    assert said(old, new) == expected


def test_of_two_alike_the_closest_is_taken():
    old = [Asked("How soon is a new lead called?"), Asked("How soon is a new lead followed up?")]
    new = [Asked("How soon is a new lead followed up today?"), Asked("How soon is a new lead called?")]
    assert {(one.before, one.after) for one in changes(old, new) if "reworded" in one.said} == {(old[1].text, new[0].text)}


def test_a_question_asked_twice_is_two():
    assert said([WASTE], [WASTE, WASTE]) == [("added", "", WASTE.text)]


QUESTIONS = st.lists(st.sampled_from([WASTE, GOALS, LEADS, LAST]), unique=True)


@given(QUESTIONS, QUESTIONS)
def test_what_is_added_and_left_out_accounts_for_the_difference(old, new):
    found = [one.said for one in changes(old, new)]
    assert len(new) - len(old) == found.count("added") - found.count("left out")
    assert changes(new, new) == []


@pytest.mark.parametrize(
    ("act", "items", "focus"),
    [
        ("add", "abc-", 3),
        ("up-1", "bac", 0),
        ("down-1", "acb", 2),
        ("remove-0", "bc", 0),
        ("remove-2", "ab", 1),
        ("up-0", "abc", None),
        ("down-2", "abc", None),
        ("up-3", "abc", None),
        ("remove-7", "abc", None),
        ("sideways-1", "abc", None),
        ("up", "abc", None),
        ("up-²", "abc", None),
        ("up-" + "9" * 5000, "abc", None),
        ("", "abc", None),
    ],
)
def test_arranging(act, items, focus):
    assert arranged("abc", act, "-") == (list(items), focus)


def test_the_last_one_left_out_leaves_nowhere_to_go():
    assert arranged("a", "remove-0", "-") == ([], None)
