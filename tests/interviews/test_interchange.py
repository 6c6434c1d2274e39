"""Interviews from a file: all or nothing, each once, names matched or refused with a path; the command; speed."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from departments.core.roles import Role
from departments.models import AuditEvent, ReviewCycle, User
from interviews.models import Answer, Coding, Excerpt, Interview, Stakeholder, Theme
from interviews.services.interchange import Imported, import_interviews
from metrics.core.problems import Unreadable
from tests import factories as make

pytestmark = pytest.mark.django_db

AT = datetime(2026, 1, 10, 8, 0, tzinfo=UTC)
TEXT = "Leads reach us late. Nobody answers."


@pytest.fixture
def sue(cycle) -> User:
    person = make.member(Role.REVIEWER, email="sue@example.org", name="Sue Second")
    make.reviewing(person, cycle)
    return person


@pytest.fixture
def place(cycle, sales, marketing, reviewer, sue):
    """A cycle that Ray and Sue review, with themes, a KPI and a guide of three questions."""
    make.reviewing(reviewer, cycle)
    Theme.objects.all().delete()  # those that come with the product
    make.ThemeFactory(code="tools", name="Tools and systems")
    make.ThemeFactory(code="handover", name="Handover between teams")
    make.ThemeFactory(code="old", name="Given up", retired_at=AT)
    make.KPIFactory(code="lead-quality", name="Lead quality")
    guide = make.GuideFactory(code="front", version=2)
    make.GuideFactory(code="front", version=1, retired_at=AT)
    for position, text in enumerate(("What slows you down?", "What works?", "Anything else?")):
        make.QuestionFactory(guide=guide, position=10 * position, text=text)
    return cycle


def interview(**more) -> dict:
    base = {"department": "Sales", "role": "lead", "pseudonym": "Heron 47", "held_on": "2026-01-05", "consent": "verbal"}
    return base | {"answers": [{"heading": "What slows you down?", "text": TEXT, "excerpts": [excerpt()]}]} | more


def excerpt(**more) -> dict:
    return {"quote": "Leads reach us late", "theme": "Handover between teams", "stance": "problem"} | more


def of(*interviews: dict) -> bytes:
    return json.dumps({"schema": 1, "interviews": list(interviews)}).encode()


def bring(content: bytes, by: User | None, *, dry_run: bool = False) -> Imported:
    return import_interviews(content, cycle=ReviewCycle.objects.get(code="q4"), by=by, at=AT, dry_run=dry_run)


def errors(content: bytes, by: User | None) -> dict[str, str]:
    done = bring(content, by)
    assert (done.new, done.same, done.ids) == (0, 0, [])
    assert done.wrong >= len(done.errors) > 0
    assert not Interview.objects.exists()
    assert not Stakeholder.objects.exists()
    return {error.path: error.message for error in done.errors}


def test_an_interview_with_its_excerpts(place, reviewer, sales, marketing):
    said = excerpt(theme="HANDOVER", department="marketing", kpi=" lead  QUALITY", cause={"department": "Marketing"}, quotable=True)
    done = bring(of(interview(answers=[{"heading": "Why?", "text": TEXT, "excerpts": [said]}])), reviewer)
    (held,) = Interview.objects.all()
    assert (done.new, done.same, done.errors, done.ids) == (1, 0, [], [held.pk])
    assert (held.interviewer, held.department, held.role, held.state, held.finished_at) == (reviewer, sales, "lead", "finished", AT)
    assert (held.stakeholder.pseudonym, held.stakeholder.name, held.quotable, held.guide) == ("Heron 47", "", False, None)
    (one,) = Excerpt.objects.evidence()
    assert (one.text, one.start, one.end) == ("Leads reach us late", 0, 19)
    assert (one.theme.code, one.department, one.kpi.code, one.cause_department) == ("handover", marketing, "lead-quality", marketing)
    assert (one.coding.first, one.coding.coder, one.coding.finished_at, one.quotable) == (True, reviewer, AT, True)
    event = AuditEvent.objects.get()
    assert (event.act, event.actor, event.details) == ("interview.import", reviewer, {"new": 1, "same": 0})


def test_a_guide_brings_all_its_questions(place, reviewer):
    answers = [{"question": "what WORKS?", "text": "All of us."}, {"heading": "Besides", "text": "Hm."}, {"question": 1, "text": "Tools."}]
    bring(of(interview(guide={"code": "front"}, answers=answers)), reviewer)
    kept = Answer.objects.order_by("position").values_list("question__text", "heading", "text", "version")
    assert list(kept) == [
        ("What slows you down?", "", "Tools.", 1),
        ("What works?", "", "All of us.", 1),
        ("Anything else?", "", "", 0),
        (None, "Besides", "Hm.", 1),
    ]
    assert Interview.objects.get().guide.version == 2


def test_a_second_coding_does_not_count_as_evidence(place, reviewer, sue):
    said = [excerpt(), excerpt(theme="tools", coder="sue@example.org")]
    content = of(interview(second_coders=[{"email": "Sue@example.org"}], answers=[{"heading": "Why?", "text": TEXT, "excerpts": said}]))
    bring(content, reviewer)
    assert set(Coding.objects.values_list("coder", "first", "finished_at")) == {(reviewer.pk, True, AT), (sue.pk, False, AT)}
    assert [one.theme.code for one in Excerpt.objects.evidence()] == ["handover"]


def test_a_draft_is_open_and_so_is_its_coding(place, reviewer):
    bring(of(interview(finished=False, second_coders=[{"email": "sue@example.org", "finished": False}])), reviewer)
    assert Interview.objects.get().is_draft
    assert not Coding.objects.filter(finished_at__isnull=False).exists()


def test_sent_again_it_adds_nothing(place, reviewer, sue):
    content = of(interview(), interview(pseudonym="Ibis 12"))
    bring(content, reviewer)
    for by in (reviewer, sue, None):
        done = bring(content, by)
        assert (done.new, done.same, done.errors, done.ids) == (0, 2, [], [])
    done = bring(of(interview(), interview(pseudonym="Wren 33"), interview(pseudonym="Wren 33")), reviewer)
    assert (done.new, done.same) == (1, 2)
    assert Interview.objects.count() == 3
    assert AuditEvent.objects.count() == 2


def test_an_interview_edited_since_is_left_alone(place, reviewer):
    bring(of(interview()), reviewer)
    Answer.objects.update(text="Edited.")
    assert bring(of(interview()), reviewer).same == 1
    assert Answer.objects.get().text == "Edited."


def test_a_dry_run_writes_nothing(place, reviewer):
    done = bring(of(interview()), reviewer, dry_run=True)
    assert (done.new, done.same, done.ids) == (1, 0, [])
    assert not Interview.objects.exists()
    assert not Stakeholder.objects.exists()
    assert not AuditEvent.objects.exists()


def test_one_error_keeps_all_out(place, reviewer):
    found = errors(of(interview(), interview(pseudonym="Ibis 12", department="Sals")), reviewer)
    assert found == {"interviews[1].department": "There is no department “Sals”. Is “Sales” meant?"}


def test_errors_of_form_and_of_names_are_said_together(place, reviewer):
    found = errors(of(interview(role="boss"), interview(department="Legal", answers=[])), reviewer)
    assert set(found) == {"interviews[0].role", "interviews[1].answers"}
    found = errors(of(interview(role="boss"), interview(department="Legal")), reviewer)
    assert found["interviews[1].department"] == "There is no department “Legal”. Write the name or code of a department."


@pytest.mark.parametrize(
    ("more", "path", "words"),
    [
        ({"theme": "Handover between team"}, "theme", "Is “Handover between teams” meant?"),
        ({"theme": "Given up"}, "theme", "There is no theme “Given up”"),
        ({"department": "Marketting"}, "department", "Is “Marketing” meant?"),
        ({"kpi": "Leed quality"}, "kpi", "Is “Lead quality” meant?"),
        ({"cause": {"theme": "Tools & systems"}}, "cause.theme", "Is “Tools and systems” meant?"),
        ({"cause": {"department": "Slaes", "kpi": "x"}}, "cause.department", "Is “Sales” meant?"),
        ({"cause": {"department": "Slaes", "kpi": "x"}}, "cause.kpi", "Write the name or code of a KPI."),
    ],
)
def test_unknown_names_are_refused_with_near_ones(place, reviewer, more, path, words):
    found = errors(of(interview(answers=[{"heading": "h", "text": TEXT, "excerpts": [excerpt(), excerpt(**more)]}])), reviewer)
    assert words in found[f"interviews[0].answers[0].excerpts[1].{path}"]


@pytest.mark.parametrize(
    ("more", "path", "words"),
    [
        ({"held_on": "2026-01-11"}, "held_on", "lies ahead"),
        ({"interviewer": "nobody@example.org"}, "interviewer", "nobody@example.org does not review “Q4 review”"),
        ({"interviewer": "head@example.org"}, "interviewer", "does not review"),
        ({"second_coders": [{"email": "x@example.org"}]}, "second_coders[0].email", "does not review"),
        ({"second_coders": [{"email": "reviewer@example.org"}]}, "second_coders", "not a second coder"),
        ({"guide": {"code": "fronts"}}, "guide.code", "Is front meant?"),
        ({"guide": {"code": "zzz"}}, "guide.code", "Write the code of a guide."),
        ({"guide": {"code": "front", "version": 7}}, "guide.version", "versions 1, 2"),
        ({"guide": {"code": "front"}, "answers": [{"question": 4, "text": "x"}]}, "answers[0].question", "has 3 questions"),
        (
            {"guide": {"code": "front"}, "answers": [{"question": "What work?", "text": "x"}]},
            "answers[0].question",
            "Is “What works?” meant?",
        ),
        ({"guide": {"code": "front"}, "answers": [{"question": "Salary", "text": "x"}]}, "answers[0].question", "Write its number"),
        (
            {"guide": {"code": "front"}, "answers": [{"question": 2, "text": "x"}, {"question": "What works?", "text": "y"}]},
            "answers[1].question",
            "Question 2 is answered already",
        ),
    ],
)
def test_what_does_not_fit_the_review_is_refused(place, reviewer, head, more, path, words):
    assert words in errors(of(interview(**more)), reviewer)[f"interviews[0].{path}"]


def test_a_retired_version_can_be_named(place, reviewer):
    bring(of(interview(guide={"code": "FRONT", "version": 1})), reviewer)
    assert Interview.objects.get().guide.version == 1


def test_a_department_outside_the_review_is_refused(place, reviewer, marketing):
    place.roots.set([marketing])
    assert "does not cover" in errors(of(interview()), reviewer)["interviews[0].department"]


# Who may


def test_somebody_who_does_not_review_imports_nothing(place, manager):
    assert errors(of(interview()), manager) == {"": "You do not review “Q4 review”. Let an admin or manager assign you first."}


def test_nobody_imports_of_a_department_that_they_head_or_of_one_below(place, reviewer, sales, sue):
    below = make.DepartmentFactory(code="inside", name="Inside sales", parent=sales)
    from departments.models import Membership

    Membership.objects.create(user=reviewer, role=Role.HEAD, department=sales)
    assert "You head this department" in errors(of(interview(department=below.name)), reviewer)["interviews[0].interviewer"]
    found = errors(of(interview(interviewer="sue@example.org")), User.objects.get(pk=reviewer.pk))
    assert found["interviews[0].department"] == "You head this department: somebody else imports its interviews."
    assert "reviewer@example.org heads" in errors(of(interview(interviewer="reviewer@example.org")), sue)["interviews[0].interviewer"]
    assert bring(of(interview(department="Marketing")), reviewer).new == 1


def test_an_operator_names_the_interviewers(place):
    assert "nobody signed in" in errors(of(interview()), None)["interviews[0].interviewer"]
    assert bring(of(interview(interviewer="SUE@example.org")), None).new == 1
    assert AuditEvent.objects.get().actor is None


# Who was interviewed


def test_a_known_pseudonym_is_that_person(place, reviewer, sales):
    known = make.StakeholderFactory(cycle=place, department=sales, role="lead", pseudonym="Heron 47", name="Thabo")
    bring(of(interview(pseudonym="heron 47"), interview(pseudonym="Heron 47", name="thabo", held_on="2026-01-06")), reviewer)
    assert set(Interview.objects.values_list("stakeholder", flat=True)) == {known.pk}


def test_a_known_name_in_its_department_and_role_is_that_person(place, reviewer, sales, marketing):
    known = make.StakeholderFactory(cycle=place, department=sales, role="lead", pseudonym="Heron 47", name="Thabo M")
    by_name = interview(name="thabo  m")
    del by_name["pseudonym"]
    bring(of(by_name, by_name | {"department": "Marketing"}, by_name | {"department": "Marketing", "held_on": "2026-01-04"}), reviewer)
    assert Interview.objects.get(department=sales).stakeholder == known
    (other,) = Stakeholder.objects.exclude(pk=known.pk)  # the same name elsewhere is somebody else, once
    assert (other.department, other.name) == (marketing, "thabo m")
    assert other.pseudonym not in ("", "Heron 47", "thabo m")


@pytest.mark.parametrize(
    ("known", "more", "path", "words"),
    [
        ({"role": "head"}, {}, "pseudonym", "another department or role"),
        ({"name": "Thabo"}, {"name": "Tumelo"}, "pseudonym", "under another name"),
        ({}, {"name": "Tumelo"}, "pseudonym", "leave the name out"),
        ({"erased_at": AT}, {}, "pseudonym", "was erased"),
    ],
)
def test_a_person_is_not_mixed_up_with_another(place, reviewer, sales, known, more, path, words):
    make.StakeholderFactory(cycle=place, department=sales, **{"role": "lead", "pseudonym": "Heron 47"} | known)
    done = bring(of(interview(**more)), reviewer)
    assert [(error.path, words in error.message) for error in done.errors] == [(f"interviews[0].{path}", True)]
    assert not Interview.objects.exists()


def test_a_name_that_several_have_needs_the_pseudonym(place, reviewer, sales):
    for pseudonym in ("Heron 47", "Ibis 12"):
        make.StakeholderFactory(cycle=place, department=sales, role="lead", pseudonym=pseudonym, name="Thabo")
    by_name = interview(name="Thabo")
    del by_name["pseudonym"]
    (error,) = bring(of(by_name), reviewer).errors
    assert (error.path, "one of Heron 47, Ibis 12" in error.message) == ("interviews[0].name", True)


# Hostile files, size


def test_no_json_is_refused_whole(place, reviewer):
    with pytest.raises(Unreadable):
        bring(b"{", reviewer)


def test_five_hundred_interviews_with_ten_thousand_excerpts(place, reviewer, django_assert_max_num_queries):
    sentences = [f"Sentence {n} says something of its own." for n in range(20)]
    said = [{"quote": sentence, "theme": ("tools", "handover")[n % 2], "stance": "problem"} for n, sentence in enumerate(sentences)]
    answers = [{"heading": "Why?", "text": " ".join(sentences), "excerpts": said}]
    content = of(*(interview(pseudonym=f"Person {n}", answers=answers) for n in range(500)))
    with django_assert_max_num_queries(40):
        done = bring(content, reviewer)
    assert (done.new, Excerpt.objects.count()) == (500, 10_000)


# The command


def run(*options: str) -> tuple[int, str, str]:
    out, err = StringIO(), StringIO()
    try:
        call_command("import_interviews", *options, stdout=out, stderr=err)
    except SystemExit as end:
        return int(str(end.code)), out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


@pytest.fixture
def write(tmp_path):
    def write(content: bytes) -> str:
        path = tmp_path / "interviews.json"
        path.write_bytes(content)
        return str(path)

    return write


def test_the_command_imports_once(place, write):
    path = write(of(interview()))
    by = ("--cycle", "q4", "--by", "reviewer@example.org")
    assert run(path, *by, "--dry-run") == (
        0,
        "interviews.json can be imported. Nothing was written: 1\u00a0new interview, 0 already here.\n",
        "",
    )
    assert run(path, *by) == (0, "interviews.json is imported: 1\u00a0new interview, 0 already here.\n", "")
    assert run(path, *by) == (0, "interviews.json holds nothing new: 1\u00a0interview already here.\n", "")
    status, out, _ = run(path, *by, "--json")
    assert (status, json.loads(out)) == (0, {"new": 0, "same": 1, "errors": [], "ids": []})


def test_the_command_says_what_is_wrong(place, write):
    path = write(of(interview(), *({} for _ in range(10))))
    status, out, err = run(path, "--cycle", "q4")
    assert (status, out) == (1, "")
    assert err.splitlines()[0] == "interviews.json has 51\u00a0errors. Nothing was written."
    assert err.splitlines()[1] == "interviews[1].department: This is missing."
    assert err.splitlines()[-1] == "... and 31 more errors; --json lists them."
    status, out, _ = run(path, "--cycle", "q4", "--json")
    assert (status, len(json.loads(out)["errors"])) == (1, 51)


def test_the_command_cannot_read_what_is_not_there_or_no_json(place, write, tmp_path, monkeypatch):
    assert run(str(tmp_path / "none.json"), "--cycle", "q4")[0] == 3
    status, out, _ = run(write(b"{"), "--cycle", "q4", "--json")
    assert (status, "no JSON" in json.loads(out)["errors"][0]["message"]) == (3, True)
    monkeypatch.setattr("interviews.management.commands.import_interviews.BYTES", 10)
    assert "larger than" in run(write(of(interview())), "--cycle", "q4")[2]


def test_the_command_needs_a_review_and_an_account(place, write):
    with pytest.raises(CommandError, match="There is no review q9"):
        run(write(b"{}"), "--cycle", "q9")
    with pytest.raises(CommandError, match="There is no account"):
        run(write(b"{}"), "--cycle", "q4", "--by", "who@example.org")
