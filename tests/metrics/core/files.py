"""Small files in long form, and what the engine makes of them."""

from __future__ import annotations

from metrics.core import sheet
from metrics.core.problems import Problem
from metrics.core.rows import Known, Rows
from metrics.core.settle import settle

HEADER = "department,kpi,unit,direction,frequency,target,period,value"
ROWS = (
    "Sales,Win rate,%,higher,month,40,2025-01,31.5",
    "Sales,Win rate,%,higher,month,40,2025-02,33",
    "Marketing,Leads,count,up,month,,2025-01,120",
)


def text(*rows: str, header: str = HEADER, end: str = "\n") -> bytes:
    return end.join([header, *(rows or ROWS), ""]).encode()


def understood(content: bytes, known: Known | None = None, *, create: bool = True) -> Rows:
    return settle(sheet.read(content), known or Known(), create=create)


def problems(content: bytes, known: Known | None = None) -> list[Problem]:
    return understood(content, known).problems.first()


def found(content: bytes, known: Known | None = None) -> list[tuple[int, str, str]]:
    """(line, column, value) of each problem."""
    return [(problem.line, problem.column, problem.value) for problem in problems(content, known)]
