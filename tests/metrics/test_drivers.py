"""What drives what: stated, changed, taken back; loops refused; drawn and listed."""

from __future__ import annotations

import csv
import io
import itertools
import re

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from departments.models import AuditEvent, Job
from metrics import queries
from metrics.models import KPI, DriverLink
from metrics.services import drivers
from tests import factories as make
from tests.factories import AT
from tests.two import meanwhile

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(client, admin):
    """A signed-in admin's browser."""
    client.force_login(admin)
    return client


@pytest.fixture
def kpis(db):
    names = {"leads": "Lead quality", "conversion": "Conversion rate", "revenue": "Revenue"}
    return {code: make.KPIFactory(code=code, name=name) for code, name in names.items()}


def add(driver, driven, **values):
    return drivers.add(driver=driver, driven=driven, by=None, at=AT, **{"reason": "It does."} | values)


def fault(act) -> dict[str, list[str]]:
    with pytest.raises(ValidationError) as caught:
        act()
    return caught.value.message_dict


def test_a_driver_is_kept_and_told_to_the_audit(kpis, sales, admin, cycle):
    link = drivers.add(
        driver=kpis["leads"], driven=kpis["conversion"], driven_department=sales, reason=" Bad leads\r\ndo not buy. ", by=admin, at=AT
    )
    link.refresh_from_db()
    assert (link.reason, link.driven_department, link.driver_department) == ("Bad leads\ndo not buy.", sales, None)
    event = AuditEvent.objects.get()
    assert (event.act, event.actor, event.details["driven_department"]) == ("driver.create", admin, sales.pk)
    assert not Job.objects.exists()


def test_a_loop_is_refused_with_the_way_round_it(kpis, sales, marketing):
    add(kpis["conversion"], kpis["revenue"])
    add(kpis["revenue"], kpis["leads"], driver_department=sales, driven_department=marketing)
    said = fault(lambda: add(kpis["leads"], kpis["conversion"]))
    way = "Lead quality (Marketing) → Conversion rate → Revenue (Sales) → Lead quality (Marketing)"
    assert said == {"driven": [f"This would go round in a loop: {way}."]}
    add(kpis["leads"], kpis["conversion"], driver_department=sales)
    assert DriverLink.objects.count() == 3


@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"reason": " "}, "reason", "Say why"),
        ({"reason": "a\u200bb"}, "reason", "Character 2"),
        ({"driven": "leads"}, "driven", "does not drive itself"),
        ({"driven": "leads", "driver_department": "sales"}, "driven", "does not drive itself"),
        ({}, "driver", "stated already"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(kpis, sales, values, field, words):
    add(kpis["leads"], kpis["conversion"])
    values = {name: kpis.get(value, sales if value == "sales" else value) for name, value in values.items()}
    said = fault(lambda: add(**{"driver": kpis["leads"], "driven": kpis["conversion"]} | values))
    assert list(said) == [field]
    assert words in said[field][0]


def test_a_kpi_may_drive_itself_between_departments_one_way(kpis, sales, marketing):
    add(kpis["leads"], kpis["leads"], driver_department=marketing, driven_department=sales)
    said = fault(lambda: add(kpis["leads"], kpis["leads"], driver_department=sales, driven_department=marketing))
    assert "Lead quality (Sales) → Lead quality (Marketing) → Lead quality (Sales)" in said["driven"][0]


def test_a_change_is_checked_against_all_others_but_itself(kpis, admin):
    link = add(kpis["leads"], kpis["conversion"])
    add(kpis["conversion"], kpis["revenue"])
    assert drivers.change(link, by=admin, at=AT, driver=kpis["leads"], driven=kpis["revenue"])
    assert not drivers.change(link, by=admin, at=AT, reason="It does.")
    assert AuditEvent.objects.get(act="driver.change").details == {"driven": [kpis["conversion"].pk, kpis["revenue"].pk]}
    assert "loop" in fault(lambda: drivers.change(link, by=admin, at=AT, driver=kpis["revenue"], driven=kpis["conversion"]))["driven"][0]
    link.refresh_from_db()
    assert link.driver == kpis["leads"]


def test_a_link_that_is_taken_back_stays_in_the_audit(kpis, admin):
    link = add(kpis["leads"], kpis["conversion"])
    for _ in range(2):
        drivers.delete(DriverLink(pk=link.pk, driver=link.driver, driven=link.driven, reason=link.reason), by=admin, at=AT)
    assert not DriverLink.objects.exists()
    assert AuditEvent.objects.get(act="driver.delete").details["reason"] == "It does."


@pytest.mark.django_db(transaction=True)
def test_two_people_at_once_cannot_close_a_loop():
    one, other = make.KPIFactory(name="One"), make.KPIFactory(name="Other")
    with meanwhile(lambda: add(one, other)):
        said = fault(lambda: add(other, one))  # waits until the first has committed, then sees it
    assert "Other → One → Other" in said["driven"][0]
    assert DriverLink.objects.count() == 1


# The pages


def sent(**values) -> dict[str, str]:
    return {"driver": "leads", "driven": "conversion", "reason": "Bad leads do not buy.", **values}


def test_adding_changing_and_deleting(page, kpis, sales, marketing):
    html = page.get("/metrics/drivers/new/?driven=conversion").content.decode()
    assert '<option value="conversion" selected>' in html
    html = page.post("/metrics/drivers/new/", sent(driver_department="marketing"), follow=True).content.decode()
    assert "Lead quality drives Conversion rate: noted." in html
    address = f"/metrics/drivers/{DriverLink.objects.get().pk}/"
    html = page.get(address).content.decode()
    assert '<option value="marketing" selected>' in html
    assert "Bad leads do not buy." in html
    assert "Nothing was changed." in page.post(address, sent(driver_department="marketing"), follow=True).content.decode()
    assert "Saved." in page.post(address, sent(reason="Others."), follow=True).content.decode()
    assert DriverLink.objects.get().driver_department is None
    assert "Lead quality drives Conversion rate: Others." in page.get(f"{address}delete/").content.decode()
    assert "taken back" in page.post(f"{address}delete/", follow=True).content.decode()
    assert not DriverLink.objects.exists()


def test_a_refused_loop_is_named_at_the_field(page, kpis):
    add(kpis["conversion"], kpis["leads"])
    answer = page.post("/metrics/drivers/new/", sent())
    assert answer.status_code == 422
    way = "Lead quality → Conversion rate → Lead quality"
    assert f'<a href="#id_driven">Driven KPI: This would go round in a loop: {way}.</a>' in answer.content.decode()
    address = f"/metrics/drivers/{add(kpis['leads'], kpis['revenue']).pk}/"
    assert page.post(address, sent()).status_code == 422
    assert "Driver: Select a valid choice." in page.post("/metrics/drivers/new/", sent(driver="x")).content.decode()


def rows(page, query: str = "") -> list[tuple[str, str]]:
    text = page.get(f"/metrics/drivers.csv{query}").content.decode()
    return [(row["driver"], row["driven"]) for row in csv.DictReader(io.StringIO(text))]


def test_the_list_its_filters_and_its_file(page, kpis, sales, marketing):
    add(kpis["conversion"], kpis["revenue"], driven_department=sales, reason="=1+1")
    add(kpis["leads"], kpis["conversion"], driver_department=marketing)
    add(kpis["leads"], kpis["revenue"])
    assert rows(page) == [("leads", "conversion"), ("conversion", "revenue"), ("leads", "revenue")]
    assert rows(page, "?q=LEAD") == [("leads", "conversion"), ("leads", "revenue")]
    assert rows(page, "?department=sales") == [("conversion", "revenue"), ("leads", "revenue")]
    assert rows(page, "?sort=-driven") == [("conversion", "revenue"), ("leads", "revenue"), ("leads", "conversion")]
    assert rows(page, "?sort=driver") == [("conversion", "revenue"), ("leads", "conversion"), ("leads", "revenue")]
    assert rows(page, "?department=nowhere") == []
    assert "'=1+1" in page.get("/metrics/drivers.csv").content.decode()
    assert "No driver fits" in page.get("/metrics/drivers/?q=nothing").content.decode()


def test_the_drawing_has_a_sentence_and_no_word_that_is_not_escaped(page, kpis, sales):
    odd = make.KPIFactory(code="odd", name="<b>Odd</b> & so on, rather a long name for a box")
    add(odd, kpis["revenue"], driver_department=sales)
    add(kpis["leads"], kpis["revenue"])
    html = page.get("/metrics/drivers/").content.decode()
    assert "2\u00a0drivers between 3\u00a0KPIs: an arrow leads from what drives to what is driven. Dashed:" in html
    drawing = html[html.index('<svg class="graph"') :].split("</svg>")[0]
    assert "<b>" not in drawing
    assert re.findall(r"<text[^>]*>(.*?)</text>", drawing)[:2] == ["&lt;b&gt;Odd&lt;/b&gt; &amp; so on,", "rather a long name for…"]
    assert drawing.count("graph-fixed") == 1
    assert drawing.count("<rect") == 3
    assert "(Sales) drives Revenue</title>" in drawing
    assert " style=" not in drawing


def test_what_cannot_be_drawn_at_once_is_listed_alone(page, monkeypatch, kpis):
    monkeypatch.setattr("metrics.queries.drivers.DRAWN_KPIS", 1)
    add(kpis["leads"], kpis["revenue"])
    html = page.get("/metrics/drivers/").content.decode()
    assert "narrow the list" in html
    assert '<svg class="graph"' not in html
    assert "It does." in html


def test_a_kpis_page_draws_two_steps_up_and_down(page, kpis):
    chain = [make.KPIFactory(name=f"Step {number}", code=f"step-{number}") for number in range(7)]
    for one, other in itertools.pairwise(chain):
        add(one, other)
    html = page.get("/metrics/kpi/step-3/").content.decode()
    assert "Step 3 is driven by Step 2; it drives Step 4." in html
    assert "graph-here" in html
    for number in range(7):
        assert (f'href="/metrics/kpi/step-{number}/"' in html) == (1 <= number <= 5)
    assert "No driver of Step 0 is listed; it drives Step 1." in page.get("/metrics/kpi/step-0/").content.decode()
    assert "Step 6 is driven by Step 5." in page.get("/metrics/kpi/step-6/").content.decode()


def test_many_names_are_counted(kpis, admin):
    for number in range(5):
        add(make.KPIFactory(name=f"Driver {number}"), kpis["revenue"])
    links = list(queries.drivers_for(admin))
    sentence = queries.drawn(links, set(), here=kpis["revenue"]).sentence
    assert sentence == "Revenue is driven by Driver 0, Driver 1, Driver 2 and 2\u00a0others."
    assert queries.drawn([], set()) is None


def test_empty_pages_say_what_comes_first(page, client, reviewer):
    assert "Look at the library" in page.get("/metrics/drivers/").content.decode()
    client.force_login(reviewer)
    assert "An admin enters it." in client.get("/metrics/drivers/").content.decode()


def test_a_head_sees_what_concerns_their_kpis_and_names_no_other_department(client, head, kpis, sales, marketing):
    make.SeriesFactory(kpi=kpis["conversion"], department=sales)
    other = make.KPIFactory(code="other", name="Other of others")
    add(kpis["leads"], kpis["conversion"], driver_department=marketing, reason="Secret")
    add(kpis["leads"], kpis["conversion"], driven_department=sales, reason="Mine")
    add(other, kpis["leads"], reason="Not mine")
    client.force_login(head)
    assert rows(client) == [("leads", "conversion")]
    for address in ("/metrics/drivers/", "/metrics/kpi/conversion/"):
        html = client.get(address).content.decode()
        assert "Mine" in html
        for word in ("Secret", "Marketing", "Not mine", "Other of others", 'href="/metrics/kpi/leads/"', "Edit"):
            assert word not in html, (address, word)


def test_the_list_asks_a_fixed_number_of_questions(page, sales):
    def fill(count: int) -> None:
        for _ in range(count):
            DriverLink.objects.create(driver=make.KPIFactory(), driven=make.KPIFactory(), driver_department=sales, reason="x")

    def asked() -> int:
        with CaptureQueriesContext(connection) as asked_of:
            assert page.get("/metrics/drivers/").status_code == 200
        return len(asked_of)

    fill(2)
    few = asked()
    fill(20)
    assert asked() == few <= 10
    assert KPI.objects.count() == 44
