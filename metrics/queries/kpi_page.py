"""The page of one KPI."""

from __future__ import annotations

from dataclasses import dataclass

from departments.models import Department, User
from metrics.models import KPI, Benchmark, DriverLink
from metrics.queries.benchmarks import benchmarks_for
from metrics.queries.drivers import DriverGraph, drawn, drivers_for, links_around
from metrics.queries.kpis import kpis_seen, measured


@dataclass(frozen=True)
class KpiPage:
    """Everything on the page of a KPI, as far as the person may see it. `seen`: ids of the KPIs whose pages they may open."""

    kpi: KPI
    departments: list[Department]
    benchmarks: list[Benchmark]
    links: list[DriverLink]
    graph: DriverGraph | None
    seen: set[int]


def kpi_page(kpi: KPI, user: User) -> KpiPage:
    """The KPI's departments with figures, its benchmarks, and what drives it and what it drives, near by."""
    series = measured(user).filter(kpi=kpi).select_related("department")
    links = links_around(kpi, drivers_for(user))
    seen = set(kpis_seen(user).values_list("pk", flat=True))
    return KpiPage(
        kpi=kpi,
        departments=[one.department for one in series.order_by("department__name", "pk")],
        benchmarks=list(benchmarks_for(user).filter(kpi=kpi)),
        links=links,
        graph=drawn(links, seen, here=kpi),
        seen=seen,
    )
