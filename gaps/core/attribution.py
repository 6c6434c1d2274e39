"""Claims of the kind "A suffers because of B", checked on the driver graph. METHODS section 6, "Attribution". Ours."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from gaps.core.triangulation import Data
from metrics.core.drivers import Graph, Place, Reached


class Verdict(StrEnum):
    """What becomes of a claim."""

    NO_EFFECT = "no_effect"  # what is said to suffer does not
    UNTESTABLE = "untestable"  # no figure of the blamed one is known to drive it
    SUPPORTED = "supported"
    PASSED_ON = "passed_on"  # the blamed one falls short itself, but because of somebody else
    MISATTRIBUTED = "misattributed"  # the blamed one does well, and something else does not
    UNSUPPORTED = "unsupported"  # everything that drives it does well
    INCONCLUSIVE = "inconclusive"


@dataclass(frozen=True)
class Claim:
    """KPI and department that are said to suffer, because of a department (possibly the same), a KPI, or that KPI of that department."""

    kpi: int
    department: int
    blamed: int | None = None
    named: int | None = None

    def blames(self, place: Reached) -> bool:
        return self.blamed in (None, place.department) and self.named in (None, place.kpi)


@dataclass(frozen=True)
class Attribution:
    """The verdict on a claim. `root`: where to look first, with the path of drivers from there to what suffers, where the verdict names
    one; `rests_on`: every place whose data decided it, nearest first."""

    verdict: Verdict
    root: Reached | None
    rests_on: tuple[Place, ...]


def attribute(claim: Claim, graph: Graph, data: Mapping[tuple[int, int], Data]) -> Attribution:
    """Check the claim. `data`: what the data say of (kpi, department); a place that is not in it is unmeasured.

    Raises ValueError for a claim that blames nothing.
    """
    if claim.blamed is None and claim.named is None:
        raise ValueError("a claim blames a department or a KPI")
    suffering = Place(claim.kpi, claim.department)

    def of(place: Place | Reached) -> Data:
        return data.get((place.kpi, place.department), Data.UNMEASURED)

    if of(suffering) is not Data.GAP:
        verdict = Verdict.NO_EFFECT if of(suffering) is Data.NO_GAP else Verdict.INCONCLUSIVE
        return Attribution(verdict, None, (suffering,))
    upstream = graph.upstream(*suffering)
    blamed = [place for place in upstream if claim.blames(place)]
    if not blamed:
        return Attribution(Verdict.UNTESTABLE, None, (suffering,))
    if faults := [place for place in blamed if of(place) is Data.GAP]:
        return _of_faults(claim, suffering, blamed, faults, graph, data)
    others = [place for place in upstream if not claim.blames(place)]
    rests_on = _places(suffering, blamed)
    if any(of(place) is not Data.NO_GAP for place in blamed):
        return Attribution(Verdict.INCONCLUSIVE, None, rests_on)
    if root := _root(others, graph, data):
        return Attribution(Verdict.MISATTRIBUTED, root, _places(suffering, [*blamed, *others]))
    clear = all(of(place) is Data.NO_GAP for place in others)
    return Attribution(Verdict.UNSUPPORTED if clear else Verdict.INCONCLUSIVE, None, _places(suffering, [*blamed, *others]))


def _of_faults(
    claim: Claim,
    suffering: Place,
    blamed: list[Reached],
    faults: list[Reached],
    graph: Graph,
    data: Mapping[tuple[int, int], Data],
) -> Attribution:
    """The blamed one falls short: of its own, unless each such place has itself a gap upstream elsewhere; then the nearest is named."""
    rests_on: list[Reached] = list(blamed)
    roots = []
    for fault in faults:
        home = fault.department if claim.blamed is None else claim.blamed
        behind = [place for place in graph.upstream(fault.kpi, fault.department) if place.department != home]
        rests_on += behind
        root = _root(behind, graph, data)
        if root is None:
            return Attribution(Verdict.SUPPORTED, fault, _places(suffering, rests_on))
        roots.append(Reached(root.kpi, root.department, (*root.path[:-1], *fault.path)))
    return Attribution(Verdict.PASSED_ON, min(roots, key=lambda root: len(root.path)), _places(suffering, rests_on))


def _root(reached: list[Reached], graph: Graph, data: Mapping[tuple[int, int], Data]) -> Reached | None:
    """The nearest of them that is in gap; of equally near ones the first that nothing upstream of it explains."""

    def in_gap(place: Reached) -> bool:
        return data.get((place.kpi, place.department)) is Data.GAP

    def explained(place: Reached) -> bool:
        return any(in_gap(behind) for behind in graph.upstream(place.kpi, place.department))

    faults = [place for place in reached if in_gap(place)]
    nearest = [place for place in faults if len(place.path) == len(faults[0].path)]
    return next((place for place in nearest if not explained(place)), next(iter(nearest), None))


def _places(suffering: Place, reached: Collection[Reached]) -> tuple[Place, ...]:
    return tuple(dict.fromkeys([suffering, *(Place(one.kpi, one.department) for one in reached)]))
