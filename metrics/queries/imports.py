"""What the pages about imports show."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

from django.core.paginator import Page, Paginator
from django.db import connection
from django.db.models import OuterRef, Q, QuerySet, Subquery

from departments.core.lifecycle import RECOMPUTE, JobState
from departments.models import Job, ReviewCycle, User
from metrics.core.dialect import BREAK, decode
from metrics.core.kpi import ImportState
from metrics.core.period_text import EPOCH
from metrics.core.periods import Frequency
from metrics.core.problems import Unreadable
from metrics.core.review import Line, Review, unpack
from metrics.models import Import, ImportError, ImportLayout, ImportReview
from saypro_review.lib import sheets
from saypro_review.lib.formatting import period_label, plural, quantity

CHECK, APPLY = "metrics.check", "metrics.apply"  # the tasks, which are the kinds of their jobs
ROWS_SHOWN = 50
ERRORS_READ = 10_000
EXAMPLES = 12  # places named of each kind of error
SAID = re.compile(r"“[^”]*”|\d[\d,.:\s-]*")
KINDS = ("new", "changed", "same")
WARNINGS = {
    "unit_slip": "Another unit?",
    "jump": "Beyond everything so far",
    "copied": "The same figure again and again",
    "future": "In the future",
}
TOUCHED = """
    SELECT i.id, i.file_name, count(DISTINCT (c.series_id, c.period)) FROM metrics_observationchange c
    JOIN metrics_observation o ON o.series_id = c.series_id AND o.period = c.period
    JOIN metrics_import i ON i.id = o.batch_id
    WHERE c.batch_id = %s AND c.replaced_by_id <> c.batch_id AND o.batch_id <> %s GROUP BY i.id, i.file_name ORDER BY i.id
"""


@dataclass(frozen=True)
class ErrorGroup:
    """Errors that one repair mends: the first message, how many there are, and where the first ones are."""

    column: str
    message: str
    count: int
    places: list[ImportError]

    @property
    def more(self) -> int:
        return self.count - len(self.places)


@dataclass(frozen=True)
class ReviewRow:
    """One row as the review shows it, in words."""

    line: int
    department: str
    kpi: str
    period: str
    figures: list[tuple[str, str]]  # (now, before: blank where it stays)


@dataclass(frozen=True)
class ImportPage:
    """One import: its state as people see it, the job that has it, the rows or errors that are looked at, the cycles it touches."""

    batch: Import
    state: ImportState
    job: Job | None
    shown: str
    errors: list[ErrorGroup]
    error_count: int
    cycles: list[ReviewCycle]
    confirm: str
    earlier: Import | None
    remembered: ImportLayout | None
    touched: list[tuple[int, str, int]]
    columns: list[str] = field(default_factory=list)
    rows: list[ReviewRow] = field(default_factory=list)
    pages: Page[int] | None = None

    @property
    def working(self) -> bool:
        return self.batch.busy and self.state is not ImportState.FAILED

    @property
    def step(self) -> int:
        """Where it stands on the way: 1 file, 2 columns, 3 review, 4 result."""
        if self.state in (ImportState.APPLYING, ImportState.APPLIED, ImportState.UNDONE, ImportState.UNCHANGED):
            return 4
        return {ImportState.CHECKING: 1, ImportState.UNDECIDED: 2}.get(self.state, 3)

    @property
    def asks(self) -> bool:
        """Something must be answered before it can go on."""
        return self.state is ImportState.UNDECIDED

    @property
    def reads_again(self) -> bool:
        """How it is read can still be changed."""
        return self.state in (ImportState.READY, ImportState.REFUSED, ImportState.UNCHANGED) and bool(self.batch.reading)

    @property
    def cancellable(self) -> bool:
        return self.working or self.state in (ImportState.UNDECIDED, ImportState.READY)

    @cached_property
    def tabs(self) -> list[tuple[str, str, int]]:
        """(name, label, rows) of what can be looked at."""
        of = self.batch
        counts = [("new", "New", of.new), ("changed", "Changed", of.changed), ("same", "Same as before", of.same)]
        return [*counts, ("errors", "Rejected", of.rejected), ("warnings", "To look at", len(of.warnings))]

    @property
    def warnings(self) -> list[tuple[str, list[dict[str, object]]]]:
        """Values that look wrong, by kind."""
        return [
            (label, found) for kind, label in WARNINGS.items() if (found := [one for one in self.batch.warnings if one["kind"] == kind])
        ]


def imports_for(user: User, text: str = "") -> QuerySet[Import]:
    """The imports that the person may see, newest first, each with `job_state`, of its latest job. `text`: part of a file's name."""
    latest = Job.objects.filter(kind__in=[CHECK, APPLY], subject_id=OuterRef("pk")).order_by("-pk").values("state")[:1]
    found = Import.objects.visible_to(user).defer("original").select_related("created_by").annotate(job_state=Subquery(latest))
    return found.filter(file_name__icontains=text) if text else found


def shown_state(batch: Import, job_state: str | None) -> ImportState:
    """The import's state; FAILED when a worker should have it and its job was given up."""
    given_up = batch.busy and job_state == JobState.FAILED
    return ImportState.FAILED if given_up else ImportState(batch.state)


def import_page(batch: Import, *, shown: str = "", number: object = 1) -> ImportPage:
    """What the page of the import shows. `shown`: the tab; `number`: the page of its rows."""
    job = Job.objects.filter(kind__in=[CHECK, APPLY], subject_id=batch.pk).order_by("-pk").first()
    state = shown_state(batch, job.state if job else None)
    shown = shown if shown in (*KINDS, "errors", "warnings") else _first_tab(batch, state)
    columns, rows, pages = _rows(batch, shown, number) if shown in KINDS and not batch.busy else ([], [], None)
    queued = Job.objects.filter(kind=RECOMPUTE, created_at=batch.applied_at) if batch.applied_at else Job.objects.none()
    return ImportPage(
        batch=batch,
        state=state,
        job=job,
        shown=shown,
        errors=_groups(batch.errors.all()[:ERRORS_READ]) if batch.rejected or state is ImportState.REFUSED else [],
        error_count=batch.errors.count() if batch.rejected else 0,
        cycles=list(ReviewCycle.objects.filter(pk__in=queued.values("cycle"))),
        confirm=_confirm(batch),
        earlier=_earlier(batch),
        remembered=ImportLayout.objects.filter(layout=batch.layout).select_related("used_by").first() if batch.layout else None,
        touched=_touched(batch) if state is ImportState.APPLIED else [],
        columns=columns,
        rows=rows,
        pages=pages,
    )


def _first_tab(batch: Import, state: ImportState) -> str:
    """What is looked at first: what is wrong, then what looks wrong, then what changes."""
    if state is ImportState.REFUSED:
        return "errors"
    counts = {"warnings": len(batch.warnings), "changed": batch.changed, "new": batch.new, "same": batch.same}
    return next((name for name, count in counts.items() if count), "new")


def _groups(errors: Iterable[ImportError]) -> list[ErrorGroup]:
    """The errors by column and repair, the commonest first."""
    found: dict[tuple[str, str], list[ImportError]] = {}
    for error in errors:
        found.setdefault((error.column, SAID.sub("…", error.message)), []).append(error)
    groups = [ErrorGroup(column, members[0].message, len(members), members[:EXAMPLES]) for (column, _), members in found.items()]
    return sorted(groups, key=lambda group: (-group.count, group.places[0].line))


def _earlier(batch: Import) -> Import | None:
    """The last import of the same bytes, or of the same rows."""
    same = Q(sha256=batch.sha256)
    if batch.rows_hash:
        same |= Q(rows_hash=batch.rows_hash)
    found = Import.objects.filter(same, state=ImportState.APPLIED).exclude(pk=batch.pk).defer("original")
    return found.select_related("created_by").order_by("-applied_at").first()


def _touched(batch: Import) -> list[tuple[int, str, int]]:
    """(id, file, figures) of the later imports that figures of this one were changed by."""
    with connection.cursor() as cursor:
        cursor.execute(TOUCHED, [batch.pk, batch.pk])
        return cursor.fetchall()


def _rows(batch: Import, kind: str, number: object) -> tuple[list[str], list[ReviewRow], Page[int] | None]:
    held = ImportReview.objects.filter(batch=batch).values_list("rows", flat=True).first()
    if not held:
        return [], [], None
    review = unpack(bytes(held))
    pages = Paginator(range(review.counts[kind]), ROWS_SHOWN).get_page(number)  # type: ignore[arg-type]
    lines = review.page(kind, pages.start_index() - 1 if pages.paginator.count else 0, ROWS_SHOWN)
    names = _figures(review)
    return [name.capitalize() for name in names], [_row(line, names) for line in lines], pages


def _figures(review: Review) -> list[str]:
    return [name for name in ("value", "target", "benchmark", "numerator", "denominator") if f"new_{name}" in review.columns]


def _row(line: Line, names: list[str]) -> ReviewRow:
    def say(value: float | None, name: str) -> str:
        return quantity(value, line.unit if name in ("value", "target", "benchmark") else "")

    period: date = EPOCH + timedelta(days=line.period)
    label = period_label(period, Frequency(line.frequency)) if line.frequency else period.isoformat()
    figures = [(say(line.figures[name], name), say(line.old[name], name) if name in line.old else "") for name in names]
    return ReviewRow(line.line, line.department, line.kpi, label, figures)


def _confirm(batch: Import) -> str:
    """What the person's go would do, in words: "Import 7 023 rows and create 65 departments and 9 KPIs"."""
    made = [(len(batch.unknown.get("departments", [])), "department"), (len(batch.unknown.get("kpis", [])), "KPI")]
    create = " and ".join(plural(count, noun) for count, noun in made if count)
    return f"Import {plural(batch.new + batch.changed, 'row')}" + (f" and create {create}" if create else "")


def line_of(batch: Import, number: int) -> str:
    """The physical line of the file, or the row of its sheet; empty when it has none such."""
    content = gzip.decompress(batch.original)
    try:
        if sheets.looks_like(content):
            content = sheets.convert(content, sheet=batch.reading.get("sheet") or None).csv
        else:
            content = decode(content, batch.reading.get("encoding", "")).content
    except (sheets.BadSheet, Unreadable):
        return ""
    lines = BREAK.split(content.decode(errors="replace"))
    return lines[number - 1] if 0 < number <= len(lines) else ""
