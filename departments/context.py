"""What the shell around every page shows."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from departments import queries
from departments.core.demo import DEMO_PASSWORD
from departments.models import ReviewCycle, User
from saypro_review.lib.accounts import from_this_machine

LOGIN_URL = "account_login"


def shell(request: HttpRequest) -> dict[str, Any]:
    """Name of the organisation, the cycles of the switch and the one that the page is about (`request.cycle`, set by views)."""
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return {"organisation": settings.ORGANISATION} | _demo(request)
    cycles = list(ReviewCycle.objects.visible_to(user)[:20])
    return {
        "organisation": settings.ORGANISATION,
        "cycles": cycles,
        "cycle": getattr(request, "cycle", None) or (cycles[0] if cycles else None),
        "roles": {role.value for role in user.standing.roles},
        "is_demo": User.objects.filter(is_demo=True).exists() if cycles else False,
    }


def _demo(request: HttpRequest) -> dict[str, Any]:
    """On the sign-in page, on this machine only: the demo's logins."""
    match = request.resolver_match
    if match is None or match.view_name != LOGIN_URL or not from_this_machine(request):
        return {}
    return {"demo_logins": queries.demo_logins(), "demo_password": DEMO_PASSWORD}
