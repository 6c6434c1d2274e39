"""The current run of a cycle, its document and its page."""

from __future__ import annotations

import json

from django.utils.safestring import SafeString, mark_safe

from departments.models import Department, ReviewCycle, User
from gaps.core.edition import Document, restrict
from gaps.models import Run


def current_run(cycle: ReviewCycle) -> Run | None:
    """The run that the pages show, without its documents; None before the first."""
    return Run.objects.defer("document", "page").filter(cycle=cycle, version=cycle.current_version).first()


def summary(cycle: ReviewCycle, reader: User | None) -> Document | None:
    """The current run's summary as `reader` may see it (None: everything). None before the first run."""
    text = Run.objects.filter(cycle=cycle, version=cycle.current_version).values_list("document", flat=True).first()
    whole = json.loads(text) if text else None
    if whole is None or reader is None or reader.standing.everywhere:
        return whole
    codes = set(Department.objects.visible_to(reader).values_list("code", flat=True))
    return restrict(whole, codes, f"head:{reader.email}")


def report_page(cycle: ReviewCycle) -> SafeString | None:
    """The HTML that the worker made of the whole summary, by a template that escapes every value."""
    page = Run.objects.filter(cycle=cycle, version=cycle.current_version).values_list("page", flat=True).first()
    return mark_safe(page) if page else None  # noqa: S308
