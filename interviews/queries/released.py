"""What of the interviews a person may see: figures and quotes of the last release to their audience, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import Prefetch

from departments.core.roles import Role
from departments.models import Department, ReviewCycle, User
from interviews.core.said import sentence
from interviews.core.terms import Audience
from interviews.models import PrivacyPolicy, Release, ReleasedFigure, ReleasedQuote


@dataclass(frozen=True)
class Quote:
    """Words without a speaker; `stance` as in the figure that they stand beside."""

    text: str
    stance: str


@dataclass(frozen=True)
class Line:
    """What was released of a theme or a KPI in one department. A count is None where it was not released."""

    code: str
    name: str
    kpi: bool
    counts: dict[str, int]
    quotes: tuple[Quote, ...] = ()

    @property
    def raised(self) -> int | None:
        return self.counts.get("raised")

    @property
    def problem(self) -> int | None:
        return self.counts.get("problem")

    @property
    def strength(self) -> int | None:
        return self.counts.get("strength")

    @property
    def most(self) -> int:
        return max(self.counts.values())

    @property
    def sentence(self) -> str:
        return sentence(**self.counts)


@dataclass(frozen=True)
class Place:
    """What was released about a department and those below it: what most people raised first."""

    department: Department
    lines: list[Line]

    @property
    def themes(self) -> list[Line]:
        return [line for line in self.lines if not line.kpi]

    @property
    def kpis(self) -> list[Line]:
        return [line for line in self.lines if line.kpi]

    @property
    def quotes(self) -> int:
        return sum(len(line.quotes) for line in self.lines)


@dataclass(frozen=True)
class Voices:
    """What an audience has been told: whether anything was released to it yet, its smallest group, and what there is."""

    audience: Audience
    k: int
    released: bool
    places: list[Place] = field(default_factory=list)

    @property
    def lines(self) -> int:
        return sum(len(place.lines) for place in self.places)


@dataclass(frozen=True)
class About:
    """What was released about one department; where nothing was, what was released of the nearest above that the person may see."""

    k: int
    released: bool
    own: Place | None
    above: Place | None


def audience_of(user: User) -> Audience | None:
    """The audience that the person belongs to: heads of departments, or those who see the whole organisation; None for others."""
    if user.standing.everywhere:
        return Audience.MANAGERS
    return Audience.HEADS if Role.HEAD in user.standing.roles else None


def for_cycle(cycle: ReviewCycle, user: User, *, department: Department | None = None, text: str = "", stance: str = "") -> Voices:
    """What the person may see of the cycle, by department. `department`: that one alone; `text`: part of a theme's or KPI's name;
    `stance`: only where a figure of it was released. The whole before its parts. Eight queries at most."""
    seen = Department.objects.visible_to(user)
    release, audience, k = _last(cycle, user)
    places = _places(release, k, [department] if department else seen) if release else []
    kept = [Place(place.department, [line for line in place.lines if _fits(line, text, stance)]) for place in places]
    return Voices(audience, k, release is not None, [place for place in kept if place.lines])


def for_department(cycle: ReviewCycle, department: Department, user: User) -> About:
    """What the person may see about the department."""
    release, _, k = _last(cycle, user)
    if release is None:
        return About(k, False, None, None)
    seen = {one.pk: one for one in Department.objects.visible_to(user)}
    way = [department]
    while way[-1].parent_id in seen:
        way.append(seen[way[-1].parent_id])
    found = {place.department.pk: place for place in _places(release, k, way)}
    own, *above = (found.get(one.pk) for one in way)
    return About(k, True, own, None if own else next((place for place in above if place), None))


def _last(cycle: ReviewCycle, user: User) -> tuple[Release | None, Audience, int]:
    """The release that the person sees, and the k that holds now: a k that was raised hides at once what it no longer allows."""
    audience = audience_of(user)
    policy = PrivacyPolicy.objects.filter(cycle=cycle).first() or PrivacyPolicy(cycle=cycle)
    if audience is None:
        return None, Audience.ORGANISATION, policy.k_organisation
    return Release.objects.filter(cycle=cycle, audience=audience).order_by("-number").first(), audience, policy.k(audience)


def _places(release: Release, k: int, departments: Iterable[Department]) -> list[Place]:
    quotes = ReleasedQuote.objects.order_by("text", "pk").only("figure", "text")
    figures = (
        ReleasedFigure.objects.filter(release=release, voices__gte=k, department__in=departments)
        .select_related("department", "theme", "kpi")
        .defer("members")
        .prefetch_related(Prefetch("quotes", queryset=quotes))
        .order_by("department__name", "department", "theme__name", "kpi__name", "pk")
    )
    grouped: dict[Department, dict[tuple[int | None, int | None], list[ReleasedFigure]]] = {}
    for one in figures:
        grouped.setdefault(one.department, {}).setdefault((one.theme_id, one.kpi_id), []).append(one)
    parents = dict(Department.objects.values_list("pk", "parent"))

    def depth(place: Place) -> int:
        level, above = 0, parents[place.department.pk]
        while above:
            level, above = level + 1, parents[above]
        return level

    return sorted((Place(department, _lines(rows.values())) for department, rows in grouped.items()), key=depth)


def _lines(groups: Iterable[Sequence[ReleasedFigure]]) -> list[Line]:
    return sorted(map(_line, groups), key=lambda line: (-line.most, line.name))


def _line(figures: Sequence[ReleasedFigure]) -> Line:
    subject = figures[0].theme or figures[0].kpi
    assert subject is not None
    said = sorted({(quote.text, figure.stance) for figure in figures for quote in figure.quotes.all()})
    return Line(
        code=subject.code,
        name=subject.name,
        kpi=figures[0].kpi_id is not None,
        counts={figure.stance: figure.voices for figure in figures},
        quotes=tuple(Quote(text, stance) for text, stance in said),
    )


def _fits(line: Line, text: str, stance: str) -> bool:
    return text.casefold() in line.name.casefold() and (not stance or stance in line.counts)
