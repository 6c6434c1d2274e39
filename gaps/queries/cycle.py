"""Home: where a cycle stands and what waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q
from django.urls import reverse

from departments.models import AuditEvent, Job, ReviewCycle, User
from gaps.core import words
from gaps.core.edition import Document
from gaps.models import GapVerdict, Run, SeriesVerdict
from gaps.queries.lines import GapLine, gap_lines
from gaps.queries.runs import current_run, summary
from interviews.core.coverage import promised
from interviews.queries.coverage import held
from metrics.core.kpi import Direction
from metrics.models import Import


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


def counts(cycle: ReviewCycle, user: User) -> Counts:
    """How many of what, over the departments that the person sees: one query."""
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
    return Counts(**{name.removeprefix("n_"): count for name, count in of.items()})


@dataclass(frozen=True)
class Need:
    """Something that waits for this person, one click away."""

    text: str
    link: str


@dataclass(frozen=True)
class Recent:
    """Something that happened to the review."""

    text: str
    by: str
    at: datetime


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


def recent(cycle: ReviewCycle) -> list[Recent]:
    """The last few events of the cycle, of imports and of baselines."""
    of_cycle = Q(object_type="departments.reviewcycle", object_id=cycle.pk)
    events = AuditEvent.objects.filter(of_cycle | Q(object_type__in=["metrics.import", "metrics.rebase"])).select_related("actor")
    known = events.filter(act__in=words.ACTS)[:6]
    return [Recent(words.ACTS[one.act], str(one.actor or "the worker"), one.at) for one in known]


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
            reverse("metrics:benchmarks"),
        ),
        Step(
            "Look at the departments that need it",
            f"{counted.gaps} gaps, {counted.critical} of them critical" if counted.series else "after the upload",
            bool(counted.series),
            reverse("gaps:departments", args=[cycle.code]),
        ),
        *_interviews(cycle, user),
        Step(
            "Export the Week 1 summary",
            "exported" if exported else "not exported yet",
            exported,
            reverse("gaps:report", args=[cycle.code]),
        ),
    ]


def _interviews(cycle: ReviewCycle, user: User) -> list[Step]:
    """The lines about interviews, for those who plan or hold them: a head is told nothing from which to read when one was held."""
    if not user.standing.everywhere:
        return []
    so_far = held(cycle)
    listed = reverse("interviews:interviews", args=[cycle.code])
    plan = reverse("interviews:plan", args=[cycle.code]) if user.has_perm("interviews.plan", cycle) else listed
    chosen = f"{_many(so_far.departments, 'department')}, {_many(so_far.planned, 'interview')} planned"
    return [
        Step("Choose focus departments and scope", chosen if so_far.departments else "not chosen yet", bool(so_far.planned), plan),
        Step("Hold interviews", promised(so_far.done, so_far.planned), so_far.complete, listed),
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
        link = reverse("gaps:health", args=[cycle.code]) + "#freshness"
        out.append(Need(f"{_many(counted.stale, 'series')} with out-of-date figures", link))
    if counted.without_benchmark:
        out.append(Need(f"{_many(counted.without_benchmark, 'series')} with no target or benchmark", reverse("metrics:benchmarks")))
    return out


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 or noun.endswith("series") else f"{count} {noun}s"
