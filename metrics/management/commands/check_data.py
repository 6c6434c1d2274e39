"""Check what the database does not check by itself."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection

CHECKS = {
    "observations without their series": "FROM metrics_observation o LEFT JOIN metrics_series s ON s.id = o.series_id WHERE s.id IS NULL",
    "observations without their import": "FROM metrics_observation o LEFT JOIN metrics_import i ON i.id = o.batch_id WHERE i.id IS NULL",
    "earlier figures without their series": (
        "FROM metrics_observationchange c LEFT JOIN metrics_series s ON s.id = c.series_id WHERE s.id IS NULL"
    ),
    "earlier figures without their import, or the one that replaced them": (
        "FROM metrics_observationchange c LEFT JOIN metrics_import i ON i.id = c.batch_id "
        "LEFT JOIN metrics_import r ON r.id = c.replaced_by_id WHERE i.id IS NULL OR r.id IS NULL"
    ),
}


class Command(BaseCommand):
    help = "Check that every figure belongs to a series and an import. Exit code 1, with counts, when one does not."

    def handle(self, *args: Any, **options: Any) -> None:
        found = {name: self._count(query) for name, query in CHECKS.items()}
        for name, count in found.items():
            if count:
                self.stderr.write(f"{count:,} {name}.")
        if any(found.values()):
            sys.exit(1)
        self.stdout.write("Every figure belongs to a series and an import.")

    def _count(self, query: str) -> int:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) {query}")
            return int(cursor.fetchone()[0])
