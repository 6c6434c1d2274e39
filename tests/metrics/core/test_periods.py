"""Calendars: indices and days of every frequency, there and back; windows; spacing."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.core.periods import STARTS, Frequency, commonest_spacing, first_day, last_day, starts_of, to_index, weekday, window

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


CALENDARS = [
    (Frequency.DAY, 0),
    *((Frequency.WEEK, weekday) for weekday in range(7)),
    (Frequency.MONTH, 0),
    *((Frequency.QUARTER, month) for month in range(3)),
    *((Frequency.YEAR, month) for month in range(12)),
]


@given(st.integers(-200_000, 200_000), st.sampled_from(CALENDARS))
def test_there_and_back(days, calendar):
    frequency, starts = calendar
    index = to_index(np.array([days]), frequency, starts)
    start, end = first_day(index, frequency, starts)[0], last_day(index, frequency, starts)[0]
    assert start <= days <= end
    assert to_index(np.array([start, end]), frequency, starts).tolist() == [index[0]] * 2
    assert to_index(np.array([start - 1, end + 1]), frequency, starts).tolist() == [index[0] - 1, index[0] + 1]
    assert starts_of(np.array([start]), frequency).tolist() == [starts]
    lengths = {"day": (1, 1), "week": (7, 7), "month": (28, 31), "quarter": (89, 92), "year": (365, 366)}
    assert lengths[frequency][0] <= end + 1 - start <= lengths[frequency][1]
    if frequency is Frequency.WEEK:
        assert weekday(start) == starts
    elif frequency is not Frequency.DAY:
        assert date.fromordinal(int(start) + EPOCH).day == 1


def test_a_calendar_is_told_by_one_number():
    numbers = [list(Frequency).index(frequency) * STARTS + starts for frequency, starts in CALENDARS]
    assert len(set(numbers)) == len(CALENDARS) == 24
    assert [(list(Frequency)[number // STARTS], number % STARTS) for number in numbers] == CALENDARS


@pytest.mark.parametrize(
    ("frequency", "starts", "inside", "first", "last"),
    [
        ("year", 3, "2016-03-31", "2015-04-01", "2016-03-31"),
        ("year", 3, "2016-04-01", "2016-04-01", "2017-03-31"),
        ("year", 6, "2016-01-01", "2015-07-01", "2016-06-30"),
        ("year", 11, "2015-12-01", "2015-12-01", "2016-11-30"),
        ("year", 1, "1970-01-31", "1969-02-01", "1970-01-31"),
        ("quarter", 1, "2016-02-29", "2016-02-01", "2016-04-30"),
        ("quarter", 1, "2016-01-01", "2015-11-01", "2016-01-31"),
        ("quarter", 2, "2016-02-29", "2015-12-01", "2016-02-29"),
        ("week", 6, "2016-01-01", "2015-12-27", "2016-01-02"),
    ],
)
def test_a_period_that_begins_elsewhere(frequency, starts, inside, first, last):
    index = to_index(np.array([day(inside)]), Frequency(frequency), starts)
    assert text(first_day(index, Frequency(frequency), starts)[0]) == first
    assert text(last_day(index, Frequency(frequency), starts)[0]) == last


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


@pytest.mark.parametrize(("data_to", "last"), [("2025-03-30", "2023-04-01"), ("2025-03-31", "2024-04-01"), ("2025-12-31", "2024-04-01")])
def test_a_fiscal_year_is_complete_twelve_months_after_its_start(data_to, last):
    start, end = window(day("2022-02-01"), day(data_to), Frequency.YEAR, 3)
    assert text(first_day(np.array([start]), Frequency.YEAR, 3)[0]) == "2022-04-01"
    assert text(first_day(np.array([end]), Frequency.YEAR, 3)[0]) == last


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
        ([89], "quarter"),
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
