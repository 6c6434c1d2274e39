"""The page of one KPI of one department: chart, rule, comparisons, every figure with its source."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q

from departments.models import Department, Job, ReviewCycle, User
from gaps.core import words
from gaps.core.explain import GradeTable, Part, explain, grade_table
from gaps.models import GapVerdict, SeriesVerdict
from gaps.queries.basis import basis
from gaps.queries.lines import Line, drawn, lines
from gaps.queries.rolled_up import RolledUp, rolled_up
from metrics.charts import Drawn, Regime
from metrics.core import periods
from metrics.core.periods import Frequency
from metrics.core.verdicts import Kind, Variation
from metrics.models import Benchmark, DriverLink, Import, Observation, ObservationChange, Rebase, Series
from metrics.queries import periods_of, rebases_of
from saypro_review.lib.formatting import MISSING, period_label, quantity
from saypro_review.lib.words import VARIATIONS

EPOCH = date(1970, 1, 1)
SHOWN_OBSERVATIONS, SHOWN_AT_ONCE, SHOWN_CHOICES = 200, 26, 400


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
    adjusted: float | None
    limits: tuple[float | None, float | None, float | None]  # lower, mean, upper
    began: str  # why a person began a new baseline here
    file_name: str
    import_id: int
    line: int
    by: str
    at: datetime | None
    was: list[ObservationChange]

    @property
    def origin(self) -> tuple[str, int]:
        """Where it came from, as the CSV says it."""
        return self.file_name, self.line

    @property
    def judged(self) -> tuple[object, ...]:
        """What the run made of it, as the CSV says it."""
        return "yes" if self.complete else "no", self.adjusted, *self.limits, self.began


@dataclass(frozen=True)
class Source:
    name: str
    by: str
    at: datetime | None


def rows(verdict: SeriesVerdict, cycle: ReviewCycle, limit: int | None = SHOWN_OBSERVATIONS) -> list[Row]:
    """The figures that a series has now, newest first: value, source file, row, who, when, and what it was before. Four queries."""
    chosen = list(Observation.objects.filter(series_id=verdict.series_id).order_by("-period")[:limit])
    imports = {
        one.pk: Source(one.file_name, str(one.created_by or "command line"), one.applied_at)
        for one in Import.objects.filter(pk__in={row.batch_id for row in chosen}).defer("original").select_related("created_by")
    }
    changes = defaultdict(list)
    for change in ObservationChange.objects.filter(series_id=verdict.series_id, period__in=[row.period for row in chosen]):
        changes[change.period].append(change)
    shown = explained(drawn(verdict, len(verdict.values)), list(rebases_of(verdict.series)))
    slots = {period: slot for slot, period in enumerate(shown.periods)}
    return [_row(row, imports, changes[row.period], verdict, shown, slots.get(row.period), cycle.data_to) for row in chosen]


def _row(
    row: Observation,
    imports: dict[int, Source],
    was: list[ObservationChange],
    verdict: SeriesVerdict,
    shown: Drawn,
    slot: int | None,
    data_to: date,
) -> Row:
    """`slot`: where the run has the period; None for a figure that came after it."""
    source = imports.get(row.batch_id) or Source("", "", None)
    frequency = Frequency(verdict.series.kpi.frequency)
    index = periods.to_index([(row.period - EPOCH).days], frequency, verdict.week_starts)  # type: ignore[arg-type]
    last = EPOCH + timedelta(int(periods.last_day(index, frequency, verdict.week_starts)[0]))
    regime = None if slot is None else shown.regime(slot)
    return Row(
        period=row.period,
        label=period_label(row.period, frequency),
        value=row.value,
        target=row.target,
        benchmark=row.benchmark,
        numerator=row.numerator,
        denominator=row.denominator,
        kind=Variation.UNDETERMINED if slot is None else shown.types[slot],
        complete=last <= data_to,
        adjusted=shown.adjusted[slot] if slot is not None and shown.adjusted else None,
        limits=(regime.lower, regime.mean, regime.upper) if regime else (None, None, None),
        began=regime.reason if regime and slot is not None and shown.begins(slot) else "",
        file_name=source.name,
        import_id=row.batch_id,
        line=row.line,
        by=source.by,
        at=source.at,
        was=was,
    )


def explained(shown: Drawn, rebases: Sequence[Rebase]) -> Drawn:
    """The chart with the reason at each re-base that the run used; a removed one has none until the next run."""

    def reason(regime: Regime) -> str:
        begun = [one for one in rebases if one.period <= shown.periods[regime.start]]
        return max(begun, key=lambda one: one.period).reason if begun else ""

    return replace(shown, regimes=[*shown.regimes[:1], *(replace(one, reason=reason(one)) for one in shown.regimes[1:])])


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
class Begun:
    """A re-base in the list of the page."""

    pk: int
    label: str
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True)
class SeriesPage:
    """Everything on the page of one KPI of one department."""

    line: Line
    finding: str
    definition: str
    parts: list[Part]
    grades: GradeTable | None
    rebases: list[Begun]
    job: Job | None
    recorded: list[Benchmark]
    sources: list[str]
    table: dict[str, list[Any]]
    rows: list[Row]
    rolled_up: RolledUp | None
    driven_by: list[DriverLink]
    drives: list[DriverLink]
    elsewhere: list[Line]
    rank: int | None

    @property
    def earlier(self) -> int:
        """Periods beyond those that the page shows at once."""
        return len(self.rolled_up.rows if self.rolled_up else self.rows) - SHOWN_AT_ONCE


def series_page(cycle: ReviewCycle, verdict: SeriesVerdict, user: User) -> SeriesPage:
    """Everything that the page shows of a verdict."""
    found = lines(cycle, SeriesVerdict.objects.filter(pk=verdict.pk))[0]
    rebases = list(rebases_of(verdict.series))
    line = replace(found, drawn=explained(found.drawn, rebases))
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
        parts=explain(line.facts, basis(verdict)),
        grades=grade_table(line.facts),
        rebases=[_begun(one, line.facts.frequency) for one in rebases],
        job=Job.objects.pending().filter(cycle=cycle).first(),
        recorded=[one for one in valid if one.kind == Kind.HISTORY],
        sources=sorted(sources),
        table=_table(line),
        rows=rows(verdict, cycle),
        rolled_up=rolled_up(verdict, cycle, SHOWN_OBSERVATIONS),
        driven_by=driven_by,
        drives=drives,
        elsewhere=other_departments(cycle, verdict.series, user),
        rank=GapVerdict.objects.filter(verdict=verdict).values_list("rank", flat=True).first(),
    )


def _begun(rebase: Rebase, frequency: Frequency) -> Begun:
    by = str(rebase.created_by or "command line")
    return Begun(rebase.pk, period_label(rebase.period, frequency), rebase.reason, by, rebase.created_at)


def rebase_choices(verdict: SeriesVerdict) -> list[tuple[date, str]]:
    """The periods from which a new baseline may begin, latest first: those with a figure, without the first and those begun already."""
    taken = set(Rebase.objects.filter(series=verdict.series_id).values_list("period", flat=True))
    frequency = Frequency(verdict.series.kpi.frequency)
    offered = list(periods_of(verdict.series))[:-1][:SHOWN_CHOICES]
    return [(period, period_label(period, frequency)) for period in offered if period not in taken]


def _table(line: Line) -> dict[str, list[Any]]:
    """The chart's figures as a table, newest first; what only some series have has a column only there."""
    of, unit = line.drawn, line.facts.unit
    several = len(of.regimes) > 1
    seasonal, limited = ["Without season"] if of.adjusted else [], ["Limits"] if several else []
    rows = []
    for slot in reversed(range(len(of.values))):
        numbers = [of.values[slot], *([of.adjusted[slot]] if of.adjusted else []), of.goal[slot], of.industry[slot]]
        limits = [_limits(of.regime(slot), unit)] if several else []
        label = f"{of.labels[slot]} (new baseline)" if of.begins(slot) else of.labels[slot]
        kind = VARIATIONS[of.types[slot]].text if slot < of.judged else "ends after the window"
        rows.append([label, *(quantity(number, unit) for number in numbers), *limits, kind])
    return {"columns": ["Period", "Value", *seasonal, "Goal", "Industry", *limited, "Point"], "rows": rows}


def _limits(regime: Regime | None, unit: str) -> str:
    if regime is None or regime.lower is None:
        return MISSING
    return f"{quantity(regime.lower, unit)} to {quantity(regime.upper, unit)}"
