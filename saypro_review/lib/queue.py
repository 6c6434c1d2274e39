"""Hurrying the background work. What is to be done stands in the database (departments.Job); a message only wakes a worker.

So a message that is lost costs seconds, not work: the sweep finds the row.
"""

from __future__ import annotations

import logging

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

log = logging.getLogger("saypro.queue")


def wake(task: str, job_id: int) -> None:
    """Send `task` the id of its job once the current transaction has committed. Never raises: the sweep is the certainty."""
    transaction.on_commit(lambda: send(task, job_id), robust=True)


def send(task: str, job_id: int) -> bool:
    """Send the message now; False, with a line in the log, when the broker cannot be reached."""
    try:
        current_app.send_task(task, args=[job_id])
    except (OperationalError, OSError) as error:
        log.warning("broker not reached, job %s waits for the sweep: %s", job_id, type(error).__name__)
        return False
    return True
