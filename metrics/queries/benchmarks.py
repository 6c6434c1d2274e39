"""Values to reach: which there are, and where one is missing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import Q, QuerySet

from departments.core.names import key
from departments.models import Department, User
from metrics.core.kpi import BenchmarkKind, Direction
from metrics.models import KPI, Benchmark
from metrics.queries.kpis import kpis_seen

RECENT = 12  # figures of a series among which a stated target or industry value counts
SORTS = {"kpi": "kpi__name", "kind": "kind", "value": "value", "department": "department__name", "valid_from": "valid_from"}
# By the key's index, a few rows a series: what a file has stated beside its last figures, and the period of the latest.
STATED = """
    SELECT s.kpi_id, s.department_id, o.latest, o.goal, o.industry
    FROM metrics_series s
    CROSS JOIN LATERAL (
        SELECT max(period) AS latest, bool_or(target IS NOT NULL) AS goal, bool_or(benchmark IS NOT NULL) AS industry
        FROM (
            SELECT period, target, benchmark FROM metrics_observation WHERE series_id = s.id ORDER BY period DESC LIMIT %(recent)s
        ) recent
    ) o
    WHERE s.department_id = ANY(%(departments)s) AND o.latest IS NOT NULL
"""


def benchmarks_for(
    user: User, text: str = "", *, kind: str = "", department: Department | None = None, on: date | None = None, sort: str = ""
) -> QuerySet[Benchmark]:
    """The benchmarks that the person may see, KPI by KPI. For a head: of their own KPIs, those of their departments and of all.

    `text`: part of a KPI's name; `department`: those that hold for it; `on`: those that hold on that day or later; `sort`: one of
    SORTS, with a minus for the other way round.
    """
    found = Benchmark.objects.filter(kpi__in=kpis_seen(user)).select_related("kpi", "department")
    if not user.standing.everywhere:
        found = found.filter(Q(department=None) | Q(department__in=Department.objects.visible_to(user)))
    if text:
        found = found.filter(kpi__key__contains=key(text))
    if kind:
        found = found.filter(kind=kind)
    if department:
        found = found.filter(Q(department=None) | Q(department=department))
    if on:
        found = found.filter(Q(valid_to=None) | Q(valid_to__gte=on))
    column = SORTS.get(sort.removeprefix("-"), "")
    first = [("-" if sort.startswith("-") else "") + column] if column else []
    return found.order_by(*first, "kpi__name", "kpi", "kind", "department__name", "valid_from", "pk")


def overlapping(benchmark: Benchmark) -> QuerySet[Benchmark]:
    """The other benchmarks of its KPI, kind and department that hold on a day on which it holds."""
    same = Benchmark.objects.exclude(pk=benchmark.pk).filter(kpi=benchmark.kpi_id, kind=benchmark.kind, department=benchmark.department_id)
    if benchmark.valid_to:
        same = same.filter(Q(valid_from=None) | Q(valid_from__lte=benchmark.valid_to))
    if benchmark.valid_from:
        same = same.filter(Q(valid_to=None) | Q(valid_to__gte=benchmark.valid_from))
    return same.order_by("valid_from", "pk")


@dataclass(frozen=True)
class Lack:
    """A KPI of which departments have figures and nothing to compare them with: no goal, no industry standard, neither of both; and how
    many departments have figures."""

    kpi: KPI
    goal: list[Department]
    industry: list[Department]
    both: list[Department]
    departments: int


def lacks(user: User, text: str = "", *, department: Department | None = None) -> list[Lack]:
    """Where values to reach are missing, KPI by KPI, for KPIs that can be a gap. A goal or industry standard counts when it holds for
    the latest figure, or when a file stated one beside any of the last RECENT figures. `text`: part of a KPI's name. Four queries."""
    seen = Department.objects.visible_to(user)
    departments = {one.pk: one for one in (seen.filter(pk=department.pk) if department else seen)}
    rows: dict[int, list[tuple[int, bool, bool]]] = {}
    for kpi, place, goal, industry in _compared(departments):
        rows.setdefault(kpi, []).append((place, goal, industry))
    judged = KPI.objects.filter(pk__in=rows).exclude(direction=Direction.NEUTRAL)
    named = judged.filter(key__contains=key(text)) if text else judged
    found = [_lack(kpi, rows[kpi.pk], departments) for kpi in named.order_by("name", "pk")]
    return [lack for lack in found if lack.goal or lack.industry]


def compared_kpis(user: User) -> set[int]:
    """Ids of the KPIs that something the person may see compares: a goal or industry standard, or one that a file stated lately."""
    seen = Department.objects.visible_to(user)
    stated = {kpi for kpi, _, goal, industry in _compared(seen.values_list("pk", flat=True)) if goal or industry}
    graded = benchmarks_for(user).exclude(kind=BenchmarkKind.HISTORY)
    return stated | set(graded.order_by().values_list("kpi_id", flat=True))


def _compared(departments: Iterable[int]) -> Iterator[tuple[int, int, bool, bool]]:
    """(KPI, department, whether a goal, whether an industry standard counts) of each series with figures."""
    with connection.cursor() as cursor:
        cursor.execute(STATED, {"departments": list(departments), "recent": RECENT})
        rows = cursor.fetchall()
    entered: dict[tuple[int, int | None, str], list[tuple[date, date]]] = {}
    graded = Benchmark.objects.exclude(kind=BenchmarkKind.HISTORY).order_by()
    for kpi, of, kind, start, stop in graded.values_list("kpi", "department", "kind", "valid_from", "valid_to"):
        entered.setdefault((kpi, of, kind), []).append((start or date.min, stop or date.max))

    def holds(kpi: int, department: int, kind: BenchmarkKind, day: date) -> bool:
        spans = (*entered.get((kpi, department, kind), ()), *entered.get((kpi, None, kind), ()))
        return any(start <= day <= stop for start, stop in spans)

    for kpi, department, latest, goal, industry in rows:
        goal = goal or holds(kpi, department, BenchmarkKind.GOAL, latest)
        yield kpi, department, goal, industry or holds(kpi, department, BenchmarkKind.INDUSTRY, latest)


def _lack(kpi: KPI, rows: list[tuple[int, bool, bool]], departments: dict[int, Department]) -> Lack:
    def of(places: Iterable[int]) -> list[Department]:
        return sorted((departments[place] for place in places), key=lambda one: one.name)

    return Lack(
        kpi,
        goal=of(place for place, goal, _ in rows if not goal),
        industry=of(place for place, _, industry in rows if not industry),
        both=of(place for place, goal, industry in rows if not goal and not industry),
        departments=len(rows),
    )
