"""The list of interviews, coverage and saturation: what whom is shown, in a fixed number of queries; the plan's page; Home."""

from __future__ import annotations

import csv
import io
import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from departments.core.roles import Role
from departments.models import AuditEvent, Membership
from interviews.charts import curve
from interviews.core.saturation import State, saturation
from interviews.models import Answer, Coding, Excerpt, Interview, PrivacyPolicy, Scope, Stakeholder
from interviews.queries import coverage, listing
from interviews.services.planning import Plan, plan_scope
from tests import factories as make
from tests.factories import AT

pytestmark = pytest.mark.django_db
LIST, PLAN = "/c/q4/interviews/", "/c/q4/interviews/plan/"


@pytest.fixture
def page(client, reviewer, cycle):
    """The browser of a reviewer of the cycle."""
    make.reviewing(reviewer, cycle)
    client.force_login(reviewer)
    return client


@pytest.fixture
def leading(client, manager, cycle):
    client.force_login(manager)
    return client


def hold(cycle, department, *themes, role="lead", day=1, **fields):
    """A held interview of somebody new that raises these themes."""
    person = make.StakeholderFactory(cycle=cycle, department=department, role=role)
    interview = make.InterviewFactory(stakeholder=person, held_on=date(2026, 1, day), **{"finished": True} | fields)
    for theme in themes:
        make.excerpt(make.answer(interview, "What they said."), theme)
    return interview


def scope(cycle, department, **numbers):
    plan_scope(cycle, {department: Plan(**numbers)}, by=None, at=AT)


def text(answer) -> str:
    plain = re.sub(r"<[^>]+>", " ", answer.content.decode().replace("&nbsp;", " ")).replace("\u00a0", " ")
    return re.sub(r"\s+", " ", plain)


# Coverage and saturation


def test_coverage_counts_held_and_begun_by_department_and_role(cycle, sales, marketing, reviewer):
    make.reviewing(reviewer, cycle)
    scope(cycle, sales, planned_head=1, planned_lead=2)
    for _ in range(2):
        hold(cycle, sales)
    hold(cycle, sales, role="head", finished=False)
    hold(cycle, marketing, role="front_line")
    hold(make.CycleFactory(), sales)
    rows = coverage.coverage(cycle, reader=reviewer)
    assert [(row.department, row.scope is not None) for row in rows] == [(marketing, False), (sales, True)]
    assert [(cell.done, cell.drafts, cell.planned) for cell in rows[1].coverage.cells] == [(0, 1, 1), (2, 0, 2), (0, 0, 0)]
    assert coverage.total(rows) == coverage.held(cycle) == coverage.Held(1, 2, 3)


def test_more_than_planned_of_one_role_does_not_make_up_for_another(cycle, sales):
    scope(cycle, sales, planned_head=1, planned_lead=1)
    for _ in range(3):
        hold(cycle, sales)
    assert coverage.held(cycle) == coverage.Held(1, 1, 2)
    assert not coverage.held(cycle).complete


def test_saturation_goes_by_day_over_coded_interviews_of_the_first_coder(cycle, sales, reviewer):
    make.reviewing(reviewer, cycle)
    themes = make.ThemeFactory.create_batch(3)
    for day, raised in ((9, []), (2, themes[:2]), (1, themes[:1]), (3, themes), (5, themes[2:])):
        last = hold(cycle, sales, *raised, day=day)
    second = make.member(Role.REVIEWER)
    make.excerpt(last.answers.first(), make.ThemeFactory(), coder=second)  # another's coding is no evidence
    make.excerpt(last.answers.first(), make.ThemeFactory(), removed_at=AT)
    uncoded = Interview.objects.get(held_on=date(2026, 1, 9))
    [row] = coverage.coverage(cycle, reader=reviewer)
    assert row.saturation.new == (1, 1, 1, 0)
    Coding.objects.create(interview=uncoded, coder=uncoded.interviewer, started_at=AT, finished_at=AT)
    [row] = coverage.coverage(cycle, reader=reviewer)  # coded, and nothing was there to code
    assert row.saturation.new == (1, 1, 1, 0, 0)
    assert row.saturated == "5 of the 6 coded interviews that it takes to say"


def test_a_reviewer_is_told_nothing_of_the_department_that_they_head(cycle, sales, marketing, reviewer):
    make.reviewing(reviewer, cycle)
    Membership.objects.create(user=reviewer, role=Role.HEAD, department=sales)
    theme = make.ThemeFactory()
    for department in (sales, marketing):
        hold(cycle, department, theme)
    rows = coverage.coverage(cycle, reader=reviewer)
    assert {row.department: row.saturation is not None for row in rows} == {sales: False, marketing: True}
    assert list(listing.open_departments(reviewer, cycle)) == [marketing]


def test_too_few_voices_are_said_by_the_cycle_s_own_rule(cycle, sales):
    scope(cycle, sales, planned_lead=4)
    [row] = coverage.coverage(cycle)
    assert row.warning.startswith("Fewer than 5 voices planned: managers")
    PrivacyPolicy.objects.create(cycle=cycle, k_managers=4, k_heads=4)
    assert coverage.coverage(cycle)[0].warning == ""
    scope(cycle, sales, planned_lead=3)
    assert coverage.coverage(cycle)[0].warning.startswith("Fewer than 4 voices planned: nothing")


def test_voices_of_departments_below_count_for_the_one_above(cycle, sales):
    """As they do in what is released."""
    below = make.DepartmentFactory(name="Corporate", parent=make.DepartmentFactory(parent=sales))
    scope(cycle, sales, planned_head=1)
    scope(cycle, below, planned_lead=4)
    assert {str(row.department): row.warning.partition(":")[0] for row in coverage.coverage(cycle)} == {
        "Corporate": "Fewer than 5 voices planned",
        "Sales": "",
    }


def test_all_departments_stand_as_a_tree(cycle, sales):
    corporate = make.DepartmentFactory(name="Corporate", parent=sales)
    make.DepartmentFactory(name="Bids", parent=corporate)
    make.DepartmentFactory(name="Aviation")
    rows = coverage.coverage(cycle, everywhere=True)
    assert [(str(row.department), row.depth) for row in rows] == [("Aviation", 0), ("Sales", 0), ("Corporate", 1), ("Bids", 2)]
    cycle.roots.set([corporate])
    assert [(str(row.department), row.depth) for row in coverage.coverage(cycle, everywhere=True)] == [("Corporate", 0), ("Bids", 1)]


@pytest.mark.parametrize("new", [[], [[1]]])
def test_no_curve_of_nothing(new):
    assert curve(saturation(new)) == ""


def test_a_curve_rises_with_the_themes():
    drawn = curve(saturation([[1, 2], [3], [], [], [4]]))
    heights = [float(y) for y in re.findall(r'cy="([\d.]+)"', drawn)]
    assert len(heights) == 5
    assert heights == sorted(heights, reverse=True)
    assert heights[0] > heights[1] == heights[2] == heights[3] > heights[4]
    assert curve(saturation([[], []]))  # no theme at all: a flat line, no division by nothing


# The page


def test_a_reviewer_sees_whom_to_ask_next_and_what_is_held(page, cycle, sales, reviewer):
    scope(cycle, sales, planned_head=1, planned_lead=2)
    held = hold(cycle, sales, make.ThemeFactory(), interviewer=reviewer)
    waiting = make.StakeholderFactory(cycle=cycle, department=sales, role="head", pseudonym="Heron 47")
    shown = text(page.get(LIST))
    assert "1 of 3 planned interviews is held, in 1 department." in shown
    assert f"A department head of Sales No department head has been asked yet, 1 planned. On the list: {waiting.pseudonym}." in shown
    assert "A team lead of Sales 1 of 2 planned interviews with team leads held." in shown
    assert f"{held.stakeholder.pseudonym} Sales Team lead 5 Jan 2026" not in shown  # the day of holding, not of writing
    assert re.search(rf"{held.stakeholder.pseudonym} Sales Team lead 1 Jan 2026 Ray Reviewer Finished 1\b", shown)


def test_drafts_of_one_s_own_come_first(page, cycle, sales, reviewer):
    mine = hold(cycle, sales, finished=False, interviewer=reviewer)
    theirs = hold(cycle, sales, finished=False)
    assert listing.drafts_of(reviewer, cycle) == [mine]
    drafts = page.get(LIST).content.decode().partition('class="drafts"')[2].partition("</section>")[0]
    assert mine.stakeholder.pseudonym in drafts
    assert theirs.stakeholder.pseudonym not in drafts


def test_the_list_is_narrowed_and_sorted_by_its_address(page, cycle, sales, marketing, reviewer):
    one = hold(cycle, sales, make.ThemeFactory(), day=1, interviewer=reviewer)
    two = hold(cycle, marketing, role="head", day=2, finished=False)

    def shown(query):
        found = re.findall(r'<th scope="row" class="nowrap">(?:<a [^>]*>)?([^<]+)', page.get(LIST + query).content.decode())
        return [one.pk for name in found for one in Interview.objects.filter(stakeholder__pseudonym=name)]

    assert shown("") == [two.pk, one.pk]
    assert shown("?sort=held") == shown("?sort=-excerpts") == shown("?sort=-department") == [one.pk, two.pk]
    assert shown("?sort=nonsense") == [two.pk, one.pk]
    for query in ("?department=sales", "?role=lead", "?state=finished", f"?interviewer={reviewer.pk}"):
        assert shown(query) == [one.pk], query
    for query in ("?department=none", "?role=x", "?interviewer=999999", "?state=finished&department=marketing"):
        assert shown(query) == [], query


def test_the_list_goes_out_as_it_is_shown_with_pseudonyms(page, cycle, sales, marketing):
    held = hold(cycle, sales, make.ThemeFactory())
    Stakeholder.objects.filter(pk=held.stakeholder_id).update(name="Thandi Mokoena", pseudonym="=Heron 47")
    hold(cycle, marketing)
    answer = page.get(LIST + "list.csv?department=sales")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert [(row["person"], row["department"], row["role"], row["excerpts"]) for row in rows] == [("'=Heron 47", "sales", "lead", "1")]
    assert "Thandi" not in answer.content.decode()
    event = AuditEvent.objects.get(act="interviews.export")
    assert (event.object_id, event.details) == (cycle.pk, {"rows": 1})


def test_managers_get_numbers_and_nothing_else(leading, cycle, sales, reviewer):
    scope(cycle, sales, planned_lead=2, focus="Why conversion fell")
    theme = make.ThemeFactory(name="Secret theme")
    for n in range(7):
        held = hold(cycle, sales, theme, day=n + 10, interviewer=reviewer)
        Stakeholder.objects.filter(pk=held.stakeholder_id).update(name=f"Name{n}", pseudonym=f"Heron {n}")
    hold(cycle, sales, role="front_line", finished=False)
    pages = [leading.get(address).content.decode() for address in (LIST, PLAN, "/c/q4/", "/c/q4/departments/", f"{LIST}?state=draft")]
    for html in pages:
        for word in ("Heron", "Name1", "Secret theme", "Jan 2026", "begun", "satura", "<polyline", "Draft"):
            assert word not in html, word
    assert "All 2 planned interviews are held, in 1 department." in text(leading.get(LIST))
    assert re.search(r"Team leads Front line All Sales Why conversion fell .* 7 of 2", text(leading.get(LIST)))


def test_a_reviewer_of_other_cycles_sees_only_what_they_hold(client, reviewer, cycle, sales):
    client.force_login(reviewer)
    assert "You do not review this cycle" in text(client.get(LIST))
    scope(cycle, sales, planned_lead=2)
    mine, theirs = hold(cycle, sales, interviewer=reviewer), hold(cycle, sales)
    shown = text(client.get(LIST))
    assert mine.stakeholder.pseudonym in shown
    assert theirs.stakeholder.pseudonym not in shown
    assert "planned interviews" not in shown


@pytest.fixture
def many(cycle, reviewer):
    """500 interviews of as many people in 12 departments, with 10,000 excerpts."""
    departments = make.DepartmentFactory.create_batch(12)
    themes = make.ThemeFactory.create_batch(30)
    Scope.objects.bulk_create(Scope(cycle=cycle, department=one, planned_lead=60) for one in departments)
    people = Stakeholder.objects.bulk_create(
        Stakeholder(cycle=cycle, department=departments[n % 12], role="lead", pseudonym=f"P {n}") for n in range(500)
    )
    base = {"cycle": cycle, "role": "lead", "interviewer": reviewer, "consent": "verbal", "created_at": AT, "updated_at": AT}
    base |= {"state": "finished", "finished_at": AT}
    first = date(2026, 1, 1)
    interviews = Interview.objects.bulk_create(
        Interview(stakeholder=one, department=one.department, held_on=first + timedelta(n % 90), **base) for n, one in enumerate(people)
    )
    answers = Answer.objects.bulk_create(Answer(interview=one, position=1, text="x" * 50, updated_at=AT) for one in interviews)
    codings = Coding.objects.bulk_create(Coding(interview=one, coder=reviewer, started_at=AT) for one in interviews)
    Excerpt.objects.bulk_create(
        Excerpt(
            coding=codings[n % 500], answer=answers[n % 500], start=0, end=5, text="xxxxx", theme=themes[n % 30], stance="problem",
            department=interviews[n % 500].department, created_at=AT, updated_at=AT,
        )
        for n in range(10_000)
    )  # fmt: skip
    return interviews


def test_500_interviews_with_10_000_excerpts_take_as_many_queries_as_three(page, cycle, reviewer, many):
    def counts():
        found = []
        for address in (LIST, f"{LIST}?sort=-excerpts&page=3", f"{LIST}list.csv", PLAN, "/c/q4/", "/c/q4/departments/"):
            page.get(address)
            with CaptureQueriesContext(connection) as captured:
                assert page.get(address).status_code == 200
            found.append(len(captured))
        return found

    shown = text(page.get(LIST))
    assert "500 interviews" in shown
    assert re.search(r"Finished 20\b", shown)
    states = {row.saturation.state for row in coverage.coverage(cycle, reader=reviewer)}
    assert State.REACHED in states
    large = counts()
    kept = [one.pk for one in many[:60]]  # more than a page, so that the list has one more
    Interview.objects.exclude(pk__in=kept).delete()
    assert counts() == large
    assert max(large) <= 30


# The plan's page


def fields(department, **values):
    return {f"d{department.pk}-{name}": value for name, value in {"focus": "", **values}.items()}


def test_the_scope_is_saved_in_one_go(leading, cycle, sales, marketing):
    data = fields(sales, in_scope="on", focus="Conversion", planned_lead="3") | fields(marketing)
    assert "Saved: 1 department changed." in text(leading.post(PLAN, data, follow=True))
    assert list(Scope.objects.values_list("department", "focus", "planned_lead")) == [(sales.pk, "Conversion", 3)]
    assert "Nothing was changed." in text(leading.post(PLAN, data, follow=True))


def test_a_number_alone_brings_a_department_in_and_a_tick_taken_away_takes_it_out(leading, cycle, sales):
    leading.post(PLAN, fields(sales, planned_head="1"))
    assert Scope.objects.get().planned_head == 1
    leading.post(PLAN, fields(sales, planned_head="1"))
    assert not Scope.objects.exists()


def test_what_is_wrong_in_the_scope_stands_above_and_nothing_is_saved(leading, cycle, sales, marketing):
    answer = leading.post(PLAN, fields(sales, in_scope="on", planned_lead="120") | fields(marketing, in_scope="on"))
    assert answer.status_code == 422
    link = f'<a href="#id_d{sales.pk}-planned_lead">Sales, Team leads: Ensure this value is less than or equal to 99.</a>'
    assert link in answer.content.decode()
    assert not Scope.objects.exists()


def test_a_person_is_added_by_pseudonym_only_and_the_next_one_begins_there(page, cycle, sales):
    address = f"{PLAN}people/new/"
    assert re.search(r'<option value="sales" selected', page.get(f"{address}?department=sales&role=head").content.decode())
    answer = page.post(address, {"department": "sales", "role": "lead", "next": "1"})
    assert answer.url == f"{address}?department=sales&role=lead"
    person = Stakeholder.objects.get()
    assert person.name == ""
    assert "is on the list" in text(page.get(PLAN))
    assert person.pseudonym in text(page.get(PLAN))
    taken = page.post(address, {"department": "sales", "role": "lead", "pseudonym": person.pseudonym})
    assert taken.status_code == 422
    assert "Somebody else has this pseudonym" in taken.content.decode()


def test_a_person_is_edited_and_deleted_while_nobody_has_asked_them(page, cycle, sales):
    person = make.StakeholderFactory(cycle=cycle, department=sales, role="lead", pseudonym="Heron 47")
    address = f"{PLAN}people/{person.pk}/"
    values = {"department": "sales", "role": "head", "pseudonym": "Heron 47"}
    assert "Saved." in text(page.post(address, values, follow=True))
    assert "Nothing was changed." in text(page.post(address, values, follow=True))
    other = make.StakeholderFactory(cycle=cycle, pseudonym="Fern 12")
    assert page.post(address, values | {"pseudonym": other.pseudonym}).status_code == 422
    assert "Delete Heron 47" in text(page.get(f"{address}delete/"))
    held = make.InterviewFactory(stakeholder=person)
    assert "has an interview" in text(page.get(f"{address}delete/"))
    assert "has an interview" in text(page.post(f"{address}delete/", follow=True))
    held.delete()
    assert "Heron 47 is off the list" in text(page.post(f"{address}delete/", follow=True))
    assert list(Stakeholder.objects.all()) == [other]


def test_reviewers_are_added_and_removed_by_who_leads(leading, cycle, reviewer, sales):
    assert "Nobody reviews this cycle yet" in text(leading.get(PLAN))
    assert "Ray Reviewer reviews this cycle now" in text(leading.post(f"{PLAN}reviewers/", {"user": reviewer.pk}, follow=True))
    assert "Choose a person who is a reviewer" in text(leading.post(f"{PLAN}reviewers/", {"user": "0"}, follow=True))
    removing = f"{PLAN}reviewers/{reviewer.pk}/remove/"
    assert "Remove Ray Reviewer" in text(leading.get(removing))
    assert "does not review this cycle any more" in text(leading.post(removing, follow=True))
    assert not cycle.reviewers.exists()


# Home and Departments


def test_home_and_departments_say_how_far_the_interviews_are(client, judged, sales, manager, reviewer, head):
    scope(judged, sales, planned_head=1, planned_lead=2)
    hold(judged, sales)
    for person in (manager, reviewer):
        client.force_login(person)
        shown = text(client.get("/c/q4/"))
        assert "Choose focus departments and scope 1 department, 3 interviews planned , done" in shown
        assert "Hold interviews 1 of 3" in shown
        assert "1 of 3 in scope" in text(client.get("/c/q4/departments/"))
    client.force_login(head)
    for address in ("/c/q4/", "/c/q4/departments/"):
        assert not re.search(r"hold interviews|interviews planned|in scope|1 of 3", text(client.get(address)), re.I)
