"""The driver graph: loops, and what lies upstream and downstream. METHODS section 6."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.core.drivers import End, Graph, Link, Place, around, downstream, loop, upstream

LEADS, CONVERSION, REVENUE, FOLLOW_UP = 1, 2, 3, 4
COMPANY, SALES, RETAIL, MARKETING = 10, 11, 12, 13
PARENTS = {COMPANY: None, SALES: COMPANY, RETAIL: SALES, MARKETING: COMPANY}


def link(driver: int, driven: int, driver_in: int | None = None, driven_in: int | None = None) -> Link:
    return Link(End(driver, driver_in), End(driven, driven_in))


CHAIN = [link(LEADS, CONVERSION, MARKETING, SALES), link(CONVERSION, REVENUE)]


# Loops


@pytest.mark.parametrize(
    ("new", "named"),
    [
        (link(REVENUE, LEADS), [End(REVENUE), End(LEADS, MARKETING), End(CONVERSION, SALES), End(REVENUE)]),
        (link(REVENUE, CONVERSION), [End(REVENUE), End(CONVERSION), End(REVENUE)]),
        (link(REVENUE, LEADS, SALES, MARKETING), [End(REVENUE, SALES), End(LEADS, MARKETING), End(CONVERSION, SALES), End(REVENUE, SALES)]),
        (link(LEADS, LEADS), [End(LEADS), End(LEADS)]),
        (link(REVENUE, LEADS, None, RETAIL), []),  # Marketing's leads drive, not Retail's
        (link(CONVERSION, LEADS, RETAIL), []),  # and they drive Sales' conversion, not Retail's
        (link(FOLLOW_UP, CONVERSION), []),
        (link(LEADS, LEADS, RETAIL, MARKETING), []),
    ],
    ids=str,
)
def test_a_loop_is_named_from_its_first_end_back_to_it(new, named):
    assert loop(CHAIN, new) == named


def test_of_several_loops_the_shortest_is_named():
    links = [link(LEADS, CONVERSION), link(CONVERSION, REVENUE), link(LEADS, REVENUE)]
    assert loop(links, link(REVENUE, LEADS)) == [End(REVENUE), End(LEADS), End(REVENUE)]


def test_a_department_on_either_side_names_the_meeting_point():
    links = [link(LEADS, CONVERSION, None, SALES)]
    assert loop(links, link(CONVERSION, LEADS, None, MARKETING)) == [End(CONVERSION, SALES), End(LEADS, MARKETING), End(CONVERSION, SALES)]


departments = st.sampled_from([None, 10, 11])
ends = st.builds(End, st.integers(1, 4), departments)
links_of = st.lists(st.builds(Link, ends, ends), max_size=6)


def spelt_out(links: list[Link]) -> set[tuple[Place, Place]]:
    """The links with every free end written out for every department: those named and one that nobody has named yet."""
    everywhere = (10, 11, 99)

    def places(end: End) -> list[Place]:
        return [Place(end.kpi, department) for department in (everywhere if end.department is None else [end.department])]

    return {pair for one in links for pair in itertools.product(places(one.driver), places(one.driven))}


def goes_round(edges: set[tuple[Place, Place]]) -> bool:
    """Whether the graph has a cycle: what is left when nodes without a way on are taken away again and again."""
    while edges:
        left = {(start, end) for start, end in edges if any(end == other for other, _ in edges)}
        if left == edges:
            return True
        edges = left
    return False


@given(links_of, st.builds(Link, ends, ends))
def test_a_loop_is_a_cycle_of_the_spelt_out_graph(links, new):
    kept: list[Link] = []
    for one in links:
        if not loop(kept, one):
            kept.append(one)
    assert not goes_round(spelt_out(kept))
    assert bool(loop(kept, new)) == goes_round(spelt_out([*kept, new]))


@given(links_of, st.builds(Link, ends, ends))
def test_every_step_of_a_named_loop_is_a_link(links, new):
    named = loop(links, new)
    for start, end in itertools.pairwise(named):
        assert any(start.overlaps(one.driver) and end.overlaps(one.driven) for one in [*links, new])
    assert named[:1] == named[-1:]


# What to draw beside a KPI


def test_links_around_a_kpi_lead_to_it_or_away_from_it():
    links = [*CHAIN, link(FOLLOW_UP, REVENUE), link(REVENUE, 5), link(5, 6)]
    assert around(links, CONVERSION, 1) == [0, 1]
    assert around(links, CONVERSION, 2) == [0, 1, 3]
    assert around(links, REVENUE, 2) == [0, 1, 2, 3, 4]
    assert around(links, 99, 2) == []


def test_links_of_departments_that_do_not_meet_are_not_around():
    links = [link(LEADS, CONVERSION, None, SALES), link(CONVERSION, REVENUE, RETAIL)]
    assert around(links, LEADS, 2) == [0]
    assert around(links, REVENUE, 2) == [1]
    assert around(links, CONVERSION, 1) == [0, 1]


# Upstream and downstream


def reached(found):
    return [(one.kpi, one.department) for one in found]


def test_a_free_driver_is_the_departments_own_else_its_nearest_ancestors():
    links = [link(FOLLOW_UP, CONVERSION)]
    everywhere = {(FOLLOW_UP, COMPANY), (FOLLOW_UP, SALES), (FOLLOW_UP, RETAIL)}
    assert reached(upstream(links, CONVERSION, RETAIL, PARENTS, everywhere)) == [(FOLLOW_UP, RETAIL)]
    assert reached(upstream(links, CONVERSION, RETAIL, PARENTS, everywhere - {(FOLLOW_UP, RETAIL)})) == [(FOLLOW_UP, SALES)]
    assert reached(upstream(links, CONVERSION, RETAIL, PARENTS, {(FOLLOW_UP, COMPANY)})) == [(FOLLOW_UP, COMPANY)]


def test_a_free_driver_that_nobody_above_has_leads_nowhere():
    links = [link(FOLLOW_UP, CONVERSION), link(LEADS, FOLLOW_UP, MARKETING)]
    assert upstream(links, CONVERSION, SALES, PARENTS, {(FOLLOW_UP, RETAIL), (FOLLOW_UP, MARKETING)}) == []


def test_a_fixed_driver_counts_with_or_without_figures():
    assert reached(upstream(CHAIN, CONVERSION, SALES, PARENTS, set())) == [(LEADS, MARKETING)]


def test_a_fixed_driven_end_holds_for_that_department_alone():
    assert upstream(CHAIN, CONVERSION, RETAIL, PARENTS, {(LEADS, RETAIL)}) == []


def test_nearest_first_with_the_way_there():
    has = {(CONVERSION, SALES), (FOLLOW_UP, SALES), (LEADS, MARKETING)}
    found = upstream([*CHAIN, link(FOLLOW_UP, REVENUE)], REVENUE, SALES, PARENTS, has)
    assert reached(found) == [(CONVERSION, SALES), (FOLLOW_UP, SALES), (LEADS, MARKETING)]
    assert found[2].path == (Place(LEADS, MARKETING), Place(CONVERSION, SALES), Place(REVENUE, SALES))


def test_downstream_is_the_same_way_read_from_its_beginning():
    has = {(CONVERSION, SALES), (REVENUE, SALES), (REVENUE, RETAIL), (REVENUE, MARKETING)}
    found = downstream(CHAIN, LEADS, MARKETING, PARENTS, has)
    assert reached(found) == [
        (CONVERSION, SALES),
        (REVENUE, SALES),
        (REVENUE, RETAIL),
    ]  # Retail has no conversion: its revenue hangs on Sales'
    assert found[-1].path == (Place(LEADS, MARKETING), Place(CONVERSION, SALES), Place(REVENUE, RETAIL))


def test_nothing_drives_what_no_link_names():
    assert upstream([], REVENUE, SALES, PARENTS, set()) == []
    assert downstream([], REVENUE, SALES, PARENTS, set()) == []


KPIS, TREE = range(1, 5), {10: None, 11: 10, 12: 11, 13: 10}
places = st.tuples(st.sampled_from(list(KPIS)), st.sampled_from(list(TREE)))
wide_ends = st.builds(End, st.sampled_from(list(KPIS)), st.sampled_from([None, *TREE]))
acyclic = st.lists(st.builds(Link, wide_ends, wide_ends), max_size=7).map(
    lambda links: [one for number, one in enumerate(links) if not loop(links[:number], one)]
)


def slowly(links: list[Link], has: set[tuple[int, int]], driven: Place) -> set[tuple[int, int]]:
    """What drives the place directly, by the words of METHODS."""
    found = set()
    for driver, end in links:
        if end.kpi != driven.kpi or end.department not in (None, driven.department):
            continue
        if driver.department is not None:
            found.add((driver.kpi, driver.department))
            continue
        line = [driven.department]
        while TREE[line[-1]] is not None:
            line.append(TREE[line[-1]])
        found |= set([(driver.kpi, at) for at in line if (driver.kpi, at) in has][:1])
    return found


@given(acyclic, st.sets(places), places)
def test_upstream_is_the_closure_of_direct_drivers_by_steps(links, has, start):
    start = Place(*start)
    expected, level, steps = {}, {start}, 0
    while level:
        steps += 1
        level = {Place(*up) for at in level for up in slowly(links, has, at)} - set(expected) - {start}
        expected |= dict.fromkeys(level, steps)
    found = upstream(links, *start, TREE, has)
    assert {(one.kpi, one.department): len(one.path) - 1 for one in found} == expected
    assert reached(found) == sorted(expected, key=lambda place: (expected[place], place))
    for one in found:
        assert (one.path[0], one.path[-1]) == ((one.kpi, one.department), start)
        assert all(up in slowly(links, has, at) for up, at in itertools.pairwise(one.path))


@given(acyclic, st.sets(places), places)
def test_downstream_is_whatever_has_it_upstream(links, has, start):
    graph = Graph(links, TREE, has)
    named = {tuple(end) for one in links for end in one if end.department is not None}
    expected = {place for place in has | named if start in reached(graph.upstream(*place))}
    found = graph.downstream(*start)
    assert set(reached(found)) == expected
    for one in found:
        assert (one.path[0], one.path[-1]) == (start, (one.kpi, one.department))
        assert len(one.path) == len(next(up for up in graph.upstream(one.kpi, one.department) if reached([up]) == [start]).path)
