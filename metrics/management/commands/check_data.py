"""Check what the database does not check by itself."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import connection

from metrics.services import rollup

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
    help = (
        "Check that every figure belongs to a series and an import, and that the series marked as rolled up are those that the figures "
        "and the tree of departments say. Exit code 1, with counts, when something is wrong."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--refresh", action="store_true", help="first mark anew what is rolled up; recompute the open cycles after it")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["refresh"]:
            self.stdout.write(f"Series marked anew as rolled up, or no longer: {rollup.refresh():,}.")
        found = {name: self._count(query) for name, query in CHECKS.items()}
        found["series wrongly marked or unmarked as rolled up; run this with --refresh"] = sum(len(one) for one in rollup.differences())
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
