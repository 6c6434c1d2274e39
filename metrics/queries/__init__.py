"""Reads of this app that join, as plain values."""

from metrics.queries.imports import APPLY, CHECK, ImportPage, import_page, imports_for, line_of, shown_state
from metrics.queries.kpis import kpis_for

__all__ = ["APPLY", "CHECK", "ImportPage", "import_page", "imports_for", "kpis_for", "line_of", "shown_state"]
