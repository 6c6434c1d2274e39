"""The page of a department."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Max, Q

from departments.models import Department, ReviewCycle, User
from gaps.core import words
from gaps.models import GapVerdict, SeriesVerdict
from gaps.queries.lines import GapLine, Line, lines
from gaps.queries.runs import current_run
from interviews.queries import released


@dataclass(frozen=True)
class SubDepartment:
    department: Department
    gaps: int
    worst: int
    series: int


def below(cycle: ReviewCycle, department: Department, user: User) -> list[SubDepartment]:
    """The departments directly below, with the state of their own series."""
    children = Department.objects.visible_to(user).filter(parent=department)
    of = {
        row["series__department"]: row
        for row in SeriesVerdict.objects.current(cycle)
        .filter(series__department__parent=department)
        .order_by()
        .values("series__department")
        .annotate(n=Count("pk"), worst=Max("grade"), gaps=Count("pk", filter=Q(grade__gte=3)))
    }
    empty = {"n": 0, "worst": 0, "gaps": 0}
    return [SubDepartment(one, (row := of.get(one.pk, empty))["gaps"], row["worst"], row["n"]) for one in children]


@dataclass(frozen=True)
class Dashboard:
    """A department's page."""

    department: Department
    finding: str
    lines: list[Line]
    gaps: list[GapLine]
    below: list[SubDepartment]
    freshest: date | None
    stale: int
    judged_at: datetime | None
    voices: released.About


def dashboard(cycle: ReviewCycle, department: Department, user: User) -> Dashboard:
    """The department's own series, worst first; its gaps; what is below it. A fixed number of queries."""
    own = SeriesVerdict.objects.current(cycle).filter(series__department=department)
    shown = lines(cycle, own.order_by("-grade", "series__kpi__name"))
    ranks = dict(GapVerdict.objects.current(cycle).filter(gap__series__department=department).values_list("gap__series_id", "rank"))
    gaps = [GapLine(ranks[line.facts.series_id], line) for line in shown if line.facts.series_id in ranks]
    run = current_run(cycle)
    return Dashboard(
        department=department,
        finding=words.department_finding(department.name, [line.facts for line in shown]),
        lines=shown,
        gaps=sorted(gaps, key=lambda one: one.rank),
        below=below(cycle, department, user),
        freshest=max((line.facts.latest_period for line in shown if line.facts.latest_period), default=None),
        stale=sum(line.facts.stale for line in shown),
        judged_at=run.created_at if run else None,
        voices=released.for_department(cycle, department, user),
    )
