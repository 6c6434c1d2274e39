"""What is planted in the demo's interviews, beside what its figures say: counted here, from the story itself."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date

import pytest

from departments.core.names import key
from gaps.core import demo
from gaps.core.demo_coding import DRAFT, FRONT_LINE, HEAD, LEAD, Marked, Voice
from gaps.core.demo_figures import FIGURES
from gaps.core.demo_interviews import BEFORE, NOW, OPEN, PLANS, PLANS_BEFORE, REVIEWERS, coders, entries, guide, question
from gaps.core.demo_story import EMAIL_DOMAIN, LINKS, MEASURES, PEOPLE, UNITS
from interviews.core.coding import Mark, Passage, agreement
from interviews.core.interchange import Problems, parse
from interviews.core.seed_themes import THEMES
from tests.gaps.core.test_demo import GRADES, TODAY

PLACES = {figures.place for figures in FIGURES} | {("Sales", "Abandoned enrolments")}
HELD = [one for one in NOW if one.state != DRAFT]
MAIN = ("Sales", "Marketing", "Customer Service", "Operations")
SAMPLE = {"Demo", "Sample", "Example", "Placeholder"}
CODES = {theme.code for theme in THEMES}
K = 5  # what heads are shown

ALL = [pytest.param(one, id=f"{where}-{one.pseudonym}") for where, voices in (("now", NOW), ("before", BEFORE)) for one in voices]


def marks(voices=HELD) -> Iterator[tuple[Voice, Marked]]:
    return ((voice, marked) for voice in voices for reply in voice.replies for marked in reply.first)


def raised(department: str, kpi: str, stance: str | None = None) -> set[Voice]:
    """Who says something about the KPI there."""
    return {voice for voice, one in marks() if (one.department, one.kpi) == (department, kpi) and stance in (None, one.stance)}


def about(department: str, theme: str, stance: str = "problem") -> set[Voice]:
    """Who says something on the theme about the department, of no KPI."""
    return {voice for voice, one in marks() if (one.department, one.theme, one.kpi, one.stance) == (department, theme, None, stance)}


def claim(department: str, kpi: str, cause: str, *, of: str | None = None) -> set[Voice]:
    """Who says that the KPI suffers because of a department (or of the KPI `of` there)."""
    return {
        voice
        for voice, one in marks()
        if (one.department, one.kpi, one.cause_department, one.cause_kpi) == (department, kpi, cause, of) and one.stance == "problem"
    }


def people(department: str, kpi: str) -> str:
    """The view of those who raised it: METHODS 6, without those who did not."""
    all_of_them = raised(department, kpi)
    problem, strength = raised(department, kpi, "problem"), raised(department, kpi, "strength")
    both = (problem & strength) | raised(department, kpi, "mixed")
    for stance, voices in (("problem", problem - both), ("strength", strength - both)):
        if 3 * len(voices) >= 2 * len(all_of_them):
            return stance
    return "mixed"


def of(department: str, voices: set[Voice]) -> set[Voice]:
    """Those of the voices that belong to the main department."""
    return {voice for voice in voices if demo.main_department(voice.department) == department}


def roles(voices: set[Voice]) -> set[str]:
    return {voice.role for voice in voices}


# Every interview by itself


@pytest.mark.parametrize("voice", ALL)
def test_an_interview_answers_several_questions_of_its_guide_each_once(voice):
    asked = [question(voice, reply.topic) for reply in voice.replies]
    assert len(set(asked)) == len(asked)
    assert max(asked) <= len(guide(voice).questions)
    answered = [reply for reply in voice.replies if reply.text]
    assert len(answered) >= (2 if voice.state == DRAFT else 4 if voice in BEFORE else 5)
    for reply in answered:
        assert len(re.findall(r"[.!?](?: |$)", reply.text)) >= 2, reply.text


@pytest.mark.parametrize("voice", ALL)
def test_excerpts_are_whole_words_about_things_that_the_story_knows(voice):
    departments = {unit.name for unit in UNITS}
    for reply in voice.replies:
        for one in (*reply.first, *reply.second):
            stretch = reply.text[one.start : one.end]
            assert stretch == stretch.strip()
            assert stretch
            assert not reply.text[: one.start][-1:].isalnum()
            assert not reply.text[one.end :][:1].isalnum()
            assert one.department in departments
            assert one.theme in CODES
            assert one.kpi is None or (one.department, one.kpi) in PLACES
            assert one.cause_theme is None or one.cause_theme in CODES
            assert one.cause_department in {*departments, None}
            assert one.cause_kpi is None or (one.cause_department, one.cause_kpi) in PLACES
            assert voice.quotable or not one.quotable


@pytest.mark.parametrize("voice", ALL)
def test_names_are_plainly_samples_and_pseudonyms_tell_nothing(voice):
    assert not voice.name or voice.name.split()[-1] in SAMPLE
    assert key(voice.pseudonym) not in key(voice.name)


def test_the_import_takes_them_all():
    problems = Problems()
    for voices in (NOW, BEFORE):
        content = json.dumps({"schema": 1, "interviews": entries(voices, TODAY)}).encode()
        assert len(parse(content, problems)) == len(voices)
    assert problems.found == []


def test_every_theme_of_the_interviews_comes_with_the_product():
    used = {name for _, one in marks(NOW + BEFORE) for name in (one.theme, one.cause_theme) if name}
    second = {one.theme for voice in NOW for reply in voice.replies for one in reply.second}
    assert used | second <= CODES
    assert len(used) >= 20


def test_they_are_held_in_the_weeks_before_today_and_the_others_in_the_quarter_before():
    assert {1 <= voice.days_ago <= 20 for voice in NOW} == {True}
    assert {90 <= voice.days_ago <= 115 for voice in BEFORE} == {True}
    first = entries(NOW, date(2026, 11, 22))[0]
    assert first["held_on"] == "2026-11-04"


# Who was asked


def test_forty_interviews_two_of_them_drafts_over_four_departments_and_three_roles():
    assert (len(NOW), len(HELD), len(BEFORE)) == (40, 38, 6)
    assert len({voice.pseudonym for voice in NOW}) == 40
    assert Counter(demo.main_department(voice.department) for voice in HELD) == {
        "Sales": 11, "Marketing": 8, "Customer Service": 9, "Operations": 10
    }  # fmt: skip
    assert Counter(voice.role for voice in HELD) == {HEAD: 4, LEAD: 10, FRONT_LINE: 24}
    for department in MAIN:
        assert roles(of(department, set(HELD))) == {HEAD, LEAD, FRONT_LINE}


def test_the_plan_has_six_places_open_and_four_people_who_wait():
    def places(voices):
        return Counter((voice.department, voice.role) for voice in voices)

    planned = Counter(
        {
            (plan.department, role): count
            for plan in PLANS
            for role, count in ((HEAD, plan.heads), (LEAD, plan.leads), (FRONT_LINE, plan.front_line))
            if count
        }
    )
    assert planned.total() == 44
    assert planned == places(NOW) + places(OPEN)
    assert {one.pseudonym for one in OPEN}.isdisjoint(voice.pseudonym for voice in NOW)
    assert sum(plan.heads + plan.leads + plan.front_line for plan in PLANS_BEFORE) == len(BEFORE)
    assert {plan.department for plan in PLANS_BEFORE} == {voice.department for voice in BEFORE}


def test_heads_speak_under_the_names_of_the_demos_heads():
    assert {voice.name for voice in NOW if voice.role == HEAD} == {person.name for person in PEOPLE if person.department}


def test_two_reviewers_share_the_interviews():
    assert [len({voice for voice in NOW if coders(voice)[0] == email}) for email in REVIEWERS] == [20, 20]
    assert all(email.endswith(EMAIL_DOMAIN) for email in REVIEWERS)


def test_some_may_not_be_quoted_and_some_gave_no_name():
    assert 12 <= sum(not voice.quotable for voice in HELD) <= 20
    assert 12 <= sum(bool(voice.name) for voice in HELD) <= 20
    assert {voice.consent for voice in HELD} == {"verbal", "written"}


# What they say, and what the figures say


def test_marketing_blames_sales_for_what_advertising_earns():
    """On the driver graph: the figures pass it on to Marketing's own lead quality."""
    blamed = {voice for kpi in ("Return on ad spend", "Cost per acquisition") for voice in claim("Marketing", kpi, "Sales")}
    blamed |= claim("Marketing", "Return on ad spend", "Sales", of="Conversion rate")
    blamed |= claim("Marketing", "Return on ad spend", "Sales", of="Follow-up time")
    blamed |= claim("Marketing", "Cost per acquisition", "Sales", of="Conversion rate")
    assert blamed == of("Marketing", blamed)
    assert len(blamed) >= K
    assert roles(blamed) == {HEAD, LEAD, FRONT_LINE}
    assert GRADES["Marketing", "Return on ad spend"] >= 3
    assert GRADES["Marketing", "Lead quality"] >= 3
    assert {("Lead quality", "Conversion rate"), ("Conversion rate", "Return on ad spend")} <= {(one.driver, one.driven) for one in LINKS}


def test_one_of_marketing_says_that_it_was_the_campaign():
    assert {voice.pseudonym for voice in claim("Marketing", "Return on ad spend", "Marketing", of="Lead quality")} == {"Sugarbird"}


def test_sales_says_that_the_leads_are_poor_and_the_figures_agree():
    assert len(of("Sales", raised("Marketing", "Lead quality", "problem"))) >= K
    assert people("Marketing", "Lead quality") == "problem"
    assert GRADES["Marketing", "Lead quality"] == 5
    supported = claim("Retail Sales", "Conversion rate", "Marketing", of="Lead quality")
    assert len(supported | claim("Retail Sales", "Conversion rate", "Marketing")) >= K


def test_the_head_of_sales_blames_its_own_follow_up_which_is_fine():
    blaming = claim("Sales", "Conversion rate", "Sales", of="Follow-up time")
    assert "Sipho Demo" in {voice.name for voice in blaming}
    assert ("Sales", "Follow-up time") not in GRADES
    assert people("Sales", "Follow-up time") == "problem"  # what Marketing says of it; the figures do not
    assert len(raised("Sales", "Follow-up time", "strength")) >= 2


def test_customer_service_praises_what_still_misses_its_goal():
    praising = raised("Customer Service", "First response time", "strength")
    assert people("Customer Service", "First response time") == "strength"
    assert len(praising) >= K
    assert roles(praising) == {HEAD, LEAD, FRONT_LINE}
    assert GRADES["Customer Service", "First response time"] == 3


@pytest.mark.parametrize(
    "place",
    [("Operations", "On-time delivery"), ("Logistics", "Queue at the bottleneck"), ("Corporate Sales", "Sales cycle")],
    ids=" ".join,
)
def test_people_and_figures_agree(place):
    assert people(*place) == "problem"
    assert GRADES[place] >= 3
    assert len(raised(*place)) >= 4


@pytest.mark.parametrize(
    ("department", "theme", "voices"),
    [("Sales", "handover", 12), ("Contact Centre", "turnover", 6), ("Marketing", "approvals", 4)],
)
def test_problems_that_no_kpi_measures(department, theme, voices):
    raising = about(department, theme)
    assert len(raising) >= voices
    assert len(roles(raising)) >= 2
    assert not any(theme in measure.name.lower() for measure in MEASURES)


def test_how_sales_hands_over_is_raised_in_three_departments_by_all_roles():
    raising = about("Sales", "handover")
    assert {department for department in MAIN if len(of(department, raising)) >= 3} == {"Sales", "Customer Service", "Operations"}
    assert roles(raising) == {HEAD, LEAD, FRONT_LINE}


def test_of_the_error_rate_everybody_in_operations_was_asked_and_nobody_speaks():
    assert GRADES["Operations", "Error rate"] >= 3
    assert raised("Operations", "Error rate") == set()
    for voice in of("Operations", set(HELD)):
        asked = [guide(voice).questions[question(voice, reply.topic) - 1] for reply in voice.replies if reply.text]
        assert any(one.whole_function for one in asked)


def test_learners_finish_and_everybody_says_so():
    assert people("Training Delivery", "Learner completion rate") == "strength"
    assert ("Training Delivery", "Learner completion rate") not in GRADES


def test_events_and_partnerships_has_too_few_voices_for_anything_to_be_released():
    assert sum(voice.department == "Events and Partnerships" for voice in HELD) == 2


def test_four_interviews_are_coded_twice_with_realistic_disagreement():
    twice = [voice for voice in NOW if voice.again]
    assert len(twice) == 4
    assert len({demo.main_department(voice.department) for voice in twice}) == 4
    found = agreement(
        [
            Passage(reply.text, {who: [Mark(one.start, one.end, one.theme) for one in kept] for who, kept in by.items()})
            for voice in twice
            for reply in voice.replies
            for by in [{"first": reply.first, "second": reply.second}]
        ]
    )
    assert 0.5 < found.overall.kappa < 0.9
    assert 0.5 < found.overall.alpha < 0.9
    assert len(found.differences) >= 8


def test_the_review_before_knew_of_handovers_but_not_of_poor_leads():
    assert {voice for voice, one in marks(BEFORE) if (one.department, one.theme) == ("Sales", "handover")} == set(BEFORE)
    assert {one.stance for _, one in marks(BEFORE) if one.kpi == "Lead quality"} == {"strength"}
