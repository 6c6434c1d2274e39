"""Interviews from files: all of a file or nothing, and each interview once, however often it is sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from departments.models import ReviewCycle, User
from departments.services import audit
from interviews.core.interchange import InterviewEntry, Problem, Problems, parse, source
from interviews.core.terms import InterviewState
from interviews.models import Answer, Coding, Excerpt, Interview, Stakeholder
from interviews.services.resolving import Placed, Resolver

ACT = "interview.import"
BATCH = 2_000


@dataclass(frozen=True)
class Imported:
    """What a file did, or would do: interviews that are `new` and the `same` as before, and `ids` of the new ones. With `errors`
    (the first thousand of `wrong`), each with its JSON path, nothing was written."""

    new: int
    same: int
    errors: list[Problem] = field(default_factory=list)
    ids: list[int] = field(default_factory=list)
    wrong: int = 0


def import_interviews(content: bytes, *, cycle: ReviewCycle, by: User | None, at: datetime, dry_run: bool = False) -> Imported:
    """The interviews of a JSON file (docs/interviews.md), kept in the cycle: all of them or, when anything is wrong, none.

    An interview that was imported before, by its content, is left as it is, also when it was edited since. `by`: a reviewer of the cycle,
    who is the interviewer where the file names none; None is an operator at the command line, and then the file names them. Nobody
    imports interviews of a department that they head. Raises metrics.core.problems.Unreadable where the bytes are no JSON.
    """
    problems = Problems()
    return import_entries(parse(content, problems), problems, cycle=cycle, by=by, at=at, dry_run=dry_run)


def import_entries(
    entries: Sequence[InterviewEntry],
    problems: Problems,
    *,
    cycle: ReviewCycle,
    by: User | None,
    at: datetime,
    dry_run: bool = False,
) -> Imported:
    """As `import_interviews`, of interviews that have been read. `problems`: what was wrong so far."""
    with transaction.atomic():
        ReviewCycle.objects.select_for_update(no_key=True).get(pk=cycle.pk)  # the same file sent twice at once is imported once
        resolver = Resolver(cycle, by, timezone.localdate(at), problems)
        new, same = _apart(entries, cycle)
        if by is not None and by.email.lower() not in resolver.reviewers:
            problems.add("", f"You do not review “{cycle}”. Let an admin or manager assign you first.")
            return Imported(0, 0, problems.found, wrong=problems.count)
        placed = [found for entry, digest in new if (found := resolver.place(entry, digest)) and _may(resolver, found, by)]
        if problems.count:
            return Imported(0, 0, problems.found, wrong=problems.count)
        if dry_run or not placed:
            return Imported(len(placed), same)
        ids = _write(placed, cycle, at)
        audit.record(ACT, by=by, at=at, on=cycle, new=len(ids), same=same)
    return Imported(len(ids), same, ids=ids)


def _apart(entries: Sequence[InterviewEntry], cycle: ReviewCycle) -> tuple[list[tuple[InterviewEntry, str]], int]:
    """Those not kept yet, each with its digest, and the number of the others."""
    digests = [source(entry) for entry in entries]
    kept = set(Interview.objects.filter(cycle=cycle, source__in=digests).values_list("source", flat=True))
    new: dict[str, InterviewEntry] = {}
    for entry, digest in zip(entries, digests, strict=True):
        if digest not in kept:
            new.setdefault(digest, entry)
    return [(entry, digest) for digest, entry in new.items()], len(entries) - len(new)


def _may(resolver: Resolver, placed: Placed, by: User | None) -> bool:
    """Whether the importer may know of the department's interviews."""
    if by is None or by.pk == placed.interviewer or not resolver.heads_it(by.pk, placed.department):
        return True
    resolver.problems.add(f"{placed.entry.path}.department", "You head this department: somebody else imports its interviews.")
    return False


def _write(placed: Sequence[Placed], cycle: ReviewCycle, at: datetime) -> list[int]:
    people = {id(one.stakeholder): one.stakeholder for one in placed if one.stakeholder.pk is None}
    Stakeholder.objects.bulk_create(people.values(), batch_size=BATCH)
    interviews = Interview.objects.bulk_create([_interview(one, cycle, at) for one in placed], batch_size=BATCH)
    answers: list[Answer] = []
    codings: list[Coding] = []
    for one, interview in zip(placed, interviews, strict=True):
        answers += (
            Answer(
                interview=interview,
                question_id=given.question,
                heading=given.heading,
                position=given.position,
                text=given.text,
                version=1 if given.text else 0,
                updated_at=at,
            )
            for given in one.answers
        )
        ends = {one.interviewer: one.entry.finished} | one.coders
        codings += (
            Coding(
                interview=interview,
                coder_id=coder,
                first=coder == one.interviewer,
                started_at=at,
                finished_at=at if finished else None,
            )
            for coder, finished in ends.items()
        )
    Answer.objects.bulk_create(answers, batch_size=BATCH)
    Coding.objects.bulk_create(codings, batch_size=BATCH)
    _write_excerpts(placed, interviews, answers, codings, at)
    return [interview.pk for interview in interviews]


def _write_excerpts(
    placed: Sequence[Placed], interviews: Sequence[Interview], answers: Sequence[Answer], codings: Sequence[Coding], at: datetime
) -> None:
    answer_at = {(answer.interview_id, answer.position): answer for answer in answers}
    coding_of = {(coding.interview_id, coding.coder_id): coding for coding in codings}
    Excerpt.objects.bulk_create(
        (
            Excerpt(
                coding=coding_of[interview.pk, excerpt.coder],
                answer=answer_at[interview.pk, given.position],
                start=excerpt.entry.start,
                end=excerpt.entry.end,
                text=given.text[excerpt.entry.start : excerpt.entry.end],
                theme_id=excerpt.theme,
                stance=excerpt.entry.stance,
                department_id=excerpt.department,
                kpi_id=excerpt.kpi,
                cause_theme_id=excerpt.cause_theme,
                cause_department_id=excerpt.cause_department,
                cause_kpi_id=excerpt.cause_kpi,
                quotable=excerpt.entry.quotable,
                created_at=at,
                updated_at=at,
            )
            for one, interview in zip(placed, interviews, strict=True)
            for given in one.answers
            for excerpt in given.excerpts
        ),
        batch_size=BATCH,
    )


def _interview(one: Placed, cycle: ReviewCycle, at: datetime) -> Interview:
    entry = one.entry
    return Interview(
        cycle=cycle,
        stakeholder=one.stakeholder,
        department_id=one.department,
        role=entry.role,
        guide_id=one.guide,
        interviewer_id=one.interviewer,
        held_on=entry.held_on,
        consent=entry.consent,
        consent_note=entry.consent_note,
        quotable=entry.quotable,
        state=InterviewState.FINISHED if entry.finished else InterviewState.DRAFT,
        source=one.source,
        created_at=at,
        updated_at=at,
        finished_at=at if entry.finished else None,
    )
