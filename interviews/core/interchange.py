"""Interviews as JSON: read strictly, everything that is wrong at once and with its path; docs/interviews.md has the format.

Only the form is judged here. Whether a department, theme, KPI or person exists is asked where the database is
(interviews.services.interchange).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from departments.core.names import CODE_LENGTH, MAX_LENGTH, forbidden, key, tidy
from interviews.core.strict_json import REQUIRED, Problem, Problems, fields, listed, load, one_of, text, whole, yes_or_no
from interviews.core.terms import Consent, StakeholderRole, Stance

__all__ = ["AnswerEntry", "CoderEntry", "ExcerptEntry", "InterviewEntry", "Problem", "Problems", "parse", "source"]

SCHEMA = 1
BYTES = 50 * 1024 * 1024
INTERVIEWS, ANSWERS, EXCERPTS, CODERS = 5_000, 500, 2_000, 20
TEXT, HEADING, NOTE, PSEUDONYM, EMAIL = 50_000, 500, 300, 40, 254
ISO = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True)
class ExcerptEntry:
    """A stretch of the answer's text and what it means. Names are as written; "": `coder` the interviewer, `department` the
    interviewee's."""

    path: str
    coder: str
    start: int
    end: int
    theme: str
    stance: Stance
    department: str = ""
    kpi: str = ""
    cause_theme: str = ""
    cause_department: str = ""
    cause_kpi: str = ""
    quotable: bool = False


@dataclass(frozen=True)
class AnswerEntry:
    """What was said to a question of the guide (its number from 1, or its words), or under a heading of its own."""

    path: str
    question: int | str | None
    heading: str
    text: str
    excerpts: tuple[ExcerptEntry, ...] = ()


@dataclass(frozen=True)
class CoderEntry:
    """Somebody other than the interviewer who coded the interview."""

    path: str
    email: str
    finished: bool = True


@dataclass(frozen=True)
class InterviewEntry:
    """An interview as the file has it; "" and None: not said."""

    path: str
    department: str
    role: StakeholderRole
    held_on: date
    consent: Consent
    name: str = ""
    pseudonym: str = ""
    consent_note: str = ""
    quotable: bool = False
    guide: str = ""
    guide_version: int | None = None
    interviewer: str = ""
    finished: bool = True
    answers: tuple[AnswerEntry, ...] = ()
    coders: tuple[CoderEntry, ...] = ()


def parse(content: bytes, problems: Problems) -> list[InterviewEntry]:
    """The interviews of a JSON file; what is wrong goes to `problems`, and what is wrong with an interview leaves it out.

    Raises Unreadable where the bytes are no JSON, or more than 50 MB.
    """
    top = fields(load(content, BYTES), "", {"schema": (_schema, REQUIRED), "interviews": (listed(INTERVIEWS), REQUIRED)}, problems)
    found = (_interview(value, f"interviews[{number}]", problems) for number, value in enumerate(top["interviews"] if top else ()))
    return [entry for entry in found if entry]


def source(entry: InterviewEntry) -> str:
    """SHA-256 of what the interview says, however its file is laid out: the same exactly when the interview is."""
    said = {
        "department": key(entry.department),
        "role": entry.role,
        "name": key(entry.name),
        "pseudonym": key(entry.pseudonym),
        "held_on": entry.held_on.isoformat(),
        "consent": [entry.consent, entry.consent_note, entry.quotable],
        "guide": [entry.guide, entry.guide_version],
        "interviewer": key(entry.interviewer),
        "finished": entry.finished,
        "answers": [[answer.question, answer.heading, answer.text, sorted(map(_said, answer.excerpts))] for answer in entry.answers],
        "coders": sorted([key(coder.email), coder.finished] for coder in entry.coders),
    }
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def _said(excerpt: ExcerptEntry) -> list[Any]:
    names = (excerpt.theme, excerpt.department, excerpt.kpi, excerpt.cause_theme, excerpt.cause_department, excerpt.cause_kpi)
    return [excerpt.start, excerpt.end, key(excerpt.coder), excerpt.stance, excerpt.quotable, *map(key, names)]


# Readers of single fields


def _schema(value: Any) -> int:
    if value != SCHEMA or isinstance(value, bool):
        raise ValueError(f"This version of the format is not known. Write {SCHEMA}.")
    return SCHEMA


def _name(value: Any) -> str:
    kept = tidy(text(MAX_LENGTH)(value))
    if (place := forbidden(kept)) is not None:
        raise ValueError(f"Character {place + 1} cannot be seen (U+{ord(kept[place]):04X}). Remove it.")
    return kept


def _pseudonym(value: Any) -> str:
    kept = _name(value)
    if len(kept) > PSEUDONYM:
        raise ValueError(f"A pseudonym has at most {PSEUDONYM} characters.")
    return kept


def _email(value: Any) -> str:
    kept: str = text(EMAIL)(value)
    if "@" not in kept:
        raise ValueError("Write the address of an account.")
    return kept.lower()


def _day(value: Any) -> date:
    try:
        if isinstance(value, str) and ISO.fullmatch(value.strip()):
            return date.fromisoformat(value.strip())
    except ValueError:
        pass
    raise ValueError("Write a date as in 2026-03-31.")


def _question(value: Any) -> int | str:
    if isinstance(value, str):
        return tidy(text(HEADING)(value))
    return int(whole(1, ANSWERS)(value))


def _any(value: Any) -> Any:
    """An object, read later with its path."""
    return value


ROLES = {role.value: role for role in StakeholderRole}
CONSENTS = {consent.value: consent for consent in Consent}
STANCES = {stance.value: stance for stance in Stance}
INTERVIEW = {
    "department": (_name, REQUIRED),
    "role": (one_of(ROLES), REQUIRED),
    "name": (_name, ""),
    "pseudonym": (_pseudonym, ""),
    "held_on": (_day, REQUIRED),
    "consent": (one_of(CONSENTS), REQUIRED),
    "consent_note": (text(NOTE), ""),
    "quotable": (yes_or_no, False),
    "guide": (_any, None),
    "interviewer": (_email, ""),
    "finished": (yes_or_no, True),
    "second_coders": (listed(CODERS), ()),
    "answers": (listed(ANSWERS), REQUIRED),
}
GUIDE = {"code": (text(CODE_LENGTH), REQUIRED), "version": (whole(1, 1_000_000), None)}
CODER = {"email": (_email, REQUIRED), "finished": (yes_or_no, True)}
ANSWER = {
    "question": (_question, None),
    "heading": (text(HEADING), ""),
    "text": (text(TEXT, lines=True, blank=True), ""),
    "excerpts": (listed(EXCERPTS), ()),
}
EXCERPT = {
    "quote": (text(TEXT, lines=True), None),
    "start": (whole(0, TEXT), None),
    "end": (whole(1, TEXT), None),
    "theme": (_name, REQUIRED),
    "stance": (one_of(STANCES), REQUIRED),
    "department": (_name, ""),
    "kpi": (_name, ""),
    "cause": (_any, None),
    "quotable": (yes_or_no, False),
    "coder": (_email, ""),
}
CAUSE = {"theme": (_name, ""), "department": (_name, ""), "kpi": (_name, "")}


# Objects


def _interview(value: Any, path: str, problems: Problems) -> InterviewEntry | None:
    before = problems.count
    got = fields(value, path, INTERVIEW, problems)
    raw = value if isinstance(value, dict) else {}
    guide = fields(raw["guide"], f"{path}.guide", GUIDE, problems) if raw.get("guide") is not None else None
    coders = [_coder(one, f"{path}.second_coders[{n}]", problems) for n, one in enumerate(_items(raw, "second_coders", CODERS))]
    answers = [_answer(one, f"{path}.answers[{n}]", problems) for n, one in enumerate(_items(raw, "answers", ANSWERS))]
    if got is None or problems.count > before:
        return None
    entry = InterviewEntry(
        path=path,
        **{name: got[name] for name in got if name not in ("guide", "second_coders", "answers")},
        guide=guide["code"] if guide else "",
        guide_version=guide["version"] if guide else None,
        answers=tuple(one for one in answers if one),
        coders=tuple(one for one in coders if one),
    )
    for where, message in _contradictions(entry):
        problems.add(where, message)
    return entry if problems.count == before else None


def _items(raw: dict[str, Any], name: str, most: int) -> list[Any]:
    """The list under that name, where it is one: that it is none has been said already."""
    value = raw.get(name)
    return value if isinstance(value, list) and len(value) <= most else []


def _contradictions(entry: InterviewEntry) -> Iterator[tuple[str, str]]:
    """(path, message) of what is wrong with the interview as a whole."""
    if not entry.name and not entry.pseudonym:
        yield entry.path, "Write who was interviewed: a pseudonym, a name, or both."
    if entry.name and key(entry.name) == key(entry.pseudonym):
        yield f"{entry.path}.pseudonym", "Choose one that is not the name, or leave it out: one is drawn."
    if entry.finished and not any(answer.text.strip() for answer in entry.answers):
        yield f"{entry.path}.answers", "There is no answer. Write one, or say “finished”: false."
    emails = [coder.email for coder in entry.coders]
    for coder in entry.coders:
        if emails.count(coder.email) > 1 or coder.email == entry.interviewer:
            yield f"{coder.path}.email", "Somebody codes an interview once: name each second coder once, and not the interviewer."
    known = {"", entry.interviewer, *emails}
    for answer in entry.answers:
        if not entry.guide and answer.question is not None:
            yield f"{answer.path}.question", "The interview names no guide. Write a heading, or name the guide."
        for excerpt in answer.excerpts:
            if excerpt.coder not in known:
                yield f"{excerpt.path}.coder", "This is neither the interviewer nor one of the second_coders."


def _coder(value: Any, path: str, problems: Problems) -> CoderEntry | None:
    got = fields(value, path, CODER, problems)
    return CoderEntry(path, **got) if got else None


def _answer(value: Any, path: str, problems: Problems) -> AnswerEntry | None:
    before = problems.count
    got = fields(value, path, ANSWER, problems)
    if got and (got["question"] is None) == (not got["heading"]):
        problems.add(path, "Write either “question” (of the guide) or “heading”.")
    if got is None or problems.count > before:
        return None
    excerpts = [_excerpt(one, f"{path}.excerpts[{n}]", got["text"], problems) for n, one in enumerate(got["excerpts"])]
    return AnswerEntry(path, got["question"], got["heading"], got["text"], tuple(one for one in excerpts if one))


def _excerpt(value: Any, path: str, said: str, problems: Problems) -> ExcerptEntry | None:
    before = problems.count
    got = fields(value, path, EXCERPT, problems)
    raw = value if isinstance(value, dict) else {}
    cause = fields(raw["cause"], f"{path}.cause", CAUSE, problems) if raw.get("cause") is not None else None
    if cause and not any(cause.values()):
        problems.add(f"{path}.cause", "Write a theme, or a department, a KPI or both.")
    if cause and cause["theme"] and (cause["department"] or cause["kpi"]):
        problems.add(f"{path}.cause", "A cause is a theme, or a department and KPI: not both.")
    if got is None:
        return None
    try:
        start, end = _place(got["quote"], got["start"], got["end"], said)
    except ValueError as error:
        problems.add(path, str(error))
    if problems.count > before:
        return None
    causes = {f"cause_{name}": found for name, found in (cause or {}).items()}
    names = {name: got[name] for name in ("coder", "theme", "stance", "department", "kpi", "quotable")}
    return ExcerptEntry(path=path, start=start, end=end, **names, **causes)


def _place(quote: str | None, start: int | None, end: int | None, said: str) -> tuple[int, int]:
    """Where the excerpt stands in the text. Raises ValueError with the repair."""
    if (start is None) != (end is None) or (start is None and quote is None):
        raise ValueError("Write “quote”, the words exactly as in the text, or “start” and “end”.")
    if start is None or end is None:
        count = said.count(quote or "")
        if count != 1:
            problem = "are not in the text. Write them exactly as there" if not count else f"stand {count} times in the text"
            raise ValueError(f"These words {problem}; or give “start” and “end”.")
        start = said.index(quote or "")
        return start, start + len(quote or "")
    if not start < end <= len(said):
        raise ValueError(f"“start” must be less than “end”, and “end” at most {len(said):,}, the length of the text.")
    if not said[start:end].strip():
        raise ValueError("There are no words between “start” and “end”.")
    if quote is not None and said[start:end] != quote:
        raise ValueError("The words between “start” and “end” are not the “quote”.")
    return start, end
