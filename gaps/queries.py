"""What the pages of a review show, read from its current run. A cycle instance is kept for a whole request, so that all reads of a
page are of one version (see departments.queries.cycle_for)."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Max, Q, QuerySet
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from departments.models import AuditEvent, Department, Job, ReviewCycle, User
from gaps.core import words
from gaps.core.edition import Document, restrict
from gaps.core.facts import Compared, Facts, signals_of
from gaps.models import POINT_TYPE, Comparison, GapVerdict, Run, SeriesVerdict
from metrics.charts import Drawn
from metrics.core import periods
from metrics.core.kpi import Direction
from metrics.core.periods import Frequency
from metrics.core.verdicts import Assurance, Kind, Quality, Standing, Variation
from metrics.models import KPI, Benchmark, DriverLink, Import, Observation, ObservationChange, Series
from saypro_review.lib.formatting import period_label, quantity
from saypro_review.lib.words import VARIATIONS

EPOCH = date(1970, 1, 1)
SHOWN_OBSERVATIONS, SHOWN_AT_ONCE = 200, 26


def current_run(cycle: ReviewCycle) -> Run | None:
    """The run that the pages show, without its documents; None before the first."""
    return Run.objects.defer("document", "page").filter(cycle=cycle, version=cycle.current_version).first()


def summary(cycle: ReviewCycle, reader: User | None) -> Document | None:
    """The current run's summary as `reader` may see it (None: everything). None before the first run."""
    text = Run.objects.filter(cycle=cycle, version=cycle.current_version).values_list("document", flat=True).first()
    whole = json.loads(text) if text else None
    if whole is None or reader is None or reader.standing.everywhere:
        return whole
    codes = set(Department.objects.visible_to(reader).values_list("code", flat=True))
    return restrict(whole, codes, f"head:{reader.email}")


def report_page(cycle: ReviewCycle) -> SafeString | None:
    """The HTML that the worker made of the whole summary, by a template that escapes every value."""
    page = Run.objects.filter(cycle=cycle, version=cycle.current_version).values_list("page", flat=True).first()
    return mark_safe(page) if page else None  # noqa: S308


# --- one series -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """A series in a list: what is said of it, and its small chart."""

    facts: Facts
    drawn: Drawn

    @property
    def goal(self) -> Compared | None:
        return self._of(Kind.GOAL)

    @property
    def industry(self) -> Compared | None:
        return self._of(Kind.INDUSTRY)

    @property
    def history(self) -> Compared | None:
        return self._of(Kind.HISTORY)

    def _of(self, kind: Kind) -> Compared | None:
        return next((one for one in self.facts.compared if one.kind is kind), None)


def lines(cycle: ReviewCycle, verdicts: QuerySet[SeriesVerdict]) -> list[Line]:
    """The verdicts with what they are compared with: two queries, however many there are."""
    rows = list(verdicts.select_related("series__kpi", "series__department"))
    compared = defaultdict(list)
    run_and_series = Comparison.objects.filter(run__cycle=cycle, run__version=cycle.current_version)
    for row in run_and_series.filter(series__in=[one.series_id for one in rows]):
        compared[row.series_id].append(row)
    return [Line(facts(row, compared[row.series_id]), drawn(row)) for row in rows]


def facts(verdict: SeriesVerdict, compared: Iterable[Comparison]) -> Facts:
    """A stored verdict as plain values."""
    series, kpi, department = verdict.series, verdict.series.kpi, verdict.series.department
    return Facts(
        series_id=series.pk,
        department_code=department.code,
        department=department.name,
        kpi_code=kpi.code,
        kpi=kpi.name,
        unit=kpi.unit,
        direction=Direction(kpi.direction),
        frequency=Frequency(kpi.frequency),
        importance=kpi.importance,
        grade=verdict.grade,
        graded_by=Kind(verdict.graded_by) if verdict.graded_by else None,
        capped=verdict.capped,
        quality=Quality(verdict.quality),
        stale=verdict.stale,
        variation=Variation(verdict.variation),
        signals=signals_of(verdict.latest_signals),
        withheld=verdict.withheld,
        seasonal=verdict.seasonal,
        n_complete=verdict.n_complete,
        n_window=verdict.n_window,
        latest_period=verdict.latest_period,
        latest_value=verdict.latest_value,
        window_mean=verdict.window_mean,
        baseline_mean=verdict.baseline_mean,
        mean=verdict.mean,
        lower=verdict.lower,
        upper=verdict.upper,
        compared=tuple(sorted((_compared(row) for row in compared), key=lambda one: list(Kind).index(one.kind))),
    )


def _compared(row: Comparison) -> Compared:
    return Compared(
        kind=Kind(row.kind),
        benchmark=row.benchmark,
        standing=Standing(row.standing),
        assurance=Assurance(row.assurance),
        grade=row.grade if row.grade >= 0 else None,
        shortfall=row.shortfall,
        shortfall_pct=row.shortfall_pct,
        z0=row.z0,
        missed=row.missed,
        periods=row.periods,
        missed_low=row.missed_low,
        missed_high=row.missed_high,
        expected_miss=row.expected_miss,
    )


def drawn(verdict: SeriesVerdict) -> Drawn:
    """A stored verdict as its charts show it."""
    frequency = Frequency(verdict.series.kpi.frequency)
    slots = range(verdict.first_index, verdict.first_index + len(verdict.values))
    days = [EPOCH + timedelta(int(day)) for day in periods.first_day(slots, frequency, verdict.week_starts)]  # type: ignore[arg-type]
    kinds = list(Variation)
    return Drawn(
        periods=days,
        labels=[period_label(day, frequency) for day in days],
        values=_gaps(verdict.values),
        types=[kinds[point >> POINT_TYPE] for point in verdict.points],
        goal=_spread(verdict.goals, len(days)),
        industry=_spread(verdict.industry, len(days)),
        mean=verdict.mean,
        lower=verdict.lower,
        upper=verdict.upper,
        adjusted=_gaps(verdict.adjusted),
    )


def _spread(values: Sequence[float], slots: int) -> list[float | None]:
    """A benchmark per slot: stored as one entry where it is the same everywhere, as none where there is none."""
    if len(values) < 2:
        return [values[0] if values else None] * slots
    return _gaps(values)


def _gaps(values: Sequence[float]) -> list[float | None]:
    return [None if value != value else value for value in values]


# --- pages ------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Step:
    """A line of the review's checklist, computed from the facts."""

    title: str
    state: str
    done: bool
    link: str = ""


@dataclass(frozen=True)
class Counts:
    """The size of a cycle as its reader sees it."""

    departments: int
    series: int
    gaps: int
    critical: int
    watched: int
    stale: int
    without_benchmark: int
    last_import: date | None


def counts(cycle: ReviewCycle, user: User) -> Counts:
    """How many of what, over the departments that the person sees: two queries."""
    seen = SeriesVerdict.objects.current(cycle).visible_to(user)
    of = seen.aggregate(
        n_departments=Count("series__department", distinct=True),
        n_gaps=Count("pk", filter=Q(grade__gte=3)),
        n_critical=Count("pk", filter=Q(grade=5)),
        n_watched=Count("pk", filter=Q(grade__in=[1, 2])),
        n_stale=Count("pk", filter=Q(stale=True)),
        n_without_benchmark=Count("pk", filter=Q(goals=[], industry=[]) & ~Q(series__kpi__direction=Direction.NEUTRAL)),
        n_series=Count("pk"),
    )
    last = Import.objects.filter(state="applied").aggregate(last=Max("applied_at"))["last"]
    return Counts(**{name.removeprefix("n_"): count for name, count in of.items()}, last_import=last.date() if last else None)


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
class GapLine:
    """A ranked gap in a list, with the sentences that say what it is."""

    rank: int
    line: Line

    @property
    def brief(self) -> str:
        return words.brief(self.line.facts)


def gap_lines(cycle: ReviewCycle, rows: Iterable[GapVerdict]) -> list[GapLine]:
    """Ranked gaps with their facts: two more queries, however many."""
    ranks = {row.verdict_id: row.rank for row in rows}
    verdicts = SeriesVerdict.objects.filter(pk__in=ranks)
    pk_of = dict(verdicts.values_list("series_id", "pk"))
    return sorted((GapLine(ranks[pk_of[line.facts.series_id]], line) for line in lines(cycle, verdicts)), key=lambda one: one.rank)


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
    for change in ObservationChange.objects.filter(series_id=verdict.series_id).select_related("replaced_by"):
        changes[change.period].append(change)
    frequency = Frequency(verdict.series.kpi.frequency)
    types = dict(zip(drawn(verdict).periods, drawn(verdict).types, strict=True))
    return [_row(row, imports, changes[row.period], frequency, types, verdict.week_starts, cycle.data_to) for row in chosen]


def _row(
    row: Observation,
    imports: dict[int, Source],
    was: list[ObservationChange],
    frequency: Frequency,
    types: dict[date, Variation],
    week_starts: int,
    data_to: date,
) -> Row:
    source = imports.get(row.batch_id) or Source("", "", None)
    index = periods.to_index([(row.period - EPOCH).days], frequency, week_starts)  # type: ignore[arg-type]
    last = EPOCH + timedelta(int(periods.last_day(index, frequency, week_starts)[0]))
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


def drivers(kpi: KPI) -> tuple[list[DriverLink], list[DriverLink]]:
    """What drives the KPI, and what it drives, as people stated it."""
    links = DriverLink.objects.select_related("driver", "driven", "driver_department", "driven_department")
    return list(links.filter(driven=kpi)), list(links.filter(driver=kpi))


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
    driven_by, drives = drivers(kpi)
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
    )


@dataclass(frozen=True)
class Home:
    """Where a cycle stands."""

    counts: Counts
    steps: list[Step]
    needs: list[Need]
    worst: list[GapLine]
    departments: list[Document]
    run: Run | None
    job: Job | None
    recent: list[Recent]


@dataclass(frozen=True)
class Recent:
    """Something that happened to the review."""

    text: str
    by: str
    at: datetime


def recent(cycle: ReviewCycle) -> list[Recent]:
    """The last few events of the cycle and of imports."""
    of_cycle = Q(object_type="departments.reviewcycle", object_id=cycle.pk)
    events = AuditEvent.objects.filter(of_cycle | Q(object_type="metrics.import")).select_related("actor")
    known = events.filter(act__in=words.ACTS)[:6]
    return [Recent(words.ACTS[one.act], str(one.actor or "the worker"), one.at) for one in known]


@dataclass(frozen=True)
class Need:
    """Something that waits for this person, one click away."""

    text: str
    link: str


def home(cycle: ReviewCycle, user: User) -> Home:
    counted = counts(cycle, user)
    document = summary(cycle, user)
    ranked = GapVerdict.objects.current(cycle).visible_to(user).order_by("rank")[:5]
    return Home(
        counts=counted,
        steps=_steps(cycle, counted, user),
        needs=_needs(cycle, counted, user)[:5],
        worst=gap_lines(cycle, ranked),
        departments=document["departments"][:6] if document else [],
        run=current_run(cycle),
        job=Job.objects.pending().filter(cycle=cycle).first(),
        recent=recent(cycle) if user.has_perm("metrics.see_imports") else [],
    )


def _steps(cycle: ReviewCycle, counted: Counts, user: User) -> list[Step]:
    """The review's activities, done or not by what the database holds."""
    with_benchmark = counted.series - counted.without_benchmark
    exported = AuditEvent.objects.filter(act="summary.export", object_id=cycle.pk, object_type="departments.reviewcycle").exists()
    imports = reverse("metrics:imports") if user.has_perm("metrics.see_imports") else ""
    judged = f"{counted.series} series in {counted.departments} departments"
    return [
        Step("Upload KPI data", judged if counted.series else "no figures in this window yet", bool(counted.series), imports),
        Step(
            "Check targets and benchmarks",
            f"{with_benchmark} of {counted.series} series have one" if counted.series else "after the upload",
            bool(counted.series) and not counted.without_benchmark,
            reverse("metrics:kpis"),
        ),
        Step(
            "Look at the departments that need it",
            f"{counted.gaps} gaps, {counted.critical} of them critical" if counted.series else "after the upload",
            bool(counted.series),
            reverse("gaps:departments", args=[cycle.code]),
        ),
        Step(
            "Export the Week 1 summary",
            "exported" if exported else "not exported yet",
            exported,
            reverse("gaps:report", args=[cycle.code]),
        ),
    ]


def _needs(cycle: ReviewCycle, counted: Counts, user: User) -> list[Need]:
    """What waits, most urgent first."""
    out = []
    if user.has_perm("metrics.see_imports"):
        waiting = Import.objects.filter(state__in=["ready", "undecided"]).defer("original")[:2]
        out += [Need(f"{one.file_name} waits for your answer", reverse("metrics:import", args=[one.pk])) for one in waiting]
    if counted.critical:
        link = reverse("gaps:gaps", args=[cycle.code]) + "?grade=5"
        out.append(Need(f"{_many(counted.critical, 'critical gap')} to look at", link))
    if counted.stale:
        link = reverse("gaps:departments", args=[cycle.code])
        out.append(Need(f"{_many(counted.stale, 'series')} with out-of-date figures", link))
    if counted.without_benchmark:
        out.append(Need(f"{_many(counted.without_benchmark, 'series')} with no target or benchmark", reverse("metrics:kpis")))
    return out


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 or noun.endswith("series") else f"{count} {noun}s"
