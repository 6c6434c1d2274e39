"""What drives what: links between KPIs that people state. One person at a time, so that no two together close a loop.

Verdicts do not rest on drivers, so nothing is judged anew when one changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from departments.models import Department, User
from departments.services import audit
from metrics.core.dictionary import paragraphs
from metrics.core.drivers import End, Link, loop
from metrics.models import KPI, DriverLink
from metrics.queries.drivers import core_link
from metrics.services import locks

FIELDS = ("driver", "driver_department", "driven", "driven_department", "reason")
ITSELF = "A KPI does not drive itself. Between departments it may: then name a department on both sides."


@transaction.atomic
def add(*, by: User | None, at: datetime, **values: Any) -> DriverLink:
    """A new link of these FIELDS. Raises ValidationError, by field, and for a loop with the way round it."""
    locks.wait_for(locks.DRIVERS)
    link = DriverLink(**values)
    _save(link)
    audit.record("driver.create", by=by, at=at, on=link, **_plain(link))
    return link


@transaction.atomic
def change(link: DriverLink, *, by: User | None, at: datetime, **values: Any) -> bool:
    """Give the link these values of FIELDS; whether any is new. Raises as `add` does."""
    locks.wait_for(locks.DRIVERS)
    link = DriverLink.objects.select_related(*FIELDS[:4]).get(pk=link.pk)
    before = _plain(link)
    for name, value in values.items():
        setattr(link, name, value)
    _save(link)
    changed = {name: [before[name], value] for name, value in _plain(link).items() if before[name] != value}
    if changed:
        audit.record("driver.change", by=by, at=at, on=link, **changed)
    return bool(changed)


@transaction.atomic
def delete(link: DriverLink, *, by: User | None, at: datetime) -> None:
    """Take the link back. Twice is once."""
    if not DriverLink.objects.select_for_update().filter(pk=link.pk).exists():
        return
    audit.record("driver.delete", by=by, at=at, on=link, **_plain(link))
    link.delete()


def graph(*, without: int | None = None) -> list[Link]:
    """Every link there is, as the core reads it; one left out by its id."""
    rows = (DriverLink.objects.exclude(pk=without) if without else DriverLink.objects.all()).order_by("pk")
    ends = rows.values_list("driver", "driver_department", "driven", "driven_department")
    return [Link(End(*end[:2]), End(*end[2:])) for end in ends]


def spelt(ends: Sequence[End]) -> str:
    """The ends in words: "Conversion rate (Sales) → Revenue → Conversion rate (Sales)"."""
    kpis = KPI.objects.in_bulk({end.kpi for end in ends})
    departments = Department.objects.in_bulk({end.department for end in ends if end.department})
    names = [f"{kpis[end.kpi]} ({departments[end.department]})" if end.department else str(kpis[end.kpi]) for end in ends]
    return " → ".join(names)


def _plain(link: DriverLink) -> dict[str, Any]:
    """Its FIELDS as the audit keeps them."""
    return {name: getattr(link, name) if name == "reason" else getattr(link, f"{name}_id") for name in FIELDS}


def _save(link: DriverLink) -> None:
    """Save it, or say by field what is wrong."""
    try:
        link.reason = paragraphs(link.reason)
    except ValueError as error:
        raise ValidationError({"reason": str(error)}) from None
    if not link.reason:
        raise ValidationError({"reason": "Say why it does."})
    ends = core_link(link)
    same = {f"{name}_id": getattr(link, f"{name}_id") for name in FIELDS[:4]}
    if DriverLink.objects.exclude(pk=link.pk).filter(**same).exists():
        raise ValidationError({"driver": "This driver is stated already."})
    if ends.driver.overlaps(ends.driven):
        raise ValidationError({"driven": ITSELF})
    if round_ := loop(graph(without=link.pk), ends):
        raise ValidationError({"driven": f"This would go round in a loop: {spelt(round_)}."})
    link.full_clean(validate_unique=False, validate_constraints=False)
    link.save()
