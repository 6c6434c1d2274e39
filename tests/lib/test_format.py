"""Numbers, quantities and periods as people read them. `_` stands for the no-break space."""

# ruff: noqa: RUF001  the signs of typography are what is tested

from __future__ import annotations

import math
from datetime import date

import pytest
from django.template import Context, Template
from hypothesis import given
from hypothesis import strategies as st

from saypro_review.lib import formatting as f


def said(text: str) -> str:
    return text.replace("\u00a0", "_")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, "–"),
        (math.nan, "–"),
        (math.inf, "–"),
        (0, "0"),
        (7.0, "7"),
        (12.345, "12.3"),
        (12.04, "12.0"),
        (0.012345, "0.0123"),
        (0.99996, "1.00"),
        (9.996, "10.0"),
        (999.6, "1_000"),
        (1234.5, "1_234"),
        (1234567, "1_234_567"),
        (-1234.5, "−1_234"),
        (-0.0, "0"),
        (0.00001234, "1.23_×_10⁻⁵"),
        (1.5e15, "1.50_×_10¹⁵"),
    ],
)
def test_number(value: float | None, expected: str) -> None:
    assert said(f.number(value)) == expected


def test_number_of_digits() -> None:
    assert f.number(math.pi, 5) == "3.1416"


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (12.345, "%", "12.3_%"),
        (4.2, "h", "4.20_h"),
        (1, "days", "1_day"),
        (2, "days", "2_days"),
        (-1, "points", "−1_point"),
        (1, "class", "1_class"),
        (4.14, "/5", "4.14/5"),
        (6, "count", "6"),
        (6, "", "6"),
        (1234, "R", "R_1_234"),
        (1234.56, "ZAR", "R_1_235"),
        (12.5, "R", "R_12.50"),
        (-300, "R", "−R_300"),
        (1.25, "R million", "R_1.25_million"),
        (None, "%", "–"),
        (math.nan, "R", "–"),
    ],
)
def test_quantity(value: float | None, unit: str, expected: str) -> None:
    assert said(f.quantity(value, unit)) == expected


def test_signs() -> None:
    assert said(f.signed_quantity(1.25, "h")) == "+1.25_h"
    assert said(f.signed_quantity(-1.25, "h")) == "−1.25_h"
    assert said(f.signed_quantity(0, "%")) == "0_%"
    assert f.signed_quantity(None, "h") == "–"
    assert f.signed_quantity(math.inf, "h") == "–"
    assert said(f.difference(-3.21, "%")) == "−3.21_points"
    assert said(f.difference(250, "R")) == "+R_250"


@pytest.mark.parametrize(
    ("fraction", "digits", "expected"),
    [
        (None, 0, "–"),
        (0, 0, "0_%"),
        (0.625, 0, "62_%"),
        (0.625, 1, "62.5_%"),
        (1, 0, "100_%"),
        (0.001, 0, "<1_%"),
        (0.9999, 0, ">99_%"),
        (0.9999, 1, ">99.9_%"),
        (-0.25, 0, "−25_%"),
        (12.5, 0, "1_250_%"),
    ],
)
def test_percent(fraction: float | None, digits: int, expected: str) -> None:
    assert said(f.percent(fraction, digits)) == expected


@pytest.mark.parametrize(
    ("frequency", "expected"),
    [("day", "1 Apr 2026"), ("week", "week of 1 Apr 2026"), ("month", "Apr 2026"), ("quarter", "2026 Q2"), ("year", "FY2027")],
)
def test_period_label(frequency: str, expected: str) -> None:
    assert f.period_label(date(2026, 4, 1), frequency) == expected


@pytest.mark.parametrize(
    ("frequency", "labels"),
    [
        ("year", ["2026", *["FY2027"] * 11]),
        (
            "quarter",
            [
                "2026 Q1", "Feb–Apr 2026", "Mar–May 2026", "2026 Q2", "May–Jul 2026", "Jun–Aug 2026",
                "2026 Q3", "Aug–Oct 2026", "Sep–Nov 2026", "2026 Q4", "Nov 2026–Jan 2027", "Dec 2026–Feb 2027",
            ],
        ),
    ],
)  # fmt: skip
def test_years_and_quarters_that_begin_in_each_month(frequency: str, labels: list[str]) -> None:
    assert [f.period_label(date(2026, month, 1), frequency) for month in range(1, 13)] == labels


def test_plural() -> None:
    assert [said(f.plural(n, "gap")) for n in (0, 1, 1200)] == ["0_gaps", "1_gap", "1_200_gaps"]
    assert said(f.plural(2, "entry", "entries")) == "2_entries"


@given(st.floats(min_value=1e-4, max_value=1e14))
def test_number_says_the_value_to_three_figures(value: float) -> None:
    shown = float(f.number(value).replace("\u00a0", ""))
    assert shown == pytest.approx(value, rel=0.0051)


@given(st.floats(allow_nan=True, allow_infinity=True), st.sampled_from(["", "%", "R", "days", "/5", "R million"]))
def test_never_fails_and_never_says_minus_zero(value: float, unit: str) -> None:
    for text in (f.number(value), f.quantity(value, unit), f.signed_quantity(value, unit), f.percent(value)):
        assert text
        assert text not in ("−0", "-0")


def test_filters() -> None:
    source = (
        "{% load fmt %}{{ v|number }}|{{ v|number:5 }}|{{ v|with_unit:'h' }}|{{ v|signed:'h' }}|{{ v|difference:'%' }}|{{ .5|percent }}|"
        "{{ day|period:'month' }}|{{ none|period:'month' }}|{{ 3|plural:'gap' }}|{{ 2|plural:'entry,entries' }}"
    )
    shown = Template(source).render(Context({"v": 12.3456, "day": date(2026, 3, 1), "none": None}))
    assert said(shown) == "12.3|12.346|12.3_h|+12.3_h|+12.3_points|50_%|Mar 2026|–|3_gaps|2_entries"


def test_chips_say_it_in_words_and_escape() -> None:
    source = "{% load ui %}{% grade 5 %}{% standing 'fail' %}{% variation 'concern' %}{% quality 'full' %}{% quality 'provisional' True %}"
    shown = Template(source).render(Context({}))
    for word in ("critical", "fails", "getting worse", "provisional", "out of date"):
        assert word in shown
    assert "enough data" not in shown
    assert "&lt;" not in shown
