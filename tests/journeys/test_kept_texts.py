"""Texts that a server, a tab or a person left in an awkward moment are there again, and nobody is shown a conflict that is none."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Route, expect

from departments.core.roles import Role
from interviews.models import Answer, Interview
from interviews.services import interviews, persons
from tests import factories as make
from tests.factories import AT
from tests.journeys.conftest import Visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("browser")]
SAVE = "**/answers/*/"


@pytest.fixture
def draft(transactional_db) -> Interview:
    reviewer = make.member(Role.REVIEWER, email="reviewer@example.org", name="Ray Reviewer")
    cycle = make.CycleFactory(code="q4", name="Q4 review")
    make.reviewing(reviewer, cycle)
    person = make.StakeholderFactory(cycle=cycle, pseudonym="Kestrel")
    return interviews.create(
        cycle=cycle, stakeholder=person, guide=None, interviewer=reviewer, held_on=AT.date(), consent="verbal", quotable=True,
        headings=["What slows you down?"], at=AT,
    )  # fmt: skip


def editor(visit: Visit, interview: Interview) -> Page:
    visit.sign_in("reviewer@example.org")
    return visit.go(f"/c/q4/interviews/{interview.pk}/")


def field(page: Page):
    return page.locator("textarea[data-answer]").first


def is_saved(page: Page, text: str) -> None:
    expect(page.locator("[data-state]").first).to_have_text("Saved")
    assert Answer.objects.get().text == text


def test_a_save_whose_reply_was_lost_is_no_conflict_however_often_it_was_tried_again(draft, visit: Visit):
    """The server commits and dies before it answers; the person types on through many attempts, then it is back."""
    page = editor(visit, draft)
    tried = []

    def lose(route: Route) -> None:
        if not tried:
            route.fetch()  # it arrives, and is kept
        tried.append(route.request.post_data)
        route.abort()

    page.route(SAVE, lose)
    for number in range(8):
        field(page).press_sequentially(f"Part {number}. ")
        page.wait_for_timeout(1200)
        page.evaluate("window.dispatchEvent(new Event('online'))")  # an attempt now
        page.wait_for_timeout(200)
    assert len(set(tried)) > 6
    expect(page.locator("[data-state-all]")).to_contain_text("kept on this device")
    page.unroute(SAVE)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    is_saved(page, "".join(f"Part {number}. " for number in range(8)))
    assert page.locator(".conflict").count() == 0
    visit.faults.clear()  # the lost connections


def test_one_entry_that_cannot_be_read_does_not_keep_back_the_others(draft, visit: Visit):
    page = editor(visit, draft)
    page.route(SAVE, lambda route: route.abort())
    field(page).press_sequentially("Never arrived")
    page.wait_for_timeout(700)
    prefix = page.evaluate("Object.keys(localStorage).find(key => key.startsWith('interview:')).split(':').slice(0, 3).join(':')")
    page.evaluate("prefix => localStorage.setItem(`${prefix}:0:gone`, '{cut of')", prefix)
    page.close(run_before_unload=False)
    visit.page = visit.context.new_page()
    is_restored = visit.go(f"/c/q4/interviews/{draft.pk}/")
    expect(field(is_restored)).to_have_value("Never arrived")
    is_saved(is_restored, "Never arrived")
    visit.faults.clear()  # the lost connections


def test_two_tabs_that_were_both_killed_leave_both_texts(draft, visit: Visit):
    page = editor(visit, draft)
    other = visit.context.new_page()
    other.goto(page.url)
    for tab, text in ((page, "From the first"), (other, "From the second")):
        tab.evaluate("() => { window.fetch = () => Promise.reject(Error()) }")
        field(tab).press_sequentially(text)
    page.close()
    other.close()
    visit.page = visit.context.new_page()
    again = visit.go(f"/c/q4/interviews/{draft.pk}/")
    expect(again.locator(".conflict")).to_be_visible()
    again.get_by_role("button", name="Keep both").click()
    expect(again.locator("[data-state]").first).to_have_text("Saved")
    text = Answer.objects.get().text
    assert "From the first" in text
    assert "From the second" in text
    assert again.evaluate("Object.keys(localStorage).filter(key => key.startsWith('interview:')).length") == 0
    visit.faults.clear()  # the lost connections


def test_a_page_left_open_does_not_bring_back_what_was_erased(draft, visit: Visit):
    page = editor(visit, draft)
    field(page).press_sequentially("Secret")
    is_saved(page, "Secret")
    persons.erase(draft.stakeholder, by=draft.interviewer, at=AT)
    field(page).press_sequentially(" and more")
    expect(page.get_by_text("destroyed").first).to_be_visible()
    assert Answer.objects.get().text == ""
    visit.faults.clear()  # the refusal
