"""A real browser, a real web server and a real worker on this test's database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect, sync_playwright

from tests.browser import ARGUMENTS, executable

PASSWORD = "correct horse battery"
# What the rules of WCAG 2.2 AA are called in axe.
WCAG = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}}


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=ARGUMENTS)
        yield browser
        browser.close()


class Visit:
    """One person's browser: what went wrong in it is collected, so that a test can say that nothing did."""

    def __init__(self, context: BrowserContext, base: str):
        self.context, self.base = context, base
        self.page: Page = context.new_page()
        self.faults: list[str] = []
        self.clicks = 0
        self.underway: set[Request] = set()
        self.page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        self.page.on("console", lambda message: self.faults.append(message.text) if message.type == "error" else None)
        self.page.on("request", self._request)
        self.page.on("requestfinished", self._arrived)
        self.page.on("requestfailed", self._arrived)

    def _request(self, request: Request) -> None:
        if request.is_navigation_request():
            self.underway.add(request)
        if not request.url.startswith((self.base, "data:", "blob:")):
            self.faults.append(f"left the origin: {request.url}")

    def _arrived(self, request: Request) -> None:
        self.underway.discard(request)

    def go(self, path: str) -> Page:
        self.page.goto(self.base + path)
        return self.page

    def click(self, role: str, name: str, **more) -> None:
        """Click what a person would click, and count it."""
        self.page.get_by_role(role, name=name, **more).first.click()
        self.clicks += 1

    def sign_in(self, email: str) -> None:
        self.go("/account/login/")
        self.page.locator("[name=login]").fill(email)
        self.page.locator("[name=password]").fill(PASSWORD)
        self.page.get_by_role("button", name="Sign in").click()
        expect(self.page.get_by_role("heading", level=1)).to_be_visible()
        assert "/account/login" not in self.page.url, self.page.inner_text("main, body")

    def settle(self) -> None:
        """Wait for the page that a click has called for: the click itself returns while the old one still stands."""
        for _ in range(500):
            self.page.wait_for_timeout(20)
            if not self.underway:
                break
        self.page.wait_for_load_state("load")

    def theme(self, name: str) -> None:
        self.page.evaluate("name => document.documentElement.setAttribute('data-bs-theme', name)", name)

    def check(self) -> None:
        """No barrier in light or dark, nothing wider than the screen."""
        self.settle()
        for name in ("light", "dark"):
            self.theme(name)
            found = Axe().run(self.page, options=WCAG)
            assert not found.response["violations"], f"{self.page.url} {name}\n{found.generate_report()}"
        self.theme("light")
        assert self.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), f"{self.page.url} scrolls sideways"


@pytest.fixture
def visit(chromium: Browser, live_server) -> Iterator[Visit]:
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, locale="en-ZA", reduced_motion="reduce")
    context.set_default_timeout(15_000)
    one = Visit(context, live_server.url)
    yield one
    context.close()
    assert not one.faults, one.faults
