"""The codebook in a browser: a theme becomes part of another one and comes back, by keyboard alone; a foreign codebook is taken in."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from departments.core.roles import Role
from interviews.models import Excerpt, Theme
from tests import factories as make
from tests.journeys.conftest import Visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("browser")]
FOREIGN = b"""<?xml version="1.0"?><CodeBook xmlns="urn:QDA-XML:codebook:1.0"><Codes>
<Code guid="85D17F60-7BB0-481E-B742-B4861DD669DF" name="Trust" isCodable="true"/></Codes></CodeBook>"""


@pytest.fixture
def reviewer_at(visit: Visit, cycle, sales) -> Visit:
    reviewer = make.member(Role.REVIEWER, email="reviewer@example.org", name="Ray Reviewer")
    make.reviewing(reviewer, cycle)
    Theme.objects.all().delete()  # a new database begins with the codebook
    slow = make.ThemeFactory(code="slow", name="Calls that come late", keywords=["late call"])
    make.ThemeFactory(code="waiting", name="Waiting about", definition="Customers wait.")
    who = make.StakeholderFactory(cycle=cycle, department=sales, pseudonym="Heron 1")
    make.excerpt(make.answer(make.InterviewFactory(stakeholder=who, finished=True), "We call them back days later."), slow)
    visit.sign_in("reviewer@example.org")
    return visit


def press_to(visit: Visit, role: str, name: str) -> None:
    """Tab until the control has the focus, then use it as a keyboard does."""
    wanted = visit.page.get_by_role("main").get_by_role(role, name=name, exact=True).first
    expect(wanted).to_be_visible()
    for _ in range(80):
        if wanted.evaluate("element => element === document.activeElement"):
            break
        visit.page.keyboard.press("Tab")
    expect(wanted).to_be_focused()


def test_merge_and_undo_by_keyboard(reviewer_at: Visit):
    visit, page = reviewer_at, reviewer_at.page
    visit.go("/themes/")
    visit.check()
    press_to(visit, "link", "Calls that come late")
    page.keyboard.press("Enter")
    expect(page.get_by_text("We call them back days later.")).to_be_visible()
    visit.check()
    press_to(visit, "link", "Merge")
    page.keyboard.press("Enter")
    page.wait_for_url("**/merge/")
    visit.check()
    press_to(visit, "combobox", "Becomes part of*")
    page.keyboard.type("Waiting about")
    press_to(visit, "button", "Merge")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Calls that come late became part of Waiting about.").first).to_be_visible()
    assert Excerpt.objects.get().theme.code == "waiting"
    visit.check()
    press_to(visit, "button", "Undo")
    page.keyboard.press("Enter")
    expect(page.locator("#messages")).to_contain_text("Undone: Calls that come late became part of Waiting about.")
    assert Excerpt.objects.get().theme.code == "slow"
    assert Theme.objects.in_use().count() == 2


def test_a_foreign_codebook_is_placed_and_taken_in(reviewer_at: Visit):
    visit, page = reviewer_at, reviewer_at.page
    visit.go("/themes/import/")
    visit.check()
    page.get_by_label("Codebook").set_input_files({"name": "book.qdc", "mimeType": "application/xml", "buffer": FOREIGN})
    page.get_by_role("button", name="Look at the changes").click()
    page.get_by_label("Place of Trust").select_option(label="Job, motives")
    visit.check()
    page.get_by_role("button", name="Add 1\u00a0theme").click()
    expect(page.get_by_text("A file was taken in: 1\u00a0theme new").first).to_be_visible()
    assert Theme.objects.get(name="Trust").level == "job"
    visit.check()
