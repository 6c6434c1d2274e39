"""Test objects: departments, people, KPIs, cycles and series of figures, with sensible defaults."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime

import factory
from factory.django import DjangoModelFactory

from departments.core.roles import Role
from departments.models import CycleReviewer, Department, Membership, ReviewCycle, User
from interviews.core.terms import InterviewState, StakeholderRole, Stance
from interviews.models import Answer, Coding, Excerpt, Guide, Interview, Question, Stakeholder, Theme
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


class ThemeFactory(DjangoModelFactory):
    class Meta:
        model = Theme

    code = factory.Sequence(lambda n: f"theme-{n}")
    name = factory.Sequence(lambda n: f"Theme {n}")
    level = "process"
    condition = "resources"
    created_at = AT


class GuideFactory(DjangoModelFactory):
    class Meta:
        model = Guide

    code = factory.Sequence(lambda n: f"guide-{n}")
    name = factory.Sequence(lambda n: f"Guide {n}")
    created_at = AT


class QuestionFactory(DjangoModelFactory):
    class Meta:
        model = Question

    guide = factory.SubFactory(GuideFactory)
    position = factory.Sequence(lambda n: n % 30_000)
    text = factory.Sequence(lambda n: f"Question {n}?")


class StakeholderFactory(DjangoModelFactory):
    class Meta:
        model = Stakeholder

    cycle = factory.SubFactory(CycleFactory)
    department = factory.SubFactory(DepartmentFactory)
    role = StakeholderRole.FRONT_LINE
    pseudonym = factory.Sequence(lambda n: f"P-{n}")


class InterviewFactory(DjangoModelFactory):
    """A draft of an interview; cycle, department and role are its stakeholder's."""

    class Meta:
        model = Interview

    stakeholder = factory.SubFactory(StakeholderFactory)
    cycle = factory.SelfAttribute("stakeholder.cycle")
    department = factory.SelfAttribute("stakeholder.department")
    role = factory.SelfAttribute("stakeholder.role")
    interviewer = factory.SubFactory(UserFactory)
    held_on = date(2026, 1, 5)
    consent = "verbal"
    created_at = AT
    updated_at = AT

    class Params:
        finished = factory.Trait(state=InterviewState.FINISHED, finished_at=AT)


def answer(interview: Interview, text: str, question: Question | None = None) -> Answer:
    """The next answer of the interview."""
    position = interview.answers.count() + 1
    return Answer.objects.create(interview=interview, question=question, position=position, text=text, version=1, updated_at=AT)


def excerpt(of: Answer, theme: Theme, stance: str = Stance.PROBLEM, *, coder: User | None = None, **fields: object) -> Excerpt:
    """An excerpt, by default of the whole answer, in the coding of its interviewer or of `coder`."""
    who = coder or of.interview.interviewer
    coding, _ = Coding.objects.get_or_create(
        interview=of.interview, coder=who, defaults={"first": who == of.interview.interviewer, "started_at": AT}
    )
    start, end = int(fields.pop("start", 0)), int(fields.pop("end", len(of.text)))  # type: ignore[call-overload]
    base = {"department": of.interview.department, "created_at": AT, "updated_at": AT, "text": of.text[start:end]}
    return Excerpt.objects.create(coding=coding, answer=of, start=start, end=end, theme=theme, stance=stance, **base | fields)


def reviewing(user: User, cycle: ReviewCycle) -> CycleReviewer:
    """Let the person review the cycle."""
    return CycleReviewer.objects.create(cycle=cycle, user=user)


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
