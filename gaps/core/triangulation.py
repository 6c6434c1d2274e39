"""What people say set against what the data say. METHODS section 6.

Adapted from Farmer et al. 2006 (Qual. Health Res. 16(3):377), who compare meaning and examples where we compare stance and prominence,
and O'Cathain et al. 2010 (BMJ 341:c4587). A dissonance is a finding, not an error.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from gaps.core.grading import GAP_FROM, Grade
from interviews.core.terms import StakeholderRole, Stance
from metrics.core.verdicts import Quality, code

ROLES_FOR_MODERATE, VOICES_FOR_MODERATE, VOICES_FOR_A_GAP = 2, 3, 2


class People(StrEnum):
    """What people say of a subject."""

    PROBLEM = "problem"
    STRENGTH = "strength"
    MIXED = "mixed"
    NOT_RAISED = "not_raised"
    NOT_ASKED = "not_asked"


class Data(StrEnum):
    """What the data say of it."""

    GAP = "gap"
    NO_GAP = "no_gap"
    INCONCLUSIVE = "inconclusive"
    UNMEASURED = "unmeasured"


class Relationship(StrEnum):
    """How the two stand to each other."""

    AGREEMENT = "agreement"
    PARTIAL = "partial"
    DISSONANCE = "dissonance"
    SILENCE_DATA = "silence_data"
    SILENCE_PEOPLE = "silence_people"
    NOT_ASKED = "not_asked"
    NO_FINDING = "no_finding"


@dataclass(frozen=True)
class View:
    """What people say, in distinct voices: `problem`, `strength`, `mixed` add up to those that raised it; `asked`: asked or raised it."""

    verdict: People
    problem: int
    strength: int
    mixed: int
    asked: int

    @property
    def raised(self) -> int:
        return self.problem + self.strength + self.mixed


def people_view(said: Mapping[int, Collection[Stance]], asked: Collection[int]) -> View:
    """What the voices say of one subject. `said`: the stances of each voice that raised it; `asked`: voices that answered a question
    about it. A stance carries the verdict with two thirds of those who raised it; a voice with both stances counts as mixed."""
    of = [_stance(stances) for stances in said.values() if stances]
    problem, strength = of.count(Stance.PROBLEM), of.count(Stance.STRENGTH)
    everybody = len({voice for voice, stances in said.items() if stances} | set(asked))
    if not of:
        verdict = People.NOT_RAISED if everybody else People.NOT_ASKED
    elif 3 * problem >= 2 * len(of):
        verdict = People.PROBLEM
    elif 3 * strength >= 2 * len(of):
        verdict = People.STRENGTH
    else:
        verdict = People.MIXED
    return View(verdict, problem, strength, len(of) - problem - strength, everybody)


def _stance(stances: Collection[Stance]) -> Stance:
    found = set(stances)
    return found.pop() if len(found) == 1 else Stance.MIXED


def data_view(grade: int | None, quality: int | None, stale: bool) -> Data:
    """What a series' verdict says. `grade` 0-5 and `quality`, a code of Quality; None, None: there is no such series."""
    if grade is None or stale or quality == code(Quality.INSUFFICIENT):
        return Data.UNMEASURED
    if grade >= GAP_FROM:
        return Data.GAP
    return Data.NO_GAP if grade == 0 and quality == code(Quality.FULL) else Data.INCONCLUSIVE


def triangulate(people: View, data: Data) -> Relationship:
    """The relationship of the two by METHODS' table; an agreement or dissonance that few voices carry is partial."""
    found = TABLE[people.verdict][data]
    if found is Relationship.AGREEMENT and people.verdict is People.PROBLEM:
        few = people.problem < 2 or 3 * people.problem < people.asked
    elif found is Relationship.DISSONANCE:
        few = people.raised == 1
    else:
        few = False
    return Relationship.PARTIAL if few else found


def _row(gap: Relationship, no_gap: Relationship, inconclusive: Relationship, unmeasured: Relationship) -> dict[Data, Relationship]:
    return {Data.GAP: gap, Data.NO_GAP: no_gap, Data.INCONCLUSIVE: inconclusive, Data.UNMEASURED: unmeasured}


_R = Relationship
TABLE = {
    People.PROBLEM: _row(_R.AGREEMENT, _R.DISSONANCE, _R.PARTIAL, _R.SILENCE_DATA),
    People.STRENGTH: _row(_R.DISSONANCE, _R.AGREEMENT, _R.PARTIAL, _R.SILENCE_DATA),
    People.MIXED: _row(_R.PARTIAL, _R.PARTIAL, _R.PARTIAL, _R.SILENCE_DATA),
    People.NOT_RAISED: _row(_R.SILENCE_PEOPLE, _R.NO_FINDING, _R.NO_FINDING, _R.NO_FINDING),
    People.NOT_ASKED: _row(_R.NOT_ASKED, _R.NO_FINDING, _R.NO_FINDING, _R.NO_FINDING),
}


def unmeasured_grade(said: Mapping[int, Collection[Stance]], roles: Mapping[int, StakeholderRole]) -> Grade:
    """The grade of a problem that the data are silent about: none below two voices, moderate from three voices of two roles, else
    watch. `roles`: of each voice. Only voices with the one stance `problem` count."""
    voices = [voice for voice, stances in said.items() if stances and _stance(stances) is Stance.PROBLEM]
    if len(voices) < VOICES_FOR_A_GAP:
        return Grade.NONE
    enough = len(voices) >= VOICES_FOR_MODERATE and len({roles[voice] for voice in voices}) >= ROLES_FOR_MODERATE
    return Grade.MODERATE if enough else Grade.WATCH
