"""An interview written down in a browser: without a network, without a server, in two tabs, by keyboard, on a phone. No word is lost."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Route, expect

from departments.core.roles import Role
from departments.models import Department, Membership, User
from interviews.models import Answer, Interview
from interviews.services import interviews as services
from tests import factories as make
from tests.factories import AT
from tests.journeys.conftest import PASSWORD, Visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("browser")]
ANSWERS = re.compile(r"/answers/\d+/$")
OFFLINE = "Offline: kept on this device"


@pytest.fixture
def guide(db):
    guide = make.GuideFactory(name="Everybody")
    for position, text in enumerate(["What goes well?", "Where does work wait?", "What would you change?"], 1):
        make.QuestionFactory(guide=guide, position=position, text=text, hint="Ask for the last time.")
    return guide


@pytest.fixture
def reviewer_at(visit: Visit, cycle, sales: Department, guide) -> Visit:
    reviewer = make.member(Role.REVIEWER, email="reviewer@example.org", name="Ray Reviewer")
    make.reviewing(reviewer, cycle)
    visit.sign_in("reviewer@example.org")
    return visit


@pytest.fixture
def interview(reviewer_at: Visit, cycle, sales: Department, guide) -> Interview:
    person = make.StakeholderFactory(cycle=cycle, department=sales, role="lead", pseudonym="Heron 47")
    by = User.objects.get(email="reviewer@example.org")
    return services.create(
        cycle=cycle, stakeholder=person, guide=guide, interviewer=by, held_on=AT.date(), consent="verbal", quotable=True, at=AT
    )


def opened(visit: Visit, interview: Interview) -> Page:
    page = visit.go(f"/c/q4/interviews/{interview.pk}/")
    page.wait_for_timeout(400)  # what closed pages left is looked for
    return page


def another(visit: Visit, interview: Interview) -> Page:
    """A second tab of the same person."""
    page = visit.context.new_page()
    page.on("pageerror", lambda error: visit.faults.append(f"script: {error}"))
    page.goto(f"{visit.base}/c/q4/interviews/{interview.pk}/")
    page.wait_for_timeout(400)
    return page


def field(page: Page, number: int):
    return page.locator("textarea[data-answer]").nth(number - 1)


def says(page: Page, words: str, number: int = 1) -> None:
    expect(page.locator("[data-state]").nth(number - 1)).to_have_text(words)


def texts(interview: Interview) -> list[str]:
    return list(interview.answers.order_by("position").values_list("text", flat=True))


def kept(page: Page) -> int:
    """How many texts the device keeps because the server may not have them."""
    return page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('interview:')).length")


def provoked(visit: Visit, *words: str) -> None:
    """What the browser notes of requests that this test let fail; anything else stays a fault."""
    visit.faults[:] = [fault for fault in visit.faults if not any(word in fault for word in words)]


def test_what_is_typed_is_saved_within_a_second_and_stays(reviewer_at: Visit, interview):
    visit, page = reviewer_at, opened(reviewer_at, interview)
    field(page, 1).fill("Leads come late.\n\nOften. 😀")
    says(page, "Saving…")
    assert kept(page) == 1
    page.wait_for_timeout(1000)
    assert texts(interview)[0] == "Leads come late.\n\nOften. 😀"
    says(page, "Saved")
    assert kept(page) == 0
    assert page.evaluate("document.querySelector('textarea[data-answer]').flush()") == 1
    expect(page.locator("[data-progress]")).to_have_text("1 of 3 answered")
    expect(page.locator("[data-unanswered]")).to_contain_text("2\u00a0questions without an answer: 2, 3.")
    visit.check()
    page.reload()
    expect(field(page, 1)).to_have_value("Leads come late.\n\nOften. 😀")
    field(page, 1).press_sequentially(" More", delay=10)
    said = page.evaluate(
        """() => new Promise((resolve) => {
            document.addEventListener("answer:saved", (event) => resolve([event.target.dataset.answer, event.detail.version]));
        })"""
    )
    assert said == [str(interview.answers.first().pk), 2]
    assert Answer.objects.get(version=2).text.count("More") == 1


def test_without_a_network_it_is_kept_and_sent_later(reviewer_at: Visit, interview):
    visit, page = reviewer_at, opened(reviewer_at, interview)
    visit.context.set_offline(True)
    field(page, 1).fill("Typed in a lift")
    says(page, OFFLINE)
    expect(page.locator("[data-state-all]")).to_have_text(OFFLINE)
    field(page, 1).press_sequentially(", and on")
    field(page, 2).fill("Elsewhere too")
    says(page, OFFLINE, 2)
    visit.check()
    with pytest.raises(Exception, match="Offline"):
        page.evaluate("document.querySelector('textarea[data-answer]').flush()")
    assert (kept(page), texts(interview)) == (2, ["", "", ""])
    visit.context.set_offline(False)
    says(page, "Saved")
    says(page, "Saved", 2)
    expect(page.locator("[data-state-all]")).to_have_text("Saved")
    assert texts(interview)[:2] == [field(page, 1).input_value(), "Elsewhere too"]
    assert ", and on" in texts(interview)[0]
    assert kept(page) == 0
    provoked(visit, "ERR_INTERNET_DISCONNECTED")


def test_a_tab_that_is_killed_while_one_types_loses_nothing(reviewer_at: Visit, interview):
    visit, page = reviewer_at, opened(reviewer_at, interview)
    visit.context.route(ANSWERS, lambda route: route.abort())
    field(page, 1).fill("The last words")
    page.close()
    assert texts(interview)[0] == ""
    visit.context.unroute(ANSWERS)
    again = another(visit, interview)
    expect(field(again, 1)).to_have_value("The last words")
    says(again, "Saved")
    assert texts(interview)[0] == "The last words"
    assert kept(again) == 0
    visit.page = again
    provoked(visit, "ERR_FAILED")


def test_a_killed_tab_and_a_change_elsewhere_are_shown_together(reviewer_at: Visit, interview):
    """What the tab left was made from an older text than the server has now: neither is lost."""
    visit, page = reviewer_at, opened(reviewer_at, interview)
    page.evaluate("() => { window.fetch = () => Promise.reject(Error()) }")
    field(page, 1).fill("Left behind")
    page.close()
    services.save_answer(interview.answers.first(), text="From a phone", base_version=0, by=interview.interviewer, at=AT)
    again = another(visit, interview)
    expect(field(again, 1)).to_have_value("Left behind")
    expect(again.locator("[data-other]")).to_have_text("From a phone")
    again.reload()
    again.wait_for_timeout(400)
    expect(field(again, 1)).to_have_value("Left behind")
    again.get_by_role("button", name="Keep both").click()
    says(again, "Saved")
    assert texts(interview)[0] == "Left behind\n\nFrom a phone"
    assert kept(again) == 0


@pytest.mark.parametrize("down", ["dead", "503", "lost reply"])
def test_a_server_that_fails_gets_the_text_once_it_is_back(reviewer_at: Visit, interview, down):
    """With a lost reply the server has the first text already: what is typed on is no conflict with it."""
    visit, page = reviewer_at, opened(reviewer_at, interview)

    def fail(route: Route) -> None:
        if down == "lost reply":
            route.fetch()
        if down == "503":
            route.fulfill(status=503, body="away")
        else:
            route.abort()

    visit.context.route(ANSWERS, fail)
    field(page, 1).fill("First")
    says(page, OFFLINE)
    assert texts(interview)[0] == ("First" if down == "lost reply" else "")
    visit.context.unroute(ANSWERS)
    field(page, 1).fill("First, and second")
    says(page, "Saved")
    assert texts(interview)[0] == "First, and second"
    assert page.locator(".conflict").count() == 0
    assert kept(page) == 0
    provoked(visit, "ERR_FAILED", "503", "409")


@pytest.mark.parametrize(
    ("button", "kept_text"),
    [("Keep mine", "In the second tab"), ("Keep the other", "In the first tab"), ("Keep both", "In the second tab\n\nIn the first tab")],
)
def test_two_tabs_that_contradict_each_other_show_both(reviewer_at: Visit, interview, button, kept_text):
    visit, page = reviewer_at, opened(reviewer_at, interview)
    second = another(visit, interview)
    second.route(ANSWERS, lambda route: route.abort())
    field(second, 1).fill("In the second tab")
    says(second, OFFLINE)
    field(page, 1).fill("In the first tab")
    says(page, "Saved")
    second.unroute(ANSWERS)
    second.bring_to_front()
    says(second, "Changed elsewhere")
    expect(field(second, 1)).to_have_value("In the second tab")
    expect(second.locator("[data-other]")).to_have_text("In the first tab")
    assert (texts(interview)[0], kept(second)) == ("In the first tab", 1)
    visit.page = second
    visit.check()
    for _ in range(9):
        second.keyboard.press("Tab")
        if second.evaluate("document.activeElement.textContent") == button:
            break
    second.keyboard.press("Enter")
    expect(field(second, 1)).to_have_value(kept_text)
    says(second, "Saved")
    assert texts(interview)[0] == kept_text
    expect(field(page, 1)).to_have_value(kept_text)  # the first tab, with nothing unsaved, follows
    assert kept(second) == 0
    provoked(visit, "ERR_FAILED", "409")


def test_an_idle_tab_follows_the_other_and_the_server(reviewer_at: Visit, interview):
    visit, page = reviewer_at, opened(reviewer_at, interview)
    second = another(visit, interview)
    field(second, 1).fill("Typed over there")
    expect(field(page, 1)).to_have_value("Typed over there")
    field(page, 1).fill("Typed over there, and here")
    says(page, "Saved")
    expect(field(second, 1)).to_have_value("Typed over there, and here")
    other = interview.answers.last()
    services.save_answer(other, text="From a phone", base_version=0, by=interview.interviewer, at=AT)
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(field(page, 3)).to_have_value("From a phone")
    field(page, 3).press_sequentially("!")
    says(page, "Saved", 3)
    assert texts(interview) == ["Typed over there, and here", "", field(page, 3).input_value()]
    assert page.locator(".conflict").count() == second.locator(".conflict").count() == 0


def test_signed_out_the_text_waits_for_the_sign_in(reviewer_at: Visit, interview):
    visit, page = reviewer_at, opened(reviewer_at, interview)
    visit.context.clear_cookies()
    field(page, 1).fill("Still here")
    says(page, "Signed out: kept on this device")
    visit.check()
    with visit.context.expect_page() as popped:
        page.get_by_role("link", name="Sign in again").click()
    elsewhere = popped.value
    elsewhere.locator("[name=login]").fill("reviewer@example.org")
    elsewhere.locator("[name=password]").fill(PASSWORD)
    elsewhere.get_by_role("button", name="Sign in").click()
    expect(elsewhere.get_by_role("heading", level=1)).to_be_visible()
    page.bring_to_front()
    says(page, "Saved")
    assert texts(interview)[0] == "Still here"
    provoked(visit, "403", "409")


def test_finishing_takes_the_last_words_along_or_does_not_finish(reviewer_at: Visit, interview):
    visit, page = reviewer_at, opened(reviewer_at, interview)
    visit.context.route(ANSWERS, lambda route: route.abort())
    field(page, 2).fill("The very last")
    page.get_by_role("button", name="Finish").click()
    expect(page.locator("[data-said]")).to_have_text("Not finished: an answer is not saved yet.")
    assert Interview.objects.get().is_draft
    visit.context.unroute(ANSWERS)
    field(page, 2).fill("The very last, really")
    page.get_by_role("button", name="Finish").click()
    expect(page.get_by_role("button", name="Open again")).to_be_visible()
    interview.refresh_from_db()
    assert (interview.is_draft, texts(interview)[1]) == (False, "The very last, really")
    visit.check()
    provoked(visit, "ERR_FAILED")


def test_words_left_on_the_device_are_told_of_until_the_text_is_destroyed(reviewer_at: Visit, interview):
    """Another tab finished the interview while these could not be sent."""
    visit, page = reviewer_at, opened(reviewer_at, interview)
    visit.context.route(ANSWERS, lambda route: route.abort())
    field(page, 1).fill("Never sent")
    says(page, OFFLINE)
    services.finish(interview, by=interview.interviewer, at=AT)
    page.close()
    visit.context.unroute(ANSWERS)
    again = another(visit, interview)
    visit.page = again
    expect(again.get_by_text("This device keeps words")).to_be_visible()
    visit.check()
    again.get_by_role("button", name="Open again").click()
    expect(field(again, 1)).to_have_value("Never sent")
    says(again, "Saved")
    assert texts(interview)[0] == "Never sent"
    again.evaluate("key => localStorage.setItem(key, '{}')", f"interview:{interview.interviewer_id}:{interview.pk}:1:x")
    Interview.objects.update(state="finished", finished_at=AT, redacted_at=AT)
    again.reload()
    again.wait_for_timeout(200)
    assert kept(again) == 0
    expect(again.get_by_text("This device keeps words")).to_be_hidden()
    provoked(visit, "ERR_FAILED")


def test_what_the_server_refuses_is_said_and_kept(reviewer_at: Visit, interview):
    visit, page = reviewer_at, opened(reviewer_at, interview)
    field(page, 1).fill("x" * 50_001)
    says(page, "An answer holds 50,000 characters at most; this one has 50,001.")
    assert kept(page) == 1
    field(page, 1).fill("x" * 50_000)
    says(page, "Saved")
    assert len(texts(interview)[0]) == 50_000
    provoked(visit, "422")


def test_by_keyboard_alone_from_the_list_to_finished(reviewer_at: Visit):
    """And on a phone, whose width every page keeps."""
    visit = reviewer_at
    page = visit.page
    page.set_viewport_size({"width": 390, "height": 844})
    visit.go("/c/q4/interviews/")
    keys = page.keyboard

    def to(words: str) -> None:
        """Tab to what is called so."""
        for _ in range(60):
            keys.press("Tab")
            named = page.evaluate(
                "(e => e.ariaLabel || (e.labels && e.labels[0] ? e.labels[0].textContent : e.textContent))(document.activeElement)"
            )
            if named.strip().startswith(words):
                return
        raise AssertionError(f"No way to {words} by keyboard.")

    to("New interview")
    keys.press("Enter")
    expect(page).to_have_url(re.compile("/interviews/new/$"))
    visit.check()
    to("Department")
    keys.type("Sales")
    to("Role")
    keys.type("Team")
    to("Agreed in words")
    keys.press("Space")
    to("Their words may be quoted")
    keys.press("Space")
    to("Begin")
    keys.press("Enter")
    expect(page.locator("[data-editor]")).to_be_visible()
    for number, words in enumerate(["Quick answers.", "At the handover.", "Fewer lists."], 1):
        for _ in range(40):
            keys.press("Tab")
            if page.evaluate("document.activeElement.dataset.number") == str(number):
                break
        keys.type(words)
    expect(page.locator("[data-state-all]")).to_have_text("Saved")
    visit.check()
    small = page.evaluate(
        """() => Array.from(document.querySelectorAll("main a, main button, main textarea"))
            .filter((one) => one.offsetWidth && one.offsetHeight < 24).map((one) => one.textContent)"""
    )
    assert small == ["Interviews"]  # the breadcrumb: text in a line
    to("Finish")
    keys.press("Enter")
    expect(page.get_by_role("button", name="Open again")).to_be_visible()
    made = Interview.objects.get()
    assert texts(made) == ["Quick answers.", "At the handover.", "Fewer lists."]
    assert (made.is_draft, made.role, made.quotable, made.consent) == (False, "lead", True, "verbal")
    visit.check()


def test_one_click_to_begin_and_one_to_go_on(reviewer_at: Visit, interview):
    visit = reviewer_at
    visit.go("/c/q4/interviews/")
    visit.click("link", "New interview")
    expect(visit.page.get_by_role("button", name="Begin")).to_be_visible()
    assert visit.clicks == 1
    visit.go("/c/q4/interviews/")
    visit.click("link", "Heron 47")
    expect(field(visit.page, 1)).to_be_visible()
    assert visit.clicks == 2


def test_the_pages_of_an_interview_have_no_barriers(reviewer_at: Visit, interview):
    visit = reviewer_at
    for width in (1280, 390):
        visit.page.set_viewport_size({"width": width, "height": 900})
        for path in ("new/", f"new/?stakeholder={interview.stakeholder_id}", f"{interview.pk}/details/", f"{interview.pk}/delete/"):
            visit.go(f"/c/q4/interviews/{path}")
            visit.check()
    visit.go("/c/q4/interviews/new/")
    visit.page.get_by_role("button", name="Begin").click()
    expect(visit.page.locator(".error-summary")).to_be_focused()
    visit.check()
    provoked(visit, "422")


def test_a_colleague_reads_without_barriers(visit: Visit, cycle, sales, guide):
    writer = make.member(Role.REVIEWER, name="Wes Writer")
    reader = make.UserFactory(email="reader@example.org", name="Rea Reader")
    Membership.objects.create(user=reader, role=Role.REVIEWER)
    make.reviewing(reader, cycle)
    interview = make.InterviewFactory(stakeholder=make.StakeholderFactory(cycle=cycle, department=sales), interviewer=writer)
    answer = make.answer(interview, "Leads come late.\n\nWe wait.", guide.questions.first())
    make.excerpt(answer, make.ThemeFactory(name="Handover"), start=0, end=16)
    visit.sign_in("reader@example.org")
    visit.go(f"/c/q4/interviews/{interview.pk}/")
    expect(visit.page.locator("mark")).to_have_text("Leads come late.")
    expect(visit.page.locator("[data-excerpts]")).to_contain_text("Handover")
    visit.check()
