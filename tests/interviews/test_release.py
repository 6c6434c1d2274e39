"""What leaves the interviews, when, and for whom."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from departments.models import AuditEvent
from interviews.core.terms import Audience, Stance
from interviews.models import Excerpt, Interview, PrivacyPolicy, Release, ReleasedFigure, ReleasedQuote
from interviews.queries import released
from interviews.services.release import RAISED, TooSoon, held_back, release
from tests import factories as make
from tests.factories import AT
from tests.interviews import planted
from tests.two import meanwhile

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(days=7)


@pytest.fixture
def slow(db):
    return make.ThemeFactory(code="slow", name="Slow answers")


def out(cycle, audience=Audience.MANAGERS, at=AT):
    """{(department, theme or KPI, stance): voices} of a release made now."""
    made = release(cycle, audience=audience, by=None, at=at, reason="test")
    return figures(made)


def figures(made):
    return {
        (one.department.code, (one.theme or one.kpi).code, one.stance): one.voices
        for one in made.figures.select_related("department", "theme", "kpi")
    }


def quotes(made):
    return sorted(ReleasedQuote.objects.filter(figure__release=made).values_list("figure__stance", "text"))


class TestFigures:
    def test_voices_are_people_not_excerpts(self, cycle, sales, slow):
        for who in planted.staff(cycle, sales)[:4]:
            planted.says(who, slow)
            planted.says(who, slow, words="And again.")
        assert out(cycle) == {("sales", "slow", RAISED): 4, ("sales", "slow", "problem"): 4}

    def test_the_department_is_the_one_spoken_of(self, cycle, sales, marketing, slow):
        for who in planted.staff(cycle, sales)[:4]:
            planted.says(who, slow, department=marketing)
        planted.staff(cycle, marketing)
        assert set(out(cycle)) == {("marketing", "slow", RAISED), ("marketing", "slow", "problem")}

    def test_a_voice_with_both_stances_is_neither(self, cycle, sales, slow):
        crowd = planted.staff(cycle, sales)
        for who in crowd[:7]:
            planted.says(who, slow)
        for who in crowd[:3]:
            planted.says(who, slow, Stance.STRENGTH)
        assert out(cycle) == {("sales", "slow", RAISED): 7, ("sales", "slow", "problem"): 4}

    def test_kpis_count_as_well(self, cycle, sales, slow):
        kpi = make.KPIFactory(code="time")
        for who in planted.staff(cycle, sales)[:5]:
            planted.says(who, slow, Stance.STRENGTH, kpi=kpi)
        assert out(cycle)["sales", "time", "strength"] == 5

    def test_what_is_too_small_is_told_of_the_department_above(self, cycle, sales, slow):
        teams = [make.DepartmentFactory(code=code, parent=sales) for code in ("north", "south")]
        crowds = [planted.staff(cycle, team) for team in teams]
        for who in [*crowds[0][:2], *crowds[1][:2]]:
            planted.says(who, slow)
        assert set(out(cycle)) == {("sales", "slow", RAISED), ("sales", "slow", "problem")}

    def test_only_first_codings_of_finished_interviews_count(self, cycle, sales, slow):
        crowd = planted.staff(cycle, sales)
        for who in crowd[:2]:
            planted.says(who, slow)
        planted.says(crowd[2], slow, coder=make.UserFactory())
        draft = make.InterviewFactory(stakeholder__cycle=cycle, stakeholder__department=sales)
        make.excerpt(make.answer(draft, "Slow."), slow)
        assert out(cycle) == {}

    def test_the_one_who_did_not_say_it_is_not_given_away(self, cycle, sales, slow):
        for who in planted.staff(cycle, sales, 12)[:11]:
            planted.says(who, slow)
        assert out(cycle) == {}

    def test_each_audience_has_its_own_k(self, cycle, sales, slow):
        for who in planted.staff(cycle, sales)[:4]:
            planted.says(who, slow)
        assert out(cycle, Audience.HEADS) == {}
        assert out(cycle, Audience.MANAGERS) != {}

    def test_what_heads_are_told_later_counts_what_managers_know(self, cycle, sales, slow):
        """Managers know of 5; of 7 heads must not be told, or managers had the two others. Nor of the 5 problems among them: that
        they are told and those who raised it are not would show that there are one or two others."""
        crowd = planted.staff(cycle, sales)
        for who in crowd[:5]:
            planted.says(who, slow)
        assert out(cycle, Audience.MANAGERS)["sales", "slow", RAISED] == 5
        for who in crowd[5:7]:
            planted.says(who, slow, Stance.MIXED)
        assert out(cycle, Audience.HEADS) == {}


class TestTime:
    @pytest.fixture
    def first(self, cycle, sales, slow):
        crowd = planted.staff(cycle, sales)
        for who in crowd[:5]:
            planted.says(who, slow)
        return release(cycle, audience=Audience.MANAGERS, by=None, at=AT, reason="first")

    def later(self, cycle, sales, slow, speaking, silent=0):
        came = planted.people(cycle, sales, speaking + silent, at=LATER)
        for who in came[:speaking]:
            planted.says(who, slow, words="New words.")
        return came

    def test_pages_show_what_was_released_not_what_is_there(self, cycle, sales, slow, first, manager):
        self.later(cycle, sales, slow, 4)
        assert released.for_cycle(cycle, manager).places[0].lines[0].raised == 5

    @pytest.mark.parametrize("number", [1, 2])
    def test_few_new_interviews_do_not_make_a_release(self, cycle, sales, slow, first, number):
        self.later(cycle, sales, slow, number)
        with pytest.raises(TooSoon, match="3 people"):
            release(cycle, audience=Audience.MANAGERS, by=None, at=LATER, reason="too soon")
        assert Release.objects.count() == 1

    def test_an_interview_that_was_opened_again_is_new(self, cycle, sales, slow, first):
        opened = Interview.objects.order_by("pk").first()
        Interview.objects.filter(pk=opened.pk).update(finished_at=LATER)
        with pytest.raises(TooSoon):
            release(cycle, audience=Audience.MANAGERS, by=None, at=LATER, reason="too soon")

    def test_enough_new_voices_change_a_figure(self, cycle, sales, slow, first):
        self.later(cycle, sales, slow, 4, silent=4)
        assert out(cycle, at=LATER)["sales", "slow", RAISED] == 9

    @pytest.mark.parametrize(("speaking", "silent"), [(1, 5), (2, 4), (4, 1), (5, 2)])
    def test_a_figure_that_would_tell_of_the_new_ones_stays_as_it_was(self, cycle, sales, slow, first, speaking, silent):
        self.later(cycle, sales, slow, speaking, silent)
        made = release(cycle, audience=Audience.MANAGERS, by=None, at=LATER, reason="later")
        assert figures(made)["sales", "slow", RAISED] == 5
        assert ("problem", "New words.") not in quotes(made)

    def test_a_figure_stays_when_its_voices_are_fewer(self, cycle, sales, slow, first):
        Excerpt.objects.filter(pk=Excerpt.objects.order_by("pk").first().pk).update(removed_at=LATER)
        assert out(cycle, at=LATER)["sales", "slow", RAISED] == 5

    def test_a_larger_k_hides_at_once(self, cycle, first, manager):
        PrivacyPolicy.objects.create(cycle=cycle, k_managers=6)
        assert released.for_cycle(cycle, manager).places == []

    def test_a_smaller_k_opens_nothing_that_follows_from_before(self, cycle, sales, slow):
        PrivacyPolicy.objects.create(cycle=cycle, k_managers=5)
        crowd = planted.staff(cycle, sales, 20)
        for who in crowd[:9]:
            planted.says(who, slow, Stance.MIXED if who in crowd[:2] else Stance.PROBLEM)
        assert out(cycle) == {("sales", "slow", RAISED): 9}
        PrivacyPolicy.objects.update(k_managers=3)
        assert out(cycle, at=LATER) == {("sales", "slow", RAISED): 9}

    def test_it_is_recorded_without_content(self, cycle, first, sales, manager):
        release(cycle, audience=Audience.MANAGERS, by=manager, at=LATER, reason="by hand")
        event = AuditEvent.objects.filter(act="interviews.release").first()
        assert (event.actor, event.details["number"], event.details["audience"]) == (manager, 2, "managers")
        assert "slow" not in str(event.details)
        assert "withheld" not in event.details


class TestQuotes:
    def say(self, cycle, sales, slow, words, number=5, crowd=None, **fields):
        crowd = crowd or planted.staff(cycle, sales)
        for n, who in enumerate(crowd[:number]):
            planted.says(who, slow, words=words[n] if n < len(words) else f"Words {n}.", **fields)
        return crowd

    def test_quotes_stand_with_their_figure_in_the_order_of_their_text(self, cycle, sales, slow, manager):
        self.say(cycle, sales, slow, ["Zulu.", "Alpha.", "Mike."], 3)
        release(cycle, audience=Audience.MANAGERS, by=None, at=AT, reason="test")
        (line,) = released.for_cycle(cycle, manager).places[0].lines
        assert [quote.text for quote in line.quotes] == ["Alpha.", "Mike.", "Zulu."]
        ids = list(ReleasedQuote.objects.order_by("text").values_list("pk", flat=True))
        assert ids == sorted(ids)

    def test_what_is_not_quotable_stays(self, cycle, sales, slow):
        crowd = self.say(cycle, sales, slow, [], 5, quotable=False)
        planted.says(crowd[0], slow, words="This one.")
        crowd[1].interviews.update(quotable=False)
        planted.says(crowd[1], slow, words="Not this one.")
        assert quotes(release(cycle, audience=Audience.MANAGERS, by=None, at=AT, reason="test")) == [("problem", "This one.")]

    def test_a_quote_of_a_group_that_is_too_small_stays(self, cycle, sales, slow):
        crowd = self.say(cycle, sales, slow, [], 6)
        planted.says(crowd[7], slow, Stance.STRENGTH, words="Only I like it.")
        made = release(cycle, audience=Audience.MANAGERS, by=None, at=AT, reason="test")
        assert "Only I like it." not in str(quotes(made))

    def test_a_quote_stands_only_with_the_nearest_figure(self, cycle, sales, slow):
        """Seven of Sales, four of them of its team: the words of the other three stand with Sales, those of the team with the team."""
        team = make.DepartmentFactory(code="team", parent=sales)
        self.say(cycle, team, slow, ["Of the team."], 4)
        self.say(cycle, sales, slow, ["Of the top."], 3)
        release(cycle, audience=Audience.MANAGERS, by=None, at=AT, reason="test")
        found = {quote.text: quote.figure.department.code for quote in ReleasedQuote.objects.select_related("figure__department")}
        assert found["Of the team."] == "team"
        assert found["Of the top."] == "sales"

    def test_a_group_does_not_cover_those_whose_department_has_a_figure_of_its_own(self, cycle, sales, slow):
        """All three who spoke of the top also spoke of a team, but one: their words at the top would be of fewer than three."""
        team = make.DepartmentFactory(code="team", parent=sales)
        crowd = self.say(cycle, team, slow, [], 5, crowd=planted.staff(cycle, team))
        planted.says(crowd[0], slow, department=sales, words="The top is slow too.")
        made = release(cycle, audience=Audience.MANAGERS, by=None, at=AT, reason="test")
        assert ("sales", "slow", "problem") in figures(made)
        assert "The top is slow too." not in str(quotes(made))

    @pytest.mark.parametrize(
        ("words", "why"),
        [
            ("Ask thandi, she knows.", "name"),
            ("Ask THÁNDI.", "name"),
            ("Write to a.b@c.org", "e-mail"),
            ("Call 011 555 0199 any day", "telephone"),
            ("Call +27 (0)11 555 0199", "telephone"),
            ("Call 082-555-0199-1", "telephone"),
            ("It cost R 1 200 000 in 2025", ""),
            ("It is slow.", ""),
        ],
    )
    def test_words_that_tell_who_spoke_are_kept_back_for_a_reviewer(self, cycle, sales, slow, reviewer, words, why):
        make.StakeholderFactory(cycle=cycle, department=sales, name="Thandi Mokoena")
        make.reviewing(reviewer, cycle)
        self.say(cycle, sales, slow, [words], 4)
        made = release(cycle, audience=Audience.MANAGERS, by=None, at=AT, reason="test")
        kept = [one for one in held_back(cycle, reviewer) if one.excerpt.text == words]
        assert [why in one.why for one in kept] == ([True] if why else [])
        assert (("problem", words) in quotes(made)) == (not why)

    def test_kept_back_quotes_are_for_those_who_may_read_the_interviews(self, cycle, sales, slow, manager, reviewer):
        self.say(cycle, sales, slow, ["Write to a@b.org"], 4)
        assert held_back(cycle, manager) == []
        assert held_back(cycle, reviewer) == []


def test_heads_see_their_own_departments_and_those_below(cycle, sales, marketing, slow, head):
    team = make.DepartmentFactory(code="team", parent=sales)
    for department in (team, marketing):
        for who in planted.staff(cycle, department, 14)[:6]:
            planted.says(who, slow)
    out(cycle, Audience.HEADS)
    out(cycle, Audience.MANAGERS)
    found = released.for_cycle(cycle, head)
    assert found.k == 5
    assert {place.department.code for place in found.places} == {"sales", "team"}


def test_a_department_without_figures_points_to_the_one_above(cycle, sales, slow, manager, head):
    team = make.DepartmentFactory(code="team", name="Team", parent=sales)
    for who in planted.staff(cycle, sales, 14)[:6]:
        planted.says(who, slow)
    out(cycle)
    about = released.for_department(cycle, team, manager)
    assert about.own is None
    assert about.above.department == sales
    assert released.for_department(cycle, team, head).above is None  # nothing was released to heads
    assert released.for_department(cycle, sales, manager).own.lines[0].raised == 6


def test_who_has_no_audience_sees_nothing(cycle, sales, slow, nobody):
    for who in planted.staff(cycle, sales)[:5]:
        planted.says(who, slow)
    out(cycle)
    assert not released.for_cycle(cycle, nobody).released


def test_the_page_asks_as_often_however_much_was_released(cycle, sales, marketing, manager):
    def queries():
        with CaptureQueriesContext(connection) as caught:
            assert released.for_cycle(cycle, type(manager).objects.get(pk=manager.pk)).places
        return len(caught)

    for number in range(2):
        theme = make.ThemeFactory()
        for who in planted.staff(cycle, sales)[:5]:
            planted.says(who, theme)
        out(cycle, at=AT + number * (LATER - AT))
        if number == 0:
            few = queries()
    assert ReleasedFigure.objects.filter(release__number=2).count() > 2
    assert queries() == few <= 8


@pytest.mark.django_db(transaction=True)
def test_two_releases_at_once_are_one_after_the_other(cycle, sales, slow):
    for who in planted.staff(cycle, sales)[:5]:
        planted.says(who, slow)
    with meanwhile(lambda: release(cycle, audience=Audience.MANAGERS, by=None, at=AT, reason="theirs")):
        release(cycle, audience=Audience.MANAGERS, by=None, at=LATER, reason="ours")
    assert list(Release.objects.order_by("number").values_list("number", flat=True)) == [1, 2]
    assert ReleasedFigure.objects.count() == 4
