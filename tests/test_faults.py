"""A worker that is killed loses no figure, counts none twice, and shows readers one whole run."""

from __future__ import annotations

import random
import time

import pytest
from django.utils import timezone

from departments.models import AuditEvent, Department, Job
from gaps.models import Comparison, GapVerdict, Run, SeriesVerdict
from gaps.services import inputs
from metrics.models import Import, Observation, ObservationChange
from metrics.services import imports
from tests import factories as make
from tests import workers

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.servers, pytest.mark.xdist_group("servers")]

DEPARTMENTS, KPIS, MONTHS = 20, 10, 60


def file(bump: float) -> bytes:
    """DEPARTMENTS x KPIS x MONTHS rows; `bump` is added to every value."""
    lines = ["department,kpi,unit,direction,period,value,target"]
    for department in range(DEPARTMENTS):
        for kpi in range(KPIS):
            for month in range(MONTHS):
                value = 50 + (month * 7 + department * 3 + kpi) % 11 + bump - (20 if kpi == 0 and month > 50 else 0)
                lines.append(f"D{department},K{kpi},%,higher,{2021 + month // 12}-{month % 12 + 1:02},{value},52")
    return ("\n".join(lines) + "\n").encode()


def expected_sum(bump: float) -> float:
    return sum(float(line.split(",")[5]) for line in file(bump).decode().splitlines()[1:])


def send(bump: float, by) -> Import:
    return imports.receive(file_name=f"{bump}.csv", content=file(bump), create=True, by=by, at=timezone.now())


def settle(batches: list[Import], by) -> None:
    """Wait for the checks, give the go as a person would, wait for the rest."""
    workers.wait_for_jobs()
    for batch in batches:
        batch = Import.objects.get(pk=batch.pk)
        if batch.state in ("ready", "undecided"):
            imports.confirm(batch, create=True, by=by, at=timezone.now())
    workers.wait_for_jobs()


@pytest.mark.parametrize("seed", [1, 2])
def test_killed_at_any_moment(seed, tmp_path, transactional_db):
    by = make.UserFactory()
    chance = random.Random(seed)
    cycle = make.CycleFactory(code="q", data_from=make.date(2025, 7, 1), data_to=make.date(2025, 12, 31))
    process = workers.start(tmp_path)
    kills = 0
    for bump in (0.0, 1.0):
        batch = send(bump, by)
        for confirm in (False, True):
            if confirm:
                workers.wait_for_jobs()
                imports.confirm(Import.objects.get(pk=batch.pk), create=True, by=by, at=timezone.now())
            time.sleep(chance.uniform(0.0, 2.5))
            workers.kill(process)
            kills += 1
            process = workers.start(tmp_path)
        settle([batch], by)
    workers.end(process)
    workers.disconnect()

    assert kills == 4
    assert not Job.objects.filter(state="failed").exists(), list(Job.objects.filter(state="failed").values("kind", "error"))
    assert Observation.objects.count() == DEPARTMENTS * KPIS * MONTHS
    assert sum(Observation.objects.values_list("value", flat=True)) == pytest.approx(expected_sum(1.0))
    assert ObservationChange.objects.count() == DEPARTMENTS * KPIS * MONTHS  # the second file changed every figure, once
    assert AuditEvent.objects.filter(act="import.apply").count() == 2
    assert sorted(Import.objects.values_list("new", "changed", "state")) == [(0, 12000, "applied"), (12000, 0, "applied")]

    cycle.refresh_from_db()
    current = Run.objects.get(cycle=cycle, version=cycle.current_version)
    assert current.fingerprint == inputs.read(cycle.pk).fingerprint, "the run shown is not of the figures stored"
    assert SeriesVerdict.objects.filter(run=current).count() == current.series == DEPARTMENTS * KPIS
    assert GapVerdict.objects.filter(run=current).count() == len(current.summary["gaps"]) >= DEPARTMENTS
    for model in (SeriesVerdict, Comparison, GapVerdict):
        assert set(model.objects.values_list("run__version", flat=True)) <= {cycle.current_version, cycle.current_version - 1}
    assert Department.objects.count() == DEPARTMENTS


def test_a_dead_broker_delays_and_loses_nothing(tmp_path, transactional_db, settings):
    """Messages that nobody gets: the sweep finds the rows."""
    from saypro_review.celery import app

    by = make.UserFactory()
    make.CycleFactory(code="q", data_from=make.date(2025, 7, 1), data_to=make.date(2025, 12, 31))
    queue = app.conf.task_default_queue
    app.conf.task_default_queue = "nobody-listens"
    try:
        batch = send(0.0, by)
    finally:
        app.conf.task_default_queue = queue
    process = workers.start(tmp_path)
    settle([batch], by)
    workers.end(process)
    workers.disconnect()
    assert Observation.objects.count() == DEPARTMENTS * KPIS * MONTHS
    assert Run.objects.get().series == DEPARTMENTS * KPIS
