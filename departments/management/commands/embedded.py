"""`manage.py embedded run -- COMMAND`: a command that needs the servers, whether or not `up` is running."""

import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from saypro_review.lib.embedded import session


class Command(BaseCommand):
    help = "Start the embedded servers, run what follows --, stop them. If `up` is running, the command just uses its servers."
    requires_system_checks = []
    command: list[str] = []

    def run_from_argv(self, argv: list[str]) -> None:
        """Everything after the first -- is the command's, options included; argparse would take some for its own."""
        if "--" in argv:
            at = argv.index("--")
            argv, self.command = argv[:at], argv[at + 1 :]
        super().run_from_argv(argv)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("action", choices=["run"])
        parser.add_argument("--fast", action="store_true", help="for tests: faster, but a crash of the machine may cost the data")

    def handle(self, *args: object, **options: Any) -> None:
        if not self.command:
            raise CommandError("Say which command to run: manage.py embedded run -- COMMAND")
        sys.exit(session.run(settings.STATE, self.command, fast=options["fast"], embedded=not settings.EXTERNAL_SERVERS))
