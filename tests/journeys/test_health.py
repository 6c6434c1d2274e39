"""Data health and a rolled-up rate in a browser: from the review's first page to the departments that a sum is made of."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from departments.core.roles import Role
from gaps.services.recompute import recompute
from metrics.models import Observation, Series
from metrics.services import rollup
from tests import factories as make
from tests.journeys.conftest import Visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("browser")]


@pytest.fixture
def rates(cycle, sales):
    """Two departments below Sales with a rate each; one of them lacks a month."""
    kpi = make.KPIFactory(name="Win rate")
    for name, missing in (("East", {7}), ("West", set())):
        one = Series.objects.create(kpi=kpi, department=make.DepartmentFactory(code=name.lower(), name=name, parent=sales))
        make.figures(one, [None if slot in missing else 50.0 for slot in range(20)], target=60)
        Observation.objects.filter(series=one).update(numerator=1, denominator=2)
    rollup.refresh()
    recompute(cycle.pk, at=make.AT)


@pytest.mark.parametrize("width", [1280, 390])
def test_from_home_to_the_departments_of_a_sum(visit: Visit, rates, width):
    make.member(Role.MANAGER, email="m@example.org")
    visit.page.set_viewport_size({"width": width, "height": 900})
    visit.sign_in("m@example.org")
    visit.click("link", "Data health")
    expect(visit.page.locator(".finding")).to_contain_text("3 of 3 series are fit to judge")
    visit.check()
    visit.page.locator("#holes").locator("xpath=ancestor::section").get_by_role("row", name="rolled up").get_by_role("link").first.click()
    expect(visit.page.get_by_role("heading", level=1)).to_have_text("Win rate")
    expect(visit.page.get_by_role("row", name="Not added up")).to_contain_text("East")
    visit.check()
    visit.page.locator("#sources").get_by_role("link", name="East").click()
    expect(visit.page.get_by_label("Breadcrumb")).to_contain_text("East")
