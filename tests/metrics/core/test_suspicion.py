"""Figures that look wrong: found where a person would find them, and nowhere in an ordinary series."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.core.compare import CHANGED, NEW, SAME
from metrics.core.rows import Rows
from metrics.core.settle import iso
from metrics.core.suspicion import KEPT, History, Suspects, suspects
from tests.metrics.core.files import text, understood

TODAY = 20_500  # 2026-02-16
CALM = [20.5, 21, 20, 22, 21.5, 20, 21, 22.5, 21]


def series(values: list[float], name: str = "Win rate", start: int = 0) -> list[str]:
    return [
        f"Sales,{name},count,up,month,,{2024 + (start + n) // 12}-{(start + n) % 12 + 1:02d},{value!r}" for n, value in enumerate(values)
    ]


def rows(*lines: str) -> Rows:
    return understood(text(*lines))


def nothing(of: Rows) -> History:
    count = len(np.unique(of.series))
    zero = np.zeros(count)
    return History(zero, zero * np.nan, zero * np.nan, zero, zero, zero)


def found(of: Rows, status: list[int] | None = None, history: History | None = None, latest: int = TODAY) -> list[tuple[str, int]]:
    """(kind, line) of each."""
    marks = np.full(len(of), NEW, np.int8) if status is None else np.array(status, np.int8)
    said = suspects(of, marks, history or nothing(of), latest=latest, spell=iso)
    return sorted((one.kind, one.line) for one in said.first)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (CALM, []),
        ([*CALM, 2150], [("unit_slip", 11)]),
        ([*CALM, 0.215], [("unit_slip", 11)]),
        ([*CALM, -21_000], [("unit_slip", 11)]),
        ([*CALM, 21_000_000], [("jump", 11)]),  # beyond a thousand it is no usual slip
        ([*CALM, 60], [("jump", 11)]),
        ([*CALM, 0], [("jump", 11)]),
        ([*CALM, 25], []),
        ([*CALM[:5], 2150], []),  # five others are too few to know the usual size
        ([*CALM, 24.5, 24.5, 24.5], [("copied", 12), ("copied", 13)]),
        ([*CALM, 24.5, 24.5], []),
        ([1, 1, 2, 3, 5, 8, 9, 9.5, 9.5, 9.5], []),  # it repeated figures before
        ([*CALM, 0.0, 0.0, 0.0], []),  # an end at 0 is natural to many
        ([1, 30, 2, 900, 15, 3000, 7, 120, 40, 4000], []),  # it varies by powers of ten itself
        ([5.0] * 12, []),
    ],
)
def test_in_a_file(values, expected):
    assert found(rows(*series(values))) == expected


def test_each_series_is_held_against_itself():
    of = rows(*series(CALM, "A"), *series([2150, 2050, 2000, 2200, 2150, 2000, 2100, 2250, 21.5], "B"))
    assert found(of) == [("unit_slip", 19)]


def test_what_stays_as_it_was_is_not_asked_about_again():
    of = rows(*series([*CALM, 2150]))
    assert found(of, [SAME] * 10) == []
    assert found(of, [SAME] * 9 + [CHANGED]) == [("unit_slip", 11)]


def test_one_new_figure_is_held_against_what_is_kept():
    logs = np.log(CALM)
    kept = History(*(np.array([value]) for value in (9.0, 20.0, 22.5, 9.0, logs.sum(), (logs**2).sum())))
    for value, expected in ((2150, [("unit_slip", 2)]), (21.7, []), (60, [("jump", 2)])):
        assert found(rows(*series([value])), history=kept) == expected


def test_periods_that_lie_ahead():
    of = rows(*series([20.5, 21], start=25))
    assert found(of) == [("future", 3)]
    assert found(of, latest=TODAY + 30) == []
    said = suspects(of, np.full(2, NEW, np.int8), nothing(of), latest=TODAY, spell=iso)
    assert said.first[0].message == "The period that begins on 2026-03-01 lies ahead."


def test_words_name_series_figure_and_reason():
    of = rows(*series([*CALM, 2150]))
    (one,) = suspects(of, np.full(10, NEW, np.int8), nothing(of), latest=TODAY, spell=iso).first
    assert (one.column, one.value) == ("Win rate in Sales", "2150")
    assert one.message == "About 100 times the usual size of this series, 21. Is the unit right?"
    of = rows(*series([*CALM, 0.215]))
    (one,) = suspects(of, np.full(10, NEW, np.int8), nothing(of), latest=TODAY, spell=iso).first
    assert "100 times smaller than the usual size" in one.message


def test_no_rows_and_very_many():
    empty = rows("Sales,Win rate,count,up,month,,2024-01,x")
    assert suspects(empty, np.zeros(0, np.int8), nothing(empty), latest=TODAY, spell=iso) == Suspects()
    said = Suspects()
    made = suspects(rows(*series([1.0], start=30)), np.array([NEW], np.int8), nothing(rows(*series([1.0]))), latest=0, spell=iso).first[0]
    said.add("future", np.arange(KEPT + 5), lambda row: made)
    said.add("future", np.arange(3), lambda row: made)
    assert (said.counts, len(said.first)) == ({"future": KEPT + 8}, KEPT)


def slow(values: list[float]) -> list[tuple[str, int]]:
    """The same rules, figure by figure."""
    out = []
    for place, value in enumerate(values):
        others = values[:place] + values[place + 1 :]
        logs = [math.log(abs(other)) for other in others if other]
        slip = False
        if value and len(logs) >= 6:
            mean = sum(logs) / len(logs)
            sd = math.sqrt(max(0.0, sum(log**2 for log in logs) / len(logs) - mean**2))
            off = math.log(abs(value)) - mean
            power = round(off / math.log(10))
            slip = 1 <= abs(power) <= 3 and abs(off - power * math.log(10)) <= math.log(1.5) and abs(off) >= 4 * sd
        if slip:
            out.append(("unit_slip", place))
        elif len(others) >= 8 and max(others) > min(others):
            span = max(others) - min(others)
            if value > max(others) + span or value < min(others) - span:
                out.append(("jump", place))
    return out


@settings(deadline=None)
@given(st.lists(st.sampled_from([0.0, 1.5, 20.0, 21.0, 22.0, 23.5, 210.0, 2200.0, 22_000.0, -21.0, 0.02, 60.0]), min_size=1, max_size=15))
def test_agrees_with_one_figure_after_another(values):
    got = [(kind, line - 2) for kind, line in found(rows(*series(values))) if kind in ("unit_slip", "jump")]
    assert sorted(got) == sorted(slow(values))


@pytest.mark.parametrize("block", [1, 10, 25])
def test_a_long_file_is_looked_at_in_blocks_that_change_nothing(monkeypatch, block):
    lines = [line for number in range(6) for line in series([*CALM, 2150 if number % 2 else 21], f"Rate {number}")]
    whole = found(rows(*lines), latest=19_980)
    assert len({kind for kind, _ in whole}) == 2
    monkeypatch.setattr("metrics.core.suspicion.BLOCK", block)
    assert found(rows(*lines), latest=19_980) == whole
