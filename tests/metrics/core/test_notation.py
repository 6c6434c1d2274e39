"""One cell at a time: which number it is under a decimal point and under a decimal comma, what else it says, and how to repair it."""

import math
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.core.kpi import Direction
from metrics.core.notation import COMMA, NO_VALUE, NOTHING, PLAIN, SENSES, SENSES_AFTER, UNITS, Mark, parse
from metrics.core.number_repairs import repair

X = None  # faulty
LESS, MORE = Direction.DECREASE, Direction.INCREASE
# text: (under a point, under a comma)
NUMBERS = {
    # plain
    "0": (0, 0), "1": (1, 1), "+1": (1, 1), "-1": (-1, -1), "007": (7, 7), "-0": (0, 0), "1234": (1234, 1234), "7023": (7023, 7023),
    "123456789012345678901234567890": (1.2345678901234568e29,) * 2, " 12 ": (12, 12), "\t12": (12, 12), "12\n": (12, 12),
    "\u00a012\u202f": (12, 12), "1\t2": (X, X), "1\n2": (X, X),
    # decimals
    "1.5": (1.5, X), "12.5": (12.5, X), "0.1": (0.1, X), "-1.5": (-1.5, X), "+0.25": (0.25, X), ".5": (0.5, X), "5.": (5, X),
    "-.5": (-0.5, X), "1234.5": (1234.5, X), "1234.567": (1234.567, X), "0.123": (0.123, X), "00.123": (0.123, X), "-0.0": (0, X),
    "12.3456": (12.3456, X), "0.000": (0, X), "1.7976931348623157": (1.7976931348623157, X), "3.14159": (3.14159, X), "1,5": (X, 1.5),
    "12,5": (X, 12.5), "0,1": (X, 0.1), "-1,5": (X, -1.5), "+0,25": (X, 0.25), ",5": (X, 0.5), "5,": (X, 5), "-,5": (X, -0.5),
    "1234,5": (X, 1234.5), "1234,567": (X, 1234.567), "0,123": (X, 0.123), "00,123": (X, 0.123), "-0,0": (X, 0), "12,3456": (X, 12.3456),
    "0,000": (X, 0), "1,7976931348623157": (X, 1.7976931348623157), ".": (X, X), ",": (X, X), "1..5": (X, X),
    # either
    "1,234": (1234, 1.234), "12,345": (12345, 12.345), "123,456": (123456, 123.456), "-1,234": (-1234, -1.234), "1,000": (1000, 1),
    "1.234": (1.234, 1234), "12.345": (12.345, 12345), "123.456": (123.456, 123456), "-1.234": (-1.234, -1234), "1.000": (1, 1000),
    # groups
    "1,234,567": (1234567, X), "1,234.5": (1234.5, X), "12,345,678.90": (12345678.9, X), "-1,234.": (-1234, X),
    "1,234,567,890": (1234567890, X), "1.234.567": (X, 1234567), "1.234,5": (X, 1234.5), "12.345.678,90": (X, 12345678.9),
    "-1.234,": (X, -1234), "1.234.567.890": (X, 1234567890), "1 234": (1234, 1234), "12 345": (12345, 12345),
    "1 234 567": (1234567, 1234567), "-1 234": (-1234, -1234), "1 234.5": (1234.5, X), "1 234,5": (X, 1234.5),
    "1 234 567.25": (1234567.25, X), "1 234 567,25": (X, 1234567.25), "1\u00a0234": (1234, 1234), "1\u202f234,5": (X, 1234.5),
    "1\u2009234.5": (1234.5, X), "1\u2007234": (1234, 1234), "1\u00a0234\u202f567": (1234567, 1234567), "1'234": (1234, 1234),
    "1'234'567.5": (1234567.5, X), "1'234'567,5": (X, 1234567.5), "1\u2019234": (1234, 1234), "1\u2019234\u2019567.05": (1234567.05, X),
    "1 234.567": (1234.567, X), "1 234,567": (X, 1234.567),
    # groups that are none
    "12,34,567": (X, X), "12.34.567": (X, X), "1,23,456": (X, X), "1234,567,890": (X, X), "1234 567": (X, X), "12 34": (X, X),
    "1 2": (X, X), "0 123": (X, X), "0,123,456": (X, X), "0.123.456": (X, X), "1,234 567": (X, X), "1 234,567.8": (X, X),
    "1'234 567": (X, X), "1  234": (X, X), "1,234,56": (X, X), "1.2.3": (X, X), "1,2,3": (X, X), "1,,234": (X, X), "1_000": (X, X),
    "1, 234": (X, X), "1.234.5": (X, X), "1,234,5": (X, X),
    # signs
    "\u22125": (-5, -5), "\u22121 234": (-1234, -1234), "5-": (-5, -5), "5\u2212": (-5, -5), "1.5-": (-1.5, X), "1,5-": (X, -1.5),
    "- 5": (-5, -5), "+ 5": (5, 5), "(5)": (-5, -5), "( 5 )": (-5, -5), "(0)": (0, 0), "(1 234.50)": (-1234.5, X),
    "(1,234.50)": (-1234.5, X), "(1.234,50)": (X, -1234.5), "(1,234)": (-1234, -1.234), "--1": (X, X), "+-1": (X, X), "-5-": (X, X),
    "(-5)": (X, X), "-(5)": (X, X), "(5": (X, X), "5)": (X, X), "((5))": (X, X), "5+": (X, X), "5 -": (X, X), "5.-": (X, X), "5,-": (X, X),
    "\u20135": (X, X), "-": (X, X), "()": (X, X), "+": (X, X),
    # exponents
    "1e3": (1000, 1000), "1E-3": (0.001, 0.001), "1.5e3": (1500, X), "1,5e3": (X, 1500), "-1.5E+2": (-150, X), "1.234e3": (1234, X),
    "1,234e3": (X, 1234), "1e-400": (0, 0), "1.7976931348623157e308": (1.7976931348623157e308, X), "1,234,567e3": (X, X), "1 234e3": (X, X),
    "1e309": (X, X), "-1e999": (X, X), "e5": (X, X), "1e": (X, X), "1e5-": (X, X), "1e1.5": (X, X), "1e1,5": (X, X),
    # what is no number at all
    "nan": (X, X), "NaN": (X, X), "inf": (X, X), "-Infinity": (X, X), "0x1F": (X, X), "\u0663": (X, X), "\uff11\uff12": (X, X),
    "\u00b2": (X, X), "=1+1": (X, X), "n/a": (X, X), "12 days": (X, X), "5 to 6": (X, X), "5-6": (X, X), "1/2": (X, X), "1.5M": (X, X),
    "31.12.2024": (X, X), "2024-01-31": (X, X), "<3": (X, X), "max 3": (X, X), "1" * 10_001: (X, X), "1" * 400: (X, X), "\u200e5": (X, X),
}  # fmt: skip
# text under a point: (number, unit)
WITH_UNITS = {
    "12.5%": (12.5, "%"), "12.5 %": (12.5, "%"), "12.5\u00a0%": (12.5, "%"), "%12.5": (12.5, "%"), "% 12.5": (12.5, "%"), "-3%": (-3, "%"),
    "(3%)": (-3, "%"), "(3)%": (-3, "%"), "3-%": (-3, "%"), "R5": (5, "R"), "R 5": (5, "R"), "R 1 234.50": (1234.5, "R"), "ZAR 5": (5, "R"),
    "5 ZAR": (5, "R"), "zar 5": (X, ""), "5R": (5, "R"), "R5,000": (5000, "R"), "(R1,234)": (-1234, "R"), "R(1,234)": (-1234, "R"),
    "( R   1 234.50 )": (-1234.5, "R"), "-R5": (-5, "R"), "R-5": (-5, "R"), "R -5": (-5, "R"), "- R 5": (-5, "R"), "R5-": (-5, "R"),
    "$5": (5, "$"), "-$5": (-5, "$"), "$-5": (-5, "$"), "5$": (5, "$"), "$1,234.56": (1234.56, "$"), "($5.00)": (-5, "$"),
    "US$5": (5, "USD"), "USD 5": (5, "USD"), "5 USD": (5, "USD"), "\u20ac5": (5, "€"), "5 \u20ac": (5, "€"), "EUR 5": (5, "€"),
    "5EUR": (5, "€"), "\u00a35": (5, "£"), "GBP5": (5, "£"), "\u00a55": (5, "¥"), "JPY 5": (5, "JPY"), "CNY 5": (5, "CNY"),
    "\u20b95": (5, "INR"), "INR 5": (5, "INR"), "CHF 1'234.50": (1234.5, "CHF"), "A$5": (5, "AUD"), "AUD 5": (5, "AUD"), "C$5": (5, "CAD"),
    "\u20a65": (5, "NGN"), "NGN 5": (5, "NGN"), "KES 5": (5, "KES"), "KSh 5": (5, "KES"), "BWP 5": (5, "BWP"), "N$5": (5, "NAD"),
    "NAD 5": (5, "NAD"), "R$5": (5, "BRL"), "Rs.5": (5, "Rs"), "Rs. 5": (5, "Rs"), "Rs 5": (5, "Rs"), "R.5": (0.5, "R"), "5 kr": (5, "kr"),
    "5 z\u0142": (5, "PLN"), "R1e3": (1000, "R"), "$5 USD": (X, ""), "R5%": (X, ""), "5%%": (X, ""), "%": (X, ""), "R": (X, ""),
    "-R-5": (X, ""), "(R5": (X, ""), "5 xyz": (X, ""), "5e": (X, ""), "0:05:30": (330, "s"), "5:30:00": (19800, "s"),
    "100:00:01": (360001, "s"), "-0:00:30": (-30, "s"), "+0:00:30": (30, "s"), "\u22120:00:30": (-30, "s"), "0:00:30.25": (30.25, "s"),
    "0:00:30,25": (30.25, "s"), "-0:00:00": (0, "s"), "999999:59:59": (3599999999, "s"), "5:30": (X, ""), "0:60:00": (X, ""),
    "0:00:60": (X, ""), "1:2:3": (X, ""), "1:02:03:04": (X, ""), "1000000:00:00": (X, ""), "0:05:30 h": (X, ""), "(0:05:30)": (X, ""),
    "0:05:30.": (X, ""), "--0:05:30": (X, ""), ":": (X, ""),
}  # fmt: skip
AIMS = {
    "<=3": (3, "", LESS), "<= 3": (3, "", LESS), "=<3": (3, "", LESS), "<3": (3, "", LESS), "< 3": (3, "", LESS), "\u22643": (3, "", LESS),
    "max 3": (3, "", LESS), "Max. 3": (3, "", LESS), "maximum 3": (3, "", LESS), "at most 3": (3, "", LESS), "AT MOST 3": (3, "", LESS),
    "no more than 3": (3, "", LESS), "less than 3": (3, "", LESS), "up to 3": (3, "", LESS), "below 3": (3, "", LESS),
    "under 3%": (3, "%", LESS), "3 or less": (3, "", LESS), "3% or fewer": (3, "%", LESS), "<=R 1 234.50": (1234.5, "R", LESS),
    "<-5": (-5, "", LESS), "<(5)": (-5, "", LESS), "< 0:05:30": (330, "s", LESS), "0:05:30 or less": (330, "s", LESS),
    "0:05:30": (330, "s", None), ">=3": (3, "", MORE), "=>3": (3, "", MORE), ">3": (3, "", MORE), "\u2265 95 %": (95, "%", MORE),
    "min 3": (3, "", MORE), "min. 3": (3, "", MORE), "Minimum 3": (3, "", MORE), "at least 95%": (95, "%", MORE),
    "more than 3": (3, "", MORE), "over 3": (3, "", MORE), "above 3": (3, "", MORE), "80% or more": (80, "%", MORE),
    "3 or higher": (3, "", MORE), "3 OR ABOVE": (3, "", MORE), "12.5": (12.5, "", None), "12.5%": (12.5, "%", None), "R5": (5, "R", None),
}  # fmt: skip
NO_AIMS = (
    "max", "<", "<= max 3", "3 max", "3 min", "minus 5", "<=3 or more", "< 0:05:30 or less", "max 3 days", "no", "unknown", "<>3", "<1e309",
    "5 or", "or more", "3 or less days",
)  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), NUMBERS.items(), ids=[ascii(text[:20]) for text in NUMBERS])
def test_a_number_is_read_under_each_notation(text, expected):
    for notation, value in zip((PLAIN, COMMA), expected, strict=True):
        for aim in (False, True):
            if aim and (text in NO_VALUE or text in ("<3", "max 3")):
                continue
            found = parse(text, notation, aim=aim)
            assert found == (None if value is None else (value, NOTHING))
            assert value is None or math.copysign(1, found[0]) == (1 if value >= 0 else -1)


@pytest.mark.parametrize(("text", "expected"), WITH_UNITS.items(), ids=ascii)
def test_a_unit_is_read_beside_its_number(text, expected):
    value, unit = expected
    assert parse(text) == (None if value is None else (value, Mark(unit)))
    swapped = text if ":" in text or "Rs" in text else text.translate(str.maketrans(".,", ",."))
    assert parse(swapped, COMMA) == parse(text)


@pytest.mark.parametrize(("text", "expected"), AIMS.items(), ids=ascii)
def test_a_target_may_compare(text, expected):
    value, unit, sense = expected
    assert parse(text, aim=True) == (value, Mark(unit, sense))
    assert (parse(text) is None) == (sense is not None)


@pytest.mark.parametrize("text", NO_AIMS, ids=ascii)
def test_other_words_are_no_comparison(text):
    assert parse(text, aim=True) is None
    assert any(words in repair(text, aim=True) for words in ("not a number", "number alone", "too large"))


def test_every_comparison_is_read_with_and_without_a_space():
    for sense, texts in SENSES.items():
        for text in texts:
            for cell in (text + "3", f"{text} 3", f"{text.title()} 3"):
                assert parse(cell, aim=True) == (3, Mark("", sense))
    for sense, texts in SENSES_AFTER.items():
        for text in texts:
            assert parse(f"3 {text}", aim=True) == (3, Mark("", sense))


def test_every_unit_is_read_before_and_after_the_number_and_is_written_in_one_way():
    for spelling, unit in UNITS.items():
        for cell in (f"{spelling} 5", f"5 {spelling}", spelling + "5", f"5{spelling}"):
            assert parse(cell) == (5, Mark(unit))
    assert {UNITS[kept] for kept in UNITS.values()} == set(UNITS.values())


@pytest.mark.parametrize("text", sorted(NO_VALUE), ids=ascii)
def test_a_target_may_say_that_there_is_none(text):
    for cell in (text, text.upper(), f" {text} "):
        value, mark = parse(cell, aim=True)
        assert math.isnan(value)
        assert mark == NOTHING
        assert parse(cell) is None
        assert repair(cell) == "This is not a number. Leave out the row where there is none."


@pytest.mark.parametrize("text", ["", " ", "\t", "\u00a0"], ids=ascii)
def test_a_blank_is_no_number_and_no_fault(text):
    for aim in (False, True):
        value, mark = parse(text, aim=aim)
        assert math.isnan(value)
        assert mark == NOTHING


REPAIRS = {
    "nan": ("not a number. Write it like 1234.5, and leave out the row", "like 1234,5, and"), "inf": ("not a number", "not a number"),
    "1e309": ("too large", "too large"), "-1e999": ("too large", "too large"), "1" * 400: ("not a number", "not a number"),
    "0x1F": ("not a number", "not a number"), "=1+1": ("not a number", "not a number"), "1" * 10_001: ("longer than 10,000 char",) * 2,
    "1.2.3": ("not a number", "not a number"), "31.12.2024": ("not a number", "not a number"), "1.2.3 x": ("not a number", "not a number"),
    "12,5": ("after a point: 12.5.", ""), "12.5": ("", "after a comma: 12,5."), "(1,5 %)": ("point: -1.5.", ""),
    "1,5-": ("point: -1.5.", ""), "R -1.234,50": ("point: -1234.50.", ""), "0,123": ("point: 0.123.", ""), ",5": ("point: 0.5.", ""),
    "+1.5": ("", "comma: 1,5."), "5,": ("thousands: 5.", ""), "1.234.567": ("thousands: 1234567.", ""),
    "1,234,567": ("", "thousands: 1234567."), "12,34,567": ("thousands: 1234567.", "not a number"),
    "\u20b912,34,567.50": ("thousands: 1234567.50.", "not a number"), "12.34.567,5": ("not a number", "thousands: 1234567,5."),
    "1_000": ("thousands: 1000.",) * 2, "-1_0": ("thousands: -10.",) * 2, "1234'567": ("thousands: 1234567.",) * 2,
    "1'2": ("not a number",) * 2, "12 34": ("write it without spaces: 1234.",) * 2, "1 2": ("without spaces: 12.",) * 2,
    "1234 567.5": ("spaces: 1234567.5.", "not a number"), "\u0663": ("digits as 0 to 9: 3.",) * 2,
    "\uff11\uff12.5": ("0 to 9: 12.5.", "digits as 0 to 9."), "\u0661\u066b\u0665": ("digits as 0 to 9.",) * 2,
    "--1": ("one sign at most, before the number: 1 or -1.",) * 2, "+-5": ("5 or -5.",) * 2, "(-5)": ("5 or -5.",) * 2,
    "(5": ("5 or -5.",) * 2, "\u20135": ("5 or -5.",) * 2, "5 -": ("5 or -5.",) * 2, "5.-": ("5 or -5.",) * 2,
    "-R-5": ("R-5 or -R-5.",) * 2, "()": ("not a number",) * 2, "5:30": ("Write h:mm:ss: 0:05:30 or 5:30:00.",) * 2,
    "-90:05": ("-1:30:05 or -90:05:00.",) * 2, "+5:30": (": 0:05:30 or 5:30:00.",) * 2, "5:75": ("minutes and seconds below 60.",) * 2,
    "0:60:00": ("seconds below 60",) * 2, "1:2:3": ("h:mm:ss",) * 2, "5:30 pm": ("not a number",) * 2,
    "80-90%": ("one number in the cell",) * 2, "80% \u2013 90%": ("one number",) * 2, "5 to 6": ("one number",) * 2,
    "1/2": ("one number",) * 2, "12k": ("in full, without “k”",) * 2, "R 1.5M": ("without “M”",) * 2,
    "3 million R": ("without “million”",) * 2, "12 minutes": ("alone, 12;",) * 2,
    "12 days": ("Write the number alone, 12; its unit belongs in the column “unit”.",) * 2, "e5": ("alone, 5;",) * 2,
    "1e": ("alone, 1;",) * 2, "approx 5": ("alone, 5;",) * 2, "1,234.5 days": ("alone, 1,234.5;", "not a number"),
    "$5 USD": ("alone, 5;",) * 2, "-5 h": ("alone, -5;",) * 2, "<=3": ("Only a target or a benchmark may",) * 2,
    "at most 3%": ("Only a target",) * 2, "<= 0:05:30": ("Only a target",) * 2,
    "\u200e5": ("Character 1 is invisible or a control character (U+200E). Remove it.",) * 2, "x" * 101: ("not a number",) * 2,
}  # fmt: skip


@pytest.mark.parametrize(("text", "words"), REPAIRS.items(), ids=[ascii(text[:20]) for text in REPAIRS])
def test_a_repair_says_what_to_write(text, words):
    for notation, sentence in zip((PLAIN, COMMA), words, strict=True):
        assert (parse(text, notation) is None) == bool(sentence)
        assert not sentence or sentence in repair(text, notation)


def test_a_faulty_target_may_be_left_blank():
    assert repair("unknown", aim=True) == "This is not a number. Write it like 1234.5, or leave the cell empty where there is none."
    assert repair("<= 12,5", aim=True) == "Write the decimals after a point: 12.5."


@settings(deadline=None)
@given(st.text(max_size=12) | st.text(st.sampled_from("0123456789.,-+() '%R$<=:e_k\u2212\u00a0\u0663"), max_size=12), st.booleans())
def test_every_faulty_text_has_a_repair(text, aim):
    for notation in (PLAIN, COMMA):
        if parse(text, notation, aim=aim) is None:
            assert repair(text, notation, aim=aim)


@pytest.mark.parametrize(
    "text",
    ["-" + " " * 9_998 + "x", "1" * 9_999 + "x", "1,234" * 1_999, "1" + ",234" * 2_400 + "x", "5" + " " * 9_990 + "x",
    "max" + " " * 9_990 + "x",
     "R " * 5_000, "0:05:30." + "1" * 9_990 + "x", "1." + "1" * 9_990 + "e", "1-" * 49, "1 " * 49 + "x"],
    ids=lambda text: text[:9],
)  # fmt: skip
def test_a_long_text_is_refused_as_fast_as_it_is_read(text):
    """A pattern that tries its parts again and again would not come to an end."""
    for notation in (PLAIN, COMMA):
        for aim in (False, True):
            assert parse(text, notation, aim=aim) is None
            assert repair(text, notation, aim=aim)


FIGURES = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False),
    st.decimals(-(10**9), 10**9, places=2).map(float),
    st.integers(-(10**7), 10**7).map(float),
)


@st.composite
def written(draw):
    """(the text, its notation, its number, its unit): a number in one of the ways in which people write it."""
    notation = draw(st.sampled_from([PLAIN, COMMA]))
    value = draw(
        st.floats(allow_nan=False, allow_infinity=False)
        | st.decimals(-(10**9), 10**9, places=2).map(float)
        | st.integers(-(10**7), 10**7).map(float)
    )
    whole, _, fraction = format(abs(Decimal(repr(value))), "f").partition(".")
    separator = draw(st.sampled_from(["", notation.group, " ", "\u00a0", "\u202f", "\u2009", "'", "\u2019"]))
    grouped = f"{int(whole):,}".replace(",", separator)
    digits = grouped + (notation.decimal + fraction if fraction else "")
    if draw(st.booleans()) and not separator:
        digits = repr(abs(value)).replace(".", notation.decimal)
    spelling = draw(st.sampled_from(["", "%", *UNITS]).filter(lambda text: not text.endswith(".")))
    space = draw(st.sampled_from(["", " ", "\u00a0", "  "]))
    before, after = draw(st.sampled_from([(spelling + space, ""), ("", space + spelling)]))
    negative = math.copysign(1, value) < 0
    minus = draw(st.sampled_from(["-", "\u2212"]))
    styles = [
        f"{minus}{before}{digits}{after}",
        f"{before}{minus}{digits}{after}",
        f"({before}{digits}{after})",
        f"{before}({digits}){after}",
    ]
    styles += [f"{before}{digits}{minus}{after}"] if "e" not in digits else []
    styles = styles if negative else [f"{before}{digits}{after}", f"+{before}{digits}{after}"]
    return draw(st.sampled_from(styles)), notation, value, UNITS[spelling]


@settings(deadline=None)
@given(written())
def test_what_is_written_is_read_back_exactly(case):
    text, notation, value, unit = case
    assert parse(text, notation) == (value, Mark(unit))
    assert parse(text, notation, aim=True) == (value, Mark(unit))


@settings(deadline=None)
@given(st.integers(0, 999_999), st.integers(0, 59), st.integers(0, 59), st.integers(0, 999), st.booleans())
def test_a_duration_is_read_back_exactly(hours, minutes, seconds, thousandths, negative):
    text = f"{'-' * negative}{hours}:{minutes:02d}:{seconds:02d}.{thousandths:03d}"
    total = float(Decimal(hours * 3600 + minutes * 60 + seconds) + Decimal(thousandths) / 1000)
    assert parse(text) == (-total if negative else total, Mark("s"))
