"""A file beside what is known: its bytes in, the rows as they are to be kept out. Writes nothing."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from typing import Any

import numpy as np
from django.conf import settings
from django.db import connection
from django.db.models import Max

from departments.models import Department, ReviewCycle
from metrics.core import sheet
from metrics.core.answers import Answers, from_json
from metrics.core.kpi import Direction
from metrics.core.mapping import Names
from metrics.core.meaning import is_percent
from metrics.core.near import near
from metrics.core.period_text import EPOCH
from metrics.core.periods import Frequency
from metrics.core.problems import Question, Unreadable
from metrics.core.rows import Known, KnownKpi, Rows
from metrics.core.sheet import Sheet, Understood
from metrics.core.suspicion import History
from metrics.models import KPI, ImportLayout
from saypro_review.lib import sheets

Report = Callable[[str, int, int], None]
ASIDES, SAMPLE_CELL = 200, 120
SHEETS_TRIED = 5
TOLD_EVERY = 50_000  # rows
MOVABLE = {Frequency.WEEK, Frequency.QUARTER, Frequency.YEAR}  # periods that do not begin everywhere on the same day
# Any figure of a series says where its weeks, quarters or years begin (metrics.core.periods, starts_of): one look into the key's index
# per series, not a pass over its rows.
STARTS = """
    SELECT s.department_id, s.kpi_id, CASE k.frequency
        WHEN 'week' THEN extract(isodow FROM o.period)::int - 1
        WHEN 'quarter' THEN (extract(month FROM o.period)::int - 1) %% 3
        ELSE extract(month FROM o.period)::int - 1 END
    FROM metrics_series s
    JOIN metrics_kpi k ON k.id = s.kpi_id
    CROSS JOIN LATERAL (SELECT period FROM metrics_observation WHERE series_id = s.id LIMIT 1) o
    WHERE s.department_id = ANY(%s) AND s.kpi_id = ANY(%s)
"""
LARGEST = """
    SELECT s.kpi_id, max(abs(o.value)) FROM metrics_observation o JOIN metrics_series s ON s.id = o.series_id
    WHERE s.kpi_id = ANY(%s) GROUP BY s.kpi_id
"""
HISTORY = """
    SELECT f.place, count(*), min(o.value), max(o.value), count(*) FILTER (WHERE o.value <> 0),
        coalesce(sum(ln(abs(o.value))) FILTER (WHERE o.value <> 0), 0), coalesce(sum(ln(abs(o.value)) ^ 2) FILTER (WHERE o.value <> 0), 0)
    FROM unnest(%s::bigint[], %s::int[], %s::date[], %s::date[]) f(series, place, first, last)
    JOIN metrics_observation o ON o.series_id = f.series AND (o.period < f.first OR o.period > f.last)
    GROUP BY f.place
"""


@dataclass(frozen=True)
class File:
    """A file as text: of a spreadsheet the rows of one sheet."""

    content: bytes
    form: str  # csv, xlsx, ods
    sheet: str = ""
    sheets: tuple[str, ...] = ()


def open_file(content: bytes, answers: Answers) -> File:
    """The text of the file; spreadsheets are read in a child process with limits. Raises Unreadable."""
    form = sheets.looks_like(content)
    if form is None:
        return File(content, "csv")
    try:
        converted = sheets.convert(content, sheet=answers.sheet or None)
    except sheets.BadSheet as error:
        raise Unreadable(str(error)) from None
    return File(converted.csv, form, converted.sheet, tuple(converted.sheets))


def understand(content: bytes, answers: Answers, *, recall: bool = False, progress: Report | None = None) -> tuple[File, Sheet]:
    """The file as text, and its columns. Of a workbook whose sheet nobody has named, the first that is a table. Raises Unreadable."""
    file = open_file(content, answers)
    names = [name for name in file.sheets if name != file.sheet][:SHEETS_TRIED] if not answers.sheet else []
    try:
        return file, read(file, answers, recall=recall, progress=progress)
    except Unreadable:
        for name in names:
            other = open_file(content, replace(answers, sheet=name))
            with suppress(Unreadable):
                return other, read(other, answers, recall=recall, progress=progress)
        raise


def read(file: File, answers: Answers, *, recall: bool = False, progress: Report | None = None) -> Sheet:
    """The columns of the file. Raises Unreadable. `recall`: read it as the last one of its layout, where the answers leave that open.
    `progress` is told the lines read of the lines there are."""
    total = file.content.count(b"\n") + 1
    told = 0

    def tell(rows: int) -> None:
        nonlocal told
        if progress and rows - told >= TOLD_EVERY:
            told = rows
            progress("Reading the file", min(rows, total), total)

    if file.form != "csv":  # what calamine gave us is written in one way only
        answers = replace(answers, encoding="utf-8", delimiter=",")
    names = Names(set(Department.objects.values_list("key", flat=True)), set(KPI.objects.values_list("key", flat=True)))
    found = sheet.read(
        file.content,
        answers=answers,
        names=names,
        recall=_recall if recall else None,
        fiscal_start=settings.FISCAL_YEAR_START,
        progress=tell,
    )
    if len(file.sheets) > 1 and not answers.sheet:
        text = f"The file has {len(file.sheets)} sheets. Which one holds the figures? Shown is “{file.sheet}”."
        found.questions.insert(0, Question("sheet", "", list(file.sheets), "--sheet", text))
    return found


def _recall(layout: str) -> Answers:
    kept = ImportLayout.objects.filter(layout=layout).values_list("answers", flat=True).first()
    return from_json(kept) if kept else Answers()


def known_for(of: Sheet) -> Known:
    """What is kept of the names in the sheet."""
    if not of.texts:
        return Known()
    departments, kpis = ({name.key for name in of.texts[column].values if name} for column in ("department", "kpi"))
    ids = dict(Department.objects.filter(key__in=departments).values_list("key", "pk"))
    found = KPI.objects.filter(key__in=kpis)
    kept = {kpi.key: KnownKpi(kpi.pk, kpi.unit, Direction(kpi.direction), Frequency(kpi.frequency)) for kpi in found}
    movable = [kpi.id for kpi in kept.values() if kpi.frequency in MOVABLE]
    percentages = [kpi.id for kpi in kept.values() if is_percent(kpi.unit)]
    return Known(ids, kept, _starts(list(ids.values()), movable), _largest(of, percentages))


def _starts(departments: list[int], kpis: list[int]) -> dict[tuple[int, int], int]:
    if not departments or not kpis:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(STARTS, [departments, kpis])
        return {(department, kpi): start for department, kpi, start in cursor.fetchall()}


def _largest(of: Sheet, kpis: list[int]) -> dict[int, float]:
    """Only asked for where the file has figures that may be fractions."""
    values = of.numbers.get("value")
    if not kpis or values is None or not (np.abs(values) <= 1).any():
        return {}
    with connection.cursor() as cursor:
        cursor.execute(LARGEST, [kpis])
        return dict(cursor.fetchall())


def history_for(rows: Rows, ids: np.ndarray) -> History:
    """What is kept of each series of the rows outside the time that the file covers. `ids`: of the series, 0 for new ones."""
    start = np.flatnonzero(np.diff(rows.series, prepend=-1))
    stop = np.append(start[1:], len(rows)) - 1
    columns = [np.zeros(len(start)) for _ in range(6)]
    columns[1][:], columns[2][:] = np.nan, np.nan
    kept = np.flatnonzero(ids > 0)
    if len(kept):
        days = [[EPOCH + timedelta(days=int(day)) for day in rows.period[row[kept]]] for row in (start, stop)]
        with connection.cursor() as cursor:
            cursor.execute(HISTORY, [ids[kept].tolist(), kept.tolist(), *days])
            for place, *figures in cursor.fetchall():
                for column, figure in zip(columns, figures, strict=True):
                    column[place] = figure
    return History(*columns)


def latest_begun(today: int) -> int:
    """The last day, since 1970-01-01, that a period may have begun on: today, or the end of the last open review."""
    last = ReviewCycle.objects.open().aggregate(last=Max("data_to"))["last"]
    return max(today, (last - EPOCH).days) if last else today


def near_names(rows: Rows) -> dict[str, dict[str, list[str]]]:
    """For each unknown name the known ones that it may have been meant for."""
    known = {
        "departments": (rows.unknown_departments, Department.objects.values_list("name", flat=True)),
        "kpis": (rows.unknown_kpis, KPI.objects.values_list("name", flat=True)),
    }
    return {kind: _near(unknown, list(names) if unknown else []) for kind, (unknown, names) in known.items()}


def _near(unknown: list[str], known: list[str]) -> dict[str, list[str]]:
    return {name: found for name in unknown[:200] if (found := near(name, known))}


def describe(file: File, understood: Understood) -> dict[str, Any]:
    """How the file was read, as JSON for its page."""
    columns = [
        {**asdict(column), "samples": [cell[:SAMPLE_CELL] for cell in dict.fromkeys(column.samples)][:3]}
        for column in understood.mapping.columns
    ]
    return {
        "form": file.form, "sheet": file.sheet, "sheets": list(file.sheets), "encoding": understood.encoding, "guessed": understood.guessed,
        "delimiter": understood.delimiter, "decimal": understood.decimal, "dates": understood.dates, "wide": understood.mapping.wide,
        "header_line": understood.mapping.header_line, "columns": columns, "aside": understood.aside[:ASIDES],
        "sample": [[cell[:SAMPLE_CELL] for cell in row[:60]] for row in understood.sample],
    }  # fmt: skip
