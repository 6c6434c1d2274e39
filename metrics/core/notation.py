"""One number as people and programs write it: thousands in groups, currencies, percent, accounting negatives, durations, comparisons.

What a text means never depends on other texts: under a notation it is one number or it is faulty. Where the notation is not known,
`metrics.core.numbers.evidence` says what a column proves. `metrics.core.number_repairs` says how to repair what is faulty.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import cache

from metrics.core.kpi import Direction

LONGEST = 10_000  # characters of a cell
# No-break, figure, thin and narrow no-break space, curly apostrophe, minus sign.
ALIKE = {"\u00a0": " ", "\u2007": " ", "\u2009": " ", "\u202f": " ", "\u2019": "'", "\u2212": "-"}
PERCENT, SECONDS = "%", "s"
# One unit a line: as it is kept, which is how pages write it, and its other spellings. Signs that several currencies share stand alone.
_MONEY = """
R ZAR|€ EUR|£ GBP|$|USD US$|¥|JPY JP¥|CNY RMB CN¥|INR ₹|CHF|AUD A$ AU$|CAD C$ CA$|NZD NZ$|HKD HK$|SGD S$|NAD N$|BRL R$|MXN MX$|NGN ₦
KES KSh KSH Ksh|BWP|LSL|SZL|MZN|ZMW|MWK|AOA|TZS TSh|UGX USh|GHS GH₵ GH¢ ₵|ETB|EGP|MAD|TND|DZD|XOF|XAF|RWF|MUR|Rs Rs.|PKR|LKR|BDT|NPR
kr|SEK|NOK|DKK|ISK|PLN zł|CZK Kč|HUF|RON|BGN|TRY ₺|RUB ₽|UAH ₴|ILS ₪|AED|SAR|QAR|KWD|KRW ₩|THB ฿|VND ₫|PHP ₱|IDR Rp|MYR RM|TWD NT$
ARS|CLP|COP|PEN
"""
_LINES = [line.split() for line in _MONEY.replace("\n", "|").split("|")]
UNITS = {"": "", PERCENT: PERCENT} | {spelling: line[0] for line in _LINES for spelling in line}
SENSES = {
    Direction.DECREASE: ("<=", "=<", "<", "≤", "max.", "max", "maximum", "at most", "no more than", "not more than", "less than",
                         "fewer than", "lower than", "up to", "below", "under"),
    Direction.INCREASE: (">=", "=>", ">", "≥", "min.", "min", "minimum", "at least", "no less than", "not less than", "more than",
                         "greater than", "higher than", "above", "over"),
}  # fmt: skip
SENSES_AFTER = {
    Direction.DECREASE: ("or less", "or fewer", "or lower", "or below", "or under"),
    Direction.INCREASE: ("or more", "or higher", "or above", "or over"),
}
NO_VALUE = frozenset(
    ("-", "--", "\u2013", "\u2014", ".", "?", "n/a", "na", "n.a.", "none", "not applicable", "not available", "not set",
     "tbd", "tbc", "tba", "no target", "no goal", "no benchmark")
)  # fmt: skip


@dataclass(frozen=True)
class Mark:
    """What a cell says beside its number. `unit`: "%", a currency as in UNITS, "s" for a duration, the number then being its seconds.
    `sense`: the direction that a comparison tells: "<= 3" wants less."""

    unit: str = ""
    sense: Direction | None = None


@dataclass(frozen=True)
class Notation:
    """How numbers are written: `decimal` is "." or ",", and the other one may part thousands. Spaces and apostrophes may in both."""

    decimal: str = "."

    @property
    def group(self) -> str:
        return "," if self.decimal == "." else "."


NOTHING = Mark()
PLAIN = Notation(".")
COMMA = Notation(",")


def _any(table: dict[Direction, tuple[str, ...]]) -> str:
    """A pattern of any of the table's texts, the longest first."""
    return "|".join(re.escape(text) for text in sorted((text for texts in table.values() for text in texts), key=len, reverse=True))


WORD = r"(?:Rs\.|[^\d .,'()+-]{0,3}+)"  # where a unit may stand; UNITS decides
_SENSE = {text: sense for table in (SENSES, SENSES_AFTER) for sense, texts in table.items() for text in texts}
# What a comparison cannot begin with is looked at first: most cells have none.
_BEFORE = rf"(?=[<>=≤≥A-Za-z])(?i:{_any(SENSES)})"
_AFTER = rf"(?=[oO])(?i:{_any(SENSES_AFTER)})"
_NEVER = r"(?!)"


def figure(notation: Notation, group: str = "group") -> str:
    """The pattern of a number without sign: in groups of three, or plain, and then an exponent may follow. Nothing in it is tried
    twice, so that the time is proportional to the length of the text."""
    point, parts = re.escape(notation.decimal), re.escape(notation.group) + " '"
    grouped = rf"[1-9]\d{{0,2}}(?P<{group}>[{parts}])\d{{3}}(?:(?P={group})\d{{3}})*+(?!\d)(?:{point}\d*+)?+"
    plain = rf"(?:\d++(?:{point}\d*+)?+|{point}\d++)(?:[eE][-+]?\d++(?!-))?+"
    return f"(?:{grouped}|{plain})"


def _cell(notation: Notation, aim: bool) -> re.Pattern[str]:
    before, after = (_BEFORE, _AFTER) if aim else (_NEVER, _NEVER)
    money = rf"([-+(]?+) *+({WORD}) *+([-+(]?+) *+({figure(notation)})((?<=\d)-|\)|) *+((?![oO][rR] ){WORD}|) *+(\)?+)"
    return re.compile(rf"(?:({before}) *+)?+{money}(?: *+({after}))?+", re.ASCII)


def _duration(aim: bool) -> re.Pattern[str]:
    before, after = (_BEFORE, _AFTER) if aim else (_NEVER, _NEVER)
    return re.compile(rf"(?:({before}) *+)?+([-+]?+)(\d{{1,6}}+):([0-5]\d):([0-5]\d)(?:[.,](\d++))?+(?: *+({after}))?+", re.ASCII)


CELL = {(notation.decimal, aim): _cell(notation, aim) for notation in (PLAIN, COMMA) for aim in (False, True)}
DURATION = {aim: _duration(aim) for aim in (False, True)}
SIGNS = {"": 1, "+": 1, "-": -1, "()": -1}  # of all the signs and brackets of a cell, in their order
NUMERAL = {
    notation.decimal: str.maketrans({notation.decimal: ".", notation.group: None, " ": None, "'": None}) for notation in (PLAIN, COMMA)
}


def alike(text: str) -> str:
    """The text with one kind of space, apostrophe and minus, and as long as before."""
    if not text.isascii():
        for odd, usual in ALIKE.items():
            text = text.replace(odd, usual)
    return text


def parse(text: str, notation: Notation = PLAIN, *, aim: bool = False) -> tuple[float, Mark] | None:
    """(the number, what else the cell says), with NaN for a blank; None when the text is no number. `aim`: a comparison is
    understood, and NaN is also for what says that there is no target."""
    text = alike(text.strip())
    if len(text) > LONGEST:
        return None
    if not text or (aim and text.casefold() in NO_VALUE):
        return math.nan, NOTHING
    if ":" in text:
        return _time(text, aim)
    found = CELL[notation.decimal, aim].fullmatch(text)
    if found is None:
        return None
    before, outer, left, inner, digits, _, end, right, close, after = found.groups("")
    sign, unit = SIGNS.get(outer + inner + end + close), UNITS.get(left or right)
    if sign is None or unit is None or (left and right) or (before and after):
        return None
    value = sign * float(digits.translate(NUMERAL[notation.decimal])) + 0.0  # -0.0 becomes 0.0
    return None if math.isinf(value) else (value, _mark(unit, (before or after).lower()))


def _time(text: str, aim: bool) -> tuple[float, Mark] | None:
    """A duration in seconds. Where there are colons a comma can be nothing but a decimal sign."""
    found = DURATION[aim].fullmatch(text)
    if found is None:
        return None
    before, sign, hours, minutes, seconds, fraction, after = found.groups("")
    if before and after:
        return None
    whole = 3600 * int(hours) + 60 * int(minutes) + int(seconds)
    return SIGNS[sign] * float(f"{whole}.{fraction}") + 0.0, _mark(SECONDS, (before or after).lower())


@cache
def _mark(unit: str, comparison: str) -> Mark:
    sense = _SENSE.get(comparison)
    return Mark(unit, sense) if unit or sense else NOTHING
