"""Real Celery workers for tests, each on the running test's database and queue."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from django.conf import settings
from django.db import connection

from departments.models import Job

ROOT = Path(__file__).resolve().parent.parent


def start(place: Path, concurrency: int = 1) -> subprocess.Popen[bytes]:
    """A worker with beat as a process group of its own; its log and schedule are kept in `place`."""
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "TEST_DATABASE_NAME": connection.settings_dict["NAME"],
        "TEST_QUEUE": settings.CELERY_TASK_DEFAULT_QUEUE,
    }
    command = [sys.executable, "-m", "celery", "-q", "-A", "saypro_review", "worker", "--beat", "--schedule", str(place / "beat")]
    command += ["--concurrency", str(concurrency), "--loglevel", "warning", "--without-gossip", "--without-mingle"]
    with (place / "worker.log").open("ab") as log:
        return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True)


def end(process: subprocess.Popen[bytes]) -> None:
    """Stop it as an operator would; on a machine too busy for that, kill it."""
    process.terminate()
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    """Kill -9 the worker and all its children at once."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def wait_for_jobs(seconds: float = 60) -> None:
    """Return when no job is pending; fail after `seconds`."""
    until = time.monotonic() + seconds
    while Job.objects.pending().exists():
        assert time.monotonic() < until, list(Job.objects.pending().values("kind", "state", "attempts", "error"))
        time.sleep(0.1)


def disconnect() -> None:
    """Close what a killed worker left open: its locks would stand in the way of emptying the database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
