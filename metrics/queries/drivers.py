"""What drives what, as lists and as a drawing."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Q, QuerySet

from departments.core.names import key
from departments.models import Department, User
from metrics.core.drivers import End, Link, around
from metrics.core.layered import LEADING, WIDTH, Arrow, Box, Drawing, draw
from metrics.models import KPI, DriverLink
from metrics.queries.kpis import kpis_seen
from saypro_review.lib.formatting import plural

ENDS = ("driver", "driven", "driver_department", "driven_department")
DRAWN_KPIS = 80  # more boxes than that say nothing
STEPS = 2  # links between a KPI and the farthest that its page draws
NAMED = 3
SORTS = {"driven": "driven__name", "driver": "driver__name"}


def drivers_for(user: User, text: str = "", *, department: Department | None = None, sort: str = "") -> QuerySet[DriverLink]:
    """The links that the person may see, by what is driven. A head does not see one that names a department of others, nor one
    between KPIs neither of which is theirs. `text`: part of the name of either KPI; `department`: links that hold for it."""
    found = DriverLink.objects.select_related(*ENDS)
    if not user.standing.everywhere:
        seen, own = Department.objects.visible_to(user), kpis_seen(user).order_by().values("pk")
        found = found.filter(Q(driver__in=own) | Q(driven__in=own))
        for end in ENDS[2:]:
            found = found.filter(Q(**{end: None}) | Q(**{f"{end}__in": seen}))
    if text:
        found = found.filter(Q(driver__key__contains=key(text)) | Q(driven__key__contains=key(text)))
    if department:
        found = found.filter(
            Q(driver_department=None, driven_department=None) | Q(driver_department=department) | Q(driven_department=department)
        )
    first = SORTS.get(sort.removeprefix("-"), "driven__name")
    return found.order_by(("-" if sort.startswith("-") else "") + first, "driven__name", "driver__name", "pk")


class TextLine(NamedTuple):
    x: int
    y: int
    text: str


@dataclass(frozen=True)
class Shown:
    """A KPI in a drawing. `known`: the person may open its page; `here`: it is the page's own."""

    kpi: KPI
    box: Box
    known: bool
    here: bool

    @property
    def lines(self) -> list[TextLine]:
        middle = self.box.x + WIDTH // 2
        return [TextLine(middle, self.box.baseline + LEADING * number, text) for number, text in enumerate(self.box.lines)]


@dataclass(frozen=True)
class Leads:
    """An arrow in a drawing: the sentences of the links that it stands for. `fixed`: each is for certain departments only."""

    arrow: Arrow
    said: list[str]
    fixed: bool


@dataclass(frozen=True)
class DriverGraph:
    """Links as a drawing, with the sentence that says what it shows."""

    sentence: str
    drawing: Drawing
    kpis: list[Shown]
    arrows: list[Leads]

    @property
    def some_fixed(self) -> bool:
        return any(arrow.fixed for arrow in self.arrows)


def drawn(links: Collection[DriverLink], seen: Collection[int], *, here: KPI | None = None) -> DriverGraph | None:
    """The links between KPIs, departments left out, as a drawing; None where there is nothing, or too much, to draw. `seen`: ids of
    the KPIs whose pages may be opened; `here`: the KPI that the page is about."""
    kpis = {kpi.pk: kpi for link in links for kpi in (link.driver, link.driven)}
    if not 0 < len(kpis) <= DRAWN_KPIS:
        return None
    of: dict[tuple[int, int], list[DriverLink]] = {}
    for link in links:
        of.setdefault((link.driver_id, link.driven_id), []).append(link)
    drawing = draw({pk: kpi.name for pk, kpi in sorted(kpis.items(), key=lambda one: (one[1].name, one[0]))}, of)
    return DriverGraph(
        sentence=_around_words(here, links) if here else _all_words(links, kpis),
        drawing=drawing,
        kpis=[Shown(kpis[box.id], box, box.id in seen, here is not None and box.id == here.pk) for box in drawing.boxes],
        arrows=[
            Leads(arrow, [said(link) for link in of[arrow.edge]], all(_fixed(link) for link in of[arrow.edge])) for arrow in drawing.arrows
        ],
    )


def links_around(kpi: KPI, links: Iterable[DriverLink]) -> list[DriverLink]:
    """Those of the links that lead to the KPI or away from it in at most STEPS."""
    links = list(links)
    return [links[place] for place in around([core_link(link) for link in links], kpi.pk, STEPS)]


def core_link(link: DriverLink) -> Link:
    """The link as the core reads it."""
    return Link(End(link.driver_id, link.driver_department_id), End(link.driven_id, link.driven_department_id))


def said(link: DriverLink) -> str:
    """ "Lead quality (Marketing) drives Conversion rate (Sales)"; ends and departments should be fetched along."""
    return f"{_end(link.driver, link.driver_department)} drives {_end(link.driven, link.driven_department)}"


def _end(kpi: KPI, department: Department | None) -> str:
    return f"{kpi} ({department})" if department else str(kpi)


def _fixed(link: DriverLink) -> bool:
    return bool(link.driver_department_id or link.driven_department_id)


def _all_words(links: Collection[DriverLink], kpis: Collection[int]) -> str:
    return f"{plural(len(links), 'driver')} between {plural(len(kpis), 'KPI')}: an arrow leads from what drives to what is driven."


def _around_words(here: KPI, links: Collection[DriverLink]) -> str:
    up = [link.driver.name for link in links if link.driven_id == here.pk]
    down = [link.driven.name for link in links if link.driver_id == here.pk]
    driven = f"{here} is driven by {_listed(up)}" if up else f"No driver of {here} is listed"
    return f"{driven}; it drives {_listed(down)}." if down else f"{driven}."


def _listed(names: Iterable[str]) -> str:
    """ "A, B, C and 2 others"."""
    names = sorted(set(names))
    shown, rest = names[:NAMED], len(names) - NAMED
    last = plural(rest, "other") if rest > 0 else shown.pop()
    return f"{', '.join(shown)} and {last}" if shown else last
