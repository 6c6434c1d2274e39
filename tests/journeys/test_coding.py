"""Coding in a browser: words of an answer get their meaning while they are written down, with the mouse, by keyboard, on a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from departments.core.roles import Role
from departments.models import Department, ReviewCycle, User
from interviews.models import Excerpt, Interview, SuggestionChoice, Theme
from interviews.services import interviews
from tests import factories as make
from tests.factories import AT
from tests.journeys.conftest import Visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("browser")]
TEXT = "😀 We wait days for the leads. The team is friendly."


@pytest.fixture
def place(transactional_db) -> tuple[User, ReviewCycle, Department]:
    reviewer = make.member(Role.REVIEWER, email="reviewer@example.org", name="Ray Reviewer")
    cycle = make.CycleFactory(code="q4", name="Q4 review")
    make.reviewing(reviewer, cycle)
    if not Theme.objects.filter(name="Waiting for others").exists():
        make.ThemeFactory(name="Waiting for others", definition="Work waits for another team's leads", keywords=["wait", "waits", "days"])
    return reviewer, cycle, make.DepartmentFactory(code="sales", name="Sales", function="sales")


@pytest.fixture
def draft(place) -> Interview:
    reviewer, cycle, sales = place
    make.SeriesFactory(department=sales, kpi__code="response", kpi__name="Response time")
    make.KPIFactory(code="other", name="Another KPI")
    person = make.StakeholderFactory(cycle=cycle, department=sales, pseudonym="Kestrel")
    made = interviews.create(
        cycle=cycle, stakeholder=person, guide=None, interviewer=reviewer, held_on=AT.date(), consent="verbal", quotable=True,
        headings=["What slows you down?", "What works well?"], at=AT,
    )  # fmt: skip
    interviews.save_answer(made.answers.get(position=1), text=TEXT, base_version=0, by=reviewer, at=AT)
    return made


def open_editor(visit: Visit, interview: Interview) -> None:
    visit.sign_in("reviewer@example.org")
    visit.go(f"/c/q4/interviews/{interview.pk}/")


def select(visit: Visit, words: str, field: int = 0) -> None:
    """Select words in an answer that is being written, as a pointer would."""
    visit.page.locator("textarea[data-answer]").nth(field).evaluate(
        "(field, words) => { field.focus(); const at = field.value.indexOf(words); field.setSelectionRange(at, at + words.length); }", words
    )


def suggestion(visit: Visit):
    return visit.page.locator(".suggestions button").first


def test_a_quote_is_coded_in_three_clicks(place, draft, visit: Visit):
    open_editor(visit, draft)
    select(visit, "We wait days for the leads.")
    visit.clicks = 0
    visit.click("button", "Code the selected words of answer 1")
    name = suggestion(visit).inner_text()
    visit.click("button", name, exact=True)
    visit.click("button", "Save", exact=True)
    expect(visit.page.locator(".excerpt")).to_have_count(1)
    assert visit.clicks <= 3
    excerpt = Excerpt.objects.get()
    assert (excerpt.text, excerpt.start, excerpt.theme.name) == ("We wait days for the leads.", 2, name)
    assert (excerpt.stance, excerpt.department.code) == ("problem", "sales")
    assert SuggestionChoice.objects.get().accepted
    visit.check()


def test_what_is_typed_is_saved_before_it_is_coded(place, draft, visit: Visit):
    """Coded at once, before the pause in which it would have been saved."""
    open_editor(visit, draft)
    visit.page.locator("textarea[data-answer]").nth(1).press_sequentially("Calls 😀 are quick")
    select(visit, "are quick", field=1)
    visit.page.keyboard.press("Alt+q")
    visit.page.get_by_label("Theme", exact=True).fill("waiting FOR others")
    visit.page.get_by_label("Strength").check()
    visit.click("button", "Save", exact=True)
    expect(visit.page.locator(".excerpt")).to_have_count(1)
    excerpt = Excerpt.objects.get()
    assert (excerpt.text, excerpt.start, excerpt.stance) == ("are quick", 8, "strength")
    assert excerpt.answer.text == "Calls 😀 are quick"


def test_changed_removed_and_brought_back(place, draft, visit: Visit):
    make.excerpt(draft.answers.get(position=1), Theme.objects.get(name="Waiting for others"), start=2, end=29)
    open_editor(visit, draft)
    visit.click("button", "Change excerpt 1")
    visit.page.get_by_label("Mixed").check()
    visit.page.get_by_label("KPI", exact=True).select_option(label="Response time")
    visit.click("button", "Save", exact=True)
    expect(visit.page.locator(".excerpt-head")).to_contain_text("Response time")
    assert (Excerpt.objects.get().stance, Excerpt.objects.get().kpi.code) == ("mixed", "response")
    visit.click("button", "Remove excerpt 1")
    expect(visit.page.locator(".excerpt")).to_have_count(0)
    assert not Excerpt.objects.live().exists()
    visit.click("button", "Undo")
    expect(visit.page.locator(".excerpt")).to_have_count(1)
    assert Excerpt.objects.live().count() == 1


def test_an_excerpt_that_loses_its_words_says_so_and_comes_back_with_them(place, draft, visit: Visit):
    make.excerpt(draft.answers.get(position=1), Theme.objects.get(name="Waiting for others"), start=2, end=29)
    open_editor(visit, draft)
    field = visit.page.locator("textarea[data-answer]").first
    field.fill("The team is friendly.")
    expect(visit.page.locator(".undo")).to_contain_text("We wait days")
    visit.faults.clear()
    visit.click("button", "Undo")
    expect(visit.page.get_by_text("Its words are no longer in the answer.")).to_be_visible()
    visit.faults.clear()  # the refusal that was provoked
    field.fill("So: " + TEXT)
    expect(visit.page.locator("[data-state]").first).to_have_text("Saved")
    visit.click("button", "Undo")
    expect(visit.page.locator(".excerpt")).to_have_count(1)
    assert (Excerpt.objects.live().get().start, Excerpt.objects.live().get().text) == (6, "We wait days for the leads.")


def test_from_new_to_finished_by_keyboard_alone(place, visit: Visit):
    guide = make.GuideFactory(name="Front line", role="front_line")
    make.QuestionFactory(guide=guide, position=1, text="Where do you wait?")
    visit.sign_in("reviewer@example.org")
    page = visit.go("/c/q4/interviews/new/?department=sales&role=front_line")
    keys = page.keyboard

    def reach(locator) -> None:
        """Press Tab until it has the focus."""
        for _ in range(80):
            if locator.evaluate("one => one === document.activeElement"):
                return
            keys.press("Tab")
        raise AssertionError(f"{locator} is not reached by keyboard")

    consent = page.get_by_label("Agreed in words")
    for _ in range(80):
        keys.press("Tab")
        if page.evaluate("document.activeElement.name") == "consent":
            break
    keys.press("Space")
    expect(consent).to_be_checked()
    reach(page.get_by_role("button", name="Begin"))
    keys.press("Enter")
    expect(page.get_by_role("heading", name="Where do you wait?")).to_be_visible()
    reach(page.locator("textarea[data-answer]").first)
    keys.type("We wait days for leads")
    keys.press("Shift+Home")
    keys.press("Alt+q")
    expect(page.get_by_role("dialog")).to_be_visible()
    expect(suggestion(visit)).to_be_focused()
    keys.press("Enter")
    keys.press("Enter")
    expect(page.locator(".excerpt")).to_have_count(1)
    reach(page.get_by_role("button", name="Finish"))
    keys.press("Enter")
    expect(page.get_by_role("button", name="Open again")).to_be_visible()
    assert not Interview.objects.get().is_draft
    assert Excerpt.objects.evidence().get().text == "We wait days for leads"
    expect(page.locator("mark")).to_have_text("We wait days for leads")


def test_a_finished_interview_is_coded_in_its_text(place, draft, visit: Visit):
    interviews.finish(draft, by=place[0], at=AT)
    open_editor(visit, draft)
    visit.page.evaluate(
        """words => {
            const text = document.querySelector("[data-answer-text]").firstChild;
            const at = text.data.indexOf(words);
            getSelection().setBaseAndExtent(text, at, text, at + words.length);
        }""",
        "The team is friendly.",
    )
    visit.page.keyboard.press("q")
    visit.page.get_by_label("Theme", exact=True).fill("Waiting for others")
    visit.click("button", "Save", exact=True)
    expect(visit.page.locator(".excerpt")).to_have_count(1)
    assert (Excerpt.objects.get().start, Excerpt.objects.get().text) == (30, "The team is friendly.")


def test_on_a_phone(place, draft, visit: Visit):
    visit.page.set_viewport_size({"width": 390, "height": 800})
    open_editor(visit, draft)
    select(visit, "We wait days for the leads.")
    visit.click("button", "Code the selected words of answer 1")
    expect(suggestion(visit)).to_be_visible()
    visit.check()
    small = visit.page.evaluate(
        "() => Array.from(document.querySelectorAll('#coding button, #coding input, #coding select, [data-code]'))"
        ".filter(one => one.offsetParent && one.getBoundingClientRect().height < 24 && !one.closest('label'))"
        ".map(one => one.outerHTML)"
    )
    assert not small
    suggestion(visit).click()
    visit.click("button", "Save", exact=True)
    expect(visit.page.locator(".excerpt")).to_have_count(1)
    visit.check()
