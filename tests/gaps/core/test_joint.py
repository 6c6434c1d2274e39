"""The joint display: which cells there are, what they rest on, and that nothing else moves them."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from gaps.core.joint import Asked, Said, Subject, display
from gaps.core.triangulation import Data, People, Relationship
from interviews.core.terms import Stance

SALES, MARKETING, CONVERSION, LEADS, HANDOVER = 1, 2, 11, 12, 21
P, S = Stance.PROBLEM, Stance.STRENGTH
DATA = {(CONVERSION, SALES): Data.GAP, (LEADS, MARKETING): Data.NO_GAP}


def by_subject(*args):
    return {cell.subject: cell for cell in display(*args)}


def test_a_small_display():
    said = [
        Said(1, 100, SALES, HANDOVER, P, CONVERSION),
        Said(2, 101, SALES, HANDOVER, P, CONVERSION),
        Said(3, 100, SALES, HANDOVER, P),
        Said(4, 102, MARKETING, HANDOVER, S),
    ]
    asked = [Asked(100, SALES), Asked(101, SALES), Asked(103, SALES), Asked(102, MARKETING, LEADS), Asked(104, MARKETING, LEADS)]
    cells = by_subject(said, asked, DATA)
    assert list(cells) == [
        Subject(SALES, theme=HANDOVER), Subject(SALES, CONVERSION), Subject(MARKETING, theme=HANDOVER), Subject(MARKETING, LEADS),
    ]  # fmt: skip
    conversion = cells[Subject(SALES, CONVERSION)]
    assert (conversion.relationship, conversion.excerpts, conversion.people.asked) == (Relationship.AGREEMENT, (1, 2), 3)
    handover = cells[Subject(SALES, theme=HANDOVER)]
    assert (handover.relationship, handover.people.problem, handover.people.asked) == (Relationship.SILENCE_DATA, 1, 3)
    leads = cells[Subject(MARKETING, LEADS)]
    assert (leads.relationship, leads.people.verdict, leads.asked) == (Relationship.NO_FINDING, People.NOT_RAISED, {102, 104})


def test_a_kpi_without_figures_that_people_were_asked_about_has_a_cell():
    (cell,) = display([], [Asked(100, SALES, 99)], {})
    assert (cell.subject, cell.data, cell.relationship) == (Subject(SALES, 99), Data.UNMEASURED, Relationship.NO_FINDING)


DEPARTMENT, KPI, VOICE = st.integers(1, 4), st.integers(11, 13), st.integers(100, 106)
SAID = st.lists(
    st.builds(Said, st.just(0), VOICE, DEPARTMENT, st.integers(21, 23), st.sampled_from(Stance), st.none() | KPI), max_size=25
).map(lambda rows: [replace(row, excerpt=number) for number, row in enumerate(rows)])
ASKED = st.lists(st.builds(Asked, VOICE, DEPARTMENT, st.none() | KPI), max_size=15)
FIGURES = st.dictionaries(st.tuples(KPI, DEPARTMENT), st.sampled_from(Data), max_size=8)


@settings(deadline=None)
@given(SAID, ASKED, FIGURES, st.randoms())
def test_an_excerpt_moves_only_its_own_cell(said, asked, data, shuffle):
    before = by_subject(said, asked, data)
    if said:
        gone = shuffle.choice(said)
        after = by_subject([one for one in said if one is not gone], asked, data)
        assert {one for one in before.keys() | after.keys() if before.get(one) != after.get(one)} == {gone.subject}


@settings(deadline=None)
@given(SAID, ASKED, FIGURES, st.randoms())
def test_a_figure_moves_only_its_own_cell_and_order_nothing(said, asked, data, shuffle):
    before = by_subject(said, asked, data)
    for place in data:
        after = by_subject(said, asked, data | {place: Data.GAP})
        changed = {one for one in before if before[one] != after[one]}
        assert changed <= {Subject(place[1], place[0])}
    shuffle.shuffle(said)
    shuffle.shuffle(asked)
    assert by_subject(said, asked, data) == before
