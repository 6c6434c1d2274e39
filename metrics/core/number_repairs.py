"""What is wrong with a text that is no number under its notation, and how to write it instead."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable

from departments.core.names import forbidden
from metrics.core.notation import CELL, COMMA, LONGEST, NO_VALUE, NUMERAL, PLAIN, Notation, alike, figure, parse

USUAL_LENGTH = 100  # characters; in a longer text nothing is looked for
LONE_TIME = re.compile(r"([-+]?)(\d{1,5}):([0-5]\d)", re.ASCII)
TIME = re.compile(r"[-+]?\d+(?::\d+)+(?:[.,]\d*)?", re.ASCII)
UNEVEN = re.compile(r"[^\d.,+-]*([-+]?)(\d+([,.'_ ])\d+(?:\3\d+)*)((?:[.,]\d*)?)[^\d.,+-]*", re.ASCII)
RANGE = re.compile(r"\D{0,4}\d[\d.,']* ?%? *(?:[-/\u2013\u2014\u2026]|to|and|\.\.) *\D{0,4}\d[\d.,']* ?%?", re.ASCII)
IN_FULL = re.compile(r"\D{0,4}\d[\d.,' ]*(k|K|thousand|mn|mil|mln|million|bn|bln|billion|[MB])\b.{0,4}", re.ASCII)
AROUND = r"[^\d.,+-]{0,12}"
WITH_UNIT = {notation: re.compile(rf"{AROUND}([-+]?{figure(notation)}){AROUND}", re.ASCII) for notation in (PLAIN, COMMA)}
SIGNS = " +-()\u2013\u2014"
SIGN_NAMES = {".": "a point", ",": "a comma"}


def repair(text: str, notation: Notation = PLAIN, *, aim: bool = False) -> str:
    """The repair in words of a text that `parse` does not read, the number written in the notation."""
    text = text.strip()
    if len(text) > LONGEST:
        return f"The cell is longer than {LONGEST:,} characters."
    place = forbidden(text)
    if place is not None:
        return f"Character {place + 1} is invisible or a control character (U+{ord(text[place]):04X}). Remove it."
    text = alike(text)
    known = (ask(text, notation, aim) for ask in KNOWN) if len(text) <= USUAL_LENGTH else ()
    where_none = "or leave the cell empty" if aim else "and leave out the row"
    return next(filter(None, known), f"This is not a number. Write it like 1234{notation.decimal}5, {where_none} where there is none.")


def _reads(text: str, notation: Notation, aim: bool) -> bool:
    found = parse(text, notation, aim=aim)
    return found is not None and not math.isnan(found[0])


def _written(digits: str, read_in: Notation, notation: Notation) -> str:
    """Digits without separators between thousands, in the notation."""
    whole, _, fraction = digits.translate(NUMERAL[read_in.decimal]).partition(".")
    return (whole or "0") + (notation.decimal + fraction if fraction else "")


def _none(text: str, _notation: Notation, _aim: bool) -> str:
    return "This is not a number. Leave out the row where there is none." if text.casefold() in NO_VALUE else ""


def _comparison(text: str, notation: Notation, aim: bool) -> str:
    compares = not aim and _reads(text, notation, True)
    return "Only a target or a benchmark may be at least or at most a number. Write the number alone." if compares else ""


def _too_large(text: str, notation: Notation, aim: bool) -> str:
    found = CELL[notation.decimal, aim].fullmatch(text)
    digits = found[5].translate(NUMERAL[notation.decimal]) if found else "0"
    return "The number is too large to be kept." if math.isinf(float(digits)) else ""


def _time(text: str, _notation: Notation, _aim: bool) -> str:
    if found := LONE_TIME.fullmatch(text):
        sign, first, second = found[1].replace("+", ""), int(found[2]), found[3]
        return f"Write h:mm:ss: {sign}{first // 60}:{first % 60:02d}:{second} or {sign}{first}:{second}:00."
    return "Write h:mm:ss, with minutes and seconds below 60." if TIME.fullmatch(text) else ""


def _decimals(text: str, notation: Notation, aim: bool) -> str:
    """For a text that the other notation explains."""
    other = COMMA if notation == PLAIN else PLAIN
    found = CELL[other.decimal, aim].fullmatch(text)
    if found is None or not _reads(text, other, aim):
        return ""
    sign = "-" if set("".join(found.group(2, 4, 7))) & {"-", "("} else ""
    number = sign + _written(found[5], other, notation)
    if notation.decimal in number:
        return f"Write the decimals after {SIGN_NAMES[notation.decimal]}: {number}."
    return f"Write the number without separators between thousands: {number}."


def _uneven(text: str, notation: Notation, _aim: bool) -> str:
    """For groups that are not of three digits each."""
    found = UNEVEN.fullmatch(text)
    if found is None or notation.decimal in found[2] or found[4][:1] not in ("", notation.decimal):
        return ""
    number = found[1] + found[2].replace(found[3], "") + found[4]
    if found[3] == " ":
        return f"If this is one number, write it without spaces: {number}."
    last = found[2].rsplit(found[3], 1)[-1]
    return f"Write the number without separators between thousands: {number}." if found[3] == "_" or len(last) == 3 else ""


def _digits(text: str, notation: Notation, aim: bool) -> str:
    plain = "".join(str(unicodedata.decimal(character, character)) for character in text)
    if plain == text:
        return ""
    return f"Write the digits as 0 to 9: {plain}." if _reads(plain, notation, aim) else "Write the digits as 0 to 9."


def _signs(text: str, notation: Notation, aim: bool) -> str:
    bare = text.strip(SIGNS).rstrip(".,")
    return f"Write one sign at most, before the number: {bare} or -{bare}." if _reads(bare, notation, aim) else ""


def _range(text: str, _notation: Notation, _aim: bool) -> str:
    return "Write one number in the cell." if RANGE.fullmatch(text) else ""


def _in_full(text: str, _notation: Notation, _aim: bool) -> str:
    found = IN_FULL.fullmatch(text)
    return f"Write the number in full, without “{found[1]}”." if found else ""


def _with_unit(text: str, notation: Notation, _aim: bool) -> str:
    found = WITH_UNIT[notation].fullmatch(text)
    return f"Write the number alone, {found[1]}; its unit belongs in the column “unit”." if found else ""


KNOWN: tuple[Callable[[str, Notation, bool], str], ...] = (
    _none, _comparison, _too_large, _time, _decimals, _digits, _range, _signs, _in_full, _with_unit, _uneven,
)  # fmt: skip
