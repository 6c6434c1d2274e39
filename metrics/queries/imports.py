"""What the pages about imports show."""

from __future__ import annotations

import gzip
from dataclasses import dataclass

from django.db.models import OuterRef, QuerySet, Subquery

from departments.core.lifecycle import RECOMPUTE, JobState
from departments.models import Job, ReviewCycle, User
from metrics.core.kpi import ImportState
from metrics.core.tabular import BREAK
from metrics.models import Import, ImportError
from saypro_review.lib.formatting import plural

CHECK, APPLY = "metrics.check", "metrics.apply"  # the tasks, which are the kinds of their jobs
ERRORS_SHOWN = 200


@dataclass(frozen=True)
class ImportPage:
    """One import: its state as people see it, the job that has it, its first errors, and the cycles that it touches."""

    batch: Import
    state: ImportState
    job: Job | None
    errors: list[ImportError]
    error_count: int
    cycles: list[ReviewCycle]
    confirm: str

    @property
    def working(self) -> bool:
        return self.batch.busy and self.state is not ImportState.FAILED

    @property
    def open_questions(self) -> list[dict[str, object]]:
        """Those that nothing on the page answers."""
        return [question for question in self.batch.questions if question["flag"] != "--create"]


def imports_for(user: User, text: str = "") -> QuerySet[Import]:
    """The imports that the person may see, newest first, each with `job_state`, of its latest job. `text`: part of a file's name."""
    latest = Job.objects.filter(kind__in=[CHECK, APPLY], subject_id=OuterRef("pk")).order_by("-pk").values("state")[:1]
    found = Import.objects.visible_to(user).defer("original").select_related("created_by").annotate(job_state=Subquery(latest))
    return found.filter(file_name__icontains=text) if text else found


def shown_state(batch: Import, job_state: str | None) -> ImportState:
    """The import's state; FAILED when a worker should have it and its job was given up."""
    given_up = batch.busy and job_state == JobState.FAILED
    return ImportState.FAILED if given_up else ImportState(batch.state)


def import_page(batch: Import) -> ImportPage:
    """What the page of the import shows."""
    job = Job.objects.filter(kind__in=[CHECK, APPLY], subject_id=batch.pk).order_by("-pk").first()
    errors = list(batch.errors.all()[:ERRORS_SHOWN])
    count = len(errors) if len(errors) < ERRORS_SHOWN else batch.errors.count()
    queued = Job.objects.filter(kind=RECOMPUTE, created_at=batch.applied_at) if batch.applied_at else Job.objects.none()
    cycles = list(ReviewCycle.objects.filter(pk__in=queued.values("cycle")))
    return ImportPage(batch, shown_state(batch, job.state if job else None), job, errors, count, cycles, _confirm(batch))


def _confirm(batch: Import) -> str:
    """What the person's go would do, in words: "Import 7 023 rows and create 65 departments and 9 KPIs"."""
    made = [(len(batch.unknown.get("departments", [])), "department"), (len(batch.unknown.get("kpis", [])), "KPI")]
    create = " and ".join(plural(count, noun) for count, noun in made if count)
    return f"Import {plural(batch.new + batch.changed, 'row')}" + (f" and create {create}" if create else "")


def line_of(batch: Import, number: int) -> str:
    """The physical line of the file, empty when it has none such."""
    lines = BREAK.split(gzip.decompress(batch.original).decode(errors="replace"))
    return lines[number - 1] if 0 < number <= len(lines) else ""
