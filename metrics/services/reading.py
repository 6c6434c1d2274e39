"""A file beside what is known: its bytes in, the rows as they are to be kept out. Writes nothing."""

from __future__ import annotations

from collections.abc import Callable

from django.db import connection

from departments.models import Department
from metrics.core import sheet
from metrics.core.kpi import Direction
from metrics.core.periods import Frequency
from metrics.core.rows import Known, KnownKpi
from metrics.core.sheet import Sheet
from metrics.models import KPI

Report = Callable[[str, int, int], None]
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


def read(content: bytes, progress: Report | None) -> Sheet:
    """The columns of the file. Raises Unreadable. `progress` is told the lines read of the lines there are."""
    total = content.count(b"\n") + 1
    told = 0

    def tell(rows: int) -> None:
        nonlocal told
        if progress and rows - told >= 50_000:
            told = rows
            progress("Reading the file", rows, total)

    return sheet.read(content, progress=tell)


def known_for(of: Sheet) -> Known:
    """What is kept of the names in the sheet."""
    if not of.texts:
        return Known()
    departments, kpis = ({name.key for name in of.texts[column].values if name} for column in ("department", "kpi"))
    ids = dict(Department.objects.filter(key__in=departments).values_list("key", "pk"))
    found = KPI.objects.filter(key__in=kpis)
    kept = {kpi.key: KnownKpi(kpi.pk, kpi.unit, Direction(kpi.direction), Frequency(kpi.frequency)) for kpi in found}
    movable = [kpi.id for kpi in kept.values() if kpi.frequency in MOVABLE]
    return Known(ids, kept, _starts(list(ids.values()), movable))


def _starts(departments: list[int], kpis: list[int]) -> dict[tuple[int, int], int]:
    if not departments or not kpis:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(STARTS, [departments, kpis])
        return {(department, kpi): start for department, kpi, start in cursor.fetchall()}
