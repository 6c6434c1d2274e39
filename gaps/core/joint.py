"""The joint display: for every department and KPI, and every department and theme without a KPI, what people say, what the data say, and
how the two stand to each other, with all that it rests on. METHODS section 6."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from gaps.core.triangulation import Data, Relationship, View, people_view, triangulate
from interviews.core.terms import Stance


@dataclass(frozen=True, order=True)
class Subject:
    """What a cell is about: a KPI of a department or, where `kpi` is None, a theme of it. All by id."""

    department: int
    kpi: int | None = None
    theme: int | None = None

    @property
    def order(self) -> tuple[int, int, int]:
        return (self.department, self.kpi or 0, self.theme or 0)


@dataclass(frozen=True)
class Said:
    """One coded excerpt: `voice` is the interviewee's id, `subject` whom and what it is about."""

    excerpt: int
    voice: int
    department: int
    theme: int
    stance: Stance
    kpi: int | None = None

    @property
    def subject(self) -> Subject:
        return Subject(self.department, self.kpi) if self.kpi is not None else Subject(self.department, theme=self.theme)


@dataclass(frozen=True)
class Asked:
    """A voice answered a question about a department: about one KPI of it, or, where that is None, about its function as a whole."""

    voice: int
    department: int
    kpi: int | None = None


@dataclass(frozen=True)
class Cell:
    """One cell of the display. `excerpts`: the ids that the people's view rests on, in order; `asked`: the voices that were asked."""

    subject: Subject
    people: View
    data: Data
    relationship: Relationship
    excerpts: tuple[int, ...]
    asked: frozenset[int]


def display(said: Iterable[Said], asked: Iterable[Asked], data: Mapping[tuple[int, int], Data]) -> list[Cell]:
    """Every cell that the data or somebody knows of, in the order of their ids. `data`: by (kpi, department).

    Whoever was asked about a department's function as a whole was asked about each of its KPIs and themes.
    """
    stances: dict[Subject, dict[int, set[Stance]]] = defaultdict(lambda: defaultdict(set))
    excerpts: dict[Subject, list[int]] = defaultdict(list)
    for one in said:
        stances[one.subject][one.voice].add(one.stance)
        excerpts[one.subject].append(one.excerpt)
    about: dict[tuple[int, int | None], set[int]] = defaultdict(set)
    for question in asked:
        about[question.department, question.kpi].add(question.voice)
    subjects = {Subject(department, kpi) for kpi, department in data} | stances.keys()
    subjects |= {Subject(department, kpi) for department, kpi in about if kpi is not None}
    cells = []
    for subject in sorted(subjects, key=lambda one: one.order):
        heard = about.get((subject.department, None), set()) | (
            about.get((subject.department, subject.kpi), set()) if subject.kpi is not None else set()
        )
        view = people_view(stances.get(subject, {}), heard)
        known = data.get((subject.kpi, subject.department), Data.UNMEASURED) if subject.kpi is not None else Data.UNMEASURED
        held = tuple(sorted(excerpts.get(subject, ())))
        cells.append(Cell(subject, view, known, triangulate(view, known), held, frozenset(heard)))
    return cells
