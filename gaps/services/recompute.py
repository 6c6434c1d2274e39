"""From the figures of a cycle to the run that its pages show: idempotent, and seen by readers whole or not at all.

Reading happens in one snapshot, judging in memory, and the writing of a whole run in one transaction that ends by moving the cycle's
`current_version`. A page keeps the version it began with; the run before stays until the next, so it finds all of it.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from enum import StrEnum
from math import isfinite
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
from django.conf import settings
from django.db import connection, transaction

from departments.models import Department, ReviewCycle
from departments.services import audit
from gaps.core.edition import METHODS_VERSION, Coverage, DepartmentFacts, Document, Head
from gaps.core.edition import document as edition
from gaps.core.facts import Compared, Facts, Trend, signals_of
from gaps.core.grading import Cap, Grades, grade, kind_of
from gaps.documents import html
from gaps.models import Gap, GapVerdict, Run, SeriesVerdict
from gaps.services import inputs as reading
from gaps.services.inputs import EPOCH, Described, Inputs
from gaps.services.store import Overtaken, baselines_from, kind_grades, latest_periods, store
from metrics.core.judging import judge
from metrics.core.kpi import Direction
from metrics.core.periods import Frequency
from metrics.core.verdicts import Assurance, Kind, Quality, Standing, TrendSense, Variation, Verdicts, code
from saypro_review.lib.pgcopy import NO_DATE

E = TypeVar("E", bound=StrEnum)
Rows = npt.NDArray[np.int64]
Report = Callable[[str, int, int], None]
STEPS = ("Reading the figures", "Judging every series", "Writing the summary", "Storing the verdicts")
KEPT_RUNS = 2  # the current one, and the one that a page may still be reading


NUMBERS = ("latest_value", "window_mean", "baseline_mean", "mean", "lower", "upper")
FLAGS = ("stale", "withheld", "seasonal")
INTEGERS = ("n_complete", "n_window")
TREND_NUMBERS = ("slope", "tau", "s", "z", "p", "q", "phi", "level", "reach", "span")
COMPARED_NUMBERS = ("benchmark", "shortfall", "shortfall_pct", "z0", "missed_low", "missed_high", "expected_miss")


def recompute(cycle_id: int, *, at: datetime, report: Report | None = None) -> Run:
    """The cycle's current run, made anew if its inputs have changed since; else the one that stands."""
    say = _steps(report)
    while True:
        try:
            return _once(cycle_id, at, say)
        except Overtaken:
            continue


def _steps(report: Report | None) -> Callable[[int], None]:
    return lambda number: report(STEPS[number], number, len(STEPS)) if report else None


def _once(cycle_id: int, at: datetime, say: Callable[[int], None]) -> Run:
    began = time.perf_counter()
    say(0)
    inputs = reading.read(cycle_id)
    current = Run.objects.filter(cycle=cycle_id, version=inputs.version).first()
    if current and current.fingerprint == inputs.fingerprint:
        return current
    say(1)
    verdicts = judge(inputs.batch)
    grades = grade(verdicts)
    say(2)
    run = Run(
        cycle=inputs.cycle,
        version=inputs.version + 1,
        fingerprint=inputs.fingerprint,
        methods_version=METHODS_VERSION,
        created_at=at,
        observations=len(inputs.batch.value),
        series=len(inputs.series),
    )
    document = _summary(run, inputs, verdicts, grades)
    run.document = json.dumps(document, ensure_ascii=False, allow_nan=False)
    run.page = html.page_part(document)
    say(3)
    _store(run, inputs, verdicts, grades, {gap["series_id"]: gap["rank"] for gap in document["gaps"]}, began)
    return run


@transaction.atomic
def _store(run: Run, inputs: Inputs, verdicts: Verdicts, grades: Grades, ranks: dict[int, int], began: float) -> None:
    """Everything of the run, then the step from the old version to the new; all or nothing."""
    cycle = ReviewCycle.objects.select_for_update(no_key=True).get(pk=inputs.cycle.pk)
    if cycle.current_version != inputs.version:
        raise Overtaken("another run was stored")
    run.save()
    store(run, inputs, verdicts, grades)
    _store_gaps(run, ranks)
    run.seconds = time.perf_counter() - began
    run.save(update_fields=["seconds"])
    ReviewCycle.objects.filter(pk=cycle.pk).update(current_version=run.version)
    audit.record("cycle.recompute", by=None, at=run.created_at, on=cycle, version=run.version, series=run.series)
    _forget_old(run)


def _store_gaps(run: Run, ranks: dict[int, int]) -> None:
    """The permanent gaps that this run found first, and where each gap stands in it. `ranks`: by series."""
    Gap.objects.bulk_create([Gap(cycle=run.cycle, series_id=series, first_version=run.version) for series in ranks], ignore_conflicts=True)
    gaps = dict(Gap.objects.filter(cycle=run.cycle, series__in=ranks).order_by().values_list("series_id", "pk"))
    verdicts = dict(SeriesVerdict.objects.filter(run=run, series__in=ranks).order_by().values_list("series_id", "pk"))
    GapVerdict.objects.bulk_create(
        [GapVerdict(run=run, gap_id=gaps[one], verdict_id=verdicts[one], rank=rank) for one, rank in ranks.items()]
    )


def _forget_old(run: Run) -> None:
    """Drop the numbers of runs that no page reads any more. Their summaries stay."""
    with connection.cursor() as cursor:
        for table in ("gaps_gapverdict", "gaps_seriesverdict", "gaps_comparison"):
            cursor.execute(
                f"DELETE FROM {table} WHERE run_id IN (SELECT id FROM gaps_run WHERE cycle_id = %s AND version <= %s)",  # noqa: S608
                [run.cycle_id, run.version - KEPT_RUNS],
            )


def _summary(run: Run, inputs: Inputs, verdicts: Verdicts, grades: Grades) -> Document:
    cycle = inputs.cycle
    head = Head(
        organisation=settings.ORGANISATION,
        cycle_code=cycle.code,
        cycle=cycle.name,
        data_from=cycle.data_from,
        data_to=cycle.data_to,
        phase=cycle.phase,
        version=run.version,
        created_at=run.created_at,
        fingerprint=run.fingerprint,
    )
    return edition(head, _coverage(run, inputs, verdicts), _departments(inputs, verdicts, grades))


def _coverage(run: Run, inputs: Inputs, verdicts: Verdicts) -> Coverage:
    quality = [int((verdicts.quality == code(member)).sum()) for member in (Quality.FULL, Quality.PROVISIONAL, Quality.INSUFFICIENT)]
    compared = np.zeros(run.series, bool)
    for kind in Kind:
        compared |= ~np.isnan(verdicts.comparison(kind).benchmark)
    return Coverage(
        departments=len(inputs.departments),
        departments_with_figures=len({one.department.pk for one in inputs.series}),
        series=run.series,
        observations=run.observations,
        full=quality[0],
        provisional=quality[1],
        insufficient=quality[2],
        stale=int(verdicts.stale.sum()),
        without_benchmark=int((~compared).sum()),
    )


def _departments(inputs: Inputs, verdicts: Verdicts, grades: Grades) -> list[DepartmentFacts]:
    """Each department's series: facts of those that say something, names of the others."""
    of = {
        one.pk: DepartmentFacts(one.code, one.name, one.parent.code if one.parent else None, count, [], [], [])
        for one, count in _counted(inputs)
    }
    graded, insufficient = (grades.grade > 0).tolist(), (verdicts.quality == code(Quality.INSUFFICIENT)).tolist()
    for one, notable, unjudged in zip(inputs.series, graded, insufficient, strict=True):
        if unjudged:
            of[one.department.pk].not_judged.append(one.kpi.name)
        elif not notable:
            of[one.department.pk].found_fine.append(one.kpi.name)
    notable = np.flatnonzero(grades.grade > 0)
    for i, facts in zip(notable.tolist(), facts_of(notable, inputs, verdicts, grades), strict=True):
        of[inputs.series[i].department.pk].facts.append(facts)
    return list(of.values())


def _counted(inputs: Inputs) -> list[tuple[Department, int]]:
    counts = Counter(one.department.pk for one in inputs.series)
    return [(one, counts[one.pk]) for one in inputs.departments]


def facts_of(which: Rows, inputs: Inputs, verdicts: Verdicts, grades: Grades) -> list[Facts]:
    """The facts of some series, given by their numbers in the batch."""
    columns = {name: _plain(getattr(verdicts, name)[which]) for name in (*NUMBERS, *FLAGS, *INTEGERS)}
    columns |= {name: _members(enum, getattr(verdicts, name)[which]) for name, enum in (("quality", Quality), ("variation", Variation))}
    columns["grade"] = grades.grade[which].tolist()
    columns["graded_by"] = [kind_of(by) for by in grades.graded_by[which].tolist()]
    columns["capped"] = ["" if cap is Cap.NONE else cap.value for cap in _members(Cap, grades.capped[which])]
    columns["signals"] = [signals_of(bits) for bits in verdicts.latest_signals[which].tolist()]
    columns["latest_period"] = [_day(day) for day in latest_periods(inputs, verdicts)[which].tolist()]
    columns["baseline_from"] = [_day(day) for day in baselines_from(inputs, verdicts)[which].tolist()]
    columns["trend"] = _trends(which, verdicts)
    columns["compared"] = _compared(which, verdicts, grades)
    rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    return [Facts(**_identity(inputs.series[i]), **row) for i, row in zip(which.tolist(), rows, strict=True)]


def _identity(one: Described) -> dict[str, Any]:
    return {
        "series_id": one.id,
        "department_code": one.department.code,
        "department": one.department.name,
        "kpi_code": one.kpi.code,
        "kpi": one.kpi.name,
        "unit": one.kpi.unit,
        "direction": Direction(one.kpi.direction),
        "frequency": Frequency(one.kpi.frequency),
        "importance": one.kpi.importance,
    }


def _trends(which: Rows, verdicts: Verdicts) -> list[Trend | None]:
    """The trend test of each of the series; None where there are too few points."""
    columns = {name: _plain(getattr(verdicts, f"trend_{name}")[which]) for name in TREND_NUMBERS}
    columns |= {"points": verdicts.trend_n[which].tolist(), "sense": _members(TrendSense, verdicts.trend[which])}
    rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    return [Trend(**row) if row["points"] else None for row in rows]


def _compared(which: Rows, verdicts: Verdicts, grades: Grades) -> list[tuple[Compared, ...]]:
    """What each of the series is compared with, in the order of Kind."""
    out: list[tuple[Compared, ...]] = [()] * len(which)
    for kind in Kind:
        of = verdicts.comparison(kind)
        has = np.flatnonzero(~np.isnan(of.benchmark[which]))
        rows = which[has]
        columns: dict[str, list[Any]] = {name: _plain(getattr(of, name)[rows]) for name in COMPARED_NUMBERS}
        columns |= {name: np.maximum(getattr(of, name)[rows], 0).tolist() for name in ("missed", "periods")}
        columns["standing"] = _members(Standing, of.standing[rows])
        columns["assurance"] = _members(Assurance, of.assurance[rows])
        columns["grade"] = [one if one >= 0 else None for one in kind_grades(verdicts, grades, kind)[rows].tolist()]
        for i, row in zip(has.tolist(), zip(*columns.values(), strict=True), strict=True):
            out[i] = (*out[i], Compared(kind=kind, **dict(zip(columns, row, strict=True))))
    return out


def _members(enum: type[E], codes: np.ndarray) -> list[E]:
    members = list(enum)
    return [members[code] for code in codes.tolist()]


def _plain(column: np.ndarray) -> list[Any]:
    """A column as Python values, None for what is not a finite number (z0 of a series without noise is infinite)."""
    values = column.tolist()
    return [value if isfinite(value) else None for value in values] if column.dtype.kind == "f" else values


def _day(days: int) -> date | None:
    return EPOCH + timedelta(days=days) if days != NO_DATE else None
