"""One table in many dialects: all of them must be read as the same figures."""

from __future__ import annotations

import math

import pytest

from metrics.core import sheet
from metrics.core.rows import Known, Rows
from metrics.core.settle import iso, settle
from tests.metrics.dialects import DIALECTS, Dialect, Figures


def read(dialect: Dialect) -> Rows:
    found = sheet.read(dialect.content, answers=dialect.answers)
    return settle(found, Known(), create=True, answers=dialect.answers)


def figures(rows: Rows) -> Figures:
    out: Figures = {}
    targets = rows.numbers.get("target", rows.numbers["value"] * math.nan)
    places = zip(rows.department.tolist(), rows.kpi.tolist(), rows.period.tolist(), strict=True)
    for row, (department, kpi, period) in enumerate(places):
        key = (rows.departments[department].name.text, rows.kpis[kpi].name.text, iso(period))
        target = float(targets[row])
        out[key] = (float(rows.numbers["value"][row]), None if math.isnan(target) else target)
    return out


def test_there_are_many():
    assert len(DIALECTS) >= 60
    assert len({dialect.name for dialect in DIALECTS}) == len(DIALECTS)


@pytest.mark.parametrize("dialect", DIALECTS, ids=str)
def test_every_dialect_is_read_as_the_same_figures(dialect):
    rows = read(dialect)
    assert [problem.message for problem in rows.problems.first()[:3]] == []
    assert [question.text for question in rows.questions] == []
    assert figures(rows) == dialect.expected
    assert (rows.rejected, rows.total) == (0, len(dialect.expected))
