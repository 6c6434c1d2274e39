"""What the documents point at is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
DECISIONS = sorted((ROOT / "docs/adr").glob("*.md"))


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(path):
    for target in re.findall(r"(?<!!)\[[^\]]*\]\(([^)#]+)", path.read_text()):
        if not re.match(r"https?:", target):
            assert (path.parent / target).exists(), target


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_that_are_named_exist(path):
    """`metrics/models.py` and the like; placeholders have angle brackets."""
    for name in re.findall(r"`((?:[\w.-]+/)+[\w.-]*\.(?:py|html|json|yml|toml|md|css|js|sh|sample))`", path.read_text()):
        if not name.startswith("var/"):
            assert (ROOT / name).exists(), name


def test_decisions_are_numbered_and_have_one_form():
    assert [path.name[:4] for path in DECISIONS] == [f"{number:04}" for number in range(1, len(DECISIONS) + 1)]
    for path in DECISIONS:
        text = path.read_text()
        assert text.startswith(f"# {path.name[:4]}: "), path.name
        assert re.findall(r"^## (.+)$", text, re.MULTILINE) == ["Context", "Decision", "Consequences"], path.name


def test_commands_of_make_that_are_named_exist():
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for path in DOCUMENTS:
        assert (
            set(re.findall(r"\bmake ([a-z]+)[`\s]", "\n".join(re.findall(r"`[^`]+`|^make .+$", path.read_text(), re.MULTILINE)))) <= targets
        )
