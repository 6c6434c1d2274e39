"""Where the boxes and arrows of a small graph go: layers from left to right, few crossings, arrows as straight as they can be.

Sugiyama, Tagawa & Toda 1981 (IEEE Trans. SMC 11(2)) in its plainest form: layers by longest path, order within a layer by the
mean place of the neighbours, heights by isotonic regression towards them. All lengths are pixels.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

WIDTH, HEIGHT = 164, 44
ACROSS, BETWEEN, PAD = 60, 14, 18
THIN = 6  # the height that an arrow takes where it passes a layer
LETTERS, LINES, LEADING = 23, 2, 15
SWEEPS = 6

Edge = tuple[int, int]
Node = int | tuple[int, int, int]  # a box, or the place where an arrow (from, to) passes a layer
Beside = dict[Node, tuple[list[Node], list[Node]]]


@dataclass(frozen=True)
class Box:
    """A node: the upper left corner, its label in lines, and the baseline of the first of them."""

    id: int
    x: int
    y: int
    lines: list[str]
    baseline: int


@dataclass(frozen=True)
class Arrow:
    """An edge as the `d` of an SVG path. `back`: it was drawn from its end, so the head belongs to the path's start."""

    edge: Edge
    d: str
    back: bool


@dataclass(frozen=True)
class Drawing:
    width: int
    height: int
    boxes: list[Box]
    arrows: list[Arrow]
    box_width: int = WIDTH
    box_height: int = HEIGHT


def draw(labels: Mapping[int, str], edges: Collection[Edge]) -> Drawing:
    """The nodes, by number, with these labels and the edges between them; parts that do not hang together one below the other,
    the largest first. Nodes of one layer stand in the labels' order where edges do not say otherwise. The edges may make loops."""
    boxes: list[Box] = []
    arrows: list[Arrow] = []
    top, width = PAD, 0
    for part in _parts(list(labels), edges):
        own = sorted(edge for edge in edges if edge[0] in part)
        at, routes = _place(part, own)
        low = min(y for _, y in at.values())
        moved = {node: (x, round(y - low) + top) for node, (x, y) in at.items()}
        boxes += [_box(node, moved[node], labels[node]) for node in part]
        arrows += [_arrow(edge, routes[edge], moved) for edge in own]
        top = max(y for _, y in moved.values()) + HEIGHT + 2 * BETWEEN
        width = max(width, *(x for x, _ in moved.values()))
    return Drawing(width + WIDTH + PAD, top - 2 * BETWEEN + PAD, boxes, arrows)


def wrap(label: str, letters: int = LETTERS, lines: int = LINES) -> list[str]:
    """The label in at most so many lines of so many letters, cut with an ellipsis where it is longer."""
    out = [""]
    for word in label.split():
        joined = f"{out[-1]} {word}".strip()
        if len(joined) <= letters or not out[-1]:
            out[-1] = joined
        else:
            out.append(word)
    kept = out[:lines]
    if len(out) > lines:
        kept[-1] += "…"
    return [line if len(line) <= letters else f"{line[: letters - 1].rstrip()}…" for line in kept]


def _box(node: int, at: tuple[int, int], label: str) -> Box:
    lines = wrap(label)
    return Box(node, *at, lines, at[1] + HEIGHT // 2 + 4 - LEADING * (len(lines) - 1) // 2)


def _parts(nodes: Sequence[int], edges: Collection[Edge]) -> list[list[int]]:
    """The nodes that hang together, in the order given; the largest first."""
    part = {node: [node] for node in nodes}
    for one, other in edges:
        if part[one] is not part[other]:
            part[one] += part[other]
            for node in part[other]:
                part[node] = part[one]
    place = {node: number for number, node in enumerate(nodes)}
    found = {id(members): sorted(members, key=place.__getitem__) for members in part.values()}
    return sorted(found.values(), key=lambda members: (-len(members), place[members[0]]))


def _place(nodes: list[int], edges: list[Edge]) -> tuple[dict[Node, tuple[int, float]], dict[Edge, list[Node]]]:
    """Where the nodes of one part go, and the nodes and passing places that each edge leads by, from left to right."""
    forward = _forward(nodes, edges)
    layer = _layers(nodes, sorted(set(forward.values())))
    layers: list[list[Node]] = [[] for _ in range(max(layer.values()) + 1)]
    for node in nodes:
        layers[layer[node]].append(node)
    routes: dict[Edge, list[Node]] = {}
    for edge, (start, end) in forward.items():
        passing: list[Node] = [(*edge, number) for number in range(layer[start] + 1, layer[end])]
        for number, passed in enumerate(passing, layer[start] + 1):
            layers[number].append(passed)
        routes[edge] = [start, *passing, end]
    beside = _neighbours(routes)
    _order(layers, beside)
    height = _heights(layers, beside)
    at = {node: (PAD + number * (WIDTH + ACROSS), height[node]) for number, row in enumerate(layers) for node in row}
    return at, routes | {(node, node): [node, node] for node, other in edges if node == other}


def _forward(nodes: list[int], edges: list[Edge]) -> dict[Edge, Edge]:
    """Each edge, turned round where it would close a loop; none for an edge from a node to itself."""
    out: dict[int, list[int]] = {node: [] for node in nodes}
    for start, end in edges:
        out[start].append(end)
    turned, done, under_way = set(), set(), set()

    def visit(node: int) -> None:
        under_way.add(node)
        for other in out[node]:
            if other in under_way:
                turned.add((node, other))
            elif other not in done:
                visit(other)
        under_way.remove(node)
        done.add(node)

    for node in nodes:
        if node not in done:
            visit(node)
    return {(start, end): (end, start) if (start, end) in turned else (start, end) for start, end in edges if start != end}


def _layers(nodes: list[int], edges: list[Edge]) -> dict[int, int]:
    """The layer of each node: one to the right of the last that leads to it; what nothing leads to stands beside what it leads to."""
    layer = dict.fromkeys(nodes, 0)
    for _ in nodes:
        for start, end in edges:
            layer[end] = max(layer[end], layer[start] + 1)
    led_to = {end for _, end in edges}
    for start in {start for start, _ in edges} - led_to:
        layer[start] = min(layer[end] for at, end in edges if at == start) - 1
    return layer


def _neighbours(routes: Mapping[Edge, list[Node]]) -> Beside:
    """The nodes beside each on its left and on its right."""
    beside: Beside = {}
    for route in routes.values():
        for left, right in pairwise(route):
            beside.setdefault(left, ([], []))[1].append(right)
            beside.setdefault(right, ([], []))[0].append(left)
    return beside


def _order(layers: list[list[Node]], beside: Beside) -> None:
    """Sorts each layer by the mean place of its neighbours, from left to right and back again."""
    for sweep in range(SWEEPS):
        side = sweep % 2
        for row in layers[::-1] if side else layers:
            place = {node: number for one in layers for number, node in enumerate(one)}
            row.sort(key=lambda node: (_mean([place[other] for other in beside.get(node, ([], []))[side]], place[node]), place[node]))


def _mean(values: Sequence[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise


def _heights(layers: list[list[Node]], beside: Beside) -> dict[Node, float]:
    """The top of each node: as near to the mean of its neighbours as the order in its layer leaves room for."""
    top = {node: float(y) for row in layers for node, y in zip(row, _stacked(row), strict=True)}
    for sweep in range(SWEEPS):
        for row in layers[::-1] if sweep % 2 else layers:
            offsets = _stacked(row)
            wanted = []
            for node, offset in zip(row, offsets, strict=True):
                near = [*beside.get(node, ([], []))[0], *beside.get(node, ([], []))[1]]
                middle = _mean([top[other] + _tall(other) / 2 for other in near], top[node] + _tall(node) / 2)
                wanted.append(middle - _tall(node) / 2 - offset)
            for node, offset, y in zip(row, offsets, _rising(wanted), strict=True):
                top[node] = offset + y
    return top


def _tall(node: Node) -> int:
    return HEIGHT if isinstance(node, int) else THIN


def _stacked(row: list[Node]) -> list[int]:
    """The tops of a layer's nodes when they stand as close as they may."""
    tops, y = [], 0
    for node in row:
        tops.append(y)
        y += _tall(node) + BETWEEN
    return tops


def _rising(wanted: Sequence[float]) -> list[float]:
    """The never falling numbers nearest to `wanted` by least squares (pooling adjacent violators)."""
    pools: list[tuple[float, int]] = []
    for value in wanted:
        pools.append((value, 1))
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            (low, few), (high, many) = pools.pop(), pools.pop()
            pools.append(((low * few + high * many) / (few + many), few + many))
    return [value for value, count in pools for _ in range(count)]


def _arrow(edge: Edge, route: list[Node], at: Mapping[Node, tuple[int, int]]) -> Arrow:
    x, y = at[route[0]]
    if edge[0] == edge[1]:
        return Arrow(edge, f"M{x + 100} {y}c0 -15 -36 -15 -36 -2", back=False)
    x, y = x + WIDTH, y + HEIGHT // 2
    parts = [f"M{x} {y}"]
    for node in route[1:]:
        to_x, to_y = at[node][0], at[node][1] + _tall(node) // 2
        middle = (x + to_x) // 2
        parts.append(f"C{middle} {y} {middle} {to_y} {to_x} {to_y}")
        x, y = to_x, to_y
        if not isinstance(node, int):
            x += WIDTH
            parts.append(f"H{x}")
    return Arrow(edge, "".join(parts), back=route[0] != edge[0])
