"""The excerpts of a cycle, for its reviewers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from departments.models import Department, ReviewCycle, User
from interviews.models import Coding, Excerpt, Interview, Theme
from metrics.models import KPI

SORTS = {
    "theme": "theme__name",
    "stance": "stance",
    "department": "department__name",
    "voice": "coding__interview__stakeholder__pseudonym",
    "text": "text",
}
SHOWN = ("theme", "department", "kpi", "cause_theme", "cause_department", "cause_kpi", "answer", "coding__interview__stakeholder")


def open_blind(user: User) -> QuerySet[Coding]:
    """The person's own codings as a second coder that are not finished: what others saw in those interviews is not for them yet."""
    return Coding.objects.filter(coder=user, first=False, finished_at__isnull=True)


def excerpts_seen(cycle: ReviewCycle, user: User) -> QuerySet[Excerpt]:
    """What the cycle's verdicts rest on, as far as the person may read it: of interviews that they may see, and not of those that they
    are coding blind themselves; without those whose words have been destroyed."""
    blind = set(open_blind(user).filter(interview__cycle=cycle).values_list("interview", flat=True))
    seen = Interview.objects.filter(cycle=cycle).visible_to(user).order_by().values_list("pk", flat=True)
    # As numbers: while the server's statistics are older than an import, a subquery here became a nested loop of half an hour.
    return Excerpt.objects.evidence().exclude(text="").filter(coding__interview__in=[pk for pk in seen if pk not in blind])


def excerpts_for(cycle: ReviewCycle, user: User, *, sort: str = "", q: str = "", cause: str = "", **chosen: Any) -> QuerySet[Excerpt]:
    """The excerpts that the person sees, narrowed. `chosen`: theme, department, kpi and stance; `cause`: "theme:3", "department:2",
    "kpi:7" or "any"; `q`: words in the text; `sort`: one of SORTS, with a minus for the other way round."""
    found = excerpts_seen(cycle, user).filter(**chosen).filter(_of_cause(cause))
    if q:
        found = found.filter(text__icontains=q)
    column = SORTS.get(sort.removeprefix("-"), "theme__name")
    return found.select_related(*SHOWN).order_by(f"-{column}" if sort.startswith("-") else column, "theme__name", "text", "pk")


def _of_cause(cause: str) -> Q:
    kind, _, pk = cause.partition(":")
    if kind in ("theme", "department", "kpi") and pk.isascii() and pk.isdigit() and len(pk) < 18:
        return Q(**{f"cause_{kind}": int(pk)})
    claimed = Q(cause_theme__isnull=False) | Q(cause_department__isnull=False) | Q(cause_kpi__isnull=False)
    return claimed if cause == "any" else Q()


@dataclass(frozen=True)
class Choices:
    """What the filters of the list can offer: what occurs in it."""

    themes: QuerySet[Theme]
    departments: QuerySet[Department]
    kpis: QuerySet[KPI]
    causes: list[tuple[str, list[tuple[str, str]]]]


def choices(cycle: ReviewCycle, user: User) -> Choices:
    """What occurs among the excerpts that the person sees: seven queries."""
    named = ("theme", "department", "kpi", "cause_theme", "cause_department", "cause_kpi")
    rows = excerpts_seen(cycle, user).order_by().values_list(*named).distinct()
    # By their numbers, for the reason given in `excerpts_seen`.
    occurs = {name: {row[place] for row in rows} for place, name in enumerate(named)}
    themes, departments, kpis = Theme.objects.order_by("name"), Department.objects.order_by("name"), KPI.objects.order_by("name")
    causes = [
        (group, [(f"{kind}:{pk}", name) for pk, name in of.filter(pk__in=occurs[f"cause_{kind}"] - {None}).values_list("pk", "name")])
        for group, kind, of in (("A theme", "theme", themes), ("A department", "department", departments), ("A KPI", "kpi", kpis))
    ]
    return Choices(
        themes.filter(pk__in=occurs["theme"]),
        departments.filter(pk__in=occurs["department"]),
        kpis.filter(pk__in=occurs["kpi"] - {None}),
        [(group, rows) for group, rows in causes if rows],
    )
