"""A KPI file as columns: texts as numbers of their distinct values, figures as floats, and which rows are faulty in themselves.

A text file is decoded, its header found and its columns mapped; then it is read once. How its numbers and dates are written is decided
by the evidence of the whole file: where that is a decimal comma it is read again. What rows say of each other, and of what is known
already, comes after this: metrics.core.settle.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from departments.core.names import key
from metrics.core import period_text
from metrics.core.answers import Answers
from metrics.core.dialect import Decoded, decode
from metrics.core.gather import NUMBERS, Gathered, gather
from metrics.core.mapping import NEEDED, Mapping, Names, propose, unknown_columns
from metrics.core.numbers import Evidence, Mark, Notation
from metrics.core.period_text import DateOrder
from metrics.core.problems import Problems, Question, Unreadable
from metrics.core.tabular import LIMITS, Limits, Table
from metrics.core.texts import Texts, meanings

DOUBTS = 3  # sentences in a question
Codes = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Marks:
    """What the cells of a column say beside their numbers: row -> code -> Mark."""

    codes: npt.NDArray[np.int16]
    said: list[Mark]


@dataclass(frozen=True)
class Understood:
    """How the file was read, for people to see and change. `aside`: what was left out, [(line, why)]."""

    encoding: str
    guessed: bool
    delimiter: str
    mapping: Mapping
    decimal: str
    dates: str
    layout: str
    aside: list[tuple[int, str]]
    sample: list[list[str]]


@dataclass(frozen=True)
class Sheet:
    """The observations of the file, in its order. `bad`: those with a problem of their own; `unplaced`: rows besides these that could
    not even be put into columns, or all rows when no column could be told. `questions`: what the file leaves open."""

    lines: Codes
    texts: dict[str, Texts]
    numbers: dict[str, Floats]
    marks: dict[str, Marks]
    bad: npt.NDArray[np.bool_]
    unplaced: int
    problems: Problems
    questions: list[Question] = field(default_factory=list)
    labels: dict[str, str] = field(default_factory=dict)
    understood: Understood | None = None
    left_out: int = 0


def read(
    content: bytes,
    *,
    answers: Answers | None = None,
    names: Names | None = None,
    recall: Callable[[str], Answers] | None = None,
    limits: Limits = LIMITS,
    fiscal_start: int = 1,
    progress: Callable[[int], None] | None = None,
) -> Sheet:
    """The file's columns, with every problem of single cells and rows noted, and the questions that it leaves open.

    `names`: keys of known departments and KPIs, which help to tell what a column is. `recall`: layout -> what was answered for it
    before; `answers` go before these. `progress` is told the number of rows so far. Raises Unreadable when the bytes are no table.
    """
    return _Reading(
        decode(content, answers.encoding if answers else ""), answers or Answers(), names or Names(), limits, fiscal_start
    ).read(recall, progress)


def _documented(evidence: Evidence, delimiter: str) -> bool:
    """Documented files write decimals after a point; only where commas part the cells can nobody have meant otherwise."""
    return delimiter == "," and "," not in evidence.either and not evidence.comma


def layout_of(header: list[str]) -> str:
    """What files with that header have in common, in whatever order of their rows: a digest."""
    return hashlib.sha256("\n".join(map(key, header)).encode()).hexdigest()


@dataclass
class _Reading:
    decoded: Decoded
    answers: Answers
    names: Names
    limits: Limits
    fiscal_start: int
    last: Answers = field(init=False)

    def read(self, recall: Callable[[str], Answers] | None, progress: Callable[[int], None] | None) -> Sheet:
        table = self._begin()
        layout = layout_of(table.header)
        self.last = recall(layout) if recall else Answers()
        # How the last file wrote its numbers and dates is no proof of this one: it only answers what this one leaves open.
        self.answers = self.answers.over(replace(self.last, decimal="", dates=""))
        mapping = propose(table.header, table.sample, self.answers, self.names, (table.header_line, table.header_last))
        if open_columns := self._columns(mapping):
            return self._unplaced(table, mapping, layout, open_columns, progress)
        gathered, table, notation = self._pass(table, mapping, progress)
        return self._sheet(gathered, table, mapping, notation, layout)

    def _begin(self) -> Table:
        return Table(self.decoded.content, Problems(), self.limits, self.answers.delimiter, self.answers.header_line)

    def _columns(self, mapping: Mapping) -> list[Question]:
        """What must be known of the columns before a row can be read."""
        unsure = [column.header or f"column {column.place + 1}" for column in mapping.unsure]
        headers = [column.header or f"column {column.place + 1}" for column in mapping.columns]
        missing = mapping.missing
        if not missing and not unsure:
            return []
        said = ["Which column is what?"]
        said += [f"No column is the {' or the '.join(missing)}."] if missing else []
        said += [f"Look at {', '.join(f'“{name}”' for name in unsure[:5])} first."] if unsure else []
        said += [column.doubt for column in mapping.unsure if column.doubt][:DOUBTS]
        said += [f"Needed: {', '.join(NEEDED)}."]
        return [Question("columns", ", ".join(missing or unsure), headers, "--mapping", " ".join(said))]

    def _unplaced(
        self, table: Table, mapping: Mapping, layout: str, questions: list[Question], progress: Callable[[int], None] | None
    ) -> Sheet:
        for _ in table:
            if progress:
                progress(table.rows)
        self._refuse_empty(table)
        nothing = np.zeros(0, np.int32)
        understood = self._understood(table, mapping, {}, "", layout, [])
        return Sheet(nothing, {}, {}, {}, np.zeros(0, bool), table.rows, table.problems, questions, {}, understood)

    def _refuse_empty(self, table: Table) -> None:
        if not table.rows:
            raise Unreadable("The file has a header and no rows.")

    def _pass(self, table: Table, mapping: Mapping, progress: Callable[[int], None] | None) -> tuple[Gathered, Table, dict[str, Notation]]:
        """Read with the decimal sign that was said, else with a point and, where the file proves a comma, once more."""
        fill = bool(self.answers.fill_down)
        said = Notation(self.answers.decimal) if self.answers.decimal else None
        notation = dict.fromkeys(NUMBERS, said or Notation())
        gathered = gather(table, mapping, notation, fill_down=fill, weigh=said is None, progress=progress)
        if gathered.mixed:  # then every cell must be weighed: which of them read both ways?
            table = self._begin()
            gathered = gather(table, mapping, notation, fill_down=fill, weigh=True, thorough=True, progress=progress)
        decided = notation if said else {name: Notation(self._decimal(gathered, name, table.delimiter) or ".") for name in notation}
        if decided != notation:
            table = self._begin()
            gathered = gather(table, mapping, decided, fill_down=fill, weigh=False, evidence=gathered.evidence, progress=progress)
        self._refuse_empty(table)
        for name in unknown_columns(mapping.columns, self.answers):
            table.problems.add(table.header_line, name, "", f"The answers name a column “{name}”, which the file does not have.")
        return gathered, table, decided

    def _decimal(self, gathered: Gathered, name: str, delimiter: str) -> str | None:
        """The decimal sign of a column: as it proves itself, else as the others do, else as in the last file where this one asks."""
        own = gathered.evidence.get(name, Evidence())
        if own.decimal:
            return own.decimal
        every = Evidence()
        for one in gathered.evidence.values():
            every = every.merge(one)
        return every.decimal or (self.last.decimal if own.asks and not _documented(own, delimiter) else None)

    def _sheet(self, gathered: Gathered, table: Table, mapping: Mapping, notation: dict[str, Notation], layout: str) -> Sheet:
        order, dates = self._dates(gathered)
        texts = meanings(
            gathered.distinct, gathered.codes, self.answers, order=order, asked=bool(dates), fiscal_start=self.fiscal_start,
            longest=self.limits.cell, known=self.names,
        )  # fmt: skip
        gathered.finish(texts)
        aside = [*((row.line, "above the header") for row in table.preamble), *gathered.aside]
        aside += [(line, f"“{cell[:80]}” is no row of figures") for line, cell in table.asides]
        aside.sort(key=lambda pair: pair[0])
        decimal = self._decimals(gathered, table.delimiter) if not self.answers.decimal else []
        questions = [*decimal, *dates, *self._filling(gathered, texts)]
        understood = self._understood(table, mapping, notation, order or "", layout, aside)
        marks = {name: Marks(codes, said) for name, (codes, said) in gathered.marks.items()}
        unplaced = table.rows - gathered.placed
        return Sheet(
            gathered.lines,
            texts,
            gathered.numbers,
            marks,
            gathered.bad,
            unplaced,
            table.problems,
            questions,
            gathered.labels,
            understood,
            gathered.left_out,
        )

    def _dates(self, gathered: Gathered) -> tuple[DateOrder | None, list[Question]]:
        if self.answers.dates:
            return DateOrder(self.answers.dates), []
        evidence = period_text.evidence(gathered.distinct["period"])
        if not evidence.asks:
            return evidence.order, []
        if self.last.dates:
            return DateOrder(self.last.dates), []
        text = f"Is “{evidence.either}” written day first or month first? The file does not prove it."
        if evidence.day_first:
            text = f"“{evidence.day_first}” begins with the day, “{evidence.month_first}” with the month. Which one is “{evidence.either}”?"
        label = gathered.labels.get("period", "period")
        return None, [Question("dates", label, list(DateOrder), "--dayfirst|--monthfirst", text)]

    def _decimals(self, gathered: Gathered, delimiter: str) -> list[Question]:
        """The columns whose decimal sign neither they nor the others prove."""
        for name, evidence in gathered.evidence.items():
            if evidence.asks and not _documented(evidence, delimiter) and not self._decimal(gathered, name, delimiter):
                label = gathered.labels.get(name, name)
                text = f"Is “{evidence.either or evidence.point}” in “{label}” written with a decimal point or a decimal comma?"
                return [Question("decimal", label, [".", ","], "--decimal", text)]
        return []

    def _filling(self, gathered: Gathered, texts: dict[str, Texts]) -> list[Question]:
        """Whether blank departments and KPIs stand for the one above, as merged cells leave them."""
        if self.answers.fill_down is not None:
            return []
        for name in ("department", "kpi"):
            column = texts[name]
            blank = np.array([not spelt.strip() for spelt in column.spelt], bool)[column.codes]
            if len(blank) > 1 and not blank[0] and blank.mean() >= 0.25:
                label = gathered.labels.get(name, name)
                text = f"In {int(blank.sum()):,} rows “{label}” is blank. Does a blank mean the one above it?"
                return [Question("fill_down", label, ["yes", "no"], "--mapping", text)]
        return []

    def _understood(
        self, table: Table, mapping: Mapping, notation: dict[str, Notation], dates: str, layout: str, aside: list[tuple[int, str]]
    ) -> Understood:
        signs = {one.decimal for one in notation.values()}
        return Understood(
            self.decoded.encoding, self.decoded.guessed, table.delimiter, mapping, "".join(sorted(signs)), str(dates), layout, aside,
            [list(row) for row in table.sample[:8]],
        )  # fmt: skip
