"""Write a cycle's Week 1 summary to a file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from departments.models import ReviewCycle, User
from gaps import queries
from gaps.documents import FORMATS


class Command(BaseCommand):
    help = "Write the Week 1 summary of a cycle's current run to a file (or - for standard output)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--cycle", required=True, metavar="CODE")
        parser.add_argument("--format", required=True, choices=list(FORMATS))
        parser.add_argument("-o", "--output", required=True, metavar="FILE")
        parser.add_argument(
            "--audience", default="managers", metavar="managers|head:EMAIL", help="whose departments it covers (default: all)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        cycle = ReviewCycle.objects.filter(code=options["cycle"]).first()
        if cycle is None:
            codes = ", ".join(ReviewCycle.objects.values_list("code", flat=True)) or "none yet"
            raise CommandError(f"There is no cycle {options['cycle']}. Cycles: {codes}.")
        document = queries.summary(cycle, self._reader(options["audience"]))
        if document is None:
            raise CommandError(f"{cycle.code} has not been judged yet: run `manage.py recompute --cycle {cycle.code} --wait`.")
        content = FORMATS[options["format"]].render(document)
        if options["output"] == "-":
            sys.stdout.buffer.write(content)
        else:
            Path(options["output"]).write_bytes(content)

    def _reader(self, audience: str) -> User | None:
        """The head whose summary it is; None for everything."""
        if audience == "managers":
            return None
        kind, _, email = audience.partition(":")
        head = User.objects.filter(email=email.lower()).first() if kind == "head" else None
        if head is None:
            raise CommandError(f"Unknown audience {audience}: write managers, or head:EMAIL of an account.")
        return head
