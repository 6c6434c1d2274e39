"""Load the demo organisation."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from departments import queries
from gaps.services.demo import Mixed, Outcome, load_demo

SAID = {
    Outcome.LOADED: "The demo organisation is loaded; its figures are judged once a worker runs. Sign in on this machine as:",
    Outcome.THERE_ALREADY: "The demo organisation is there already. Sign in on this machine as:",
    Outcome.NOT_EMPTY: "There are accounts here: no demo was loaded.",
}


class Command(BaseCommand):
    help = "Make the demo organisation: departments, KPIs, goals, some years of invented figures, two reviews and logins."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--if-empty", action="store_true", help="do nothing where there is any account")
        parser.add_argument("--today", type=date.fromisoformat, metavar="DATE", help="the day it is made for; default: today")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            outcome = load_demo(at=timezone.now(), today=options["today"], if_empty=options["if_empty"])
        except Mixed as error:
            raise CommandError(str(error)) from error
        if options["verbosity"] == 0:
            return
        self.stdout.write(SAID[outcome])
        if outcome is not Outcome.NOT_EMPTY:
            self.stdout.write("\n".join(queries.demo_greeting()))
