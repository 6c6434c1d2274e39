"""The page of one KPI of one department: chart, rule, comparisons, every figure with its source."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q

from departments.models import Department, ReviewCycle, User
from gaps.core import words
from gaps.models import GapVerdict, SeriesVerdict
from gaps.queries.lines import Line, drawn, lines
from metrics.core import periods
from metrics.core.periods import Frequency
from metrics.core.verdicts import Kind, Variation
from metrics.models import Benchmark, DriverLink, Import, Observation, ObservationChange, Series
from saypro_review.lib.formatting import period_label, quantity
from saypro_review.lib.words import VARIATIONS

EPOCH = date(1970, 1, 1)
SHOWN_OBSERVATIONS, SHOWN_AT_ONCE = 200, 26


@dataclass(frozen=True)
class Row:
    """One figure on the KPI page, with where it came from."""

    period: date
    label: str
    value: float
    target: float | None
    benchmark: float | None
    numerator: float | None
    denominator: float | None
    kind: Variation
    complete: bool
    file_name: str
    import_id: int
    line: int
    by: str
    at: datetime | None
    was: list[ObservationChange]


@dataclass(frozen=True)
class Source:
    name: str
    by: str
    at: datetime | None


def rows(verdict: SeriesVerdict, cycle: ReviewCycle, limit: int | None = SHOWN_OBSERVATIONS) -> list[Row]:
    """The figures that a series has now, newest first: value, source file, row, who, when, and what it was before. Three queries."""
    chosen = list(Observation.objects.filter(series_id=verdict.series_id).order_by("-period")[:limit])
    imports = {
        one.pk: Source(one.file_name, str(one.created_by or "command line"), one.applied_at)
        for one in Import.objects.filter(pk__in={row.batch_id for row in chosen}).defer("original").select_related("created_by")
    }
    changes = defaultdict(list)
    for change in ObservationChange.objects.filter(series_id=verdict.series_id, period__in=[row.period for row in chosen]):
        changes[change.period].append(change)
    frequency = Frequency(verdict.series.kpi.frequency)
    types = dict(zip(drawn(verdict).periods, drawn(verdict).types, strict=True))
    starts = verdict.week_starts  # of quarters and years too, in spite of its name
    return [_row(row, imports, changes[row.period], frequency, types, starts, cycle.data_to) for row in chosen]


def _row(
    row: Observation,
    imports: dict[int, Source],
    was: list[ObservationChange],
    frequency: Frequency,
    types: dict[date, Variation],
    starts: int,
    data_to: date,
) -> Row:
    source = imports.get(row.batch_id) or Source("", "", None)
    index = periods.to_index([(row.period - EPOCH).days], frequency, starts)  # type: ignore[arg-type]
    last = EPOCH + timedelta(int(periods.last_day(index, frequency, starts)[0]))
    return Row(
        period=row.period,
        label=period_label(row.period, frequency),
        value=row.value,
        target=row.target,
        benchmark=row.benchmark,
        numerator=row.numerator,
        denominator=row.denominator,
        kind=types.get(row.period, Variation.UNDETERMINED),
        complete=last <= data_to,
        file_name=source.name,
        import_id=row.batch_id,
        line=row.line,
        by=source.by,
        at=source.at,
        was=was,
    )


def drivers(series: Series, user: User) -> tuple[list[DriverLink], list[DriverLink]]:
    """What drives the series' KPI, and what it drives, as people stated it for this department or for all. A link that names a
    department which the person may not see is left out."""
    links = DriverLink.objects.select_related("driver", "driven", "driver_department", "driven_department")
    if not user.standing.everywhere:
        seen = Department.objects.visible_to(user)
        for end in ("driver_department", "driven_department"):
            links = links.filter(Q(**{end: None}) | Q(**{f"{end}__in": seen}))
    up = links.filter(Q(driven_department=None) | Q(driven_department=series.department_id), driven=series.kpi_id)
    down = links.filter(Q(driver_department=None) | Q(driver_department=series.department_id), driver=series.kpi_id)
    return list(up), list(down)


def other_departments(cycle: ReviewCycle, series: Series, user: User) -> list[Line]:
    """The same KPI elsewhere, worst first."""
    seen = SeriesVerdict.objects.current(cycle).visible_to(user).filter(series__kpi=series.kpi).exclude(series=series)
    return lines(cycle, seen.order_by("-grade", "series__department__name")[:20])


@dataclass(frozen=True)
class SeriesPage:
    """Everything on the page of one KPI of one department."""

    line: Line
    finding: str
    definition: str
    cap: str
    signals: list[str]
    recorded: list[Benchmark]
    sources: list[str]
    table: dict[str, list[Any]]
    rows: list[Row]
    driven_by: list[DriverLink]
    drives: list[DriverLink]
    elsewhere: list[Line]
    rank: int | None

    @property
    def earlier(self) -> int:
        """Periods beyond those that the page shows at once."""
        return len(self.rows) - SHOWN_AT_ONCE


def series_page(cycle: ReviewCycle, verdict: SeriesVerdict, user: User) -> SeriesPage:
    line = lines(cycle, SeriesVerdict.objects.filter(pk=verdict.pk))[0]
    kpi = verdict.series.kpi
    driven_by, drives = drivers(verdict.series, user)
    valid = Benchmark.objects.filter(kpi=kpi).filter(Q(department=None) | Q(department=verdict.series.department_id))
    stated = Observation.objects.filter(series_id=verdict.series_id).exclude(benchmark_source="")
    sources = {one.source for one in valid if one.kind == Kind.INDUSTRY} | set(
        stated.order_by().values_list("benchmark_source", flat=True).distinct()
    )
    return SeriesPage(
        line=line,
        finding=words.finding(line.facts),
        definition=kpi.definition,
        cap=words.CAPS.get(line.facts.capped, ""),
        signals=[words.SIGNALS[signal] for signal in line.facts.signals],
        recorded=[one for one in valid if one.kind == Kind.HISTORY],
        sources=sorted(sources),
        table=_table(line),
        rows=rows(verdict, cycle),
        driven_by=driven_by,
        drives=drives,
        elsewhere=other_departments(cycle, verdict.series, user),
        rank=GapVerdict.objects.filter(verdict=verdict).values_list("rank", flat=True).first(),
    )


def _table(line: Line) -> dict[str, list[Any]]:
    """The chart's figures as a table, newest first."""
    of, unit = line.drawn, line.facts.unit
    cells = zip(of.labels, of.values, of.goal, of.industry, of.types, strict=True)
    return {
        "columns": ["Period", "Value", "Goal", "Industry", "Point"],
        "rows": [
            [label, quantity(value, unit), quantity(goal, unit), quantity(industry, unit), VARIATIONS[kind].text]
            for label, value, goal, industry, kind in reversed(list(cells))
        ],
    }
