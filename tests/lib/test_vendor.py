"""What others made and we serve: the very files that we think, complete with licence, and the icons that we name."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import plotly
import pytest
from django.conf import settings

from saypro_review.lib.words import GRADES, QUALITIES, STANDINGS, VARIATIONS

VENDOR = settings.BASE_DIR / "static" / "vendor"
ENTRIES = json.loads((VENDOR / "VENDOR.json").read_text(encoding="utf-8"))
LISTED = {f"{entry['folder']}/{name}": digest for entry in ENTRIES for name, digest in entry["files"].items()}
TEMPLATES = sorted((settings.BASE_DIR / "templates").rglob("*.html"))


@pytest.mark.parametrize("path", sorted(LISTED))
def test_file_is_the_one_that_was_reviewed(path: str) -> None:
    assert hashlib.sha256((VENDOR / path).read_bytes()).hexdigest() == LISTED[path]


def test_every_file_is_listed() -> None:
    present = {str(path.relative_to(VENDOR)) for path in VENDOR.rglob("*") if path.is_file()} - {"VENDOR.json"}
    assert present == set(LISTED)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["folder"])
def test_licence_comes_with_the_files(entry: dict) -> None:
    assert entry["licence"] in {"MIT", "0BSD", "OFL-1.1"}
    assert "LICENSE" in entry["files"]
    assert entry["version"] in entry["source"] or entry["folder"] == "htmx"


def test_nothing_asks_for_a_source_map() -> None:
    asking = [path for path in LISTED if path.endswith((".js", ".css")) and b"sourceMappingURL" in (VENDOR / path).read_bytes()]
    assert asking == []


def test_plotly_js_is_that_of_the_python_package() -> None:
    header = re.compile(rb"plotly\.js (?:\(basic - minified\) )?v([0-9.]+)")
    wheel = (Path(plotly.__file__).parent / "package_data" / "plotly.min.js").read_bytes()[:500]
    ours = (VENDOR / "plotly" / "plotly-basic.min.js").read_bytes()[:500]
    found = [match.group(1).decode() for text in (wheel, ours) if (match := header.search(text))]
    listed = next(entry["version"] for entry in ENTRIES if entry["folder"] == "plotly")
    assert found == [listed, listed]


def test_htmx_is_that_of_the_python_package() -> None:
    import django_htmx

    wheel = Path(django_htmx.__file__).parent / "static" / "django_htmx" / "htmx-2.min.js"
    assert wheel.read_bytes() == (VENDOR / "htmx" / "htmx.min.js").read_bytes()


def test_every_icon_named_is_there() -> None:
    named = {word.icon for words in (STANDINGS, VARIATIONS, QUALITIES) for word in words.values()}
    for template in TEMPLATES:
        text = template.read_text(encoding="utf-8")
        named |= set(re.findall(r"{% icon [\"']([\w-]+)", text)) | set(re.findall(r"icon=\"([\w-]+)\"", text))
    assert [name for name in sorted(named) if not (VENDOR / "bootstrap-icons" / f"{name}.svg").exists()] == []
    assert all(grade.text for grade in GRADES)


def test_no_template_needs_more_than_the_policy_allows() -> None:
    """No inline style or script: the browser would refuse it. A file to take away (_file.html) stands alone and has its own style."""
    forbidden = re.compile(r"\sstyle=|<style|\son[a-z]+=|javascript:|<script(?![^>]*\bsrc=)")
    pages = [path for path in TEMPLATES if not path.name.endswith("_file.html")]
    assert [str(path) for path in pages if forbidden.search(path.read_text(encoding="utf-8"))] == []
