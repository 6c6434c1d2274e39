"""The marks in the demo's interviews are read as they are meant, or refused."""

from __future__ import annotations

import pytest

from gaps.core.demo_coding import FRONT_LINE, Marked, voice
from interviews.core.terms import Stance


def said(text: str, **more: object):
    return voice("Rooibos", "Sales", FRONT_LINE, 3, said=text, **more).replies


def test_a_reply_is_the_text_without_its_marks_and_with_single_spaces():
    (reply,) = said("\nslow: We wait. {The list\n    is long|-queue}, and it grows.\n")
    assert (reply.topic, reply.text) == ("slow", "We wait. The list is long, and it grows.")
    (marked,) = reply.first
    assert reply.text[marked.start : marked.end] == "The list is long"
    assert reply.second == ()


FULL = {"quotable": False, "theme": "leads", "department": "Sales", "kpi": None, "cause_theme": None, "cause_department": None}


@pytest.mark.parametrize(
    ("coding", "stance", "fields"),
    [
        ("-leads", Stance.PROBLEM, {}),
        ("+*leads", Stance.STRENGTH, {"quotable": True}),
        ("~leads @Marketing", Stance.MIXED, {"department": "Marketing"}),
        ("-leads @Marketing: Lead quality", Stance.PROBLEM, {"department": "Marketing", "kpi": "Lead quality"}),
        ("-leads < #follow-up", Stance.PROBLEM, {"cause_theme": "follow-up"}),
        ("-leads < Marketing", Stance.PROBLEM, {"cause_department": "Marketing"}),
        (
            "-leads @Sales: Conversion rate < Marketing: Lead quality",
            Stance.PROBLEM,
            {"kpi": "Conversion rate", "cause_department": "Marketing", "cause_kpi": "Lead quality"},
        ),
    ],
)
def test_a_mark_says_what_it_says(coding, stance, fields):
    (reply,) = said(f"slow: {{Long|{coding}}}.")
    assert reply.first == (Marked(0, 4, stance=stance, **FULL | {"cause_kpi": None} | fields),)


def test_a_second_coder_agrees_unless_the_mark_says_otherwise():
    (reply,) = said("slow: {One|-a}, {two|-a||-b}, {three|-a||}, {four|||-b}.", again=True)
    assert [(reply.text[one.start : one.end], one.theme) for one in reply.first] == [("One", "a"), ("two", "a"), ("three", "a")]
    assert [(reply.text[one.start : one.end], one.theme) for one in reply.second] == [("One", "a"), ("two", "b"), ("four", "b")]


@pytest.mark.parametrize("text", ["slow: {Long|leads}.", "slow: {Long|-leads @}.", "slow: {Long|-leads <}."])
def test_a_mark_that_cannot_be_read_is_refused(text):
    with pytest.raises(ValueError, match="Cannot read the mark"):
        said(text)


@pytest.mark.parametrize("text", ["slow: {Long.", "slow: Long|-leads}.", "slow: {Long {very|-a} long|-b}."])
def test_a_stray_mark_is_refused(text):
    with pytest.raises(ValueError, match="Stray mark"):
        said(text)
