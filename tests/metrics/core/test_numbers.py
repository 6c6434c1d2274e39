"""Whole columns. A column is read as fast as can be; it must read exactly as its cells do one by one, and so must its evidence."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.core import numbers
from metrics.core.kpi import Direction
from metrics.core.notation import COMMA, NOTHING, PLAIN, Mark, parse
from metrics.core.numbers import Evidence, column, evidence
from tests.metrics.core.test_notation import AIMS, NUMBERS, REPAIRS, WITH_UNITS, written

PERCENT = Mark("%")


def said(found):
    """What each cell says."""
    return [found.said[0 if found.marks is None else found.marks[place]] for place in range(len(found.values))]


def assert_reads_as_its_cells(cells, notation, aim):
    found = column(cells, notation, aim=aim)
    alone = [parse(cell, notation, aim=aim) for cell in cells]
    assert found.faulty.tolist() == [place for place, one in enumerate(alone) if one is None]
    np.testing.assert_array_equal(found.values, [math.nan if one is None else one[0] for one in alone])
    assert not np.signbit(found.values[found.values == 0]).any()
    assert said(found) == [NOTHING if one is None else one[1] for one in alone]
    assert found.said[0] == NOTHING
    assert (found.marks is None) == (said(found) == [NOTHING] * len(cells))
    assert (found.values.dtype, found.faulty.dtype) == (np.float64, np.intp)
    assert found.marks is None or found.marks.dtype == np.int16


CELLS = [*NUMBERS, *WITH_UNITS, *AIMS, *REPAIRS, "", " ", "none"]


@pytest.mark.parametrize("notation", [PLAIN, COMMA])
@pytest.mark.parametrize("aim", [False, True])
def test_every_cell_reads_the_same_in_any_company(notation, aim):
    for cell in CELLS:
        for cells in ([cell], [cell, cell], ["1", cell, "2"], [cell, "1", cell], ["12.5%", cell], [cell, "R 5"], ["", cell, "Rs 5"]):
            assert_reads_as_its_cells(cells, notation, aim)
    assert_reads_as_its_cells(CELLS, notation, aim)
    assert_reads_as_its_cells([], notation, aim)


TEXTS = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    st.integers().map(str),
    st.sampled_from(CELLS),
    st.text(st.sampled_from("0123456789.,+-eE _ naif%R'\u00a0"), max_size=8),
    written().map(lambda case: case[0]),
)


@settings(deadline=None)
@given(st.lists(TEXTS, max_size=12), st.sampled_from([PLAIN, COMMA]), st.booleans())
def test_a_column_reads_as_its_cells(cells, notation, aim):
    assert_reads_as_its_cells(cells, notation, aim)


PARTS = st.sampled_from(["", " ", "%", " %", "R", "R ", "Rs", "Rs.", "$\u00a0", "EUR "])
SIMPLE = st.from_regex(r"-?(\d{1,3}([., ']\d{3}){0,2}([.,]\d{0,2})?)?|[.,]\d", fullmatch=True)


@settings(deadline=None)
@given(PARTS, PARTS, st.lists(SIMPLE, max_size=8), st.lists(st.sampled_from(["", "5", "%", "R", "-R 5", "R.5"]), max_size=2))
def test_a_column_with_one_unit_reads_as_its_cells(before, after, figures, others):
    for notation in (PLAIN, COMMA):
        assert_reads_as_its_cells([before + figure + after for figure in figures] + others, notation, False)


@settings(deadline=None)
@given(st.lists(written(), min_size=1, max_size=30))
def test_a_column_of_one_notation_is_read_exactly_and_never_proves_the_other(cases):
    for notation in (PLAIN, COMMA):
        own = [(text, value, unit) for text, of, value, unit in cases if of == notation]
        found = column([text for text, _, _ in own], notation)
        assert found.values.tolist() == [value for _, value, _ in own]
        assert [mark.unit for mark in said(found)] == [unit for _, _, unit in own]
        proved = evidence([text for text, _, _ in own])
        assert proved.decimal in (None, notation.decimal)
        assert not (proved.comma if notation == PLAIN else proved.point)


@pytest.mark.parametrize(
    ("cells", "notation", "values", "marks"),
    [
        (["85.1%", "", "90%"], PLAIN, [85.1, math.nan, 90], [PERCENT, NOTHING, PERCENT]),
        (["85,1 %", "90,25 %"], COMMA, [85.1, 90.25], [PERCENT] * 2),
        (["R 1 234,50", "R -5"], COMMA, [1234.5, -5], [Mark("R")] * 2),
        (["1.234,50", "-12", "+1.000.000"], COMMA, [1234.5, -12, 1_000_000], [NOTHING] * 3),
        (["1\u00a0234", "\u22125,5"], COMMA, [1234, -5.5], [NOTHING] * 2),
        (["1,234", "5"], PLAIN, [1234, 5], [NOTHING] * 2),
        (["12,5", "7023", ""], COMMA, [12.5, 7023, math.nan], [NOTHING] * 3),
        (["12,123456789012345678", "0,1"], COMMA, [12.123456789012345678, 0.1], [NOTHING] * 2),
        (["5%", "%"], PLAIN, [5, math.nan], [PERCENT, NOTHING]),
        (["%", "5"], PLAIN, [math.nan, 5], [NOTHING] * 2),
        (["5%"] * 3, PLAIN, [5] * 3, [PERCENT] * 3),
        (["5%", "$5", "5%", "0:00:05"], PLAIN, [5] * 4, [PERCENT, Mark("$"), PERCENT, Mark("s")]),
    ],
)  # fmt: skip
def test_a_column_in_one_form(cells, notation, values, marks):
    found = column(cells, notation)
    np.testing.assert_array_equal(found.values, values)
    assert said(found) == marks


def test_a_column_of_targets_tells_which_way_is_better():
    found = column(["<= 3", "at least 5%", "TBD", "", "7", "soon"], aim=True)
    np.testing.assert_array_equal(found.values, [3, 5, math.nan, math.nan, 7, math.nan])
    assert found.faulty.tolist() == [5]
    assert said(found)[:2] == [Mark("", Direction.DECREASE), Mark("%", Direction.INCREASE)]
    assert said(found)[2:] == [NOTHING] * 4
    assert column(["<= 3", "TBD"]).faulty.tolist() == [0, 1]


def test_a_long_cell_is_refused_in_any_company():
    zeros = "0" * 10_001
    for cells in ([zeros], [zeros, "1"], ["1"] * 1_000 + [zeros], ["1,5"] * 1_000 + [zeros]):
        for notation in (PLAIN, COMMA):
            assert len(cells) - 1 in column(cells, notation).faulty or cells[0] == zeros
    assert numbers.fault(zeros) == "The cell is longer than 10,000 characters."


def test_a_fault_is_asked_for_faulty_cells_only():
    assert numbers.fault("12,5").endswith("12.5.")
    assert numbers.fault("12.5", COMMA).endswith("12,5.")
    assert "leave the cell empty" in numbers.fault("soon", aim=True)
    with pytest.raises(AssertionError):
        numbers.fault("7")


# What a single text is an example of.
PROOFS = {
    "point": (
        "12.5", "0.123", "1234.567", "1,234,567", "1,234.5", "5.", ".5", "-0.5", "1.5e3", "1.234e5", "12.3456", "1 234.5", "1'234.567",
        "R 12.50", "(1,234.50)", "12.5%", "<= 12.5", "\u22121.5", "0.000", "00.123", "1.5-", "1 000 000.123",
    ),
    "comma": (
        "12,5", "0,123", "1234,567", "1.234.567", "1.234,5", "5,", ",5", "-0,5", "1,5e3", "1,234e5", "12,3456", "1 234,5", "1\u00a0234,567",
        "R 12,50", "(1.234,50)", "12,5 %", "at most 12,5", "\u22121,5", "0,000", "00,123", "1,5-", "1\u202f000,123",
    ),
    "either": (
        "1.234", "1,234", "12.345", "12,345", "123.456", "123,456", "-1.234", "R 1,234", "1.000 %", "(1,234)", "<1.234", "100.000", "9,010",
    ),
    "": (
        "", " ", "1234", "7023", "1 234", "1'234", "-5", "5%", "1e3", ".", ",", "-", "n/a", "0:05:30.5", "0:05:30,500", "1.2.3",
        "12,34,567", "x.y", "31.12.2024", "1.5 days", "1,234.567,8", "0,123,456", "0.123.456", "0,123.5", "1.234 567", "x" * 200 + ".",
        "1." + "1" * 80, "1\n2.5", "\u0663.5", "\ud800.5", "1e309",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "field"), [(text, field) for field, texts in PROOFS.items() for text in texts], ids=ascii)
def test_what_a_text_proves(text, field):
    expected = Evidence(**({field: text} if field else {}))
    for cells in ([text], [text, text], ["1", text, "7023", "", f" {text} "], ["a\nb", text]):
        assert evidence(cells) == expected


@pytest.mark.parametrize(
    ("cells", "decimal", "asks"),
    [
        ([], None, False), (["1", "2"], None, False), (["1.234"], None, True), (["1.234", "12.5"], ".", False),
        (["1.234", "12,5"], ",", False), (["1.234", "0.234"], ".", False), (["0,234", "1,234"], ",", False),
        (["12.5", "12,5"], None, False), (["12.5", "12,5", "1,234"], None, True), (["1,234", "1.234"], None, True),
        (["1.234", "1 234"], None, True), (["1,234,567", "0,123,456"], ".", False),
    ],
)  # fmt: skip
def test_what_a_column_proves(cells, decimal, asks):
    found = evidence(cells)
    assert (found.decimal, found.asks) == (decimal, asks)
    apart = Evidence()
    for cell in cells:
        apart = apart.merge(evidence([cell]))
    assert apart == found


def test_an_example_is_the_first_and_merging_keeps_it():
    found = evidence(["x", " 0.5 ", "1.234", "2.25", "3.456"])
    assert found == Evidence(point="0.5", either="1.234")
    assert found.merge(evidence(["7.5", "8,5"])) == Evidence("0.5", "8,5", "1.234")


def proof(text):
    """The field of Evidence that the two readings of a text give it, the slow way."""
    point, comma = parse(text, PLAIN, aim=True), parse(text, COMMA, aim=True)
    if point and comma:
        return "either" if point[0] != comma[0] and not math.isnan(point[0]) else ""
    return "point" if point else "comma" if comma else ""


@settings(deadline=None)
@given(st.lists(st.text(st.sampled_from("001234.,,.- 'R%(\u00a0"), max_size=9) | st.sampled_from(CELLS), max_size=12))
def test_evidence_is_what_the_two_readings_of_each_cell_say(cells):
    cells = [cell for cell in cells if len(cell) < 60 and "e309" not in cell and "e999" not in cell]
    expected = {field: [cell.strip() for cell in cells if proof(cell) == field] for field in ("point", "comma", "either")}
    assert evidence(cells) == Evidence(**{field: texts[0] for field, texts in expected.items() if texts})


@settings(deadline=None)
@given(st.lists(st.from_regex(r"-?[1-9][0-9]{0,2}[.,][0-9]{3}", fullmatch=True), min_size=1))
def test_texts_that_both_notations_explain_prove_nothing(cells):
    found = evidence(cells)
    assert found.either
    assert found.asks
    assert not found.point
    assert not found.comma
