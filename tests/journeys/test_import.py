"""A file from a tool that nobody knows yet, by keyboard alone: columns told, names matched, reviewed, imported, undone."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from departments.core.roles import Role
from departments.models import Department
from metrics.models import KPI, Import, Observation
from tests import factories as make
from tests.journeys.conftest import Visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("browser")]
HEADER = "Abteilung;Kennzahl;Datum;Ist;Ziel\r\n"
KNOWN_LAYOUT, FIRST_TIME = 3, 8  # clicks, by UX


def month(number: int, value: str, target: str = "25,5 %") -> str:
    return f"Saless;Abschlussquote;01/{number:02d}/2026;{value};{target}\r\n"


@pytest.fixture
def admin(visit: Visit) -> Visit:
    make.member(Role.ADMIN, email="admin@example.org", name="Ada Admin")
    make.DepartmentFactory(code="sales", name="Sales")
    visit.sign_in("admin@example.org")
    return visit


class Hands:
    """Someone who uses the keyboard only, and whose decisions are counted as a mouse's clicks would be."""

    def __init__(self, visit: Visit):
        self.page, self.count = visit.page, 0

    def reach(self, place: Locator) -> None:
        """Tab forward until the place has the focus; a place that cannot be reached so fails."""
        for _ in range(120):
            if place.evaluate("element => element === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError("the keyboard does not get there")

    def press(self, place: Locator) -> None:
        self.reach(place)
        self.page.keyboard.press("Enter")
        self.count += 1

    def choose(self, place: Locator, text: str) -> None:
        """Type the beginning of an option's text."""
        self.reach(place)
        self.page.keyboard.type(text)
        self.count += 1


def ready(visit: Visit) -> None:
    expect(visit.page.get_by_text("Being checked")).to_have_count(0, timeout=30_000)


def upload(visit: Visit, hands: Hands, path: Path) -> None:
    page = visit.page
    page.locator("input[type=file]").set_input_files(path)
    hands.count += 1  # choosing the file
    hands.press(page.get_by_role("button", name="Check the file"))
    ready(visit)


def test_an_unknown_file_by_keyboard_and_the_next_of_its_kind(worker, admin: Visit, tmp_path):
    page, hands = admin.page, Hands(admin)
    path = tmp_path / "juni.csv"
    path.write_bytes((HEADER + "".join(month(number, f"2{number},5 %") for number in range(1, 7))).encode("cp1252"))
    admin.go("/imports/new/")
    admin.check()
    upload(admin, hands, path)
    admin.check()
    expect(page.get_by_text("written day first or month first?")).to_be_visible()
    hands.choose(page.get_by_label("written day first or month first?"), "Day")
    hands.choose(page.get_by_label("“Saless”", exact=True), "It is “Sales”")
    hands.press(page.get_by_role("button", name="Continue to the review"))
    ready(admin)
    hands.choose(page.get_by_label("Direction of “Abschlussquote”"), "Higher")
    hands.press(page.get_by_role("button", name="Continue to the review"))
    ready(admin)
    expect(page.get_by_role("button", name="Import 6 rows and create 1 KPI")).to_be_visible()
    admin.check()
    hands.press(page.get_by_role("button", name="Import 6 rows and create 1 KPI"))
    expect(page.get_by_text("6 rows added")).to_be_visible(timeout=30_000)
    assert hands.count <= FIRST_TIME
    assert list(Observation.objects.order_by("period").values_list("value", "target"))[:2] == [(21.5, 25.5), (22.5, 25.5)]
    assert (Department.objects.count(), KPI.objects.get().unit) == (1, "%")

    july = tmp_path / "juli.csv"
    july.write_bytes((HEADER + month(6, "27,5 %") + month(7, "28,5 %") + "Summe;;;;\r\n").encode("cp1252"))
    admin.go("/imports/new/")
    hands.count = 0
    upload(admin, hands, july)
    expect(page.get_by_role("button", name="Import 2 rows")).to_be_visible()
    expect(page.locator("del")).to_have_text("26.5 %")
    hands.press(page.get_by_role("button", name="Import 2 rows"))
    expect(page.get_by_text("1 row added and 1 row changed")).to_be_visible(timeout=30_000)
    assert hands.count <= KNOWN_LAYOUT
    admin.check()

    hands.count = 0
    hands.press(page.locator("summary", has_text="Undo this import"))
    admin.check()
    hands.press(page.get_by_role("button", name="Undo the whole import"))
    expect(page.locator(".finding")).to_have_text("Undone")
    assert hands.count == 2
    assert Observation.objects.order_by("period").last().value == 26.5


def test_rejected_rows_come_back_repaired(worker, admin: Visit, tmp_path):
    page = admin.page
    make.KPIFactory(name="Win rate")
    path = tmp_path / "figures.csv"
    path.write_text("department,kpi,period,value\nSales,Win rate,2026-01,20\nSales,Win rate,2026-02,x\n")
    admin.go("/imports/new/")
    page.locator("input[type=file]").set_input_files(path)
    admin.click("button", "Check the file")
    ready(admin)
    expect(page.get_by_text("This is not a number.")).to_be_visible()
    admin.check()
    with page.expect_download() as download:
        admin.click("link", "Rejected rows with reasons")
    repaired = tmp_path / "repaired.csv"
    download.value.save_as(repaired)
    repaired.write_text(repaired.read_text(encoding="utf-8-sig").replace(",x,", ",21,"), encoding="utf-8")
    admin.click("button", "Import the 1 good rows and leave 1 row out")
    expect(page.get_by_text("1 row added")).to_be_visible(timeout=30_000)
    admin.go("/imports/new/")
    page.locator("input[type=file]").set_input_files(repaired)
    admin.click("button", "Check the file")
    ready(admin)
    admin.click("button", "Import 1 row")
    expect(page.get_by_text("1 row added")).to_be_visible(timeout=30_000)
    assert list(Observation.objects.order_by("period").values_list("value", flat=True)) == [20, 21]


def test_pasted_rows_and_a_phone(worker, admin: Visit):
    page = admin.page
    make.KPIFactory(name="Win rate")
    page.set_viewport_size({"width": 390, "height": 844})
    admin.go("/imports/new/")
    page.locator("summary", has_text="Paste rows").click()
    page.get_by_label("Or paste rows").fill("department\tkpi\tJan 2026\tFeb 2026\nSales\tWin rate\t20,5\t21,5\n")
    admin.check()
    admin.click("button", "Check the file")
    ready(admin)
    expect(page.get_by_role("button", name="Import 2 rows")).to_be_visible()
    admin.check()
    assert Import.objects.get().file_name == "Pasted rows.tsv"
