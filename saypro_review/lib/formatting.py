"""Numbers, quantities and periods as people read them: South African English. Pure, so that pages and documents agree.

Thousands are parted and units joined by no-break spaces, the decimal sign is a point, minus is U+2212, and what is missing is
an en dash. For people only: exports for machines carry the raw number.
"""

from __future__ import annotations

import math
from datetime import date

SPACE = "\u00a0"
MINUS = "\u2212"
MISSING = "\u2013"
TIMES = "\u00d7"
PLAIN_BELOW = 1e15  # from here on, and below SMALL, digits no longer say anything to a reader
SMALL = 1e-4
CURRENCIES = {"R": "R", "ZAR": "R", "$": "$", "€": "€", "£": "£", "USD": "USD", "EUR": "EUR", "GBP": "GBP"}
BARE = {"", "count", "number", "ratio", "index", "score", "#", "n"}


def number(value: float | None, digits: int = 3) -> str:
    """`value` to `digits` significant figures, whole numbers and the part before the point always in full.

    1234.5 -> "1 234", 12.345 -> "12.3", 0.012345 -> "0.0123", 7.0 -> "7"; None, NaN and infinities -> an en dash.
    """
    if value is None or not math.isfinite(value):
        return MISSING
    size = abs(float(value))
    if size and not SMALL <= size < PLAIN_BELOW:
        text = _scientific(size, digits)
    else:
        text = f"{size:,.{_decimals(size, digits)}f}".replace(",", SPACE)
    return MINUS + text if value < 0 and any(c in "123456789" for c in text) else text


def quantity(value: float | None, unit: str) -> str:
    """`value` with its unit: "12.3 %", "R 1 234", "4.2 h", "1 day", "4.2/5"; amounts of money below 1 000 to the cent."""
    if value is None or not math.isfinite(value):
        return MISSING
    first, _, rest = unit.strip().partition(" ")
    if first in CURRENCIES:
        amount = f"{CURRENCIES[first]}{SPACE}{_money(abs(value))}" + (f"{SPACE}{rest}" if rest else "")
        return MINUS + amount if value < 0 else amount
    text = number(value)
    unit = unit.strip()
    if unit.lower() in BARE:
        return text
    return text + ("" if unit.startswith("/") else SPACE) + _singular(unit, text)


def signed_quantity(value: float | None, unit: str) -> str:
    """`quantity` with its sign: "+1.2 h", minus "R 300", "0 %"."""
    text = quantity(value, unit)
    return f"+{text}" if value is not None and value > 0 and text != MISSING else text


def difference(value: float | None, unit: str) -> str:
    """A difference of two values in `unit`, signed; of two percentages it is in points, not in percent: "+3.2 points"."""
    return signed_quantity(value, "points" if unit.strip() == "%" else unit)


def percent(fraction: float | None, digits: int = 0) -> str:
    """A fraction as percent with `digits` decimals: .625 -> "62 %"; "<1 %" and ">99 %" where rounding would say none or all."""
    if fraction is None or not math.isfinite(fraction):
        return MISSING
    least = 10.0**-digits / 100
    if 0 < fraction < least / 2:
        return f"<{100 * least:.{digits}f}{SPACE}%"
    if 1 - least / 2 < fraction < 1:
        return f">{100 * (1 - least):.{digits}f}{SPACE}%"
    text = f"{abs(100 * fraction):,.{digits}f}".replace(",", SPACE)
    return (MINUS if fraction < 0 else "") + text + SPACE + "%"


def period_label(first_day: date, frequency: str) -> str:
    """The period that begins on `first_day`: "2 Mar 2026", "week of 2 Mar 2026", "Mar 2026", "2026 Q1", "2026".

    A year that begins later than in January is named for the one in which it ends, "FY2026"; a quarter that is none of the
    calendar's for its first and last month, with an en dash: "Feb-Apr 2026", "Dec 2025-Feb 2026".
    """
    day = f"{first_day.day} {first_day:%b %Y}"
    return {
        "week": f"week of {day}",
        "month": f"{first_day:%b %Y}",
        "quarter": _quarter(first_day),
        "year": f"{first_day.year}" if first_day.month == 1 else f"FY{first_day.year + 1}",
    }.get(frequency, day)


def plural(count: int, one: str, many: str = "") -> str:
    """The count with its noun: "1 gap", "1 200 gaps", "2 entries"; `many` defaults to `one` + s."""
    return f"{number(count)}{SPACE}{one if count == 1 else many or one + 's'}"


def _quarter(first_day: date) -> str:
    if first_day.month % 3 == 1:
        return f"{first_day.year} Q{(first_day.month + 2) // 3}"
    last = date(first_day.year + (first_day.month > 10), (first_day.month + 1) % 12 + 1, 1)
    begins = f"{first_day:%b}" if first_day.year == last.year else f"{first_day:%b %Y}"
    return f"{begins}{MISSING}{last:%b %Y}"


def _decimals(size: float, digits: int) -> int:
    """Decimals that show `digits` significant figures after rounding; none for whole numbers."""
    if size == 0 or size == round(size):
        return 0
    shown = float(f"{size:.{digits - 1}e}")
    return max(0, digits - 1 - math.floor(math.log10(shown)))


def _scientific(size: float, digits: int) -> str:
    mantissa, exponent = f"{size:.{digits - 1}e}".split("e")
    raised = str(int(exponent)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"{mantissa}{SPACE}{TIMES}{SPACE}10{raised}"


def _money(size: float) -> str:
    return f"{size:.2f}" if size < 1000 and size != round(size) else number(size)


def _singular(unit: str, text: str) -> str:
    """ "day" for one of "days"; units that are not plural words stay."""
    word = len(unit) > 3 and unit.endswith("s") and not unit.endswith("ss") and unit.isalpha()
    return unit[:-1] if word and text in ("1", MINUS + "1") else unit
