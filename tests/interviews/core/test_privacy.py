"""What may be told: nobody can have a group below k by adding and subtracting, however much was told and when."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interviews.core.privacy import Figure, View, release
from tests.interviews.core.attacker import learns, names
from tests.interviews.core.made_cycles import made_cycle


def figure(key, voices, everybody=()):
    return Figure(key, frozenset(voices), frozenset(everybody))


def told(candidates, k=3, out=(), known=(), beside=()):
    """Keys of the figures that are released."""
    released, withheld = release(candidates, k=k, out=out, known=list(map(frozenset, known)), beside=beside)
    assert sorted([*released, *withheld]) == list(range(len(candidates)))
    return [candidates[number].key for number in released]


SALES = range(12)
REST = range(12, 30)
BOTH = [SALES, REST]


@pytest.mark.parametrize(
    ("voices", "k", "expected"),
    [
        ({0, 1}, 3, []),
        ({0, 1, 2}, 3, ["x"]),
        ({0, 1, 2, 3}, 5, []),
        (range(9), 3, ["x"]),
        (range(10), 3, []),  # 10 of 12: the two who did not
        (range(11), 3, []),  # 11 of 12: the one who did not
        (SALES, 3, ["x"]),  # everybody: nobody is left over
        (range(29), 3, []),  # all who were interviewed but one
        (range(8), 5, []),
        (range(7), 5, ["x"]),
    ],
)
def test_one_figure(voices, k, expected):
    assert told([figure("x", voices, SALES)], k=k, known=BOTH) == expected


@pytest.mark.parametrize(
    ("sets", "expected"),
    [
        ([range(8), range(6)], [0]),  # raised 8, problem 6: the two who did not call it a problem
        ([range(8), range(5)], [0, 1]),
        ([range(8), range(4), range(4, 7)], [0, 1]),  # 8 - 4 - 3: one voice
        ([range(4), range(4, 7), range(8)], [0, 1]),
        ([range(5), range(3, 8), [*range(3), *range(5, 9)]], [0, 1, 2]),
    ],
)
def test_sums_and_remainders(sets, expected):
    """Candidates come in order; what would betray a remainder of those before it is withheld."""
    assert told([figure(number, voices) for number, voices in enumerate(sets)], known=[range(30)]) == expected


def test_a_combination_with_fractions_is_found():
    """a+b, b+c, a+c tell a: half of (first - second + third), and no two of the figures alone do."""
    a, b, c = {0, 1}, {2, 3, 4}, {5, 6, 7}
    sets = [a | b, b | c, a | c]
    assert told([figure(number, voices) for number, voices in enumerate(sets)], known=[range(20)]) == [0, 1]


def test_what_is_too_small_is_told_of_the_group_above():
    candidates = [figure("all", range(7)), figure("sales", range(2)), figure("marketing", range(2, 7))]
    assert told(candidates, known=[range(30)]) == ["all"]


def test_a_part_is_not_told_without_its_whole():
    """11 of 12 raised it, which is kept back. That 6 call it a problem would show that the 11 are many, and why they are kept back."""
    whole, part = figure("raised", range(11)), Figure("problem", frozenset(range(6)), part_of="raised")
    assert told([whole, part], known=BOTH) == []
    assert told([figure("raised", range(9)), part], known=BOTH) == ["raised", "problem"]
    assert told([part], out=[figure("raised", range(9))], known=BOTH) == ["problem"]


class TestInterviewedGroups:
    def test_a_group_of_one_is_no_secret_but_what_its_person_said_is(self):
        """The head was interviewed: that much is known. All of Sales but the head said it: that would tell of the head."""
        known = [{0}, set(range(1, 12)), set(REST)]
        assert told([figure("x", range(1, 12), SALES)], known=known) == []
        assert told([figure("x", range(5), SALES)], known=known) == ["x"]

    def test_a_whole_role_is_not_told_apart(self):
        """The six team leads and nobody else: their number gives them away."""
        known = [range(6), range(6, 12), REST]
        assert told([figure("x", range(6), SALES)], known=known) == []

    def test_two_figures_that_together_are_all_but_the_head(self):
        known = [{0}, range(1, 12), REST]
        assert told([figure("p", range(1, 7), SALES), figure("s", range(7, 12), SALES)], known=known) == ["p"]


class TestLaterReleases:
    OUT = [figure("x", range(6))]

    @pytest.mark.parametrize(
        ("voices", "expected"),
        [
            (range(6), ["x"]),  # the same again
            (range(7), []),  # one voice more
            ([*range(5), 7], []),  # one for another
            (range(9), ["x"]),
            ([*range(5), 9, 10], ["x"]),  # two came, one went: nobody can tell
        ],
    )
    def test_a_figure_changes_by_k_voices_or_not_at_all(self, voices, expected):
        assert told([figure("x", voices)], out=self.OUT, known=[range(12), range(12, 30)]) == expected

    def test_a_single_new_voice_is_not_read_off_where_its_group_is_known(self):
        """One interview was added since; its group is known to have grown by one."""
        known = [range(8), range(9)]
        assert told([figure("x", [*range(6), 8]), figure("y", range(5))], out=self.OUT, known=[*known, range(9, 30)]) == []

    def test_those_who_came_and_did_not_say_it_count_too(self):
        """Five came, three of them said it: the two others follow from the interviewed groups then and now."""
        then, now = range(20), range(25)
        assert told([figure("x", [*range(6), 20, 21, 22])], out=self.OUT, known=[then, now]) == []
        assert told([figure("x", [*range(6), 20, 21, 22])], out=self.OUT, known=[then, range(26)]) == ["x"]

    def test_a_smaller_k_does_not_open_what_follows_from_before(self):
        out = [figure("raised", range(10))]
        assert told([figure("problem", range(8))], k=3, out=out, known=[range(30)]) == []
        assert told([figure("problem", range(7))], k=3, out=out, known=[range(30)]) == ["problem"]
        assert told([figure("problem", range(7))], k=5, out=out, known=[range(30)]) == []

    def test_after_a_larger_k_what_is_out_already_does_not_block_everything(self):
        out = [figure("raised", range(10)), figure("problem", range(7))]  # betray three voices: that was allowed
        assert told([figure("other", range(12, 19))], k=5, out=out, known=[range(30)]) == ["other"]


def test_a_figure_for_heads_is_checked_with_what_managers_have():
    managers = View(3, [figure("problem", range(7))])
    assert told([figure("raised", range(9))], k=5, known=[range(30)], beside=[managers]) == []
    assert told([figure("raised", range(9))], k=5, known=[range(30)]) == ["raised"]


def test_a_larger_k_looks_for_larger_sets():
    """With k = 7, six voices of six different patterns: two sums of three."""
    rows = [[0, 10, 11, 12, 13, 14, 15], [1, 20, 21, 22, 23, 24, 25], [2, 30, 31, 32, 33, 34, 35]]
    rows += [[3, 40, 41, 42, 43, 44, 45], [4, 50, 51, 52, 53, 54, 55], [5, 60, 61, 62, 63, 64, 65]]
    all_of_them = sorted({voice for row in rows for voice in row})
    assert told([figure("all", all_of_them), figure("rest", set(all_of_them) - set(range(6)))], k=7, known=[range(100)]) == ["all"]


def test_with_many_patterns_a_large_k_still_sees_what_one_figure_leaves_of_another():
    """More than a hundred voices, each of a pattern of its own: sums of three are too many, differences of two are looked at."""
    rng = np.random.default_rng(3)
    own = [figure(number, np.flatnonzero(rng.random(130) < 0.5).tolist()) for number in range(40)]
    base = figure("base", range(100))
    out = [*own, base]
    assert told([figure("less", range(6, 100))], k=7, out=out, known=[range(140)]) == []
    assert told([figure("less", range(8, 100))], k=7, out=out, known=[range(140)]) == ["less"]


sets_of = st.lists(st.frozensets(st.integers(0, 10), min_size=1), min_size=1, max_size=7)


@settings(max_examples=150, deadline=None)
@given(sets=sets_of, groups=st.lists(st.integers(0, 3), min_size=11, max_size=11), k=st.integers(3, 5))
def test_the_attacker_learns_nothing(sets, groups, k):
    """Whatever is asked of whatever organisation: no set below k comes out that the interviewed groups did not tell already."""
    known = [frozenset(voice for voice in range(11) if groups[voice] == group) for group in set(groups)]
    candidates = [Figure(number, voices) for number, voices in enumerate(sets)]
    released, _ = release(candidates, k=k, out=[], known=known)
    shown = [sets[number] for number in released]
    assert all(len(voices) >= k for voices in shown)
    if shown:
        assert not learns(shown, known, k)
        assert not names(shown, known)


@settings(max_examples=80, deadline=None)
@given(first=sets_of, second=sets_of, newer=st.frozensets(st.integers(0, 10), max_size=5))
def test_the_attacker_learns_nothing_from_two_releases(first, second, newer):
    """Those in `newer` are interviewed between the two."""
    k, then, now = 3, frozenset(range(11)) - newer, frozenset(range(11))
    early = [Figure(number, voices - newer) for number, voices in enumerate(first)]
    out = [early[number] for number in release(early, k=k, out=[], known=[then])[0]]
    late = [Figure(number, voices) for number, voices in enumerate(second)]
    known = [then, now] if then else [now]
    shown = [late[number] for number in release(late, k=k, out=out, known=known)[0]]
    everything = [one.voices for one in [*out, *shown]]
    if everything:
        assert not learns(everything, known, k)


@settings(max_examples=80, deadline=None)
@given(sets=sets_of, k=st.integers(3, 4))
def test_nothing_is_withheld_without_a_reason(sets, k):
    """Each withheld figure is too small, or the attacker would learn something from it and those released before it."""
    known = [frozenset(range(11))]
    released, withheld = release([Figure(number, voices) for number, voices in enumerate(sets)], k=k, out=[], known=known)
    for number in withheld:
        before = [sets[one] for one in released if one < number]
        with_it = [*before, sets[number]]
        assert len(sets[number]) < k or learns(with_it, known, k) or names(with_it, known)


def test_the_same_input_gives_the_same_answer():
    candidates, known = made_cycle(4, departments=6, themes=10, voices=60)
    assert release(candidates, k=5, out=[], known=known) == release(list(candidates), k=5, out=[], known=list(known))


def test_thousands_of_figures_take_seconds():
    candidates, known = made_cycle(1, departments=40, themes=50, voices=500)
    began = time.process_time()
    released, _ = release(candidates, k=5, out=[], known=known)
    assert len(candidates) > 3000
    assert len(released) > 200
    assert time.process_time() - began < 60  # of the processor's; 5 s here: no gate on speed but on growth
