"""Binary COPY: what goes in comes out, NULLs and arrays included, and a query of the wrong shape is refused."""

from __future__ import annotations

import numpy as np
import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from saypro_review.lib import pgcopy
from saypro_review.lib.pgcopy import NO_DATE, Date, Ragged

pytestmark = pytest.mark.django_db


@pytest.fixture
def table():
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE copied (i bigint, s smallint, f float8, b boolean, t text, d date, a float8[], n smallint[], w bigint[])"
        )
        yield cursor
        cursor.execute("DROP TABLE copied")


def columns(count: int, values: list[float], sizes: list[int]) -> dict[str, pgcopy.Column]:
    offsets = np.append(0, np.cumsum(sizes)).astype(np.int64)
    return {
        "i": np.arange(count, dtype=np.int64) - 2,
        "s": np.arange(count, dtype=np.int16),
        "f": np.array(values, np.float64),
        "b": np.arange(count) % 2 == 0,
        "t": np.array([f"rés {i}" if i % 3 else None for i in range(count)], object),
        "d": Date(np.array([NO_DATE if i % 4 == 0 else i * 100 for i in range(count)], np.int64)),
        "a": Ragged(np.arange(offsets[-1], dtype=np.float64) / 4, offsets),
        "n": Ragged(np.arange(offsets[-1], dtype=np.int16), offsets),
        "w": Ragged(np.arange(offsets[-1], dtype=np.int64) - 2**40, offsets),
    }


def test_every_kind_of_column_comes_back_as_written(table):
    values = [1.5, np.nan, -0.0, 1e308, 3.25]
    assert pgcopy.write(table, "copied", columns(5, values, [2, 0, 3, 1, 0])) == 5
    table.execute("SELECT i, s, f, b, t, d, a, n, w FROM copied ORDER BY i")
    rows = table.fetchall()
    assert [row[0] for row in rows] == [-2, -1, 0, 1, 2]
    assert [row[2] for row in rows] == [1.5, None, 0.0, 1e308, 3.25]
    assert [row[3] for row in rows] == [True, False, True, False, True]
    assert [row[4] for row in rows] == [None, "rés 1", "rés 2", None, "rés 4"]
    assert [row[5] and row[5].isoformat() for row in rows] == [None, "1970-04-11", "1970-07-20", "1970-10-28", None]
    assert [row[6] for row in rows] == [[0.0, 0.25], [], [0.5, 0.75, 1.0], [1.25], []]
    assert [row[7] for row in rows] == [[0, 1], [], [2, 3, 4], [5], []]
    assert [[number + 2**40 for number in row[8]] for row in rows] == [[0, 1], [], [2, 3, 4], [5], []]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 5), min_size=1, max_size=30))
def test_ragged_columns_of_any_sizes(sizes):
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE ragged (a float8[], n smallint[])")
        count = len(sizes)
        written = {name: column for name, column in columns(count, [0.0] * count, sizes).items() if name in ("a", "n")}
        pgcopy.write(cursor, "ragged", written)
        cursor.execute("SELECT cardinality(a), cardinality(n), (SELECT sum(x) FROM unnest(a) x) FROM ragged")
        rows = cursor.fetchall()
        cursor.execute("DROP TABLE ragged")
    assert [row[0] for row in rows] == [row[1] for row in rows] == sizes
    assert sum(row[2] or 0 for row in rows) == sum(i / 4 for i in range(sum(sizes)))


def test_blocks_join_without_a_seam(table, monkeypatch):
    monkeypatch.setattr(pgcopy, "BLOCK_ROWS", 7)
    pgcopy.write(table, "copied", columns(20, [float(i) for i in range(20)], [i % 3 for i in range(20)]))
    table.execute("SELECT count(*), sum(f), sum(cardinality(a)) FROM copied")
    assert table.fetchone() == (20, 190.0, sum(i % 3 for i in range(20)))


def test_no_rows(table):
    empty = np.zeros(0)
    assert pgcopy.write(table, "copied", {"f": empty, "a": Ragged(empty, np.zeros(1, np.int64))}) == 0


def test_read_gives_structured_columns(table):
    out = pgcopy.read(table, "SELECT g::bigint, g / 2.0::float8, g::int FROM generate_series(1, 3) g", {"a": "i8", "b": "f8", "c": "i4"})
    assert out["a"].tolist() == [1, 2, 3]
    assert out["b"].tolist() == [0.5, 1.0, 1.5]
    assert out["c"].tolist() == [1, 2, 3]


@pytest.mark.parametrize("query", ["SELECT NULL::float8", "SELECT 1::int", "SELECT 1::float8 UNION ALL SELECT NULL"])
def test_read_refuses_nulls_and_other_widths(table, query):
    with pytest.raises(ValueError, match="NULL or of another width"):
        pgcopy.read(table, query, {"a": "f8"})
