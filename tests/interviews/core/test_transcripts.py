"""Transcripts: speakers found, who asks by evidence or not at all, refusals with their line, no labels kept."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interviews.core.transcripts import ANSWER_LENGTH, BYTES, Part, names_in, parse, structure, text_of
from metrics.core.problems import Unreadable

PLAIN = """Recording of 3 May, room 2

Interviewer: How do leads reach you?
Respondent: By mail, mostly.
Some by phone.

It varies: 10 to 20 a day.
Interviewer: And then?
Respondent: We call.
"""


def exchanges(text: str, parts: dict[str, Part] | None = None, hidden: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    found = parse(text)
    made = structure(found, parts or found.parts, hidden)
    assert not made.faults, made.faults
    return [(one.heading, one.text) for one in made.exchanges]


def test_questions_become_headings_and_answers_texts():
    assert exchanges(PLAIN) == [
        ("How do leads reach you?", "By mail, mostly.\nSome by phone.\n\nIt varies: 10 to 20 a day."),
        ("And then?", "We call."),
    ]


TALK = [("How is it?", "Slow, as always, and getting worse."), ("Why?", "Too few of us for all that work.")]


@pytest.mark.parametrize(
    "text",
    [
        "I: How is it?\nR: Slow, as always, and getting worse.\nI: Why?\nR: Too few of us for all that work.",
        "Q: How is it?\nA: Slow, as always, and getting worse.\n\nQ: Why?\n\nA: Too few of us for all that work.\n",
        "Interviewer 1:\tHow is it?\nParticipant 3:\nSlow, as always, and getting worse.\ninterviewer 1: Why?\n"
        "PARTICIPANT 3: Too few of us for all that work.",
        "[00:03:12] Jane: How is it?\n[00:03:15] Thabo Mokoena: Slow, as always, and getting worse.\n[00:03:20] Jane: Why?\n"
        "[00:03:22] Thabo Mokoena: Too few of us for all that work.",
        "(0:03) Jane: How is it?\n0:05 - Thabo: Slow, as always, and getting worse.\nJane (0:09): Why?\n"
        "Thabo [0:12]: Too few of us for all that work.",
        "Jane: [0:01] How is it?\nThabo: [0:02] Slow, as always, and getting worse.\nJane: Why?\nThabo: Too few of us for all that work.",
        "**Jane:** How is it?\n**Thabo:** Slow, as always, and getting worse.\n**Jane:** Why?\n**Thabo:** Too few of us for all that work.",
        "Jane Doe  0:03\nHow is it?\n\nThabo M.  0:10\nSlow, as always, and getting worse.\n\nJane Doe  0:20\nWhy?\n\nThabo M.  0:25\n"
        "Too few of us for all that work.",
        "Jane: How is it?\r\nThabo: Slow, as always,\r\nJane: Why?\rThabo: Too few of us for all that work.".replace(
            "always,\r\n", "always, and getting worse.\r\n"
        ),
        "WEBVTT\n\nNOTE made by a machine\nof the office\n\n1\n00:01.000 --> 00:02.000\n<v Jane>How is it?</v>\n\n"
        "00:02.000 --> 00:03.000 align:start\n"
        "<v.loud Thabo>Slow, as <i>always</i>,\n\n00:03.000 --> 00:03.500\nand getting worse.\n\n2\n"
        "00:04.000 --> 00:05.000\n<v Jane>Why?\n\n"
        "3\n00:00:05.000 --> 00:00:06.000\n<v Thabo>Too few of us<00:05.500> for all that work.</v>\n",
        "1\n00:00:01,000 --> 00:00:02,000\nJane: How is it?\n\n2\n00:00:02,000 --> 00:00:04,000\n"
        "Thabo: Slow, as always,\nand getting worse.\n\n"
        "3\n00:00:04,000 --> 00:00:05,000\nJane: Why?\n\n4\n00:00:05,000 --> 00:00:06,000\nThabo: Too few of us\n\n"
        "5\n00:00:06,000 --> 00:00:07,000\nfor all that work.\n",
    ],
)
def test_the_ways_in_which_speakers_are_named(text):
    assert [(asked, " ".join(said.split())) for asked, said in exchanges(text)] == TALK


def test_subtitles_that_run_on_are_one_paragraph():
    text = (
        "1\n00:00:01,000 --> 00:00:02,000\nQ: Hm?\n\n2\n00:00:02,000 --> 00:00:03,000\nA: One\n\n3\n00:00:03,000 --> 00:00:04,000\ntwo.\n"
    )
    assert exchanges(text) == [("Hm?", "One\ntwo.")]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("I: a\nThabo: b\nI: c\nThabo: d", {"I": Part.ASKS, "Thabo": Part.ANSWERS}),
        ("Jane: a\nR: b\nJane: c\nR: d", {"Jane": Part.ASKS, "R": Part.ANSWERS}),
        ("Jane: a?\nThabo: b c d\nJane: e?\nThabo: f g", {"Jane": Part.ASKS, "Thabo": Part.ANSWERS}),
        ("Thabo: b c d e\nJane: a?\nThabo: f g\nJane: h?", {"Jane": Part.ASKS, "Thabo": Part.ANSWERS}),
        ("Q: a\nModerator: b\nA: c", {"Q": Part.ASKS, "Moderator": Part.ASKS, "A": Part.ANSWERS}),
        ("Jane: a?\nThabo: b?\nJane: c?\nThabo: d?", {}),  # both ask
        ("Jane: a\nThabo: b\nJane: c\nThabo: d", {}),  # nobody does
        ("Jane: a very long speech here, no?\nThabo: b\nJane: and more, no?\nThabo: d", {}),  # asks, but says more
        ("Q: a\nA: b\nThabo: c\nThabo: d", {}),  # who is Thabo?
        ("Q: a\nModerator: b", {}),  # nobody answers
        ("Speaker 1: a\nSpeaker 2: b\nSpeaker 1: a\nSpeaker 2: b", {}),
    ],
)
def test_who_asks_is_known_or_asked(text, parts):
    assert parse(text).parts == parts


def test_nothing_is_guessed_while_a_part_is_open():
    found = parse("Jane: a\nThabo: b\nJane: c\nThabo: d")
    said = structure(found, {"Jane": Part.ASKS})
    assert [(fault.line, fault.message) for fault in said.faults] == [(2, "Say who asks and who is interviewed: “Thabo” could be either.")]
    assert said.exchanges == []


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"A1": Part.ANSWERS, "B1": Part.ANSWERS, "C1": Part.ANSWERS}, "which speaker asks"),
        ({"A1": Part.ASKS, "B1": Part.ANSWERS, "C1": Part.ANSWERS}, "one speaker is interviewed"),
        ({"A1": Part.ASKS, "B1": Part.ASKS, "C1": Part.LEFT_OUT}, "one speaker is interviewed"),
    ],
)
def test_one_person_is_interviewed_and_somebody_asks(parts, words):
    found = parse("A1: x\nB1: y\nC1: z\nA1: x\nB1: y\nC1: z")
    assert words in structure(found, parts).faults[0].message


def test_a_third_voice_can_be_left_out_and_is_counted():
    found = parse("Q: x?\nA: y\nDoris: two words\nA: z\nDoris: more")
    said = structure(found, {"Q": Part.ASKS, "A": Part.ANSWERS, "Doris": Part.LEFT_OUT})
    assert [(one.heading, one.text) for one in said.exchanges] == [("x?", "y\n\nz")]
    assert [warning.message for warning in said.warnings] == ["3 words of “Doris” are left out."]


def test_remarks_with_a_colon_are_no_speakers():
    text = (
        "Q: How?\nA: Well.\nNote: not a speaker.\nOne thing though: it is slow.\nResult: none.\nNote: again.\n"
        "https://example.org is down\nQ: So?\nA: Yes."
    )
    assert [speaker.label for speaker in parse(text).speakers] == ["Q", "A"]
    assert "Note: not a speaker." in exchanges(text)[0][1]


def test_a_label_can_be_made_text_or_speaker_by_hand():
    text = "Q: How?\nA: Well.\nStatus: slow.\nA: Yes.\nStatus: slower.\nQ: So?"
    assert [speaker.label for speaker in parse(text).speakers] == ["Q", "A", "Status"]
    assert [speaker.label for speaker in parse(text, not_speakers=["status"]).speakers] == ["Q", "A"]
    assert [speaker.label for speaker in parse("Q: a\nA: b\nhe said: c\nA: d\nQ: e", known=["He said"]).speakers] == ["Q", "A", "he said"]


def test_each_name_once_is_enough_in_a_short_talk():
    assert [speaker.label for speaker in parse("Jane: How?\nThabo: Well.").speakers] == ["Jane", "Thabo"]


# Refusals


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 1, "No speakers were found"),
        ("Just a story\nof two lines.", 1, "No speakers were found"),
        ("\n\nJane: alone.\nStill alone.", 3, "Only one speaker was found, “Jane”"),
        ("Q: a\nA: b\x00c\nA: d\x07", 2, "Line 2 holds a control character (U+0000)"),
        ("\n".join(f"Person {n}: a\nPerson {n}: b" for n in range(13)), 25, "More than 12 speakers"),
    ],
)
def test_what_cannot_be_an_interview_is_refused_with_its_line(text, line, words):
    found = parse(text)
    assert (found.faults[0].line, words in found.faults[0].message) == (line, True), found.faults
    assert structure(found, {}).faults == found.faults


def test_every_line_with_a_control_character_is_named():
    assert [fault.line for fault in parse("Q: a\x01\nA: b\nQ: \x02\x03").faults] == [1, 3]


def test_an_answer_that_no_field_can_hold_is_refused():
    said = structure(found := parse(f"Q: a?\nA: b\nQ: c?\nA: {'x' * (ANSWER_LENGTH + 1)}"), found.parts)
    assert [(fault.line, fault.message) for fault in said.faults] == [
        (3, "The answer after line 3 has 50,001 characters, more than 50,000. Split it.")
    ]


def test_a_question_that_is_too_long_is_cut_and_said():
    said = structure(found := parse(f"Q: {'why ' * 200}?\nA: b"), found.parts)
    assert len(said.exchanges[0].heading) <= 500
    assert said.exchanges[0].heading.endswith("why…")
    assert "longer than 500" in said.warnings[0].message


# Names


def test_names_of_speakers_are_replaced():
    text = (
        "Jane: Thabo, how is it?\nThabo Mokoena: Thabo's team is fine, says Mokoena; thaboism is not.\nJane: Why?\n"
        "Thabo Mokoena: Because Jane asks."
    )
    parts = {"Jane": Part.ASKS, "Thabo Mokoena": Part.ANSWERS}
    assert exchanges(text, parts, ("Jane", "Thabo", "Mokoena")) == [
        ("[name], how is it?", "[name]'s team is fine, says [name]; thaboism is not."),
        ("Why?", "Because [name] asks."),
    ]


def test_a_spoken_name_that_stays_is_warned_of():
    text = "Jane: How is it?\nThabo: Fine.\nJane: Really, Thabo?\nThabo: Yes."
    said = structure(parse(text), {"Jane": Part.ASKS, "Thabo": Part.ANSWERS})
    assert [(one.line, one.message) for one in said.warnings] == [
        (3, "The name “Thabo” is spoken, in what begins in line 3. Readers could tell who is meant.")
    ]
    assert not structure(parse(text), {"Jane": Part.ASKS, "Thabo": Part.ANSWERS}, ["thabo"]).warnings


@pytest.mark.parametrize(
    ("label", "names"),
    [("Interviewee", []), ("Speaker 2", []), ("R", []), ("Thabo M.", ["Thabo"]), ("Jane van Wyk / Sales", ["Jane", "van", "Wyk", "Sales"])],
)
def test_what_of_a_label_is_a_name(label, names):
    assert names_in(label) == names


@pytest.mark.parametrize("part", list(Part))
def test_parts_have_words(part):
    assert part.label


# Bytes


@pytest.mark.parametrize(
    "content",
    [
        "Q: Wie gehts? Größe\nA: Gut.".encode(),
        b"\xef\xbb\xbf" + "Q: Wie gehts? Größe\nA: Gut.".encode(),
        "\ufeffQ: Wie gehts? Größe\nA: Gut.".encode("utf-16-le"),
        "Q: Wie gehts? Größe\nA: Gut.".encode("utf-16"),
        "Q: Wie gehts? Größe\nA: Gut.".encode("cp1252"),
    ],
)
def test_encodings(content):
    assert exchanges(text_of(content)) == [("Wie gehts? Größe", "Gut.")]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"PK\x03\x04rest", "document, not a text"),
        (b"%PDF-1.7", "document, not a text"),
        (b"x" * (BYTES + 1), "larger than 2 MB"),
        (b"first\n" + "é".encode() * 3 + b"\xff", "Line 2 cannot be read as text"),
        (b"\xff\xfea\x00b", "cannot be read as text"),
    ],
)
def test_what_is_no_text_is_refused(content, words):
    with pytest.raises(Unreadable, match=words):
        text_of(content)


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["Q: ", "A: ", "", "[0:01] Q: ", "Jane: "]), st.text(max_size=20)), max_size=12))
def test_whatever_comes_there_is_an_answer(lines):
    found = parse("\n".join(label + words for label, words in lines))
    said = structure(found, found.parts)
    assert bool(found.faults) == (not found.speakers or len(found.speakers) == 1) or found.faults
    for one in said.exchanges:
        assert one.heading or one.text
