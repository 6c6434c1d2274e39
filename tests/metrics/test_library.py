"""KPIs and drivers taken over from the library."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from departments.models import AuditEvent
from metrics.core.library import TEMPLATES, USUAL
from metrics.models import KPI, DriverLink
from metrics.services import drivers, library
from tests import factories as make
from tests.factories import AT

pytestmark = pytest.mark.django_db
PAGE = "/metrics/library/"
WAIT = "follow-up-time.conversion-rate"


@pytest.fixture
def page(client, admin):
    """A signed-in admin's browser."""
    client.force_login(admin)
    return client


def add(templates=(), usual=(), by=None):
    return library.add(templates=list(templates), usual=list(usual), by=by, at=AT)


def test_a_template_becomes_a_kpi_with_all_it_says(admin):
    (kpi,) = add(["follow-up-time"], by=admin).kpis
    kpi.refresh_from_db()
    assert (kpi.code, kpi.name, kpi.unit, kpi.direction, kpi.frequency) == ("follow-up-time", "Follow-up time", "h", "decrease", "week")
    assert kpi.formula
    assert kpi.definition
    assert list(AuditEvent.objects.order_by("pk").values_list("act", "actor")) == [("kpi.create", admin.pk), ("library.add", admin.pk)]


def test_what_is_there_by_name_is_not_made_again():
    own = make.KPIFactory(name="FOLLOW-UP  time", code="fut")
    added = add(["follow-up-time", "conversion-rate"], [WAIT])
    assert [kpi.code for kpi in added.kpis] == ["conversion-rate"]
    assert [(link.driver, link.driven.code) for link in added.drivers] == [(own, "conversion-rate")]


def test_a_code_that_another_kpi_has_is_numbered():
    make.KPIFactory(name="Something else", code="follow-up-time")
    assert [kpi.code for kpi in add(["follow-up-time"]).kpis] == ["follow-up-time-2"]


def test_drivers_come_where_both_ends_are_there_and_once():
    assert add([], [WAIT]).drivers == []
    assert len(add(["follow-up-time", "conversion-rate"], [WAIT, "no.such"]).drivers) == 1
    assert add([], [WAIT]).drivers == []
    link = DriverLink.objects.get()
    assert link.reason == next(one.reason for one in USUAL if one.code == WAIT)


def test_a_driver_that_would_close_a_loop_is_left_out_and_said():
    add(["follow-up-time", "conversion-rate"])
    kpis = {kpi.code: kpi for kpi in KPI.objects.all()}
    drivers.add(driver=kpis["conversion-rate"], driven=kpis["follow-up-time"], reason="Busy people wait.", by=None, at=AT)
    added = add(["lead-quality"], [WAIT, "lead-quality.conversion-rate"])
    assert len(added.drivers) == 1
    assert added.left_out == [
        "Follow-up time does not drive Conversion rate here. "
        "This would go round in a loop: Follow-up time → Conversion rate → Follow-up time."
    ]


def test_everything_at_once():
    added = add([one.code for one in TEMPLATES], [one.code for one in USUAL])
    assert (len(added.kpis), len(added.drivers), added.left_out) == (len(TEMPLATES), len(USUAL), [])
    again = add([one.code for one in TEMPLATES], [one.code for one in USUAL])
    assert (again.kpis, again.drivers) == ([], [])


def test_the_page_offers_what_is_missing_and_marks_what_is_there(page):
    make.KPIFactory(name="conversion RATE", code="cr")
    html = page.get(PAGE).content.decode()
    assert 'value="conversion-rate"' not in html
    assert 'href="/metrics/kpi/cr/" data-there="conversion-rate">conversion RATE</a><small>In the dictionary' in html
    assert 'type="checkbox" name="templates" value="follow-up-time"' in html
    for name in ("Sales", "Marketing", "Customer service", "Operations"):
        assert f">{name}</h2>" in html
    answer = page.post(PAGE, {"templates": ["follow-up-time"], "usual": [WAIT]}, follow=True)
    assert "1\u00a0KPI and 1\u00a0driver added." in answer.content.decode()
    html = page.get(PAGE).content.decode()
    assert f'value="{WAIT}"' not in html
    assert "Stated already" in html


def test_the_page_says_what_was_left_out_and_what_was_not_ticked(page):
    assert "Nothing was ticked" in page.post(PAGE, {}, follow=True).content.decode()
    page.post(PAGE, {"templates": ["follow-up-time", "conversion-rate"]})
    kpis = {kpi.code: kpi for kpi in KPI.objects.all()}
    drivers.add(driver=kpis["conversion-rate"], driven=kpis["follow-up-time"], reason="x", by=None, at=AT)
    answer = page.post(PAGE, {"usual": [WAIT]}, follow=True)
    assert "go round in a loop" in answer.content.decode()


def test_who_may_not_edit_reads_it_without_boxes(client, reviewer, head, sales):
    make.KPIFactory(name="Conversion rate")
    for person in (reviewer, head):
        client.force_login(person)
        html = client.get(PAGE).content.decode()
        assert "checkbox" not in html
        assert "<button" not in html.split("<main")[1].split("</main>")[0]
        assert ("In the dictionary" in html) == (person is reviewer)  # a head is not told of KPIs of others


def test_a_complete_library_has_no_button(page):
    add([one.code for one in TEMPLATES], [one.code for one in USUAL])
    with CaptureQueriesContext(connection) as asked:
        html = page.get(PAGE).content.decode()
    assert "data-counts-go" not in html
    assert "checkbox" not in html
    assert len(asked) <= 10
