"""The cast: one person per role, a small organisation, and a cycle whose figures have been judged."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from departments.core.roles import Role
from departments.models import Department, ReviewCycle, User
from gaps.services.recompute import recompute
from tests import factories as make
from tests import workers

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright's synchronous API runs its own event loop


@pytest.fixture
def sales(db: None) -> Department:
    return make.DepartmentFactory(code="sales", name="Sales", function="sales")


@pytest.fixture
def marketing(db: None) -> Department:
    return make.DepartmentFactory(code="marketing", name="Marketing", function="marketing")


@pytest.fixture
def admin(db: None) -> User:
    return make.member(Role.ADMIN, email="admin@example.org", name="Ada Admin")


@pytest.fixture
def manager(db: None) -> User:
    return make.member(Role.MANAGER, email="manager@example.org", name="Mo Manager")


@pytest.fixture
def reviewer(db: None) -> User:
    return make.member(Role.REVIEWER, email="reviewer@example.org", name="Ray Reviewer")


@pytest.fixture
def head(sales: Department) -> User:
    return make.member(Role.HEAD, sales, email="head@example.org", name="Hana Head")


@pytest.fixture
def nobody(db: None) -> User:
    """An account without any role."""
    return make.UserFactory(email="nobody@example.org", name="Nat Nobody")


@pytest.fixture
def cycle(db: None) -> ReviewCycle:
    return make.CycleFactory(code="q4", name="Q4 review")


@pytest.fixture
def judged(cycle: ReviewCycle, sales: Department, marketing: Department) -> ReviewCycle:
    """A cycle with a critical gap in Sales (conversion fell), a calm Sales series on goal, and a Marketing series off its goal."""
    conversion = make.SeriesFactory(department=sales, kpi__code="conversion", kpi__name="Conversion rate")
    make.figures(conversion, make.wave(30, 24) + make.wave(18, 6), target=30)
    calm = make.SeriesFactory(department=sales, kpi__code="follow-up", kpi__name="Follow-up time", kpi__unit="h", kpi__direction="decrease")
    make.figures(calm, make.wave(4, 30, step=0.2), target=6)
    leads = make.SeriesFactory(department=marketing, kpi__code="lead-quality", kpi__name="Lead quality")
    make.figures(leads, make.wave(50, 30), target=51)
    recompute(cycle.pk, at=make.AT)
    cycle.refresh_from_db()
    return cycle


@pytest.fixture
def worker(transactional_db: None, tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A Celery worker with beat, on this test's database and queue."""
    process = workers.start(tmp_path)
    yield process
    workers.end(process)
    workers.disconnect()
