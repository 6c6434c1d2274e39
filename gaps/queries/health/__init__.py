"""Data health: whether the figures carry a cycle's review. Read from its current run, as far as the person may see it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from departments.models import ReviewCycle, User
from gaps.core import health as core
from gaps.core.health import Tally
from gaps.models import Run
from gaps.queries.health import changes, coverage, rollups, series
from gaps.queries.health.reading import Seen, see
from gaps.queries.health.table import SHOWN, Table
from gaps.queries.runs import current_run

TABLES: dict[str, Callable[[Seen, int | None], Table]] = {
    "freshness": series.freshness,
    "holes": series.holes,
    "repeats": series.repeats,
    "changes": changes.changes,
    "imports": changes.questions,
    "departments": coverage.departments,
    "kpis": coverage.kpis,
    "benchmarks": coverage.unmeasured,
    "silent": coverage.silent,
    "outside": coverage.outside,
    "rollups": rollups.rollups,
}


@dataclass(frozen=True)
class Health:
    """A cycle's data in one sentence, in numbers, and in tables of which the first rows are shown."""

    run: Run
    finding: str
    total: Tally
    tables: dict[str, Table]

    @property
    def sound(self) -> list[Table]:
        """The tables that have nothing to list."""
        return [table for table in self.tables.values() if not table.count]


def data_health(cycle: ReviewCycle, user: User) -> Health | None:
    """The page; None before the cycle's first run. A fixed number of queries."""
    run = current_run(cycle)
    if run is None:
        return None
    seen = see(cycle, run, user)
    total = coverage.total(seen)
    tables = {key: TABLES[key](seen, SHOWN) for key in _keys(user)}
    return Health(run, core.finding(total), total, tables)


def health_table(cycle: ReviewCycle, user: User, key: str) -> Table | None:
    """One table with all its rows; None before the first run, where there is no such table or the person may not see it."""
    run = current_run(cycle)
    return TABLES[key](see(cycle, run, user), None) if run and key in _keys(user) else None


def _keys(user: User) -> list[str]:
    """The tables that the person may see: whole files are admins' and managers' matter."""
    return [key for key in TABLES if key != "imports" or user.has_perm("metrics.see_imports")]
