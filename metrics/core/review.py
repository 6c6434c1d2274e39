"""Every row of a checked file as bytes, for pages that show any part of them: columns, so that a page reads a million rows in no time."""

from __future__ import annotations

import io
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from metrics.core.compare import CHANGED, NEW, SAME
from metrics.core.rows import Rows

FIGURES = ("value", "target", "benchmark", "numerator", "denominator")
KINDS = {"new": NEW, "changed": CHANGED, "same": SAME}
LEVEL = 1


@dataclass(frozen=True)
class Line:
    """One row of a review: `old` holds the kept figures that it changes, by name."""

    line: int
    department: str
    kpi: str
    unit: str
    frequency: str
    period: int  # first day, since 1970-01-01
    status: str
    figures: dict[str, float | None]
    old: dict[str, float | None]


def pack(rows: Rows, status: npt.NDArray[np.int8], old: Mapping[str, npt.NDArray[np.float64]]) -> bytes:
    """The rows with their status; `old`: kept figures of the changed rows, in their order."""
    head = {
        "departments": [one.name.text for one in rows.departments],
        "kpis": [[one.name.text, one.unit or "", one.frequency or ""] for one in rows.kpis],
    }
    columns: dict[str, npt.NDArray[Any]] = {
        "head": np.frombuffer(json.dumps(head).encode(), np.uint8),
        "department": rows.department, "kpi": rows.kpi, "period": rows.period, "line": rows.lines, "status": status,
    }  # fmt: skip
    columns |= {f"new_{name}": rows.numbers[name] for name in FIGURES if name in rows.numbers}
    columns |= {f"old_{name}": old[name] for name in FIGURES if name in old}
    held = _Squeezed()
    np.savez(held, **columns)  # type: ignore[arg-type]
    return held.all()


class _Squeezed(io.RawIOBase):
    """Takes bytes and keeps them compressed: the review of a large file never stands in memory at full size."""

    def __init__(self) -> None:
        super().__init__()
        self._packer = zlib.compressobj(LEVEL)
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._parts.append(self._packer.compress(data))
        return memoryview(data).nbytes

    def all(self) -> bytes:
        return b"".join([*self._parts, self._packer.flush()])


@dataclass(frozen=True)
class Review:
    """A packed review, opened."""

    columns: Mapping[str, npt.NDArray[Any]]

    @property
    def counts(self) -> dict[str, int]:
        """Rows of each kind."""
        found = np.bincount(self.columns["status"], minlength=3)
        return {kind: int(found[code]) for kind, code in KINDS.items()}

    def page(self, kind: str, start: int, size: int) -> list[Line]:
        """Some rows of a kind, in the file's order."""
        chosen = np.flatnonzero(self.columns["status"] == KINDS[kind])
        order = np.argsort(self.columns["line"][chosen], kind="stable")
        changed = np.cumsum(self.columns["status"] == CHANGED) - 1
        head = json.loads(self.columns["head"].tobytes())
        return [self._line(int(row), kind, head, int(changed[row])) for row in chosen[order[start : start + size]]]

    def _line(self, row: int, kind: str, head: dict[str, Any], changed: int) -> Line:
        of = self.columns
        name, unit, frequency = head["kpis"][of["kpi"][row]]
        figures = {column: _value(of[f"new_{column}"][row]) for column in FIGURES if f"new_{column}" in of}
        old = {}
        if kind == "changed":
            was = {column: _value(of[f"old_{column}"][changed]) for column in FIGURES if f"old_{column}" in of}
            old = {column: value for column, value in was.items() if value != figures.get(column)}
        department = head["departments"][of["department"][row]]
        return Line(int(of["line"][row]), department, name, unit, frequency, int(of["period"][row]), kind, figures, old)


def unpack(held: bytes) -> Review:
    """The review that `pack` made."""
    return Review(dict(np.load(io.BytesIO(zlib.decompress(held)), allow_pickle=False)))


def _value(number: float) -> float | None:
    return None if np.isnan(number) else float(number)
