"""The shape of the code: who may import whom, and what must never be in the tree."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
APPS = ("departments", "metrics", "interviews", "gaps")


def sources(*places: str) -> list[Path]:
    return [path for place in places for path in sorted((ROOT / place).rglob("*.py")) if "migrations" not in path.parts]


def test_imports_go_one_way():
    done = subprocess.run([Path(sys.executable).with_name("lint-imports"), "--no-cache"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_lower_apps_do_not_name_upper_tables():
    """SQL is text: the linter does not see it."""
    for number, app in enumerate(APPS):
        for path in sources(app):
            for upper in APPS[number + 1 :]:
                assert not re.search(rf"\b{upper}_[a-z]", path.read_text()), path


@pytest.mark.parametrize("path", sources(*(f"{app}/core" for app in APPS)), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_core_reads_no_clock_and_no_file(path):
    text = path.read_text()
    for word in ("datetime.now", "date.today", "time.time", "open(", "os.environ", "random.random"):
        assert word not in text, word


def test_pages_have_no_inline_script_or_style():
    for path in sorted((ROOT / "templates").rglob("*.html")):
        text = path.read_text()
        assert not re.search(r"\son[a-z]+=\"", text), path
        assert " style=" not in text, path
        assert "|safe" not in text, path
        if path.name != "summary_file.html":
            assert "<style" not in text, path
        assert not re.search(r"<script(?![^>]*\bsrc=)", text), path


def test_nothing_heavy_is_imported_by_the_web_process():
    """pandas, scipy and plotly belong to the worker: a web process that imports them starts slowly and grows fat."""
    code = (
        "import django, sys; django.setup(); import saypro_review.urls\n"
        "print([name for name in ('pandas', 'scipy', 'plotly') if name in sys.modules])"
    )
    environment = {"DJANGO_SETTINGS_MODULE": "saypro_review.settings", "PATH": "/usr/bin"}
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, env=environment)
    assert done.stdout.strip() == "[]", done.stderr
