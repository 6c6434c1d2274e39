"""Interviews done of those planned, and whom to ask next (METHODS 9; the order of whom to ask is ours)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from interviews.core.saturation import State
from interviews.core.terms import MIN_K, StakeholderRole

ASKED = {StakeholderRole.HEAD: "department head", StakeholderRole.LEAD: "team lead", StakeholderRole.FRONT_LINE: "front-line person"}
MANY = {StakeholderRole.HEAD: "department heads", StakeholderRole.LEAD: "team leads", StakeholderRole.FRONT_LINE: "front-line people"}


@dataclass(frozen=True)
class Cell:
    """Interviews of a department with one role: held, begun (drafts), and planned."""

    role: StakeholderRole
    done: int = 0
    drafts: int = 0
    planned: int = 0

    @property
    def missing(self) -> int:
        """How many are neither held nor begun."""
        return max(self.planned - self.done - self.drafts, 0)

    @property
    def met(self) -> bool:
        return self.done >= self.planned

    @property
    def shown(self) -> bool:
        """Whether there is anything to say of it."""
        return bool(self.planned or self.done or self.drafts)


@dataclass(frozen=True)
class Coverage:
    """A department's interviews by role; `code`: the department's; `state`: its saturation, as far as the reader may know it."""

    code: str
    name: str
    cells: tuple[Cell, ...]
    state: State = State.UNDEFINED
    in_scope: bool = True

    @property
    def done(self) -> int:
        return sum(cell.done for cell in self.cells)

    @property
    def drafts(self) -> int:
        return sum(cell.drafts for cell in self.cells)

    @property
    def planned(self) -> int:
        return sum(cell.planned for cell in self.cells)

    @property
    def missing(self) -> int:
        return sum(cell.missing for cell in self.cells)

    @property
    def words(self) -> str:
        return promised(self.done, self.planned)


class Reason(IntEnum):
    """Why somebody is to be asked next, most pressing first."""

    NOBODY = 1
    SHORT = 2
    GROWING = 3


@dataclass(frozen=True)
class Next:
    """Somebody to interview: of which department (code and name), in which role (None: any), and why in words."""

    code: str
    name: str
    role: StakeholderRole | None
    reason: Reason
    missing: int
    why: str

    @property
    def who(self) -> str:
        """Who that is: A team lead of Sales."""
        return f"A {ASKED[self.role]} of {self.name}" if self.role else f"One more person of {self.name}"


def next_up(lines: Iterable[Coverage]) -> list[Next]:
    """Whom to interview next, most pressing first: roles of which nobody has been asked, then the largest shortfall, then departments
    that have their interviews but still tell something new."""
    found = [one for line in lines if line.in_scope for one in _of(line)]
    return sorted(found, key=lambda one: (one.reason, -one.missing, one.name, one.role or ""))


def _of(line: Coverage) -> list[Next]:
    short = [_short(line, cell) for cell in line.cells if cell.missing]
    if short or line.state not in (State.GROWING, State.AGAIN) or line.drafts:
        return short
    why = "all planned interviews are held, but the last ones still brought new themes"
    return [Next(line.code, line.name, None, Reason.GROWING, 0, why)]


def _short(line: Coverage, cell: Cell) -> Next:
    if not cell.done and not cell.drafts:
        why = f"no {ASKED[cell.role]} has been asked yet, {cell.planned} planned"
        return Next(line.code, line.name, cell.role, Reason.NOBODY, cell.missing, why)
    begun = f" and {cell.drafts} begun" if cell.drafts else ""
    why = f"{cell.done} of {cell.planned} planned interviews with {MANY[cell.role]} held{begun}"
    return Next(line.code, line.name, cell.role, Reason.SHORT, cell.missing, why)


def too_few(planned: int, *, managers: int = MIN_K, heads: int = MIN_K) -> str:
    """What a department of so many planned voices, those below it included, cannot release, in words; blank when it can. `managers`,
    `heads`: the smallest group that they are shown (k of the cycle)."""
    if planned < managers:
        return f"Fewer than {managers} voices planned: nothing can be released of it alone."
    if planned < heads:
        return f"Fewer than {heads} voices planned: managers will be shown what was said, department heads will not."
    return ""


def promised(done: int, planned: int) -> str:
    """As in "7 of 12", or what to say where nothing is planned."""
    return f"{done} of {planned}" if planned else f"{done}, not planned" if done else "none planned"
