"""A second coder: blind to the first, by mouse and by keyboard, in light and dark, wide and narrow."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from departments.core.roles import Role
from interviews.models import Coding, Excerpt, SuggestionChoice
from interviews.services import interviews
from tests import factories as make
from tests.factories import AT
from tests.journeys.conftest import Visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("browser")]

TEXT = "The leads 😀 are poor. Half of them never asked for anything.\nWe wait two days for the handover."


@pytest.fixture
def interview(judged, sales, reviewer):
    """A finished interview, coded by its interviewer as a handover problem."""
    guide = make.GuideFactory()
    make.QuestionFactory(guide=guide, position=1, text="Where do you lose time?")
    make.reviewing(reviewer, judged)
    made = interviews.create(
        cycle=judged, stakeholder=make.StakeholderFactory(cycle=judged, department=sales), guide=guide, interviewer=reviewer,
        held_on=AT.date(), consent="verbal", quotable=True, at=AT,
    )  # fmt: skip
    answer = made.answers.get()
    interviews.save_answer(answer, text=TEXT, base_version=0, by=reviewer, at=AT)
    answer.refresh_from_db()
    handover = make.ThemeFactory(name="Handover between teams", definition="Work waits between teams.", keywords=["handover", "wait"])
    make.ThemeFactory(name="Lead quality", definition="Leads that do not fit.", keywords=["leads", "poor"])
    make.excerpt(answer, handover, start=0, end=9)
    interviews.finish(made, by=reviewer, at=AT)
    return made


def test_a_second_coding(visit: Visit, interview, judged):
    second = make.member(Role.REVIEWER, email="second@example.org", name="Sam Second")
    make.reviewing(second, judged)
    visit.sign_in("second@example.org")
    page = visit.page
    visit.go(f"/c/q4/interviews/{interview.pk}/coding/")
    expect(page.get_by_role("main")).not_to_contain_text("The leads")
    visit.check()
    page.get_by_role("button", name="Begin").click()
    said = page.locator("[data-answer-text]")
    expect(said).to_contain_text("Half of them never asked")
    expect(page.locator("ol.excerpts")).to_have_count(0)
    visit.check()

    # by mouse: three clicks from words to excerpt
    select(page, "leads 😀 are poor")
    visit.clicks = 0
    visit.click("button", "Code the selected words")
    panel = page.get_by_role("dialog")
    expect(panel.locator("blockquote")).to_have_text("leads 😀 are poor")
    expect(panel.get_by_role("group", name="Suggested themes").get_by_role("button").first).to_have_text("Lead quality")
    visit.check()
    visit.click("button", "Lead quality")
    visit.click("button", "Save")
    assert visit.clicks == 3
    expect(page.locator("ol.excerpts li")).to_contain_text("Lead quality")
    excerpt = Excerpt.objects.get(coding__coder=second)
    assert (excerpt.text, excerpt.coding.first) == ("leads 😀 are poor", False)
    assert SuggestionChoice.objects.get().accepted
    visit.check()

    # by keyboard: another theme, a cause, and the stance
    select(page, "wait two days for the handover")
    page.keyboard.press("q")
    expect(panel).to_be_visible()
    panel.get_by_label("Theme", exact=True).fill("handover between TEAMS")
    expect(panel).to_contain_text("Work waits between teams.")
    page.keyboard.press("Alt+3")
    panel.get_by_label("KPI", exact=True).select_option(label="Conversion rate")
    panel.get_by_text("Because of …").press("Enter")
    panel.get_by_label("or a department").select_option(label="Marketing")
    page.keyboard.press("Tab")
    panel.get_by_role("button", name="Save").press("Enter")
    expect(page.locator("ol.excerpts li")).to_have_count(2)
    expect(page.locator("ol.excerpts")).to_contain_text("because of Marketing")
    made = Excerpt.objects.get(kpi__code="conversion")
    assert (made.stance, made.cause_department.code, made.text) == ("mixed", "marketing", "wait two days for the handover")

    # changed, taken away and brought back
    page.get_by_role("button", name="Change excerpt 1, Lead quality").click()
    expect(panel.get_by_label("Theme", exact=True)).to_have_value("Lead quality")
    panel.get_by_label("Theme", exact=True).fill("No such theme")
    panel.get_by_role("button", name="Save").click()
    expect(panel.get_by_role("alert")).to_contain_text("There is no such theme.")
    visit.check()
    visit.faults = [fault for fault in visit.faults if "422" not in fault]
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Remove excerpt 1, Lead quality").click()
    expect(page.locator("ol.excerpts li")).to_have_count(1)
    expect(page.get_by_role("button", name="Undo")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("ol.excerpts li")).to_have_count(2)

    page.set_viewport_size({"width": 390, "height": 844})
    select(page, "Half of them")
    page.get_by_role("button", name="Code the selected words").click()
    visit.check()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Finish").click()
    expect(page.get_by_role("main")).to_contain_text("You finished this coding")
    visit.check()
    assert Coding.objects.get(coder=second).finished_at is not None


def select(page, words: str) -> None:
    """What a person does with the mouse, in the text."""
    page.evaluate(
        """words => {
            const box = document.querySelector("[data-answer-text]");
            const walk = document.createTreeWalker(box, NodeFilter.SHOW_TEXT);
            while (walk.nextNode()) {
                const place = walk.currentNode.data.indexOf(words);
                if (place < 0) continue;
                const range = document.createRange();
                range.setStart(walk.currentNode, place);
                range.setEnd(walk.currentNode, place + words.length);
                document.activeElement.blur();
                getSelection().removeAllRanges();
                getSelection().addRange(range);
            }
        }""",
        words,
    )
