"""A plain transcript with named speakers, turned into questions and answers.

Who asks is decided by evidence: labels that say so ("Interviewer", "Q"), or one speaker who asks and one who does not. Where that is
not clear, nobody guesses: `Transcript.asks` stays empty and a person says it. Labels are dropped; speakers' names are kept nowhere.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from departments.core.names import key, tidy
from metrics.core.dialect import decode
from metrics.core.problems import Unreadable

ANSWER_LENGTH = 50_000  # characters: of an answer, as the table has it
HEADING_LENGTH = 500
BYTES = 2 * 1024 * 1024  # of a transcript: some ten hours of talk
SPEAKERS = 12
BREAK = re.compile(r"\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]")
STAMP = r"[\[(<]?\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d{1,3})?[\])>]?"
LABEL = r"[^\W\d_][\w.'\u2019 /&-]{0,39}?"
TURN = re.compile(rf"\s*(?:{STAMP}\s*[-\u2013]?\s*)?\*{{0,2}}({LABEL})\s*(?:{STAMP})?\s*\*{{0,2}}:\*{{0,2}}(?:\s+|$)(?:{STAMP}\s+)?")
HEADED = re.compile(rf"\s*({LABEL})\s{{1,4}}{STAMP}\s*$")  # a name and a time alone on a line, the words below it
CUE = re.compile(r"\s*(?:\d+:)?\d{1,2}:\d{2}[.,]\d{3}\s*-->")
VOICE = re.compile(r"<v(?:\.[\w.]+)?\s+([^>]{1,60})>(.*?)(?:</v>|$)")
TAGS = re.compile(r"</?[a-z][^>]{0,60}>|<\d[\d:.]*>")
ONLY_STAMP = re.compile(rf"\s*{STAMP}\s*$")
ASKING = frozenset((
    "interviewer", "interviewers", "i", "int", "iv", "q", "question", "questioner", "moderator", "facilitator", "reviewer",
    "researcher", "host",
))  # fmt: skip
ANSWERING = frozenset((
    "interviewee", "interviewees", "ie", "r", "resp", "respondent", "a", "answer", "participant", "p", "subject", "guest", "informant",
))  # fmt: skip
NO_SPEAKERS = frozenset((
    "note", "notes", "nb", "ps", "example", "examples", "summary", "date", "time", "place", "location", "subject", "re", "attendees",
    "present", "http", "https", "result", "results", "problem", "problems", "reason", "reasons", "first", "firstly", "second",
    "secondly", "third", "thirdly", "finally", "because", "therefore", "conclusion", "action", "actions", "background", "context",
    "topic", "title", "duration", "recorded", "transcript", "transcribed",
))  # fmt: skip
GENERIC = frozenset((
    "speaker", "person", "voice", "unknown", "male", "female", "man", "woman", "the", "and", "of", "team", "lead", "head", "manager",
    "department",
))  # fmt: skip
MASK = "[name]"


class Part(StrEnum):
    """What a speaker does in the interview."""

    ASKS = "asks"
    ANSWERS = "answers"
    LEFT_OUT = "left_out"
    NO_SPEAKER = "no_speaker"

    @property
    def label(self) -> str:
        return {
            "asks": "Asks the questions",
            "answers": "Is interviewed",
            "left_out": "Leave out",
            "no_speaker": "Not a speaker: part of the text",
        }[self.value]


@dataclass(frozen=True)
class Turn:
    """What one speaker said in one go; `line`: where it begins. `label` as the first line of that speaker has it."""

    line: int
    label: str
    text: str


@dataclass(frozen=True)
class Speaker:
    """A label and what tells of its part: how often it speaks and asks, its words, its first line."""

    label: str
    line: int
    turns: int
    questions: int
    words: int


@dataclass(frozen=True)
class Fault:
    """What is wrong or worth a look; `line` 0 where it is about the whole."""

    line: int
    message: str


@dataclass(frozen=True)
class Transcript:
    """The turns and speakers of a text. `parts`: what each speaker does, where the evidence says it; empty where it does not."""

    turns: list[Turn]
    speakers: list[Speaker]
    parts: dict[str, Part]
    faults: list[Fault]


@dataclass(frozen=True)
class Exchange:
    """A question, as asked, and the answer. `line`: where it begins."""

    line: int
    heading: str
    text: str


@dataclass(frozen=True)
class Structure:
    """The interview that a transcript makes. With any fault it must not be kept; warnings are to be looked at."""

    exchanges: list[Exchange]
    faults: list[Fault]
    warnings: list[Fault] = field(default_factory=list)


def text_of(content: bytes) -> str:
    """The text of a file: UTF-8, UTF-16 or Windows-1252, as its bytes tell. Raises Unreadable with a sentence for people."""
    if len(content) > BYTES:
        raise Unreadable(f"The transcript is larger than {BYTES // 1024 // 1024} MB. Split it.")
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF", b"{\\rtf")):
        raise Unreadable("This is a document, not a text. Save it as plain text (.txt) and choose that.")
    try:
        return decode(content).content.decode()
    except Unreadable as error:
        place = f"Line {error.line} cannot be read as text." if error.line else "The file cannot be read as text."
        raise Unreadable(f"{place} Save it as plain text in UTF-8.", error.line) from None


def parse(text: str, known: Iterable[str] = (), not_speakers: Iterable[str] = ()) -> Transcript:
    """The turns of the text. Labels are "Name:", "[00:03:12] Name:", a name with a time alone on a line, and the voices of WebVTT; cues
    of SRT and WebVTT lose their numbers and times. `known`: labels that are speakers; `not_speakers`: labels that are part of the text.

    Faults, each with its line: control characters, no speakers, one speaker only, more than 12.
    """
    lines = BREAK.split(text.removeprefix("\ufeff"))
    faults = [Fault(number, f"Line {number} holds a control character (U+{code:04X}). Remove it.") for number, code in _controls(lines)]
    if faults:
        return Transcript([], [], {}, faults)
    cues = any(CUE.match(line) for line in lines)
    cleaned = _without_cues(lines) if cues else lines
    labels = _labels(cleaned, {_same(label) for label in known}, {_same(label) for label in not_speakers})
    turns = _turns(cleaned, labels, cues)
    speakers = _speakers(turns)
    return Transcript(turns, speakers, _parts(speakers), _faults(turns, speakers))


def structure(transcript: Transcript, parts: Mapping[str, Part], hidden: Sequence[str] = ()) -> Structure:
    """Questions and answers: what those who ask say becomes headings, what the interviewee says becomes texts; turns in a row join.

    `parts`: by label. `hidden`: names that are replaced by "[name]" wherever they stand. Faults: nobody asks, not exactly one person is
    interviewed, an answer of more than 50,000 characters. Warnings: the interviewee's name in the text, questions that are cut, words
    that are left out.
    """
    faults = list(transcript.faults) or _about_parts(transcript.speakers, parts)
    if faults:
        return Structure([], faults)
    pattern = _names_pattern(hidden)
    exchanges = [
        Exchange(one.line, pattern.sub(MASK, one.heading), pattern.sub(MASK, one.text)) for one in _exchanges(transcript.turns, parts)
    ]
    faults = [
        Fault(one.line, f"The answer after line {one.line} has {len(one.text):,} characters, more than {ANSWER_LENGTH:,}. Split it.")
        for one in exchanges
        if len(one.text) > ANSWER_LENGTH
    ]
    warnings = _warnings(transcript, parts, exchanges, hidden)
    return Structure([Exchange(one.line, _cut(one.heading), one.text) for one in exchanges], faults, warnings)


def names_in(label: str) -> list[str]:
    """The parts of a speaker's label that can be a name: not "Interviewee", "Speaker 2" or an initial."""
    words = [word.strip(".'\u2019-") for word in re.split(r"[\s/&]+", label)]
    generic = GENERIC | ASKING | ANSWERING
    return [word for word in words if len(word) >= 3 and not word.isdigit() and word.casefold() not in generic]


# From lines to turns


def _same(label: str) -> str:
    return key(label)


def _controls(lines: Sequence[str]) -> list[tuple[int, int]]:
    """(line, character) of the first control character of each line that has one."""
    found = []
    for number, line in enumerate(lines, 1):
        bad = next((character for character in line if character != "\t" and unicodedata.category(character) in ("Cc", "Cs")), None)
        if bad is not None:
            found.append((number, ord(bad)))
    return found


def _without_cues(lines: Sequence[str]) -> list[str]:
    """The lines with the numbers, times and tags of subtitles taken out; their count stays, so that numbers of lines do."""
    out = []
    note = False
    for place, line in enumerate(lines):
        following = lines[place + 1] if place + 1 < len(lines) else ""
        stripped = line.strip()
        note = bool(stripped) and (note or stripped.startswith(("NOTE", "STYLE", "REGION", "WEBVTT")))
        if note or CUE.match(line) or (stripped and CUE.match(following)):
            out.append("")
            note = note and not CUE.match(line)
            continue
        voiced = VOICE.match(line.strip())
        out.append(f"{voiced[1]}: {TAGS.sub('', voiced[2])}" if voiced else TAGS.sub("", line))
    return out


def _match(line: str) -> tuple[str, str] | None:
    """(label, the words after it) of a line that may begin a turn."""
    if found := TURN.match(line):
        return tidy(found[1]), line[found.end() :].strip()
    if found := HEADED.match(line):
        return tidy(found[1]), ""
    return None


def _labels(lines: Sequence[str], known: set[str], not_speakers: set[str]) -> dict[str, str]:
    """The labels that are speakers, by what they are compared by, as they are first written."""
    counted: Counter[str] = Counter()
    written: dict[str, str] = {}
    for line in lines:
        if (found := _match(line)) and _same(found[0]) not in not_speakers:
            counted[_same(found[0])] += 1
            written.setdefault(_same(found[0]), found[0])
    often = {label for label, count in counted.items() if count > 1}
    return {label: name for label, name in written.items() if label in known or _is_speaker(name, often, counted)}


def _is_speaker(name: str, often: set[str], counted: Counter[str]) -> bool:
    """Words that say so; else names that come again, or, where none does, that look like names."""
    label = _same(name)
    if label in ASKING | ANSWERING:
        return True
    if label.split()[0] in NO_SPEAKERS or len(label.split()) > 4:
        return False
    named = all(word[:1].isupper() or word[:1].isdigit() for word in name.split())
    return named and (label in often or not often or len(counted) <= 3)


def _turns(lines: Sequence[str], labels: Mapping[str, str], cues: bool) -> list[Turn]:
    """What each speaker says in one go; lines before the first label belong to nobody and are left out. Between cues a blank line means
    nothing."""
    begun: list[tuple[int, str, list[str]]] = []
    for number, line in enumerate(lines, 1):
        found = _match(line)
        if found and (name := labels.get(_same(found[0]))):
            words = [found[1]]
            if begun and begun[-1][1] == name:
                begun[-1][2].append(found[1])
            else:
                begun.append((number, name, words))
        elif begun and not ONLY_STAMP.match(line) and (line.strip() or not cues):
            begun[-1][2].append(line.strip())
    return [Turn(number, name, _joined(words)) for number, name, words in begun]


def _joined(lines: Sequence[str]) -> str:
    """The lines of a turn; blank lines in a row are one."""
    return re.sub(r"\n{3,}", "\n\n", unicodedata.normalize("NFC", "\n".join(lines))).strip()


def _speakers(turns: Sequence[Turn]) -> list[Speaker]:
    by_label: dict[str, list[Turn]] = {}
    for turn in turns:
        by_label.setdefault(turn.label, []).append(turn)
    return [
        Speaker(label, said[0].line, len(said), sum("?" in turn.text for turn in said), sum(len(turn.text.split()) for turn in said))
        for label, said in by_label.items()
    ]


def _faults(turns: Sequence[Turn], speakers: Sequence[Speaker]) -> list[Fault]:
    if not speakers:
        return [Fault(1, "No speakers were found. Begin each turn on a line of its own with its speaker: “Interviewer: ...”.")]
    if len(speakers) == 1:
        return [Fault(turns[0].line, f"Only one speaker was found, “{speakers[0].label}”. An interview needs somebody who asks.")]
    if len(speakers) > SPEAKERS:
        last = speakers[SPEAKERS]
        return [Fault(last.line, f"More than {SPEAKERS} speakers were found; “{last.label}” in line {last.line} is one too many.")]
    return []


# Who asks


def _parts(speakers: Sequence[Speaker]) -> dict[str, Part]:
    """Who asks and who answers, where the evidence says it."""
    asks = [one for one in speakers if _word(one.label) in ASKING]
    answers = [one for one in speakers if _word(one.label) in ANSWERING]
    if len(speakers) == 2 and len(asks) + len(answers) == 1:  # the other one's part follows
        rest = [one for one in speakers if one not in asks + answers]
        asks, answers = (asks, rest) if asks else (rest, answers)
    if not asks and not answers and len(speakers) == 2:
        asks, answers = _by_questions(*speakers)
    if len(asks) + len(answers) != len(speakers) or len(answers) != 1:
        return {}
    return {one.label: Part.ASKS for one in asks} | {answers[0].label: Part.ANSWERS}


def _word(label: str) -> str:
    """The word of a label that tells of a part: of "Interviewer 2" the first."""
    words = key(label).replace(".", " ").split()
    return words[0] if words and all(word.isdigit() for word in words[1:]) else ""


def _by_questions(one: Speaker, other: Speaker) -> tuple[list[Speaker], list[Speaker]]:
    """One who asks in most turns, at least twice, and says less than one who hardly asks."""
    for asker, answerer in ((one, other), (other, one)):
        most = asker.questions >= max(2, 0.6 * asker.turns)
        if most and answerer.questions <= 0.3 * answerer.turns and asker.words < answerer.words:
            return [asker], [answerer]
    return [], []


def _about_parts(speakers: Sequence[Speaker], parts: Mapping[str, Part]) -> list[Fault]:
    open_ones = [one for one in speakers if one.label not in parts]
    if open_ones:
        names = " and ".join(f"“{one.label}”" for one in open_ones)
        return [Fault(open_ones[0].line, f"Say who asks and who is interviewed: {names} could be either.")]
    roles = Counter(parts[one.label] for one in speakers)
    if not roles[Part.ASKS]:
        return [Fault(0, "Say which speaker asks the questions.")]
    if roles[Part.ANSWERS] != 1:
        return [Fault(0, "Say which one speaker is interviewed. An interview with two people is two interviews: leave one of them out.")]
    return []


def _exchanges(turns: Sequence[Turn], parts: Mapping[str, Part]) -> list[Exchange]:
    out: list[tuple[int, list[str], list[str]]] = []
    for turn in turns:
        part = parts[turn.label]
        if part is Part.LEFT_OUT:
            continue
        if not out or (part is Part.ASKS and out[-1][2]):
            out.append((turn.line, [], []))
        _, asked, said = out[-1]
        (asked if part is Part.ASKS else said).append(turn.text)
    pairs = [(line, "\n".join(filter(None, asked)), "\n\n".join(filter(None, said))) for line, asked, said in out]
    return [Exchange(line, asked, said) for line, asked, said in pairs if asked or said]


def _names_pattern(names: Iterable[str]) -> re.Pattern[str]:
    wanted = sorted({tidy(name) for name in names if tidy(name)}, key=len, reverse=True)
    words = "|".join(re.escape(name) for name in wanted)
    return re.compile(rf"(?<!\w)(?:{words})(?!\w)" if words else r"(?!)", re.IGNORECASE)


def _cut(heading: str) -> str:
    return heading if len(heading) <= HEADING_LENGTH else heading[: HEADING_LENGTH - 1].rstrip() + "…"


def _warnings(transcript: Transcript, parts: Mapping[str, Part], exchanges: Sequence[Exchange], hidden: Sequence[str]) -> list[Fault]:
    out = []
    for speaker in transcript.speakers:
        if parts[speaker.label] is Part.LEFT_OUT:
            out.append(Fault(speaker.line, f"{speaker.words:,} words of “{speaker.label}” are left out."))
    for one in exchanges:
        if len(one.heading) > HEADING_LENGTH:
            out.append(Fault(one.line, f"The question in line {one.line} is longer than {HEADING_LENGTH} characters and will be cut."))
    shown = {name.casefold() for name in hidden}
    for name in (name for speaker in transcript.speakers for name in names_in(speaker.label) if name.casefold() not in shown):
        pattern = _names_pattern([name])
        said = [one.line for one in exchanges if pattern.search(one.heading) or pattern.search(one.text)]
        if said:
            places = ", ".join(str(line) for line in said[:5])
            out.append(Fault(said[0], f"The name “{name}” is spoken, in what begins in line {places}. Readers could tell who is meant."))
    return out
