"""The sweep: what makes lost messages harmless."""

from __future__ import annotations

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from departments.services import jobs

GRACE = timedelta(seconds=2)  # time for the message of a fresh job to arrive by itself


@shared_task(name="departments.sweep")
def sweep() -> None:
    """Wake a worker for every job that waits longer than the grace."""
    jobs.sweep(older_than=timezone.now() - GRACE)
