"""Which texts are numbers. A column is read as fast as can be; it must read exactly as one cell by itself."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.core import numbers

GOOD = {
    "1": 1, "-1": -1, "+1": 1, "0": 0, "-0": 0, "007": 7, "1.5": 1.5, ".5": 0.5, "5.": 5, "1e3": 1000, "1E-3": 0.001, "-1.5e+2": -150,
    " 12 ": 12, "\t12": 12, "12\n": 12, "1e-400": 0, "1.7976931348623157e308": 1.7976931348623157e308, "0.1": 0.1,
    "123456789012345678901234567890": 1.2345678901234568e29,
}  # fmt: skip
BAD = {
    "nan": "not a number", "NaN": "not a number", "inf": "not a number", "-Infinity": "not a number", "1e309": "too large",
    "-1e999": "too large", "0x1F": "not a number", "1_000": "not a number", "\u0663": "not a number", "\uff11\uff12": "not a number",
    "1,234": "separators between thousands: 1234.", "1 234.5": "separators between thousands: 1234.5.",
    "1'234'567": "separators between thousands: 1234567.", "1\u00a0234": "not a number", "12,5": "after a point: 12.5.",
    "12%": "number alone, 12;", "R 12.50": "number alone, 12.50;", "$5": "number alone, 5;", "n/a": "not a number", "-": "not a number",
    ".": "not a number", "e5": "number alone", "1e": "number alone", "--1": "not a number", "1.2.3": "not a number", "1 2": "not a number",
    "=1+1": "not a number", "1" * 10_001: "longer than 10,000",
}  # fmt: skip


@pytest.mark.parametrize(("text", "value"), GOOD.items())
def test_a_number_is_read(text, value):
    assert numbers.number(text) == value
    assert math.copysign(1, numbers.number(text)) == (1 if value >= 0 else -1)


@pytest.mark.parametrize(("text", "repair"), BAD.items(), ids=[text[:20] for text in BAD])
def test_anything_else_is_refused_with_the_repair(text, repair):
    with pytest.raises(ValueError, match=repair):
        numbers.number(text)
    values, faulty = numbers.column(["1", text, "2"])
    assert faulty.tolist() == [1]
    np.testing.assert_array_equal(values, [1, math.nan, 2])
    assert repair in numbers.fault(text)


@pytest.mark.parametrize("text", ["", " ", "\t"])
def test_a_blank_is_no_number_and_no_fault(text):
    assert math.isnan(numbers.number(text))
    for cells in ([text], [text, text], ["1", text], [text, "1", text]):
        values, faulty = numbers.column(cells)
        assert not len(faulty)
        assert np.isnan(values).tolist() == [cell == text for cell in cells]


def test_an_empty_column_and_a_constant_one():
    assert len(numbers.column([])[0]) == 0
    assert numbers.column(["7"] * 5)[0].tolist() == [7] * 5
    assert numbers.column(["x"] * 3)[1].tolist() == [0, 1, 2]
    with pytest.raises(AssertionError):
        numbers.fault("7")


TEXTS = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    st.integers().map(str),
    st.sampled_from([*GOOD, *BAD, ""]),
    st.text(st.sampled_from("0123456789.,+-eE _ naif%"), max_size=8),
)


@given(st.lists(TEXTS, max_size=12))
def test_a_column_reads_as_its_cells(cells):
    values, faulty = numbers.column(cells)
    for place, cell in enumerate(cells):
        try:
            expected = numbers.number(cell)
        except ValueError:
            assert place in faulty
            expected = math.nan
        else:
            assert place not in faulty
        np.testing.assert_equal(values[place], expected)
