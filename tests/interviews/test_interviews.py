"""Interviews from the first word to the last: what is made, kept, refused and noted."""

from __future__ import annotations

import threading
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from departments.models import AuditEvent, User
from interviews.models import Answer, Coding, Interview, Stakeholder
from interviews.services import interviews as services
from interviews.services.interviews import MOST, SESSION, Conflict
from tests import factories as make
from tests.factories import AT

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(cycle, sales):
    return make.StakeholderFactory(cycle=cycle, department=sales, role="lead")


@pytest.fixture
def guide(db):
    guide = make.GuideFactory()
    for position in (1, 2):
        make.QuestionFactory(guide=guide, position=position)
    return guide


@pytest.fixture
def interview(cycle, person, guide, reviewer) -> Interview:
    return begin(cycle, person, guide, reviewer)


@pytest.fixture
def answer(interview) -> Answer:
    return interview.answers.first()


def begin(cycle, person, guide, reviewer, **values) -> Interview:
    base = {"held_on": date(2026, 1, 5), "consent": "verbal", "quotable": True, "at": AT}
    return services.create(cycle=cycle, stakeholder=person, guide=guide, interviewer=reviewer, **base | values)


def save(answer, text, base, by, at=AT) -> int:
    return services.save_answer(answer, text=text, base_version=base, by=by, at=at)


def acts(on=None) -> list[str]:
    found = AuditEvent.objects.filter(object_type="interviews.interview").order_by("pk")
    return list((found.filter(object_id=on.pk) if on else found).values_list("act", flat=True))


def test_a_draft_has_an_answer_for_each_question_and_its_interviewers_coding(interview, person, guide, reviewer):
    assert [(one.position, one.question, one.text, one.version) for one in interview.answers.all()] == [
        (1, guide.questions.first(), "", 0),
        (2, guide.questions.last(), "", 0),
    ]
    assert list(interview.codings.values_list("coder", "first", "finished_at")) == [(reviewer.pk, True, None)]
    assert (interview.department, interview.role, interview.is_draft) == (person.department, "lead", True)
    assert acts() == ["interview.create"]


def test_headings_follow_the_questions(cycle, person, guide, reviewer):
    made = begin(cycle, person, guide, reviewer, headings=["What else?"])
    assert [(one.position, one.heading) for one in made.answers.all()] == [(1, ""), (2, ""), (3, "What else?")]


@pytest.mark.parametrize("consent", ["", "none"])
def test_without_consent_there_is_no_interview(cycle, person, guide, reviewer, consent):
    with pytest.raises(ValidationError, match="consent"):
        begin(cycle, person, guide, reviewer, consent=consent)
    assert not Interview.objects.exists()
    assert not AuditEvent.objects.exists()


def test_a_person_of_another_review_is_refused(person, guide, reviewer):
    with pytest.raises(ValidationError, match="another review"):
        begin(make.CycleFactory(), person, guide, reviewer)


def test_somebody_new_is_put_on_the_list_with_their_interview(cycle, sales, guide, reviewer):
    made = services.create_with_person(
        cycle=cycle, department=sales, role="head", name="", pseudonym="", guide=guide, interviewer=reviewer,
        held_on=AT.date(), consent="written", quotable=False, at=AT,
    )  # fmt: skip
    assert made.stakeholder.pseudonym
    assert (made.stakeholder.name, made.role, made.consent) == ("", "head", "written")


def test_an_interview_that_cannot_be_made_leaves_no_person_behind(cycle, sales, guide, reviewer):
    with pytest.raises(ValidationError):
        services.create_with_person(
            cycle=cycle, department=sales, role="head", name="", pseudonym="", guide=guide, interviewer=reviewer,
            held_on=AT.date(), consent="", quotable=False, at=AT,
        )  # fmt: skip
    assert not Stakeholder.objects.exists()


def test_a_text_is_kept_and_its_version_grows(answer, reviewer):
    assert save(answer, "Leads come late.", 0, reviewer) == 1
    assert save(answer, "Leads come late.\n😀 Often.", 1, reviewer) == 2
    answer.refresh_from_db()
    assert (answer.text, answer.version, answer.updated_at) == ("Leads come late.\n😀 Often.", 2, AT)


def test_the_same_text_again_changes_nothing_whatever_it_was_made_from(answer, reviewer):
    save(answer, "Leads come late.", 0, reviewer)
    assert save(answer, "Leads come late.", 0, reviewer) == 1
    answer.refresh_from_db()
    assert answer.version == 1


def test_what_was_changed_elsewhere_is_not_written_over(answer, reviewer):
    save(answer, "Mine", 0, reviewer)
    with pytest.raises(Conflict) as conflict:
        save(answer, "The other", 0, reviewer)
    assert (conflict.value.text, conflict.value.version) == ("Mine", 1)
    answer.refresh_from_db()
    assert answer.text == "Mine"
    with pytest.raises(Conflict):
        save(answer, "From the future", 7, reviewer)


@pytest.mark.parametrize("text", ["x" * (MOST + 1), "a\x00b", "a\ud800b"])
def test_what_cannot_be_kept_is_refused(answer, reviewer, text):
    with pytest.raises(ValidationError):
        save(answer, text, 0, reviewer)
    answer.refresh_from_db()
    assert (answer.text, answer.version) == ("", 0)


def test_the_longest_text_is_kept(answer, reviewer):
    assert save(answer, "😀" * MOST, 0, reviewer) == 1


def test_a_session_of_editing_is_one_event(answer, interview, reviewer):
    save(answer, "a", 0, reviewer)
    save(answer, "ab", 1, reviewer, AT + SESSION / 2)
    assert acts(interview) == ["interview.create", "interview.edit"]
    save(answer, "abc", 2, reviewer, AT + SESSION + timedelta(seconds=1))
    assert acts(interview) == ["interview.create", "interview.edit", "interview.edit"]
    assert "abc" not in str(list(AuditEvent.objects.values_list("details", flat=True)))


def test_who_was_shown_it_is_noted(interview, manager):
    services.opened(interview, by=manager, at=AT)
    event = AuditEvent.objects.get(act="interview.read")
    assert (event.actor, event.object_id, event.details) == (manager, interview.pk, {})


def test_finished_and_opened_again(answer, interview, reviewer):
    for _ in range(2):
        services.finish(interview, by=reviewer, at=AT)
    interview.refresh_from_db()
    assert (interview.is_draft, interview.finished_at, interview.codings.get().finished_at) == (False, AT, AT)
    with pytest.raises(ValidationError, match="Open it again"):
        save(answer, "late", 0, reviewer)
    for _ in range(2):
        services.reopen(interview, by=reviewer, at=AT)
    interview.refresh_from_db()
    assert (interview.is_draft, interview.finished_at, interview.codings.get().finished_at) == (True, None, None)
    assert save(answer, "late", 0, reviewer) == 1
    assert acts(interview) == ["interview.create", "interview.finish", "interview.reopen", "interview.edit"]


def test_what_was_destroyed_is_neither_opened_nor_changed(interview, reviewer):
    services.finish(interview, by=reviewer, at=AT)
    Interview.objects.update(redacted_at=AT)
    with pytest.raises(ValidationError, match="destroyed"):
        services.reopen(interview, by=reviewer, at=AT)
    with pytest.raises(ValidationError, match="destroyed"):
        services.change_details(interview, consent_note="A name", by=reviewer, at=AT)


def test_who_may_no_longer_be_quoted_is_not(answer, interview, reviewer):
    save(answer, "Leads come late.", 0, reviewer)
    answer.refresh_from_db()
    quoted = make.excerpt(answer, make.ThemeFactory(), quotable=True)
    services.change_details(interview, quotable=False, by=reviewer, at=AT)
    quoted.refresh_from_db()
    interview.refresh_from_db()
    assert (quoted.quotable, interview.quotable) == (False, False)
    assert AuditEvent.objects.get(act="interview.change").details == {"changed": ["quotable"]}


def test_the_same_details_again_are_no_change(interview, reviewer):
    services.change_details(interview, quotable=True, consent="verbal", by=reviewer, at=AT)
    assert acts(interview) == ["interview.create"]


def test_details_that_cannot_be_are_refused(interview, reviewer):
    with pytest.raises(ValidationError, match="consent"):
        services.change_details(interview, consent="", by=reviewer, at=AT)
    interview.refresh_from_db()
    assert interview.consent == "verbal"


def test_a_draft_is_deleted_with_all_that_was_typed_and_coded(answer, interview, reviewer):
    save(answer, "Leads come late.", 0, reviewer)
    answer.refresh_from_db()
    make.excerpt(answer, make.ThemeFactory())
    services.delete(interview, by=reviewer, at=AT)
    assert [model.objects.count() for model in (Interview, Answer, Coding)] == [0, 0, 0]
    assert acts()[-1] == "interview.delete"
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM interviews_excerptevent")
        assert cursor.fetchone() == (0,)


def test_a_finished_interview_is_not_deleted(interview, reviewer):
    services.finish(interview, by=reviewer, at=AT)
    with pytest.raises(ValidationError, match="evidence"):
        services.delete(interview, by=reviewer, at=AT)
    assert Interview.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_saves_at_once_one_is_told_of_the_other(answer, reviewer):
    """Both read version 0 and save at the same moment: one text stands, the other comes back as a conflict with it."""
    start, outcomes = threading.Barrier(2), {}

    def write(text):
        own = Answer.objects.get(pk=answer.pk)
        by = User.objects.get(pk=reviewer.pk)
        start.wait(10)
        try:
            outcomes[text] = save(own, text, 0, by)
        except Conflict as conflict:
            outcomes[text] = conflict.text
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=(text,)) for text in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    answer.refresh_from_db()
    other = {"one": "two", "two": "one"}[answer.text]
    assert outcomes == {answer.text: 1, other: answer.text}
    assert answer.version == 1
