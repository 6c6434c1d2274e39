"""Import a KPI file. Its options, exit codes and JSON are a contract; docs of the project describe them."""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from departments.models import User
from metrics.core.answers import AS_THEY_STAND, DAY_FIRST, MONTH_FIRST, TIMES_100, Answers, BadAnswers, from_json
from metrics.core.kpi import ImportState
from metrics.core.problems import Question
from metrics.core.rows import Rows
from metrics.core.settle import iso
from metrics.services import imports
from metrics.services.imports import Outcome

DONE, REJECTED, QUESTION, UNREADABLE = 0, 1, 2, 3
SHOWN = 20  # errors in the output for people
FIGURES = ("value", "target", "benchmark")
SUSPECTS = {
    "unit_slip": "figures that may be in another unit",
    "jump": "figures beyond everything so far",
    "copied": "figures that repeat the ones before",
    "future": "figures of periods that lie ahead",
}


class Command(BaseCommand):
    help = (
        "Import a file of KPI figures (CSV, TSV, XLSX, ODS; long or wide): all of its rows or none. "
        "Exit code 0: imported, or nothing to do; 1: rows were rejected, nothing written; "
        "2: a question must be answered first; 3: the file cannot be read."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen and write nothing")
        parser.add_argument("--create", action="store_true", help="make departments and KPIs that are not known yet")
        parser.add_argument("--good-rows", action="store_true", help="import the rows without errors and leave out the others")
        parser.add_argument("--mapping", metavar="FILE", help="JSON: what each column is and other answers (docs/import.md)")
        order = parser.add_mutually_exclusive_group()
        order.add_argument("--dayfirst", action="store_true", help="01/02/2016 is 1 February")
        order.add_argument("--monthfirst", action="store_true", help="01/02/2016 is 2 January")
        parser.add_argument("--decimal", choices=[".", ","], help="the sign before decimals")
        parser.add_argument("--percent", choices=[AS_THEY_STAND, TIMES_100], help="how to read 0.95 where the unit is %%")
        parser.add_argument("--encoding", metavar="E", help="such as utf-8, cp1252, utf-16")
        parser.add_argument("--sheet", metavar="S", help="the sheet of a spreadsheet that holds the figures")
        parser.add_argument("--by", metavar="EMAIL", help="the account in whose name it is done")
        parser.add_argument("--json", action="store_true", help="one JSON document on standard output")
        parser.add_argument("--rows", action="store_true", help="with --json: the rows as understood, too")

    def handle(self, *args: Any, **options: Any) -> None:
        by = self._person(options["by"])
        answers = _answers(options)
        outcome = None
        try:
            content = _content(Path(options["file"]))
        except OSError as error:
            answer = _nothing(f"{options['file']} cannot be read: {error.strerror or error}.")
        else:
            outcome = imports.run(
                file_name=Path(options["file"]).name,
                content=content,
                create=options["create"],
                by=by,
                at=timezone.now(),
                dry_run=options["dry_run"],
                answers=answers,
                good_rows=options["good_rows"],
            )
            answer = _answer(outcome)
        if options["json"]:
            if options["rows"] and outcome and outcome.rows is not None:
                answer |= {"rows": _rows(outcome.rows), "warnings": outcome.batch.warnings, "reading": outcome.batch.reading}
            self.stdout.write(json.dumps(answer, ensure_ascii=False, allow_nan=False))
        else:
            self._tell(answer, outcome, dry_run=options["dry_run"])
        if status := _exit_code(outcome):
            sys.exit(status)

    def _person(self, email: str | None) -> User | None:
        if not email:
            return None
        person = User.objects.filter(email=email.lower()).first()
        if person is None:
            raise CommandError(f"There is no account {email}.")
        return person

    def _tell(self, answer: dict[str, Any], outcome: Outcome | None, *, dry_run: bool) -> None:
        """The answer for people: what happened first, then what is wrong or open."""
        counts = ", ".join(f"{answer[name]:,} {name}" for name in ("new", "changed", "same", "rejected"))
        out = self.stderr if _exit_code(outcome) else self.stdout
        if outcome and outcome.rows is not None:
            out.write(f"{_headline(outcome, dry_run=dry_run)} Rows: {counts}.")
        for error in answer["errors"][:SHOWN]:
            place = ", ".join(part for part in (f"line {error['line']}" if error["line"] else "", error["column"]) if part)
            value = f" “{error['value']}”:" if error["value"] else ""
            out.write(f"{place}:{value} {error['message']}" if place else error["message"])
        if len(answer["errors"]) > SHOWN:
            total = outcome.rows.problems.count if outcome and outcome.rows is not None else len(answer["errors"])
            out.write(f"... and {total - SHOWN:,} more errors; --json lists them.")
        for question in outcome.rows.questions if outcome and outcome.rows is not None else []:
            out.write(f"{question.text} Give {question.flag}.{_meant(question, outcome)}")
        aside = outcome.batch.reading.get("aside", []) if outcome else []
        if below := [(line, why) for line, why in aside if why != "above the header"]:
            more = f" and {len(below) - 3:,} more" if len(below) > 3 else ""
            out.write(f"Left aside: {', '.join(f'line {line} ({why})' for line, why in below[:3])}{more}.")
        for kind, count in (outcome.warnings.counts if outcome else {}).items():
            first = next(one for one in outcome.warnings.first if one.kind == kind) if outcome else None
            shown = f" Line {first.line}, {first.column}: {first.value}. {first.message}" if first else ""
            out.write(f"Look at {count:,} {SUSPECTS[kind]}.{shown}")


def _answers(options: dict[str, Any]) -> Answers:
    """The answers of the mapping file, and over them those of the options."""
    given: dict[str, Any] = {name: options[name] for name in ("decimal", "encoding", "sheet", "percent") if options[name]}
    if options["dayfirst"] or options["monthfirst"]:
        given["dates"] = DAY_FIRST if options["dayfirst"] else MONTH_FIRST
    below = Answers()
    if options["mapping"]:
        try:
            below = from_json(json.loads(Path(options["mapping"]).read_text(encoding="utf-8-sig")))
        except OSError as error:
            raise CommandError(f"{options['mapping']} cannot be read: {error.strerror or error}.") from error
        except (BadAnswers, ValueError) as error:
            raise CommandError(f"{options['mapping']}: {error}") from error
    return from_json(given).over(below)


def _meant(question: Question, outcome: Outcome | None) -> str:
    """Known names that unknown ones may have been meant for."""
    kind = {"unknown_departments": "departments", "unknown_kpis": "kpis"}.get(question.kind, "")
    near = outcome.batch.reading.get("near", {}).get(kind, {}) if outcome and kind else {}
    said = [f"“{name}” for {' or '.join(f'“{one}”' for one in found)}" for name, found in near.items()]
    return f" Perhaps {'; '.join(said[:5])}: match them in --mapping." if said else ""


def _content(path: Path) -> bytes:
    """The bytes of the file. Raises OSError, also for one over the limit."""
    most = settings.MAX_UPLOAD_MB * 1024 * 1024
    if path.is_file() and path.stat().st_size > most:
        raise OSError(0, f"it is larger than {settings.MAX_UPLOAD_MB} MB")
    return path.read_bytes()


def _exit_code(outcome: Outcome | None) -> int:
    if outcome is None or outcome.rows is None:
        return UNREADABLE
    return {ImportState.REFUSED: REJECTED, ImportState.UNDECIDED: QUESTION}.get(ImportState(outcome.batch.state), DONE)


def _headline(outcome: Outcome, *, dry_run: bool) -> str:
    name = outcome.batch.file_name
    return {
        ImportState.REFUSED: f"{name} has errors. Nothing was written.",
        ImportState.UNDECIDED: f"{name} leaves a question open. Nothing was written.",
        ImportState.UNCHANGED: f"{name} holds nothing new.",
    }.get(ImportState(outcome.batch.state), f"{name} can be imported. Nothing was written." if dry_run else f"{name} is imported.")


def _nothing(message: str) -> dict[str, Any]:
    error = {"line": 0, "column": "", "value": "", "message": message}
    return {"new": 0, "changed": 0, "same": 0, "rejected": 0, "errors": [error], "questions": []}


def _answer(outcome: Outcome) -> dict[str, Any]:
    batch, questions = outcome.batch, outcome.rows.questions if outcome.rows is not None else []
    return {
        **{name: getattr(batch, name) for name in ("new", "changed", "same", "rejected")},
        "errors": [{"line": one.line, "column": one.column, "value": one.value, "message": one.message} for one in outcome.problems],
        "questions": [{"kind": one.kind, "column": one.column, "options": one.options, "flag": one.flag} for one in questions],
    }


def _rows(rows: Rows) -> list[dict[str, Any]]:
    """The good rows in the file's order."""
    order = np.argsort(rows.lines)
    blank = np.full(len(rows), math.nan)
    figures = {name: rows.numbers.get(name, blank)[order].tolist() for name in FIGURES}
    places = zip(rows.department[order].tolist(), rows.kpi[order].tolist(), rows.period[order].tolist(), strict=True)
    return [
        {
            "department": rows.departments[department].name.text,
            "kpi": rows.kpis[kpi].name.text,
            "period": iso(period),
            **{name: None if math.isnan(column[place]) else column[place] for name, column in figures.items()},
        }
        for place, (department, kpi, period) in enumerate(places)
    ]
