"""Rows of a file into the observations, block by block: compared in numpy, new ones by COPY, changed ones by one statement.

COPY of everything into a staging table and one INSERT ... ON CONFLICT DO UPDATE took 1.4 times as long (1,000,000 rows, a fifth of
them changed: 6.4 against 4.4 s), as every row is then written twice and looked up in the index. Blocks of whole series keep the
memory flat. The caller holds the lock of imports, so that nobody else writes observations between the comparison and the write.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt
from django.db import connection
from django.db.backends.utils import CursorWrapper

from metrics.core.compare import CHANGED, NEW, SAME, kept_of, marks, statuses
from metrics.core.rows import KEPT_TEXTS, Days, Rows
from metrics.core.settle import iso, series_day_key
from metrics.core.texts import Texts
from metrics.models import Import, Series
from saypro_review.lib import pgcopy

LOCK = 0x5350_494D_504F_5254  # of whatever writes observations or says what is made of them; any number that nothing else locks
BLOCK_ROWS = 100_000
BLOCK_SERIES = 5_000
CHANGES = "metrics_import_changes"
ANALYZE_FROM = 10_000  # new rows: from here on readers must not wait for the server to notice that the tables have grown
PARTS = ("numerator", "denominator")
FIGURES = ("value", "target", "benchmark", *PARTS)
Ids = npt.NDArray[np.int64]
Status = npt.NDArray[np.int8]


class Overtaken(Exception):
    """Observations or series changed under the import, lock or not. Everything is rolled back; trying again helps."""


@dataclass(frozen=True)
class Counts:
    """What an import does, in rows, and the earliest period (days since 1970-01-01) that it touches."""

    new: int = 0
    changed: int = 0
    same: int = 0
    earliest: int | None = None

    def plus(self, status: Status, period: Days) -> Counts:
        new, changed, same = np.bincount(status, minlength=3).tolist()
        touched = period[status != SAME]
        days = [self.earliest] if self.earliest is not None else []
        days += [int(touched.min())] if len(touched) else []
        return Counts(self.new + new, self.changed + changed, self.same + same, min(days, default=None))


@dataclass(frozen=True)
class Compared:
    """The rows beside what is kept: NEW, CHANGED or SAME each, the kept figures of the changed ones, and the ids of all series."""

    counts: Counts
    status: Status
    old: dict[str, npt.NDArray[np.float64]]
    ids: Ids


def compare(rows: Rows, tell: Callable[[int], None] | None = None) -> Compared:
    """What writing the rows would do. `tell` is told the number of rows compared so far."""
    counts, status, old = Counts(), [np.zeros(0, np.int8)], []
    kept = kept_series(rows, [one.id for one in rows.departments], [one.known.id if one.known else None for one in rows.kpis])
    with connection.cursor() as cursor:
        for block in blocks(rows, kept):
            beside = _beside(cursor, rows, block)
            counts = counts.plus(beside.status, rows.period[block.rows])
            status.append(beside.status)
            if (beside.status == CHANGED).any():
                old.append(beside.old())
            if tell:
                tell(block.rows.stop)
    names = [name for name in FIGURES if name in rows.numbers]
    return Compared(
        counts, np.concatenate(status), {name: np.concatenate([np.zeros(0), *(one[name] for one in old)]) for name in names}, kept
    )


def write(rows: Rows, ids: Ids, batch: Import, *, at: datetime, tell: Callable[[int], None] | None = None) -> Counts:
    """Insert the new rows and update the changed ones, whose old figures go to the history. `ids`: of each distinct series of the
    rows, in their order. `tell` is told the number of rows written so far. In the caller's transaction."""
    counts = Counts()
    columns = ["value", *(name for name in FIGURES[1:] if name in rows.numbers), *(name for name in KEPT_TEXTS if name in rows.texts)]
    with connection.cursor() as cursor:
        _hold(cursor, ids)
        fields = ", ".join(("series_id", "period", *columns, "line"))
        cursor.execute(f"CREATE TEMP TABLE {CHANGES} AS SELECT {fields} FROM metrics_observation LIMIT 0")  # noqa: S608
        found = [(block, _beside(cursor, rows, block).status) for block in blocks(rows, ids)]
        for block, status in found:
            counts = counts.plus(status, rows.period[block.rows])
            _copy(cursor, CHANGES, rows, block, status == CHANGED, None)
        if counts.changed:  # before the new rows come: the fewer there are, the quicker the old ones are found
            _replace(cursor, columns, batch, at, counts.changed)
        for block, status in found:
            _copy(cursor, "metrics_observation", rows, block, status == NEW, batch)
            if tell:
                tell(block.rows.stop)
        cursor.execute(f"DROP TABLE {CHANGES}")  # the caller's transaction may write another file
        if counts.new >= ANALYZE_FROM:
            cursor.execute("ANALYZE metrics_series, metrics_observation")
    return counts


@dataclass(frozen=True)
class Block:
    """Some whole series of the rows: which rows, the place of each row's series among all, and the ids of all by place."""

    rows: slice
    place: npt.NDArray[np.intp]
    ids: Ids


def series_starts(rows: Rows) -> npt.NDArray[np.intp]:
    """The first row of each distinct series."""
    return np.flatnonzero(np.diff(rows.series, prepend=-1))


def kept_series(rows: Rows, departments: Sequence[int | None], kpis: Sequence[int | None]) -> Ids:
    """The id of each distinct series of the rows in their order, 0 where there is none yet. `departments`, `kpis`: ids by place."""
    found = Series.objects.filter(department__in=filter(None, departments), kpi__in=filter(None, kpis))
    ids = {(department, kpi): pk for pk, department, kpi in found.values_list("pk", "department", "kpi")}
    start = series_starts(rows)
    pairs = zip(rows.department[start].tolist(), rows.kpi[start].tolist(), strict=True)
    return np.array([ids.get((departments[department] or 0, kpis[kpi] or 0), 0) for department, kpi in pairs], np.int64)


def blocks(rows: Rows, ids: Ids) -> Iterator[Block]:
    """All rows, in blocks of whole series, as few rows and series as BLOCK_ROWS and BLOCK_SERIES say or one series."""
    start = np.append(series_starts(rows), len(rows))
    first = 0
    while first < len(ids):
        most = int(np.searchsorted(start, start[first] + BLOCK_ROWS, side="right")) - 1
        last = min(max(most, first + 1), first + BLOCK_SERIES)
        place = np.repeat(np.arange(first, last), np.diff(start[first : last + 1]))
        yield Block(slice(int(start[first]), int(start[last])), place, ids)
        first = last


@dataclass(frozen=True)
class Beside:
    """The status of each row of a block, with the keys of all and of what is kept."""

    status: Status
    key: Ids
    kept_key: Ids
    kept: dict[str, npt.NDArray[np.generic]]

    def old(self) -> dict[str, npt.NDArray[np.float64]]:
        """The kept figures of the changed rows."""
        found = kept_of(self.key[self.status == CHANGED], self.kept_key, self.kept)
        return {name: column.astype(np.float64) for name, column in found.items() if name in FIGURES}


def _beside(cursor: CursorWrapper, rows: Rows, block: Block) -> Beside:
    """NEW, CHANGED or SAME for each row of the block."""
    period = rows.period[block.rows]
    ids = np.unique(block.ids[block.place])
    ids = ids[ids > 0]
    key = series_day_key(block.place, period)
    if not len(ids):
        return Beside(np.full(len(period), NEW, np.int8), key, np.zeros(0, np.int64), {})
    mine: dict[str, npt.NDArray[np.generic]] = {name: column[block.rows] for name, column in rows.numbers.items()}
    mine |= {name: marks(texts.values)[texts.codes[block.rows]] for name, texts in rows.texts.items()}
    kept = _kept(cursor, ids, period, list(mine))
    order = np.argsort(block.ids)  # ids ascend with the place only as long as all series are new
    place = order[np.searchsorted(block.ids, kept["series"].astype(np.int64), sorter=order)]
    kept_key = series_day_key(place, kept["period"].astype(np.int32))
    beside = {name: kept[name] for name in mine}
    return Beside(statuses(key, mine, kept_key, beside), key, kept_key, beside)


def _kept(cursor: CursorWrapper, ids: Ids, period: Days, columns: list[str]) -> npt.NDArray[np.void]:
    """The kept rows of those series between the first and the last of the periods, as far as the columns go."""
    fields, read = {"series": "i8", "period": "i4"}, []
    for name in columns:
        fields[name] = "i8" if name in KEPT_TEXTS else "f8"
        mark = f"CASE WHEN {name} = '' THEN 0 ELSE ('x' || left(md5({name}), 16))::bit(64)::bigint END"
        read.append(mark if name in KEPT_TEXTS else name if name == "value" else f"coalesce({name}, 'NaN')")
    listed = ",".join(map(str, ids.tolist()))
    query = f"""
        SELECT series_id, period - DATE '1970-01-01', {", ".join(read)} FROM metrics_observation
        WHERE series_id = ANY('{{{listed}}}'::bigint[]) AND period BETWEEN '{iso(int(period.min()))}' AND '{iso(int(period.max()))}'
    """  # noqa: S608  names of ours and integers
    return pgcopy.read(cursor, query, fields)


def _copy(cursor: CursorWrapper, table: str, rows: Rows, block: Block, chosen: npt.NDArray[np.bool_], batch: Import | None) -> None:
    """COPY the chosen rows of the block; with `batch` whole observations of it, else only the columns that the file has."""
    row = np.flatnonzero(chosen) + block.rows.start
    if not len(row):
        return
    columns: dict[str, pgcopy.Column] = {
        "series_id": block.ids[block.place[row - block.rows.start]],
        "period": pgcopy.Date(rows.period[row].astype(np.int64)),
        "line": rows.lines[row],
    }
    columns |= {name: column[row] for name, column in rows.numbers.items()}
    columns |= {name: _texts(texts, row) for name, texts in rows.texts.items()}
    if batch:
        blank = np.zeros(len(row), "S1")
        columns |= {name: blank for name in KEPT_TEXTS if name not in rows.texts}
        columns["batch_id"] = np.full(len(row), batch.pk, np.int64)
    pgcopy.write(cursor, table, columns)


def _texts(texts: Texts, row: npt.NDArray[np.intp]) -> npt.NDArray[np.object_]:
    values = np.array([value or "" for value in texts.values], object)
    return values[texts.codes[row]]


def _hold(cursor: CursorWrapper, ids: Ids) -> None:
    """Check set-wise what foreign keys would check row by row, and keep it so until the transaction ends."""
    cursor.execute("SELECT id FROM metrics_series WHERE id = ANY(%s) ORDER BY id FOR KEY SHARE", [ids.tolist()])
    if len(cursor.fetchall()) != len(ids):
        raise Overtaken("a series is gone")


def _replace(cursor: CursorWrapper, columns: list[str], batch: Import, at: datetime, expected: int) -> None:
    """Old figures into the history, new ones in their place. Parts that the file does not give go with the value they made."""
    cursor.execute(f"ANALYZE {CHANGES}")
    cursor.execute("SET LOCAL work_mem = '64MB'")  # the joins then stay in memory: a sixth of their time
    old = "series_id, period, value, target, benchmark, benchmark_source, numerator, denominator, note, batch_id, line"
    read = ", ".join(f"o.{name}" for name in old.split(", "))
    cursor.execute(
        f"INSERT INTO metrics_observationchange ({old}, replaced_by_id, replaced_at) "  # noqa: S608
        f"SELECT {read}, %s, %s FROM {CHANGES} c JOIN metrics_observation o USING (series_id, period)",
        [batch.pk, at],
    )
    kept = cursor.rowcount
    sets = [f"{name} = c.{name}" for name in columns]
    sets += [f"{name} = CASE WHEN o.value = c.value THEN o.{name} END" for name in PARTS if name not in columns]
    cursor.execute(
        f"UPDATE metrics_observation o SET {', '.join(sets)}, line = c.line, batch_id = %s FROM {CHANGES} c "  # noqa: S608
        "WHERE o.series_id = c.series_id AND o.period = c.period",
        [batch.pk],
    )
    if not kept == cursor.rowcount == expected:
        raise Overtaken(f"{expected} rows were to be changed, {kept} kept, {cursor.rowcount} updated")
