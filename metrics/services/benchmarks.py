"""Values to reach: added, changed, ended, removed. Each act queues the recompute of the open cycles that it touches."""

from __future__ import annotations

from copy import copy
from datetime import date, datetime, timedelta
from math import isfinite
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from departments.core.names import tidy
from departments.models import User
from departments.services import audit
from metrics.core.dictionary import paragraphs
from metrics.core.kpi import BenchmarkKind
from metrics.models import Benchmark
from metrics.queries.benchmarks import overlapping
from metrics.services.touched import request_recompute
from saypro_review.lib.formatting import quantity

FIELDS = ("kpi", "department", "kind", "value", "valid_from", "valid_to", "source", "note")


@transaction.atomic
def add(*, by: User | None, at: datetime, **values: Any) -> Benchmark:
    """A new benchmark of these FIELDS. Raises ValidationError, by field."""
    benchmark = Benchmark()
    _fill(benchmark, values)
    _save(benchmark)
    audit.record("benchmark.create", by=by, at=at, on=benchmark, **_plain(benchmark))
    _recompute(benchmark, by=by, at=at)
    return benchmark


@transaction.atomic
def change(benchmark: Benchmark, *, by: User | None, at: datetime, **values: Any) -> bool:
    """Give it these values of FIELDS; whether any is new. Raises ValidationError, by field."""
    benchmark = Benchmark.objects.select_for_update().get(pk=benchmark.pk)
    before, was = _plain(benchmark), copy(benchmark)
    _fill(benchmark, values)
    after = _plain(benchmark)
    changed = {name: [before[name], after[name]] for name in FIELDS if before[name] != after[name]}
    if not changed:
        return False
    _save(benchmark)
    audit.record("benchmark.change", by=by, at=at, on=benchmark, **changed)
    _recompute(was, benchmark, by=by, at=at)
    return True


def end(benchmark: Benchmark, *, on: date, by: User | None, at: datetime) -> bool:
    """Let it hold until that day, the day included. Raises ValidationError when it begins later."""
    return change(benchmark, by=by, at=at, valid_to=on)


@transaction.atomic
def delete(benchmark: Benchmark, *, by: User | None, at: datetime) -> None:
    """Remove it, as if it had never held. Twice is once."""
    if not Benchmark.objects.select_for_update().filter(pk=benchmark.pk).exists():
        return
    audit.record("benchmark.delete", by=by, at=at, on=benchmark, **_plain(benchmark))
    _recompute(benchmark, by=by, at=at)
    benchmark.delete()


def _recompute(*states: Benchmark, by: User | None, at: datetime) -> None:
    """For a benchmark as it was and as it is."""
    begins = [one.valid_from for one in states]
    since = None if None in begins else min(day for day in begins if day)
    for kpi, department in sorted({(one.kpi_id, one.department_id) for one in states}, key=str):
        request_recompute([kpi], department=department, valid_from=since, by=by, at=at)


def _fill(benchmark: Benchmark, values: dict[str, Any]) -> None:
    for name in FIELDS:
        if name in values:
            setattr(benchmark, name, values[name])
    benchmark.source = tidy(benchmark.source)


def _plain(benchmark: Benchmark) -> dict[str, Any]:
    """Its FIELDS as the audit keeps them."""
    days = {name: str(day) if (day := getattr(benchmark, name)) else None for name in ("valid_from", "valid_to")}
    plain = {name: getattr(benchmark, name) for name in ("value", "source", "note")}
    return {"kpi": benchmark.kpi_id, "department": benchmark.department_id, "kind": str(benchmark.kind)} | plain | days


def _save(benchmark: Benchmark) -> None:
    """Save it, or say by field what is wrong."""
    faults: dict[str, str] = {}
    if not isfinite(benchmark.value):
        faults["value"] = "Write a number."
    if benchmark.kind == BenchmarkKind.INDUSTRY and not benchmark.source:
        faults["source"] = "Say where an industry standard comes from."
    try:
        benchmark.note = paragraphs(benchmark.note)
    except ValueError as error:
        faults["note"] = str(error)
    if benchmark.valid_from and benchmark.valid_to and benchmark.valid_from > benchmark.valid_to:
        faults["valid_to"] = "It ends before it begins."
    elif other := overlapping(benchmark).select_related("kpi").first():
        faults["valid_from"] = _collision(benchmark, other)
    if faults:
        raise ValidationError(faults)
    benchmark.full_clean(validate_constraints=False)
    try:
        with transaction.atomic():
            benchmark.save()
    except IntegrityError:  # somebody has been quicker
        raise ValidationError({"valid_from": "Another value of this kind is valid in that time. Look at the list again."}) from None


def _collision(benchmark: Benchmark, other: Benchmark) -> str:
    """Which value is in the way, and the repair."""
    kind = BenchmarkKind(other.kind).label.lower()
    held = f"Another {kind}, {quantity(other.value, other.kpi.unit)}, is valid {validity(other)}."
    begins = benchmark.valid_from
    if begins and (other.valid_from is None or other.valid_from < begins):
        return f"{held} End it on {day(begins - timedelta(days=1))} or before, or begin later."
    return f"{held} Choose days that leave it out, or change that one."


def spelt(benchmark: Benchmark) -> str:
    """It in words: "internal goal of 25 % for Sales, from 1 Jan 2026 on"; KPI and department should be fetched along."""
    whose = f"for {benchmark.department}" if benchmark.department else "for all departments"
    kind = BenchmarkKind(benchmark.kind).label.lower()
    return f"{kind} of {quantity(benchmark.value, benchmark.kpi.unit)} {whose}, {validity(benchmark)}"


def validity(benchmark: Benchmark) -> str:
    """When it holds, in words: "from 1 Jan 2026 to 31 Jan 2026", "at all times"."""
    start, stop = benchmark.valid_from, benchmark.valid_to
    if start and stop:
        return f"from {day(start)} to {day(stop)}"
    return f"from {day(start)} on" if start else f"until {day(stop)}" if stop else "at all times"


def day(of: date) -> str:
    return f"{of.day} {of:%b %Y}"
