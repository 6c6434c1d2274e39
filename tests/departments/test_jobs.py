"""Work in the background: claimed once, shared by all who asked, tried again after a crash, given up after too many."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import timedelta

import pytest
from django.db import OperationalError, connection, connections, transaction
from django.utils import timezone

from departments.models import Job
from departments.services import jobs
from tests.factories import AT

KIND = "tests.nothing"


def clock():
    return timezone.now()


@pytest.fixture
def job(db):
    return Job.objects.create(kind=KIND, created_at=AT)


def state(job):
    job.refresh_from_db()
    return job.state


def test_a_job_is_done_once(job):
    done = []
    jobs.perform(job.pk, lambda *_: done.append(1), clock=clock)
    jobs.perform(job.pk, lambda *_: done.append(1), clock=clock)
    assert (done, state(job), job.attempts) == ([1], "done", 1)
    assert job.ended_at


def test_one_piece_of_work_serves_all_that_asked_before_it_began(job):
    other = Job.objects.create(kind=KIND, created_at=AT)
    different = Job.objects.create(kind=KIND, subject_id=7, created_at=AT)
    done = []
    jobs.perform(job.pk, lambda *_: done.append(1), clock=clock)
    assert (done, state(job), state(other), state(different)) == ([1], "done", "done", "queued")


def test_what_was_asked_while_working_is_done_after(job):
    runs = []

    def do(*_):
        if not runs:
            Job.objects.create(kind=KIND, created_at=AT)
        runs.append(1)

    jobs.perform(job.pk, do, clock=clock)
    assert len(runs) == 2
    assert not Job.objects.pending().exists()


def test_a_fault_is_kept_and_tried_again_up_to_five_times(job, caplog):
    def broken(*_):
        raise ZeroDivisionError("secret text")

    for attempt in range(1, 6):
        jobs.perform(job.pk, broken, clock=clock)
        assert state(job) == ("queued" if attempt < 5 else "failed")
    assert "ZeroDivisionError" in job.error
    assert "secret text" not in job.error
    assert job.attempts == 5


def test_a_refusal_fails_at_once_with_its_words(job):
    def refused(*_):
        raise jobs.Refused("The file is gone.")

    jobs.perform(job.pk, refused, clock=clock)
    assert (state(job), job.error) == ("failed", "The file is gone.")


def test_a_full_disk_is_a_fault_like_any_other(job):
    def full(*_):
        raise OperationalError("could not extend file")

    jobs.perform(job.pk, full, clock=clock)
    assert state(job) == "queued"
    assert "OperationalError" in job.error


def test_a_lost_database_leaves_the_job_to_the_sweep(job, monkeypatch):
    def lost(*_):
        raise OperationalError("gone")

    with monkeypatch.context() as patch:
        patch.setattr(connections["default"], "is_usable", lambda: False)
        with pytest.raises(OperationalError):
            jobs.perform(job.pk, lost, clock=clock)
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock_all()")  # as the end of the lost connection would
    assert state(job) == "running"
    jobs.perform(job.pk, lambda *_: None, clock=clock)
    assert (state(job), job.attempts) == ("done", 2)


def test_a_job_that_took_five_workers_with_it_is_given_up(job):
    Job.objects.filter(pk=job.pk).update(state="running", attempts=5)
    done = []
    jobs.perform(job.pk, lambda *_: done.append(1), clock=clock)
    assert (done, state(job)) == ([], "failed")
    assert "worker" in job.error


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("amid", [False, True])
def test_progress_is_seen_at_once_also_amid_a_transaction_of_the_work(amid):
    job = Job.objects.create(kind=KIND, created_at=AT)
    seen = []

    def do(_, progress):
        with transaction.atomic() if amid else nullcontext():
            Job.objects.create(kind="tests.other", created_at=AT)
            progress("Reading", 3, 2)
            other = connection.copy()
            with other.cursor() as cursor:
                cursor.execute("SELECT step, done, total FROM departments_job WHERE kind = %s", [KIND])
                seen.extend(cursor.fetchall())
            other.close()

    jobs.perform(job.pk, do, clock=clock)
    assert seen == [("Reading", 2, 2)]
    assert state(job) == "done"


@pytest.mark.django_db(transaction=True)
def test_a_living_worker_keeps_its_lane():
    job = Job.objects.create(kind=KIND, created_at=AT)
    other = connections.create_connection("default")
    with jobs._lane(job) as held:
        assert held
        ours = "FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        with other.cursor() as cursor:
            cursor.execute(f"SELECT objid, classid {ours}")
            ((low, high),) = cursor.fetchall()
            cursor.execute("SELECT pg_try_advisory_lock((%s::bigint << 32) | %s::bigint)", [high, low])
            assert cursor.fetchone() == (False,)
    other.close()


@pytest.mark.django_db(transaction=True)
def test_a_job_is_left_to_the_living_worker_that_has_its_lane():
    job = Job.objects.create(kind=KIND, created_at=AT)
    other = connections.create_connection("default")
    ours = "FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    done = []
    with other.cursor() as cursor:
        with jobs._lane(job):
            cursor.execute(f"SELECT (classid::bigint << 32) | objid::bigint {ours}")
            (lane,) = cursor.fetchone()
        cursor.execute("SELECT pg_advisory_lock(%s)", [lane])
        jobs.perform(job.pk, lambda *_: done.append(1), clock=clock)
        assert (done, state(job), job.attempts) == ([], "queued", 0)
        cursor.execute("SELECT pg_advisory_unlock(%s)", [lane])
    other.close()
    jobs.perform(job.pk, lambda *_: done.append(1), clock=clock)
    assert (done, state(job)) == ([1], "done")


def test_the_sweep_sends_only_what_waits_longer_than_the_grace(job, monkeypatch):
    sent = []
    monkeypatch.setattr(jobs.queue, "send", lambda kind, pk: sent.append((kind, pk)) or True)
    Job.objects.create(kind=KIND, created_at=AT + timedelta(hours=1))
    Job.objects.create(kind=KIND, created_at=AT, state="done", ended_at=AT)
    assert jobs.sweep(older_than=AT + timedelta(minutes=1)) == 1
    assert sent == [(KIND, job.pk)]


def test_a_job_row_exists_only_if_the_act_commits(db):
    def act():
        with transaction.atomic():
            jobs.enqueue(KIND, at=AT)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        act()
    assert not Job.objects.exists()
