"""The demo's interviews in the database: planned, held, coded, and removed without touching anybody's own."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.apps import apps
from django.db import transaction

from departments.core.roles import Role
from departments.models import CycleReviewer, Department, Membership, ReviewCycle, User
from departments.services import cycles, people
from gaps.core import demo_interviews as story
from gaps.services.demo import Mixed, Outcome, clear_demo, load_demo
from interviews.core.terms import Audience
from interviews.models import (
    Answer,
    Coding,
    Excerpt,
    Guide,
    Interview,
    Question,
    Release,
    ReleasedFigure,
    ReleasedQuote,
    Scope,
    Stakeholder,
    Theme,
)
from interviews.queries.coverage import coverage
from metrics.models import KPI
from tests import factories

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
DEMO = "demo.saypro.example"


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker):
    """Loaded once for all tests of this module; each undoes its own changes."""
    with django_db_blocker.unblock(), transaction.atomic():
        assert load_demo(at=AT) is Outcome.LOADED
        yield
        transaction.set_rollback(True)


@pytest.fixture
def now(loaded, db) -> ReviewCycle:
    return ReviewCycle.objects.get(code="2026-q4")


@pytest.fixture
def own(now) -> ReviewCycle:
    """A review of somebody's own department, beside the demo's."""
    north = factories.DepartmentFactory(name="North")
    return cycles.create_cycle(
        code="own", name="Own", data_from=date(2026, 7, 1), data_to=date(2026, 9, 30), by=None, at=AT, roots=[north]
    )  # fmt: skip


@pytest.fixture
def colleague(db) -> User:
    """A real reviewer."""
    user = people.create_user(email="colleague@company.example", name="Colleague", password="a-long-passphrase", by=None, at=AT)
    people.grant(user, Role.REVIEWER, by=None, at=AT)
    return user


def login(mailbox: str) -> User:
    return User.objects.get(email=f"{mailbox}@{DEMO}")


def interview(cycle: ReviewCycle, department: Department, by: User) -> Interview:
    """Somebody's own interview, with one excerpt on a theme of the product."""
    person = factories.StakeholderFactory(cycle=cycle, department=department)
    made = factories.InterviewFactory(stakeholder=person, interviewer=by, finished=True)
    factories.excerpt(factories.answer(made, "We wait for the keys."), Theme.objects.all()[0])
    return made


def refused(sentence: str) -> None:
    with pytest.raises(Mixed, match=sentence):
        clear_demo(by=None, at=AT)
    assert Interview.objects.filter(interviewer__is_demo=True).exists()


def test_load_holds_the_interviews_of_both_reviews(now):
    held = {cycle.code: Interview.objects.filter(cycle=cycle).held().count() for cycle in ReviewCycle.objects.all()}
    assert held == {"2026-q4": 38, "2026-q3": 6}
    assert Interview.objects.filter(cycle=now).count() == 40
    assert Stakeholder.objects.filter(cycle=now).count() == 44
    said = sum(len(reply.first) for voice in story.NOW + story.BEFORE for reply in voice.replies)
    assert Excerpt.objects.filter(coding__first=True).count() == said
    for one in Excerpt.objects.select_related("answer"):
        assert one.text == one.answer.text[one.start : one.end]


def test_what_is_loaded_reads_as_in_the_story(now):
    one = Excerpt.objects.get(text__startswith="Our rate went down because the leads went down", coding__first=True)
    assert (one.coding.interview.stakeholder.name, one.coding.interview.department.name) == ("Zanele Sample", "Retail Sales")
    assert (one.department.name, one.kpi.name) == ("Retail Sales", "Conversion rate")
    assert (one.cause_department.name, one.cause_kpi.name, one.cause_theme) == ("Marketing", "Lead quality", None)
    assert one.answer.question.text == "What decides whether an enquiry becomes a sale here?"
    assert one.coding.interview.held_on == date(2026, 11, 5)


def test_coverage_reads_38_of_44(now):
    rows = [row.coverage for row in coverage(now)]
    assert (sum(row.done for row in rows), sum(row.planned for row in rows)) == (38, 44)
    assert all(row.scope.focus for row in coverage(now))


def test_four_interviews_are_coded_by_both_reviewers(now):
    seconds = Coding.objects.filter(first=False)
    assert seconds.count() == 4
    for coding in seconds.select_related("interview"):
        assert coding.finished_at
        assert {coding.coder, coding.interview.interviewer} == {login("reviewer"), login("second.reviewer")}
        assert Excerpt.objects.filter(coding=coding).exists()


def test_only_the_reviewers_read_them(now):
    seen = {user.email.split("@")[0]: Interview.objects.visible_to(user).count() for user in User.objects.filter(is_demo=True)}
    assert {name: count for name, count in seen.items() if count} == {"reviewer": 46, "second.reviewer": 46}


def figures(cycle: ReviewCycle, audience: Audience) -> dict[tuple[str, str, str], int]:
    """Voices of each figure that was released to the audience: by department, theme or KPI, and stance."""
    rows = ReleasedFigure.objects.filter(release__cycle=cycle, release__audience=audience).select_related("department", "theme", "kpi")
    return {(one.department.name, str(one.theme or one.kpi), one.stance): one.voices for one in rows}


def test_heads_are_shown_what_is_planted_by_groups_that_are_large_enough(now):
    shown = figures(now, Audience.HEADS)
    assert min(shown.values()) >= 5
    for place in (
        ("Marketing", "Lead quality", "problem"),
        ("Operations", "On-time delivery", "problem"),
        ("Sales", "Handover between teams", "problem"),
        ("SayPro", "Handover between teams", "problem"),
        ("SayPro", "Approvals", "problem"),
    ):
        assert place in shown
    assert ReleasedQuote.objects.filter(figure__release__audience=Audience.HEADS, figure__release__cycle=now).count() >= 10


def test_managers_are_shown_more_and_nobody_anything_of_two_voices(now):
    assert len(figures(now, Audience.MANAGERS)) > len(figures(now, Audience.HEADS))
    for audience in (Audience.MANAGERS, Audience.HEADS):
        assert "Events and Partnerships" not in {department for department, _, _ in figures(now, audience)}


def test_what_was_released_of_the_review_before_is_what_all_six_said(now):
    before = figures(ReviewCycle.objects.get(code="2026-q3"), Audience.HEADS)
    assert before["SayPro", "Handover between teams", "problem"] == 6


def test_themes_and_guides_are_those_of_the_product_made_again_where_they_are_missing(now):
    before = set(Theme.objects.values_list("code", flat=True)), set(Guide.objects.values_list("code", flat=True))
    assert not Theme.objects.filter(pk__in=Excerpt.objects.values("theme"), retired_at__isnull=False).exists()
    assert clear_demo(by=None, at=AT)
    Theme.objects.all().delete()
    Guide.objects.all().delete()
    assert load_demo(at=AT) is Outcome.LOADED
    assert (set(Theme.objects.values_list("code", flat=True)), set(Guide.objects.values_list("code", flat=True))) == before


def test_load_refuses_where_a_theme_of_the_product_is_no_longer_in_use(now):
    assert clear_demo(by=None, at=AT)
    Theme.objects.filter(code="handover").update(retired_at=AT)
    with pytest.raises(Mixed, match="do not fit your themes and guides: There is no theme"):
        load_demo(at=AT)
    assert not Department.objects.exists()


def test_clear_removes_them_with_their_history_and_keeps_themes_and_guides(now):
    events = apps.get_model("interviews", "ExcerptEvent")
    Excerpt.objects.filter(coding__first=True).update(quotable=False)
    assert events.objects.count() > Excerpt.objects.count()
    kept = (Theme.objects.count(), Guide.objects.count(), Question.objects.count())
    assert clear_demo(by=None, at=AT)
    gone = (Interview, Answer, Coding, Excerpt, Stakeholder, Scope, Release, CycleReviewer, events)
    assert {model.__name__: model.objects.count() for model in gone} == {model.__name__: 0 for model in gone}
    assert (Theme.objects.count(), Guide.objects.count(), Question.objects.count()) == kept


def test_clear_keeps_own_interviews_on_the_same_themes_with_their_history(own, colleague):
    cycles.assign_reviewer(own, colleague, by=None, at=AT)
    cycles.assign_reviewer(own, login("reviewer"), by=None, at=AT)
    made = interview(own, Department.objects.get(name="North"), colleague)
    assert clear_demo(by=None, at=AT)
    assert Interview.objects.get() == made
    assert Excerpt.objects.get().theme == Theme.objects.all()[0]
    assert apps.get_model("interviews", "ExcerptEvent").objects.count() == 1
    assert CycleReviewer.objects.get().user == colleague


def test_clear_keeps_what_was_held_with_a_demo_login_in_a_department_of_ones_own(own):
    made = interview(own, Department.objects.get(name="North"), login("reviewer"))
    assert clear_demo(by=None, at=AT)
    assert Interview.objects.get() == made


def test_clear_takes_what_was_tried_with_a_demo_login_and_the_coding_of_a_colleague(now, colleague):
    tried = interview(now, Department.objects.get(name="Sales"), login("second.reviewer"))
    cycles.assign_reviewer(now, colleague, by=None, at=AT)
    factories.excerpt(tried.answers.get(), Theme.objects.all()[0], coder=colleague)
    assert clear_demo(by=None, at=AT)
    assert not Interview.objects.exists()
    assert not Coding.objects.exists()


def test_clear_refuses_where_a_colleague_held_an_interview_in_the_demos_review(now, colleague):
    interview(now, factories.DepartmentFactory(name="North"), colleague)
    refused("An interview of your own was held in North for the review Q4 2026 review")


def test_clear_refuses_where_a_colleague_held_an_interview_in_a_demo_department(own, colleague):
    interview(own, Department.objects.get(name="Retail Sales"), colleague)
    refused("held in Retail Sales for the review Own")


@pytest.mark.parametrize("field", ["department", "cause_department", "kpi", "cause_kpi"])
def test_clear_refuses_where_an_own_interview_is_coded_as_about_the_demo(own, colleague, field):
    made = interview(own, Department.objects.get(name="North"), colleague)
    about = KPI.objects.get(name="Lead quality") if field.endswith("kpi") else Department.objects.get(name="Marketing")
    Excerpt.objects.filter(coding__interview=made).update(**{field: about})
    refused("in your interviews in North is coded as about the demo")


@pytest.mark.parametrize("model", [Scope, Stakeholder])
def test_clear_refuses_where_an_own_review_plans_interviews_in_a_demo_department(own, model):
    words = {"pseudonym": "Rooibos", "role": "lead"} if model is Stakeholder else {"planned_lead": 1}
    model.objects.create(cycle=own, department=Department.objects.get(name="Sales"), **words)
    refused("Your review Own plans interviews in the demo's Sales")


def test_the_second_reviewer_signs_in_as_the_first_does(now):
    assert Membership.objects.get(user=login("second.reviewer")).role == Role.REVIEWER
