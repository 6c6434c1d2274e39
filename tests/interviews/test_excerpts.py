"""Excerpts: made, changed, taken away and brought back; what they follow and what is refused."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from departments.models import AuditEvent
from interviews.models import Answer, Coding, Excerpt, SuggestionChoice
from interviews.services import coding as services
from interviews.services import interviews
from interviews.services.interviews import Conflict
from tests import factories as make
from tests.factories import AT

pytestmark = pytest.mark.django_db
TEXT = "Leads come late 😀. We wait for the handover."


@pytest.fixture
def interview(cycle, sales, reviewer):
    make.reviewing(reviewer, cycle)
    stakeholder = make.StakeholderFactory(cycle=cycle, department=sales)
    guide = make.GuideFactory()
    make.QuestionFactory(guide=guide, position=1)
    return interviews.create(
        cycle=cycle, stakeholder=stakeholder, guide=guide, interviewer=reviewer, held_on=AT.date(), consent="verbal", quotable=True, at=AT
    )


@pytest.fixture
def answer(interview, reviewer):
    found = interview.answers.get()
    interviews.save_answer(found, text=TEXT, base_version=0, by=reviewer, at=AT)
    found.refresh_from_db()
    return found


@pytest.fixture
def coding(interview):
    return interview.codings.get()


def code(coding, answer, words="come late 😀", **values):
    start = answer.text.index(words)
    base = {"theme": values.pop("theme", None) or make.ThemeFactory(), "stance": "problem", "department": coding.interview.department}
    return services.add_excerpt(coding, answer=answer, start=start, end=start + len(words), by=coding.coder, at=AT, **base | values)


def test_an_excerpt_keeps_its_words_and_what_was_suggested(coding, answer):
    theme, other = make.ThemeFactory(), make.ThemeFactory()
    taken = code(coding, answer, theme=theme, offered=[other.pk, theme.pk])
    refused = code(coding, answer, theme=make.ThemeFactory(), offered=[other.pk, theme.pk])
    code(coding, answer)
    assert taken.text == "come late 😀"
    assert [(choice.excerpt_id, choice.accepted) for choice in SuggestionChoice.objects.order_by("pk")] == [
        (taken.pk, True),
        (refused.pk, False),
    ]


def test_excerpts_may_overlap(coding, answer):
    code(coding, answer, "Leads come late")
    code(coding, answer, "come late 😀. We")
    assert [one.text for one in Excerpt.objects.live().order_by("start")] == ["Leads come late", "come late 😀. We"]


@pytest.mark.parametrize(("start", "end"), [(0, 0), (5, 4), (0, 10_000), (-1, 3), (5, 6)])
def test_a_stretch_that_is_not_there_is_refused(coding, answer, start, end):
    meaning = {"theme": make.ThemeFactory(), "stance": "problem", "department": coding.interview.department}
    with pytest.raises(ValidationError, match="Select it again"):
        services.add_excerpt(coding, answer=answer, start=start, end=end, by=coding.coder, at=AT, **meaning)
    assert not Excerpt.objects.exists()


def test_what_contradicts_itself_is_refused(coding, answer):
    with pytest.raises(ValidationError):
        code(coding, answer, cause_theme=make.ThemeFactory(), cause_kpi=make.KPIFactory())
    with pytest.raises(ValidationError):
        code(coding, answer, stance="shrug")
    with pytest.raises(ValidationError, match="out of use"):
        code(coding, answer, theme=make.ThemeFactory(retired_at=AT))
    other = make.answer(make.InterviewFactory(), TEXT)
    with pytest.raises(ValidationError, match="another interview"):
        code(coding, other)


def test_nothing_is_quotable_that_the_interviewee_did_not_allow(interview, coding, answer, reviewer):
    excerpt = code(coding, answer, quotable=True)
    assert excerpt.quotable
    interviews.change_details(interview, by=reviewer, at=AT, quotable=False)
    excerpt.refresh_from_db()
    coding.refresh_from_db()
    assert not excerpt.quotable
    assert not code(Coding.objects.get(pk=coding.pk), answer, quotable=True).quotable


def test_excerpts_follow_their_words(coding, answer, reviewer):
    inside, after = code(coding, answer, "come late"), code(coding, answer, "We wait")
    new = "All leads come too late. Since March we know. We wait for the handover."
    interviews.save_answer(answer, text=new, base_version=1, by=reviewer, at=AT)
    after.refresh_from_db()
    inside.refresh_from_db()
    assert (after.text, new[after.start : after.end], after.removed_at) == ("We wait", "We wait", None)
    assert inside.removed_at is not None or new[inside.start : inside.end] == inside.text


def test_an_excerpt_whose_words_are_gone_can_come_back_with_them(coding, answer, reviewer):
    excerpt = code(coding, answer, "We wait")
    interviews.save_answer(answer, text="Leads.", base_version=1, by=reviewer, at=AT)
    excerpt.refresh_from_db()
    assert (excerpt.removed_at is not None, excerpt.text) == (True, "We wait")
    with pytest.raises(ValidationError, match="no longer in the answer"):
        services.restore_excerpt(excerpt, by=reviewer, at=AT)
    interviews.save_answer(answer, text="Leads. And: We wait.", base_version=2, by=reviewer, at=AT)
    services.restore_excerpt(excerpt, by=reviewer, at=AT)
    excerpt.refresh_from_db()
    answer.refresh_from_db()
    assert answer.text[excerpt.start : excerpt.end] == "We wait"


def test_removed_and_restored(coding, answer, reviewer):
    excerpt = code(coding, answer)
    services.remove_excerpt(excerpt, by=reviewer, at=AT)
    services.remove_excerpt(excerpt, by=reviewer, at=AT)
    assert not Excerpt.objects.live().exists()
    services.restore_excerpt(excerpt, by=reviewer, at=AT)
    assert Excerpt.objects.live().get().pk == excerpt.pk
    acts = list(AuditEvent.objects.filter(act__startswith="excerpt").order_by("pk").values_list("act", flat=True))
    assert acts == ["excerpt.create", "excerpt.remove", "excerpt.restore"]


def test_words_that_stand_twice_are_restored_where_they_were(coding, answer, reviewer):
    excerpt = code(coding, answer)
    words, start = excerpt.text, excerpt.start
    services.remove_excerpt(excerpt, by=reviewer, at=AT)
    interviews.save_answer(answer, text=f"So: {TEXT} {words}", base_version=1, by=reviewer, at=AT)
    services.restore_excerpt(excerpt, by=reviewer, at=AT)
    excerpt.refresh_from_db()
    assert (excerpt.text, excerpt.start) == (words, start + 4)


def test_an_excerpt_keeps_a_theme_that_went_out_of_use_until_it_gets_another(coding, answer, reviewer):
    excerpt = code(coding, answer)
    type(excerpt.theme).objects.update(retired_at=AT)
    services.change_excerpt(excerpt, stance="mixed", by=reviewer, at=AT)
    with pytest.raises(ValidationError, match="out of use"):
        services.change_excerpt(excerpt, theme=make.ThemeFactory(retired_at=AT), by=reviewer, at=AT)


def test_only_held_interviews_first_codings_are_evidence(interview, coding, answer, reviewer):
    code(coding, answer)
    assert not Excerpt.objects.evidence().exists()
    interviews.finish(interview, by=reviewer, at=AT)
    assert Excerpt.objects.evidence().count() == 1
    interview.refresh_from_db()
    second = services.start_second(interview, coder=make.UserFactory(), at=AT)
    code(second, answer)
    assert Excerpt.objects.evidence().count() == 1
    interviews.reopen(interview, by=reviewer, at=AT)
    assert not Excerpt.objects.evidence().exists()


def test_a_second_coding_is_somebody_elses_and_stands_once_finished(interview, answer, reviewer):
    with pytest.raises(ValidationError, match="once the interview is finished"):
        services.start_second(interview, coder=make.UserFactory(), at=AT)
    interviews.finish(interview, by=reviewer, at=AT)
    interview.refresh_from_db()
    with pytest.raises(ValidationError, match="somebody else"):
        services.start_second(interview, coder=reviewer, at=AT)
    coder = make.UserFactory()
    second = services.start_second(interview, coder=coder, at=AT)
    assert services.start_second(interview, coder=coder, at=AT) == second
    excerpt = code(second, answer)
    services.finish_coding(second, by=coder, at=AT)
    second.refresh_from_db()
    for act in (
        lambda: code(second, answer),
        lambda: services.remove_excerpt(Excerpt.objects.get(pk=excerpt.pk), by=coder, at=AT),
        lambda: services.change_excerpt(excerpt, stance="strength", by=coder, at=AT),
    ):
        with pytest.raises(ValidationError, match="finished"):
            act()


def test_a_deleted_draft_leaves_no_words_behind(interview, coding, answer, reviewer):
    code(coding, answer)
    interviews.delete(interview, by=reviewer, at=AT)
    assert not Answer.objects.exists()
    assert not Excerpt.objects.exists()
    assert not services.history([1, 2, 3, *range(10_000)]).exists()


def test_a_conflict_changes_nothing(answer, reviewer):
    with pytest.raises(Conflict) as caught:
        interviews.save_answer(answer, text="Mine", base_version=0, by=reviewer, at=AT)
    assert (caught.value.text, caught.value.version) == (TEXT, 1)
    answer.refresh_from_db()
    assert answer.text == TEXT
