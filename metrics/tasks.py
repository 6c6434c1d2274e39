"""The check and the writing of KPI files, as work in the background."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from departments.models import Job
from departments.services import jobs
from departments.services.jobs import Progress
from metrics.models import Import
from metrics.queries import APPLY, CHECK
from metrics.services import imports


@shared_task(name=CHECK)
def check(job_id: int) -> None:
    """Say what the file of the job would do."""
    jobs.perform(job_id, _check, clock=timezone.now)


@shared_task(name=APPLY)
def apply(job_id: int) -> None:
    """Write the confirmed file of the job."""
    jobs.perform(job_id, _apply, clock=timezone.now)


def _check(job: Job, progress: Progress) -> None:
    imports.check(_batch(job), progress=progress, at=timezone.now())


def _apply(job: Job, progress: Progress) -> None:
    imports.apply(_batch(job), by=job.requested_by, progress=progress, at=timezone.now())


def _batch(job: Job) -> Import:
    assert job.subject_id is not None, "it is about a file"
    return Import.objects.defer("original").get(pk=job.subject_id)
