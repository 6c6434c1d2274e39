"""Everything that a run rests on, read in one snapshot as numpy columns, with its fingerprint."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
from django.conf import settings
from django.db import connection

from departments.models import Department, ReviewCycle
from gaps.core.edition import METHODS_VERSION, SCHEMA_VERSION
from gaps.core.health import LOOK_BACK
from metrics.core import periods, rollup
from metrics.core.kpi import Direction
from metrics.core.periods import Frequency
from metrics.core.verdicts import Kind, SeriesBatch
from metrics.models import KPI, Benchmark, Rebase
from saypro_review.lib import pgcopy
from saypro_review.lib.snapshot import snapshot

EPOCH = date(1970, 1, 1)
COVERED = "o.series_id = ANY('{{{series}}}'::bigint[])"  # no join: with stale statistics it would be a nested loop of hours
OBSERVATIONS = f"""
    SELECT o.series_id, o.period - DATE '1970-01-01', o.value, coalesce(o.target, 'NaN'), coalesce(o.benchmark, 'NaN')
    FROM metrics_observation o WHERE {COVERED}
"""  # noqa: S608  filled in with our own ids
FIELDS = {"series": "i8", "period": "i4", "value": "f8", "target": "f8", "benchmark": "f8"}
# Few KPIs are ratios: their parts are read apart, so that the others do not carry two empty columns.
PARTS = f"""
    SELECT o.series_id, o.period - DATE '1970-01-01', o.numerator, o.denominator
    FROM metrics_observation o WHERE {COVERED} AND o.denominator IS NOT NULL
"""  # noqa: S608
PART_FIELDS = {"series": "i8", "period": "i4", "numerator": "f8", "denominator": "f8"}


Columns = dict[str, npt.NDArray[Any]]
Regimes = tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]


@dataclass(frozen=True)
class Described:
    """One series of the run: whose and of what, aligned with the batch."""

    id: int
    department: Department
    kpi: KPI
    rolled_up: bool = False


@dataclass(frozen=True)
class Inputs:
    """A snapshot of a cycle: its version then, its departments, the series and their figures, and the hash of all of it."""

    cycle: ReviewCycle
    version: int
    departments: list[Department]
    series: list[Described]
    frequency: npt.NDArray[np.int64]  # place in Frequency
    starts: npt.NDArray[np.int64]  # where its periods begin (metrics.core.periods)
    batch: SeriesBatch
    fingerprint: str

    def by_calendar(self) -> Iterator[tuple[Frequency, int, npt.NDArray[np.bool_]]]:
        """Each calendar in use: its frequency, where its periods begin, and which series keep it."""
        yield from _calendars(self.frequency, self.starts)


def read(cycle_id: int) -> Inputs:
    """One consistent snapshot of the cycle's inputs (REPEATABLE READ), series in order of their ids."""
    with snapshot():
        cycle = ReviewCycle.objects.get(pk=cycle_id)
        departments = list(cycle.covers().select_related("parent").order_by("pk"))
        described = _described(departments)
        benchmarks = list(Benchmark.objects.exclude(kind=Kind.HISTORY).order_by("pk"))
        rebases = list(Rebase.objects.order_by("series_id", "period").values_list("series_id", "period"))
        with connection.cursor() as cursor:
            ids = ",".join(map(str, described))
            table = pgcopy.read(cursor, OBSERVATIONS.format(series=ids), FIELDS)
            parts = pgcopy.read(cursor, PARTS.format(series=ids), PART_FIELDS)
    columns = _with_rolled_up(sorted_columns(table) | _parts(table, parts), departments, described)
    return _inputs(cycle, departments, described, benchmarks, rebases, columns)


def _described(departments: list[Department]) -> dict[int, Described]:
    by_id = {department.pk: department for department in departments}
    kpis = KPI.objects.in_bulk()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, department_id, kpi_id, rolled_up FROM metrics_series WHERE department_id = ANY(%s) ORDER BY id", [list(by_id)]
        )
        return {pk: Described(pk, by_id[department], kpis[kpi], rolled_up) for pk, department, kpi, rolled_up in cursor.fetchall()}


def _inputs(
    cycle: ReviewCycle,
    departments: list[Department],
    described: dict[int, Described],
    benchmarks: list[Benchmark],
    rebases: list[tuple[int, date]],
    columns: Columns,
) -> Inputs:
    starts = np.flatnonzero(np.diff(columns["series"], prepend=-1))
    ids = columns["series"][starts]
    offsets = np.append(starts, len(columns["series"])).astype(np.int64)
    places = {frequency.value: place for place, frequency in enumerate(FREQUENCIES)}
    frequency = np.array([places[described[pk].kpi.frequency] for pk in ids.tolist()], np.int64)
    calendar = _calendar(cycle, columns["period"], offsets, frequency)
    keep = _covered(calendar, offsets)
    columns, offsets, calendar = _only(keep, columns, offsets, calendar)
    series = [described[pk] for pk in ids[keep].tolist()]
    batch = replace(_batch(series, columns, offsets, calendar, benchmarks), rebase_at=_regimes(rebases, series, calendar))
    fingerprint = _fingerprint(cycle, departments, series, batch, calendar.starts)
    return Inputs(cycle, cycle.current_version, departments, series, calendar.frequency, calendar.starts, batch, fingerprint)


FREQUENCIES = list(Frequency)


def _key(table: npt.NDArray[np.void]) -> npt.NDArray[np.int64]:
    """One integer that orders by series, then by period (24 bits of it: any date that PostgreSQL's COPY could hold here)."""
    return (table["series"].astype(np.int64) << 24) + (table["period"].astype(np.int64) + (1 << 22))


def sorted_columns(table: npt.NDArray[np.void]) -> Columns:
    """Native columns in order of series and period. Sorting here beats ORDER BY over a million rows by half, and rows that
    were imported in order need none."""
    key = _key(table)
    names = ("series", "period", "value", "target", "benchmark")
    kinds = {"series": np.int64, "period": np.int64}
    columns = {name: table[name].astype(kinds.get(name, np.float64)) for name in names}
    if (key[1:] > key[:-1]).all():
        return columns
    order = np.argsort(key)
    return {name: column[order] for name, column in columns.items()}


def _parts(table: npt.NDArray[np.void], parts: npt.NDArray[np.void]) -> Columns:
    """Numerators and denominators on the sorted rows of the table, NaN where a row has none; nothing when no row has any."""
    if not len(parts):
        return {}
    at = np.searchsorted(np.sort(_key(table)), _key(parts))
    out = {}
    for name in ("numerator", "denominator"):
        out[name] = np.full(len(table), np.nan)
        out[name][at] = parts[name]
    return out


def _with_rolled_up(columns: Columns, departments: list[Department], described: dict[int, Described]) -> Columns:
    """The columns with the figures of the series that are rolled up, which are kept nowhere: they are made of those read here."""
    if "denominator" not in columns or not any(one.rolled_up for one in described.values()):
        return columns
    known = {
        one.id: rollup.Series(one.kpi.pk, one.department.pk, one.kpi.unit, one.kpi.frequency == Frequency.WEEK, one.rolled_up)
        for one in described.values()
    }
    return rollup.extended(columns, known, {one.pk: one.parent_id for one in departments})


@dataclass(frozen=True)
class _Calendar:
    index: npt.NDArray[np.int64]  # per point
    starts: npt.NDArray[np.int64]  # per series: where its periods begin
    window_from: npt.NDArray[np.int64]
    window_to: npt.NDArray[np.int64]
    frequency: npt.NDArray[np.int64]  # per series: place in Frequency


def _calendar(cycle: ReviewCycle, period: npt.NDArray[Any], offsets: npt.NDArray[np.int64], frequency: npt.NDArray[np.int64]) -> _Calendar:
    """Calendar indices of points and windows. Series of one frequency and start share one calendar: at most 24 in all."""
    days = period.astype(np.int64)
    firsts, sizes = days[offsets[:-1]], np.diff(offsets)
    starts = np.zeros(len(frequency), np.int64)
    for place in np.unique(frequency).tolist():
        starts[frequency == place] = periods.starts_of(firsts[frequency == place], FREQUENCIES[place])
    index = np.empty(len(days), np.int64)
    window_from, window_to = np.empty_like(starts), np.empty_like(starts)
    first, last = (cycle.data_from - EPOCH).days, (cycle.data_to - EPOCH).days
    for of, start, members in _calendars(frequency, starts):
        points = np.repeat(members, sizes)
        index[points] = periods.to_index(days[points], of, start)
        window_from[members], window_to[members] = periods.window(first, last, of, start)
    return _Calendar(index, starts, window_from, window_to, frequency)


def _calendars(frequency: npt.NDArray[np.int64], starts: npt.NDArray[np.int64]) -> Iterator[tuple[Frequency, int, npt.NDArray[np.bool_]]]:
    group = frequency * periods.STARTS + starts
    for number in np.unique(group).tolist():
        yield FREQUENCIES[number // periods.STARTS], number % periods.STARTS, group == number


def _covered(calendar: _Calendar, offsets: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """The series with a point in the window or in the LOOK_BACK periods before it."""
    sizes = np.diff(offsets)
    near = (calendar.index >= np.repeat(calendar.window_from - LOOK_BACK, sizes)) & (calendar.index <= np.repeat(calendar.window_to, sizes))
    return np.add.reduceat(near, offsets[:-1]) > 0 if len(sizes) else np.zeros(0, bool)


def _only(
    keep: npt.NDArray[np.bool_], columns: Columns, offsets: npt.NDArray[np.int64], calendar: _Calendar
) -> tuple[Columns, npt.NDArray[np.int64], _Calendar]:
    if keep.all():
        return columns, offsets, calendar
    sizes = np.diff(offsets)
    points = np.repeat(keep, sizes)
    kept = _Calendar(
        calendar.index[points],
        calendar.starts[keep],
        calendar.window_from[keep],
        calendar.window_to[keep],
        calendar.frequency[keep],
    )
    return {name: column[points] for name, column in columns.items()}, np.append(0, np.cumsum(sizes[keep])), kept


def _batch(
    series: list[Described],
    columns: Columns,
    offsets: npt.NDArray[np.int64],
    calendar: _Calendar,
    benchmarks: list[Benchmark],
) -> SeriesBatch:
    signs = {direction.value: direction.sign for direction in Direction}
    return SeriesBatch(
        offsets=offsets,
        index=calendar.index,
        value=columns["value"],
        goal=_valid(Kind.GOAL, columns["target"], series, columns["period"], offsets, benchmarks),
        industry=_valid(Kind.INDUSTRY, columns["benchmark"], series, columns["period"], offsets, benchmarks),
        sign=np.array([signs[one.kpi.direction] for one in series], np.int8),
        per_year=np.array([frequency.per_year for frequency in FREQUENCIES], np.int16)[calendar.frequency],
        window_from=calendar.window_from,
        window_to=calendar.window_to,
        numerator=columns.get("numerator"),
        denominator=columns.get("denominator"),
    )


def _regimes(rebases: list[tuple[int, date]], series: list[Described], calendar: _Calendar) -> Regimes | None:
    """The re-bases of the series: pairs of their number and the calendar index that starts the new regime; None without any."""
    numbers = {one.id: number for number, one in enumerate(series)} if rebases else {}
    found = [(numbers[one], (period - EPOCH).days) for one, period in rebases if one in numbers]
    if not found:
        return None
    of, days = np.array(found, np.int64).T
    index = [
        int(periods.to_index(days[i : i + 1], FREQUENCIES[calendar.frequency[number]], int(calendar.starts[number]))[0])
        for i, number in enumerate(of.tolist())
    ]
    return of, np.array(index, np.int64)


def _valid(
    kind: Kind,
    stated: npt.NDArray[Any],
    series: list[Described],
    period: npt.NDArray[Any],
    offsets: npt.NDArray[np.int64],
    benchmarks: list[Benchmark],
) -> npt.NDArray[np.float64]:
    """The benchmark of that kind at each point: what the file states for the period, else the department's own row, else that of all."""
    general: dict[int, list[Benchmark]] = {}
    own: dict[tuple[int, int], list[Benchmark]] = {}
    for row in benchmarks:
        if row.kind == kind:
            if row.department_id is None:
                general.setdefault(row.kpi_id, []).append(row)
            else:
                own.setdefault((row.kpi_id, row.department_id), []).append(row)
    out = stated.astype(np.float64)
    if not general and not own:
        return out
    for number, one in enumerate(series):
        rows = [*general.get(one.kpi.pk, ()), *own.get((one.kpi.pk, one.department.pk), ())]
        if rows:
            here = slice(offsets[number], offsets[number + 1])
            out[here] = np.where(np.isnan(out[here]), _by_date(rows, period[here]), out[here])
    return out


def _by_date(rows: list[Benchmark], period: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """The value of the last of `rows` that is valid on each period's first day."""
    out = np.full(len(period), np.nan)
    for row in rows:
        first = (row.valid_from - EPOCH).days if row.valid_from else -(1 << 30)
        last = (row.valid_to - EPOCH).days if row.valid_to else 1 << 30
        out[(period >= first) & (period <= last)] = row.value
    return out


def _fingerprint(
    cycle: ReviewCycle, departments: list[Department], series: list[Described], batch: SeriesBatch, starts: npt.NDArray[np.int64]
) -> str:
    """SHA-256 over methods, cycle, names and numbers: equal exactly when a run would say the same again."""
    said = {
        "versions": [METHODS_VERSION, SCHEMA_VERSION],
        "organisation": settings.ORGANISATION,
        "cycle": [cycle.code, cycle.name, str(cycle.data_from), str(cycle.data_to), cycle.phase],
        "departments": [[one.pk, one.code, one.name, one.parent and one.parent.code, one.criticality] for one in departments],
        "series": [[one.id, one.department.pk, one.kpi.code, one.kpi.name, one.kpi.unit, one.kpi.importance] for one in series],
    }
    digest = hashlib.sha256(json.dumps(said, separators=(",", ":")).encode())
    for column in (
        batch.offsets, batch.index, batch.value, batch.goal, batch.industry, batch.sign, batch.per_year,
        batch.window_from, batch.window_to, starts, batch.numerator, batch.denominator, *(batch.rebase_at or ()),
    ):  # fmt: skip
        digest.update(b"-" if column is None else np.ascontiguousarray(column).tobytes())
    return digest.hexdigest()
