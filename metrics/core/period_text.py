"""Spellings of periods. A file repeats few of them over many rows, so each distinct text is read once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from metrics.core.periods import Frequency

EPOCH = date(1970, 1, 1)
FIRST_YEAR, LAST_YEAR = 1900, 2199  # anything else is a slip of the keyboard
ACCEPTED = "Write a date such as 2016-01-31, or for a month 2016-01."
DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
MONTH = re.compile(r"(\d{4})-(\d{2})", re.ASCII)


@dataclass(frozen=True)
class Spelt:
    """A day of the period, in days since 1970-01-01, and the length that the spelling itself gives away (None: a plain date)."""

    day: int
    span: Frequency | None = None


def parse(text: str) -> Spelt:
    """The period that the text means. Raises ValueError with the spellings that are accepted."""
    text = text.strip()
    if not text:
        raise ValueError(f"The period is missing. {ACCEPTED}")
    if found := DAY.fullmatch(text):
        return Spelt(_day(int(found[1]), int(found[2]), int(found[3])))
    if found := MONTH.fullmatch(text):
        return Spelt(_day(int(found[1]), int(found[2]), 1), Frequency.MONTH)
    raise ValueError(f"This is not a period that can be read. {ACCEPTED}")


def _day(year: int, month: int, day: int) -> int:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(f"The year {year} is not between {FIRST_YEAR} and {LAST_YEAR}. {ACCEPTED}")
    try:
        return (date(year, month, day) - EPOCH).days
    except ValueError:
        raise ValueError(f"There is no such day in the calendar. {ACCEPTED}") from None
