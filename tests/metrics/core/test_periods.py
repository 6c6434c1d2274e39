"""Calendars: indices and days of every frequency, there and back; windows; spacing."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.core.periods import Frequency, commonest_spacing, first_day, last_day, to_index, weekday, window

EPOCH = date(1970, 1, 1).toordinal()


def day(text: str) -> int:
    return date.fromisoformat(text).toordinal() - EPOCH


def text(days) -> str:
    return date.fromordinal(int(days) + EPOCH).isoformat()


@pytest.mark.parametrize(
    ("frequency", "inside", "first", "last"),
    [
        ("day", "2024-02-29", "2024-02-29", "2024-02-29"),
        ("week", "2024-02-29", "2024-02-26", "2024-03-03"),
        ("month", "2024-02-29", "2024-02-01", "2024-02-29"),
        ("quarter", "2024-02-29", "2024-01-01", "2024-03-31"),
        ("year", "2024-02-29", "2024-01-01", "2024-12-31"),
        ("month", "1969-12-31", "1969-12-01", "1969-12-31"),
    ],
)
def test_a_period_and_its_days(frequency, inside, first, last):
    index = to_index(np.array([day(inside)]), Frequency(frequency))
    assert text(first_day(index, Frequency(frequency))[0]) == first
    assert text(last_day(index, Frequency(frequency))[0]) == last


@given(st.integers(-200_000, 200_000), st.sampled_from(Frequency), st.integers(0, 6))
def test_there_and_back(days, frequency, week_starts):
    index = to_index(np.array([days]), frequency, week_starts)
    start, end = first_day(index, frequency, week_starts)[0], last_day(index, frequency, week_starts)[0]
    assert start <= days <= end
    assert to_index(np.array([start, end]), frequency, week_starts).tolist() == [index[0]] * 2
    if frequency is Frequency.WEEK:
        assert (weekday(start), end - start) == (week_starts, 6)


@pytest.mark.parametrize(
    ("frequency", "first", "last"),
    [
        ("month", "2025-07-01", "2025-12-01"),
        ("week", "2025-07-07", "2025-12-22"),
        ("quarter", "2025-07-01", "2025-10-01"),
        ("day", "2025-07-01", "2025-12-31"),
    ],
)
def test_a_window_holds_the_periods_wholly_inside(frequency, first, last):
    start, end = window(day("2025-07-01"), day("2025-12-31"), Frequency(frequency))
    assert text(first_day(np.array([start]), Frequency(frequency))[0]) == first
    assert text(first_day(np.array([end]), Frequency(frequency))[0]) == last


def test_a_window_too_short_for_a_period_is_empty():
    start, end = window(day("2025-07-02"), day("2025-07-30"), Frequency.MONTH)
    assert start > end


@pytest.mark.parametrize(
    ("steps", "frequency"),
    [
        ([7, 7, 14], "week"),
        ([31, 28, 31], "month"),
        ([1, 1, 3], "day"),
        ([90, 92], "quarter"),
        ([365, 366], "year"),
        ([5, 5], None),
        ([], None),
    ],
)
def test_the_commonest_spacing(steps, frequency):
    assert commonest_spacing(np.cumsum([0, *steps])) == frequency


def test_what_a_frequency_is_called_and_counts():
    assert [(one.label, one.per_year) for one in Frequency] == [
        ("daily", 365),
        ("weekly", 52),
        ("monthly", 12),
        ("quarterly", 4),
        ("yearly", 1),
    ]
