"""What a view says about who may do the thing it is about to do."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied


def require(user: Any, permission: str, obj: object = None) -> None:
    """Raise PermissionDenied (a 403 page) unless `user` has `permission` on `obj`. What may not be known of is a 404 instead:
    fetch it through `visible_to(user)` first."""
    if not user.has_perm(permission, obj):
        raise PermissionDenied(permission)
