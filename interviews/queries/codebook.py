"""The codebook for its pages: themes at their places, how often reviewers find them, and what was done to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter

from django.db.models import Count, QuerySet

from departments.core.names import key
from departments.models import User
from interviews.core.terms import Condition, Level
from interviews.models import CodebookChange, Excerpt, Interview, Theme
from interviews.queries.excerpts import SHOWN, open_blind

LEVELS, CONDITIONS = list(Level), list(Condition)
SORTS = ("name", "excerpts", "voices", "departments")


@dataclass(frozen=True)
class Line:
    """A theme and how often it was found in the interviews that the person may read; None where they may read none."""

    theme: Theme
    excerpts: int | None = None
    voices: int | None = None
    departments: int | None = None

    @property
    def name(self) -> str:
        return self.theme.key


@dataclass(frozen=True)
class Group:
    """The themes of one level, in the order of conditions."""

    level: str
    lines: list[Line]


def excerpts_read(user: User) -> QuerySet[Excerpt]:
    """What verdicts rest on, of all interviews that the person may read; not of those that they are coding blind themselves."""
    blind = set(open_blind(user).values_list("interview", flat=True))
    seen = Interview.objects.visible_to(user).order_by().values_list("pk", flat=True)
    return Excerpt.objects.evidence().filter(coding__interview__in=[pk for pk in seen if pk not in blind])  # as in queries.excerpts


def excerpts_of(theme: Theme, user: User) -> QuerySet[Excerpt]:
    """Those of the theme, in the order of their words: it tells nothing of who came first."""
    shown = excerpts_read(user).filter(theme=theme).select_related(*SHOWN, "coding__interview__cycle")
    return shown.order_by("department__name", "text", "pk")


def lines(user: User, *, q: str = "", level: str = "", condition: str = "", used: str = "", sort: str = "") -> list[Line]:
    """The themes in use, narrowed. `q`: part of name, definition or a keyword; `used`: "yes" or "no"; `sort`: one of SORTS, with a minus
    for the other way round, else by place among causes."""
    chosen = {name: value for name, value in (("level", level), ("condition", condition)) if value}
    found = counted(list(Theme.objects.in_use().filter(**chosen)), user)
    if q:
        found = [line for line in found if _has(line.theme, key(q))]
    if used:
        found = [line for line in found if bool(line.excerpts) == (used == "yes")]
    column = sort.removeprefix("-")
    if column in SORTS and (column == "name" or user.standing.is_reviewer):
        return sorted(found, key=attrgetter(column), reverse=sort.startswith("-"))
    return sorted(found, key=lambda line: _place(line.theme))


def counted(themes: Sequence[Theme], user: User) -> list[Line]:
    """The themes with their counts, for reviewers only."""
    if not user.standing.is_reviewer:
        return [Line(theme) for theme in themes]
    numbers = {
        row["theme"]: (row["excerpts"], row["voices"], row["departments"])
        for row in excerpts_read(user)
        .order_by()
        .values("theme")
        .annotate(
            excerpts=Count("pk"),
            voices=Count("coding__interview__stakeholder", distinct=True),
            departments=Count("department", distinct=True),
        )
    }
    return [Line(theme, *numbers.get(theme.pk, (0, 0, 0))) for theme in themes]


def grouped(found: Sequence[Line]) -> list[Group]:
    """By level, as METHODS 8 names them; levels without themes are left out."""
    groups = [Group(level.value.capitalize(), [line for line in found if line.theme.level == level]) for level in LEVELS]
    return [group for group in groups if group.lines]


def retired(user: User) -> list[Line]:
    """Themes out of use, with what they became part of."""
    return counted(list(Theme.objects.filter(retired_at__isnull=False).select_related("merged_into")), user)


def changes_of(theme: Theme) -> QuerySet[CodebookChange]:
    """What was done to the theme, newest first."""
    return changes().filter(before__themes__has_key=str(theme.pk))


def changes() -> QuerySet[CodebookChange]:
    """All that was done to the codebook, newest first."""
    return CodebookChange.objects.select_related("created_by", "undone_by")


def _has(theme: Theme, text: str) -> bool:
    return any(text in key(part) for part in (theme.name, theme.definition, *theme.keywords))


def _place(theme: Theme) -> tuple[int, int, str, int]:
    return LEVELS.index(Level(theme.level)), CONDITIONS.index(Condition(theme.condition)), theme.key, theme.pk
