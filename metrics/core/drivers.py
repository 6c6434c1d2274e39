"""What drives what: links between KPIs, as people state them, read as a graph. METHODS section 6, "Attribution".

A link leads from its driver to what it drives. Each end is a KPI, fixed to a department or not; an end that is not fixed stands
for any department.

*Loops* are refused by the widest reading: two ends overlap when they name the same KPI and the same department, or when one of them
names none; a loop is a chain of links each of which drives what overlaps the driver of the next, the last that of the first. So it
is a loop in the graph in which every end that is not fixed stands for every department there is, or will be.

*Upstream* takes a link at its word: it holds for a KPI x of a department when its driven end names that department or none. Its
driver is then that of the department it names; one that names none is of x's own department where that has it, else of its
nearest ancestor that has it, else of nobody (ours), and the link leads nowhere.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, TypeVar

T = TypeVar("T")


class End(NamedTuple):
    """One end of a link: a KPI of the department, of any when that is None; both by id."""

    kpi: int
    department: int | None = None

    def overlaps(self, other: End) -> bool:
        return self.kpi == other.kpi and (self.department is None or other.department in (None, self.department))


class Link(NamedTuple):
    driver: End
    driven: End


class Place(NamedTuple):
    """A KPI of one department."""

    kpi: int
    department: int


class Reached(NamedTuple):
    """A place that drives, or is driven by, another; `path`: the places from the driving one to the driven one, both included."""

    kpi: int
    department: int
    path: tuple[Place, ...]


def loop(links: Iterable[Link], new: Link) -> list[End]:
    """The shortest loop that `new` would close among `links`: its ends in order, the first once more as the last; empty when it
    closes none."""
    links = list(links)
    chains, seen = deque([[new]]), {new}
    while chains:
        chain = chains.popleft()
        if chain[-1].driven.overlaps(new.driver):
            return _ends(chain)
        for link in links:
            if link not in seen and chain[-1].driven.overlaps(link.driver):
                seen.add(link)
                chains.append([*chain, link])
    return []


def _ends(chain: list[Link]) -> list[End]:
    """Where each link of a loop meets the one before it, named as closely as either does."""
    before = [chain[-1], *chain[:-1]]
    met = [link.driver if link.driver.department is not None else past.driven for past, link in zip(before, chain, strict=True)]
    return [*met, met[0]]


def around(links: Sequence[Link], kpi: int, steps: int) -> list[int]:
    """The places, in `links`, of those that lead to the KPI, whatever its department, or away from it, in at most so many steps."""
    near: set[int] = set()
    for turned in (False, True):
        ends = [(link.driven, link.driver) if turned else link for link in links]
        reached = [End(kpi)]
        for _ in range(steps):
            found = {place for place, (start, _) in enumerate(ends) if any(start.overlaps(end) for end in reached)}
            reached = [ends[place][1] for place in found]
            near |= found
    return sorted(near)


@dataclass(frozen=True)
class Graph:
    """The links over a tree of departments. `parents`: department -> the one above it, None at the top; `has`: the places that
    there are figures of."""

    links: Collection[Link]
    parents: Mapping[int, int | None]
    has: Collection[tuple[int, int]]

    def upstream(self, kpi: int, department: int) -> list[Reached]:
        """What drives the KPI of the department, directly or through others, itself left out: fewest links first, then by KPI and
        department. Of several shortest paths one is given, always the same."""
        return _walk(Place(kpi, department), self.drivers, lambda at, path: (at, *path))

    def downstream(self, kpi: int, department: int) -> list[Reached]:
        """What the KPI of the department drives, ordered as `upstream`: every place with figures, or named by a link, that has it
        upstream."""
        return _walk(Place(kpi, department), self.driven, lambda at, path: (*path, at))

    def drivers(self, of: Place) -> set[Place]:
        """What drives it directly."""
        holding = [link for link in self._by_driven.get(of.kpi, ()) if link.driven.department in (None, of.department)]
        return {place for link in holding if (place := self._driver(link, of.department))}

    def driven(self, by: Place) -> set[Place]:
        """What it drives directly."""
        return {
            place for link in self._by_driver.get(by.kpi, ()) for place in self._held(link) if self._driver(link, place.department) == by
        }

    def _driver(self, link: Link, department: int) -> Place | None:
        """The place of the link's driver for a driven KPI of the department."""
        kpi, fixed = link.driver
        if fixed is not None:
            return Place(kpi, fixed)
        at: int | None = department
        while at is not None and (kpi, at) not in self._has:
            at = self.parents.get(at)
        return None if at is None else Place(kpi, at)

    def _held(self, link: Link) -> Collection[Place]:
        """The places whose KPI the link drives."""
        kpi, fixed = link.driven
        return self._places.get(kpi, ()) if fixed is None else [Place(kpi, fixed)]

    @cached_property
    def _has(self) -> frozenset[tuple[int, int]]:
        return frozenset(self.has)

    @cached_property
    def _places(self) -> dict[int, list[Place]]:
        """Every place with figures or named by a link, by its KPI."""
        named = {(end.kpi, end.department) for link in self.links for end in link if end.department is not None}
        return _grouped((Place(*place) for place in self._has | named), lambda place: place.kpi)

    @cached_property
    def _by_driven(self) -> dict[int, list[Link]]:
        return _grouped(self.links, lambda link: link.driven.kpi)

    @cached_property
    def _by_driver(self) -> dict[int, list[Link]]:
        return _grouped(self.links, lambda link: link.driver.kpi)


def upstream(
    links: Collection[Link], kpi: int, department: int, parents: Mapping[int, int | None], has: Collection[tuple[int, int]]
) -> list[Reached]:
    """`Graph.upstream`, for one question. For many make the Graph once."""
    return Graph(links, parents, has).upstream(kpi, department)


def downstream(
    links: Collection[Link], kpi: int, department: int, parents: Mapping[int, int | None], has: Collection[tuple[int, int]]
) -> list[Reached]:
    """`Graph.downstream`, for one question."""
    return Graph(links, parents, has).downstream(kpi, department)


Path = tuple[Place, ...]


def _walk(start: Place, step: Callable[[Place], set[Place]], add: Callable[[Place, Path], Path]) -> list[Reached]:
    """What steps from `start` reach, level by level."""
    paths: dict[Place, Path] = {start: (start,)}
    level, found = [start], []
    while level:
        further: dict[Place, Path] = {}
        for at in level:
            for place in step(at):
                if place not in paths:
                    further.setdefault(place, add(place, paths[at]))
        paths |= further
        level = sorted(further)
        found += level
    return [Reached(*place, paths[place]) for place in found]


def _grouped(things: Iterable[T], by: Callable[[T], int]) -> dict[int, list[T]]:
    found: dict[int, list[T]] = {}
    for thing in things:
        found.setdefault(by(thing), []).append(thing)
    return found
