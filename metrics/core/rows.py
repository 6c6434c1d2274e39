"""The rows of a file as they are to be kept, what is known beside them, and their digest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from metrics.core.cells import Name
from metrics.core.kpi import Direction
from metrics.core.periods import Frequency
from metrics.core.problems import Problems, Question
from metrics.core.sheet import Floats
from metrics.core.texts import Codes, Texts

Days = npt.NDArray[np.int32]  # since 1970-01-01
Keys = npt.NDArray[np.int64]
KEPT_TEXTS = ("benchmark_source", "note")


@dataclass(frozen=True)
class KnownKpi:
    """A KPI as it is kept."""

    id: int
    unit: str
    direction: Direction
    frequency: Frequency


@dataclass(frozen=True)
class Known:
    """What there is already of the names in a file, by the names' keys. `starts`: where the periods of a stored series begin
    (metrics.core.periods), by ids of department and KPI; only weekly, quarterly and yearly series with figures need to be in it.
    `largest`: largest kept figure, sign apart, by id of percentages."""

    departments: Mapping[str, int] = field(default_factory=dict)
    kpis: Mapping[str, KnownKpi] = field(default_factory=dict)
    starts: Mapping[tuple[int, int], int] = field(default_factory=dict)
    largest: Mapping[int, float] = field(default_factory=dict)


@dataclass
class Department:
    """A department of the file; `id` is None for one to be made."""

    name: Name
    id: int | None


@dataclass
class Kpi:
    """A KPI of the file: the kept one with what the file adds to it, or one to be made (then an attribute that the file does not
    give and nothing tells is None, and a question)."""

    name: Name
    known: KnownKpi | None
    unit: str | None = None
    direction: Direction | None = None
    frequency: Frequency | None = None

    @property
    def adds_unit(self) -> bool:
        """The kept KPI has no unit and the file names one."""
        return self.known is not None and not self.known.unit and bool(self.unit)


@dataclass(frozen=True)
class Rows:
    """The good rows in canonical order (key of department, key of KPI, period) and all that was found on the way.

    `department`, `kpi`: places in the lists, which are sorted by key. `period`: first days, since 1970-01-01. `numbers` and `texts`:
    the columns that the file has, NaN where blank. `total`: rows in the file; `rejected`: those with a problem, on `bad_lines`.
    """

    departments: list[Department]
    kpis: list[Kpi]
    department: Codes
    kpi: Codes
    period: Days
    lines: Codes
    numbers: dict[str, Floats]
    texts: dict[str, Texts]
    total: int
    rejected: int
    problems: Problems
    questions: list[Question]
    bad_lines: Codes = field(default_factory=lambda: np.zeros(0, np.int32))

    def __len__(self) -> int:
        return len(self.lines)

    @property
    def series(self) -> Keys:
        """One number per (department, KPI), ascending with the rows."""
        return self.department.astype(np.int64) * max(len(self.kpis), 1) + self.kpi

    @property
    def unknown_departments(self) -> list[str]:
        return [department.name.text for department in self.departments if department.id is None]

    @property
    def unknown_kpis(self) -> list[str]:
        return [kpi.name.text for kpi in self.kpis if kpi.known is None]


def digest(rows: Rows) -> str:
    """SHA-256 of the rows as understood: the same however a file orders its rows and columns and spells its texts."""
    head = {
        "departments": [department.name.key for department in rows.departments],
        "kpis": [(kpi.name.key, kpi.unit, kpi.direction, kpi.frequency) for kpi in rows.kpis],
        "columns": [*sorted(rows.numbers), *sorted(rows.texts)],
    }
    hashed = hashlib.sha256(json.dumps(head, ensure_ascii=False).encode())
    figures = [rows.numbers[name] for name in sorted(rows.numbers)]
    for places in (rows.department, rows.kpi, rows.period):
        hashed.update(places.astype("<i4").data)
    for figure in figures:
        hashed.update(figure.astype("<f8").data)
    for name in sorted(rows.texts):
        texts = rows.texts[name]
        used, codes = np.unique(texts.codes, return_inverse=True)
        kept, ranks = np.unique([texts.values[code] or "" for code in used.tolist()], return_inverse=True)
        hashed.update(json.dumps(kept.tolist(), ensure_ascii=False).encode())
        hashed.update(ranks[codes].astype("<i4").data)
    return hashed.hexdigest()
