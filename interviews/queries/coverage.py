"""Interviews held of those planned, and how far the themes of each department are exhausted."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import repeat

from django.db.models import Count, Q

from departments.models import Department, ReviewCycle, User
from interviews.core.coverage import Cell, Coverage, too_few
from interviews.core.saturation import Saturation, State, saturation, words
from interviews.core.terms import DEFAULT_K, Audience, InterviewState, StakeholderRole
from interviews.models import Excerpt, Interview, PrivacyPolicy, Scope


@dataclass(frozen=True)
class Row:
    """A department of the cycle: its scope (None: out of it), its coverage, its saturation where the reader may know it, and in
    words what too few planned voices would keep from being released. `depth`: how many departments stand above it in the list."""

    department: Department
    scope: Scope | None
    coverage: Coverage
    saturation: Saturation | None
    warning: str
    depth: int = 0

    @property
    def saturated(self) -> str:
        """Its saturation in words."""
        return words(self.saturation) if self.saturation else ""


@dataclass(frozen=True)
class Held:
    """Of interviews in scope: how many are held, how many planned, in how many departments. More than planned counts as planned."""

    departments: int
    done: int
    planned: int

    @property
    def complete(self) -> bool:
        return bool(self.planned) and self.done >= self.planned


def coverage(cycle: ReviewCycle, *, reader: User | None = None, everywhere: bool = False) -> list[Row]:
    """The departments in scope and those with interviews, by name; `everywhere`: all that the cycle covers, as a tree.

    Numbers are the same for everybody who plans. Drafts and saturation only where `reader` may read the interviews.
    """
    scopes = {scope.department_id: scope for scope in Scope.objects.filter(cycle=cycle)}
    counts = _counts(cycle)
    themes = _themes(cycle, reader) if reader else {}
    k, voices = _k(cycle), _voices(scopes)
    shown = cycle.covers() if everywhere else Department.objects.filter(pk__in={*scopes, *counts})
    in_order = list(shown.order_by("name", "pk"))
    return [
        Row(
            department=one,
            scope=(scope := scopes.get(one.pk)),
            coverage=_line(one, scope, counts.get(one.pk, {}), themes.get(one.pk), drafts=bool(reader)),
            saturation=themes.get(one.pk),
            warning=too_few(voices[one.pk], managers=k[0], heads=k[1]) if scope else "",
            depth=depth,
        )
        for one, depth in (_tree(in_order) if everywhere else zip(in_order, repeat(0), strict=False))
    ]


def _tree(departments: list[Department]) -> list[tuple[Department, int]]:
    """Each department after the one above it, with its depth; those whose upper one is not among them begin at 0."""
    known = {one.pk for one in departments}
    below: dict[int | None, list[Department]] = defaultdict(list)
    for one in departments:
        below[one.parent_id if one.parent_id in known else None].append(one)

    def walk(parent: int | None, depth: int) -> Iterator[tuple[Department, int]]:
        for one in below[parent]:
            yield one, depth
            yield from walk(one.pk, depth + 1)

    return list(walk(None, 0))


Counts = dict[str, tuple[int, int]]


def _line(department: Department, scope: Scope | None, counts: Counts, found: Saturation | None, *, drafts: bool) -> Coverage:
    cells = []
    for role in StakeholderRole:
        done, begun = counts.get(role.value, (0, 0))
        cells.append(Cell(role, done, begun if drafts else 0, scope.planned(role) if scope else 0))
    state = found.state if found else State.UNDEFINED
    return Coverage(department.code, department.name, tuple(cells), state, in_scope=scope is not None)


def _voices(scopes: dict[int, Scope]) -> Counter[int]:
    """Voices planned in each department and those below it: so they are counted when figures are released."""
    above = dict(Department.objects.values_list("pk", "parent"))
    voices: Counter[int] = Counter()
    for scope in scopes.values():
        place: int | None = scope.department_id
        while place is not None:
            voices[place] += sum(scope.planned(role) for role in StakeholderRole)
            place = above[place]
    return voices


def _counts(cycle: ReviewCycle) -> dict[int, Counts]:
    """Held and begun interviews by department and role."""
    rows = Interview.objects.filter(cycle=cycle).order_by().values_list("department", "role")
    counted = rows.annotate(
        held=Count("pk", filter=Q(state=InterviewState.FINISHED)), begun=Count("pk", filter=Q(state=InterviewState.DRAFT))
    )
    found: dict[int, Counts] = defaultdict(dict)
    for department, role, held, begun in counted:
        found[department][role] = (held, begun)
    return dict(found)


def _themes(cycle: ReviewCycle, reader: User) -> dict[int, Saturation]:
    """Saturation by department, over the coded interviews that the reader may read, in the order in which they were held."""
    raised: dict[int, set[int]] = defaultdict(set)
    for interview, theme in (
        Excerpt.objects.evidence().filter(coding__interview__cycle=cycle).order_by().values_list("coding__interview", "theme")
    ):
        raised[interview].add(theme)
    coded = Q(pk__in=list(raised)) | Q(codings__first=True, codings__finished_at__isnull=False)
    held = Interview.objects.visible_to(reader).filter(coded, cycle=cycle).held().distinct().order_by("held_on", "pk")
    in_order: dict[int, list[Iterable[int]]] = defaultdict(list)
    for interview, department in held.values_list("pk", "department"):
        in_order[department].append(raised.get(interview, ()))
    return {department: saturation(themes) for department, themes in in_order.items()}


def _k(cycle: ReviewCycle) -> tuple[int, int]:
    """The smallest group that managers and that heads are shown."""
    policy = PrivacyPolicy.objects.filter(cycle=cycle).first()
    found = [policy.k(one) if policy else DEFAULT_K[one] for one in (Audience.MANAGERS, Audience.HEADS)]
    return found[0], found[1]


def held_by_department(cycle: ReviewCycle) -> dict[str, Coverage]:
    """Coverage by code of the department, of those in scope or with interviews."""
    return {row.department.code: row.coverage for row in coverage(cycle)}


def held(cycle: ReviewCycle) -> Held:
    """How far the interviews of the cycle are."""
    return total(coverage(cycle))


def total(rows: Iterable[Row]) -> Held:
    """What these rows come to, those in scope."""
    lines = [row.coverage for row in rows if row.scope]
    done = sum(min(cell.done, cell.planned) for line in lines for cell in line.cells)
    return Held(len(lines), done, sum(line.planned for line in lines))
