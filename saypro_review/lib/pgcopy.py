"""Numbers between numpy and PostgreSQL by binary COPY: whole columns at once, no Python object per value.

The format: https://www.postgresql.org/docs/current/sql-copy.html ("Binary Format"): a header, then per row a 16-bit field count and
per field a 32-bit length and its bytes, big-endian; length -1 is NULL.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from django.db.backends.utils import CursorWrapper

SIGNATURE = b"PGCOPY\n\xff\r\n\0"
HEADER = SIGNATURE + b"\0" * 8
TRAILER = b"\xff\xff"
FLOAT8_OID, INT2_OID = 701, 21
POSTGRES_EPOCH = 10957  # 2000-01-01 in days since 1970-01-01: what a PostgreSQL date counts from
BLOCK_ROWS = 50_000

Array = npt.NDArray[np.generic]


@dataclass(frozen=True)
class Ragged:
    """A column of arrays: row i is `values[offsets[i]:offsets[i+1]]` (float64 -> float8[], int16 -> smallint[])."""

    values: Array
    offsets: npt.NDArray[np.int64]


@dataclass(frozen=True)
class Date:
    """A column of dates given as days since 1970-01-01; a negative-infinity day (int64 minimum) is NULL."""

    days: npt.NDArray[np.int64]


Column = Array | Ragged | Date
NO_DATE = np.iinfo(np.int64).min


def write(cursor: CursorWrapper, table: str, columns: Mapping[str, Column]) -> int:
    """COPY the columns (equal lengths) into `table` and return the number of rows.

    float64 -> float8 with NaN as NULL, int16/32/64, bool, fixed bytes `S` -> text, object (str or None) -> text, Date -> date,
    Ragged -> array. Names of table and columns are the caller's own, never input.
    """
    rows = _length(next(iter(columns.values())))
    names = ", ".join(f'"{name}"' for name in columns)
    out = io.BytesIO()
    out.write(HEADER)
    for start in range(0, rows, BLOCK_ROWS):
        stop = min(start + BLOCK_ROWS, rows)
        out.write(_block([_slice(column, start, stop) for column in columns.values()], stop - start))
    out.write(TRAILER)
    out.seek(0)
    cursor.copy_expert(f'COPY "{table}" ({names}) FROM STDIN (FORMAT BINARY)', out)
    return rows


def read(cursor: CursorWrapper, query: str, fields: Mapping[str, str]) -> npt.NDArray[np.void]:
    """Rows of `query` as one structured array (big-endian, read-only), by COPY. `fields`: name -> numpy code such as `i8`, `f8`, `i4`.

    Every column must be NOT NULL and of exactly that width: coalesce in the query. Raises ValueError where a row is not.
    """
    layout: list[tuple[str, str]] = [("_count", ">i2")]
    for name, code in fields.items():
        layout += [(f"_{name}", ">i4"), (name, f">{code}")]
    dtype = np.dtype(layout)
    buffer = io.BytesIO()
    cursor.copy_expert(f"COPY ({query}) TO STDOUT (FORMAT BINARY)", buffer)
    view = buffer.getbuffer()
    body = len(view) - len(HEADER) - len(TRAILER)
    if body % dtype.itemsize:
        raise ValueError("a column of the query is NULL or of another width")
    table = np.frombuffer(view, dtype=dtype, count=body // dtype.itemsize, offset=len(HEADER))
    if len(table) and not all((table[f"_{name}"] == dtype[name].itemsize).all() for name in fields):
        raise ValueError("a column of the query is NULL or of another width")
    return table


def _length(column: Column) -> int:
    if isinstance(column, Ragged):
        return len(column.offsets) - 1
    return len(column.days) if isinstance(column, Date) else len(column)


def _slice(column: Column, start: int, stop: int) -> Column:
    if isinstance(column, Ragged):
        offsets = column.offsets[start : stop + 1]
        return Ragged(column.values[offsets[0] : offsets[-1]], offsets - offsets[0])
    return Date(column.days[start:stop]) if isinstance(column, Date) else column[start:stop]


def _block(columns: list[Column], rows: int) -> bytes:
    """The rows' bytes: each field is laid out at its greatest width, then the unused bytes are dropped by a mask."""
    count = np.broadcast_to(np.frombuffer(np.array(len(columns), ">i2").tobytes(), np.uint8), (rows, 2))
    parts, kept = [count], [np.ones((rows, 2), bool)]
    for column in columns:
        data, keep, length = _field(column, rows)
        parts += [_bytes(length.astype(">i4")), data]
        kept += [np.ones((rows, 4), bool), keep]
    return np.concatenate(parts, axis=1)[np.concatenate(kept, axis=1)].tobytes()


def _bytes(values: Array) -> npt.NDArray[np.uint8]:
    """(rows,) or (rows, k) fixed-width values as a (rows, bytes) matrix."""
    values = np.ascontiguousarray(values)
    return values.view(np.uint8).reshape(len(values), -1) if values.size else np.zeros((len(values), 0), np.uint8)


def _field(column: Column, rows: int) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.bool_], npt.NDArray[np.int64]]:
    """(bytes at full width, which of them count, length or -1 for NULL) of one column."""
    if isinstance(column, Ragged):
        return _ragged(column, rows)
    if isinstance(column, Date):
        null = column.days == NO_DATE
        data = _bytes(np.where(null, 0, column.days - POSTGRES_EPOCH).astype(">i4"))
    elif column.dtype.kind == "f":
        null = np.isnan(column.astype(float))
        data = _bytes(column.astype(">f8"))
    elif column.dtype.kind in "OSU":
        return _text(column)
    else:
        null = np.zeros(rows, bool)
        data = _bytes(column.astype(column.dtype.newbyteorder(">")))
    length = np.where(null, -1, data.shape[1])
    return data, np.repeat(~null[:, None], data.shape[1], axis=1), length


def _text(column: Array) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.bool_], npt.NDArray[np.int64]]:
    if column.dtype.kind == "S":
        length = np.char.str_len(column.astype(np.bytes_))
        data = _bytes(column)
        return data, np.arange(data.shape[1])[None, :] < length[:, None], length
    encoded = [value.encode() if isinstance(value, str) else value for value in column.tolist()]
    length = np.array([-1 if value is None else len(value) for value in encoded], np.int64)
    width = max(int(length.max(initial=0)), 1)
    fixed = np.array([value or b"" for value in encoded], dtype=f"S{width}")
    data = _bytes(fixed)
    return data, np.arange(data.shape[1])[None, :] < length[:, None], length


def _ragged(column: Ragged, rows: int) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.bool_], npt.NDArray[np.int64]]:
    """One-dimensional arrays: 12 bytes (dimensions, has-nulls flag, element type), 8 (length, lower bound), then length and value each."""
    oid, code = (FLOAT8_OID, ">f8") if column.values.dtype.kind == "f" else (INT2_OID, ">i2")
    sizes = np.diff(column.offsets)
    widest = int(sizes.max(initial=0))
    element = np.dtype([("length", ">i4"), ("value", code)])
    head = np.zeros((rows, 5), ">i4")
    head[:, 0] = sizes > 0
    head[:, 2] = oid
    head[:, 3], head[:, 4] = sizes, 1
    cells = np.zeros((rows, widest), element)
    cells["length"] = element["value"].itemsize
    used = np.arange(widest)[None, :] < sizes[:, None]
    cells["value"][used] = column.values
    head_keep = np.repeat(np.array([[True] * 12 + [False] * 8]), rows, axis=0) | (sizes > 0)[:, None]
    data = np.concatenate([_bytes(head), _bytes(cells)], axis=1)
    keep = np.concatenate([head_keep, np.repeat(used, element.itemsize, axis=1)], axis=1)
    return data, keep, keep.sum(axis=1)
