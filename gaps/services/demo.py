"""The demo organisation, made through the product's own services and import. How it is removed: `demo_removal`."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum

from django.db import transaction
from django.utils import timezone

from departments.core.demo import DEMO_PASSWORD
from departments.core.lifecycle import Phase
from departments.core.names import code, key
from departments.core.roles import Role
from departments.models import Department, ReviewCycle, User
from departments.services import audit, cycles, people
from gaps.core import demo
from gaps.core.demo_story import LINKS, MEASURES, PEOPLE, UNITS
from gaps.services import demo_interviews
from gaps.services.demo_removal import LOADED, clear_demo
from gaps.services.mixed import Mixed
from metrics.core.kpi import Direction, ImportState
from metrics.models import KPI, Benchmark, DriverLink, Import
from metrics.services.imports import import_file

__all__ = ["Mixed", "Outcome", "clear_demo", "csv_bytes", "load_demo"]

DIRECTIONS = {Direction.INCREASE: "higher", Direction.DECREASE: "lower", Direction.NEUTRAL: "neutral"}
HEADER = (
    "department", "kpi", "unit", "direction", "frequency", "period", "value", "target", "benchmark", "benchmark_source",
    "numerator", "denominator", "note",
)  # fmt: skip


class Outcome(StrEnum):
    """What became of a request to load the demo."""

    LOADED = "loaded"
    THERE_ALREADY = "there already"
    NOT_EMPTY = "not empty"


@transaction.atomic
def load_demo(*, at: datetime, today: date | None = None, if_empty: bool = False) -> Outcome:
    """Make the demo organisation as it stands on `today` (default: the day of `at`), all of it or nothing.

    With `if_empty` only where there is no account at all, not even one that a removed demo left. Raises Mixed where a department,
    KPI or cycle has a name that the demo needs, or the themes and guides are not those that its interviews need.
    """
    if User.objects.filter(is_demo=True).exists():
        return Outcome.THERE_ALREADY
    if if_empty and User.objects.exists():
        return Outcome.NOT_EMPTY
    today = today or timezone.localdate(at)
    _refuse_taken_names(today)
    users = _accounts(at)
    admin = users[Role.ADMIN.value]
    departments = _departments()
    _memberships(users, departments, by=admin, at=at)
    kpis = _kpis()
    _drivers(kpis, departments)
    _benchmarks(today, kpis, departments)
    imports = [_import(name, rows, today, by=admin, at=at) for name, rows in demo.rows(today).items()]
    before, now = _cycles(today, users, at=at)
    demo_interviews.load(now, before, departments, today=today, by=users[Role.REVIEWER.value], at=at)
    made = {"departments": departments.values(), "kpis": kpis.values(), "imports": imports, "cycles": [before, now]}
    audit.record(LOADED, by=admin, at=at, **{name: [one.pk for one in rows] for name, rows in made.items()})  # type: ignore[arg-type]
    return Outcome.LOADED


def _refuse_taken_names(today: date) -> None:
    taken = [
        *Department.objects.filter(key__in=[key(unit.name) for unit in UNITS]),
        *KPI.objects.filter(key__in=[key(measure.name) for measure in MEASURES]),
        *ReviewCycle.objects.filter(code__in=[cycle.code for cycle in demo.cycles(today)]),
    ]
    if taken:
        names = ", ".join(f"“{one}”" for one in taken[:3])
        raise Mixed(f"The demo would mix with your own data: {names} is there already. Load it into an empty installation.")


def _accounts(at: datetime) -> dict[str, User]:
    """The demo's people by mailbox."""
    return {
        person.mailbox: people.create_user(email=person.email, name=person.name, password=DEMO_PASSWORD, by=None, at=at, is_demo=True)
        for person in PEOPLE
    }


def _memberships(users: dict[str, User], departments: dict[str, Department], *, by: User, at: datetime) -> None:
    for person in PEOPLE:
        department = departments[person.department] if person.department else None
        people.grant(users[person.mailbox], person.role, by=by, at=at, department=department)


def _departments() -> dict[str, Department]:
    """The tree, by name; parents stand before their children in the story."""
    taken = set(Department.objects.values_list("code", flat=True))
    made: dict[str, Department] = {}
    for unit in UNITS:
        department = Department(
            code=code(unit.name, taken), name=unit.name, parent=made.get(unit.parent or ""), function=unit.function,
            criticality=unit.criticality,
        )  # fmt: skip
        department.save()
        made[unit.name] = department
    return made


def _kpis() -> dict[str, KPI]:
    taken = set(KPI.objects.values_list("code", flat=True))
    made = {}
    for measure in MEASURES:
        kpi = KPI(
            code=code(measure.name, taken), name=measure.name, definition=measure.definition, formula=measure.formula, unit=measure.unit,
            direction=measure.direction, frequency=measure.frequency, importance=measure.importance, function=measure.function,
        )  # fmt: skip
        kpi.save()
        made[measure.name] = kpi
    return made


def _drivers(kpis: dict[str, KPI], departments: dict[str, Department]) -> None:
    DriverLink.objects.bulk_create(
        DriverLink(
            driver=kpis[link.driver],
            driven=kpis[link.driven],
            driver_department=departments.get(link.driver_department or ""),
            driven_department=departments.get(link.driven_department or ""),
            reason=link.reason,
        )
        for link in LINKS
    )


def _benchmarks(today: date, kpis: dict[str, KPI], departments: dict[str, Department]) -> None:
    Benchmark.objects.bulk_create(
        Benchmark(
            kpi=kpis[standard.kpi],
            department=departments.get(standard.department or ""),
            kind=standard.kind,
            value=standard.value,
            valid_from=standard.valid_from,
            valid_to=standard.valid_to,
            source=standard.source,
        )
        for standard in demo.standards(today)
    )


def _import(department: str, rows: list[demo.Row], today: date, *, by: User, at: datetime) -> Import:
    """The department's file through the product's own import. A refusal of it is a fault of ours."""
    name = f"{code(department)}-kpis-{today:%Y-%m}.csv"
    batch = import_file(file_name=name, content=csv_bytes(rows), create=True, by=by, at=at)
    if batch.state != ImportState.APPLIED:
        raise RuntimeError(f"{name} was not imported: {batch.state} {batch.message}")
    return batch


def csv_bytes(rows: Iterable[demo.Row]) -> bytes:
    """The rows as a department would send them: one CSV file in long form."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADER)
    for row in rows:
        measure = demo.MEASURE[row.kpi]
        direction, frequency = DIRECTIONS[measure.direction], measure.frequency.label
        numbers = [_text(number) for number in (row.value, row.target, row.benchmark)]
        parts = [_text(number) for number in (row.numerator, row.denominator)]
        start = [row.department, row.kpi, measure.unit, direction, frequency, row.period.isoformat()]
        writer.writerow([*start, *numbers, row.benchmark_source, *parts, row.note])
    return out.getvalue().encode()


def _text(number: float | None) -> str:
    return "" if number is None else repr(number).removesuffix(".0")


def _cycles(today: date, users: dict[str, User], *, at: datetime) -> list[ReviewCycle]:
    """The closed review and the one under way; their first recompute is queued."""
    now, before = demo.cycles(today)
    by = users[Role.ADMIN.value]
    reviewers = [users[person.mailbox] for person in PEOPLE if person.role is Role.REVIEWER]
    made = [
        cycles.create_cycle(code=one.code, name=one.name, data_from=one.data_from, data_to=one.data_to, by=by, at=at, reviewers=reviewers)
        for one in (before, now)
    ]
    ReviewCycle.objects.filter(pk=made[0].pk).update(phase=Phase.CLOSED)
    audit.record("cycle.close", by=by, at=at, on=made[0])
    return made
