"""KPI files: received, checked, confirmed, applied. Every row or none.

A file is read and settled against the database without a transaction; what comes of it is written in one. Imports queue for a lock
of that transaction, settle again behind it and write only what differs: the same file sent ten times at once is applied once.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

import numpy as np
from django.db import connection, transaction

from departments.core.names import code, forbidden, tidy
from departments.models import Department, Job, User
from departments.services import audit, cycles, jobs
from departments.services.jobs import Refused
from metrics.core.kpi import ImportState
from metrics.core.period_text import EPOCH
from metrics.core.problems import Problem, Unreadable
from metrics.core.rows import Rows, digest
from metrics.core.settle import settle
from metrics.models import KPI, Import, ImportError, Series
from metrics.queries import APPLY, CHECK
from metrics.services import reading, staging
from metrics.services.reading import Report
from metrics.services.staging import Counts, Ids

LOCK = 0x5350_494D_504F_5254  # of all imports; any number that nothing else locks
GZIP_LEVEL = 1
FILE_NAME_LENGTH = 255


@dataclass(frozen=True)
class Outcome:
    """What became, or would become, of a file. `rows` is None when it is no table."""

    batch: Import
    problems: list[Problem]
    rows: Rows | None


# The four acts of the pages


@transaction.atomic
def receive(*, file_name: str, content: bytes, create: bool, by: User | None, at: datetime) -> Import:
    """Keep the file and queue its check."""
    batch = _new(file_name, content, create=create, by=by, at=at)
    batch.save()
    audit.record("import.receive", by=by, at=at, on=batch, sha256=batch.sha256, size=batch.size)
    jobs.enqueue(CHECK, at=at, by=by, subject_id=batch.pk)
    return batch


def check(batch: Import, *, progress: Report | None = None, at: datetime) -> Import:
    """Read the file and say what it would do. Changes nothing but the import and its errors; a second time does nothing."""
    batch = Import.objects.get(pk=batch.pk)
    if batch.state != ImportState.CHECKING:
        return batch
    try:
        sheet = reading.read(original(batch), progress)
        rows = settle(sheet, reading.known_for(sheet), create=batch.create_unknown)
        outcome = _judge(batch, rows, _count(rows, progress))
    except Unreadable as error:
        outcome = _unreadable(batch, error)
    with transaction.atomic():
        if Import.objects.select_for_update(no_key=True).filter(pk=batch.pk, state=ImportState.CHECKING).exists():
            _keep(outcome)
            audit.record("import.check", by=None, at=at, on=batch, **_tally(batch))
    return Import.objects.get(pk=batch.pk)


@transaction.atomic
def confirm(batch: Import, *, create: bool, by: User | None, at: datetime) -> Job:
    """The person's go: queue the writing. Twice is once. Raises Refused when there is nothing that could be imported."""
    batch = Import.objects.select_for_update(no_key=True).defer("original").get(pk=batch.pk)
    waiting = Job.objects.pending().filter(kind=APPLY, subject_id=batch.pk).first()
    if waiting:
        return waiting
    if not batch.confirmable:
        raise Refused(f"{batch.file_name} cannot be imported: {ImportState(batch.state).label.lower()}.")
    batch.state, batch.create_unknown = ImportState.APPLYING, create
    batch.save(update_fields=["state", "create_unknown"])
    audit.record("import.confirm", by=by, at=at, on=batch, create=create)
    return jobs.enqueue(APPLY, at=at, by=by, subject_id=batch.pk)


def apply(batch: Import, *, by: User | None, at: datetime, progress: Report | None = None) -> Import:
    """Write the confirmed file. Once it is applied, or refused because the data has changed since the check, this does nothing."""
    batch = Import.objects.get(pk=batch.pk)
    if batch.state != ImportState.APPLYING:
        return batch
    sheet = reading.read(original(batch), progress)
    if progress:
        progress(f"Writing {len(sheet.lines):,} rows", 0, 0)
    with _locked():
        batch = Import.objects.select_for_update(no_key=True).defer("original").get(pk=batch.pk)
        if batch.state == ImportState.APPLYING:
            rows = settle(sheet, reading.known_for(sheet), create=batch.create_unknown)
            del sheet  # a third of the memory
            _keep(_apply(batch, rows, by=by, at=at))
    return batch


# All in one, for the command and the demo


def run(
    *, file_name: str, content: bytes, create: bool, by: User | None, at: datetime, dry_run: bool = False, progress: Report | None = None
) -> Outcome:
    """Read, check and, unless it is a dry run, write the file. Only a file that is imported, or holds nothing new, leaves an Import."""
    batch = _new(file_name, content, create=create, by=by, at=at)
    try:
        sheet = reading.read(content, progress)
    except Unreadable as error:
        return _unreadable(batch, error)
    if dry_run:
        rows = settle(sheet, reading.known_for(sheet), create=create)
        return _judge(batch, rows, _count(rows, progress))
    with _locked():
        rows = settle(sheet, reading.known_for(sheet), create=create)
        del sheet  # a third of the memory
        if rows.problems.count or rows.questions:
            return _judge(batch, rows, staging.count(rows))
        batch.state = ImportState.APPLYING
        batch.save()
        outcome = _apply(batch, rows, by=by, at=at)
        _keep(outcome)
    return outcome


def import_file(
    *, file_name: str, content: bytes, create: bool, by: User | None, at: datetime, dry_run: bool = False, progress: Report | None = None
) -> Import:
    """The import that `run` makes, unsaved when it was refused; `run` also gives the errors."""
    return run(file_name=file_name, content=content, create=create, by=by, at=at, dry_run=dry_run, progress=progress).batch


def _new(file_name: str, content: bytes, *, create: bool, by: User | None, at: datetime) -> Import:
    base = file_name.replace("\\", "/").rsplit("/", 1)[-1]
    shown = "".join(character for character in tidy(base) if forbidden(character) is None)
    return Import(
        file_name=shown[:FILE_NAME_LENGTH] or "file.csv",
        original=gzip.compress(content, GZIP_LEVEL, mtime=0),
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        create_unknown=create,
        created_by=by,
        created_at=at,
    )


def original(batch: Import) -> bytes:
    """The file as it was received."""
    return gzip.decompress(batch.original)


@contextmanager
def _locked() -> Iterator[None]:
    """A transaction that has the writing of observations to itself."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        yield


def _count(rows: Rows, progress: Report | None) -> Counts:
    return staging.count(rows, (lambda done: progress("Comparing with what is kept", done, len(rows))) if progress else None)


def _judge(batch: Import, rows: Rows, counts: Counts) -> Outcome:
    """Fill in what the rows and counts say of the file, and the state that it is in before anybody confirms it."""
    batch.rows, batch.rejected = rows.total, rows.rejected
    batch.new, batch.changed, batch.same = counts.new, counts.changed, counts.same
    batch.questions = [asdict(question) for question in rows.questions]
    batch.unknown = {"departments": rows.unknown_departments, "kpis": rows.unknown_kpis}
    batch.rows_hash = digest(rows)
    if len(rows):
        batch.period_from, batch.period_to = (EPOCH + timedelta(days=int(day)) for day in (rows.period.min(), rows.period.max()))
    problems = rows.problems.first()
    if rows.problems.count > len(problems):
        batch.message = f"{rows.problems.count:,} errors; the first {len(problems):,} are kept."
    if rows.problems.count:
        batch.state = ImportState.REFUSED
    elif rows.questions:
        batch.state = ImportState.UNDECIDED
    else:
        batch.state = ImportState.READY if _does_something(rows, counts) else ImportState.UNCHANGED
    return Outcome(batch, problems, rows)


def _does_something(rows: Rows, counts: Counts) -> bool:
    return bool(counts.new or counts.changed or any(kpi.adds_unit for kpi in rows.kpis))


def _unreadable(batch: Import, error: Unreadable) -> Outcome:
    batch.state, batch.message = ImportState.REFUSED, str(error)
    return Outcome(batch, [Problem(error.line, "", "", str(error))], None)


def _keep(outcome: Outcome) -> None:
    """Save what was filled in, and the errors in place of earlier ones."""
    batch = outcome.batch
    batch.save(update_fields=[field.name for field in Import._meta.concrete_fields if field.name not in ("id", "original")])
    batch.errors.all().delete()
    ImportError.objects.bulk_create([ImportError(batch=batch, **asdict(problem)) for problem in outcome.problems], batch_size=1000)


def _tally(batch: Import) -> dict[str, object]:
    names = ("state", "rows", "new", "changed", "same", "rejected")
    return {name: getattr(batch, name) for name in names}


def _apply(batch: Import, rows: Rows, *, by: User | None, at: datetime) -> Outcome:
    """Write the rows unless something is wrong or open. In the transaction that has the lock."""
    if rows.problems.count or rows.questions:
        outcome = _judge(batch, rows, staging.count(rows))
    else:
        counts = staging.write(rows, _series(rows, _departments(rows), _kpis(rows)), batch, at=at)
        outcome = _judge(batch, rows, counts)
        if batch.state == ImportState.READY:
            batch.state, batch.applied_at = ImportState.APPLIED, at
        earliest = counts.earliest
        if any(kpi.adds_unit for kpi in rows.kpis):  # figures stay as they are, but every page says them anew
            earliest = int(rows.period.min())
        if earliest is not None:
            cycles.request_recompute_since(EPOCH + timedelta(days=earliest), by=by, at=at)
    audit.record("import.apply", by=by, at=at, on=batch, **_tally(batch))
    return outcome


def _departments(rows: Rows) -> list[int]:
    """The id of each department of the rows, unknown ones made."""
    unknown = [department.name for department in rows.departments if department.id is None]
    taken = set(Department.objects.values_list("code", flat=True)) if unknown else set()
    made = [Department(code=_claim(name.text, taken), name=name.text, key=name.key) for name in unknown]
    ids = iter([department.pk for department in Department.objects.bulk_create(made)])
    return [next(ids) if department.id is None else department.id for department in rows.departments]


def _kpis(rows: Rows) -> list[int]:
    """The id of each KPI of the rows, unknown ones made and missing units filled in."""
    unknown = [kpi for kpi in rows.kpis if kpi.known is None]
    taken = set(KPI.objects.values_list("code", flat=True)) if unknown else set()
    made = [
        KPI(code=_claim(kpi.name.text, taken), name=kpi.name.text, key=kpi.name.key, unit=kpi.unit or "", direction=str(kpi.direction),
            frequency=str(kpi.frequency))
        for kpi in unknown
    ]  # fmt: skip
    ids = iter([kpi.pk for kpi in KPI.objects.bulk_create(made)])
    for kpi in rows.kpis:
        if kpi.known and kpi.adds_unit:
            KPI.objects.filter(pk=kpi.known.id, unit="").update(unit=kpi.unit)
    return [kpi.known.id if kpi.known else next(ids) for kpi in rows.kpis]


def _claim(name: str, taken: set[str]) -> str:
    """A free code made of the name, taken from now on."""
    handle = code(name, taken)
    taken.add(handle)
    return handle


def _series(rows: Rows, departments: list[int], kpis: list[int]) -> Ids:
    """The id of each distinct series of the rows, missing ones made."""
    ids = staging.kept_series(rows, departments, kpis)
    start, missing = staging.series_starts(rows), np.flatnonzero(ids == 0)
    places = zip(rows.department[start[missing]].tolist(), rows.kpi[start[missing]].tolist(), strict=True)
    made = [Series(department_id=departments[department], kpi_id=kpis[kpi]) for department, kpi in places]
    ids[missing] = [one.pk for one in Series.objects.bulk_create(made, batch_size=5000)]
    return ids
