"""New baselines: who may begin one, where, and what follows."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from departments.core.lifecycle import Phase
from departments.core.roles import Role
from departments.models import AuditEvent, Job, Membership
from metrics.models import Rebase, Series
from metrics.queries import periods_of, rebases_of
from metrics.services import rebases
from tests import factories as make
from tests.factories import AT

pytestmark = pytest.mark.django_db


@pytest.fixture
def series(sales) -> Series:
    one = make.SeriesFactory(department=sales)
    make.figures(one, [*make.wave(10, 20), None, *make.wave(12, 6)])
    return one


def begin(series, period=date(2025, 7, 1), reason="New system", by=None):
    return rebases.rebase(series, period=period, reason=reason, by=by, at=AT)


def test_it_is_kept_with_who_when_and_why(series, manager):
    begin(series, reason="  New\tsystem ", by=manager)
    made = Rebase.objects.get()
    assert (made.series, made.period, made.reason, made.created_by, made.created_at) == (
        series,
        date(2025, 7, 1),
        "New system",
        manager,
        AT,
    )
    event = AuditEvent.objects.get(act="rebase.add")
    assert (event.actor, event.at, event.object_id) == (manager, AT, made.pk)
    assert event.details == {"series": series.pk, "period": "2025-07-01", "reason": "New system"}


def test_every_open_cycle_that_reaches_it_is_judged_anew(series, manager):
    for code, data_to, phase in (("before", date(2025, 6, 30), Phase.WEEK_1), ("closed", date(2025, 12, 31), Phase.CLOSED)):
        make.CycleFactory(code=code, data_from=date(2025, 4, 1), data_to=data_to, phase=phase)
    for code in ("one", "two"):
        make.CycleFactory(code=code)
    begin(series, by=manager)
    assert sorted(Job.objects.values_list("cycle__code", "requested_by")) == [("one", manager.pk), ("two", manager.pk)]


def test_taking_it_back_is_recorded_and_judged_too(series, manager, cycle):
    made = begin(series)
    Job.objects.all().delete()
    rebases.remove(made, by=manager, at=AT)
    rebases.remove(made, by=manager, at=AT)
    assert not Rebase.objects.exists()
    event = AuditEvent.objects.get(act="rebase.remove")
    assert (event.actor, event.details["reason"], event.details["period"]) == (manager, "New system", "2025-07-01")
    assert Job.objects.get().cycle == cycle


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"period": date(2025, 6, 1)}, "no figure in that period"),
        ({"period": date(2025, 7, 2)}, "no figure in that period"),
        ({"period": date(2026, 7, 1)}, "no figure in that period"),
        ({"period": date(2023, 10, 1)}, "The series begins there"),
        ({"reason": " "}, "cannot be blank"),
        ({"reason": "x" * 301}, "at most 300"),
        ({"reason": "New\u200bsystem"}, "Character 4 cannot be seen"),
    ],
    ids=str,
)
def test_what_is_refused_changes_nothing(series, cycle, fields, words):
    with pytest.raises(ValidationError, match=words), transaction.atomic():
        begin(series, **fields)
    assert not Rebase.objects.exists()
    assert not Job.objects.exists()
    assert not AuditEvent.objects.exists()


def test_a_period_begins_one_baseline(series):
    begin(series)
    with pytest.raises(ValidationError, match="begins there already"):
        begin(series, reason="Another reason")
    assert Rebase.objects.get().reason == "New system"


def test_a_series_without_figures_has_nothing_to_begin():
    with pytest.raises(ValidationError, match="no figure"):
        begin(make.SeriesFactory())


def test_periods_and_rebases_come_latest_first(series):
    for period in (date(2025, 3, 1), date(2025, 7, 1)):
        begin(series, period=period)
    assert [one.period.month for one in rebases_of(series)] == [7, 3]
    found = list(periods_of(series))
    assert (len(found), found[0], found[-1]) == (26, date(2025, 12, 1), date(2023, 10, 1))


def test_a_rolled_up_series_has_the_periods_of_its_parts(series, sales):
    team = make.DepartmentFactory(parent=sales)
    part = make.SeriesFactory(kpi=series.kpi, department=team)
    make.figures(part, make.wave(10, 3), last=date(2026, 2, 1))
    top = make.DepartmentFactory(code="top")
    sales.parent = top
    sales.save()
    whole = make.SeriesFactory(kpi=series.kpi, department=top, rolled_up=True)
    assert list(periods_of(whole))[:3] == [date(2026, 2, 1), date(2026, 1, 1), date(2025, 12, 1)]
    assert begin(whole, period=date(2026, 2, 1)).series == whole


@pytest.mark.parametrize(("role", "may"), [(Role.ADMIN, True), (Role.MANAGER, True), (Role.REVIEWER, True), (Role.HEAD, False)])
def test_who_may(series, marketing, role, may):
    person = make.member(role, marketing if role is Role.HEAD else None)
    assert person.has_perm("metrics.rebase", series) is may
    assert person.has_perm("metrics.rebase") is may


@pytest.mark.parametrize("role", [Role.ADMIN, Role.MANAGER, Role.REVIEWER])
def test_nobody_moves_the_baseline_that_they_are_judged_by(series, sales, marketing, role):
    person = make.member(role)
    head = Membership.objects.create(user=person, role=Role.HEAD, department=marketing)
    assert person.has_perm("metrics.rebase", series)
    sales.parent = marketing
    sales.save()
    assert not person.has_perm("metrics.rebase", series)
    head.department = sales
    head.save()
    del person.standing
    assert not person.has_perm("metrics.rebase", series)
