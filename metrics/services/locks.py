"""Locks that a transaction holds to its end, where two acts at once could together make what neither would alone."""

from __future__ import annotations

from django.db import connection

# Any numbers that nothing else locks; that of imports is in services.imports.
DICTIONARY = 0x5350_4B50_4953_0001
DRIVERS = 0x5350_4452_4956_0001


def wait_for(number: int) -> None:
    """Take the lock, once whoever has it is done."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number])


def take(number: int) -> bool:
    """Take the lock unless somebody has it; whether it is taken."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number])
        return bool(cursor.fetchone()[0])
