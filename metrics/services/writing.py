"""What a confirmed file needs before its figures can be written: departments, KPIs and series. In the caller's transaction."""

from __future__ import annotations

import numpy as np

from departments.core.names import code
from departments.models import Department
from metrics.core.rows import Rows
from metrics.models import KPI, Series
from metrics.services import staging
from metrics.services.staging import Ids


def series_of(rows: Rows, kpis: list[int]) -> Ids:
    """The id of each distinct series of the rows, in their order; what is missing of departments and series is made. `kpis`: ids by
    place."""
    return _series(rows, _departments(rows), kpis)


def _departments(rows: Rows) -> list[int]:
    """The id of each department of the rows, unknown ones made."""
    unknown = [department.name for department in rows.departments if department.id is None]
    taken = set(Department.objects.values_list("code", flat=True)) if unknown else set()
    made = [Department(code=_claim(name.text, taken), name=name.text, key=name.key) for name in unknown]
    ids = iter([department.pk for department in Department.objects.bulk_create(made)])
    return [next(ids) if department.id is None else department.id for department in rows.departments]


def kpis_of(rows: Rows) -> list[int]:
    """The id of each KPI of the rows, unknown ones made and missing units filled in."""
    unknown = [kpi for kpi in rows.kpis if kpi.known is None]
    taken = set(KPI.objects.values_list("code", flat=True)) if unknown else set()
    made = [
        KPI(code=_claim(kpi.name.text, taken), name=kpi.name.text, key=kpi.name.key, unit=kpi.unit or "", direction=str(kpi.direction),
            frequency=str(kpi.frequency))
        for kpi in unknown
    ]  # fmt: skip
    ids = iter([kpi.pk for kpi in KPI.objects.bulk_create(made)])
    for kpi in rows.kpis:
        if kpi.known and kpi.adds_unit:
            KPI.objects.filter(pk=kpi.known.id, unit="").update(unit=kpi.unit)
    return [kpi.known.id if kpi.known else next(ids) for kpi in rows.kpis]


def _claim(name: str, taken: set[str]) -> str:
    """A free code made of the name, taken from now on."""
    handle = code(name, taken)
    taken.add(handle)
    return handle


def _series(rows: Rows, departments: list[int], kpis: list[int]) -> Ids:
    """The id of each distinct series of the rows, missing ones made."""
    ids = staging.kept_series(rows, departments, kpis)
    start, missing = staging.series_starts(rows), np.flatnonzero(ids == 0)
    places = zip(rows.department[start[missing]].tolist(), rows.kpi[start[missing]].tolist(), strict=True)
    made = [Series(department_id=departments[department], kpi_id=kpis[kpi]) for department, kpi in places]
    ids[missing] = [one.pk for one in Series.objects.bulk_create(made, batch_size=5000)]
    return ids
