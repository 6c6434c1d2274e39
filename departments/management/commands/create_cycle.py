"""Set up a review cycle."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from departments.models import Department, User
from departments.services import cycles


class Command(BaseCommand):
    help = "Set up a review cycle over a window of dates and, unless all are meant, some departments with those below them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code")
        parser.add_argument("--name", default="")
        parser.add_argument("--from", dest="data_from", required=True, type=date.fromisoformat, metavar="DATE")
        parser.add_argument("--to", dest="data_to", required=True, type=date.fromisoformat, metavar="DATE")
        parser.add_argument("--department", action="append", default=[], metavar="CODE", help="may be given several times")
        parser.add_argument("--reviewer", action="append", default=[], metavar="EMAIL", help="who reads its interviews; several times")

    def handle(self, *args: Any, **options: Any) -> None:
        roots = list(Department.objects.filter(code__in=options["department"]))
        missing = set(options["department"]) - {root.code for root in roots}
        if missing:
            raise CommandError(f"There is no department {', '.join(sorted(missing))}.")
        emails = {email.lower() for email in options["reviewer"]}
        reviewers = list(User.objects.filter(email__in=emails))
        if unknown := emails - {user.email for user in reviewers}:
            raise CommandError(f"There is no account {', '.join(sorted(unknown))}.")
        try:
            cycle = cycles.create_cycle(
                code=options["code"],
                name=options["name"],
                data_from=options["data_from"],
                data_to=options["data_to"],
                by=None,
                at=timezone.now(),
                roots=roots,
                reviewers=reviewers,
            )
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(f"{cycle.code}: {cycle.data_from} to {cycle.data_to}.")
