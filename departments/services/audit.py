"""The record of who did what."""

from __future__ import annotations

from datetime import datetime

from django.db import models

from departments.models import AuditEvent, User


def record(act: str, *, by: User | None, at: datetime, on: models.Model | None = None, **details: object) -> AuditEvent:
    """An event of the act, in the caller's transaction. `details`: what changed, in values; never content of an interview."""
    return AuditEvent.objects.create(
        at=at,
        actor=by,
        act=act,
        object_type=on._meta.label_lower if on else "",
        object_id=on.pk if on else None,
        details=details,
    )
