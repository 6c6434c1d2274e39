"""Reads of this app that join, as plain values."""

from metrics.queries.imports import APPLY, CHECK, ImportPage, import_page, imports_for, line_of, shown_state
from metrics.queries.kpis import kpis_for
from metrics.queries.rebases import periods_of, rebases_of

__all__ = [
    "APPLY", "CHECK", "ImportPage", "import_page", "imports_for", "kpis_for", "line_of", "periods_of", "rebases_of", "shown_state",
]  # fmt: skip
