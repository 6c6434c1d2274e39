"""What happens by itself: texts and names go when their time is over."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from interviews.services import persons


@shared_task(name="interviews.retire")
def retire() -> None:
    """Destroy what is to be kept no longer. Nothing of it is in the message, and running twice is running once."""
    now = timezone.now()
    persons.retire_due(at=now, today=timezone.localdate(now))
