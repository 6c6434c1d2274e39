"""The recompute, as work in the background."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from departments.models import Job
from departments.services import jobs
from departments.services.jobs import Progress
from gaps.services.recompute import recompute


@shared_task(name="gaps.recompute")
def recompute_cycle(job_id: int) -> None:
    """Judge the cycle of the job anew."""
    jobs.perform(job_id, _do, clock=timezone.now)


def _do(job: Job, progress: Progress) -> None:
    assert job.cycle_id is not None, "a recompute is of a cycle"
    recompute(job.cycle_id, at=timezone.now(), report=progress)
