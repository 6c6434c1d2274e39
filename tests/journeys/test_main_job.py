"""The main job in a browser: a file in, verdicts by the worker, ranked gaps, one opened down to its rows, the summary as a file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import expect

from departments.core.roles import Role
from departments.models import Department, ReviewCycle
from tests import factories as make
from tests.journeys.conftest import Visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("browser")]
DATA = Path(__file__).resolve().parent.parent / "data"


def new_cycle(visit: Visit, name: str, code: str, first: str, last: str) -> None:
    visit.click("button", "New") if visit.page.get_by_role("button", name="New").count() else visit.page.locator(
        "summary", has_text="New"
    ).click()
    visit.page.get_by_role("link", name="Review cycle").click()
    visit.page.get_by_label("Name").fill(name)
    visit.page.get_by_label("Code").fill(code)
    visit.page.get_by_label("Review window from").fill(first)
    visit.page.get_by_label("Review window to").fill(last)
    visit.click("button", "Create the cycle")
    expect(visit.page.get_by_role("heading", level=1)).to_have_text(name)


def import_file(visit: Visit, path: Path) -> None:
    visit.go("/imports/new/")
    visit.page.locator("input[type=file]").set_input_files(path)
    visit.page.locator("main form button[type=submit]").first.click()
    onward = visit.page.get_by_role("button", name="Continue to the review")  # every department and KPI of it is new
    expect(onward).to_be_visible(timeout=30_000)
    onward.click()
    confirm = visit.page.get_by_role("button", name="and create")
    expect(confirm).to_be_visible(timeout=30_000)
    confirm.click()
    expect(visit.page.get_by_text("rows added")).to_be_visible(timeout=30_000)


@pytest.mark.parametrize(
    ("file", "name", "code", "first", "last", "gap"),
    [
        ("nhs_ae.csv", "A&E winter review", "ae-2019", "2018-10-01", "2019-03-31", "A&E seen within 4 hours"),
        ("mta.csv", "MTA review", "mta-2013", "2013-07-01", "2013-12-31", "Employee Lost Time Rate"),
    ],
)
def test_from_a_file_to_the_summary(worker, visit: Visit, file, name, code, first, last, gap, tmp_path):
    make.member(Role.ADMIN, email="admin@example.org", name="Ada Admin")
    visit.sign_in("admin@example.org")
    new_cycle(visit, name, code, first, last)
    import_file(visit, DATA / file)
    cycle = ReviewCycle.objects.get(code=code)
    visit.go(f"/c/{code}/gaps/")
    rank_one = visit.page.locator(".gap-list > li").first
    for _ in range(30):
        if rank_one.count():
            break
        visit.page.wait_for_timeout(500)
        visit.page.reload()
    expect(rank_one).to_be_visible()
    expect(rank_one).to_contain_text(gap)
    visit.check()

    rank_one.get_by_role("link").first.click()
    expect(visit.page.locator("figure.chart .main-svg").first).to_be_visible()
    visit.check()
    source = visit.page.get_by_role("link", name=f"{file}, row").first
    line = source.inner_text().rsplit(" ", 1)[1]
    department = visit.page.get_by_label("Breadcrumb").get_by_role("link").nth(1).inner_text()
    source.click()
    expect(visit.page.get_by_role("heading", level=1)).to_contain_text(file)
    assert department in (DATA / file).read_text().splitlines()[int(line) - 1]

    visit.go(f"/c/{code}/report/")
    visit.check()
    with visit.page.expect_download() as download:
        visit.click("link", "JSON")
    saved = tmp_path / "summary.json"
    download.value.save_as(saved)
    document = json.loads(saved.read_text())
    cycle.refresh_from_db()
    assert document["run"]["version"] == cycle.current_version
    assert document["gaps"]
    assert document["gaps"][0]["department"] == department


def test_each_role_lands_where_its_work_is(visit: Visit, judged):
    sales = Department.objects.get(code="sales")
    for role, email in ((Role.ADMIN, "a@example.org"), (Role.MANAGER, "m@example.org"), (Role.REVIEWER, "r@example.org")):
        make.member(role, email=email)
        visit.context.clear_cookies()
        visit.sign_in(email)
        expect(visit.page.get_by_role("heading", level=1)).to_have_text("Q4 review")
        visit.check()
    make.member(Role.HEAD, sales, email="h@example.org")
    visit.context.clear_cookies()
    visit.sign_in("h@example.org")
    expect(visit.page.get_by_role("heading", level=1)).to_have_text("Sales")
    expect(visit.page.locator(".gap-list")).to_contain_text("Conversion rate")
    visit.check()


def test_pages_on_a_phone(visit: Visit, judged):
    make.member(Role.ADMIN, email="a@example.org")
    visit.page.set_viewport_size({"width": 390, "height": 844})
    visit.sign_in("a@example.org")
    series = judged_series()
    of_cycle = ("", "departments/", "departments/sales/", f"series/{series}/", "gaps/", "health/", "report/")
    of_figures = ("metrics/", "metrics/kpi/conversion/", "metrics/benchmarks/", "metrics/drivers/", "metrics/library/")
    others = ("imports/", "imports/new/", "cycles/new/")
    for path in (*(f"/c/q4/{page}" for page in of_cycle), *(f"/{page}" for page in (*of_figures, *others))):
        visit.go(path)
        visit.check()


def judged_series() -> int:
    from metrics.models import Series

    return Series.objects.get(kpi__code="conversion").pk


def test_signing_in_by_keyboard_alone(visit: Visit, judged):
    make.member(Role.MANAGER, email="m@example.org")
    page = visit.go("/account/login/")
    page.get_by_label("Email").focus()
    page.keyboard.type("m@example.org")
    page.keyboard.press("Tab")
    while page.evaluate("document.activeElement.name") != "password":
        page.keyboard.press("Tab")
    page.keyboard.type("correct horse battery")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Q4 review")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
