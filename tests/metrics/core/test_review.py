"""Every row of a check, packed and shown page by page."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.core.compare import CHANGED, NEW, SAME
from metrics.core.review import pack, unpack
from tests.metrics.core.files import text, understood


def lines(count: int) -> list[str]:
    return [f"Sales,Win rate,%,higher,month,{n % 3 or ''},{2000 + n // 12}-{n % 12 + 1:02d},{n}.5" for n in range(count)]


def test_a_page_has_the_rows_of_a_kind_in_the_files_order():
    rows = understood(text(*reversed(lines(6))))
    status = np.array([NEW, CHANGED, SAME, CHANGED, NEW, NEW], np.int8)
    review = unpack(pack(rows, status, {"value": np.array([9.0, np.nan]), "target": np.array([1.0, 8.0])}))
    assert review.counts == {"new": 3, "changed": 2, "same": 1}
    (first, second) = review.page("changed", 0, 10)
    assert (first.line, first.department, first.kpi, first.unit, first.frequency) == (4, "Sales", "Win rate", "%", "month")
    assert (first.figures, first.old) == ({"value": 3.5, "target": None}, {"value": None, "target": 8.0})
    assert (second.line, second.old) == (6, {"value": 9.0})  # its target stays
    assert [line.line for line in review.page("new", 0, 2)] == [2, 3]
    assert [line.line for line in review.page("new", 2, 2)] == [7]
    assert review.page("same", 1, 5) == []
    assert review.page("same", 0, 5)[0].old == {}


@settings(deadline=None)
@given(st.lists(st.sampled_from([NEW, CHANGED, SAME]), min_size=1, max_size=40))
def test_what_is_packed_comes_back(status):
    rows = understood(text(*lines(len(status))))
    marks = np.array(status, np.int8)
    review = unpack(pack(rows, marks, {"value": np.arange(float((marks == CHANGED).sum()))}))
    shown = [line for kind in ("new", "changed", "same") for line in review.page(kind, 0, 100)]
    assert sorted(line.line for line in shown) == list(range(2, len(status) + 2))
    assert [line.figures["value"] for line in sorted(shown, key=lambda line: line.line)] == [n + 0.5 for n in range(len(status))]
    changed = [line.old.get("value", line.figures["value"]) for line in review.page("changed", 0, 100)]
    assert changed == list(range(int((marks == CHANGED).sum())))
