"""What a cycle looks into, whom it asks, and who reviews it."""

from __future__ import annotations

import re

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from departments.core.roles import Role
from departments.models import AuditEvent, CycleReviewer, ReviewCycle
from departments.services import cycles
from interviews.models import Interview, Scope, Stakeholder
from interviews.services import planning
from interviews.services.planning import Plan
from tests import factories as make
from tests.factories import AT

pytestmark = pytest.mark.django_db


def fault(act) -> ValidationError:
    with pytest.raises(ValidationError) as caught:
        act()
    return caught.value


# Scope


def plan(cycle, plans, by=None):
    return planning.plan_scope(cycle, plans, by=by, at=AT)


def test_departments_come_into_scope_change_and_leave_it_together(cycle, sales, marketing, manager):
    assert plan(cycle, {sales: Plan(" Why  conversion fell ", 1, 2, 4), marketing: Plan()}, by=manager) == 2
    scope = Scope.objects.get(department=sales)
    assert (scope.focus, scope.planned_head, scope.planned_lead, scope.planned_front_line) == ("Why conversion fell", 1, 2, 4)
    assert plan(cycle, {sales: Plan("Why conversion fell", 1, 2, 5), marketing: None}) == 2
    assert list(Scope.objects.values_list("department__code", "planned_front_line")) == [("sales", 5)]
    event = AuditEvent.objects.filter(act="scope.change").last()
    assert event.actor == manager
    assert event.details["departments"]["sales"] == [
        None,
        {"focus": "Why conversion fell", "planned_head": 1, "planned_lead": 2, "planned_front_line": 4},
    ]


def test_what_is_not_named_stays_and_nothing_new_is_nothing_done(cycle, sales, marketing):
    plan(cycle, {sales: Plan(planned_lead=1), marketing: Plan(planned_lead=2)})
    assert plan(cycle, {sales: Plan(planned_lead=1)}) == 0
    assert Scope.objects.count() == 2
    assert AuditEvent.objects.filter(act="scope.change").count() == 1


def test_a_scope_is_of_one_cycle(cycle, sales):
    plan(cycle, {sales: Plan()})
    plan(make.CycleFactory(), {sales: None})
    assert Scope.objects.get().cycle == cycle


@pytest.mark.parametrize("wrong", [Plan(planned_head=100), Plan(planned_lead=-1), Plan(focus="x" * 301)], ids=str)
def test_numbers_that_nobody_can_plan_are_refused_and_nothing_is_changed(cycle, sales, marketing, wrong):
    fault(lambda: plan(cycle, {marketing: Plan(), sales: wrong}))
    assert not Scope.objects.exists()


def test_only_departments_of_the_cycle(cycle, sales, marketing):
    cycle.roots.set([marketing])
    assert "Sales is not part" in fault(lambda: plan(cycle, {sales: Plan()})).messages[0]


# Stakeholders


def add(cycle, department, **values):
    return planning.add_stakeholder(cycle=cycle, department=department, by=None, at=AT, **{"role": "lead"} | values)


def test_a_pseudonym_alone_is_enough_and_is_drawn(cycle, sales):
    made = [add(cycle, sales) for _ in range(12)]
    assert all(re.fullmatch(r"[A-Z][a-z]+ \d\d", one.pseudonym) and not one.name for one in made)
    names = [one.pseudonym for one in made]
    assert len(set(names)) == 12
    assert names != sorted(names)  # 1 in 479 million that chance orders them


def test_the_audit_has_neither_name_nor_place(cycle, sales, reviewer):
    person = planning.add_stakeholder(
        cycle=cycle, department=sales, role="head", name="Thandi Mokoena", pseudonym="Blue 1", by=reviewer, at=AT
    )
    planning.change_stakeholder(person, department=sales, role="lead", name="Thandi M.", pseudonym="Blue 2", by=reviewer, at=AT)
    planning.delete_stakeholder(person, by=reviewer, at=AT)
    events = AuditEvent.objects.order_by("pk")
    assert [event.act for event in events] == ["stakeholder.create", "stakeholder.change", "stakeholder.delete"]
    said = "".join(str(event.details) for event in events)
    assert not [word for word in ("Thandi", "Blue", "sales", "head'") if word in said]
    assert events[1].details["fields"] == ["name", "pseudonym", "role"]


@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"pseudonym": "heron  47"}, "pseudonym", "Somebody else has this"),
        ({"name": "Thandi", "pseudonym": "thandi"}, "pseudonym", "not the name"),
        ({"role": "owner"}, "role", "not a valid choice"),
        ({"name": "Thandi\u202e"}, "name", "cannot be seen"),
        ({"pseudonym": "x" * 41}, "pseudonym", "at most 40"),
    ],
    ids=str,
)
def test_what_is_wrong_is_said_by_field(cycle, sales, values, field, words):
    add(cycle, sales, pseudonym="Heron 47")
    assert words in fault(lambda: add(cycle, sales, **values)).message_dict[field][0]
    assert Stakeholder.objects.count() == 1


def test_the_same_pseudonym_may_stand_in_another_cycle(cycle, sales):
    add(cycle, sales, pseudonym="Heron 47")
    assert add(make.CycleFactory(), sales, pseudonym="Heron 47").pk


def test_only_people_of_departments_of_the_cycle(cycle, sales, marketing):
    cycle.roots.set([marketing])
    assert fault(lambda: add(cycle, sales)).message_dict == {"department": ["This department is not part of the review."]}


def test_a_change_leaves_interviews_as_they_were(cycle, sales, marketing):
    held = make.InterviewFactory(stakeholder=add(cycle, sales))
    changed = {"department": marketing, "role": "head", "name": "", "pseudonym": ""}
    assert planning.change_stakeholder(held.stakeholder, **changed, by=None, at=AT)
    assert not planning.change_stakeholder(held.stakeholder, **changed, by=None, at=AT)
    held.refresh_from_db()
    assert (held.department, held.role, held.stakeholder.department) == (sales, "lead", marketing)
    assert held.stakeholder.pseudonym  # a blank one leaves it


def test_somebody_with_an_interview_or_erased_stays_as_they_are(cycle, sales):
    person = add(cycle, sales, name="Thandi")
    make.InterviewFactory(stakeholder=person)
    assert "has an interview" in fault(lambda: planning.delete_stakeholder(person, by=None, at=AT)).messages[0]
    Stakeholder.objects.update(name="", erased_at=AT)
    keep = {"department": sales, "role": "lead", "name": "Thandi", "pseudonym": "x"}
    assert "erased" in fault(lambda: planning.change_stakeholder(person, **keep, by=None, at=AT)).messages[0]


def test_deleting_twice_is_deleting_once(cycle, sales):
    person = add(cycle, sales)
    for _ in range(2):
        planning.delete_stakeholder(person, by=None, at=AT)
    assert not Stakeholder.objects.exists()
    assert AuditEvent.objects.filter(act="stakeholder.delete").count() == 1


# Reviewers of a cycle


def test_a_reviewer_is_assigned_reads_and_is_taken_off(cycle, sales, reviewer, manager):
    other = make.InterviewFactory(stakeholder=add(cycle, sales))
    assert not Interview.objects.visible_to(reviewer).exists()
    assert cycles.assign_reviewer(cycle, reviewer, by=manager, at=AT)
    assert not cycles.assign_reviewer(cycle, reviewer, by=manager, at=AT)
    assert Interview.objects.visible_to(reviewer).get() == other
    assert cycles.unassign_reviewer(cycle, reviewer, by=manager, at=AT)
    assert not cycles.unassign_reviewer(cycle, reviewer, by=manager, at=AT)
    assert not Interview.objects.visible_to(reviewer).exists()
    acts = AuditEvent.objects.filter(act__startswith="cycle.reviewer").order_by("pk").values_list("act", "details")
    assert list(acts) == [("cycle.reviewer_add", {"user": reviewer.pk}), ("cycle.reviewer_remove", {"user": reviewer.pk})]
    history = apps.get_model("departments", "CycleReviewerEvent").objects.filter(user=reviewer)
    assert history.exists()


def test_nobody_else_is_made_to_review(cycle, manager, head):
    for person in (manager, head):
        assert "is not a reviewer" in fault(lambda person=person: cycles.assign_reviewer(cycle, person, by=None, at=AT)).messages[0]


def test_a_new_cycle_offers_every_reviewer(client, manager, reviewer):
    other = make.member(Role.REVIEWER, name="Zola")
    make.member(Role.REVIEWER, name="Gone", is_active=False)
    client.force_login(manager)
    page = client.get("/cycles/new/").content.decode()
    assert re.findall(r'<option value="(\d+)" selected', page) == [str(reviewer.pk), str(other.pk)]
    assert "Gone" not in page
    dates = {"data_from": "2026-01-01", "data_to": "2026-03-31"}
    client.post("/cycles/new/", {"name": "Q1", "code": "q1", **dates, "reviewers": [reviewer.pk]})
    assert [one.user for one in ReviewCycle.objects.get(code="q1").reviewers.all()] == [reviewer]


DATES = ("--from", "2026-01-01", "--to", "2026-03-31")


def test_the_command_assigns_reviewers(reviewer, capsys):
    second = make.member(Role.REVIEWER, email="second@example.org")
    call_command("create_cycle", "q1", *DATES, "--reviewer", "REVIEWER@example.org", "--reviewer", second.email)
    assert set(CycleReviewer.objects.values_list("user", flat=True)) == {reviewer.pk, second.pk}


@pytest.mark.parametrize(("email", "words"), [("nobody@nowhere.org", "no account nobody@nowhere.org"), ("m@example.org", "not a reviewer")])
def test_the_command_refuses_who_cannot_review_and_makes_nothing(email, words):
    make.member(Role.MANAGER, email="m@example.org")
    with pytest.raises(CommandError, match=words):
        call_command("create_cycle", "q1", *DATES, "--reviewer", email)
    assert not ReviewCycle.objects.exists()
