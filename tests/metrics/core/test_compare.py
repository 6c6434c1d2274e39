"""New, changed or the same."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from metrics.core.compare import CHANGED, NEW, SAME, marks, statuses

NAN = np.nan


def test_each_row_beside_the_kept_one():
    key = np.array([1, 3, 5, 7, 9])
    columns = {"value": np.array([1.0, 2, 3, 4, 5]), "target": np.array([NAN, NAN, 1, 1, NAN]), "note": np.array([0, 0, 4, 4, 0])}
    kept_key = np.array([9, 5, 3, 2, 7, 99])
    kept = {
        "value": np.array([5.0, 3, 2, 0, 4.5, 0]),
        "target": np.array([2.0, 1, NAN, 0, 1, 0]),
        "note": np.array([0, 5, 0, 0, 4, 0]),
    }
    assert statuses(key, columns, kept_key, kept).tolist() == [NEW, SAME, CHANGED, CHANGED, CHANGED]
    assert statuses(key, {"value": columns["value"]}, kept_key, kept).tolist() == [NEW, SAME, SAME, CHANGED, SAME]


def test_nothing_beside_something_and_the_other_way_round():
    none = np.zeros(0, np.int64)
    assert statuses(none, {}, np.array([1]), {}).tolist() == []
    assert statuses(np.array([1]), {}, none, {}).tolist() == [NEW]


def test_marks_of_texts():
    got = marks(["", None, "a", "a", "b"])
    assert got[0] == got[1] == 0
    assert got[2] == got[3] != got[4]
    assert marks(["a"])[0] == 0x0CC175B9C0F1B6A8  # left(md5('a'), 16)


FIGURES = st.dictionaries(st.integers(0, 30), st.sampled_from([1.0, 2.0, NAN]))


@given(FIGURES, FIGURES)
def test_agrees_with_one_row_after_another(mine, kept):
    key = np.array(sorted(mine), np.int64)
    got = statuses(
        key,
        {"value": np.array([mine[one] for one in sorted(mine)])},
        np.array(list(kept), np.int64),
        {"value": np.array(list(kept.values()))},
    )
    for one, status in zip(sorted(mine), got, strict=True):
        if one not in kept:
            assert status == NEW
        else:
            assert status == (SAME if str(mine[one]) == str(kept[one]) else CHANGED)
