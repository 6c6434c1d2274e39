"""One figure corrected by a person: an import of one row, with its own line in the history and its own undo."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime

from departments.models import User
from departments.services.jobs import Refused
from metrics.core.answers import AS_THEY_STAND, Answers
from metrics.core.kpi import ImportState
from metrics.models import Import, Series
from metrics.services import imports

FILE_NAME = "Correction.csv"


def correct(series: Series, *, period: date, value: float, reason: str, by: User, at: datetime) -> Import:
    """Put the value in the place of the figure of that period. Raises Refused with what stands against it."""
    if series.rolled_up:
        raise Refused("This figure is made of those of the departments below. Correct it there.")
    held = io.StringIO(newline="")
    row = [series.department.name, series.kpi.name, period.isoformat(), repr(value), reason]
    csv.writer(held).writerows([["department", "kpi", "period", "value", "note"], row])
    content = held.getvalue().encode()
    answers = Answers(percent=AS_THEY_STAND)
    outcome = imports.run(file_name=FILE_NAME, content=content, create=False, by=by, at=at, answers=answers)
    if outcome.batch.state not in (ImportState.APPLIED, ImportState.UNCHANGED):
        said = [problem.message for problem in outcome.problems] or [question["text"] for question in outcome.batch.questions]
        raise Refused(said[0])
    return outcome.batch
