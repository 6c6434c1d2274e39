"""Taking an import back: the figures that it changed become what they were, those that it added go.

Rows that a later file has touched stay as that file left them. What is taken back is kept in the history too, as replaced by the very
import that had brought it. Departments, KPIs and series that the import made stay: other work may hang on them by now.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection

from departments.models import User
from departments.services import audit, cycles
from departments.services.jobs import Refused
from metrics.core.kpi import ImportState
from metrics.models import Import, Series
from metrics.services import rollup
from metrics.services.imports import locked

KEPT = ("value", "target", "benchmark", "benchmark_source", "numerator", "denominator", "note", "batch_id", "line")
UNDO = "metrics_import_undo"
# What each figure was before: its latest earlier state that did not come from this import, nor from one that is undone.
BEFORE = f"""
    CREATE TEMP TABLE {UNDO} ON COMMIT DROP AS
    SELECT o.series_id, o.period, {", ".join(f"was.{name}" for name in KEPT)}
    FROM metrics_observation o
    LEFT JOIN LATERAL (
        SELECT {", ".join(f"c.{name}" for name in KEPT)} FROM metrics_observationchange c JOIN metrics_import i ON i.id = c.batch_id
        WHERE c.series_id = o.series_id AND c.period = o.period AND c.batch_id <> o.batch_id AND i.state <> 'undone'
        ORDER BY c.id DESC LIMIT 1
    ) was ON true
    WHERE o.batch_id = %s
"""  # noqa: S608  names of ours
TAKEN_BACK = f"""
    INSERT INTO metrics_observationchange (series_id, period, {", ".join(KEPT)}, replaced_by_id, replaced_at)
    SELECT series_id, period, {", ".join(KEPT)}, batch_id, %s FROM metrics_observation WHERE batch_id = %s
"""  # noqa: S608
RESTORE = f"""
    UPDATE metrics_observation o SET {", ".join(f"{name} = was.{name}" for name in KEPT)} FROM {UNDO} was
    WHERE o.series_id = was.series_id AND o.period = was.period AND was.value IS NOT NULL
"""  # noqa: S608
REMOVE = f"""
    DELETE FROM metrics_observation o USING {UNDO} was
    WHERE o.series_id = was.series_id AND o.period = was.period AND was.value IS NULL
"""  # noqa: S608


@dataclass(frozen=True)
class Undone:
    """Figures that became what they were, and figures that went."""

    restored: int
    removed: int


def undo(batch: Import, *, by: User | None, at: datetime) -> Undone:
    """Take the import back and have the open cycles judged anew. Raises Refused unless it is imported and not undone yet."""
    with locked():
        batch = Import.objects.select_for_update(no_key=True).defer("original").get(pk=batch.pk)
        if batch.state != ImportState.APPLIED:
            raise Refused(f"{batch.file_name} cannot be undone: {ImportState(batch.state).label.lower()}.")
        with connection.cursor() as cursor:
            cursor.execute(BEFORE, [batch.pk])
            cursor.execute(f"ANALYZE {UNDO}")
            cursor.execute(f"SELECT min(period) FROM {UNDO}")  # noqa: S608
            earliest: date | None = cursor.fetchone()[0]
            cursor.execute(f"SELECT DISTINCT series_id FROM {UNDO}")  # noqa: S608
            series = [pk for (pk,) in cursor.fetchall()]
            kpis = list(Series.objects.filter(pk__in=series).order_by().values_list("kpi", flat=True).distinct())
            cursor.execute(TAKEN_BACK, [at, batch.pk])
            cursor.execute(RESTORE)
            restored = cursor.rowcount
            cursor.execute(REMOVE)
            removed = cursor.rowcount
            cursor.execute(f"DROP TABLE {UNDO}")
        batch.state, batch.undone_by, batch.undone_at = ImportState.UNDONE, by, at
        batch.save(update_fields=["state", "undone_by", "undone_at"])
        audit.record("import.undo", by=by, at=at, on=batch, restored=restored, removed=removed)
        if rollup.refresh(kpis=kpis):
            earliest = date.min
        if earliest:
            cycles.request_recompute_since(earliest, by=by, at=at)
    return Undone(restored, removed)
