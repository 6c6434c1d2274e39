"""Reads that pages share."""

from __future__ import annotations

from django.http import Http404

from departments.models import ReviewCycle, User


def cycle_for(user: User, code: str) -> ReviewCycle:
    """The cycle of that code if the person may know of it; else Http404. Keep the instance for the whole request: its
    `current_version` is what makes all of a page's reads see one run."""
    cycle = ReviewCycle.objects.visible_to(user).filter(code=code).first()
    if cycle is None:
        raise Http404
    return cycle
