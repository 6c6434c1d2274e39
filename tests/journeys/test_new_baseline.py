"""A reviewer begins a new baseline on the page of a KPI, sees what it changes and why, and takes it back."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from departments.core.roles import Role
from metrics.models import Series
from tests import factories as make
from tests.journeys.conftest import Visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("browser")]


def test_a_new_baseline_from_its_reason_to_its_removal(visit: Visit, judged, worker):
    make.member(Role.REVIEWER, email="r@example.org", name="Ray Reviewer")
    visit.sign_in("r@example.org")
    series = Series.objects.get(kpi__code="conversion")
    page = visit.go(f"/c/q4/series/{series.pk}/")
    for details in page.locator("#why summary").all():
        details.click()
    expect(page.locator("#why td.here")).to_contain_text("critical")
    visit.check()

    page.get_by_text("Start a new baseline", exact=True).click()
    page.get_by_label("First period of the new baseline").select_option("2025-07-01")
    visit.click("button", "Start the new baseline")
    expect(page.get_by_role("alert")).to_contain_text("Say what changed.")
    visit.check()
    assert [fault for fault in visit.faults if "422" not in fault] == []
    visit.faults.clear()  # a browser reports a refused form as a fault
    page.get_by_label("What changed").fill("New CRM")
    visit.click("button", "Start the new baseline")
    show = page.get_by_role("link", name="Show them")
    expect(show.or_(page.get_by_text("A new baseline was started in Jul 2025"))).to_be_visible(timeout=30_000)
    if show.count():
        show.click()

    expect(page.locator("figcaption")).to_contain_text("A new baseline was started in Jul 2025")
    expect(page.locator("figure.chart .annotation-text")).to_have_text("New baseline: New CRM")
    expect(page.locator("#baseline")).to_contain_text("Ray Reviewer")

    page.set_viewport_size({"width": 390, "height": 844})
    page.reload()
    expect(page.locator("figure.chart .annotation-text")).to_have_text("New baseline")
    visit.check()
    visit.click("button", "Remove the new baseline from Jul 2025")
    expect(page.get_by_text("The new baseline is taken back.")).to_be_visible()
    expect(page.locator(".begun")).to_have_count(0)
