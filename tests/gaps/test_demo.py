"""The demo organisation in the database: loaded by the real import, judged by the real recompute, removed to the last row."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime

import pytest
from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import transaction

from departments.core.demo import DEMO_PASSWORD
from departments.core.lifecycle import JobState, Phase
from departments.core.roles import Role
from departments.models import AuditEvent, Department, Job, Membership, ReviewCycle, User
from departments.queries import demo_logins
from departments.services import cycles, people
from gaps.core import demo as story
from gaps.core.demo_figures import FIGURES
from gaps.models import Comparison, Gap, Run, SeriesVerdict
from gaps.services import recompute
from gaps.services.demo import Mixed, Outcome, clear_demo, load_demo
from metrics.core.kpi import BenchmarkKind, ImportState
from metrics.models import KPI, Benchmark, DriverLink, Import, Observation, Rebase, Series
from metrics.services import rollup
from metrics.services.imports import import_file
from metrics.services.rebases import rebase
from tests.gaps.core.test_demo import GRADES

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
TODAY = date(2026, 11, 22)
ROLLED_UP = ("Sales", "Abandoned enrolments")
MADE = (
    Department,
    KPI,
    DriverLink,
    Benchmark,
    Series,
    Observation,
    Rebase,
    Import,
    ReviewCycle,
    Run,
    SeriesVerdict,
    Comparison,
    Gap,
    Job,
)
OWN = b"department,kpi,unit,direction,frequency,period,value\nNorth,Stock turns,turns,higher,monthly,2026-09-01,4\n"


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker):
    """Loaded once for all tests of this module; each undoes its own changes."""
    with django_db_blocker.unblock(), transaction.atomic():
        assert load_demo(at=AT) is Outcome.LOADED
        yield
        transaction.set_rollback(True)


@pytest.fixture
def demo(loaded, db):
    return None


@pytest.fixture
def admin(demo) -> User:
    return User.objects.get(email="admin@demo.saypro.example")


@pytest.fixture
def owner() -> User:
    """A real person."""
    return people.create_user(email="owner@company.example", name="Owner", password="a-long-passphrase", by=None, at=AT)


def send(content: bytes, by: User | None) -> Import:
    batch = import_file(file_name="own.csv", content=content, create=True, by=by, at=AT)
    assert batch.state == ImportState.APPLIED
    return batch


def current() -> ReviewCycle:
    return ReviewCycle.objects.get(code="2026-q4")


def test_load_makes_the_organisation_of_the_story(demo):
    assert Department.objects.count() == 12
    assert Department.objects.get(name="Retail Sales").parent.parent.name == "SayPro"
    assert KPI.objects.exclude(definition="").count() == KPI.objects.count() == len(story.MEASURES)
    assert Series.objects.filter(rolled_up=False).count() == len(FIGURES)
    assert Series.objects.filter(rolled_up=True).values_list("department__name", "kpi__name").get() == ROLLED_UP
    assert Observation.objects.count() == sum(len(rows) for rows in story.rows(TODAY).values())
    assert set(Benchmark.objects.values_list("kind", flat=True)) == set(BenchmarkKind)
    assert DriverLink.objects.filter(driver_department__name="Marketing", driven_department__name="Sales").count() == 1
    assert [(cycle.code, cycle.phase) for cycle in ReviewCycle.objects.all()] == [
        ("2026-q4", Phase.WEEK_1),
        ("2026-q3", Phase.CLOSED),
    ]


def test_load_goes_through_the_import_one_file_a_main_department(demo):
    assert list(Import.objects.order_by("pk").values_list("file_name", "state", "rejected")) == [
        (f"{name}-kpis-2026-11.csv", "applied", 0) for name in ("marketing", "sales", "customer-service", "operations")
    ]
    row = Observation.objects.get(series__department__name="Sales", series__kpi__name="Conversion rate", period=date(2026, 10, 5))
    assert row.target == 25
    assert row.value == pytest.approx(100 * row.numerator / row.denominator, abs=0.051)
    assert row.batch.file_name == "sales-kpis-2026-11.csv"


def test_load_asks_for_the_recompute_of_both_reviews(demo):
    queued = Job.objects.filter(kind=cycles.RECOMPUTE, state=JobState.QUEUED)
    assert set(queued.values_list("cycle__code", flat=True)) == {"2026-q3", "2026-q4"}


def test_recompute_finds_what_is_planted(demo):
    recompute.recompute(current().pk, at=AT)
    verdicts = SeriesVerdict.objects.current(current()).select_related("series__department", "series__kpi")
    found = {(one.series.department.name, one.series.kpi.name): one.grade for one in verdicts}
    assert found == {figures.place: GRADES.get(figures.place, 0) for figures in FIGURES} | {ROLLED_UP: 0}


def test_every_login_works_and_has_its_role(demo):
    roles = dict(Membership.objects.values_list("user__email", "role"))
    assert len(demo_logins()) == 8
    for login in demo_logins():
        user = authenticate(None, email=login.email, password=login.password)
        assert user.is_demo
        assert login.role == Role(roles[login.email]).label or login.role.startswith("Head of ")
    head = User.objects.get(email="sales.head@demo.saypro.example")
    assert {one.name for one in Department.objects.visible_to(head)} == {"Sales", "Corporate Sales", "Retail Sales"}


def test_second_load_says_it_is_there(demo):
    before = Observation.objects.count()
    assert load_demo(at=AT) is Outcome.THERE_ALREADY
    out = io.StringIO()
    call_command("load_demo", stdout=out)
    assert "there already" in out.getvalue()
    assert DEMO_PASSWORD in out.getvalue()
    assert Observation.objects.count() == before


def test_clear_removes_every_row_and_makes_nobodies_of_the_accounts(demo):
    series = Series.objects.get(department__name="Sales", kpi__name="Sales cycle")
    admin = User.objects.get(email="admin@demo.saypro.example")
    rebase(series, period=date(2026, 1, 1), reason="New system", by=admin, at=AT)
    recompute.recompute(current().pk, at=AT)
    assert clear_demo(by=None, at=AT)
    assert {model.__name__: model.objects.count() for model in MADE} == {model.__name__: 0 for model in MADE}
    assert not Membership.objects.exists()
    for user in User.objects.all():
        assert (user.is_active, user.is_demo, user.name) == (False, False, "Demo account (removed)")
        assert not user.has_usable_password()
    assert not User.objects.filter(email__in=[login.email for login in demo_logins()]).exists()
    assert AuditEvent.objects.filter(act="demo.clear").count() == 1
    assert AuditEvent.objects.filter(act="user.create").count() == 8


def test_clear_twice_says_there_is_none_and_a_new_load_is_possible(demo):
    out = io.StringIO()
    call_command("clear_demo", stdout=out)
    call_command("clear_demo", stdout=out)
    assert out.getvalue().splitlines() == ["The demo organisation is removed.", "There is no demo organisation."]
    assert load_demo(at=AT, if_empty=True) is Outcome.NOT_EMPTY
    assert load_demo(at=AT) is Outcome.LOADED


def test_clear_makes_the_first_admin_or_does_nothing(admin):
    with pytest.raises(ValidationError):
        clear_demo(by=admin, at=AT, email="me@company.example", name="Me", password="short")
    assert Department.objects.exists()
    assert clear_demo(by=admin, at=AT, email="me@company.example", name="Me", password="a-long-passphrase")
    assert User.objects.get(email="me@company.example").standing.roles == {Role.ADMIN}


def test_clear_keeps_own_departments_even_when_they_came_in_with_a_demo_login(admin, owner):
    send(OWN, admin)
    send(OWN.replace(b"North", b"South"), owner)
    whole = cycles.create_cycle(
        code="whole", name="Whole", data_from=date(2026, 7, 1), data_to=date(2026, 9, 30), by=owner, at=AT
    )  # fmt: skip
    recompute.recompute(whole.pk, at=AT)
    Job.objects.update(state=JobState.DONE, ended_at=AT)
    clear_demo(by=None, at=AT)
    assert {one.name for one in Department.objects.all()} == {"North", "South"}
    assert {one.name for one in KPI.objects.all()} == {"Stock turns"}
    assert {one.series.department.name for one in Observation.objects.all()} == {"North", "South"}
    assert Import.objects.count() == 2
    assert {one.series.department.name for one in SeriesVerdict.objects.all()} == {"North", "South"}
    assert Job.objects.get(state=JobState.QUEUED).cycle == whole


def test_clear_takes_what_was_tried_with_a_demo_login_on_the_demos_departments(admin):
    send(b"department,kpi,unit,direction,frequency,period,value\nSales,Stock turns,turns,higher,monthly,2026-09-01,4\n", admin)
    sales = Department.objects.get(name="Sales")
    cycles.create_cycle(
        code="tried", name="Tried", data_from=date(2026, 7, 1), data_to=date(2026, 9, 30), by=admin, at=AT, roots=[sales]
    )  # fmt: skip
    clear_demo(by=None, at=AT)
    assert not Department.objects.exists()
    assert not Observation.objects.exists()
    assert not Import.objects.exists()
    assert not ReviewCycle.objects.exists()


def refused(sentence: str) -> None:
    with pytest.raises(Mixed, match=sentence):
        clear_demo(by=None, at=AT)
    assert Department.objects.filter(name="Sales").exists()


def test_clear_refuses_where_real_figures_stand_in_a_demo_department(demo, owner):
    send(OWN.replace(b"North", b"Sales"), owner)
    refused("Sales holds figures of your own, from own.csv")


def test_clear_refuses_where_figures_without_a_known_sender_stand_in_a_demo_department(demo):
    send(OWN.replace(b"North", b"Sales"), None)
    refused("Sales holds figures of your own")


def test_clear_refuses_where_an_own_department_uses_a_demo_kpi(demo, owner):
    send(b"department,kpi,period,value\nNorth,Revenue growth,2026-09-01,4\n", owner)
    refused("North has figures of the demo's KPI Revenue growth")


def test_clear_refuses_where_an_own_department_is_below_a_demo_one(demo):
    Department(code="own", name="Own", parent=Department.objects.get(name="Sales")).save()
    refused("Own is placed below the demo's Sales")


def test_clear_refuses_where_an_own_review_is_about_a_demo_department(demo, owner):
    sales = Department.objects.get(name="Sales")
    cycles.create_cycle(
        code="own", name="Own", data_from=date(2026, 7, 1), data_to=date(2026, 9, 30), by=owner, at=AT, roots=[sales]
    )  # fmt: skip
    refused("Your review Own covers")


RATES = "department,kpi,unit,direction,frequency,period,value,numerator,denominator\n"


def test_clear_unmarks_what_was_rolled_up_from_the_demos_departments(admin, owner):
    group = Department(code="group", name="Group")
    group.save()
    Department.objects.filter(name="SayPro").update(parent=group)
    send(OWN.replace(b"Stock turns", b"Other").replace(b"North", b"South"), owner)
    Department(code="north", name="North", parent=group).save()
    send(f"{RATES}North,Uptake,%,higher,monthly,2026-09-01,50,1,2\n".encode(), owner)
    send(f"{RATES}Sales,Uptake,%,higher,monthly,2026-09-01,90,90,100\n".encode(), admin)
    assert Series.objects.get(department=group).rolled_up
    clear_demo(by=None, at=AT)
    assert not Series.objects.get(department=group).rolled_up
    assert {one.name for one in Department.objects.all()} == {"Group", "North", "South"}


def test_clear_takes_a_roll_up_of_the_demos_figures_in_an_own_department_along(demo):
    group = Department(code="group", name="Group")
    group.save()
    Department.objects.filter(name__in=["SayPro", "Corporate Sales"]).update(parent=group)
    assert rollup.refresh()
    assert Series.objects.filter(department=group, rolled_up=True).exists()
    clear_demo(by=None, at=AT)
    assert not Series.objects.exists()
    assert Department.objects.get() == group
