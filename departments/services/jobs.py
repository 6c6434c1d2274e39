"""Work in the background that is neither lost nor done twice, whatever dies.

An act writes its Job in its own transaction. A worker that gets the job's id takes the *lane* of that work, a session advisory lock:
it ends with the worker's database connection, so a worker that was killed holds nothing, and no lease has to be guessed. Jobs of the
same kind, cycle and subject share a lane: one piece of work serves all that were asked for before it began. The work itself must be
idempotent; a job counts as done only after the work has committed. Reasons: docs/adr/0003-jobs-in-the-database.md.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.db import InterfaceError, OperationalError, connection, transaction

from departments.core.lifecycle import JobState, after_crash
from departments.models import Job, ReviewCycle, User
from saypro_review.lib import queue

log = logging.getLogger("saypro.jobs")
STEP_LENGTH = 80
ASIDE = "UPDATE departments_job SET step = %s, done = %s, total = %s WHERE id = ANY(%s)"
Clock = Callable[[], datetime]


class Refused(Exception):
    """The work cannot be done and trying again will not help; its text is for people."""


def enqueue(kind: str, *, at: datetime, by: User | None = None, cycle: ReviewCycle | None = None, subject_id: int | None = None) -> Job:
    """A queued job, in the caller's transaction. A worker is woken once that has committed."""
    job = Job.objects.create(kind=kind, cycle=cycle, subject_id=subject_id, requested_by=by, created_at=at)
    queue.wake(kind, job.pk)
    return job


@dataclass(frozen=True)
class Progress:
    """Where the work stands, for the pages that wait for it. Each call commits on its own, also amid a transaction of the work: then
    it takes a connection of its own, which costs some milliseconds."""

    ids: list[int]

    def __call__(self, step: str, done: int = 0, total: int = 0) -> None:
        if not connection.in_atomic_block:
            Job.objects.filter(pk__in=self.ids).update(step=step, done=min(done, total), total=total)
            return
        aside = connection.copy()
        try:
            with aside.cursor() as cursor:
                cursor.execute(ASIDE, [step[:STEP_LENGTH], min(done, total), total, self.ids])
        finally:
            aside.close()


def perform(job_id: int, do: Callable[[Job, Progress], None], *, clock: Clock) -> None:
    """Do the job and every other that waits for the same work, unless a living worker has the lane.

    A lost database raises, so that the task ends; the sweep finds the job. Any other error is kept in the job, which is tried
    again up to MAX_ATTEMPTS, or fails at once when it is `Refused`.
    """
    job = Job.objects.filter(pk=job_id).first()
    if job is None or job.ended:
        return
    with _lane(job) as held:
        while held and (ids := _claim(job, at=clock())):
            try:
                do(Job.objects.get(pk=ids[0]), Progress(ids))
            except Exception as error:
                if isinstance(error, (OperationalError, InterfaceError)) and not connection.is_usable():
                    raise
                _fault(ids, error, at=clock())
                return
            _end(ids, JobState.DONE, at=clock())


def sweep(*, older_than: datetime) -> int:
    """Send a message for every pending job created before `older_than`; the number sent. A job at work ignores it."""
    pending = Job.objects.pending().filter(created_at__lt=older_than).order_by("pk").values_list("kind", "pk")[:1000]
    return sum(queue.send(kind, pk) for kind, pk in pending)


@contextmanager
def _lane(job: Job) -> Iterator[bool]:
    """Whether this connection now has the lane of the job's work to itself."""
    digest = hashlib.sha256(f"{job.kind}/{job.cycle_id}/{job.subject_id}".encode()).digest()
    number = int.from_bytes(digest[:8], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [number])
        held = cursor.fetchone()[0]
    try:
        yield held
    finally:
        if held and connection.is_usable():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [number])


def _claim(job: Job, *, at: datetime) -> list[int]:
    """Ids of the pending jobs for this work, now running. Those still `running` lost their worker: the lane was free."""
    with transaction.atomic():
        same = Job.objects.pending().filter(kind=job.kind, cycle=job.cycle_id, subject_id=job.subject_id)
        waiting = list(same.select_for_update(no_key=True).order_by("pk"))
        spent = [other.pk for other in waiting if after_crash(other.attempts) is JobState.FAILED]
        _end(spent, JobState.FAILED, at=at, error="Its worker was lost every time it was tried.")
        claimed = [other for other in waiting if other.pk not in spent]
        for other in claimed:
            other.state, other.started_at, other.attempts = JobState.RUNNING, at, other.attempts + 1
        Job.objects.bulk_update(claimed, ["state", "started_at", "attempts"])
    return [other.pk for other in claimed]


def _fault(ids: list[int], error: Exception, *, at: datetime) -> None:
    """Keep what went wrong; the sweep tries again those that may be."""
    log.error("job %s: %s", ids, type(error).__name__, exc_info=None if isinstance(error, Refused) else error)
    text = str(error) if isinstance(error, Refused) else f"A fault in the program ({type(error).__name__}); it is in the log."
    jobs = list(Job.objects.filter(pk__in=ids))
    final = [job.pk for job in jobs if isinstance(error, Refused) or after_crash(job.attempts) is JobState.FAILED]
    _end(final, JobState.FAILED, at=at, error=text)
    Job.objects.filter(pk__in=set(ids) - set(final)).update(state=JobState.QUEUED, error=text)


def _end(ids: list[int], state: JobState, *, at: datetime, error: str = "") -> None:
    Job.objects.filter(pk__in=ids).update(state=state, ended_at=at, error=error)
