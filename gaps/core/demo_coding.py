"""Interviews of the demo as text with marks in it, and what the marks mean.

A paragraph begins with its topic and a colon. `{stretch|coding}` in it is an excerpt: the stretch of words, and what the first coder
made of it, in this order:

    -, + or ~          stance: problem, strength, mixed
    *                  may be quoted
    word               theme, by the code that `interviews.core.seed_themes` gives it
    @Department        whom it is about; left out: the speaker's department
    : KPI              the KPI of that department that it is about
    < Department       claimed cause: because of that department,
    < Department: KPI  of that KPI there,
    < #word            or of a theme

`{stretch|first||second}` says what the second coder made of it, where two code; either may be left out. So offsets are worked out
from the very words that they point into, and cannot drift.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from interviews.core.terms import Consent, InterviewState, StakeholderRole, Stance

HEAD, LEAD, FRONT_LINE = StakeholderRole.HEAD, StakeholderRole.LEAD, StakeholderRole.FRONT_LINE
WRITTEN, DRAFT = Consent.WRITTEN, InterviewState.DRAFT

STANCES = {"-": Stance.PROBLEM, "+": Stance.STRENGTH, "~": Stance.MIXED}
TOPIC = re.compile(r"^([a-z]+):", re.MULTILINE)
STRETCH = re.compile(r"\{([^{}|]+)\|([^{}]*)\}")
CODING = re.compile(
    r"(?P<stance>[-+~])(?P<quotable>\*?)(?P<theme>[a-z-]+)(?: @(?P<department>[^:<]+))?(?:: (?P<kpi>[^<]+))?"
    r"(?: < (?:#(?P<cause_theme>[a-z-]+)|(?P<cause_department>[^:#]+)(?:: (?P<cause_kpi>.+))?))?"
)


@dataclass(frozen=True)
class Marked:
    """An excerpt; `start` and `end` count characters of the reply's text. Departments and KPIs by name, themes by code; KPIs are of the
    departments before them."""

    start: int
    end: int
    stance: Stance
    quotable: bool
    theme: str
    department: str
    kpi: str | None
    cause_theme: str | None
    cause_department: str | None
    cause_kpi: str | None


@dataclass(frozen=True)
class Reply:
    """What somebody said on a topic, and what two coders found in it; no second one: nothing."""

    topic: str
    text: str
    first: tuple[Marked, ...]
    second: tuple[Marked, ...]


@dataclass(frozen=True)
class Voice:
    """One interview, held `days_ago` days before the demo's day. `again`: coded by a second coder as well."""

    pseudonym: str
    department: str
    role: StakeholderRole
    days_ago: int
    name: str
    consent: Consent
    quotable: bool
    state: InterviewState
    again: bool
    replies: tuple[Reply, ...]


def voice(
    pseudonym: str,
    department: str,
    role: StakeholderRole,
    days_ago: int,
    *,
    said: str,
    name: str = "",
    consent: Consent = Consent.VERBAL,
    quotable: bool = False,
    state: InterviewState = InterviewState.FINISHED,
    again: bool = False,
) -> Voice:
    """The interview of which `said` is the marked text. Raises ValueError, naming the words, where a mark cannot be read."""
    pieces = TOPIC.split(said)
    replies = tuple(_reply(topic, text, department, again) for topic, text in zip(pieces[1::2], pieces[2::2], strict=True))
    return Voice(pseudonym, department, role, days_ago, name, consent, quotable, state, again, replies)


def _reply(topic: str, marked: str, department: str, again: bool) -> Reply:
    marked = " ".join(marked.split())
    text, first, second, done = "", [], [], 0
    for found in STRETCH.finditer(marked):
        text += marked[done : found.start()]
        done, start = found.end(), len(text)
        text += found[1]
        codings = [coding.strip() for coding in found[2].split("||")]
        first += _marks(codings[0], start, len(text), department)
        second += _marks(codings[-1], start, len(text), department) if again else []
    text += marked[done:]
    if set(text) & set("{}|"):
        raise ValueError(f"Stray mark in: {text}")
    return Reply(topic, text, tuple(first), tuple(second))


def _marks(coding: str, start: int, end: int, department: str) -> list[Marked]:
    """The excerpt, or none where the coder passed over the stretch."""
    if not coding:
        return []
    found = CODING.fullmatch(coding)
    if found is None:
        raise ValueError(f"Cannot read the mark: {coding}")
    said = {name: text.strip() if text else None for name, text in found.groupdict().items()}
    return [
        Marked(
            start=start,
            end=end,
            stance=STANCES[found["stance"]],
            quotable=bool(said["quotable"]),
            theme=found["theme"],
            department=said["department"] or department,
            kpi=said["kpi"],
            cause_theme=said["cause_theme"],
            cause_department=said["cause_department"],
            cause_kpi=said["cause_kpi"],
        )
    ]
