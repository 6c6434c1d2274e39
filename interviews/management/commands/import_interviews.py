"""Import interviews from a JSON file. Its options, exit codes and JSON are a contract; docs/interviews.md describes them."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from departments.models import ReviewCycle, User
from interviews.core.interchange import BYTES
from interviews.services.interchange import Imported, import_interviews
from metrics.core.problems import Unreadable
from saypro_review.lib.formatting import plural

DONE, REJECTED, UNREADABLE = 0, 1, 3
SHOWN = 20  # errors in the output for people


class Command(BaseCommand):
    help = (
        "Import interviews from a JSON file (docs/interviews.md): all of them or none. "
        "Exit code 0: imported, or nothing to do; 1: something is wrong, nothing written; 3: the file cannot be read."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE")
        parser.add_argument("--cycle", required=True, metavar="CODE", help="the review that they belong to")
        parser.add_argument("--by", metavar="EMAIL", help="the reviewer in whose name it is done, and the interviewer where none is named")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen and write nothing")
        parser.add_argument("--json", action="store_true", help="one JSON document on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        cycle = ReviewCycle.objects.filter(code=options["cycle"]).first()
        if cycle is None:
            raise CommandError(f"There is no review {options['cycle']}.")
        by = _person(options["by"])
        path = Path(options["file"])
        done, fault = None, ""
        try:
            done = import_interviews(_content(path), cycle=cycle, by=by, at=timezone.now(), dry_run=options["dry_run"])
        except OSError as error:
            fault = f"{path} cannot be read: {error.strerror or error}."
        except Unreadable as error:
            fault = str(error)
        if options["json"]:
            self.stdout.write(json.dumps(_answer(done, fault), ensure_ascii=False))
        else:
            self._tell(path.name, done, fault, dry_run=options["dry_run"])
        if status := UNREADABLE if done is None else REJECTED if done.wrong else DONE:
            sys.exit(status)

    def _tell(self, name: str, done: Imported | None, fault: str, *, dry_run: bool) -> None:
        """The answer for people: what happened first, then what is wrong."""
        if done is None:
            self.stderr.write(fault)
        elif done.wrong:
            self.stderr.write(f"{name} has {plural(done.wrong, 'error')}. Nothing was written.")
            for error in done.errors[:SHOWN]:
                self.stderr.write(f"{error.path}: {error.message}" if error.path else error.message)
            if done.wrong > SHOWN:
                self.stderr.write(f"... and {done.wrong - SHOWN:,} more errors; --json lists them.")
        elif not done.new:
            self.stdout.write(f"{name} holds nothing new: {plural(done.same, 'interview')} already here.")
        else:
            what = "can be imported. Nothing was written" if dry_run else "is imported"
            self.stdout.write(f"{name} {what}: {plural(done.new, 'new interview')}, {done.same:,} already here.")


def _person(email: str | None) -> User | None:
    if not email:
        return None
    person = User.objects.filter(email=email.lower()).first()
    if person is None:
        raise CommandError(f"There is no account {email}.")
    return person


def _content(path: Path) -> bytes:
    """The bytes of the file. Raises OSError, also for one over the limit."""
    if path.is_file() and path.stat().st_size > BYTES:
        raise OSError(0, f"it is larger than {BYTES // 1024 // 1024} MB")
    return path.read_bytes()


def _answer(done: Imported | None, fault: str) -> dict[str, Any]:
    if done is None:
        return {"new": 0, "same": 0, "errors": [{"path": "", "message": fault}], "ids": []}
    errors = [{"path": error.path, "message": error.message} for error in done.errors]
    return {"new": done.new, "same": done.same, "errors": errors, "ids": done.ids}
