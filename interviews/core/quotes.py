"""What a quote may not carry: a name, a mail address, a telephone number. Whoever coded it decides what to do about it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

MAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]{2,}")
NUMBER = re.compile(r"\+?\d[\d\s().\-/]{5,}\d")
DIGITS = 9  # of a telephone number, at least; sums of money and dates have fewer
WORD = re.compile(r"[^\W\d_]+")
SHORT = 3  # shorter parts of names are words too often


def parts(names: Iterable[str]) -> frozenset[str]:
    """The words of the names, in the form in which they are looked for."""
    return frozenset(word for name in names for word in WORD.findall(_plain(name)) if len(word) >= SHORT)


def telling(text: str, names: frozenset[str]) -> str:
    """Why the text might tell who said it, in words for the reviewer; blank when nothing in it does. `names`: of `parts`."""
    plain = _plain(text)
    if "@" in plain and MAIL.search(plain):
        return "It holds an e-mail address."
    if any(sum(char.isdigit() for char in found) >= DIGITS for found in NUMBER.findall(plain)):
        return "It holds what looks like a telephone number."
    if names & set(WORD.findall(plain)):
        return "It holds the name of somebody who was to be interviewed."
    return ""


def tidied(text: str) -> str:
    """The words in one line: line breaks and wide gaps are habits of the one who typed."""
    return " ".join(text.split())


def _plain(text: str) -> str:
    """Without accents, small letters: "André" is also found as "Andre"."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char))
