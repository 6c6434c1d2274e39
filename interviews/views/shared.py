"""What several pages about interviews need."""

from __future__ import annotations

from departments.models import ReviewCycle
from departments.queries import cycle_for
from departments.rules import Request


def cycle_of(request: Request, code: str) -> ReviewCycle:
    """The cycle of the address, kept for the whole request (the shell's switch shows it too); else Http404."""
    request.cycle = cycle_for(request.user, code)
    return request.cycle
