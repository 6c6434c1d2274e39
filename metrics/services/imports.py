"""KPI files: received, checked, confirmed, applied. Every row or none, or by a person's word the rows without errors.

A file is read and settled against the database without a transaction; what comes of it is written in one. Imports queue for a lock
of that transaction, settle again behind it and write only what differs: the same file sent ten times at once is applied once.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import partial

import numpy as np
from django.db import OperationalError, connection, transaction

from departments.core.names import forbidden, tidy
from departments.models import Job, User
from departments.services import audit, cycles, jobs
from departments.services.jobs import Refused
from metrics.core import review
from metrics.core.answers import Answers, from_json
from metrics.core.dialect import decode
from metrics.core.kpi import ImportState
from metrics.core.period_text import EPOCH
from metrics.core.problems import Problem, Question, Unreadable
from metrics.core.rejects import rejects
from metrics.core.rows import Rows, digest
from metrics.core.settle import iso, settle
from metrics.core.sheet import Sheet
from metrics.core.suspicion import Suspects, suspects
from metrics.models import Import, ImportError, ImportLayout, ImportReview
from metrics.queries import APPLY, CHECK
from metrics.services import reading, rollup, staging
from metrics.services.reading import File, Report
from metrics.services.staging import LOCK, Compared, Counts
from metrics.services.writing import kpis_of, series_of

GZIP_LEVEL = 1
FILE_NAME_LENGTH = 255
LOOKED_AT = 200_000  # rows of a file whose figures are looked at for slips when it is written at once; a dry run looks at any
TAKES_ANSWERS = (ImportState.UNDECIDED, ImportState.READY, ImportState.REFUSED, ImportState.UNCHANGED)
NOT_WRITTEN = (*TAKES_ANSWERS, ImportState.CHECKING, ImportState.APPLYING)


class Cancelled(Exception):
    """A person has called the work off."""


@dataclass(frozen=True)
class Outcome:
    """What became, or would become, of a file. `rows` is None when it is no table."""

    batch: Import
    problems: list[Problem]
    rows: Rows | None
    warnings: Suspects = field(default_factory=Suspects)


# The acts of the pages


@transaction.atomic
def receive(*, file_name: str, content: bytes, create: bool, by: User | None, at: datetime) -> Import:
    """Keep the file and queue its check."""
    batch = _new(file_name, content, create=create, by=by, at=at)
    batch.save()
    audit.record("import.receive", by=by, at=at, on=batch, sha256=batch.sha256, size=batch.size)
    jobs.enqueue(CHECK, at=at, by=by, subject_id=batch.pk)
    return batch


def check(batch: Import, *, progress: Report | None = None, at: datetime) -> Import:
    """Read the file and say what it would do. Changes nothing but the import, its errors and its review; a second time does nothing."""
    batch = Import.objects.get(pk=batch.pk)
    if batch.state != ImportState.CHECKING:
        return batch
    report = _watched(batch, progress)
    try:
        outcome, held = _examine(batch, report, at)
    except Unreadable as error:
        outcome, held = _unreadable(batch, error), None
    except Cancelled:
        return Import.objects.get(pk=batch.pk)
    with transaction.atomic():
        if Import.objects.select_for_update(no_key=True).filter(pk=batch.pk, state=ImportState.CHECKING).exists():
            _keep(outcome)
            ImportReview.objects.filter(batch=batch).delete()
            if held:
                ImportReview.objects.create(batch=batch, rows=held[0], rejects=held[1])
            audit.record("import.check", by=None, at=at, on=batch, **_tally(batch))
    return Import.objects.get(pk=batch.pk)


def _examine(batch: Import, report: Report, at: datetime) -> tuple[Outcome, tuple[bytes, bytes]]:
    """(what the file would do, its rows and rejects for the pages)."""
    answers = from_json(batch.answers)
    file, sheet = reading.understand(original(batch), answers, recall=True, progress=report)
    rows = settle(sheet, reading.known_for(sheet), create=batch.create_unknown, answers=_all_answers(batch, sheet))
    rows.questions.extend(_unseen(batch, rows))
    compared = staging.compare(rows, lambda done: report("Comparing with what is kept", done, len(rows)))
    outcome = _judge(batch, rows, compared.counts, _suspects(rows, compared, at))
    _describe(batch, file, sheet, rows)
    packed = review.pack(rows, compared.status, compared.old) if len(rows) else b""
    return outcome, (packed, _rejects(file, sheet, rows, outcome.problems))


def _unseen(batch: Import, rows: Rows) -> Iterator[Question]:
    """Names that would be created and that the person who said so has not been shown."""
    seen = batch.unknown
    for kind, column, names in (("departments", "department", rows.unknown_departments), ("kpis", "kpi", rows.unknown_kpis)):
        fresh = [name for name in names if name not in seen.get(kind, [])]
        if batch.create_unknown and batch.reading and fresh:
            yield Question(f"unknown_{kind}", column, fresh, "--create", f"Not known yet: {', '.join(fresh[:5])}.")


@transaction.atomic
def answer(batch: Import, answers: Answers, *, create: bool, by: User | None, at: datetime) -> Job:
    """Take a person's answers and queue a new check. Raises Refused once the file is written or called off."""
    batch = Import.objects.select_for_update(no_key=True).defer("original").get(pk=batch.pk)
    if batch.state not in TAKES_ANSWERS:
        raise Refused(f"{batch.file_name} takes no answers now: {ImportState(batch.state).label.lower()}.")
    batch.answers, batch.create_unknown, batch.good_rows = answers.to_json(), create, False
    batch.state = ImportState.CHECKING
    batch.save(update_fields=["state", "answers", "create_unknown", "good_rows"])
    audit.record("import.answer", by=by, at=at, on=batch, create=create)
    return jobs.enqueue(CHECK, at=at, by=by, subject_id=batch.pk)


@transaction.atomic
def confirm(batch: Import, *, create: bool, by: User | None, at: datetime, good_rows: bool = False) -> Job:
    """The person's go: queue the writing. Twice is once. Raises Refused when there is nothing that could be imported.

    `good_rows`: leave the rows with errors out.
    """
    batch = Import.objects.select_for_update(no_key=True).defer("original").get(pk=batch.pk)
    waiting = Job.objects.pending().filter(kind=APPLY, subject_id=batch.pk).first()
    if waiting:
        return waiting
    if not (batch.confirmable or (good_rows and batch.has_good_rows)):
        raise Refused(f"{batch.file_name} cannot be imported: {ImportState(batch.state).label.lower()}.")
    batch.state, batch.create_unknown, batch.good_rows = ImportState.APPLYING, create, good_rows
    batch.save(update_fields=["state", "create_unknown", "good_rows"])
    audit.record("import.confirm", by=by, at=at, on=batch, create=create, good_rows=good_rows)
    return jobs.enqueue(APPLY, at=at, by=by, subject_id=batch.pk)


def cancel(batch: Import, *, by: User | None, at: datetime) -> Import:
    """Call the file off before it is written. Raises Refused while it is being written and afterwards: then it can be undone."""
    try:
        with transaction.atomic():
            batch = Import.objects.select_for_update(no_key=True, nowait=True).defer("original").get(pk=batch.pk)
            if batch.state not in NOT_WRITTEN:
                raise Refused(f"{batch.file_name} cannot be cancelled: {ImportState(batch.state).label.lower()}.")
            batch.state = ImportState.CANCELLED
            batch.save(update_fields=["state"])
            audit.record("import.cancel", by=by, at=at, on=batch)
    except OperationalError as error:
        raise Refused(f"{batch.file_name} is being written at this moment. It can be undone afterwards.") from error
    return batch


def apply(batch: Import, *, by: User | None, at: datetime, progress: Report | None = None) -> Import:
    """Write the confirmed file. Once it is applied, refused because the data has changed since the check, or cancelled, this does
    nothing."""
    batch = Import.objects.get(pk=batch.pk)
    if batch.state != ImportState.APPLYING:
        return batch
    report = _watched(batch, progress)
    answers = from_json(batch.answers)
    try:
        _, sheet = reading.understand(original(batch), answers, recall=True, progress=report)
    except Cancelled:
        return Import.objects.get(pk=batch.pk)
    answers = _all_answers(batch, sheet)
    with locked():
        batch = Import.objects.select_for_update(no_key=True).defer("original").get(pk=batch.pk)
        if batch.state == ImportState.APPLYING:
            rows = settle(sheet, reading.known_for(sheet), create=batch.create_unknown, answers=answers)
            layout = sheet.understood.layout if sheet.understood else ""
            del sheet  # a third of the memory
            _keep(_apply(batch, rows, by=by, at=at, report=progress))
            if batch.state in (ImportState.APPLIED, ImportState.UNCHANGED):
                _remember(layout, answers, by=by, at=at)
    return batch


def _watched(batch: Import, progress: Report | None) -> Report:
    """Tells the progress, and raises Cancelled once a person has called the import off."""
    state = batch.state

    def report(step: str, done: int = 0, total: int = 0) -> None:
        if not Import.objects.filter(pk=batch.pk, state=state).exists():
            raise Cancelled
        if progress:
            progress(step, done, total)

    return report


def _all_answers(batch: Import, sheet: Sheet) -> Answers:
    """The person's answers, and below them those of the layout."""
    layout = sheet.understood.layout if sheet.understood else ""
    kept = ImportLayout.objects.filter(layout=layout).first()
    mine = from_json(batch.answers)
    return mine.over(from_json(kept.answers)) if kept else mine


def _remember(layout: str, answers: Answers, *, by: User | None, at: datetime) -> None:
    """Offer these answers to the next file of the layout."""
    told = answers.remembered().to_json()
    if layout and told:
        ImportLayout.objects.update_or_create(layout=layout, defaults={"answers": told, "used_by": by, "used_at": at})


# All in one, for the command, one figure and the demo


def run(
    *,
    file_name: str,
    content: bytes,
    create: bool,
    by: User | None,
    at: datetime,
    dry_run: bool = False,
    answers: Answers | None = None,
    good_rows: bool = False,
    progress: Report | None = None,
) -> Outcome:
    """Read, check and, unless it is a dry run, write the file. Only a file that is imported, or holds nothing new, leaves an Import."""
    answers = answers or Answers()
    batch = _new(file_name, content, create=create, by=by, at=at)
    batch.answers, batch.good_rows = answers.to_json(), good_rows
    try:
        file, sheet = reading.understand(content, answers, progress=progress)
    except Unreadable as error:
        return _unreadable(batch, error)
    if dry_run:
        rows = settle(sheet, reading.known_for(sheet), create=create, answers=answers)
        return _looked_at(batch, file, sheet, rows, at, progress)
    with locked():
        rows = settle(sheet, reading.known_for(sheet), create=create, answers=answers)
        if _stopped(batch, rows):
            return _looked_at(batch, file, sheet, rows, at, progress)
        _describe(batch, file, sheet, rows)
        del sheet  # a third of the memory
        warnings = _suspects(rows, staging.compare(rows), at) if len(rows) <= LOOKED_AT else Suspects()
        batch.state, batch.warnings = ImportState.APPLYING, [asdict(warning) for warning in warnings.first]
        batch.save()
        outcome = _apply(batch, rows, by=by, at=at, report=progress)
        _keep(outcome)
    return replace(outcome, warnings=warnings)


def _looked_at(batch: Import, file: File, sheet: Sheet, rows: Rows, at: datetime, progress: Report | None) -> Outcome:
    tell = (lambda done: progress("Comparing with what is kept", done, len(rows))) if progress else None
    compared = staging.compare(rows, tell)
    outcome = _judge(batch, rows, compared.counts, _suspects(rows, compared, at))
    _describe(batch, file, sheet, rows)
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
def locked() -> Iterator[None]:
    """A transaction that has the writing of observations to itself."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        yield


# What a file would do


def _stopped(batch: Import, rows: Rows) -> bool:
    """Something is open, or wrong and not to be left out."""
    return bool(rows.questions or (rows.problems.count and not (batch.good_rows and len(rows))))


def _suspects(rows: Rows, compared: Compared, at: datetime) -> Suspects:
    if not len(rows):
        return Suspects()
    latest = reading.latest_begun((at.date() - EPOCH).days)
    return suspects(rows, compared.status, reading.history_for(rows, compared.ids), latest=latest, spell=iso)


def _judge(batch: Import, rows: Rows, counts: Counts, warnings: Suspects) -> Outcome:
    """Fill in what the rows and counts say of the file, and the state that it is in before anybody confirms it."""
    batch.rows, batch.rejected = rows.total, rows.rejected
    batch.new, batch.changed, batch.same = counts.new, counts.changed, counts.same
    batch.questions = [asdict(question) for question in rows.questions]
    batch.warnings = [asdict(warning) for warning in warnings.first]
    batch.unknown = {"departments": rows.unknown_departments, "kpis": rows.unknown_kpis}
    batch.rows_hash = digest(rows)
    if len(rows):
        batch.period_from, batch.period_to = (EPOCH + timedelta(days=int(day)) for day in (rows.period.min(), rows.period.max()))
    problems = rows.problems.first()
    batch.message = ""
    if rows.problems.count > len(problems):
        batch.message = f"{rows.problems.count:,} errors; the first {len(problems):,} are kept."
    batch.state = _state(batch, rows, counts)
    return Outcome(batch, problems, rows, warnings)


def _state(batch: Import, rows: Rows, counts: Counts) -> ImportState:
    """Questions about the reading come first: until they are answered, nobody can tell which rows are wrong."""
    if any(question.about_reading for question in rows.questions):
        return ImportState.UNDECIDED
    if rows.problems.count and not (batch.good_rows and len(rows)):
        return ImportState.REFUSED
    if rows.questions:
        return ImportState.UNDECIDED
    return ImportState.READY if _does_something(rows, counts) else ImportState.UNCHANGED


def _does_something(rows: Rows, counts: Counts) -> bool:
    return bool(counts.new or counts.changed or any(kpi.adds_unit for kpi in rows.kpis))


def _describe(batch: Import, file: File, sheet: Sheet, rows: Rows) -> None:
    if sheet.understood:
        batch.layout = sheet.understood.layout
        asked = [kpi for kpi in rows.kpis if not any(question.about_reading for question in rows.questions)]
        open_kpis = {kind: [kpi.name.text for kpi in asked if getattr(kpi, kind) is None] for kind in ("direction", "frequency")}
        said = {"near": reading.near_names(rows), "left_out": sheet.left_out, "open": open_kpis}
        batch.reading = reading.describe(file, sheet.understood) | said


def _rejects(file: File, sheet: Sheet, rows: Rows, problems: list[Problem]) -> bytes:
    """The rejected rows as a file, gzipped; nothing where there are none."""
    if not rows.problems.count or not sheet.understood or not sheet.texts:
        return b""
    content = decode(file.content, sheet.understood.encoding).content
    numbers = {problem.line for problem in problems} | set(rows.bad_lines.tolist())
    header = [column.header for column in sheet.understood.mapping.columns]
    made = rejects(content, sheet.understood.delimiter, header, numbers, problems)
    return gzip.compress(made, GZIP_LEVEL, mtime=0)


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


def _apply(batch: Import, rows: Rows, *, by: User | None, at: datetime, report: Report | None) -> Outcome:
    """Write the rows unless something is wrong or open. In the transaction that has the lock."""
    if _stopped(batch, rows):
        outcome = _judge(batch, rows, staging.compare(rows).counts, Suspects())
    else:
        tell = partial(_tell, report, len(rows)) if report else None
        kpis = kpis_of(rows)
        ids = series_of(rows, kpis)
        with rollup.following(series=ids.tolist(), full=_full(rows), kpis=kpis, batch=batch) as rolled_up:
            counts = staging.write(rows, ids, batch, at=at, tell=tell)
        warnings = batch.warnings
        outcome = _judge(batch, rows, counts, Suspects())
        batch.warnings = warnings
        if batch.state == ImportState.READY:
            batch.state, batch.applied_at = ImportState.APPLIED, at
        earliest = counts.earliest
        if any(kpi.adds_unit for kpi in rows.kpis):  # figures stay as they are, but every page says them anew
            earliest = int(rows.period.min())
        if rolled_up.changed:  # series of other departments come or go, whatever the periods of the file
            earliest = (date.min - EPOCH).days
        if earliest is not None:
            cycles.request_recompute_since(EPOCH + timedelta(days=earliest), by=by, at=at)
    audit.record("import.apply", by=by, at=at, on=batch, **_tally(batch))
    return outcome


def _tell(report: Callable[[str, int, int], None], total: int, done: int) -> None:
    report("Writing the figures", done, total)


def _full(rows: Rows) -> list[bool]:
    """Of each distinct series of the rows: have all its figures numerator and denominator?"""
    start = staging.series_starts(rows)
    given = rows.numbers.get("denominator")
    return [False] * len(start) if given is None else np.logical_and.reduceat(~np.isnan(given), start).tolist()
