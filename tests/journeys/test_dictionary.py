"""The meaning of figures in a browser: a KPI from the library, edited, with a goal of 0 and a driver; a loop is refused."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from departments.core.roles import Role
from metrics.models import KPI, Benchmark, DriverLink
from tests import factories as make
from tests.journeys.conftest import Visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("browser")]


@pytest.fixture
def admin_at(visit: Visit, judged) -> Visit:
    make.member(Role.ADMIN, email="admin@example.org", name="Ada Admin")
    visit.sign_in("admin@example.org")
    return visit


def said(visit: Visit, words: str) -> None:
    expect(visit.page.locator("#messages")).to_contain_text(words)


def refused(visit: Visit) -> None:
    """What the browser notes of an answer 422 is no fault here; anything else would be."""
    assert ["422" in fault for fault in visit.faults] == [True]
    visit.faults.clear()


def test_from_the_library_to_a_refused_loop(admin_at: Visit):
    visit, page = admin_at, admin_at.page
    visit.go("/metrics/")
    visit.page.get_by_label("Metrics", exact=True).get_by_role("link", name="Library").click()
    go = page.locator("[data-counts-go]")
    page.get_by_label("Sales cycle length", exact=True).check()
    expect(go).to_have_text("Add 1\u00a0KPI and 3\u00a0drivers")
    page.get_by_label("Lead quality drives Conversion rate").uncheck()
    expect(go).to_have_text("Add 1\u00a0KPI and 2\u00a0drivers")
    visit.check()
    go.click()
    said(visit, "1\u00a0KPI and 2\u00a0drivers added.")
    assert set(DriverLink.objects.values_list("driver__name", "driven__name")) == {
        ("Follow-up time", "Conversion rate"),
        ("Follow-up time", "Sales cycle length"),
    }

    page.get_by_role("link", name="Sales cycle length").click()
    visit.check()
    page.get_by_role("main").get_by_role("link", name="Edit", exact=True).first.click()
    page.get_by_label("Owner").select_option(label="Ada Admin")
    page.get_by_label("Unit").fill("weeks")
    visit.check()
    page.get_by_role("button", name="Save").click()
    said(visit, "Saved.")
    expect(page.get_by_label("Facts")).to_contain_text("Ada Admin")

    page.get_by_role("link", name="Add one").click()
    expect(page.get_by_label("KPI")).to_have_value("sales-cycle-length")
    page.get_by_label("Value").fill("0")
    visit.check()
    page.get_by_role("button", name="Add it", exact=True).click()
    said(visit, "internal goal of 0\u00a0weeks for all departments")
    expect(page.get_by_role("row", name="Sales cycle length").first).to_contain_text("0\u00a0weeks")
    assert Benchmark.objects.get().value == 0
    visit.check()

    page.get_by_label("Metrics", exact=True).get_by_role("link", name="Drivers").click()
    visit.check()
    state_a_driver(visit, "Sales cycle length", "Lead quality", "Late offers make Marketing look elsewhere.")
    said(visit, "Sales cycle length drives Lead quality: noted.")
    state_a_driver(visit, "Lead quality", "Follow-up time", "Good leads are called first.")
    way = "Lead quality → Follow-up time → Sales cycle length → Lead quality"
    summary = page.get_by_role("alert")
    expect(summary).to_contain_text(f"Driven KPI: This would go round in a loop: {way}.")
    expect(summary).to_be_focused()
    refused(visit)
    visit.check()
    summary.get_by_role("link").click()
    expect(page.get_by_label("Driven KPI*", exact=True)).to_be_focused()
    assert DriverLink.objects.count() == 3


def state_a_driver(visit: Visit, driver: str, driven: str, why: str) -> None:
    visit.page.get_by_role("link", name="Add a driver").click()
    visit.page.get_by_label("Driver*", exact=True).select_option(label=driver)
    visit.page.get_by_label("Driven KPI*", exact=True).select_option(label=driven)
    visit.page.get_by_label("Why").fill(why)
    visit.page.get_by_role("button", name="Add the driver").click()


def test_the_dictionary_as_a_file(admin_at: Visit, tmp_path):
    visit, page = admin_at, admin_at.page
    visit.go("/metrics/")
    visit.click("link", "Edit as a file")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the dictionary").click()
    file = tmp_path / "kpis.csv"
    download.value.save_as(file)
    text = file.read_text(encoding="utf-8-sig")
    visit.check()
    wrong = text.replace(",higher,", ",sideways,", 1)
    for content, button in ((wrong, "Look at the changes"), (text.replace(",3,", ",5,"), "Look at another file")):
        file.write_text(content, encoding="utf-8-sig")
        page.get_by_label("Edited file").set_input_files(file)
        page.get_by_role("button", name=button).click()
        visit.check()
        expect(page.get_by_role("table").first).to_contain_text("higher, lower or neutral" if content is wrong else "importance")
    refused(visit)
    page.get_by_role("button", name="Change 3").click()
    said(visit, "Done: 3\u00a0KPIs changed, 0\u00a0KPIs added.")
    assert set(KPI.objects.values_list("importance", flat=True)) == {5}


def test_forms_and_questions_on_a_phone(admin_at: Visit):
    visit = admin_at
    visit.page.set_viewport_size({"width": 390, "height": 844})
    kpi = KPI.objects.get(code="conversion")
    spare = make.KPIFactory(code="spare", name="Spare")
    link = DriverLink.objects.create(driver=KPI.objects.get(code="lead-quality"), driven=kpi, reason="Bad leads do not buy.")
    goal = make.BenchmarkFactory(kpi=kpi)
    for path in (
        "kpis/new/",
        "kpi/conversion/edit/",
        "kpi/conversion/delete/",
        f"kpi/{spare.code}/delete/",
        "kpis/file/",
        "benchmarks/new/",
        f"benchmarks/{goal.pk}/",
        f"benchmarks/{goal.pk}/end/",
        f"benchmarks/{goal.pk}/delete/",
        "drivers/",
        "drivers/new/",
        f"drivers/{link.pk}/",
        f"drivers/{link.pk}/delete/",
        "kpi/conversion/",
    ):
        visit.go(f"/metrics/{path}")
        visit.check()
