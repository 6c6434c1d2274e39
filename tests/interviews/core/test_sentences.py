"""Sentences of notes and transcripts."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interviews.core.sentences import sentences


def split(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text)]


@pytest.mark.parametrize(
    "text",
    [
        "One. | Two! | Three? | Four",
        "Mr. Smith and Dr. Dlamini agree, e.g. on tools. | They do.",
        "It takes approx. ten days vs. two.",
        "It costs R 3.50 a day, i.e. 1.5 % more. | See no. 5 and fig. 2.",
        "He said no. | Then he left.",
        "Tools, people etc. are short. | Time etc. | Nobody helps.",
        "We sell in the U.S. and the U.K. market. | It works in the U.S. | The rest does not.",
        "J. Smith left. | So did I. | Now we wait.",
        "Well... it is slow... I think... | Nobody knows. | And… | Then it stops.",
        "“Really?” she said. | “No.” | “Why not?” | He left.",
        "It is slow (very slow!). | We wait [for hours.] | Yes.",
        "the tools are slow. | nobody answers. | why? | no idea!",
        "What?! | No way... | Never.",
        "Ask at 10 a.m. tomorrow. | We close at 5 p.m. | Then we go.",
        "Mail jane.doe@example.org or see www.example.org. | Version 2.0.1 is out.",
        "太慢了。| 没有人回答\uff01| 为什么\uff1f",
        "...",
        "",
        "  \n\t ",
        "Ltd.",
        "The company is Acme Ltd. | We left in Dec. 2025. | It was Dec. | Snow fell.",
    ],
)
def test_sentences(text):
    wanted = [part.strip() for part in text.split("|") if part.strip()]
    joined = text.replace("| ", "").replace("|", "")
    assert split(joined) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("A line\nthat goes on.\nAnother", ["A line\nthat goes on.", "Another"]),
        ("No full stop\nNew line", ["No full stop", "New line"]),
        ("above\n\nbelow", ["above", "below"]),
        ("- slow tools\n- no people\n\u2022 late leads", ["- slow tools", "- no people", "\u2022 late leads"]),
        ("1. First one.\n2) Second\n(3) third", ["1. First one.", "2) Second", "(3) third"]),
        ("a. small\nb. letters", ["a. small", "b. letters"]),
        ("We lack:\ntime", ["We lack:", "time"]),
        ("Ends here.\r\nthen this", ["Ends here.", "then this"]),
        ("He said “go.”\nthen left", ["He said “go.”", "then left"]),
    ],
)
def test_lines(text, wanted):
    assert split(text) == wanted


@settings(deadline=None)
@given(st.text(st.sampled_from("ab AI.!?…\n\r-1)“”'e。\u2028\t"), max_size=80))
def test_they_cover_everything_that_is_not_blank_once_and_in_order(text):
    spans = sentences(text)
    assert all(start < end for start, end in spans)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))
    covered = {place for start, end in spans for place in range(start, end)}
    assert {place for place, character in enumerate(text) if not character.isspace()} <= covered
    assert all(not text[start].isspace() and not text[end - 1].isspace() for start, end in spans)


@settings(deadline=None)
@given(st.text(max_size=200))
def test_they_cover_any_text(text):
    joined = "".join(text[start:end] for start, end in sentences(text))
    assert [c for c in joined if not c.isspace()] == [c for c in text if not c.isspace()]


def test_a_long_line_without_a_space_is_quick():
    assert len(sentences("word" * 12_000 + "." + " go." * 500)) == 501
