"""A reviewer brings a transcript in, says who asks, reads excerpts, and sees how far two coders agree: in a browser, also on a phone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from departments.core.roles import Role
from departments.models import Department
from interviews.models import Answer, Coding, Interview
from tests import factories as make
from tests.journeys.conftest import Visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("browser")]

TALK = """Jane: How do leads reach you.
Thabo: By mail, mostly. Nobody looks at it, Jane.
Jane: What would you change.
Thabo: One list for all of us.
"""


@pytest.fixture
def at_work(visit: Visit, judged, reviewer) -> Visit:
    make.reviewing(reviewer, judged)
    visit.sign_in(reviewer.email)
    return visit


def narrow(visit: Visit) -> None:
    """The page on a phone, with nothing wider than its screen."""
    visit.page.set_viewport_size({"width": 390, "height": 844})
    visit.check()
    visit.page.set_viewport_size({"width": 1280, "height": 900})


def test_a_transcript_becomes_a_draft(at_work: Visit, tmp_path):
    visit, page = at_work, at_work.page
    talk = tmp_path / "talk.txt"
    talk.write_text(TALK)
    visit.go("/c/q4/interviews/import/")
    visit.check()
    narrow(visit)
    page.get_by_label("Transcript", exact=True).set_input_files(talk)
    page.get_by_label("Department").select_option(label="Sales")
    page.get_by_label("Role").select_option(label="Team lead")
    page.get_by_label("Held on").fill((timezone.localdate() - timedelta(days=1)).isoformat())
    page.get_by_label("Consent").select_option(label="Agreed in words")
    page.get_by_role("button", name="Look at the transcript").click()

    expect(page.get_by_role("status").filter(has_text="could be either")).to_be_visible()
    visit.check()
    narrow(visit)
    page.get_by_label("Jane").select_option(label="Asks the questions")
    page.get_by_label("Thabo").select_option(label="Is interviewed")
    page.get_by_role("button", name="Look again").click()

    expect(page.get_by_role("heading", name="How do leads reach you.")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("Nobody looks at it, [name].")
    visit.check()
    narrow(visit)
    page.get_by_role("button", name="Import 2").click()
    expect(page.locator("#messages")).to_contain_text("The transcript is in: 2\u00a0answers")
    assert list(Answer.objects.order_by("position").values_list("heading", "text")) == [
        ("How do leads reach you.", "By mail, mostly. Nobody looks at it, [name]."),
        ("What would you change.", "One list for all of us."),
    ]
    assert Interview.objects.get().is_draft


def test_a_file_with_faults_says_where(at_work: Visit, tmp_path):
    visit, page = at_work, at_work.page
    file = tmp_path / "interviews.json"
    file.write_text('{"schema": 1, "interviews": [{"department": "Sales"}]}')
    visit.go("/c/q4/interviews/import/?kind=json")
    visit.check()
    page.get_by_label("JSON file").set_input_files(file)
    page.get_by_role("button", name="Check the file").click()
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_role("row", name="interviews[0].role")).to_contain_text("This is missing.")
    assert ["422" in fault for fault in visit.faults] == [True]
    visit.faults.clear()
    visit.check()
    narrow(visit)


def test_excerpts_and_agreement(at_work: Visit, judged, reviewer):
    visit, page = at_work, at_work.page
    sue = make.member(Role.REVIEWER, email="sue@example.org", name="Sue Second")
    tools, trust = make.ThemeFactory(code="tools", name="Tools"), make.ThemeFactory(code="trust", name="Trust")
    person = make.StakeholderFactory(cycle=judged, department=Department.objects.get(code="sales"), pseudonym="Heron 47")
    answer = make.answer(
        make.InterviewFactory(stakeholder=person, interviewer=reviewer, finished=True), "The tools are slow. We help each other."
    )
    make.excerpt(answer, tools, start=0, end=19)
    make.excerpt(answer, trust, "strength", start=20, end=39)
    make.excerpt(answer, tools, coder=sue, start=0, end=19)
    Coding.objects.update(finished_at=make.AT)

    visit.go("/c/q4/excerpts/")
    visit.check()
    narrow(visit)
    page.get_by_label("Stance").select_option(label="Strength")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.get_by_text("1\u00a0excerpt", exact=True)).to_be_visible()
    expect(page.get_by_role("table")).to_contain_text("We help each other.")
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    assert "Voice A" in download.value.path().read_text()

    visit.go("/c/q4/agreement/")
    expect(page.locator(".differing mark")).to_have_text("We help each other.")
    expect(page.locator(".gave")).to_contain_text("nothing")
    visit.check()
    narrow(visit)
