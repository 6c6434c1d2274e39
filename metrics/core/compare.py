"""Rows of a file beside those that are kept: new, changed or the same."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from metrics.core.rows import Keys

NEW, CHANGED, SAME = 0, 1, 2
Array = npt.NDArray[np.generic]


def statuses(key: Keys, columns: Mapping[str, Array], kept_key: Keys, kept: Mapping[str, Array]) -> npt.NDArray[np.int8]:
    """NEW, CHANGED or SAME for each row. `key`: ascending, without repetition, made like `kept_key`, which need not be in order.

    Only the `columns` given count, so that a file without targets does not contradict kept ones. NaN equals NaN.
    """
    answer = np.full(len(key), NEW, np.int8)
    if not len(key) or not len(kept_key):
        return answer
    place = np.minimum(np.searchsorted(key, kept_key), len(key) - 1)
    both = np.flatnonzero(key[place] == kept_key)
    here = place[both]
    same = np.ones(len(both), bool)
    for name, column in columns.items():
        same &= _equal(column[here], kept[name][both])
    answer[here] = np.where(same, SAME, CHANGED)
    return answer


def kept_of(key: Keys, kept_key: Keys, kept: Mapping[str, Array]) -> dict[str, Array]:
    """The kept columns at each key, all of which are among `kept_key`."""
    order = np.argsort(kept_key)
    place = order[np.searchsorted(kept_key, key, sorter=order)]
    return {name: column[place] for name, column in kept.items()}


def marks(texts: Sequence[str | None]) -> npt.NDArray[np.int64]:
    """A number per text that stands for it in comparisons: 0 for a blank, else the first 8 bytes of its MD5, as the database makes
    them from the same text (nothing secret hangs on it)."""
    return np.array([_mark(text) if text else 0 for text in texts], np.int64)


def _mark(text: str) -> int:
    return int.from_bytes(hashlib.md5(text.encode(), usedforsecurity=False).digest()[:8], "big", signed=True)


def _equal(here: Array, kept: Array) -> npt.NDArray[np.bool_]:
    if here.dtype.kind != "f":
        return np.asarray(here == kept)
    return (here == kept) | (np.isnan(here) & np.isnan(kept))
