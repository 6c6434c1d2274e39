"""Ratios of departments with parts: sums of parts, never means of rates; who is made of whom; when not, and why."""

from __future__ import annotations

import math
from collections import defaultdict
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.core import rollup
from metrics.core.rollup import Figures, Member, Reason, Series, Wanted, plan, roll_up

NAN = math.nan
NAMES = ("series", "period", "value", "numerator", "denominator")
Point = tuple[float, float, float]  # value, numerator, denominator


def figures(*series: dict[int, Point], target: dict[int, float] | None = None) -> Figures:
    """Series given as {period: (value, numerator, denominator)}; `target` by place of the figure."""
    flat = [(period, *point) for one in series for period, point in sorted(one.items())]
    columns = [np.array(column, float) for column in zip(*flat, strict=True)]
    goals = np.full(len(flat), NAN)
    for place, value in (target or {}).items():
        goals[place] = value
    offsets = np.cumsum([0, *map(len, series)])
    return Figures(offsets, columns[0].astype(np.int64), columns[1], goals, goals, columns[2], columns[3])


def percent(*parts: tuple[float, float], start: int = 0) -> dict[int, Point]:
    return {start + i: (100 * top / bottom, top, bottom) for i, (top, bottom) in enumerate(parts)}


def one(given: Figures, unit: str = "%", weekly: bool = False) -> tuple[dict[int, float], Reason | None]:
    """{period: value} of the roll-up of all the series, and why there is none."""
    rows, reasons = roll_up([Wanted(unit, weekly, list(range(len(given.offsets) - 1)))], given)
    kept = rows.counts
    return dict(zip(rows.period[kept].tolist(), rows.value[kept].tolist(), strict=True)), reasons[0]


# The sums


def test_half_of_two_and_ninety_of_a_hundred_are_91_of_102():
    rows, reasons = roll_up([Wanted("%", False, [0, 1])], figures(percent((1, 2)), percent((90, 100))))
    assert rows.value.tolist() == [pytest.approx(100 * 91 / 102)]
    assert (rows.numerator.tolist(), rows.denominator.tolist()) == ([91], [102])
    assert reasons == [None]


def test_a_period_that_a_running_source_lacks_does_not_count():
    short = {0: (50, 1, 2), 2: (50, 1, 2)}
    values, _ = one(figures(percent((1, 2), (1, 2), (1, 2)), short))
    assert sorted(values) == [0, 2]


def test_before_a_source_begins_and_after_it_ends_the_others_stand_alone():
    values, _ = one(figures(percent(*[(1, 2)] * 5), percent((9, 10), start=2)))
    assert values == {0: 50, 1: 50, 2: pytest.approx(100 * 10 / 12), 3: 50, 4: 50}


def test_a_gap_between_two_sources_that_do_not_meet_is_a_gap():
    values, _ = one(figures(percent((1, 2)), percent((9, 10), start=5)))
    assert values == {0: 50, 5: pytest.approx(90)}


@pytest.mark.parametrize(
    ("stated", "agreed"),
    [({}, NAN), ({0: 40}, 40), ({0: 40, 1: 40}, 40), ({0: 40, 1: 41}, NAN), ({1: 0}, 0)],
)
def test_a_target_is_that_of_all_who_state_one(stated, agreed):
    rows, _ = roll_up([Wanted("%", False, [0, 1])], figures(percent((1, 2)), percent((90, 100)), target=stated))
    assert rows.target.tolist() == pytest.approx([agreed], nan_ok=True)
    assert rows.benchmark.tolist() == pytest.approx([agreed], nan_ok=True)


def test_sums_beyond_all_bounds_do_not_count():
    huge = {0: (100.0, 1.7e308, 1.7e308)}
    assert one(figures(huge, huge)) == ({}, Reason.NEVER)


def test_nothing_wanted_is_nothing():
    rows, reasons = roll_up([], figures(percent((1, 2))))
    assert (len(rows.value), len(rows.counts), reasons) == (0, 0, [])


# The factor


@pytest.mark.parametrize(
    ("unit", "points", "factor"),
    [
        ("%", [(50, 1, 2), (33.3, 1, 3)], 100),
        (" % ", [(50, 1, 2)], 100),
        ("%", [(50, 1, 2), (70, 1, 3)], 100),  # half of them follow: the other's parts count, not its value
        ("%", [(50, 1, 2), (70, 1, 3), (71, 1, 3)], NAN),
        ("%", [(0.5, 1, 2), (0.33, 1, 3)], NAN),
        ("%", [(75, 1, 4)], NAN),  # the share of those not counted
        ("", [(0.5, 1, 2), (0.333, 1, 3)], 1),
        ("per 1 000", [(4.2, 13, 3091), (5.1, 21, 4101)], 1000),
        ("R", [(1234.5, 617.25, 0.5)], 1),
        ("R", [(1234567.12, 1234567, 1), (7654321.98, 7654322, 1)], 1),  # parts rounded to the rand
        ("R", [(1010.1, 1000, 1), (990.2, 1000, 1)], NAN),
        ("days", [(365.25, 1, 1), (730.5, 2, 1)], 365.25),
        ("days", [(365.2512345, 1, 1), (182.6, 1, 2)], 365.2512345),
        ("", [(0.5, 1, 2), (0.6, 1, 3)], NAN),
        ("", [(0, 0, 2), (0, 0, 3)], 1),
        ("", [(0, 0, 2), (7, 0, 3)], NAN),
        ("", [(0, 1, 2), (0, 1, 3)], NAN),
        ("", [(-0.5, 1, 2)], NAN),
        ("", [(1e300, 1e-300, 1e300)], NAN),
        ("", [(0.5, 1, 2), (0.25, 0, 3)], NAN),
    ],
)
def test_the_factor_is_what_the_sources_values_say(unit, points, factor):
    given = figures(*({0: point} for point in points))
    which, source = np.zeros(len(points), np.int64), np.arange(len(points))
    wanted = [Wanted(unit, False, source.tolist())]
    assert rollup.factors(wanted, given, which, source).tolist() == pytest.approx([factor], nan_ok=True, rel=1e-12)
    assert one(given, unit)[1] == (Reason.FACTOR if math.isnan(factor) else None)


@pytest.mark.parametrize(("value", "half"), [(12, 0.5), (12.3, 0.05), (-12.34, 0.005), (0, 0.5), (1 / 3, 5e-10), (1e9 + 0.25, 0.005)])
def test_half_a_unit_of_the_last_decimal(value, half):
    assert rollup._half_unit(np.array([value], float))[0] == pytest.approx(half)


# Weeks


@pytest.mark.parametrize(("weekly", "start", "reason"), [(True, 4, None), (True, 11, None), (True, 5, Reason.STARTS), (False, 5, None)])
def test_weeks_of_different_weekdays_are_not_added(weekly, start, reason):
    def weeks(first: int) -> dict[int, Point]:
        return {first + 7 * i: (50, 1, 2) for i in range(4)}

    assert one(figures(weeks(4), weeks(start)), weekly=weekly)[1] is reason


# Who is made of whom


def members(tree: dict[int, int | None], own: dict[int, bool], kpi: int = 1) -> list[Member]:
    """A series in every department, its id 100 more; `own`: those with figures, True where all have parts."""
    return [Member(100 + one, kpi, one, one in own, own.get(one, False)) for one in tree]


TREE = {1: None, 2: 1, 3: 1, 4: 2, 5: 2, 6: 3}  # 1 over 2 and 3; 2 over 4 and 5; 3 over 6


@pytest.mark.parametrize(
    ("own", "sources", "left_out"),
    [
        ({4: True, 5: True}, {2: [4, 5]}, {}),  # 1 would be a copy of 2
        ({4: True, 5: True, 6: True}, {2: [4, 5], 1: [4, 5, 6]}, {}),  # 3 would be a copy of 6
        ({4: True}, {}, {}),
        ({2: True, 4: True, 5: True, 3: True}, {1: [2, 3]}, {}),  # 2 stands for 4 and 5
        ({1: True, 2: True, 3: True}, {}, {}),
        ({1: False, 2: True, 3: True}, {}, {}),
        ({4: True, 5: False}, {}, {2: [5]}),
        ({4: True, 5: True, 3: False}, {2: [4, 5]}, {1: [3]}),
        ({4: True, 5: True, 6: True, 3: False}, {2: [4, 5], 1: [4, 5, 6]}, {1: [3]}),  # 6 is below 3, which has no parts
        ({4: False, 5: False}, {}, {}),
        ({2: True, 4: False, 6: True}, {1: [2, 6]}, {}),
        ({}, {}, {}),
    ],
)
def test_a_department_is_made_of_those_below_in_two_branches_at_least(own, sources, left_out):
    made = plan(TREE, members(TREE, own))
    assert made.sources == {(1, place): [100 + one for one in of] for place, of in sources.items()}
    assert made.left_out == {(1, place): [100 + one for one in of] for place, of in left_out.items()}


def test_kpis_do_not_mix():
    tree = {1: None, 2: 1, 3: 1}
    assert plan(tree, [Member(1, 7, 2, True, True), Member(2, 8, 3, True, True)]).sources == {}


def test_what_lies_above_the_departments_given_is_unknown():
    assert plan({2: 1, 3: 1, 4: 2, 5: 2}, members({4: 2, 5: 2}, {4: True, 5: True})).sources == {(1, 2): [104, 105]}


# Everything, against a plain reading of the rules


@st.composite
def organisations(draw):
    """A tree of departments, of some a series with figures of some periods, of some of these without parts."""
    size = draw(st.integers(2, 9))
    tree = {1: None} | {one: draw(st.sampled_from([None, *range(1, one)])) for one in range(2, size + 1)}
    points = {}
    for department in tree:
        if draw(st.booleans()):
            periods = draw(st.sets(st.integers(0, 6), min_size=1))
            parts = [(draw(st.integers(0, 9)), draw(st.integers(1, 9))) for _ in periods]
            blank = draw(st.sampled_from([False, False, False, True]))
            points[department] = {
                period: (100 * top / bottom, NAN if blank and i == 0 else top, NAN if blank and i == 0 else bottom)
                for i, (period, (top, bottom)) in enumerate(zip(sorted(periods), parts, strict=True))
            }
    return tree, points


def chain(tree, department):
    while department is not None:
        yield department
        department = tree[department]


def plainly(tree, points):
    """{department: {period: (value, numerator, denominator)}} by the words of METHODS."""
    whole = {one for one, of in points.items() if all(bottom == bottom for _, _, bottom in of.values())}
    made = {}
    for place in tree:
        if place in points:
            continue
        below = [one for one in whole if place in list(chain(tree, one))[1:]]
        seen = [one for one in below if not any(above in whole for above in between(tree, one, place))]
        if len({branch(tree, one, place) for one in seen}) < 2:
            continue
        made[place] = {}
        for period in range(7):
            running = [one for one in seen if min(points[one]) <= period <= max(points[one])]
            if running and all(period in points[one] for one in running):
                top, bottom = (sum(points[one][period][part] for one in running) for part in (1, 2))
                made[place][period] = (100 * top / bottom, top, bottom)
    return made


def between(tree, department, place):
    path = list(chain(tree, department))
    return path[1 : path.index(place)]


def branch(tree, department, place):
    return next(one for one, above in pairwise(chain(tree, department)) if above == place)


@settings(max_examples=400, deadline=None)
@given(organisations())
def test_random_organisations_come_out_as_the_rules_say(organisation):
    tree, points = organisation
    flat = [(one, period, *point) for one, of in sorted(points.items()) for period, point in sorted(of.items())]
    columns = dict(zip(NAMES, np.array(flat, float).reshape(-1, 5).T, strict=True))
    columns |= {name: columns[name].astype(np.int64) for name in ("series", "period")}
    columns |= {name: np.full(len(flat), NAN) for name in ("target", "benchmark")}
    known = {one: Series(1, one, "%", False, one not in points) for one in tree}
    out = rollup.extended(columns, known, tree)
    order = list(zip(out["series"].tolist(), out["period"].tolist(), strict=True))
    assert order == sorted(set(order))
    got = defaultdict(dict)
    for series, period, value, top, bottom in zip(
        *(out[name].tolist() for name in ("series", "period", "value", "numerator", "denominator")), strict=True
    ):
        got[series][period] = (value, top, bottom)
    expected = {place: of for place, of in plainly(tree, points).items() if of}
    assert {place: got[place] for place in got if place not in points} == {
        place: {period: pytest.approx(point) for period, point in of.items()} for place, of in expected.items()
    }
    for place, of in points.items():
        assert {period: value for period, (value, _, _) in got[place].items()} == {period: value for period, (value, _, _) in of.items()}


def test_figures_of_others_stay_where_they_are():
    series = np.array([1, 1, 2, 5], np.int64)
    columns = {"series": series, "period": np.array([0, 1, 0, 0]), "value": np.array([50.0, 50, 90, 7])}
    columns |= {"target": np.full(4, NAN), "benchmark": np.full(4, NAN)}
    columns |= {"numerator": np.array([1.0, 1, 90, NAN]), "denominator": np.array([2.0, 2, 100, NAN])}
    known = {1: Series(1, 11, "%", False, False), 2: Series(1, 12, "%", False, False), 3: Series(1, 10, "%", False, True)}
    known |= {5: Series(2, 11, "R", False, False), 4: Series(1, 13, "%", False, True)}
    out = rollup.extended(columns, known, {11: 10, 12: 10, 10: None, 13: None})
    assert out["series"].tolist() == [1, 1, 2, 3, 3, 5]
    assert out["value"].tolist() == [50, 50, 90, pytest.approx(100 * 91 / 102), 50, 7]
    unmarked = {pk: Series(one.kpi, one.department, one.unit, False, pk == 4) for pk, one in known.items()}
    assert rollup.extended(columns, unmarked, {11: 10, 12: 10, 10: None, 13: None}) is columns
