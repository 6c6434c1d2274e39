"""What the pages of a review show, read from its current run. A cycle instance is kept for a whole request, so that all reads of a
page are of one version (see departments.queries.cycle_for)."""

from gaps.queries.cycle import home
from gaps.queries.department import dashboard
from gaps.queries.figures import rebase_choices, rows, series_page
from gaps.queries.health import data_health, health_table
from gaps.queries.lines import gap_lines
from gaps.queries.rolled_up import rolled_up
from gaps.queries.runs import current_run, report_page, summary

__all__ = [
    "current_run",
    "dashboard",
    "data_health",
    "gap_lines",
    "health_table",
    "home",
    "rebase_choices",
    "report_page",
    "rolled_up",
    "rows",
    "series_page",
    "summary",
]
