"""Interviews done of those planned, and whom to ask next."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interviews.core.coverage import Cell, Coverage, Reason, next_up, promised, too_few
from interviews.core.saturation import State
from interviews.core.terms import StakeholderRole

HEAD, LEAD, FRONT = StakeholderRole


def line(name: str, *cells: tuple[int, int, int], state: State = State.UNDEFINED, in_scope: bool = True) -> Coverage:
    """A department with (done, drafts, planned) for head, lead and front line."""
    made = tuple(Cell(role, *numbers) for role, numbers in zip(StakeholderRole, cells, strict=True))
    return Coverage(name.lower(), name, made, state, in_scope)


@pytest.mark.parametrize(
    ("cell", "missing", "met", "shown"),
    [
        (Cell(HEAD), 0, True, False),
        (Cell(HEAD, 1, 0, 1), 0, True, True),
        (Cell(HEAD, 1, 1, 3), 1, False, True),
        (Cell(HEAD, 0, 2, 2), 0, False, True),  # begun is not held
        (Cell(HEAD, 5, 0, 2), 0, True, True),  # more than planned
        (Cell(HEAD, 1), 0, True, True),
        (Cell(HEAD, 0, 1), 0, True, True),
    ],
    ids=str,
)
def test_a_cell(cell, missing, met, shown):
    assert (cell.missing, cell.met, cell.shown) == (missing, met, shown)


def test_sums_over_roles():
    sales = line("Sales", (1, 0, 1), (1, 1, 3), (0, 0, 4))
    assert (sales.done, sales.drafts, sales.planned, sales.missing) == (2, 1, 8, 5)


def test_roles_with_nobody_come_first_then_shortfalls_then_growing_themes():
    lines = [
        line("Marketing", (1, 0, 1), (2, 0, 2), (3, 0, 3), state=State.GROWING),
        line("Operations", (1, 0, 1), (1, 0, 4), (2, 1, 4)),
        line("Sales", (1, 0, 1), (0, 0, 2), (0, 0, 4)),
        line("Service", (1, 0, 1), (2, 0, 2), (3, 0, 3), state=State.REACHED),
    ]
    found = next_up(lines)
    assert [(one.who, one.reason) for one in found] == [
        ("A front-line person of Sales", Reason.NOBODY),
        ("A team lead of Sales", Reason.NOBODY),
        ("A team lead of Operations", Reason.SHORT),
        ("A front-line person of Operations", Reason.SHORT),
        ("One more person of Marketing", Reason.GROWING),
    ]
    assert [one.why for one in found] == [
        "no front-line person has been asked yet, 4 planned",
        "no team lead has been asked yet, 2 planned",
        "1 of 4 planned interviews with team leads held",
        "2 of 4 planned interviews with front-line people held and 1 begun",
        "all planned interviews are held, but the last ones still brought new themes",
    ]


@pytest.mark.parametrize(
    "quiet",
    [
        line("Sales", (0, 0, 0), (0, 0, 0), (0, 0, 0)),
        line("Sales", (0, 1, 1), (1, 0, 1), (2, 0, 2)),  # what is missing has been begun
        line("Sales", (0, 0, 1), (0, 0, 2), (0, 0, 4), in_scope=False),
        line("Sales", (1, 0, 1), (0, 0, 0), (0, 0, 0), state=State.UNDEFINED),
        line("Sales", (1, 0, 1), (1, 1, 1), (0, 0, 0), state=State.AGAIN),  # one more is under way
    ],
    ids=str,
)
def test_nobody_to_ask(quiet):
    assert next_up([quiet]) == []


def test_themes_that_grow_again_ask_for_more():
    assert [one.role for one in next_up([line("Sales", (1, 0, 1), (1, 0, 1), (0, 0, 0), state=State.AGAIN)])] == [None]


@pytest.mark.parametrize(
    ("planned", "said"),
    [
        (0, "Fewer than 3 voices planned: nothing can be released of it alone."),
        (2, "Fewer than 3 voices planned: nothing can be released of it alone."),
        (3, "Fewer than 5 voices planned: managers will be shown what was said, department heads will not."),
        (4, "Fewer than 5 voices planned: managers will be shown what was said, department heads will not."),
        (5, ""),
    ],
)
def test_too_few_voices(planned, said):
    assert too_few(planned, managers=3, heads=5) == said


def test_the_smallest_group_is_three_without_a_policy():
    assert too_few(2)
    assert not too_few(3)


@pytest.mark.parametrize(("done", "planned", "said"), [(7, 12, "7 of 12"), (0, 0, "none planned"), (2, 0, "2, not planned")])
def test_promised(done, planned, said):
    assert promised(done, planned) == said


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 3), st.integers(0, 9)), min_size=3, max_size=3), st.sampled_from(State))
def test_everybody_missing_is_asked_for(cells, state):
    sales = line("Sales", *cells, state=state)
    found = next_up([sales])
    assert sum(one.missing for one in found) == sales.missing
    assert found == sorted(found, key=lambda one: one.reason)
