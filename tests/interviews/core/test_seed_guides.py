"""The guides that an installation begins with."""

from __future__ import annotations

import re
from itertools import product

import pytest

from departments.core.names import CODE_LENGTH, MAX_LENGTH
from departments.core.roles import Function
from interviews.core.seed_guides import GUIDES
from interviews.core.terms import StakeholderRole


def test_every_function_of_the_mission_and_any_other_has_a_guide_for_every_role():
    functions = [Function.SALES, Function.MARKETING, Function.CUSTOMER_SERVICE, Function.OPERATIONS, ""]
    assert {(guide.function, guide.role) for guide in GUIDES} == set(product(functions, StakeholderRole))
    assert len({guide.code for guide in GUIDES}) == len({guide.name for guide in GUIDES}) == len(GUIDES)


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.code)
def test_a_guide_can_be_asked_in_an_hour_and_stored(guide):
    assert 8 <= len(guide.questions) <= 12
    assert len({one.text for one in guide.questions}) == len(guide.questions)
    assert all(one.text.endswith("?") and len(one.text) <= 500 and 0 < len(one.hint) <= 500 for one in guide.questions)
    assert re.fullmatch(r"\w[\w-]*", guide.code)
    assert len(guide.code) <= CODE_LENGTH
    assert len(guide.name) <= MAX_LENGTH


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.code)
def test_a_guide_asks_what_the_review_asks(guide):
    """Differences between goals and outcomes, wasted effort, improvement, and which kind of cause; some of it of the whole function."""
    asked = " ".join(one.text.lower() + one.hint.lower() for one in guide.questions)
    for word in ("process, the resources, the skills, the alignment", "outside the organisation", "improve"):
        assert word in asked
    assert 3 <= sum(one.whole_function for one in guide.questions) < len(guide.questions)


@pytest.mark.parametrize(
    ("function", "words"),
    [
        ("sales", ["becomes a sale", "leads", "follow"]),
        ("marketing", ["campaign", "leads", "cost to win a customer"]),
        ("customer_service", ["first answer", "first contact", "complaints"]),
        ("operations", ["queue", "late", "done twice"]),
        ("", ["wait", "holds up the most work", "put right"]),
    ],
)
def test_a_function_is_asked_about_its_own_figures(function, words):
    for guide in (guide for guide in GUIDES if guide.function == function):
        asked = " ".join(one.text for one in guide.questions)
        assert [word for word in words if word not in asked] == []
