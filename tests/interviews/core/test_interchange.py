"""Interviews as JSON: everything that is wrong is said at once and with its path; hostile files are refused, none crashes."""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interviews.core import interchange
from interviews.core.interchange import AnswerEntry, CoderEntry, ExcerptEntry, InterviewEntry, Problems, parse, source
from interviews.core.labels import voice, voices
from interviews.core.strict_json import Problem, kind, load
from interviews.core.terms import Consent, StakeholderRole, Stance
from metrics.core.problems import Unreadable

TEXT = "The tools are slow. Nobody answers. The tools are slow."
EXCERPT = {"quote": "Nobody answers", "theme": "Capacity", "stance": "problem"}
ANSWER = {"heading": "What is slow?", "text": TEXT, "excerpts": [EXCERPT]}
INTERVIEW = {
    "department": "Sales",
    "role": "lead",
    "pseudonym": "Heron 47",
    "held_on": "2026-01-05",
    "consent": "verbal",
    "answers": [ANSWER],
}


def of(*interviews, **more) -> bytes:
    return json.dumps({"schema": 1, "interviews": list(interviews)} | more).encode()


def read(content: bytes) -> tuple[list[InterviewEntry], list[tuple[str, str]]]:
    problems = Problems()
    entries = parse(content, problems)
    assert problems.count == len(problems.found)
    return entries, [(problem.path, problem.message) for problem in problems.found]


def good(*interviews) -> list[InterviewEntry]:
    entries, problems = read(of(*interviews))
    assert not problems
    return entries


def wrong(interview) -> dict[str, str]:
    entries, problems = read(of(interview))
    assert entries == []
    assert problems
    return dict(problems)


def with_(path: str, value: object = None, *, without: bool = False, of: dict = INTERVIEW) -> dict:
    """The interview with one value changed or left out; `path` as in "answers.0.text"."""
    changed = deepcopy(of)
    place = changed
    *way, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    for step in way:
        place = place[step]
    if without:
        del place[last]
    else:
        place[last] = value
    return changed


def test_the_least_that_an_interview_needs():
    assert good(INTERVIEW) == [
        InterviewEntry(
            path="interviews[0]",
            department="Sales",
            role=StakeholderRole.LEAD,
            held_on=date(2026, 1, 5),
            consent=Consent.VERBAL,
            pseudonym="Heron 47",
            answers=(
                AnswerEntry(
                    "interviews[0].answers[0]",
                    None,
                    "What is slow?",
                    TEXT,
                    (ExcerptEntry("interviews[0].answers[0].excerpts[0]", "", 20, 34, "Capacity", Stance.PROBLEM),),
                ),
            ),
        )
    ]


FULL = {
    "department": "sales", "role": "Front line", "name": "  Thabo   Mokoena ", "pseudonym": "Heron 47", "held_on": "2026-01-05",
    "consent": "WRITTEN", "consent_note": "Notes only", "quotable": True, "guide": {"code": "front-line", "version": 2},
    "interviewer": "Ray@Example.org", "finished": False, "second_coders": [{"email": "sue@example.org", "finished": False}],
    "answers": [
        {"question": 2, "text": "One\r\ntwo", "excerpts": [
            {"start": 0, "end": 7, "quote": "One\r\ntwo", "theme": "tools", "stance": "mixed", "department": "Marketing",
             "kpi": "Lead quality",
             "cause": {"department": "IT", "kpi": "Uptime"}, "quotable": True, "coder": "sue@example.org"}]},
        {"question": "What else?", "text": ""},
    ],
}  # fmt: skip


def test_all_that_an_interview_can_say():
    (entry,) = good(FULL)
    assert (entry.name, entry.role, entry.consent, entry.interviewer) == ("Thabo Mokoena", "front_line", "written", "ray@example.org")
    assert (entry.guide, entry.guide_version, entry.quotable, entry.finished) == ("front-line", 2, True, False)
    assert entry.coders == (CoderEntry("interviews[0].second_coders[0]", "sue@example.org", False),)
    first, second = entry.answers
    assert (first.question, first.text, second.question) == (2, "One\ntwo", "What else?")
    path = "interviews[0].answers[0].excerpts[0]"
    assert first.excerpts == (
        ExcerptEntry(path, "sue@example.org", 0, 7, "tools", Stance.MIXED, "Marketing", "Lead quality", "", "IT", "Uptime", True),
    )


def test_everything_wrong_is_said_at_once_with_its_path():
    bad = {
        "departement": "Sales", "department": 3, "role": "boss", "held_on": "2026-02-30", "consent": None, "quotable": "yes",
        "guide": {"version": 0}, "interviewer": "ray", "second_coders": [{"finished": 1}, 5],
        "answers": [
            {"txt": "", "question": 0},
            {"heading": "a", "text": "abc", "excerpts": [{"quote": "x", "theme": "t", "stance": "p", "cause": {"who": "me"}}, []]},
            "said",
        ],
    }  # fmt: skip
    entries, problems = read(of(INTERVIEW, bad, 7))
    assert len(entries) == 1
    inside = "interviews[1]."
    assert {path: message.split(".")[0] for path, message in problems} == {
        f"{inside}departement": "This key is not known",
        f"{inside}department": "Write a text, in quotation marks; this is a number",
        f"{inside}role": "Write one of head, lead, front_line",
        f"{inside}held_on": "Write a date as in 2026-03-31",
        f"{inside}consent": "Write one of verbal, written",
        f"{inside}quotable": "Write true or false; this is a text",
        f"{inside}guide.code": "This is missing",
        f"{inside}guide.version": "Write a whole number from 1 to 1,000,000",
        f"{inside}interviewer": "Write the address of an account",
        f"{inside}second_coders[0].email": "This is missing",
        f"{inside}second_coders[0].finished": "Write true or false; this is a number",
        f"{inside}second_coders[1]": "Write an object with email, finished; this is a number",
        f"{inside}answers[0].txt": "This key is not known",
        f"{inside}answers[0].question": "Write a whole number from 1 to 500",
        f"{inside}answers[1].excerpts[0].stance": "Write one of problem, strength, mixed",
        f"{inside}answers[1].excerpts[0].cause.who": "This key is not known",
        f"{inside}answers[1].excerpts[1]": f"Write an object with {', '.join(interchange.EXCERPT)}; this is a list",
        f"{inside}answers[2]": "Write an object with question, heading, text, excerpts; this is a text",
        "interviews[2]": f"Write an object with {', '.join(interchange.INTERVIEW)}; this is a number",
    }


@pytest.mark.parametrize(
    ("interview", "path", "words"),
    [
        (with_("pseudonym", without=True), "", "who was interviewed"),
        (with_("name", "HERON  47"), ".pseudonym", "not the name"),
        (with_("pseudonym", "x" * 41), ".pseudonym", "at most 40"),
        (with_("pseudonym", "a\u200bb"), ".pseudonym", "Character 2 cannot be seen (U+200B)"),
        (with_("department", " "), ".department", "This is blank"),
        (with_("department", "x" * 201), ".department", "201 characters"),
        (with_("answers", {}), ".answers", "Write a list"),
        (with_("answers", [ANSWER] * 501), ".answers", "At most 500"),
        (with_("answers", []), ".answers", "There is no answer"),
        (with_("held_on", 20260105), ".held_on", "Write a date"),
        (with_("guide", "front-line"), ".guide", "Write an object with code, version; this is a text"),
        (with_("second_coders", [{"email": "a@b"}, {"email": "A@b"}]), ".second_coders[1].email", "once"),
        ({**INTERVIEW, "interviewer": "a@b", "second_coders": [{"email": "a@b"}]}, ".second_coders[0].email", "not the interviewer"),
        (with_("answers.0.question", 1), ".answers[0]", "either “question”"),
        (with_("answers.0.heading", without=True), ".answers[0]", "either “question”"),
        (with_("answers.0", {"question": 1, "text": "x"}), ".answers[0].question", "names no guide"),
        (with_("answers.0.question", True), ".answers[0].question", "this is true or false"),
        (with_("answers.0.text", "x" * 50_001), ".answers[0].text", "50,001 characters"),
        (with_("answers.0.text", "a\u0000b"), ".answers[0].text", "U+0000"),
        (with_("answers.0.text", "a\ud800b"), ".answers[0].text", "U+D800"),
        (with_("answers.0.text", ["x"]), ".answers[0].text", "this is a list"),
        (with_("answers.0.heading", "a\nb"), ".answers[0].heading", "U+000A"),
        (with_("answers.0.excerpts.0.coder", "other@example.org"), ".answers[0].excerpts[0].coder", "neither the interviewer"),
        (with_("answers.0.excerpts.0.cause", {}), ".answers[0].excerpts[0].cause", "Write a theme, or"),
        (with_("answers.0.excerpts.0.cause", {"theme": "a", "kpi": "b"}), ".answers[0].excerpts[0].cause", "not both"),
        (with_("answers.0.excerpts.0.cause", "tools"), ".answers[0].excerpts[0].cause", "this is a text"),
        (with_("answers.0.excerpts.0.quote", "nobody answers"), ".answers[0].excerpts[0]", "are not in the text"),
        (with_("answers.0.excerpts.0.quote", "The tools"), ".answers[0].excerpts[0]", "stand 2 times"),
        (with_("answers.0.excerpts.0.quote", without=True), ".answers[0].excerpts[0]", "Write “quote”"),
        (with_("answers.0.excerpts.0.start", 3), ".answers[0].excerpts[0]", "Write “quote”"),
        (with_("answers.0.excerpts.0", EXCERPT | {"start": 0, "end": 9}), ".answers[0].excerpts[0]", "are not the “quote”"),
        (with_("answers.0.excerpts.0", {"start": 9, "end": 9, "theme": "t", "stance": "mixed"}), ".answers[0].excerpts[0]", "less than"),
        (with_("answers.0.excerpts.0", {"start": 0, "end": 56, "theme": "t", "stance": "mixed"}), ".answers[0].excerpts[0]", "at most 55"),
        (with_("answers.0.excerpts.0", {"start": 19, "end": 20, "theme": "t", "stance": "mixed"}), ".answers[0].excerpts[0]", "no words"),
        (with_("answers.0.excerpts.0.end", 1.5), ".answers[0].excerpts[0].end", "this is a number"),
        (with_("answers.0.excerpts.0.kpi", None), ".answers[0].excerpts[0].kpi", "this is null"),
    ],
)
def test_what_an_interview_must_not_say(interview, path, words):
    problems = wrong(interview)
    assert words in problems.get(f"interviews[0]{path}", ""), problems


def test_an_excerpt_may_stand_by_its_place():
    (entry,) = good(with_("answers.0.excerpts.0", {"start": 36, "end": 45, "quote": "The tools", "theme": "t", "stance": "mixed"}))
    assert (entry.answers[0].excerpts[0].start, entry.answers[0].excerpts[0].end) == (36, 45)


# Hostile


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "Line 1, column 1: this is no JSON"),
        (b'{"schema": 1,\n "interviews": [}', "Line 2, column 17"),
        (b'{"schema": 1}\n{}', "Line 2, column 1"),
        (b"[" * 1_000_000, "nested far deeper"),
        (b'{"a":' * 200_000, "nested far deeper"),
        (b'{"schema": 1,\n"interviews": "\xff"}', "Line 2 is not UTF-8"),
        ('{"schema": 1, "interviews": []}'.encode("utf-16"), "not UTF-8"),
        (b"\0", "no JSON"),
    ],
)
def test_what_is_no_json_is_refused_with_its_place(content, words):
    with pytest.raises(Unreadable) as refusal:
        read(content)
    assert words in str(refusal.value)


def test_a_file_over_the_limit_is_not_even_parsed():
    with pytest.raises(Unreadable, match="larger than 50 MB"):
        read(b" " * (interchange.BYTES + 1))


@pytest.mark.parametrize(
    ("content", "path", "words"),
    [
        (b'{"schema":1,"schema":1,"interviews":[]}', "schema", "stands here twice"),
        (b'{"schema":1,"interviews":NaN}', "interviews", "this is NaN"),
        (b'{"schema":Infinity,"interviews":[]}', "schema", "version of the format is not known"),
        (b'{"schema":' + b"1" * 100_000 + b',"interviews":[]}', "schema", "version of the format is not known"),
        (b'{"schema":1e999,"interviews":[]}', "schema", "version of the format is not known"),
        (b'{"schema":true,"interviews":[]}', "schema", "version of the format is not known"),
        (b'{"schema":1,"interviews":[],"":0}', '""', "not known"),
        (b'{"schema":1,"interviews":[],"a b\\u0000":0}', '"a b\\u0000"', "not known"),
        (b"[]", "", "this is a list"),
        (b'"x"', "", "this is a text"),
        (b"null", "", "this is null"),
    ],
)
def test_odd_values_are_refused_where_they_stand(content, path, words):
    _, problems = read(content)
    assert words in dict(problems)[path]


def test_a_key_may_stand_twice_deep_inside():
    content = of(INTERVIEW).replace(b'"stance": "problem"', b'"stance": "problem", "stance": "strength"')
    assert read(content)[1] == [("interviews[0].answers[0].excerpts[0].stance", "This key stands here twice. Keep one of them.")]
    many = "{" + ",".join(f'"k{n}":1' for n in range(1000)) + ',"k0":2}'
    assert load(many.encode(), 10**6).twice == ("k0",)


def test_a_near_key_is_named():
    assert wrong(with_("departments", "x"))["interviews[0].departments"] == "This key is not known. Did you mean department?"


def test_a_file_of_faults_lists_a_thousand_and_counts_all():
    problems = Problems()
    parse(of(*([{}] * 500)), problems)
    assert (len(problems.found), problems.count) == (1000, 2500)
    assert problems.found[0] == Problem("interviews[0].department", "This is missing.")


@settings(deadline=None)
@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(
    st.sampled_from(["answers", "text", "excerpts", "guide", "cause", "quote", "start", "second_coders", "role"]), inner)))  # fmt: skip
def test_no_value_crashes_it(value):
    entries, problems = read(
        of(value, {"answers": value}, {"answers": [value, {"excerpts": value}, {"text": "a", "heading": "b", "excerpts": [value]}]})
    )
    assert entries == []
    assert problems


@pytest.mark.parametrize(
    ("value", "said"), [({}, "an object"), ([], "a list"), ("", "a text"), (1.5, "a number"), (False, "true or false")]
)
def test_kinds_have_words(value, said):
    assert kind(value) == said


# Once


def test_the_source_is_of_what_it_says_not_of_how_it_is_written():
    (one,) = good(INTERVIEW)
    changed_order = dict(reversed(list(INTERVIEW.items())))
    by_place = with_("answers.0.excerpts.0", {"stance": "Problem", "theme": "CAPACITY", "start": 20, "end": 34})
    first, second, third = good({**INTERVIEW, "department": "  sales "}, changed_order, by_place)
    assert {source(entry) for entry in (one, first, second, third)} == {source(one)}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("held_on", "2026-01-06"), ("role", "head"), ("consent", "written"), ("quotable", True), ("finished", False), ("name", "Thabo"),
        ("interviewer", "ray@example.org"), ("answers.0.text", TEXT + "!"), ("answers.0.heading", "Else?"),
        ("answers.0.excerpts.0.theme", "Tools"), ("answers.0.excerpts.0.stance", "strength"), ("answers.0.excerpts.0.quotable", True),
        ("answers.0.excerpts", []), ("second_coders", [{"email": "sue@example.org"}]), ("consent_note", "x"),
    ],
)  # fmt: skip
def test_whatever_it_says_otherwise_makes_another_source(path, value):
    (one,), (other,) = good(INTERVIEW), good(with_(path, value))
    assert source(one) != source(other)


def test_the_documented_example_is_read():
    page = (Path(__file__).resolve().parents[3] / "docs" / "interviews.md").read_text()
    example = page.split("```json\n")[1].split("```")[0]
    entries, problems = read(example.encode())
    assert not problems
    assert len(entries) == 2


# Labels


def test_labels_of_voices():
    assert [voice(number) for number in (0, 1, 25, 26, 27, 51, 52, 701, 702)] == [
        f"Voice {letters}" for letters in ("A", "B", "Z", "AA", "AB", "AZ", "BA", "ZZ", "AAA")
    ]
    assert voices([7, 3]) == {7: "Voice A", 3: "Voice B"}
