"""What the demo's people say, set against its figures by the product's own core: the verdicts are those of the story."""

from __future__ import annotations

import pytest

from gaps.core import demo
from gaps.core.attribution import Claim, Verdict, attribute
from gaps.core.demo_interviews import guide, question
from gaps.core.demo_story import LINKS, MEASURES, UNITS
from gaps.core.grading import Grade
from gaps.core.triangulation import Data, Relationship, View, data_view, people_view, triangulate, unmeasured_grade
from metrics.core.drivers import End, Graph, Link
from metrics.core.verdicts import code
from tests.gaps.core.test_demo import TODAY, judged
from tests.gaps.core.test_demo_interviews import HELD, marks

UNIT = {unit.name: number for number, unit in enumerate(UNITS)}
KPI = {measure.name: number for number, measure in enumerate(MEASURES)}
SPEAKER = {voice: number for number, voice in enumerate(HELD)}
SOMEBODY = {number: voice.role for voice, number in SPEAKER.items()}


def data() -> dict[tuple[int, int], Data]:
    return {
        (KPI[kpi], UNIT[department]): data_view(one.grade, code(one.quality), one.stale) for (department, kpi), one in judged(TODAY).items()
    }


def graph() -> Graph:
    def end(kpi: str, department: str | None) -> End:
        return End(KPI[kpi], UNIT[department] if department else None)

    links = [Link(end(one.driver, one.driver_department), end(one.driven, one.driven_department)) for one in LINKS]
    return Graph(links, {UNIT[unit.name]: UNIT.get(unit.parent or "") for unit in UNITS}, list(data()))


def said(department: str, *, kpi: str | None = None, theme: str | None = None) -> dict[int, list]:
    """Stances of each voice on a KPI of the department, or on a theme of it without one."""
    found: dict[int, list] = {}
    for voice, one in marks():
        if one.department == department and ((kpi and one.kpi == kpi) or (theme and one.theme == theme and not one.kpi)):
            found.setdefault(SPEAKER[voice], []).append(one.stance)
    return found


def asked(department: str) -> set[int]:
    """Who answered a question about the function of the main department that it belongs to."""
    home = demo.main_department(department)
    return {
        SPEAKER[voice]
        for voice in HELD
        if demo.main_department(voice.department) == home
        and any(reply.text and guide(voice).questions[question(voice, reply.topic) - 1].whole_function for reply in voice.replies)
    }


def view(department: str, kpi: str) -> View:
    return people_view(said(department, kpi=kpi), asked(department))


@pytest.mark.parametrize(
    ("department", "kpi", "relationship"),
    [
        ("Marketing", "Lead quality", Relationship.AGREEMENT),
        ("Marketing", "Return on ad spend", Relationship.AGREEMENT),
        ("Retail Sales", "Conversion rate", Relationship.AGREEMENT),
        ("Operations", "On-time delivery", Relationship.AGREEMENT),
        ("Logistics", "Queue at the bottleneck", Relationship.AGREEMENT),
        ("Corporate Sales", "Sales cycle", Relationship.AGREEMENT),
        ("Training Delivery", "Learner completion rate", Relationship.AGREEMENT),
        ("Customer Service", "First response time", Relationship.DISSONANCE),
        ("Sales", "Follow-up time", Relationship.DISSONANCE),
        ("Customer Service", "Open cases", Relationship.PARTIAL),  # one voice, and the figures are calm
        ("Operations", "Error rate", Relationship.SILENCE_PEOPLE),
        ("Events and Partnerships", "Event attendance", Relationship.SILENCE_DATA),  # nobody counts any more
    ],
)
def test_people_and_figures_stand_to_each_other_as_planted(department, kpi, relationship):
    assert triangulate(view(department, kpi), data()[KPI[kpi], UNIT[department]]) is relationship


@pytest.mark.parametrize(
    ("department", "theme"), [("Sales", "handover"), ("Contact Centre", "turnover"), ("Marketing", "approvals")], ids=" ".join
)
def test_problems_that_nobody_measures_are_gaps_of_their_own(department, theme):
    voices = said(department, theme=theme)
    assert triangulate(people_view(voices, ()), Data.UNMEASURED) is Relationship.SILENCE_DATA
    assert unmeasured_grade(voices, SOMEBODY) is Grade.MODERATE


LEADS = ("Marketing", "Lead quality")


@pytest.mark.parametrize(
    ("place", "blamed", "named", "verdict", "root"),
    [
        (("Marketing", "Return on ad spend"), "Sales", None, Verdict.PASSED_ON, LEADS),
        (("Marketing", "Return on ad spend"), "Sales", "Conversion rate", Verdict.PASSED_ON, LEADS),
        (("Marketing", "Return on ad spend"), "Sales", "Follow-up time", Verdict.MISATTRIBUTED, LEADS),
        (("Marketing", "Return on ad spend"), "Marketing", "Lead quality", Verdict.SUPPORTED, LEADS),
        (("Marketing", "Cost per acquisition"), "Sales", "Conversion rate", Verdict.PASSED_ON, LEADS),
        (("Sales", "Conversion rate"), "Sales", "Follow-up time", Verdict.MISATTRIBUTED, LEADS),
        (("Retail Sales", "Conversion rate"), "Marketing", None, Verdict.SUPPORTED, LEADS),
        (("Retail Sales", "Conversion rate"), "Marketing", "Lead quality", Verdict.SUPPORTED, LEADS),
        (
            ("Operations", "Process cycle time"),
            "Logistics",
            "Queue at the bottleneck",
            Verdict.SUPPORTED,
            ("Logistics", "Queue at the bottleneck"),
        ),
        (("Operations", "On-time delivery"), "Sales", None, Verdict.UNTESTABLE, None),
        (("Customer Service", "Customer satisfaction"), "Operations", "On-time delivery", Verdict.INCONCLUSIVE, None),
    ],
)
def test_a_claim_that_somebody_makes_is_judged_as_planted(place, blamed, named, verdict, root):
    department, kpi = place
    assert any((one.department, one.kpi, one.cause_department, one.cause_kpi) == (*place, blamed, named) for _, one in marks())
    found = attribute(Claim(KPI[kpi], UNIT[department], UNIT[blamed], KPI[named] if named else None), graph(), data())
    assert found.verdict is verdict
    assert (found.root and (found.root.department, found.root.kpi)) == (root and (UNIT[root[0]], KPI[root[1]]))


def test_every_claim_about_a_department_or_kpi_gets_a_verdict():
    verdicts = {
        attribute(
            Claim(KPI[one.kpi], UNIT[one.department], UNIT[one.cause_department], KPI.get(one.cause_kpi or "")), graph(), data()
        ).verdict
        for _, one in marks()
        if one.kpi and one.cause_department
    }
    assert len(verdicts) >= 5
