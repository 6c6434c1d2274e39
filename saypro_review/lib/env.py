"""Settings from the environment: read, checked, and refused with a sentence that says what to do."""

from __future__ import annotations

import difflib
import os
from collections.abc import Mapping
from zoneinfo import available_timezones

import environ
from django.core.exceptions import ImproperlyConfigured

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
    """A DATABASES entry for a PostgreSQL address; other databases are refused."""
    entry: dict[str, object] = dict(environ.Env.db_url_config(url))
    if entry.get("ENGINE") != "django.db.backends.postgresql":
        raise ImproperlyConfigured("DATABASE_URL must begin with postgres:// : the product runs on PostgreSQL only.")
    return entry
