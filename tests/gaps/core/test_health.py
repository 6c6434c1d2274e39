"""The facts of data health, by tables of numbers."""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gaps.core import health
from gaps.core.health import Change, Judged, Outside, Tally
from metrics.core.periods import Frequency

NAN = math.nan


def days(text: str) -> int:
    return (date.fromisoformat(text) - date(1970, 1, 1)).days


def judged(*rows: dict[str, object]) -> Judged:
    """Series that are well in all that is not said."""
    usual = {"series": 1, "department": 1, "kpi": 1, "frequency": 2, "week_starts": 0, "enough": True, "stale": False, "bare": False}
    usual |= {"window": 3, "missing": 0, "latest": 0}
    table = [usual | {"series": number} | row for number, row in enumerate(rows, 1)]
    flags = ("enough", "stale", "bare")
    return Judged(**{name: np.array([row[name] for row in table], bool if name in flags else np.int64) for name in usual})


# Counting

WELL, STALE, SHORT, HOLED, BARE, EMPTY = {}, {"stale": True}, {"enough": False}, {"missing": 2}, {"bare": True}, {"window": 0}


@pytest.mark.parametrize(
    ("rows", "outside", "expected"),
    [
        ([], 0, Tally(0, 0, 0, 0, 0, 0, 0, 0)),
        ([], 2, Tally(2, 0, 0, 0, 0, 0, 0, 2)),
        ([WELL, WELL], 0, Tally(2, 2, 2, 2, 0, 0, 0, 0)),
        ([WELL, STALE], 0, Tally(2, 2, 2, 1, 1, 0, 0, 0)),
        ([WELL, SHORT], 1, Tally(3, 2, 1, 1, 0, 0, 0, 1)),
        ([STALE | SHORT | EMPTY], 0, Tally(1, 0, 0, 0, 1, 0, 0, 0)),
        ([HOLED, BARE], 0, Tally(2, 2, 2, 2, 0, 1, 1, 0)),
    ],
)
def test_the_whole_is_counted(rows, outside, expected):
    assert health.tally(judged(*rows), outside) == expected


def test_parts_are_counted_by_department_and_sum_to_the_whole():
    of = judged({"department": 7}, {"department": 7} | STALE, {"department": 9} | SHORT)
    assert health.tallies(of.department, of, np.array([9, 11])) == {
        7: Tally(2, 2, 2, 1, 1, 0, 0, 0),
        9: Tally(2, 1, 0, 0, 0, 0, 0, 1),
        11: Tally(1, 0, 0, 0, 0, 0, 0, 1),
    }


@pytest.mark.parametrize(
    ("tally", "unfit", "short"),
    [(Tally(38, 36, 35, 31, 2, 5, 0, 2), 7, 3), (Tally(1, 0, 0, 0, 1, 0, 0, 0), 1, 0), (Tally(2, 2, 2, 2, 0, 0, 0, 0), 0, 0)],
)
def test_who_is_not_fit_is_out_of_date_too_short_or_outside(tally, unfit, short):
    assert (tally.unfit, tally.short) == (unfit, short)


# The sentence


@pytest.mark.parametrize(
    ("tally", "said"),
    [
        (Tally(0, 0, 0, 0, 0, 0, 0, 0), "There are no figures yet for the departments of this review."),
        (Tally(3, 3, 3, 3, 0, 0, 1, 0), "The data carry this review: 3 of 3 series are fit to judge."),
        (
            Tally(38, 38, 36, 36, 2, 1, 0, 0),
            "The data carry this review: 36 of 38 series are fit to judge. 2 are out of date. "
            "1 has holes, which are left empty and not filled in.",
        ),
        (
            Tally(38, 36, 33, 31, 2, 5, 0, 1),
            "The data carry most of this review: 31 of 38 series are fit to judge. 2 are out of date, 4 have too few points and 1 has "
            "no figures in or near the window. 5 have holes, which are left empty and not filled in.",
        ),
        (
            Tally(2, 2, 1, 1, 0, 0, 0, 0),
            "The data do not carry this review yet: 1 of 2 series is fit to judge. 1 has too few points.",
        ),
    ],
)  # fmt: skip
def test_the_finding_says_whether_the_data_carry_the_review(tally, said):
    assert health.finding(tally).replace("\u00a0", " ") == said


@pytest.mark.parametrize(
    ("fit", "lead"), [(9, "The data carry this"), (8, "The data carry most"), (6, "The data carry most"), (5, "The data do not")]
)
def test_nine_tenths_carry_and_six_tenths_mostly(fit, lead):
    assert health.finding(Tally(10, 10, 10, fit, 10 - fit, 0, 0, 0)).startswith(lead)


# Freshness


@pytest.mark.parametrize(
    ("frequency", "latest", "data_to", "late"),
    [
        (Frequency.MONTH, "2025-12-01", "2025-12-31", 0),
        (Frequency.MONTH, "2025-12-01", "2026-01-30", 0),
        (Frequency.MONTH, "2025-09-01", "2025-12-31", 3),
        (Frequency.MONTH, "2025-12-01", "2025-12-30", -1),  # such a period is not complete, and never the latest
        (Frequency.WEEK, "2025-12-22", "2025-12-28", 0),
        (Frequency.WEEK, "2025-12-22", "2025-12-29", 0),
        (Frequency.WEEK, "2025-12-08", "2025-12-28", 2),
        (Frequency.WEEK, "2025-12-21", "2025-12-28", 0),  # its weeks begin on Sundays
        (Frequency.QUARTER, "2025-04-01", "2025-12-31", 2),
        (Frequency.YEAR, "2024-01-01", "2025-12-30", 0),
        (Frequency.DAY, "2025-12-28", "2025-12-31", 3),
    ],
)
def test_periods_behind(frequency, latest, data_to, late):
    day = days(latest)
    week_starts = (day + 3) % 7 if frequency is Frequency.WEEK else 0
    of = judged({"frequency": list(Frequency).index(frequency), "week_starts": week_starts, "latest": day})
    assert health.behind(of, days(data_to)).tolist() == [late]


def test_a_series_without_a_complete_period_is_behind_by_nothing_known():
    of = judged({"latest": health.NONE}, {"latest": days("2025-11-01")})
    assert health.behind(of, days("2025-12-31")).tolist() == [-1, 1]


@pytest.mark.parametrize(
    ("frequency", "first", "latest", "why"),
    [
        (Frequency.MONTH, "2020-01-01", "2024-06-01", Outside.OLD),
        (Frequency.MONTH, "2020-01-01", "2024-07-01", Outside.WAITS),
        (Frequency.MONTH, "2020-01-01", "2025-08-01", Outside.WAITS),
        (Frequency.MONTH, "2026-01-01", "2026-03-01", Outside.LATER),
        (Frequency.WEEK, "2025-01-05", "2025-04-06", Outside.OLD),
        (Frequency.WEEK, "2025-01-05", "2025-04-13", Outside.WAITS),
        (Frequency.WEEK, "2025-12-29", "2026-01-05", Outside.LATER),
    ],
)
def test_why_a_series_is_not_in_the_run(frequency, first, latest, why):
    window = days("2025-07-01"), days("2025-12-31")
    assert health.why_outside(days(first), days(latest), frequency, window) is why
    assert why.label


# Inside a series


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ([], []),
        ([1.0, 2.0], []),
        ([1.0, NAN, 3.0], [(1, 1)]),
        ([1.0, NAN, NAN, 4.0, NAN, 6.0], [(1, 2), (4, 1)]),
    ],
)
def test_holes(values, found):
    assert health.holes(values) == found


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ([], None),
        ([5, 5, 5], None),  # never anything else
        ([4, 5, 5], None),
        ([4, 5, 5, 5], (1, 3)),
        ([5, 4, 5, 5, 5, 5], (2, 4)),
        ([4, 5, NAN, 5, 5], (1, 3)),
        ([4, 5, 5, 6], None),
        ([4, 0, 0, 0], (1, 3)),
    ],
)
def test_the_same_value_again_and_again(values, found):
    assert health.repeats(values) == found


@given(st.lists(st.sampled_from([1.0, 2.0, NAN]), max_size=12))
def test_holes_and_repeats_are_what_they_say(values):
    missing = {slot for start, length in health.holes(values) for slot in range(start, start + length)}
    assert missing == {slot for slot, value in enumerate(values) if value != value}
    found = health.repeats(values)
    known = [value for value in values if value == value]
    if found:
        start, count = found
        assert count >= 3
        assert set(known[-count:]) == {values[start]}
        assert known[-count - 1] != values[start]
    else:
        assert len(known) < 4 or len(set(known[-3:])) > 1 or len(set(known)) == 1


def test_differences_between_two_figures():
    old, new = {"value": 12.0, "target": None, "note": "x"}, {"value": 12.5, "target": 40.0, "note": "x"}
    assert health.differences(old, new) == [("value", 12.0, 12.5), ("target", None, 40.0)]


def test_departments_that_begin_or_end_within_a_roll_up():
    sources = {1: (0, 100), 2: (50, 100), 3: (0, 70), 4: (60, 70)}
    assert health.changes((0, 100), sources) == [Change(3, 70, False), Change(4, 70, False), Change(4, 60, True), Change(2, 50, True)]
    assert health.changes((0, 100), {1: (0, 100), 2: (-10, 110)}) == []
