"""The codebook as a file of the exchange format: written, looked at, taken in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from departments.models import User
from departments.services import audit
from interviews.core import refi
from interviews.core.refi import Change, Comparison, Entry
from interviews.core.terms import Condition, Level
from interviews.models import CodebookChange, Theme
from interviews.services import codebook
from saypro_review.lib.formatting import plural

Placed = Mapping[str, tuple[Level, Condition]]


class Outdated(Exception):
    """The file would do anything else by now than what was looked at: `comparison`."""

    def __init__(self, comparison: Comparison):
        super().__init__("The codebook has changed since you looked. This is what the file would do now.")
        self.comparison = comparison


def export(*, by: User | None, at: datetime) -> bytes:
    """The themes in use as a .qdc document. Who took it is recorded."""
    entries = _known()
    audit.record("codebook.export", by=by, at=at, themes=len(entries))
    return refi.export(entries)


def compare(content: bytes, placed: Placed | None = None) -> Comparison:
    """What the file would do to the codebook. `placed`: key of a new theme's name -> its place. Raises Unreadable."""
    return refi.compare(refi.parse(content), _known(), dict(placed or {}))


@transaction.atomic
def take(content: bytes, *, seen: str, placed: Placed | None = None, by: User | None, at: datetime) -> CodebookChange | None:
    """Do what the file says, all or nothing, as one change that can be undone; None when it changes nothing.

    `seen`: the digest of the comparison that the person has confirmed. Raises Outdated when it is another by now, or has problems;
    Unreadable; ValidationError.
    """
    comparison = compare(content, placed)
    if comparison.digest != seen or comparison.problems:
        raise Outdated(comparison)
    if not comparison.changes:
        return None
    said = f"A file was taken in: {plural(len(comparison.new), 'theme')} new, {plural(len(comparison.changed), 'theme')} changed."
    return codebook.write_file([_values(change) for change in comparison.changes], said=said, by=by, at=at)


def _values(change: Change) -> tuple[int | None, dict[str, Any]]:
    """Only what differs: what a coder changes meanwhile elsewhere in the theme stands."""
    names = refi.FIELDS if change.before is None else [name for name, _, _ in change.said()]
    return change.after.id, {name: getattr(change.after, name) for name in names}


def _known() -> list[Entry]:
    return [
        Entry(one.code, one.name, one.definition, Level(one.level), Condition(one.condition), one.pk)
        for one in Theme.objects.in_use().order_by("pk")
    ]
