"""System checks: what is wrong with this installation, and the repair."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import connection


@register(Tags.database)
def postgresql_version(app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """The product needs PostgreSQL 15 or newer (unique constraints over missing values)."""
    if not databases or "default" not in databases:
        return []
    connection.ensure_connection()
    version = connection.pg_version // 10000  # type: ignore[attr-defined]
    if version < 15:
        return [Error(f"PostgreSQL {version} is too old.", hint="Use 15 or newer; the embedded one is 18.", id="saypro.E001")]
    return []


@register(Tags.security, deploy=True)
def mail_goes_somewhere(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Password resets cannot reach anyone through a console."""
    if settings.EXTERNAL_SERVERS and settings.EMAIL_BACKEND.endswith("console.EmailBackend"):
        return [
            Warning("Mail is printed, not sent.", hint="Set SAYPRO_EMAIL_URL, e.g. smtp+tls://user:password@host:587", id="saypro.W001")
        ]
    return []
