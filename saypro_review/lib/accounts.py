"""How people get in: by invitation only, and with the demo's published password from this machine only."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter, get_adapter
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest

LOOPBACK = {"127.0.0.1", "::1"}
FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP")


class ClosedAccountAdapter(DefaultAccountAdapter):
    """Nobody signs up: an admin makes accounts."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        """As allauth's; a demo account from another machine is told what a wrong password is told."""
        user = super().authenticate(request, **credentials)
        return None if getattr(user, "is_demo", False) and not from_this_machine(request) else user


def from_this_machine(request: HttpRequest) -> bool:
    """True when the browser runs where the server does. A forwarding header says that it may not: a proxy on this machine
    makes every address look like ours."""
    if any(name in request.META for name in FORWARDED):
        return False
    return get_adapter(request).get_client_ip(request) in LOOPBACK
