"""The codebook in the exchange format REFI-QDA. Its options and exit codes are a contract; docs/interviews.md describes them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from departments.models import User
from interviews.core import refi
from interviews.core.refi import Comparison
from interviews.services import codebook_file as services
from metrics.core.problems import Unreadable
from saypro_review.lib.formatting import plural

DONE, REJECTED, UNREADABLE = 0, 1, 3
SHOWN = 20  # errors in the output


class Command(BaseCommand):
    help = (
        "Export the codebook as a .qdc file, import one, or check one. "
        "Exit code 0: done, or in order; 1: something is wrong with it, nothing written; 3: the file cannot be read."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("act", choices=["export", "import", "check"])
        parser.add_argument("file", metavar="FILE")
        parser.add_argument("--schema", metavar="PATH", help="check: the XML schema (Codebook.xsd) to hold the file against")
        parser.add_argument("--by", metavar="EMAIL", help="in whose name it is done")
        parser.add_argument("--dry-run", action="store_true", help="import: say what would happen and write nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(options["file"])
        try:
            if status := getattr(self, f"_{options['act']}")(path, **options):
                sys.exit(status)
        except OSError as error:
            self._end(f"{error.filename or path} cannot be used: {error.strerror or error}.", UNREADABLE)
        except Unreadable as error:
            self._end(f"{path.name}: {error}", UNREADABLE)
        except ValidationError as error:
            self._end(" ".join(error.messages), REJECTED)

    def _export(self, path: Path, *, by: str | None, **_: Any) -> int:
        path.write_bytes(services.export(by=_person(by), at=timezone.now()))
        self.stdout.write(f"The codebook is in {path}.")
        return DONE

    def _import(self, path: Path, *, by: str | None, dry_run: bool, **_: Any) -> int:
        content = path.read_bytes()
        comparison = services.compare(content)
        new, changed = plural(len(comparison.new), "theme"), plural(len(comparison.changed), "theme")
        for line, message in comparison.problems[:SHOWN]:
            self.stderr.write(f"Line {line}: {message}")
        if comparison.problems:
            self.stderr.write(f"{path.name} has {plural(len(comparison.problems), 'error')}. Nothing was written.")
            return REJECTED
        if not dry_run:
            services.take(content, seen=comparison.digest, by=_person(by), at=timezone.now())
        self.stdout.write(f"{path.name}: {new} new, {changed} changed, {comparison.same} as they are.")
        self._unplaced(comparison)
        if dry_run:
            self.stdout.write("Nothing was written.")
        return DONE

    def _unplaced(self, comparison: Comparison) -> None:
        if names := [change.after.name for change in comparison.new if change.unplaced]:
            self.stdout.write(f"Without a place among causes, put at {', '.join(refi.UNPLACED)}: {', '.join(names[:SHOWN])}.")

    def _check(self, path: Path, *, schema: str | None, **_: Any) -> int:
        content = path.read_bytes()
        codes = refi.parse(content)  # no document type, no entities, bounded: only then the schema's turn
        errors = _against(refi.unpacked(content), Path(schema)) if schema else []
        for error in errors[:SHOWN]:
            self.stderr.write(error)
        if errors:
            self.stderr.write(f"{path.name} is not valid: {plural(len(errors), 'error')}.")
            return REJECTED
        self.stdout.write(f"{path.name} is {'valid' if schema else 'readable'}: {plural(len(codes), 'code')}.")
        return DONE

    def _end(self, words: str, status: int) -> None:
        self.stderr.write(words)
        sys.exit(status)


def _against(content: bytes, schema: Path) -> list[str]:
    """What the schema says against the document, in its words. Raises OSError and Unreadable for the schema."""
    import xmlschema  # not for a web process

    try:
        rules = xmlschema.XMLSchema(schema.read_bytes(), base_url=str(schema.parent), allow="local", defuse="always")
    except (xmlschema.XMLSchemaException, SyntaxError) as error:
        raise Unreadable(f"{schema} is no XML schema: {error}") from None
    return [f"{error.path}: {error.reason}" for error in rules.iter_errors(content)]


def _person(email: str | None) -> User | None:
    if not email:
        return None
    found = User.objects.filter(email__iexact=email, is_active=True).first()
    if found is None:
        raise CommandError(f"Nobody here has the address {email}.")
    return found
