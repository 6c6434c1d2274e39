"""How people get in: by invitation only."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class ClosedAccountAdapter(DefaultAccountAdapter):
    """Nobody signs up: an admin makes accounts."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
