"""Test objects: departments, people, KPIs, cycles and series of figures, with sensible defaults."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime

import factory
from factory.django import DjangoModelFactory

from departments.core.roles import Role
from departments.models import Department, Membership, ReviewCycle, User
from metrics.core import periods
from metrics.core.kpi import Direction, ImportState
from metrics.core.periods import Frequency
from metrics.models import KPI, Benchmark, Import, Observation, Series

AT = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
EPOCH = date(1970, 1, 1)


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@example.org")
    name = factory.Sequence(lambda n: f"Person {n}")
    password = factory.django.Password("correct horse battery")


class DepartmentFactory(DjangoModelFactory):
    class Meta:
        model = Department

    code = factory.Sequence(lambda n: f"dept-{n}")
    name = factory.Sequence(lambda n: f"Department {n}")


class KPIFactory(DjangoModelFactory):
    class Meta:
        model = KPI

    code = factory.Sequence(lambda n: f"kpi-{n}")
    name = factory.Sequence(lambda n: f"KPI {n}")
    unit = "%"
    direction = Direction.INCREASE
    frequency = Frequency.MONTH


class SeriesFactory(DjangoModelFactory):
    class Meta:
        model = Series

    kpi = factory.SubFactory(KPIFactory)
    department = factory.SubFactory(DepartmentFactory)


class BenchmarkFactory(DjangoModelFactory):
    class Meta:
        model = Benchmark

    kpi = factory.SubFactory(KPIFactory)
    kind = "goal"
    value = 10.0


class CycleFactory(DjangoModelFactory):
    class Meta:
        model = ReviewCycle

    code = factory.Sequence(lambda n: f"cycle-{n}")
    name = factory.Sequence(lambda n: f"Review {n}")
    data_from = date(2025, 7, 1)
    data_to = date(2025, 12, 31)


class ImportFactory(DjangoModelFactory):
    class Meta:
        model = Import

    file_name = "figures.csv"
    original = b""
    size = 0
    sha256 = "0" * 64
    state = ImportState.APPLIED
    created_at = AT
    applied_at = AT


def member(role: Role, department: Department | None = None, **fields: object) -> User:
    """A person with a role."""
    user = UserFactory(**fields)
    Membership.objects.create(user=user, role=role, department=department)
    return user


def figures(
    series: Series,
    values: Sequence[float | None],
    *,
    last: date = date(2025, 12, 1),
    target: float | None = None,
    benchmark: float | None = None,
    batch: Import | None = None,
    starts: int = 0,
) -> list[Observation]:
    """Stored figures of the series, one a period, the last of them in the period of `last`; None leaves a period out. `starts`: where
    the series' weeks, quarters or years begin."""
    frequency = Frequency(series.kpi.frequency)
    end = int(periods.to_index([(last - EPOCH).days], frequency, starts)[0])
    days = periods.first_day(range(end - len(values) + 1, end + 1), frequency, starts)
    batch = batch or ImportFactory()
    rows = [
        Observation(
            series=series,
            period=date.fromordinal(EPOCH.toordinal() + int(day)),
            value=value,
            target=target,
            benchmark=benchmark,
            batch=batch,
            line=number,
        )
        for number, (day, value) in enumerate(zip(days, values, strict=True), 2)
        if value is not None
    ]
    return Observation.objects.bulk_create(rows)


def wave(level: float, count: int, step: float = 1.0) -> list[float]:
    """A calm series about a level: the same small ups and downs again and again, no signal in them."""
    return [level + step * offset for offset, _ in zip(_cycle((0.0, 1.0, -0.6, 0.4, -1.0, 0.7, -0.3)), range(count), strict=False)]


def _cycle(values: Sequence[float]) -> Iterable[float]:
    while True:
        yield from values
