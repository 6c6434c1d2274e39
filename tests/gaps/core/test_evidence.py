"""Hypotheses and evidence: readings from a table, and an order in which what speaks against counts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gaps.core.evidence import Cause, Reading, Signal, Voices, read, weigh
from gaps.core.triangulation import Data
from interviews.core.terms import Stance

P, S, M = Stance.PROBLEM, Stance.STRENGTH, Stance.MIXED
LEADS = Cause("leads", driver=(1, 2))
HANDOVER = Cause("handover", theme=7)


@pytest.mark.parametrize(
    ("cause", "evidence", "expected"),
    [
        (LEADS, Signal((1, 2), Data.GAP), ("consistent", 2, 0)),
        (LEADS, Signal((1, 2), Data.NO_GAP), ("inconsistent", 0, 2)),
        (LEADS, Signal((1, 2), Data.INCONCLUSIVE), ("silent", 0, 0)),
        (LEADS, Signal((1, 2), Data.UNMEASURED), ("silent", 0, 0)),
        (LEADS, Signal((1, 3), Data.GAP), ("silent", 0, 0)),
        (LEADS, Voices(7, {P: 4}), ("silent", 0, 0)),
        (HANDOVER, Voices(7, {P: 4}), ("consistent", 4, 0)),
        (HANDOVER, Voices(7, {P: 4, S: 1}), ("consistent", 4, 1)),
        (HANDOVER, Voices(7, {S: 2}), ("inconsistent", 0, 2)),
        (HANDOVER, Voices(7, {P: 1, S: 3}), ("inconsistent", 1, 3)),
        (HANDOVER, Voices(7, {P: 2, S: 2}), ("silent", 2, 2)),
        (HANDOVER, Voices(7, {M: 3}), ("silent", 0, 0)),
        (HANDOVER, Voices(8, {P: 4}), ("silent", 0, 0)),
        (HANDOVER, Signal((1, 2), Data.GAP), ("silent", 0, 0)),
    ],
)
def test_what_evidence_says(cause, evidence, expected):
    assert read(cause, evidence) == expected


def themed(number: int, problem: int, strength: int) -> tuple[Cause, Voices]:
    return Cause(f"theme {number}", theme=number), Voices(number, {P: problem, S: strength})


def test_the_least_contradicted_comes_first_and_what_nobody_spoke_of_last():
    pairs = [themed(1, 9, 4), themed(2, 3, 0), themed(3, 5, 0), themed(4, 0, 0), themed(5, 0, 3), themed(6, 2, 2)]
    causes = [cause for cause, _ in pairs]
    order = [one.cause.theme for one in weigh(causes, [voices for _, voices in pairs])]
    assert order == [3, 2, 1, 6, 5, 4]


def test_equal_shares_go_by_support_then_by_name():
    pairs = [themed(1, 1, 1), themed(2, 3, 3), themed(3, 1, 1)]
    assert [one.cause.theme for one in weigh([cause for cause, _ in pairs], [voices for _, voices in pairs])] == [2, 1, 3]


def test_data_weigh_as_two_voices():
    both = weigh([LEADS, HANDOVER], [Signal((1, 2), Data.GAP), Voices(7, {P: 2})])
    assert [(one.cause.key, one.for_) for one in both] == [("handover", 2), ("leads", 2)]
    assert both[1].readings == (Reading.CONSISTENT, Reading.SILENT)


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=8), st.randoms())
def test_the_order_of_what_comes_in_does_not_matter(counts, shuffle):
    pairs = [themed(number, *both) for number, both in enumerate(counts)]
    causes, evidence = [cause for cause, _ in pairs], [voices for _, voices in pairs]
    first = [one.cause for one in weigh(causes, evidence)]
    shuffle.shuffle(causes)
    shuffle.shuffle(evidence)
    assert [one.cause for one in weigh(causes, evidence)] == first


@given(st.integers(0, 9), st.integers(0, 9), st.integers(1, 9))
def test_more_against_it_never_moves_it_up(problem, strength, more):
    base, voices = themed(1, problem, strength)
    other, its = themed(2, 4, 2)
    worse = Voices(1, {P: problem, S: strength + more})
    before = [one.cause for one in weigh([base, other], [voices, its])].index(base)
    after = [one.cause for one in weigh([base, other], [worse, its])].index(base)
    if problem or strength:  # before anybody spoke of it, it came last
        assert after >= before
