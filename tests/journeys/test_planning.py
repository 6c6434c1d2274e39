"""Planning in a browser: a scope, somebody to interview by a pseudonym only, whom to ask next, a guide put in order by keyboard."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from departments.core.roles import Role
from interviews.models import Guide, Scope, Stakeholder
from tests import factories as make
from tests.journeys.conftest import Visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("browser")]
LIST, PLAN = "/c/q4/interviews/", "/c/q4/interviews/plan/"


@pytest.fixture
def reviewer_at(visit: Visit, judged) -> Visit:
    make.reviewing(make.member(Role.REVIEWER, email="reviewer@example.org", name="Ray Reviewer"), judged)
    visit.sign_in("reviewer@example.org")
    return visit


def tab_to(visit: Visit, name: str, role: str | None = None) -> None:
    """Press Tab until what is called `name` has the focus."""
    for _ in range(80):
        visit.page.keyboard.press("Tab")
        if visit.page.evaluate(FOCUSED, [name, role or ""]):
            return
    raise AssertionError(f"Tab does not reach {name!r}")


FOCUSED = """([name, role]) => {
  const one = document.activeElement;
  const label = one.getAttribute("aria-label") || (one.labels && one.labels[0] ? one.labels[0].textContent : one.textContent);
  return label.replace(/\\s+/g, " ").trim().replace("*", "") === name && (!role || one.tagName.toLowerCase() === role);
}"""


def test_a_scope_and_a_person_by_keyboard(reviewer_at: Visit):
    visit, page = reviewer_at, reviewer_at.page
    visit.go("/c/q4/")
    visit.click("link", "Choose focus departments and scope")
    visit.check()
    keys = page.keyboard
    tab_to(visit, "In scope, Sales")
    keys.press("Space")
    keys.press("Tab")
    keys.type("Why conversion fell")
    for number in "123":
        keys.press("Tab")
        keys.type(number)
    keys.press("Enter")
    expect(page.locator("#messages")).to_contain_text("1\u00a0department changed")
    scope = Scope.objects.get()
    assert (scope.department.code, scope.focus) == ("sales", "Why conversion fell")
    assert (scope.planned_head, scope.planned_lead, scope.planned_front_line) == (1, 2, 3)
    visit.check()

    visit.click("link", "Interviews")
    expect(page.get_by_role("list").filter(has_text="planned")).to_contain_text("A front-line person of Sales")
    visit.check()
    visit.click("link", "A front-line person of Sales")
    expect(page.get_by_label("Role")).to_have_value("front_line")
    tab_to(visit, "Add the person", "button")
    keys.press("Enter")
    expect(page.locator("#messages")).to_contain_text("is on the list")
    person = Stakeholder.objects.get()
    assert (person.department.code, person.role, person.name) == ("sales", "front_line", "")
    visit.go(LIST)
    expect(page.get_by_text(f"On the list: {person.pseudonym}.")).to_be_visible()


def test_too_few_voices_are_warned_about(reviewer_at: Visit):
    visit, page = reviewer_at, reviewer_at.page
    visit.go(PLAN)
    page.get_by_label("Team leads, Marketing").fill("200")
    page.get_by_role("button", name="Save the scope").click()
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    summary.get_by_role("link").click()
    expect(page.get_by_label("Team leads, Marketing")).to_be_focused()
    visit.check()
    assert ["422" in fault for fault in visit.faults] == [True]
    visit.faults.clear()
    page.get_by_label("Team leads, Marketing").fill("2")
    page.get_by_role("button", name="Save the scope").click()
    expect(page.get_by_role("row", name="Marketing")).to_contain_text("Fewer than 3 voices planned")
    visit.check()


def test_a_guide_is_put_in_order_by_keyboard(reviewer_at: Visit):
    visit, page = reviewer_at, reviewer_at.page
    visit.go("/guides/new/")
    visit.check()
    page.get_by_label("Name").fill("Logistics")
    for number, words in enumerate(("Where?", "Why?", "How?"), 1):
        page.get_by_label(f"Question {number}", exact=True).and_(page.locator("textarea")).fill(words)
    page.get_by_role("button", name="Move question 3 up").press("Enter")
    expect(page.get_by_role("button", name="Move question 2 up")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Move question 1 down")).to_be_focused()
    page.get_by_role("button", name="Add a question").press("Enter")
    expect(page.locator("#id_q3-text")).to_be_focused()
    page.keyboard.type("What else?")
    page.get_by_role("button", name="Leave out question 2").click()
    expect(page.locator("#id_q3-text")).to_have_count(0)
    visit.check()
    page.get_by_label("Name").press("Enter")  # saves, and does not move a question
    expect(page.locator("#messages")).to_contain_text("“Logistics” is there.")
    visit.check()
    assert [one.text for one in Guide.objects.get(code="logistics").questions.all()] == ["How?", "Why?", "What else?"]


def test_every_page_on_a_phone(reviewer_at: Visit, judged, sales):
    visit = reviewer_at
    visit.page.set_viewport_size({"width": 390, "height": 844})
    Scope.objects.create(cycle=judged, department=sales, focus="Conversion", planned_lead=2)
    person = make.StakeholderFactory(cycle=judged, department=sales, role="lead", pseudonym="Heron 47", name="Thandi Mokoena")
    theme = make.ThemeFactory()
    for day in range(5):
        held = make.InterviewFactory(
            stakeholder=make.StakeholderFactory(cycle=judged, department=sales, role="lead"), finished=day > 0, guide=None
        )
        make.excerpt(make.answer(held, "What they said."), theme)
    guide = make.GuideFactory(code="front", version=2)
    make.QuestionFactory(guide=guide, position=1, whole_function=True).kpis.add(make.KPIFactory())
    make.QuestionFactory(guide=make.GuideFactory(code="front", version=1, retired_at=make.AT), position=1)
    for path in (
        LIST,
        f"{LIST}?state=draft",
        PLAN,
        f"{PLAN}people/new/",
        f"{PLAN}people/{person.pk}/",
        f"{PLAN}people/{person.pk}/delete/",
        "/guides/",
        "/guides/front/",
        "/guides/front/edit/",
        "/c/q4/departments/",
        "/c/q4/",
    ):
        visit.go(path)
        visit.check()
        assert not re.search("Thandi", visit.page.content()) or path.startswith(PLAN)


def test_a_manager_plans_and_assigns_without_a_name(visit: Visit, judged, sales):
    make.member(Role.MANAGER, email="manager@example.org", name="Mo Manager")
    ray = make.member(Role.REVIEWER, email="reviewer@example.org", name="Ray Reviewer")
    person = make.StakeholderFactory(cycle=judged, department=sales, pseudonym="Heron 47", name="Thandi Mokoena")
    make.InterviewFactory(stakeholder=person, finished=True)
    visit.sign_in("manager@example.org")
    visit.go(PLAN)
    visit.page.get_by_label("Add a reviewer").select_option(label="Ray Reviewer")
    visit.click("button", "Add")
    expect(visit.page.locator("#messages")).to_contain_text("Ray Reviewer reviews this cycle now.")
    assert judged.reviewers.get().user == ray
    for path in (PLAN, LIST, f"{PLAN}reviewers/{ray.pk}/remove/", "/cycles/new/"):
        visit.go(path)
        visit.check()
        assert not re.search("Heron|Thandi", visit.page.content())
