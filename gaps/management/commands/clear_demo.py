"""Remove the demo organisation."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from gaps.services.demo import Mixed, clear_demo


class Command(BaseCommand):
    help = (
        "Remove the demo organisation: its departments, KPIs, figures, files, reviews and logins. "
        "Nothing is removed where data of your own hangs on it. The audit log stays."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            cleared = clear_demo(by=None, at=timezone.now())
        except Mixed as error:
            raise CommandError(str(error)) from error
        self.stdout.write("The demo organisation is removed." if cleared else "There is no demo organisation.")
