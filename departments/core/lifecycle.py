"""The life of a review cycle and of a job."""

from __future__ import annotations

from enum import StrEnum


class Phase(StrEnum):
    """Where a review cycle stands."""

    PREPARATION = "preparation"
    WEEK_1 = "week_1"
    WEEK_2 = "week_2"
    CLOSED = "closed"

    @property
    def label(self) -> str:
        return _PHASES[self]


_PHASES = {
    Phase.PREPARATION: "Preparation",
    Phase.WEEK_1: "Week 1: first look",
    Phase.WEEK_2: "Week 2: action plan",
    Phase.CLOSED: "Closed",
}


class JobState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"

    @property
    def ended(self) -> bool:
        return self in (JobState.DONE, JobState.FAILED)


MAX_ATTEMPTS = 5
RECOMPUTE = "gaps.recompute"  # the kind of job that judges a cycle: its task's name, because this app knows of no upper one


def after_crash(attempts: int) -> JobState:
    """What becomes of a job whose worker died: another try, or failed once it has taken MAX_ATTEMPTS workers with it."""
    return JobState.FAILED if attempts >= MAX_ATTEMPTS else JobState.QUEUED
