"""What the shell around every page shows."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from departments.models import ReviewCycle, User


def shell(request: HttpRequest) -> dict[str, Any]:
    """Name of the organisation, the cycles of the switch and the one that the page is about (`request.cycle`, set by views)."""
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return {"organisation": settings.ORGANISATION}
    cycles = list(ReviewCycle.objects.visible_to(user)[:20])
    return {
        "organisation": settings.ORGANISATION,
        "cycles": cycles,
        "cycle": getattr(request, "cycle", None) or (cycles[0] if cycles else None),
        "roles": {role.value for role in user.standing.roles},
        "is_demo": User.objects.filter(is_demo=True).exists() if cycles else False,
    }
