"""Names that people type: how they are kept, compared and shortened into codes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container

_GAPS = re.compile(r"\s+")
_JOINED = re.compile(r"[-_]*-[-_]*")
MAX_LENGTH = 200
CODE_LENGTH = 40
# Characters that show nothing or turn the reading direction: two names must not look alike and differ, nor read backwards.
INVISIBLE = frozenset("\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\u2061\u2062\u2063\u2064\ufeff\u061c\u180e") | frozenset(
    chr(code) for block in (range(0x202A, 0x202F), range(0x2066, 0x206A)) for code in block
)


def tidy(name: str) -> str:
    """The name as it is kept: NFC, trimmed, inner space single."""
    return _GAPS.sub(" ", unicodedata.normalize("NFC", name)).strip()


def key(name: str) -> str:
    """What two spellings of one name have in common: `tidy` and case folded."""
    return unicodedata.normalize("NFC", tidy(name).casefold())


def forbidden(text: str) -> int | None:
    """Position of the first control, zero-width or direction-turning character, None when there is none."""
    for position, character in enumerate(text):
        if character in INVISIBLE or (unicodedata.category(character) == "Cc" and character not in "\t\n\r"):
            return position
    return None


def code(name: str, taken: Container[str] = ()) -> str:
    """A short unique handle made of the name: lower case, words joined by hyphens, numbered when taken."""
    words = "".join(character if _codable(character) else "-" for character in unicodedata.normalize("NFKC", key(name)))
    base = _JOINED.sub("-", words).strip("-_")[:CODE_LENGTH].rstrip("-_") or "x"
    candidate, number = base, 2
    while candidate in taken:
        suffix = f"-{number}"
        candidate, number = base[: CODE_LENGTH - len(suffix)] + suffix, number + 1
    return candidate


def _codable(character: str) -> bool:
    """Letters and the digits 0 to 9: what every PostgreSQL takes for a part of a word."""
    return character in "_0123456789" or unicodedata.category(character)[0] == "L"
