"""Names in a file of interviews, and what they name here. Everything is read once, in a fixed number of queries."""

from __future__ import annotations

import secrets
from collections.abc import Container, Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cache

from departments.core.names import key
from departments.core.roles import Role
from departments.models import CycleReviewer, Department, Membership, ReviewCycle, User
from interviews.core.interchange import AnswerEntry, ExcerptEntry, InterviewEntry, Problems
from interviews.core.pseudonyms import pseudonym
from interviews.models import Guide, Question, Stakeholder, Theme
from metrics.core.near import near
from metrics.models import KPI


class Unknown(Exception):
    """A name that names nothing here; its text says what may have been meant."""


class Names:
    """Things by name or code, compared as KPIs' names are: whatever their case and spaces."""

    def __init__(self, what: str, rows: Iterable[tuple[int, str, str]]):
        self.what = what
        self.names: list[str] = []
        self.ids: dict[str, int] = {}
        codes: dict[str, int] = {}
        for pk, code, name in rows:
            self.names.append(name)
            self.ids[key(name)] = pk
            codes[key(code)] = pk
        self.ids = codes | self.ids  # a name goes before a code
        self._near = cache(lambda name: near(name, self.names))

    def find(self, name: str) -> int:
        """The id of what the name names. Raises Unknown."""
        if (found := self.ids.get(key(name))) is not None:
            return found
        meant = " or ".join(f"“{one}”" for one in self._near(name))
        raise Unknown(
            f"There is no {self.what} “{name[:80]}”. {f'Is {meant} meant?' if meant else f'Write the name or code of a {self.what}.'}"
        )


class _Taken:
    """Pseudonyms that somebody has, compared as names are."""

    def __init__(self, keys: Container[str]):
        self.keys = keys

    def __contains__(self, name: object) -> bool:
        return key(str(name)) in self.keys


@dataclass(frozen=True)
class PlacedExcerpt:
    """An excerpt with its ids; `coder`: a user."""

    entry: ExcerptEntry
    coder: int
    theme: int
    department: int
    kpi: int | None
    cause_theme: int | None
    cause_department: int | None
    cause_kpi: int | None


@dataclass(frozen=True)
class PlacedAnswer:
    """An answer at its place in the interview."""

    position: int
    question: int | None
    heading: str
    text: str
    excerpts: tuple[PlacedExcerpt, ...] = ()


@dataclass
class Placed:
    """An interview with the ids of what it names. `stakeholder` is new where it has no id yet."""

    entry: InterviewEntry
    source: str
    department: int
    interviewer: int
    guide: int | None
    stakeholder: Stakeholder
    answers: list[PlacedAnswer]
    coders: dict[int, bool]  # second coders: whether they have finished


@dataclass
class _GuideRow:
    pk: int
    version: int
    retired: bool
    questions: list[tuple[int, str]] = field(default_factory=list)


class Resolver:
    """Places interviews of a cycle; what cannot be placed goes to `problems`, with its path."""

    def __init__(self, cycle: ReviewCycle, by: User | None, today: date, problems: Problems):
        self.cycle, self.by, self.today, self.problems = cycle, by, today, problems
        departments = list(Department.objects.values_list("pk", "code", "name", "parent"))
        self.parents = {pk: parent for pk, _, _, parent in departments}
        self.departments = Names("department", [row[:3] for row in departments])
        self.covered = set(cycle.covers().values_list("pk", flat=True))
        self.themes = Names("theme", Theme.objects.in_use().values_list("pk", "code", "name"))
        self.kpis = Names("KPI", KPI.objects.values_list("pk", "code", "name"))
        self.guides = self._guides()
        self.reviewers = self._reviewers()
        self.heads = self._heads()
        people = list(Stakeholder.objects.filter(cycle=cycle).order_by("pk"))
        self.by_pseudonym = {key(person.pseudonym): person for person in people}
        self.by_name: dict[tuple[str, int, str], list[Stakeholder]] = {}
        for person in people:
            self._note_name(person)

    # What is read

    def _guides(self) -> dict[str, list[_GuideRow]]:
        found: dict[str, list[_GuideRow]] = {}
        rows = {}
        for pk, code, version, retired in Guide.objects.order_by("-version").values_list("pk", "code", "version", "retired_at"):
            rows[pk] = _GuideRow(pk, version, retired is not None)
            found.setdefault(key(code), []).append(rows[pk])
        for guide, pk, text in Question.objects.order_by("guide", "position", "pk").values_list("guide", "pk", "text"):
            rows[guide].questions.append((pk, text))
        return found

    def _reviewers(self) -> dict[str, int]:
        assigned = CycleReviewer.objects.filter(cycle=self.cycle, user__is_active=True, user__memberships__role=Role.REVIEWER)
        return {email.lower(): pk for email, pk in assigned.values_list("user__email", "user")}

    def _heads(self) -> dict[int, set[int]]:
        found: dict[int, set[int]] = {}
        rows = Membership.objects.filter(role=Role.HEAD, user__in=self.reviewers.values())
        for user, department in rows.values_list("user", "department"):
            found.setdefault(user, set()).add(department)
        return found

    def heads_it(self, user: int, department: int) -> bool:
        """Whether the person heads the department or one above it."""
        headed = self.heads.get(user, set())
        place: int | None = department
        while place is not None:
            if place in headed:
                return True
            place = self.parents.get(place)
        return False

    # Placing

    def place(self, entry: InterviewEntry, source: str) -> Placed | None:
        """The interview with ids; None where something of it is wrong."""
        before = self.problems.count
        department = self._find(self.departments, entry.department, f"{entry.path}.department")
        if department is not None and department not in self.covered:
            self.problems.add(f"{entry.path}.department", f"The review “{self.cycle}” does not cover this department.")
        if entry.held_on > self.today:
            self.problems.add(f"{entry.path}.held_on", "This day lies ahead. An interview is imported once it has been held.")
        interviewer = self._person(entry.interviewer, f"{entry.path}.interviewer", department)
        coders = {self._person(one.email, f"{one.path}.email", department): one.finished for one in entry.coders}
        if interviewer in coders:
            self.problems.add(f"{entry.path}.second_coders", "The interviewer is not a second coder of the same interview.")
        guide = self._guide(entry)
        stakeholder = self._stakeholder(entry, department) if department else None
        answers = self._answers(entry, guide, department or 0, interviewer or 0)
        if self.problems.count > before or department is None or interviewer is None or stakeholder is None:
            return None
        seconds = {coder: finished for coder, finished in coders.items() if coder is not None}
        return Placed(entry, source, department, interviewer, guide.pk if guide else None, stakeholder, answers, seconds)

    def _find(self, names: Names, name: str, path: str) -> int | None:
        if not name:
            return None
        try:
            return names.find(name)
        except Unknown as error:
            self.problems.add(path, str(error))
            return None

    def _person(self, email: str, path: str, department: int | None) -> int | None:
        """A reviewer of the cycle who does not head the department; without an address whoever imports."""
        if not email and self.by is None:
            self.problems.add(path, "Write the interviewer's address: nobody signed in imports this.")
            return None
        found = self.reviewers.get(email) if email or self.by is None else self.reviewers.get(self.by.email.lower())
        who = email or "You"
        if found is None:
            self.problems.add(
                path, f"{who} {'does' if email else 'do'} not review “{self.cycle}”. Let an admin or manager assign them first."
            )
        elif department is not None and self.heads_it(found, department):
            self.problems.add(path, f"{who} {'heads' if email else 'head'} this department: somebody else interviews there.")
        return found

    def _guide(self, entry: InterviewEntry) -> _GuideRow | None:
        if not entry.guide:
            return None
        versions = self.guides.get(key(entry.guide), [])
        if not versions:
            known = near(entry.guide, self.guides)
            meant = f"Is {' or '.join(known)} meant?" if known else "Write the code of a guide."
            self.problems.add(f"{entry.path}.guide.code", f"There is no guide “{entry.guide}”. {meant}")
            return None
        if entry.guide_version is None:
            return next((row for row in versions if not row.retired), versions[0])
        found = next((row for row in versions if row.version == entry.guide_version), None)
        if found is None:
            numbers = ", ".join(str(row.version) for row in reversed(versions))
            self.problems.add(f"{entry.path}.guide.version", f"This guide has the versions {numbers}.")
        return found

    # Who was interviewed

    def _note_name(self, person: Stakeholder) -> None:
        if person.name:
            self.by_name.setdefault((key(person.name), person.department_id, person.role), []).append(person)

    def _stakeholder(self, entry: InterviewEntry, department: int) -> Stakeholder | None:
        """The person, known here or new; None where the file contradicts what is known."""
        known = self.by_pseudonym.get(key(entry.pseudonym)) if entry.pseudonym else None
        if known is not None:
            return known if self._is_same(known, entry, department) else None
        same_name = [] if entry.pseudonym else self.by_name.get((key(entry.name), department, entry.role), [])
        if len(same_name) > 1:
            names = ", ".join(person.pseudonym for person in same_name)
            self.problems.add(f"{entry.path}.name", f"Several people have this name. Write the pseudonym: one of {names}.")
            return None
        if same_name:
            return same_name[0]
        made = Stakeholder(
            cycle=self.cycle,
            department_id=department,
            role=entry.role,
            name=entry.name,
            pseudonym=entry.pseudonym or self._free_pseudonym(),
        )
        self.by_pseudonym[key(made.pseudonym)] = made
        self._note_name(made)
        return made

    def _is_same(self, known: Stakeholder, entry: InterviewEntry, department: int) -> bool:
        path = f"{entry.path}.pseudonym"
        if known.erased_at:
            self.problems.add(path, "The record of this person was erased. Choose another pseudonym.")
        elif (known.department_id, known.role) != (department, entry.role):
            self.problems.add(path, "Somebody else has this pseudonym: another department or role. Choose another.")
        elif entry.name and key(entry.name) != key(known.name):
            other = "under another name" if known.name else "without a name: leave the name out"
            self.problems.add(path, f"This person is known here {other}.")
        else:
            return True
        return False

    def _free_pseudonym(self) -> str:
        """One that nobody has, drawn at random: it must not tell in which order people were interviewed."""
        return pseudonym(_Taken(self.by_pseudonym), secrets.randbelow)

    # What was said

    def _answers(self, entry: InterviewEntry, guide: _GuideRow | None, department: int, interviewer: int) -> list[PlacedAnswer]:
        """The answers in their order: every question of the guide, then what was said under other headings."""
        coders = {"": interviewer, **{one.email: self.reviewers.get(one.email, 0) for one in entry.coders}, entry.interviewer: interviewer}
        questions = guide.questions if guide else []
        to_question: dict[int, AnswerEntry] = {}
        others = []
        for answer in entry.answers:
            if answer.question is None:
                others.append(answer)
                continue
            number = self._question(answer, questions) if guide else None
            if number in to_question:
                self.problems.add(f"{answer.path}.question", f"Question {(number or 0) + 1} is answered already. Join the two answers.")
            elif number is not None:
                to_question[number] = answer
        out = []
        for number, (pk, _) in enumerate(questions):
            given = to_question.get(number)
            excerpts = self._excerpts(given, department, coders) if given else ()
            out.append(PlacedAnswer(number + 1, pk, "", given.text if given else "", excerpts))
        for answer in others:
            out.append(PlacedAnswer(len(out) + 1, None, answer.heading, answer.text, self._excerpts(answer, department, coders)))
        return out

    def _question(self, answer: AnswerEntry, questions: list[tuple[int, str]]) -> int | None:
        """Which question of the guide it is, from 0."""
        asked = answer.question
        if isinstance(asked, int):
            if asked <= len(questions):
                return asked - 1
            self.problems.add(f"{answer.path}.question", f"The guide has {len(questions)} questions.")
            return None
        texts = [key(text) for _, text in questions]
        if key(str(asked)) in texts:
            return texts.index(key(str(asked)))
        meant = near(str(asked), [text for _, text in questions], 1)
        hint = f"Is “{meant[0]}” meant?" if meant else "Write its number, or write this as “heading”."
        self.problems.add(f"{answer.path}.question", f"The guide does not ask this. {hint}")
        return None

    def _excerpts(self, answer: AnswerEntry, department: int, coders: dict[str, int]) -> tuple[PlacedExcerpt, ...]:
        return tuple(found for excerpt in answer.excerpts if (found := self._excerpt(excerpt, department, coders)))

    def _excerpt(self, entry: ExcerptEntry, department: int, coders: dict[str, int]) -> PlacedExcerpt | None:
        before = self.problems.count
        theme = self._find(self.themes, entry.theme, f"{entry.path}.theme")
        about = self._find(self.departments, entry.department, f"{entry.path}.department") if entry.department else department
        placed = PlacedExcerpt(
            entry,
            coders[entry.coder],
            theme or 0,
            about or 0,
            self._find(self.kpis, entry.kpi, f"{entry.path}.kpi"),
            self._find(self.themes, entry.cause_theme, f"{entry.path}.cause.theme"),
            self._find(self.departments, entry.cause_department, f"{entry.path}.cause.department"),
            self._find(self.kpis, entry.cause_kpi, f"{entry.path}.cause.kpi"),
        )
        return placed if self.problems.count == before else None
