"""Who is blamed and what the data say of it: the mission's story, chains, forks, missing data, and what must not change a verdict."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest

from gaps.core.attribution import Attribution, Claim, Verdict, attribute
from gaps.core.triangulation import Data
from metrics.core.drivers import End, Graph, Link

STATES = {"!": Data.GAP, "+": Data.NO_GAP, "?": Data.INCONCLUSIVE, "-": Data.UNMEASURED}
# Departments and KPIs of the tables below: a number each. Retail is below Sales.
DEPARTMENTS = {"Sales": 1, "Marketing": 2, "Service": 3, "Operations": 4, "Retail": 5}
PARENTS = {1: None, 2: None, 3: None, 4: None, 5: 1}
KPIS = {
    name: number for number, name in enumerate(["conversion", "follow", "leads", "roas", "spend", "reach", "delivery", "csat", "queue"], 11)
}


def end(text: str) -> End:
    kpi, _, department = text.partition("@")
    return End(KPIS[kpi], DEPARTMENTS[department] if department else None)


def claim_of(text: str) -> Claim:
    """`conversion@Sales < Marketing`, `< follow` or `< follow@Sales`: what suffers, and because of what."""
    suffers, _, blamed = (part.strip() for part in text.partition("<"))
    kpi, department = end(suffers)
    assert department
    if blamed in DEPARTMENTS:
        return Claim(kpi, department, blamed=DEPARTMENTS[blamed])
    named, where = end(blamed)
    return Claim(kpi, department, blamed=where, named=named)


def states(text: str) -> dict[tuple[int, int], Data]:
    found = {}
    for one in text.split():
        place = end(one[:-1])
        assert place.department
        found[place.kpi, place.department] = STATES[one[-1]]
    return found


def links(text: str) -> list[Link]:
    return [Link(end(driver.strip()), end(driven.strip())) for driver, driven in (one.split(">") for one in text.split(","))]


def check(graph: str, data: str, claim: str) -> Attribution:
    found = states(data)
    return attribute(claim_of(claim), Graph(links(graph), PARENTS, list(found)), found)


def named(answer: Attribution) -> str:
    if answer.root is None:
        return ""
    kpis, departments = ({number: name for name, number in of.items()} for of in (KPIS, DEPARTMENTS))
    return f"{kpis[answer.root.kpi]}@{departments[answer.root.department]}"


MISSION = "leads@Marketing > conversion@Sales, follow > conversion, leads > roas, conversion@Sales > roas@Marketing"
STORY = "conversion@Sales! follow@Sales+ leads@Marketing! roas@Marketing!"
OWN_FAULT = "conversion@Sales! follow@Sales! leads@Marketing+ roas@Marketing!"
ALL_FALL = "conversion@Sales! csat@Service! delivery@Operations! queue@Operations!"
ONE = "leads@Marketing > conversion@Sales"
FORK = "leads@Marketing > conversion@Sales, delivery@Operations > conversion@Sales"
CHAIN = "reach@Marketing > leads@Marketing, leads@Marketing > conversion@Sales, queue@Operations > delivery@Operations"
LONG = "queue@Operations > delivery@Operations, delivery@Operations > csat@Service, csat@Service > conversion@Sales"
SPREAD = "follow > conversion, leads@Marketing > conversion"

CASES = [
    # the mission's story
    (MISSION, STORY, "roas@Marketing < Sales", "passed_on", "leads@Marketing"),
    (MISSION, STORY, "conversion@Sales < Sales", "misattributed", "leads@Marketing"),
    (MISSION, STORY, "conversion@Sales < follow", "misattributed", "leads@Marketing"),
    (MISSION, STORY, "conversion@Sales < follow@Sales", "misattributed", "leads@Marketing"),
    (MISSION, STORY, "conversion@Sales < Marketing", "supported", "leads@Marketing"),
    (MISSION, STORY, "conversion@Sales < leads", "supported", "leads@Marketing"),
    (MISSION, STORY, "conversion@Sales < leads@Marketing", "supported", "leads@Marketing"),
    (MISSION, STORY, "roas@Marketing < Marketing", "supported", "leads@Marketing"),
    (MISSION, STORY, "roas@Marketing < leads", "supported", "leads@Marketing"),
    (MISSION, STORY, "roas@Marketing < conversion", "passed_on", "leads@Marketing"),
    (MISSION, STORY, "roas@Marketing < follow@Sales", "misattributed", "leads@Marketing"),
    (MISSION, STORY, "conversion@Sales < Operations", "untestable", ""),
    (MISSION, STORY, "conversion@Sales < roas@Marketing", "untestable", ""),
    (MISSION, STORY, "leads@Marketing < Sales", "untestable", ""),
    # the same with good leads: Sales' own fault
    (MISSION, OWN_FAULT, "roas@Marketing < Sales", "supported", "conversion@Sales"),
    (MISSION, OWN_FAULT, "conversion@Sales < Sales", "supported", "follow@Sales"),
    (MISSION, OWN_FAULT, "conversion@Sales < Marketing", "misattributed", "follow@Sales"),
    (MISSION, "conversion@Sales! follow@Sales! leads@Marketing! roas@Marketing!", "roas@Marketing < Sales", "supported", "follow@Sales"),
    (MISSION, "conversion@Sales! follow@Sales! leads@Marketing! roas@Marketing!", "conversion@Sales < Sales", "supported", "follow@Sales"),
    # what is said to suffer
    (ONE, "conversion@Sales+ leads@Marketing!", "conversion@Sales < Marketing", "no_effect", ""),
    (ONE, "conversion@Sales+ leads@Marketing+", "conversion@Sales < Operations", "no_effect", ""),
    (ONE, "conversion@Sales? leads@Marketing!", "conversion@Sales < Marketing", "inconclusive", ""),
    (ONE, "conversion@Sales- leads@Marketing!", "conversion@Sales < Marketing", "inconclusive", ""),
    (ONE, "leads@Marketing!", "conversion@Sales < Marketing", "inconclusive", ""),
    # one driver
    (ONE, "conversion@Sales! leads@Marketing!", "conversion@Sales < Marketing", "supported", "leads@Marketing"),
    (ONE, "conversion@Sales! leads@Marketing+", "conversion@Sales < Marketing", "unsupported", ""),
    (ONE, "conversion@Sales! leads@Marketing?", "conversion@Sales < Marketing", "inconclusive", ""),
    (ONE, "conversion@Sales! leads@Marketing-", "conversion@Sales < Marketing", "inconclusive", ""),
    (ONE, "conversion@Sales!", "conversion@Sales < Marketing", "inconclusive", ""),
    (ONE, "conversion@Sales! leads@Marketing!", "conversion@Sales < Sales", "untestable", ""),
    (ONE, "conversion@Sales! leads@Marketing!", "conversion@Sales < follow", "untestable", ""),
    (ONE, "conversion@Sales! leads@Sales!", "conversion@Sales < leads@Sales", "untestable", ""),
    (ONE, "conversion@Retail! leads@Marketing!", "conversion@Retail < Marketing", "untestable", ""),
    # forks
    (FORK, "conversion@Sales! leads@Marketing! delivery@Operations+", "conversion@Sales < Marketing", "supported", "leads@Marketing"),
    (FORK, "conversion@Sales! leads@Marketing! delivery@Operations+", "conversion@Sales < Operations", "misattributed", "leads@Marketing"),
    (FORK, "conversion@Sales! leads@Marketing! delivery@Operations!", "conversion@Sales < Operations", "supported", "delivery@Operations"),
    (
        FORK,
        "conversion@Sales! leads@Marketing+ delivery@Operations!",
        "conversion@Sales < Marketing",
        "misattributed",
        "delivery@Operations",
    ),
    (FORK, "conversion@Sales! leads@Marketing+ delivery@Operations+", "conversion@Sales < Marketing", "unsupported", ""),
    (FORK, "conversion@Sales! leads@Marketing+ delivery@Operations+", "conversion@Sales < Operations", "unsupported", ""),
    (FORK, "conversion@Sales! leads@Marketing+ delivery@Operations?", "conversion@Sales < Marketing", "inconclusive", ""),
    (FORK, "conversion@Sales! leads@Marketing+ delivery@Operations-", "conversion@Sales < Marketing", "inconclusive", ""),
    (FORK, "conversion@Sales! leads@Marketing+", "conversion@Sales < Marketing", "inconclusive", ""),
    (FORK, "conversion@Sales! leads@Marketing? delivery@Operations!", "conversion@Sales < Marketing", "inconclusive", ""),
    (FORK, "conversion@Sales! leads@Marketing- delivery@Operations!", "conversion@Sales < Marketing", "inconclusive", ""),
    # chains
    (CHAIN, "conversion@Sales! leads@Marketing! reach@Marketing!", "conversion@Sales < Marketing", "supported", "leads@Marketing"),
    (CHAIN, "conversion@Sales! leads@Marketing+ reach@Marketing!", "conversion@Sales < Marketing", "supported", "reach@Marketing"),
    (CHAIN, "conversion@Sales! leads@Marketing+ reach@Marketing!", "conversion@Sales < leads", "misattributed", "reach@Marketing"),
    (CHAIN, "conversion@Sales! leads@Marketing! reach@Marketing+", "conversion@Sales < reach", "misattributed", "leads@Marketing"),
    (CHAIN, "conversion@Sales! leads@Marketing! reach@Marketing+", "conversion@Sales < Marketing", "supported", "leads@Marketing"),
    (CHAIN, "conversion@Sales! leads@Marketing+ reach@Marketing+", "conversion@Sales < reach", "unsupported", ""),
    (CHAIN, "conversion@Sales! leads@Marketing+ reach@Marketing?", "conversion@Sales < Marketing", "inconclusive", ""),
    (CHAIN, "conversion@Sales! leads@Marketing+ reach@Marketing+ delivery@Operations!", "conversion@Sales < Operations", "untestable", ""),
    (LONG, ALL_FALL, "conversion@Sales < Service", "passed_on", "delivery@Operations"),
    (LONG, ALL_FALL, "conversion@Sales < csat", "passed_on", "delivery@Operations"),
    (LONG, ALL_FALL, "conversion@Sales < Operations", "supported", "delivery@Operations"),
    (LONG, ALL_FALL, "conversion@Sales < queue", "supported", "queue@Operations"),
    (
        LONG,
        "conversion@Sales! csat@Service! delivery@Operations+ queue@Operations!",
        "conversion@Sales < Service",
        "passed_on",
        "queue@Operations",
    ),
    (
        LONG,
        "conversion@Sales! csat@Service! delivery@Operations+ queue@Operations+",
        "conversion@Sales < Service",
        "supported",
        "csat@Service",
    ),
    (
        LONG,
        "conversion@Sales! csat@Service! delivery@Operations? queue@Operations-",
        "conversion@Sales < Service",
        "supported",
        "csat@Service",
    ),
    (
        LONG,
        "conversion@Sales! csat@Service+ delivery@Operations! queue@Operations+",
        "conversion@Sales < Service",
        "misattributed",
        "delivery@Operations",
    ),
    (
        LONG,
        "conversion@Sales! csat@Service+ delivery@Operations+ queue@Operations!",
        "conversion@Sales < Service",
        "misattributed",
        "queue@Operations",
    ),
    (LONG, "conversion@Sales! csat@Service+ delivery@Operations+ queue@Operations+", "conversion@Sales < Service", "unsupported", ""),
    (LONG, "csat@Service! delivery@Operations! queue@Operations+", "csat@Service < Operations", "supported", "delivery@Operations"),
    (LONG, "csat@Service! delivery@Operations! queue@Operations+", "csat@Service < queue", "misattributed", "delivery@Operations"),
    # a driver without a department: the own one's, else the nearest above
    (SPREAD, "conversion@Sales! follow@Sales! leads@Marketing+", "conversion@Sales < Sales", "supported", "follow@Sales"),
    (SPREAD, "conversion@Retail! follow@Retail! leads@Marketing+", "conversion@Retail < Retail", "supported", "follow@Retail"),
    (SPREAD, "conversion@Retail! follow@Sales! leads@Marketing+", "conversion@Retail < Sales", "supported", "follow@Sales"),
    (SPREAD, "conversion@Retail! follow@Sales! leads@Marketing+", "conversion@Retail < Retail", "untestable", ""),
    (SPREAD, "conversion@Retail! follow@Retail+ follow@Sales! leads@Marketing+", "conversion@Retail < Sales", "untestable", ""),
    (SPREAD, "conversion@Retail! follow@Retail+ follow@Sales! leads@Marketing+", "conversion@Retail < Retail", "unsupported", ""),
    (SPREAD, "conversion@Retail! follow@Retail+ leads@Marketing!", "conversion@Retail < follow", "misattributed", "leads@Marketing"),
    (SPREAD, "conversion@Service! follow@Sales! leads@Marketing+", "conversion@Service < follow", "untestable", ""),
]


@pytest.mark.parametrize(("graph", "data", "claim", "verdict", "root"), CASES)
def test_a_claim(graph, data, claim, verdict, root):
    answer = check(graph, data, claim)
    assert (answer.verdict.value, named(answer)) == (verdict, root)


def test_every_verdict_is_in_the_table():
    assert {verdict for *_, verdict, _ in CASES} == set(Verdict)


@pytest.mark.parametrize(("graph", "data", "claim", "verdict", "root"), CASES)
def test_what_it_does_not_rest_on_may_change(graph, data, claim, verdict, root):
    """Every input that the answer does not list may turn over without changing the answer."""
    answer = check(graph, data, claim)
    found = states(data)
    for place in found.keys() - {tuple(one) for one in answer.rests_on}:
        for other in Data:
            turned = attribute(claim_of(claim), Graph(links(graph), PARENTS, list(found)), found | {place: other})
            assert (turned.verdict, turned.root) == (answer.verdict, answer.root)


@pytest.mark.parametrize(("graph", "data", "claim", "verdict", "root"), CASES)
def test_the_path_leads_from_the_root_to_what_suffers(graph, data, claim, verdict, root):
    answer = check(graph, data, claim)
    if answer.root is not None:
        ends = {(link.driver.kpi, link.driven.kpi) for link in links(graph)}
        path = answer.root.path
        assert path[0] == (answer.root.kpi, answer.root.department)
        assert path[-1] == (claim_of(claim).kpi, claim_of(claim).department)
        assert all((one.kpi, two.kpi) in ends for one, two in pairwise(path))


def test_other_numbers_for_the_same_things_change_nothing():
    """Departments and KPIs are told apart, not read."""
    shuffle = random.Random(3)
    for graph, data, claim, verdict, _ in CASES:
        numbers = list(range(100, 100 + len(DEPARTMENTS)))
        shuffle.shuffle(numbers)
        moved = dict(zip(DEPARTMENTS.values(), numbers, strict=True))
        found = {(kpi, moved[department]): state for (kpi, department), state in states(data).items()}
        turned = [Link(*(End(one.kpi, moved[one.department] if one.department else None) for one in link)) for link in links(graph)]
        old = claim_of(claim)
        new = Claim(old.kpi, moved[old.department], moved[old.blamed] if old.blamed else None, old.named)
        parents = {moved[below]: moved[above] if above else None for below, above in PARENTS.items()}
        assert attribute(new, Graph(turned, parents, list(found)), found).verdict == verdict


def test_a_claim_blames_something():
    with pytest.raises(ValueError, match="blames"):
        attribute(Claim(1, 1), Graph([], {}, []), {})
