"""Many interviews at once: what list pages are counted and timed with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import cycle as again

import pgtrigger
from django.db import connection

from departments.models import Department, ReviewCycle, User
from interviews.core.terms import Condition, InterviewState, Level, StakeholderRole, Stance
from interviews.models import Answer, Coding, Guide, Interview, Question, Scope, Stakeholder, Theme

AT = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
SENTENCES = (
    "Requests wait a day or two before anybody picks them up.",
    "We agree on a date and then the stock is not there.",
    "The new list helps, people look at it every morning.",
    "Nobody told us that the form had changed.",
    "Two of us do the work that five did last year.",
)
TEXT = " ".join(SENTENCES)
STANCES = (Stance.PROBLEM, Stance.PROBLEM, Stance.STRENGTH, Stance.PROBLEM, Stance.MIXED)
ANSWERS = 5
INSERT = """
    INSERT INTO interviews_excerpt
        (coding_id, answer_id, start, "end", text, theme_id, stance, department_id, quotable, created_at, updated_at)
    SELECT coding, answer, start, start + length(said), said, theme, stance, department, quotable, %s, %s
    FROM unnest(%s::bigint[], %s::bigint[], %s::int[], %s::text[], %s::bigint[], %s::text[], %s::bigint[], %s::bool[])
        AS given (coding, answer, start, said, theme, stance, department, quotable)
"""


@dataclass(frozen=True)
class Made:
    """What `fill` made."""

    departments: list[Department]
    themes: list[Theme]
    guide: Guide
    interviews: list[Interview]


def fill(cycle: ReviewCycle, interviewer: User, *, interviews: int = 500, excerpts: int = 10_000, departments: int = 20) -> Made:
    """Finished interviews in the cycle, one stakeholder each, and the excerpts of their first codings, spread evenly.

    Departments, roles, days, themes, stances and stretches take turns, so that a list can be filtered by any of them. It can be
    called once for a cycle, and takes a few statements whatever the numbers are.
    """
    places = _departments(cycle, departments)
    themes = _themes(cycle)
    guide, questions = _guide(cycle)
    held = _interviews(cycle, interviewer, guide, places, interviews)
    answers = Answer.objects.bulk_create(
        [
            Answer(interview=one, question=question, position=question.position, text=TEXT, version=1, updated_at=AT)
            for one in held
            for question in questions
        ],
        batch_size=5_000,
    )
    codings = Coding.objects.bulk_create([Coding(interview=one, coder=interviewer, started_at=AT, finished_at=AT) for one in held])
    _excerpts(codings, answers, themes, places, excerpts)
    return Made(places, themes, guide, held)


def _departments(cycle: ReviewCycle, count: int) -> list[Department]:
    names = [f"Scale {cycle.pk} {number}" for number in range(count)]
    made = Department.objects.bulk_create(Department(code=name.lower().replace(" ", "-"), name=name, key=name.lower()) for name in names)
    Scope.objects.bulk_create(
        Scope(cycle=cycle, department=one, planned_head=1, planned_lead=4, planned_front_line=20, focus="How work is handed over")
        for one in made
    )
    return made


def _themes(cycle: ReviewCycle) -> list[Theme]:
    """One for each place of the taxonomy of causes."""
    return Theme.objects.bulk_create(
        Theme(
            code=f"scale-{cycle.pk}-{level}-{condition}",
            name=f"Scale {cycle.pk} {level} {condition}",
            key=f"scale {cycle.pk} {level} {condition}",
            definition=f"What is said about {condition} on the level of the {level}.",
            keywords=[level, condition],
            level=level,
            condition=condition,
            created_at=AT,
        )
        for level in Level
        for condition in Condition
    )


def _guide(cycle: ReviewCycle) -> tuple[Guide, list[Question]]:
    guide = Guide.objects.create(code=f"scale-{cycle.pk}", name=f"Scale {cycle.pk}", created_at=AT)
    questions = [Question(guide=guide, position=number, text=f"What about part {number} of your work?") for number in range(1, ANSWERS + 1)]
    return guide, Question.objects.bulk_create(questions)


def _interviews(cycle: ReviewCycle, interviewer: User, guide: Guide, places: list[Department], count: int) -> list[Interview]:
    roles = list(StakeholderRole)
    people = Stakeholder.objects.bulk_create(
        Stakeholder(
            cycle=cycle, department=places[n % len(places)], role=roles[n // len(places) % len(roles)], pseudonym=f"S-{n:05d}"
        )
        for n in range(count)
    )  # fmt: skip
    return Interview.objects.bulk_create(
        Interview(
            cycle=cycle,
            stakeholder=one,
            department=one.department,
            role=one.role,
            guide=guide,
            interviewer=interviewer,
            held_on=date(2025, 10, 1) + timedelta(days=n % 90),
            consent="verbal",
            quotable=n % 3 > 0,
            state=InterviewState.FINISHED,
            created_at=AT,
            updated_at=AT,
            finished_at=AT,
        )
        for n, one in enumerate(people)
    )


def _excerpts(codings: list[Coding], answers: list[Answer], themes: list[Theme], places: list[Department], count: int) -> None:
    """A sentence each: first the first sentence of every answer, then the second; again from the start when all are taken.

    Without their history, which would take most of the time.
    """
    starts = [TEXT.index(one) for one in SENTENCES]
    turns = again((sentence, answer) for sentence in range(len(SENTENCES)) for answer in range(len(answers)))
    rows = [
        (
            codings[answer // ANSWERS].pk,
            answers[answer].pk,
            starts[sentence],
            SENTENCES[sentence],
            themes[number % len(themes)].pk,
            STANCES[sentence].value,
            places[number % len(places)].pk,
            number % 2 == 0,
        )
        for number, (sentence, answer) in zip(range(count), turns, strict=False)
    ]
    if not rows:
        return
    with connection.cursor() as cursor, pgtrigger.ignore():
        cursor.execute(INSERT, [AT, AT, *(list(column) for column in zip(*rows, strict=True))])
