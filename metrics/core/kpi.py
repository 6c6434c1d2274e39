"""The vocabulary of KPIs and of what they are compared with. METHODS: "Vocabulary"."""

from __future__ import annotations

from enum import StrEnum


class Direction(StrEnum):
    """Which way is better."""

    INCREASE = "increase"
    DECREASE = "decrease"
    NEUTRAL = "neutral"

    @property
    def sign(self) -> int:
        """s of METHODS: +1, -1, or 0 for a KPI that is watched and never a gap."""
        return {Direction.INCREASE: 1, Direction.DECREASE: -1, Direction.NEUTRAL: 0}[self]

    @property
    def label(self) -> str:
        return {
            Direction.INCREASE: "higher is better",
            Direction.DECREASE: "lower is better",
            Direction.NEUTRAL: "watched only",
        }[self]


class BenchmarkKind(StrEnum):
    """Where a value to reach comes from, in the order in which a tie of grades is named."""

    GOAL = "goal"
    INDUSTRY = "industry"
    HISTORY = "history"

    @property
    def label(self) -> str:
        return {
            BenchmarkKind.GOAL: "Internal goal",
            BenchmarkKind.INDUSTRY: "Industry standard",
            BenchmarkKind.HISTORY: "Own history",
        }[self]


class ImportState(StrEnum):
    """Where an uploaded file stands."""

    CHECKING = "checking"
    REFUSED = "refused"
    UNDECIDED = "undecided"
    READY = "ready"
    APPLYING = "applying"
    APPLIED = "applied"
    UNCHANGED = "unchanged"
    FAILED = "failed"
    CANCELLED = "cancelled"
    UNDONE = "undone"

    @property
    def label(self) -> str:
        return {
            ImportState.CHECKING: "Being checked",
            ImportState.REFUSED: "Refused: nothing was written",
            ImportState.UNDECIDED: "Waits for an answer",
            ImportState.READY: "Ready to import",
            ImportState.APPLYING: "Being imported",
            ImportState.APPLIED: "Imported",
            ImportState.UNCHANGED: "Nothing new in it",
            ImportState.FAILED: "Stopped by a fault",
            ImportState.CANCELLED: "Cancelled: nothing was written",
            ImportState.UNDONE: "Undone",
        }[self]
