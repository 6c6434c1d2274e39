"""Calendars: which period follows which, when one begins, and when it is complete.

A period is stored as the date of its first day. Arithmetic on periods (runs, missing values, windows, seasons) is done on
a *calendar index*: an integer that grows by one from a period to the next, whatever the length of a month. METHODS section 1.

Each series has a calendar of its own: besides its frequency `starts`, which says where its periods begin. Of weeks it is the
weekday (Monday 0 to Sunday 6), of quarters the months by which they begin after January (0 to 2), of years the month (January 0
to December 11); days and months have no choice, and theirs is 0. A year is named for the calendar year in which it ends.
"""

from __future__ import annotations

from enum import StrEnum

import numpy as np
import numpy.typing as npt

Days = npt.NDArray[np.int64]  # days since 1970-01-01
Index = npt.NDArray[np.int64]

MONDAY_OFFSET = 3  # 1970-01-01 was a Thursday: day 0 has weekday 3, Monday being 0
STARTS = 12  # every `starts` is below it: one integer, frequency * STARTS + starts, tells a calendar


class Frequency(StrEnum):
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"

    @property
    def per_year(self) -> int:
        """Periods in a year, as the season of METHODS section 3 counts them."""
        return _PER_YEAR[self]

    @property
    def label(self) -> str:
        """An adverb for people: "monthly"."""
        return _LABELS[self]


_PER_YEAR = {Frequency.DAY: 365, Frequency.WEEK: 52, Frequency.MONTH: 12, Frequency.QUARTER: 4, Frequency.YEAR: 1}
_LABELS = {
    Frequency.DAY: "daily",
    Frequency.WEEK: "weekly",
    Frequency.MONTH: "monthly",
    Frequency.QUARTER: "quarterly",
    Frequency.YEAR: "yearly",
}
_MONTHS_IN = {Frequency.MONTH: 1, Frequency.QUARTER: 3, Frequency.YEAR: 12}


def weekday(days: Days) -> Days:
    """Weekday of each day, Monday 0 to Sunday 6."""
    return (days + MONDAY_OFFSET) % 7


def starts_of(days: Days, frequency: Frequency) -> Index:
    """Where the periods of a calendar begin of which each day is the first of one."""
    days = np.asarray(days, dtype=np.int64)
    if frequency is Frequency.WEEK:
        return weekday(days)
    if frequency in (Frequency.QUARTER, Frequency.YEAR):
        return _months(days) % _MONTHS_IN[frequency]
    return np.zeros_like(days)


def to_index(days: Days, frequency: Frequency, starts: int = 0) -> Index:
    """The calendar index of the period that each day lies in."""
    days = np.asarray(days, dtype=np.int64)
    if frequency is Frequency.DAY:
        return days
    if frequency is Frequency.WEEK:
        return (days + MONDAY_OFFSET - starts) // 7
    return (_months(days) - starts) // _MONTHS_IN[frequency]


def first_day(index: Index, frequency: Frequency, starts: int = 0) -> Days:
    """The first day of each period: the inverse of `to_index`."""
    index = np.asarray(index, dtype=np.int64)
    if frequency is Frequency.DAY:
        return index
    if frequency is Frequency.WEEK:
        return index * 7 - MONDAY_OFFSET + starts
    return (index * _MONTHS_IN[frequency] + starts).astype("M8[M]").astype("M8[D]").astype(np.int64)


def last_day(index: Index, frequency: Frequency, starts: int = 0) -> Days:
    """The last day of each period; the period is complete once this day has passed."""
    return first_day(np.asarray(index, dtype=np.int64) + 1, frequency, starts) - 1


def window(data_from: int, data_to: int, frequency: Frequency, starts: int = 0) -> tuple[int, int]:
    """First and last index of the periods wholly inside data_from..data_to (days); empty when the first exceeds the last.

    A period that begins before `data_from` belongs to the baseline (ours: METHODS leaves a straddling week open).
    """
    first = int(to_index(np.array([data_from - 1]), frequency, starts)[0]) + 1
    last = int(to_index(np.array([data_to + 1]), frequency, starts)[0]) - 1
    return first, last


def commonest_spacing(days: Days) -> Frequency | None:
    """The frequency that most gaps between one series' successive periods (sorted days) speak for; None when none does."""
    gaps = np.diff(np.asarray(days, dtype=np.int64))
    ranges = {
        Frequency.DAY: (1, 1),
        Frequency.WEEK: (7, 7),
        Frequency.MONTH: (28, 31),
        Frequency.QUARTER: (89, 92),  # February to April has 89 days
        Frequency.YEAR: (365, 366),
    }
    votes = {frequency: int(((gaps >= low) & (gaps <= high)).sum()) for frequency, (low, high) in ranges.items()}
    best = max(votes, key=lambda frequency: votes[frequency])
    return best if votes[best] else None


def _months(days: Days) -> Index:
    """The month that each day lies in, counted from January 1970."""
    return days.astype("M8[D]").astype("M8[M]").astype(np.int64)
