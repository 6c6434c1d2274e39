"""Judge a cycle anew."""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from departments.models import Job, ReviewCycle
from departments.services import cycles
from gaps.tasks import recompute_cycle


class Command(BaseCommand):
    help = "Queue a recompute of a cycle; with --wait do it here (or wait for the worker that has it) and say what came out."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--cycle", required=True, metavar="CODE")
        parser.add_argument("--wait", action="store_true", help="return when it is done")

    def handle(self, *args: Any, **options: Any) -> None:
        cycle = ReviewCycle.objects.filter(code=options["cycle"]).first()
        if cycle is None:
            raise CommandError(f"There is no cycle {options['cycle']}.")
        job = cycles.request_recompute(cycle, by=None, at=timezone.now())
        if options["wait"]:
            self._wait(job)
            cycle.refresh_from_db()
            self.stdout.write(f"{cycle.code} is at version {cycle.current_version}.")
        else:
            self.stdout.write(f"Queued as job {job.pk}.")

    def _wait(self, job: Job) -> None:
        """Do the job unless a worker has its lane; then wait for that worker."""
        recompute_cycle(job.pk)
        job.refresh_from_db()
        while not job.ended:
            time.sleep(0.2)
            recompute_cycle(job.pk)
            job.refresh_from_db()
        if job.state == "failed":
            raise CommandError(job.error)
