"""What was corrected since the window began, and the files that wait for an answer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, time
from itertools import pairwise

from django.db.models import Min, QuerySet
from django.utils import timezone

from gaps.core import health as core
from gaps.queries.health.reading import Seen
from gaps.queries.health.series import SERIES, series_cells
from gaps.queries.health.table import WHOLE, Cell, Column, Table
from metrics.core.kpi import ImportState
from metrics.models import Import, Observation, ObservationChange
from saypro_review.lib.formatting import plural, quantity

NUMBERS = ("value", "target", "benchmark")  # in the KPI's unit
COMPARED = (*NUMBERS, "numerator", "denominator", "benchmark_source", "note")
Figure = Observation | ObservationChange


def corrected(seen: Seen) -> QuerySet[ObservationChange]:
    """The figures replaced since the window began. Those of one import lie together: the first import since then bounds the search."""
    begin = timezone.make_aware(datetime.combine(seen.cycle.data_from, time.min))
    first = Import.objects.filter(applied_at__gte=begin).aggregate(first=Min("pk"))["first"]
    found = ObservationChange.objects.filter(replaced_by__gte=first or 0, replaced_at__gte=begin)
    return found.filter(series__department__in=seen.covered) if first else found.none()


def changes(seen: Seen, limit: int | None) -> Table:
    """What was corrected since the window began, the latest first: what it was, what it became, and by which file, row and person."""
    found = corrected(seen)
    rows = list(
        found.select_related("series", "replaced_by__created_by").defer("replaced_by__original").order_by("-replaced_at", "-pk")[:limit]
    )
    after = _after(rows)
    return Table(
        key="changes",
        title="Figures corrected since the window began",
        text="What stood there, what took its place, and the file and row that it came from.",
        empty="No figure has been corrected since the first day of the window.",
        noun="correction",
        columns=[
            *SERIES,
            Column("Period", "period", WHOLE),
            Column("Was", "was"),
            Column("Became", "became"),
            Column("File and row", "file", WHOLE),
            Column("By", "by"),
            Column("When", "at", WHOLE),
        ],
        rows=[_change(seen, one, after.get(one.pk)) for one in rows],
        count=len(rows) if limit is None else found.count(),
    )


def _after(rows: Sequence[ObservationChange]) -> dict[int, Figure]:
    """What took the place of each: the next figure that was itself replaced, or the one that stands there now."""
    places = {"series__in": {one.series_id for one in rows}, "period__in": {one.period for one in rows}}
    stack: dict[tuple[int, date], list[Figure]] = defaultdict(list)
    for later in ObservationChange.objects.filter(**places).order_by("pk"):
        stack[later.series_id, later.period].append(later)
    for now in Observation.objects.filter(**places):
        stack[now.series_id, now.period].append(now)
    return {one.pk: following for of in stack.values() for one, following in pairwise(of) if isinstance(one, ObservationChange)}


def _change(seen: Seen, one: ObservationChange, after: Figure | None) -> list[Cell]:
    kpi = one.series.kpi_id
    was, became = (
        _differing(seen, kpi, one, after) if after else (Cell(quantity(one.value, seen.kpis[kpi].unit), one.value), Cell("taken out", ""))
    )
    by = str(one.replaced_by.created_by or "command line")
    at = timezone.localtime(one.replaced_at)
    judged = one.series_id in seen.judged.series
    return [
        *series_cells(seen, one.series_id, kpi, one.series.department_id, judged=judged),
        Cell(seen.label(one.period, kpi), one.period),
        was,
        became,
        _file(seen, one, after),
        Cell(by),
        Cell(f"{at:%-d %b %Y, %H:%M}", one.replaced_at.isoformat()),
    ]


def _file(seen: Seen, one: ObservationChange, after: Figure | None) -> Cell:
    """The file that replaced it, and the row that took its place, if that is of the file."""
    row = after.line if after and after.batch_id == one.replaced_by_id else None
    name = one.replaced_by.file_name + (f", row {row}" if row else "")
    if not seen.user.has_perm("metrics.see_imports"):
        return Cell(name)
    return Cell(name, link=("metrics:import", one.replaced_by_id), query=f"?line={row}" if row else "")


def _differing(seen: Seen, kpi: int, old: Figure, new: Figure) -> tuple[Cell, Cell]:
    before, after = ({name: getattr(of, name) for name in COMPARED} for of in (old, new))
    found = core.differences(before, after)
    unit = seen.kpis[kpi].unit
    texts = [[_said(name, side, unit) for name, *sides in found for side in [sides[place]]] for place in (0, 1)]
    raws = ["; ".join(f"{name}={sides[place]}" for name, *sides in found) for place in (0, 1)]
    return Cell(", ".join(texts[0]), raws[0]), Cell(", ".join(texts[1]), raws[1])


def _said(name: str, value: object, unit: str) -> str:
    """ "12.3 %", "target 40 %", "numerator 3", "no note"."""
    word = "" if name == "value" else name.replace("_", " ") + " "
    if value is None or value == "":
        return f"no {word.strip()}"
    return word + (quantity(value, unit if name in NUMBERS else "") if isinstance(value, float) else f"“{value}”")


def questions(seen: Seen, limit: int | None) -> Table:
    """Files that wait for an answer or were refused, unless a later one of the same name took their place; the latest first."""
    latest = Import.objects.visible_to(seen.user).order_by("file_name", "-created_at", "-pk").distinct("file_name").values("pk")
    open_states = [ImportState.UNDECIDED, ImportState.REFUSED]
    found = Import.objects.filter(pk__in=latest, state__in=open_states).defer("original").select_related("created_by")
    return Table(
        key="imports",
        title="Files that wait for an answer",
        text="None of their figures has been written. The latest file of each name is listed, if it waits or was refused.",
        empty="No file waits for an answer.",
        noun="file",
        columns=[
            Column("File", "file"),
            Column("State", "state"),
            Column("Open", "open"),
            Column("By", "by"),
            Column("When", "at", WHOLE),
        ],
        rows=[_question(one) for one in found.order_by("-created_at", "-pk")[:limit]],
        count=found.count(),
    )


def _question(one: Import) -> list[Cell]:
    refused = one.state == ImportState.REFUSED
    errors = plural(one.rejected, "row with errors", "rows with errors") if one.rejected else one.message
    at = timezone.localtime(one.created_at)
    return [
        Cell(one.file_name, link=("metrics:import", one.pk)),
        Cell(ImportState(one.state).label, one.state),
        Cell(errors if refused else plural(len(one.questions), "question")),
        Cell(str(one.created_by or "command line")),
        Cell(f"{at:%-d %b %Y, %H:%M}", one.created_at.isoformat()),
    ]
