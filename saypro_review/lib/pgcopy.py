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
ELEMENTS = {"f8": (701, ">f8"), "i2": (21, ">i2"), "i8": (20, ">i8")}  # of arrays: type number and bytes
POSTGRES_EPOCH = 10957  # 2000-01-01 in days since 1970-01-01: what a PostgreSQL date counts from
BLOCK_ROWS = 50_000

Array = npt.NDArray[np.generic]


@dataclass(frozen=True)
class Ragged:
    """A column of arrays: row i is `values[offsets[i]:offsets[i+1]]` (float64 -> float8[], int16 -> smallint[], int64 -> bigint[])."""

    values: Array
    offsets: npt.NDArray[np.int64]


@dataclass(frozen=True)
class Date:
    """A column of dates given as days since 1970-01-01; a negative-infinity day (int64 minimum) is NULL."""

    days: npt.NDArray[np.int64]


Column = Array | Ragged | Date
Field = tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]
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
    """The rows' bytes. Each field is laid out at its greatest width, of which a row uses the first `length` bytes. Rows of the same
    lengths throughout are cut alike, all at once; where the lengths are too mixed for that, a mask drops the unused bytes."""
    fields = [_field(column, rows) for column in columns]
    lengths = np.stack([length for _, length in fields], axis=1).astype(np.int32)
    layouts, of, sizes = np.unique(_as_one(lengths), return_inverse=True, return_counts=True)
    if len(layouts) > rows // 40:
        return _masked(fields, lengths)
    order = np.split(np.argsort(of, kind="stable"), np.cumsum(sizes)[:-1])
    return b"".join(_alike(fields, lengths[here[0]], here) for here in order)


def _as_one(table: npt.NDArray[np.int32]) -> npt.NDArray[np.void]:
    """Each row of a matrix as one comparable value."""
    return np.ascontiguousarray(table).view(np.dtype((np.void, table.shape[1] * 4))).ravel()


def _alike(fields: list[Field], lengths: npt.NDArray[np.int32], rows: npt.NDArray[np.intp]) -> bytes:
    """The bytes of some rows whose fields have these lengths."""
    parts = [_repeated(np.array(len(fields), ">i2"), len(rows))]
    for (data, _), length in zip(fields, lengths.tolist(), strict=True):
        parts += [_repeated(np.array(length, ">i4"), len(rows)), data[rows, : max(length, 0)]]
    return np.concatenate(parts, axis=1).tobytes()


def _repeated(value: Array, rows: int) -> npt.NDArray[np.uint8]:
    return np.broadcast_to(np.frombuffer(value.tobytes(), np.uint8), (rows, value.itemsize))


def _masked(fields: list[Field], lengths: npt.NDArray[np.int32]) -> bytes:
    rows = len(lengths)
    parts, kept = [_repeated(np.array(len(fields), ">i2"), rows)], [np.ones((rows, 2), bool)]
    for (data, _), length in zip(fields, lengths.T, strict=True):
        parts += [_bytes(length.astype(">i4")), data]
        kept += [np.ones((rows, 4), bool), np.arange(data.shape[1])[None, :] < length[:, None]]
    return np.concatenate(parts, axis=1)[np.concatenate(kept, axis=1)].tobytes()


def _bytes(values: Array) -> npt.NDArray[np.uint8]:
    """(rows,) or (rows, k) fixed-width values as a (rows, bytes) matrix."""
    values = np.ascontiguousarray(values)
    return values.view(np.uint8).reshape(len(values), -1) if values.size else np.zeros((len(values), 0), np.uint8)


def _field(column: Column, rows: int) -> Field:
    """One column's bytes at full width, and the length of each row's, -1 for NULL."""
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
    return data, np.where(null, -1, data.shape[1])


def _text(column: Array) -> Field:
    if column.dtype.kind == "S":
        return _bytes(column), np.char.str_len(column.astype(np.bytes_))
    encoded = [value.encode() if isinstance(value, str) else value for value in column.tolist()]
    length = np.array([-1 if value is None else len(value) for value in encoded], np.int64)
    width = max(int(length.max(initial=0)), 1)
    return _bytes(np.array([value or b"" for value in encoded], dtype=f"S{width}")), length


def _ragged(column: Ragged, rows: int) -> Field:
    """One-dimensional arrays: 12 bytes (dimensions, has-nulls flag, element type), 8 (length, lower bound), then length and value each.
    An empty array is the first 12 bytes alone."""
    oid, code = ELEMENTS[column.values.dtype.str[1:]]
    sizes = np.diff(column.offsets)
    element = np.dtype([("length", ">i4"), ("value", code)])
    head = np.zeros((rows, 5), ">i4")
    head[:, 0] = sizes > 0
    head[:, 2] = oid
    head[:, 3], head[:, 4] = sizes, 1
    cells = np.zeros((rows, int(sizes.max(initial=0))), element)
    cells["length"] = element["value"].itemsize
    cells["value"][np.arange(cells.shape[1])[None, :] < sizes[:, None]] = column.values
    data = np.concatenate([_bytes(head), _bytes(cells)], axis=1)
    return data, np.where(sizes > 0, 20 + sizes * element.itemsize, 12)
