"""Reads of this app that join, as plain values."""

from metrics.queries.benchmarks import Lack, benchmarks_for, compared_kpis, lacks
from metrics.queries.drivers import DriverGraph, drawn, drivers_for, links_around
from metrics.queries.imports import APPLY, CHECK, ImportPage, import_page, imports_for, line_of, shown_state
from metrics.queries.kpi_page import KpiPage, kpi_page
from metrics.queries.kpis import kpis_for, kpis_seen, measured
from metrics.queries.library import Library, library
from metrics.queries.rebases import periods_of, rebases_of

__all__ = [
    "APPLY",
    "CHECK",
    "DriverGraph",
    "ImportPage",
    "KpiPage",
    "Lack",
    "Library",
    "benchmarks_for",
    "compared_kpis",
    "drawn",
    "drivers_for",
    "import_page",
    "imports_for",
    "kpi_page",
    "kpis_for",
    "kpis_seen",
    "lacks",
    "library",
    "line_of",
    "links_around",
    "measured",
    "periods_of",
    "rebases_of",
    "shown_state",
]
