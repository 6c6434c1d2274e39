"""Where the boxes and arrows of a small graph go."""

from __future__ import annotations

import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.core.layered import BETWEEN, HEIGHT, WIDTH, draw, wrap


def labels(count: int) -> dict[int, str]:
    return {number: f"KPI {number}" for number in range(count)}


def at(drawing):
    return {box.id: (box.x, box.y) for box in drawing.boxes}


def numbers(d: str) -> list[float]:
    return [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", d)]


def test_what_drives_stands_left_of_what_it_drives():
    place = at(draw(labels(3), {(0, 1), (1, 2), (0, 2)}))
    assert place[0][0] < place[1][0] < place[2][0]


def test_a_chain_is_a_straight_line():
    drawing = draw(labels(3), {(0, 1), (1, 2)})
    assert len({box.y for box in drawing.boxes}) == 1
    start, end = drawing.boxes[0], drawing.boxes[1]
    assert numbers(drawing.arrows[0].d)[:2] == [start.x + WIDTH, start.y + HEIGHT // 2]
    assert numbers(drawing.arrows[0].d)[-2:] == [end.x, end.y + HEIGHT // 2]


def test_a_source_stands_beside_what_it_drives_however_far_right_that_is():
    place = at(draw(labels(4), {(0, 1), (1, 2), (3, 2)}))
    assert place[3][0] == place[1][0]


def test_a_long_arrow_gives_way_to_the_boxes_it_passes():
    drawing = draw(labels(3), {(0, 1), (1, 2), (0, 2)})
    box = next(box for box in drawing.boxes if box.id == 1)
    long = next(arrow for arrow in drawing.arrows if arrow.edge == (0, 2))
    assert "H" in long.d
    passed = numbers(long.d)[7]  # the height at which it runs through the layer of box 1
    assert not box.y <= passed <= box.y + HEIGHT


def test_arrows_of_a_plain_pair_do_not_cross():
    place = at(draw({0: "a", 1: "b", 2: "c", 3: "d", 4: "e"}, {(0, 3), (1, 2), (0, 4), (1, 4)}))
    assert (place[0][1] < place[1][1]) == (place[3][1] < place[2][1])


def test_parts_that_do_not_hang_together_stand_below_each_other_the_largest_first():
    place = at(draw(labels(5), {(0, 1), (2, 3), (3, 4)}))
    assert max(place[box][1] for box in (2, 3, 4)) + HEIGHT < min(place[box][1] for box in (0, 1))


def test_a_loop_is_drawn_with_one_arrow_pointing_back():
    drawing = draw(labels(3), {(0, 1), (1, 2), (2, 0)})
    back = [arrow for arrow in drawing.arrows if arrow.back]
    assert [arrow.edge for arrow in back] == [(2, 0)]
    first = next(box for box in drawing.boxes if box.id == 0)
    assert numbers(back[0].d)[:2] == [first.x + WIDTH, first.y + HEIGHT // 2]


def test_an_arrow_from_a_box_to_itself_stands_on_it():
    drawing = draw(labels(1), {(0, 0)})
    box, arrow = drawing.boxes[0], drawing.arrows[0]
    assert numbers(arrow.d)[1] == box.y
    assert box.y >= 15


def test_a_node_alone():
    drawing = draw({7: "Alone"}, set())
    assert [box.id for box in drawing.boxes] == [7]
    assert drawing.arrows == []


@pytest.mark.parametrize(
    ("label", "lines"),
    [
        ("Win rate", ["Win rate"]),
        ("First-contact resolution", ["First-contact", "resolution"]),
        ("", [""]),
        ("One two three four five six seven eight nine ten eleven", ["One two three four five", "six seven eight nine…"]),
        ("Donaudampfschifffahrtsgesellschaft", ["Donaudampfschifffahrts…"]),
    ],
)
def test_labels_fit_the_box(label, lines):
    assert wrap(label) == lines


graphs = st.integers(1, 9).flatmap(
    lambda count: st.tuples(st.just(count), st.sets(st.tuples(st.integers(0, count - 1), st.integers(0, count - 1)), max_size=16))
)


@given(graphs)
def test_boxes_never_touch_and_everything_is_inside(graph):
    count, edges = graph
    drawing = draw(labels(count), edges)
    assert sorted(at(drawing)) == list(range(count))
    assert {arrow.edge for arrow in drawing.arrows} == edges
    boxes = sorted(drawing.boxes, key=lambda box: (box.x, box.y))
    for one, other in itertools.pairwise(boxes):
        assert one.x + WIDTH < other.x or other.y - one.y >= HEIGHT + BETWEEN - 1
    assert all(box.x + WIDTH <= drawing.width and box.y + HEIGHT <= drawing.height and box.y >= 0 for box in boxes)


@given(graphs)
def test_the_same_graph_is_drawn_the_same(graph):
    count, edges = graph
    assert draw(labels(count), edges) == draw(labels(count), sorted(edges, reverse=True))
