"""Finds the browser of the journey tests, or installs one: `python -m tests.browser` says nothing when all is well.

Tests take the path from `executable()` and start it with ARGUMENTS.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from functools import cache

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
ARGUMENTS = [
    "--no-sandbox",  # containers run as root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
MISSING = "No browser for the tests: install Chrome or Chromium, or set CHROME to its path."


@cache
def executable() -> str:
    """The path of a browser; LookupError with the repair when there is none."""
    found = find()
    if not found:
        raise LookupError(MISSING)
    return found


def find() -> str | None:
    """CHROME, a browser on the PATH, or Playwright's own; None when there is none. LookupError where CHROME is wrong."""
    given = os.environ.get("CHROME")
    if given:
        if path := shutil.which(given):
            return path
        raise LookupError(f"CHROME is {given}, and no program is there.")
    return next(filter(None, map(shutil.which, NAMES)), None) or _playwrights_own()


def _playwrights_own() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if os.path.exists(path) else None


def install() -> None:
    """Playwright's Chromium; where that cannot be had, the distribution's, which only root can install."""
    if _runs([sys.executable, "-m", "playwright", "install", "chromium"]) and _playwrights_own():
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        _ = _runs(["apt-get", "update", "-q"]) and _runs(["apt-get", "install", "-y", "-q", "chromium"])


def _runs(command: list[str]) -> bool:
    """Whether the command succeeds. Its output is kept off the screen: the last line of `main` says what matters."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode == 0


def main() -> int:
    try:
        if not find():
            sys.stderr.write("No browser for the tests yet: installing Chromium ...\n")
            install()
        executable()
    except LookupError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
