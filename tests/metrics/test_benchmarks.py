"""Values to reach: entered, changed, ended, removed; and where one is missing."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from departments.core.lifecycle import RECOMPUTE
from departments.models import AuditEvent, Job
from metrics import queries
from metrics.models import Benchmark, Observation
from metrics.services import benchmarks
from tests import factories as make
from tests.factories import AT
from tests.two import meanwhile

pytestmark = pytest.mark.django_db
JAN, FEB, MAR = (date(2025, month, 1) for month in (1, 2, 3))


@pytest.fixture
def page(client, admin):
    """A signed-in admin's browser."""
    client.force_login(admin)
    return client


@pytest.fixture
def wins(sales):
    """A KPI with figures in Sales until December 2025."""
    series = make.SeriesFactory(department=sales, kpi__code="wins", kpi__name="Win rate")
    make.figures(series, make.wave(30, 12))
    return series.kpi


def add(kpi, **values):
    base = {"department": None, "kind": "goal", "value": 10.0, "valid_from": None, "valid_to": None, "source": "", "note": ""}
    return benchmarks.add(kpi=kpi, by=None, at=AT, **base | values)


def queued() -> list[str]:
    return list(Job.objects.filter(kind=RECOMPUTE).order_by("pk").values_list("cycle__code", flat=True))


def fault(act) -> dict[str, list[str]]:
    with pytest.raises(ValidationError) as caught:
        act()
    return caught.value.message_dict


# Writing


def test_zero_is_a_value(wins):
    add(wins, value=0.0)
    assert Benchmark.objects.get().value == 0
    assert AuditEvent.objects.get(act="benchmark.create").details["value"] == 0


def test_a_goal_may_change_every_month(wins):
    for number, first in enumerate((JAN, FEB, MAR)):
        last = date(2025, number + 2, 1) - make.date.resolution
        add(wins, value=float(number), valid_from=first, valid_to=last)
    assert list(Benchmark.objects.order_by("valid_from").values_list("value", flat=True)) == [0, 1, 2]


@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"value": float("inf")}, "value", "Write a number"),
        ({"kind": "industry"}, "source", "where an industry standard comes from"),
        ({"kind": "industry", "source": " \t "}, "source", "where an industry standard comes from"),
        ({"kind": "wish"}, "kind", ""),
        ({"valid_from": FEB, "valid_to": JAN}, "valid_to", "ends before it begins"),
        ({"note": "a\u202eb"}, "note", "Character 2 is invisible"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(wins, values, field, words):
    said = fault(lambda: add(wins, **values))
    assert list(said) == [field]
    assert words in said[field][0]
    assert not Benchmark.objects.exists()


@pytest.mark.parametrize(
    ("held", "new", "words"),
    [
        ({}, {}, "is valid at all times. Choose days that leave it out"),
        ({}, {"valid_from": FEB}, "End it on 31 Jan 2025 or before"),
        ({"valid_from": JAN}, {"valid_from": FEB}, "is valid from 1 Jan 2025 on. End it on 31 Jan 2025 or before"),
        ({"valid_to": FEB}, {"valid_from": FEB}, "is valid until 1 Feb 2025. End it on 31 Jan 2025 or before"),
        ({"valid_from": FEB, "valid_to": MAR}, {"valid_from": JAN}, "from 1 Feb 2025 to 1 Mar 2025. Choose days that leave it out"),
        ({"valid_from": FEB}, {}, "Choose days that leave it out"),
    ],
)
def test_two_of_a_kind_may_not_hold_at_once(wins, held, new, words):
    add(wins, value=25.0, **held)
    said = fault(lambda: add(wins, **new))
    assert list(said) == ["valid_from"]
    assert said["valid_from"][0].startswith("Another internal goal, 25\u00a0%,")
    assert words in said["valid_from"][0]


@pytest.mark.parametrize(
    ("held", "new"),
    [
        ({"valid_to": JAN}, {"valid_from": FEB}),
        ({}, {"kind": "history"}),
        ({}, {"kind": "industry", "source": "x"}),
        ({}, {"department": "sales"}),
    ],
)
def test_what_does_not_collide(wins, sales, held, new):
    add(wins, **held)
    add(wins, **{name: sales if value == "sales" else value for name, value in new.items()})
    assert Benchmark.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_of_two_who_enter_a_value_at_once_one_is_told():
    kpi = make.KPIFactory()
    with meanwhile(lambda: add(kpi)):
        said = fault(lambda: add(kpi))
    assert "Look at the list again" in said["valid_from"][0]
    assert Benchmark.objects.count() == 1


def test_a_change_says_what_was_and_what_is(wins, sales, admin):
    goal = add(wins, value=25.0)
    assert benchmarks.change(goal, by=admin, at=AT, value=0.0, department=sales, valid_to=FEB)
    event = AuditEvent.objects.get(act="benchmark.change")
    assert event.details == {"value": [25.0, 0.0], "department": [None, sales.pk], "valid_to": [None, "2025-02-01"]}
    assert not benchmarks.change(goal, by=admin, at=AT, value=0.0)


def test_a_value_ends_on_its_last_day_and_makes_room_for_the_next(wins):
    goal = add(wins, value=25.0)
    benchmarks.end(goal, on=date(2025, 1, 31), by=None, at=AT)
    add(wins, value=0.0, valid_from=FEB)
    goal.refresh_from_db()
    assert goal.valid_to == date(2025, 1, 31)
    later = add(wins, kind="history", valid_from=MAR)
    assert list(fault(lambda: benchmarks.end(later, on=FEB, by=None, at=AT))) == ["valid_to"]


def test_a_removal_leaves_what_was_in_the_audit(wins, admin):
    goal = add(wins, value=25.0)
    for _ in range(2):
        benchmarks.delete(Benchmark(pk=goal.pk, kpi=wins, kind="goal", value=25.0), by=admin, at=AT)
    assert not Benchmark.objects.exists()
    event = AuditEvent.objects.get(act="benchmark.delete")
    assert (event.actor, event.details["value"]) == (admin, 25.0)


def test_open_cycles_are_judged_anew_that_a_value_can_touch(wins, sales, marketing):
    make.CycleFactory(code="now")
    make.CycleFactory(code="before", data_from=date(2025, 1, 1), data_to=date(2025, 6, 30))
    make.CycleFactory(code="theirs").roots.set([marketing])
    make.SeriesFactory(kpi=wins, department=marketing)  # no figure in it
    add(wins, department=marketing)
    assert queued() == []
    goal = add(wins, department=sales, valid_from=date(2025, 8, 1))
    assert queued() == ["now"]
    Job.objects.all().delete()
    benchmarks.change(goal, by=None, at=AT, valid_from=FEB)
    assert queued() == ["now", "before"]
    Job.objects.all().delete()
    benchmarks.change(goal, by=None, at=AT, valid_from=date(2025, 9, 1))
    assert queued() == ["now", "before"]  # it held for the earlier one
    Job.objects.all().delete()
    benchmarks.change(goal, by=None, at=AT, department=None, kind="industry", source="x")
    assert sorted(set(queued())) == ["now"]
    Job.objects.all().delete()
    benchmarks.delete(Benchmark.objects.get(pk=goal.pk), by=None, at=AT)
    assert queued() == ["now"]


# What is missing


def lacking(user, **of):
    return {one.kpi.code: ([str(d) for d in one.goal], [str(d) for d in one.industry]) for one in queries.lacks(user, **of)}


def test_a_value_is_missing_where_figures_have_nothing_to_compare_with(admin, wins, sales, marketing):
    make.figures(make.SeriesFactory(kpi=wins, department=marketing), [1.0])
    make.SeriesFactory(kpi__code="empty")
    assert lacking(admin) == {"wins": (["Marketing", "Sales"], ["Marketing", "Sales"])}
    add(wins, department=sales, value=0.0)
    assert lacking(admin) == {"wins": (["Marketing"], ["Marketing", "Sales"])}
    assert [str(one) for one in queries.lacks(admin)[0].both] == ["Marketing"]
    add(wins, kind="industry", source="x")
    assert lacking(admin) == {"wins": (["Marketing"], [])}
    add(wins)
    assert lacking(admin) == {}


def test_only_what_holds_for_the_latest_figure_counts(admin, wins):
    add(wins, valid_to=date(2025, 11, 30))
    add(wins, valid_from=date(2026, 1, 1))
    add(wins, kind="history")
    assert lacking(admin)["wins"][0] == ["Sales"]
    add(wins, valid_from=date(2025, 12, 1), valid_to=date(2025, 12, 1))
    assert lacking(admin)["wins"][0] == []


@pytest.mark.parametrize(("month", "counts"), [(12, True), (1, True), (None, False)])
def test_a_target_in_a_file_counts_for_twelve_figures(admin, wins, month, counts):
    series = wins.series.get()
    make.figures(series, make.wave(30, 12), last=date(2024, 12, 1))
    period = date(2025, month, 1) if month else date(2024, 12, 1)
    Observation.objects.filter(series=series, period=period).update(target=0.0, benchmark=0.0)
    assert lacking(admin) == ({} if counts else {"wins": (["Sales"], ["Sales"])})


def test_what_is_only_watched_lacks_nothing(admin, sales):
    series = make.SeriesFactory(department=sales, kpi__direction="neutral")
    make.figures(series, [1.0])
    assert queries.lacks(admin) == []


def test_what_others_lack_is_not_shown_to_a_head(head, wins, sales, marketing):
    make.figures(make.SeriesFactory(kpi=wins, department=marketing), [1.0])
    assert lacking(head) == {"wins": (["Sales"], ["Sales"])}
    assert lacking(head, department=marketing) == {}
    assert lacking(head, department=sales) == {"wins": (["Sales"], ["Sales"])}


# The pages


def sent(**values) -> dict[str, object]:
    return {"kpi": "wins", "kind": "goal", "value": "0", **values}


def test_adding_a_goal_of_zero(page, wins, cycle):
    html = page.get("/metrics/benchmarks/new/?kpi=wins&kind=goal").content.decode()
    assert '<option value="wins" selected>' in html
    assert "Win rate: higher is better. In %." in html
    answer = page.post("/metrics/benchmarks/new/", sent(), follow=True)
    html = answer.content.decode()
    assert "Win rate has a new value: internal goal of 0\u00a0% for all departments, at all times." in html
    assert '<td class="num">0\u00a0%</td>' in html
    assert queued() == ["q4"]
    html = page.get(f"/metrics/benchmarks/{Benchmark.objects.get().pk}/").content.decode()
    assert 'name="value" value="0"' in html


def test_one_month_after_the_other(page, wins, sales):
    month = sent(department="sales", valid_from="2025-01-01", valid_to="2025-01-31", next="1")
    answer = page.post("/metrics/benchmarks/new/", month, follow=True)
    html = answer.content.decode()
    assert '<option value="wins" selected>' in html
    assert '<option value="sales" selected>' in html
    assert 'name="valid_from" value="2025-02-01"' in html
    answer = page.post("/metrics/benchmarks/new/", sent(kind="history", next="1", valid_to="9999-12-31"))
    assert answer["Location"] == "/metrics/benchmarks/new/?kpi=wins&kind=history"


@pytest.mark.parametrize(
    ("values", "link"),
    [
        ({"value": ""}, '<a href="#id_value">Value: This field is required.'),
        ({"value": "nan"}, '<a href="#id_value">Value: Enter a number.'),
        ({"kind": "industry"}, '<a href="#id_source">Source: Say where'),
        ({"valid_from": "2025-02-01", "valid_to": "2025-01-01"}, '<a href="#id_valid_to">Last day: It ends before it begins.'),
        ({"kpi": "nothing"}, '<a href="#id_kpi">KPI: Select a valid choice.'),
        ({}, '<a href="#id_valid_from">First day: Another internal goal'),
    ],
)
def test_errors_of_the_form_lead_to_their_fields(page, wins, values, link):
    add(wins)
    answer = page.post("/metrics/benchmarks/new/", sent(**values))
    assert answer.status_code == 422
    assert link in answer.content.decode()


def test_changing_ending_and_deleting(page, wins):
    goal = add(wins, value=25.5)
    address = f"/metrics/benchmarks/{goal.pk}/"
    assert 'name="value" value="25.5"' in page.get(address).content.decode()
    assert "Nothing was changed." in page.post(address, sent(value="25.5"), follow=True).content.decode()
    assert "Saved." in page.post(address, sent(value="0"), follow=True).content.decode()
    add(wins, kind="history", valid_from=MAR)
    assert page.post(address, sent(kind="history")).status_code == 422
    html = page.get(f"{address}end/").content.decode()
    assert "Internal goal of 0\u00a0% for all departments, at all times." in html
    html = page.post(f"{address}end/", {"on": "2025-12-31"}, follow=True).content.decode()
    assert "the value holds until 31 Dec 2025" in html
    assert page.post(address, sent(value="0", valid_from="2025-05-01")).status_code == 302
    assert "Last day: It ends before it begins." in page.post(f"{address}end/", {"on": "2025-04-30"}).content.decode()
    assert "as if it had never held" in page.get(f"{address}delete/").content.decode()
    assert "is removed" in page.post(f"{address}delete/", follow=True).content.decode()
    assert not Benchmark.objects.filter(kind="goal").exists()


def rows(page, query: str = "") -> list[tuple[str, str, str]]:
    text = page.get(f"/metrics/benchmarks.csv{query}").content.decode()
    return [(row["kpi"], row["kind"], row["department"]) for row in csv.DictReader(io.StringIO(text))]


def test_the_list_its_filters_and_its_file(page, wins, sales, marketing):
    leads = make.KPIFactory(code="leads", name="Leads")
    add(wins, valid_to=date(2020, 1, 1))
    add(wins, department=sales, value=3.0, note="=1+1")
    add(leads, department=marketing, kind="industry", source="Survey", value=9.0)
    assert rows(page) == [("leads", "industry", "marketing"), ("wins", "goal", "sales")]
    assert rows(page, "?when=all&q=WIN") == [("wins", "goal", "sales"), ("wins", "goal", "")]
    assert rows(page, "?kind=goal") == [("wins", "goal", "sales")]
    assert rows(page, "?department=marketing") == [("leads", "industry", "marketing")]
    assert rows(page, "?sort=value") == [("wins", "goal", "sales"), ("leads", "industry", "marketing")]
    assert rows(page, "?sort=-kpi") == [("wins", "goal", "sales"), ("leads", "industry", "marketing")]
    assert rows(page, "?department=nowhere") == []
    assert "'=1+1" in page.get("/metrics/benchmarks.csv").content.decode()
    html = page.get("/metrics/benchmarks/?kind=history").content.decode()
    assert "No benchmark fits" in html
    assert "Survey" in page.get("/metrics/benchmarks/").content.decode()


def test_missing_values_come_first_with_a_way_to_add_them(page, wins, sales, marketing):
    add(wins, department=sales, kind="industry", source="x")
    make.figures(make.SeriesFactory(kpi=wins, department=marketing), [1.0])
    for number in range(14):
        make.figures(make.SeriesFactory(kpi__name=f"Bare {number:02}", department=sales), [1.0])
    html = page.get("/metrics/benchmarks/").content.decode()
    assert html.index("Where one is missing") < html.index("1\u00a0benchmark")
    assert "Nothing to compare with: 15\u00a0KPIs" in html
    assert "No goal: 15\u00a0KPIs" in html
    assert "Show 3\u00a0more KPIs" in html
    assert "kpi=wins&amp;kind=goal&amp;department=marketing" in html
    html = page.get("/metrics/benchmarks/?missing=goal").content.decode()
    assert "all 2: Marketing, Sales" in html
    html = page.get("/metrics/benchmarks/?missing=industry&department=sales").content.decode()
    assert "No industry standard: 14\u00a0KPIs" in html
    assert "Nothing to compare with: 1\u00a0KPI<" in page.get("/metrics/benchmarks/?q=bare 07").content.decode()
    assert 'href="/metrics/benchmarks/new/?kpi=wins' not in html


def test_empty_pages_say_what_comes_first(page, client, reviewer):
    assert "Add a benchmark" in page.get("/metrics/benchmarks/").content.decode()
    client.force_login(reviewer)
    html = client.get("/metrics/benchmarks/").content.decode()
    assert "An admin enters them" in html
    assert "/metrics/benchmarks/new/" not in html


def test_a_head_sees_values_of_their_own_departments_and_of_all(client, head, wins, sales, marketing):
    make.figures(make.SeriesFactory(kpi=wins, department=marketing), [1.0])
    add(wins, department=marketing, value=54321.0)
    add(wins, value=1.0)
    add(make.KPIFactory(name="Secret"), value=2.0)
    client.force_login(head)
    assert rows(client) == [("wins", "goal", "")]
    html = client.get("/metrics/benchmarks/").content.decode()
    for word in ("Marketing", "54\u00a0321", "Secret", "Edit"):
        assert word not in html


def test_the_list_asks_a_fixed_number_of_questions(page, sales):
    def fill(count: int) -> None:
        for _ in range(count):
            series = make.SeriesFactory()
            make.figures(series, [1.0])
            make.BenchmarkFactory(kpi=series.kpi, department=series.department, kind="history")

    def asked(address: str) -> int:
        with CaptureQueriesContext(connection) as asked_of:
            assert page.get(address).status_code == 200
        return len(asked_of)

    fill(2)
    few = [asked(address) for address in ("/metrics/benchmarks/", "/metrics/benchmarks.csv")]
    fill(10)
    assert [asked(address) for address in ("/metrics/benchmarks/", "/metrics/benchmarks.csv")] == few
    assert max(few) <= 12
