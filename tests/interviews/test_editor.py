"""The pages of one interview: begun, read, written, finished; and what they refuse."""

from __future__ import annotations

import pytest
from django.urls import reverse

from departments.core.roles import Role
from departments.models import AuditEvent, Membership
from interviews.models import Answer, Guide, Interview, Stakeholder
from interviews.queries.editor import fitting
from interviews.services import interviews as services
from tests import factories as make
from tests.factories import AT

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(client, reviewer, cycle):
    make.reviewing(reviewer, cycle)
    client.force_login(reviewer)
    return client


@pytest.fixture(autouse=True)
def unseeded(db):
    """No guide but those of the test."""
    Guide.objects.all().delete()


@pytest.fixture
def guide(db):
    guide = make.GuideFactory(name="Everybody")
    make.QuestionFactory(guide=guide, position=1, text="What goes well?", hint="Ask for an example.")
    make.QuestionFactory(guide=guide, position=2, text="What does not?")
    return guide


@pytest.fixture
def interview(cycle, sales, guide, reviewer) -> Interview:
    person = make.StakeholderFactory(cycle=cycle, department=sales, pseudonym="Heron 47")
    return services.create(
        cycle=cycle, stakeholder=person, guide=guide, interviewer=reviewer, held_on=AT.date(), consent="verbal", quotable=True, at=AT
    )


@pytest.fixture
def answer(interview) -> Answer:
    return interview.answers.first()


@pytest.fixture
def colleague(cycle):
    found = make.member(Role.REVIEWER, name="Cleo Colleague")
    make.reviewing(found, cycle)
    return found


def at(name, interview, **more):
    return reverse(f"interviews:{name}", kwargs={"code": "q4", "pk": interview.pk, **more})


NEW = "/c/q4/interviews/new/"
GIVEN = {"department": "sales", "role": "lead", "held_on": "2026-01-05", "consent": "verbal"}


def refused(answer, *fields):
    assert answer.status_code == 422
    assert set(fields) <= set(answer.context["form"].errors), answer.context["form"].errors
    assert not Interview.objects.exists()


# Begin


def test_somebody_new_is_interviewed(page, sales, guide, reviewer):
    answer = page.post(NEW, GIVEN | {"quotable": "on", "consent_note": "Not on leave days"})
    made = Interview.objects.get()
    assert answer["Location"] == at("editor", made)
    assert (made.department, made.role, made.guide, made.interviewer) == (sales, "lead", guide, reviewer)
    assert (made.consent, made.quotable, made.consent_note, str(made.held_on)) == ("verbal", True, "Not on leave days", "2026-01-05")
    assert (made.stakeholder.name, made.stakeholder.pseudonym != "") == ("", True)
    assert made.answers.count() == 2


def test_somebody_of_the_list_is_interviewed(page, cycle, sales, guide):
    person = make.StakeholderFactory(cycle=cycle, department=sales, role="head", pseudonym="Heron 47")
    shown = page.get(f"{NEW}?stakeholder={person.pk}").content.decode()
    assert f'<option value="{person.pk}" selected>Heron 47, Sales, department head</option>' in shown
    page.post(NEW, GIVEN | {"stakeholder": person.pk, "department": "", "role": ""})
    assert Interview.objects.get().stakeholder == person
    assert Stakeholder.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"consent": ""}, "consent"),
        ({"consent": "perhaps"}, "consent"),
        ({"held_on": ""}, "held_on"),
        ({"held_on": "2999-01-01"}, "held_on"),
        ({"held_on": "yesterday"}, "held_on"),
        ({"department": ""}, "department"),
        ({"department": "elsewhere"}, "department"),
        ({"role": ""}, "role"),
        ({"role": "king"}, "role"),
        ({"stakeholder": "999999"}, "stakeholder"),
        ({"stakeholder": "x"}, "stakeholder"),
        ({"guide": "999999"}, "guide"),
        ({"pseudonym": "x" * 41}, "pseudonym"),
        ({"consent_note": "x" * 301}, "consent_note"),
        ({"name": "a\x00b"}, "name"),
    ],
)
def test_what_is_missing_or_wrong_is_said(page, sales, guide, change, field):
    refused(page.post(NEW, GIVEN | change), field)


def test_a_department_outside_the_review_or_headed_by_the_reviewer_is_not_offered(page, cycle, sales, marketing, guide, reviewer):
    cycle.roots.set([sales])
    refused(page.post(NEW, GIVEN | {"department": "marketing"}), "department")
    cycle.roots.clear()
    Membership.objects.create(user=reviewer, role=Role.HEAD, department=marketing)
    refused(page.post(NEW, GIVEN | {"department": "marketing"}), "department")
    assert "Marketing" not in page.get(NEW).content.decode()


def test_a_pseudonym_that_is_taken_is_said_at_its_field(page, cycle, sales, guide):
    make.StakeholderFactory(cycle=cycle, department=sales, pseudonym="Heron 47")
    refused(page.post(NEW, GIVEN | {"pseudonym": "heron 47"}), "pseudonym")


def test_without_a_guide_one_is_asked_for(page, sales):
    refused(page.post(NEW, GIVEN), "guide")


def test_the_guide_that_is_most_particular_fits_best(sales, guide):
    role = make.GuideFactory(name="Leads", role="lead")
    function = make.GuideFactory(name="Sales", function="sales")
    both = make.GuideFactory(name="Sales leads", function="sales", role="lead")
    other = make.GuideFactory(name="Finance", function="finance")
    make.GuideFactory(name="Old", function="sales", role="lead", retired_at=AT)
    assert fitting(function="sales", role="lead") == ([both, function, role, guide], [other])
    assert fitting(function="people", role="head") == ([guide], [other, role, function, both])


def test_the_guide_that_fits_is_taken_where_none_is_chosen(page, sales, guide):
    fits = make.GuideFactory(name="Sales leads", function="sales", role="lead")
    page.post(NEW, GIVEN)
    assert Interview.objects.get().guide == fits
    page.post(NEW, GIVEN | {"guide": guide.pk})
    assert Interview.objects.latest("pk").guide == guide


# Read


def test_the_interviewer_writes_and_it_is_noted_that_they_looked(page, interview, answer):
    Answer.objects.filter(pk=answer.pk).update(text="\n<b>Much</b>\nwell", version=3)
    shown = page.get(at("editor", interview)).content.decode()
    assert "What goes well?" in shown
    assert "Ask for an example." in shown
    assert ">\n\n&lt;b&gt;Much&lt;/b&gt;\nwell</textarea>" in shown
    assert 'data-version="3"' in shown
    assert "1\u00a0question without an answer: 2." in shown
    assert list(AuditEvent.objects.filter(act="interview.read").values_list("object_id", flat=True)) == [interview.pk]


def test_a_colleague_reads_and_cannot_write(client, interview, answer, colleague):
    services.save_answer(answer, text="Leads come late.", base_version=0, by=interview.interviewer, at=AT)
    answer.refresh_from_db()
    make.excerpt(answer, make.ThemeFactory(name="Handover"), start=0, end=5)
    client.force_login(colleague)
    shown = client.get(at("editor", interview)).content.decode()
    assert "<mark" in shown
    assert "Handover" in shown
    assert "<textarea" not in shown
    assert "Ray Reviewer" in shown
    assert AuditEvent.objects.get(act="interview.read").actor == colleague
    for name in ("versions", "details", "delete"):
        assert client.get(at(name, interview)).status_code == 403
    for name in ("finish", "reopen", "delete", "details"):
        assert client.post(at(name, interview)).status_code == 403
    assert client.post(at("answer", interview, answer=answer.pk), {"text": "x", "base": 1}).status_code == 403
    answer.refresh_from_db()
    assert answer.text == "Leads come late."


def test_a_second_coder_sees_their_own_excerpts_only(client, interview, answer, colleague):
    services.save_answer(answer, text="Leads come late.", base_version=0, by=interview.interviewer, at=AT)
    answer.refresh_from_db()
    make.excerpt(answer, make.ThemeFactory(name="Handover"))
    make.excerpt(answer, make.ThemeFactory(name="Waiting"), coder=colleague)
    client.force_login(colleague)
    shown = client.get(at("editor", interview)).content.decode()
    assert "Waiting" in shown
    assert "Handover" not in shown


def test_a_reviewer_of_another_cycle_knows_nothing_of_it(client, interview):
    client.force_login(make.member(Role.REVIEWER))
    for name in ("editor", "versions", "details", "delete"):
        assert client.get(at(name, interview)).status_code == 404
    assert not AuditEvent.objects.filter(act="interview.read").exists()


def test_a_finished_one_is_read_and_opened_again(page, interview):
    page.post(at("finish", interview))
    shown = page.get(at("editor", interview)).content.decode()
    assert "<textarea" not in shown
    assert "Open again" in shown
    page.post(at("reopen", interview))
    assert "<textarea" in page.get(at("editor", interview)).content.decode()


def test_what_was_destroyed_is_said(page, interview):
    page.post(at("finish", interview))
    Interview.objects.update(redacted_at=AT)
    shown = page.get(at("editor", interview)).content.decode()
    assert "was destroyed on 5 Jan 2026" in shown
    assert "Open again" not in shown
    assert page.post(at("reopen", interview), follow=True).status_code == 200
    assert Interview.objects.get().is_draft is False
    sent = page.post(at("details", interview), {"held_on": "2026-01-05", "consent": "verbal", "consent_note": "A name"})
    assert sent.status_code == 422


def test_a_page_asks_a_fixed_number_of_questions(page, interview, django_assert_max_num_queries):
    theme = make.ThemeFactory()
    page.get(at("editor", interview))

    def asked() -> int:
        with django_assert_max_num_queries(30) as queries:
            assert page.get(at("editor", interview)).status_code == 200
        return len(queries)

    before = asked()
    for number in range(10):
        answer = make.answer(interview, f"Words {number}")
        make.excerpt(answer, theme, cause_theme=theme)
    Interview.objects.update(state="finished", finished_at=AT)
    assert asked() <= before


# Write


def test_saved_with_its_version(page, interview, answer):
    url = at("answer", interview, answer=answer.pk)
    assert page.post(url, {"text": "a\r\nb\rc", "base": 0}).json() == {"version": 1}
    assert page.post(url, {"text": "a\nb\nc", "base": 0}).json() == {"version": 1}
    assert page.get(url).json() == {"text": "a\nb\nc", "version": 1}
    assert page.post(url, {"text": "  spaces stay \n", "base": 1}).json() == {"version": 2}
    answer.refresh_from_db()
    assert answer.text == "  spaces stay \n"
    first, second = interview.answers.all()
    assert page.get(at("versions", interview)).json() == {"draft": True, "answers": {str(first.pk): 2, str(second.pk): 0}}


def test_a_conflict_tells_both_text_and_version(page, interview, answer):
    url = at("answer", interview, answer=answer.pk)
    page.post(url, {"text": "one", "base": 0})
    sent = page.post(url, {"text": "two", "base": 0})
    assert (sent.status_code, sent.json()) == (409, {"text": "one", "version": 1})


@pytest.mark.parametrize(
    "sent",
    [
        {"text": "x"},
        {"text": "x", "base": ""},
        {"text": "x", "base": "one"},
        {"text": "x", "base": "-1"},
        {"text": "x", "base": "1.5"},
        {"text": "x", "base": "9" * 30},
        {"text": "x" * 50_001, "base": 0},
        {"text": "a\x00b", "base": 0},
    ],
)
def test_bad_input_is_refused_in_one_sentence(page, interview, answer, sent):
    got = page.post(at("answer", interview, answer=answer.pk), sent)
    assert got.status_code == 422
    assert got.json()["error"].endswith(".")
    answer.refresh_from_db()
    assert (answer.text, answer.version) == ("", 0)


def test_an_answer_of_another_interview_is_not_found(page, interview, answer):
    other = make.answer(make.InterviewFactory(), "Theirs")
    for got in (
        page.get(at("answer", interview, answer=other.pk)),
        page.post(at("answer", interview, answer=other.pk), {"text": "x", "base": 1}),
    ):
        assert (got.status_code, list(got.json())) == (404, ["error"])
    other.refresh_from_db()
    assert other.text == "Theirs"


def test_a_finished_one_takes_no_more_words(page, interview, answer):
    page.post(at("finish", interview))
    got = page.post(at("answer", interview, answer=answer.pk), {"text": "late", "base": 0})
    assert (got.status_code, got.json()["error"]) == (422, "The interview is finished. Open it again to change an answer.")


def test_an_answer_needs_the_token(interview, answer, reviewer, cycle):
    from django.test import Client

    make.reviewing(reviewer, cycle)
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(reviewer)
    assert strict.post(at("answer", interview, answer=answer.pk), {"text": "x", "base": 0}).status_code == 403


# Details and deletion


def test_date_and_consent_are_corrected(page, interview):
    shown = page.get(at("details", interview)).content.decode()
    assert 'value="2026-01-05"' in shown
    page.post(at("details", interview), {"held_on": "2026-01-04", "consent": "written"})
    interview.refresh_from_db()
    assert (str(interview.held_on), interview.consent, interview.quotable) == ("2026-01-04", "written", False)


def test_a_draft_is_deleted_after_being_asked(page, interview):
    assert "Delete the draft" in page.get(at("delete", interview)).content.decode()
    assert Interview.objects.exists()
    assert page.post(at("delete", interview))["Location"] == "/c/q4/interviews/"
    assert not Interview.objects.exists()


def test_a_finished_one_is_kept(page, interview):
    page.post(at("finish", interview))
    assert "Delete the draft" not in page.get(at("delete", interview)).content.decode()
    page.post(at("delete", interview))
    assert Interview.objects.exists()
