"""Where the sentences of an answer begin and end: the units that coders' agreement is measured over (METHODS 9).

Notes and transcripts are not edited prose: lines without a full stop, bullets, sentences in lower case, trailing dots. The rules are
plain and few, so that a reader can foresee them; what is in doubt stays one sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

Span = tuple[int, int]

CLOSERS = "\"'”\u2019»)]}"
OPENERS = "\"'“\u2018«([{"
WIDE = "。\uff01\uff1f؟।"  # ends of sentences that need no space after them
END = re.compile(rf"(?:[.!?…]+|[{WIDE}]+)[{re.escape(CLOSERS)}]*(?=(\s)|$)|[{WIDE}]+[{re.escape(CLOSERS)}]*")
LINE_BREAK = re.compile(r"\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]")
BULLET = re.compile(r"\s*(?:[-\u2013—*•·▪◦‣]|\(?\d{1,3}[.)]|\(?[a-zA-Z][.)])\s+")
WORD_BEFORE = re.compile(r"[\w.&'\u2019-]*$")
WORD_AFTER = re.compile(rf"[\s{re.escape(OPENERS)}]*([\w'\u2019]*)")
DOTTED = re.compile(r"(?:\w\.)+\w", re.UNICODE)
NUMBER = re.compile(r"\d+")
WORD = 40  # characters that are looked back over

# Never the last word of a sentence; before a number only; last or not, as the next word begins.
TITLES = frozenset((
    "mr", "mrs", "ms", "mx", "dr", "prof", "rev", "hon", "st", "mt", "messrs", "capt", "col", "gen", "lt", "sgt", "e.g", "i.e", "eg",
    "ie", "vs", "viz", "cf", "ca", "approx", "incl", "excl",
))  # fmt: skip
BEFORE_NUMBERS = frozenset((
    "no", "nos", "nr", "fig", "figs", "sec", "art", "ch", "vol", "p", "pp", "par", "eq", "jan", "feb", "mar", "apr", "jun", "jul",
    "aug", "sep", "sept", "oct", "nov", "dec", "max", "min", "avg", "tel", "ext",
))  # fmt: skip
EITHER = frozenset((
    "etc", "al", "inc", "ltd", "pty", "co", "corp", "bros", "jr", "sr", "dept", "depts", "ave", "rd", "a.m", "p.m", "am", "pm",
))  # fmt: skip
STARTERS = frozenset((
    "the", "a", "an", "this", "that", "these", "those", "it", "its", "he", "she", "they", "we", "you", "i", "there", "here", "what",
    "when", "where", "who", "why", "how", "if", "in", "on", "at", "as", "but", "and", "so", "or", "then", "now", "our", "my", "your",
    "his", "her", "their", "nobody", "everybody", "everyone", "no", "not", "yes", "one", "some", "most", "all", "each", "for", "from",
    "to", "with", "after", "before", "because", "while", "although", "however", "also", "still",
))  # fmt: skip


def sentences(text: str) -> list[Span]:
    """(start, end) of each sentence, in characters of `text`: in order, never overlapping, together all of it that is not blank.

    A sentence ends at . ! ? or ... with the quotation marks and brackets that close after it, at a blank line, before a bullet, and at
    the end of a line unless the next one goes on in lower case. Abbreviations, initials, decimals and the dots of somebody who hesitates
    end none.
    """
    found = []
    for start, end in _blocks(text):
        begin = start
        for stop in _stops(text, start, end):
            found.append((begin, stop))
            begin = stop
        found.append((begin, end))
    return [span for span in (_trimmed(text, *span) for span in found) if span[0] < span[1]]


def _blocks(text: str) -> Iterator[Span]:
    """Lines, joined with the next where a sentence goes on there."""
    lines, begin = [], 0
    for match in LINE_BREAK.finditer(text):
        lines.append((begin, match.start()))
        begin = match.end()
    lines.append((begin, len(text)))
    start, last = lines[0]
    for line in lines[1:]:
        if _goes_on(text, (start, last), line):
            last = line[1]
            continue
        yield start, last
        start, last = line
    yield start, last


def _goes_on(text: str, line: Span, following: Span) -> bool:
    before, after = text[line[0] : line[1]].rstrip(), text[following[0] : following[1]]
    first = after.strip()[:1]
    return bool(before) and first.islower() and not BULLET.match(after) and before.rstrip(CLOSERS)[-1:] not in ".!?:" + WIDE


def _stops(text: str, start: int, end: int) -> Iterator[int]:
    """Where sentences end within a block."""
    bullet = BULLET.match(text, start, end)
    for match in END.finditer(text, bullet.end() if bullet else start, end):
        if match[0][0] in WIDE or _is_end(text, start, match):
            yield match.end()


def _is_end(text: str, start: int, match: re.Match[str]) -> bool:
    marks = match[0].rstrip(CLOSERS)
    found = WORD_AFTER.match(text, match.end())
    following = found[1] if found else ""
    if marks in ("…", "....") or marks.startswith(".."):  # hesitation, unless something new begins
        return following[:1].isupper() and following.split("'")[0].split("\u2019")[0] != "I"
    if marks != ".":
        return not (match[0] != marks and following[:1].islower())  # “Really?” she said
    before = WORD_BEFORE.search(text[max(start, match.start() - WORD) : match.start()])
    return _ends_at_dot(before[0] if before else "", following)


def _ends_at_dot(word: str, following: str) -> bool:
    """Whether a full stop after `word` ends the sentence, when `following` is the next word."""
    plain = word.lower().strip(".'\u2019-")
    starts = following[:1].isupper() and following.lower() in STARTERS
    if plain in TITLES:
        return False
    if plain in BEFORE_NUMBERS:
        return not NUMBER.match(following)
    if plain in EITHER:
        return following[:1].isupper() or not following
    if DOTTED.fullmatch(word) or (len(word) == 1 and word.isupper() and word != "I"):  # U.S., J. Smith
        return starts or not following
    return True


def _trimmed(text: str, start: int, end: int) -> Span:
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return start, end
