"""Settings from the environment: read, checked, and refused with a sentence that says what to do."""

from __future__ import annotations

import difflib
import os
from collections.abc import Mapping
from urllib.parse import urlsplit
from zoneinfo import available_timezones

import environ
from django.core.exceptions import ImproperlyConfigured

DATABASE_FORM = "write postgres://user:password@host:5432/name"
BROKER_FORM = "write redis://:password@host:6379/0"

# Every SAYPRO_ variable that means something. An unknown one is a typing error that would otherwise be ignored in silence.
KNOWN = frozenset(
    {
        "SAYPRO_STATE",
        "SAYPRO_DEBUG",
        "SAYPRO_HTTPS",
        "SAYPRO_ALLOWED_HOSTS",
        "SAYPRO_TRUSTED_PROXIES",
        "SAYPRO_TIME_ZONE",
        "SAYPRO_EMAIL_URL",
        "SAYPRO_FROM_EMAIL",
        "SAYPRO_MAX_UPLOAD_MB",
        "SAYPRO_FISCAL_YEAR_START",
        "SAYPRO_ORGANISATION",
    }
)


def refuse_unknown(environment: Mapping[str, str]) -> None:
    """Raise ImproperlyConfigured for a SAYPRO_ variable that does not exist, naming the nearest one that does."""
    for name in sorted(environment):
        if name.startswith("SAYPRO_") and name not in KNOWN:
            near = difflib.get_close_matches(name, KNOWN, n=1)
            hint = f" Did you mean {near[0]}?" if near else ""
            raise ImproperlyConfigured(f"There is no setting {name}.{hint}")


def external_servers(environment: Mapping[str, str]) -> bool:
    """True when DATABASE_URL and REDIS_URL name the servers; False when neither does and the embedded ones are meant."""
    given = [name for name in ("DATABASE_URL", "REDIS_URL") if environment.get(name)]
    if len(given) == 1:
        other = ({"DATABASE_URL", "REDIS_URL"} - set(given)).pop()
        raise ImproperlyConfigured(f"{given[0]} is set but {other} is not: set both, or neither for the embedded servers.")
    return bool(given)


def boolean(name: str, default: bool) -> bool:
    """A yes or no; anything that is neither is refused."""
    text = os.environ.get(name, "").strip().lower()
    if not text:
        return default
    if text in {"1", "true", "yes", "on"}:
        return True
    if text in {"0", "false", "no", "off"}:
        return False
    raise ImproperlyConfigured(f"{name} is {text!r}: write yes or no.")


def integer(name: str, default: int, low: int, high: int) -> int:
    """A whole number from low to high; anything else is refused."""
    text = os.environ.get(name, "").strip()
    if not text:
        return default
    if not text.isascii() or not text.isdigit() or not low <= int(text) <= high:
        raise ImproperlyConfigured(f"{name} is {text!r}: write a whole number from {low} to {high}.")
    return int(text)


def time_zone(name: str, default: str) -> str:
    """The name of a time zone that this machine's database has."""
    zone = os.environ.get(name) or default
    if zone not in available_timezones():
        raise ImproperlyConfigured(f"{name} is {zone!r}: write a name such as Africa/Johannesburg.")
    return zone


def database(url: str) -> dict[str, object]:
    """A DATABASES entry for a PostgreSQL address; other databases, and addresses without host or name, are refused."""
    try:
        entry: dict[str, object] = dict(environ.Env.db_url_config(url))
    except (ValueError, KeyError) as error:
        raise ImproperlyConfigured(f"DATABASE_URL cannot be read ({error}): {DATABASE_FORM}") from error
    if entry.get("ENGINE") != "django.db.backends.postgresql":
        raise ImproperlyConfigured("DATABASE_URL must begin with postgres:// : the product runs on PostgreSQL only.")
    if not entry.get("NAME") or not entry.get("HOST"):
        raise ImproperlyConfigured(f"DATABASE_URL lacks a host or a database: {DATABASE_FORM}")
    return entry


def broker(url: str) -> str:
    """The address of a Redis or Valkey server; anything else is refused."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise ImproperlyConfigured(f"REDIS_URL cannot be read ({error}): {BROKER_FORM}") from error
    if parts.scheme not in ("redis", "rediss", "redis+socket") or not (parts.hostname or parts.path):
        raise ImproperlyConfigured(f"REDIS_URL does not name a server: {BROKER_FORM}")
    return url


def email(url: str) -> dict[str, object]:
    """Django's EMAIL_ settings for an address such as smtp+tls://user:password@host:587; what is none is refused."""
    try:
        return dict(environ.Env.email_url_config(url))
    except (ValueError, KeyError, ImproperlyConfigured) as error:
        raise ImproperlyConfigured("SAYPRO_EMAIL_URL cannot be read: write smtp+tls://user:password@host:587") from error
