"""Spellings of periods. A file repeats few of them over many rows, so each distinct text is read once.

What is read: docs/import.md. What means two things is never guessed: 01/02/2016 is Undecided until somebody, or the file's other
texts (`evidence`), say whether days or months stand first. Ours, where usage differs:

* A year of two digits is 1969 to 2068, as POSIX reads it (69: 1969, 68: 2068), and stands last: 31/01/16 with days first is
  31 January 2016. As it might be 16 January 2031 as well, such a text alone is Undecided. The year stands first only where the
  first part can be no day: 99-01-31, 00-01-31.
* After the name of a month two digits are a year: Jan-16 is January 2016.
* Digits alone are told by their number: 2016 a calendar year, 42370 a day as spreadsheets count it from 1900 on (a time of day, which
  is the fraction, is dropped), 201601 a month, 20160131 a day.
* A fiscal year is named for the calendar year in which it ends: with years that begin in April FY2016 is April 2015 to March 2016.
* A week with a number is that of ISO 8601, which begins on Monday.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from metrics.core.periods import Frequency

EPOCH = date(1970, 1, 1)
FIRST_YEAR, LAST_YEAR = 1900, 2199  # anything else is a slip of the keyboard
ZERO = EPOCH.toordinal()
PIVOT = 69  # the first year of two digits that is of the 20th century
SERIAL_ZERO = date(1899, 12, 30).toordinal()  # not the 31st: spreadsheets believe in 29 February 1900
SERIALS = range(20_000, 80_001)  # 1954 to 2119
LONGEST = 80  # no spelling has more characters
ACCEPTED = "Write a date such as 2016-01-31, a month 2016-01, a week 2016-W05, a quarter 2016-Q1, a year 2016 or FY2016."

# The names of the months and their usual abbreviations, without accents, in English, Afrikaans, German, French, Spanish, Portuguese,
# Dutch and Italian. None of them means two months.
NAMES = (
    "january jan januarie januar janner janvier janv enero ene janeiro januari gennaio gen",
    "february feb februarie febr februar feber fevrier fevr fev febrero fevereiro februari febbraio",
    "march mar maart mrt marz maerz mrz mars marzo marco",
    "april apr avril avr abril abr aprile",
    "may mei mai mayo maio maggio mag",
    "june jun junie juni juin junio junho giugno giu",
    "july jul julie juli juillet juil julio julho luglio lug",
    "august aug augustus aout agosto ago",
    "september sep sept septembre septiembre setiembre setembro set settembre sett",
    "october oct oktober okt octobre octubre outubro out ottobre ott",
    "november nov novembre noviembre novembro",
    "december dec desember des dezember dez decembre diciembre dic dezembro dicembre",
)
MONTHS = {name: number for number, names in enumerate(NAMES, 1) for name in names.split()}


class DateOrder(StrEnum):
    """Which stands first in a date such as 01/02/2016."""

    DAY_FIRST = "day-first"
    MONTH_FIRST = "month-first"


class Undecided(ValueError):
    """The text means one day or another, and nobody has said which."""


@dataclass(frozen=True)
class Spelt:
    """A day of the period, in days since 1970-01-01, and the length that the spelling itself gives away (None: a plain date).

    With a length, the day is the first of the period: it also says where years and quarters begin.
    """

    day: int
    span: Frequency | None = None


@dataclass(frozen=True)
class Evidence:
    """What texts say of the order of their dates: an example of each kind, empty where there is none.

    `day_first` and `month_first` can be read in that order only. `either` needs the order: it means another day in another order.
    """

    day_first: str = ""
    month_first: str = ""
    either: str = ""

    @property
    def order(self) -> DateOrder | None:
        """The order that is proved, and the other one not."""
        if bool(self.day_first) == bool(self.month_first):
            return None
        return DateOrder.DAY_FIRST if self.day_first else DateOrder.MONTH_FIRST

    @property
    def asks(self) -> bool:
        """Whether somebody must say the order before all texts can be read."""
        return bool(self.either) and self.order is None


def parse(text: str, *, order: DateOrder | None = None, fiscal_start: int = 1) -> Spelt:
    """The period that the text means. `fiscal_start`: the month, 1 to 12, in which fiscal years begin.

    Raises Undecided, or ValueError with the repair.
    """
    if found := ISO.fullmatch(text):
        return Spelt(_day(int(found[1]), int(found[2]), int(found[3])))
    text = _tidy(text)
    if not text:
        raise ValueError(f"The period is missing. {ACCEPTED}")
    spelt = _read(text, order, fiscal_start) if len(text) <= LONGEST else None
    if spelt is None:
        raise ValueError(_refusal(text))
    return spelt


def evidence(texts: Iterable[str]) -> Evidence:
    """What the texts (each of them once) prove of the order of days and months. Texts that are no dates prove nothing."""
    kinds: dict[str, str] = {}
    for text in texts:
        if not ISO.fullmatch(text) and (parts := _parts(_tidy(text))):
            for kind in _kinds(*_readings(*parts)):
                kinds.setdefault("day first" if kind == "either" and DOTTED.fullmatch(text.strip()) else kind, text)
    day_first, month_first, either = (kinds.get(kind, "") for kind in ("day first", "month first", "either"))
    if "year last" in kinds:  # then it is so in the whole column
        day_first = day_first or kinds.get("day or year first", "")
    if bool(day_first) == bool(month_first):
        either = either or kinds.get("year first too", "")
    return Evidence(day_first, month_first, either)


# Patterns. All but the first two are for tidied texts.

DOTTED = re.compile(r"\d\d?\.\d\d?\.\d{4}", re.ASCII)  # written so nowhere but where the day stands first (Unicode CLDR 48: no locale)

# What most files have, with or without a time of day. Read before anything else, so that a long column of them costs little.
ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[Tt ](?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:[.,]\d+)?)?(?: ?[+-]\d\d:?\d\d)?)?[Zz]?", re.ASCII)
HYPHENS, APOSTROPHES, SLASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d", "\u2018\u2019\u02bc", "\u2044\u2215"
SIGNS = {ord(sign): plain for signs, plain in ((HYPHENS, "-"), (APOSTROPHES, "'"), (SLASHES, "/")) for sign in signs}
JOINED = r" ?[-./,']? ?"  # between parts that may touch
APART = r"(?: ?[-./,'] ?| )"  # between parts that may not
OF = rf"(?: (?:de|del|of) |{JOINED})"
YEAR = r"(\d{4}|\d\d)"
NAME = r"([a-z]{3,10})\.?"
NTH = r"(\d\d?)(?:st|nd|rd|th|er)?"
QUARTER = r"(?:q(?:uarter|tr)?\.? ?(\d)|(\d)(?:st|nd|rd|th)? ?q(?:uarter|tr)?)"
WEEK = r"(?:week|wk|w)\.? ?(\d\d?)"
FISCAL = r"(?:fy|(?:fiscal|financial) year) ?[-']? ?(\d{4}|\d\d)(?: ?[-/] ?(\d{4}|\d\d))?"

CLOCK = r"(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:[.,]\d+)?)?(?: ?[ap]\.?m\.?)?(?: ?(?:z|utc|gmt|[+-]\d\d:?\d\d))?"
TIMED = re.compile(rf"(.+?)(?:(?:t|,? ){CLOCK}|(?<=\d)z)", re.ASCII)
WEEK_OF = re.compile(r"(?:(?:week|wk)\.? (?:of|commencing|beginning|starting)|w[/.]?[cb]\.?)(?::? |(?=\d))(.+)")
WEEK_ENDING = re.compile(r"(?:(?:week|wk)\.? (?:ending|ended)|w[/.]?e\.?)(?::? |(?=\d))(.+)")
THREE = re.compile(r"(\d{4}|\d\d?) ?([-./ ]) ?(\d\d?) ?\2 ?(\d{4}|\d\d?)", re.ASCII)
TWO = re.compile(r"(\d{4}|\d\d?) ?([-./ ]) ?(\d{4}|\d\d?)", re.ASCII)
ONE = re.compile(r"(\d{4}|\d{6}|\d{8})(?:\.0+)?|(\d{5})(?:\.\d*)?", re.ASCII)  # spreadsheets give numbers a fraction


def _tidy(text: str) -> str:
    """Lower case, single spaces, plain hyphens and no accents."""
    if not text.isascii():
        text = "".join(sign for sign in unicodedata.normalize("NFD", text.translate(SIGNS)) if not unicodedata.combining(sign))
    return " ".join(text.lower().split())


def _inside(text: str) -> tuple[str, int | None]:
    """(the date of a text that names a week by its first or last day, or has a time of day, else the whole text; days from that
    date to the week's first, None where there is no such week)."""
    begins = None
    if found := WEEK_OF.fullmatch(text):
        text, begins = found[1], 0
    elif found := WEEK_ENDING.fullmatch(text):
        text, begins = found[1], -6
    if (":" in text or text.endswith("z")) and (found := TIMED.fullmatch(text)):
        text = found[1]
    return text, begins


def _read(text: str, order: DateOrder | None, fiscal_start: int) -> Spelt | None:
    """None: no spelling that is known."""
    inside, begins = _inside(text)
    spelt = _numeric(inside, order) or _worded(inside, fiscal_start)
    if inside == text:
        return spelt
    if spelt is None or spelt.span:
        return None
    return spelt if begins is None else Spelt(_within(spelt.day + begins), Frequency.WEEK)


# Digits and signs


def _numeric(text: str, order: DateOrder | None) -> Spelt | None:
    if found := THREE.fullmatch(text):
        day = _three(found[1], found[3], found[4], order)
        return None if day is None else Spelt(day)
    if found := ONE.fullmatch(text):
        return _one(found[1] or found[2])
    if found := TWO.fullmatch(text):
        return _two(found[1], found[2], found[3])
    return None


def _one(digits: str) -> Spelt:
    if len(digits) == 4:
        return Spelt(_day(int(digits), 1, 1), Frequency.YEAR)
    if len(digits) == 6:
        return Spelt(_day(int(digits[:4]), int(digits[4:]), 1), Frequency.MONTH)
    if len(digits) == 8:
        return Spelt(_day(int(digits[:4]), int(digits[4:6]), int(digits[6:])))
    if int(digits) not in SERIALS:
        raise ValueError(f"As a date of a spreadsheet {digits} is before {SERIALS[0]} (1954) or after {SERIALS[-1]} (2119). {ACCEPTED}")
    return Spelt(SERIAL_ZERO + int(digits) - ZERO)


def _two(first: str, sign: str, second: str) -> Spelt | None:
    """A month and its year."""
    if len(first) < 4 and len(second) == 4:
        return Spelt(_day(int(second), int(first), 1), Frequency.MONTH)
    if len(first) < 4:
        return None
    if not 1 <= int(second) <= 12 and int(second) % 100 == (int(first) + 1) % 100:
        raise ValueError(f"This may be a fiscal year. If it is, write FY{first}/{second[-2:]}. {ACCEPTED}")
    if len(second) == 4:
        return None
    if sign == "." and len(second) == 1:  # a number has lost its last digit in a spreadsheet, or it has not
        raise ValueError(f"This may be month {second} or month {second}0. Write {first}-0{second}, or what is meant. {ACCEPTED}")
    return Spelt(_day(int(first), int(second), 1), Frequency.MONTH)


def _three(first: str, second: str, third: str, order: DateOrder | None) -> int | None:
    if _leads(first, third):
        return _day(_year(first), int(second), int(third))
    if len(first) == 4 or len(third) == 1:
        return None
    _in_range(_year(third))
    day_first, month_first, year_first = _readings(first, second, third)
    last = {day for day in (day_first, month_first) if day is not None}
    if not last:
        raise ValueError(f"There is no such day in the calendar. {ACCEPTED}")
    if order is None:
        return _only(sorted(last if year_first is None else last | {year_first}))
    chosen = day_first if order is DateOrder.DAY_FIRST else month_first
    if chosen is not None:
        return chosen
    (other,) = last
    first_is, month = ("day", second) if order is DateOrder.DAY_FIRST else ("month", first)
    raise ValueError(f"With the {first_is} first there would be a month {month}. If {_iso(other)} is meant, write it so.")


def _only(days: list[int]) -> int:
    if len(days) == 1:
        return days[0]
    meant = " or ".join(map(_iso, days))
    raise Undecided(f"This can mean {meant}. Say whether the day or the month stands first, or write the date in that way.")


def _leads(first: str, third: str) -> bool:
    """Whether the first of three parts is the year: it has four digits, or it can be no day."""
    return len(third) < 3 and (len(first) == 4 or (len(first) == 2 and not 0 < int(first) < 32))


def _readings(first: str, second: str, third: str) -> tuple[int | None, int | None, int | None]:
    """The days that three parts mean with the day, the month, the year first; None where there is no such day. The year first is
    not to be read, but to be doubted by."""
    year, one, two = _year(third), int(first), int(second)
    year_first = _exists(_year(first), two, int(third)) if len(first) == len(third) == 2 else None
    return _exists(year, two, one), _exists(year, one, two), year_first


def _parts(text: str) -> tuple[str, str, str] | None:
    """The three parts of a date whose meaning may hang on their order."""
    found = THREE.fullmatch(_inside(text)[0]) if len(text) <= LONGEST else None
    if not found or len(found[1]) == 4 or len(found[4]) == 1 or _leads(found[1], found[4]):
        return None
    return found[1], found[3], found[4]


def _kinds(day_first: int | None, month_first: int | None, year_first: int | None) -> Iterator[str]:
    """What a date with these readings says of its column."""
    if day_first is None and month_first is None:
        return
    if year_first is None:
        yield "year last"
    if day_first is None:
        yield "month first"
    elif month_first is None:
        yield "day first" if year_first is None else "day or year first"
    elif day_first != month_first:
        yield "either"
    if year_first is not None and year_first != day_first:
        yield "year first too"


# Letters


def _worded(text: str, fiscal_start: int) -> Spelt | None:
    for pattern, read in WORDED:
        if (found := pattern.fullmatch(text)) and (spelt := read(found, fiscal_start)):
            return spelt
    return None


def _month(year: str, name: str) -> Spelt | None:
    return Spelt(_day(_year(year), MONTHS[name], 1), Frequency.MONTH) if name in MONTHS else None


def _named_day(year: str, name: str, day: str) -> Spelt | None:
    return Spelt(_day(_year(year), MONTHS[name], int(day))) if name in MONTHS else None


def _week(year: str, week: str, weekday: str | None = None) -> Spelt:
    full = _in_range(_year(year))
    try:
        day = date.fromisocalendar(full, int(week), int(weekday or 1))
    except ValueError:
        raise ValueError(f"There is no week {int(week)} in {full}. {ACCEPTED}") from None
    return Spelt(_within(day.toordinal() - ZERO), None if weekday else Frequency.WEEK)


def _quarter(months: int, number: str) -> Spelt:
    """`months`: the first one of the year, counted from year 0."""
    if not 1 <= int(number) <= 4:
        raise ValueError(f"There is no quarter {number}: quarters are 1 to 4. {ACCEPTED}")
    return Spelt(_first_of(months + 3 * int(number) - 3), Frequency.QUARTER)


def _fiscal(first: str, second: str | None, fiscal_start: int) -> int:
    """The first month of the fiscal year, counted from year 0."""
    named = _in_range(_year(first))
    if second:
        if (named + 1) % 10 ** len(second) != int(second):
            raise ValueError(f"A fiscal year is two calendar years in a row, such as FY2015/16, and named for the second. {ACCEPTED}")
        if fiscal_start == 1:
            raise ValueError(f"FY{first}/{second} is two calendar years. Say in which month fiscal years begin: January is not possible.")
        named += 1
    return 12 * (named if fiscal_start == 1 else named - 1) + fiscal_start - 1


def _first_of(months: int) -> int:
    return _day(months // 12, months % 12 + 1, 1)


Reader = Callable[[re.Match[str], int], Spelt | None]
WORDS: list[tuple[str, Reader]] = [
    (rf"{NAME}{OF}{YEAR}", lambda found, _: _month(found[2], found[1])),
    (rf"(\d{{4}}){OF}{NAME}", lambda found, _: _month(found[1], found[2])),
    (rf"{NTH}{OF}{NAME}{OF}{YEAR}", lambda found, _: _named_day(found[3], found[2], found[1])),
    (rf"{NAME}{JOINED}{NTH}{APART}{YEAR}", lambda found, _: _named_day(found[3], found[1], found[2])),
    (rf"(\d{{4}}){OF}{NAME}{OF}{NTH}", lambda found, _: _named_day(found[1], found[2], found[3])),
    (rf"{YEAR}{JOINED}{QUARTER}", lambda found, _: _quarter(12 * _year(found[1]), found[2] or found[3])),
    (rf"{QUARTER}{OF}{YEAR}", lambda found, _: _quarter(12 * _year(found[3]), found[1] or found[2])),
    (rf"{YEAR}{JOINED}{WEEK}(?:-([1-7]))?", lambda found, _: _week(found[1], found[2], found[3])),
    (r"(\d{4})w(\d\d)([1-7])", lambda found, _: _week(found[1], found[2], found[3])),
    (rf"{WEEK}(?: of |{APART}){YEAR}", lambda found, _: _week(found[2], found[1])),
    (rf"(\d{{4}}){JOINED}m(\d\d?)", lambda found, _: Spelt(_day(int(found[1]), int(found[2]), 1), Frequency.MONTH)),
    (rf"m(\d\d?){APART}(\d{{4}})", lambda found, _: Spelt(_day(int(found[2]), int(found[1]), 1), Frequency.MONTH)),
    (FISCAL, lambda found, start: Spelt(_first_of(_fiscal(found[1], found[2], start)), Frequency.YEAR)),
    (rf"{FISCAL}{JOINED}{QUARTER}", lambda found, start: _quarter(_fiscal(found[1], found[2], start), found[3] or found[4])),
    (rf"{QUARTER}{OF}{FISCAL}", lambda found, start: _quarter(_fiscal(found[3], found[4], start), found[1] or found[2])),
]
WORDED = [(re.compile(pattern, re.ASCII), read) for pattern, read in WORDS]


# Days


def _year(digits: str) -> int:
    """The year that two or four digits mean."""
    return int(digits) if len(digits) == 4 else int(digits) + (1900 if int(digits) >= PIVOT else 2000)


def _in_range(year: int) -> int:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(f"The year {year} is not between {FIRST_YEAR} and {LAST_YEAR}. {ACCEPTED}")
    return year


def _day(year: int, month: int, day: int) -> int:
    _in_range(year)
    try:
        return date(year, month, day).toordinal() - ZERO
    except ValueError:
        raise ValueError(f"There is no {'such day in the calendar' if 1 <= month <= 12 else f'month {month}'}. {ACCEPTED}") from None


def _exists(year: int, month: int, day: int) -> int | None:
    try:
        return _day(year, month, day)
    except ValueError:
        return None


def _within(day: int) -> int:
    _in_range(date.fromordinal(day + ZERO).year)
    return day


def _iso(day: int) -> str:
    return date.fromordinal(day + ZERO).isoformat()


# Refusals

REFUSED = {
    re.compile(r"(?<![a-z])hy? ?[12](?!\d)|(?<!\d)[12] ?hy?(?![a-z])|(?<![a-z])(?:half|halfyear|semester|semestre)(?![a-z])"): (
        "Half years are no periods here. Give quarters, such as 2016-Q1, or years."
    ),
    re.compile(r"(?<![a-z])(?:[ymqw]td|fytd|[lt]tm|to date|rolling|cumulative)(?![a-z])"): (
        "Figures that run up over several periods are no figures of a period. Give each period its own."
    ),
    re.compile(r"(?<![a-z])(?:totals?|subtotals?|sum|average|avg|mean|overall|all|gesamt|summe|totaal|totale|somma|media)(?![a-z])"): (
        "This is a total or an average, and no period. Leave its row or column out."
    ),
}
FOUR = re.compile(r"\d{4}", re.ASCII)
WORD = re.compile(r"[a-z]+")
NEED_YEAR = {*MONTHS, "q", "quarter", "qtr", "w", "wk", "week", "fy"}


def _refusal(text: str) -> str:
    """Why the text is no period."""
    for pattern, sentence in REFUSED.items():
        if pattern.search(text):
            return sentence
    words = set(WORD.findall(text))
    if not FOUR.search(text) and (words & NEED_YEAR or (not words and text.isascii())):
        return f"The year is missing or unclear. Write it with four digits. {ACCEPTED}"
    return f"This is not a period that can be read. {ACCEPTED}"
