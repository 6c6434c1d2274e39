"""KPIs and drivers taken over from the library."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from departments.core import names
from departments.models import User
from departments.services import audit
from metrics.core.library import TEMPLATES, USUAL, Template, Usual
from metrics.models import KPI, DriverLink
from metrics.queries.library import present
from metrics.services import drivers, kpis, locks

FIELDS = ("name", "definition", "formula", "unit", "direction", "frequency", "function", "importance")


@dataclass(frozen=True)
class Added:
    """What was taken over; `left_out`: why some drivers were not, in sentences."""

    kpis: list[KPI]
    drivers: list[DriverLink]
    left_out: list[str]


@transaction.atomic
def add(*, templates: Collection[str], usual: Collection[str], by: User | None, at: datetime) -> Added:
    """Make the KPIs of these templates that are not in the dictionary yet, and these drivers of which both KPIs then are.

    `templates`, `usual`: codes of the library; others are passed over. A driver that would close a loop is left out.
    """
    locks.wait_for(locks.DICTIONARY)
    there = present()
    made = [(one.code, _kpi(one, by=by, at=at)) for one in TEMPLATES if one.code in templates and one.code not in there]
    there |= dict(made)
    linked = set(DriverLink.objects.values_list("driver", "driven"))
    wanted = [one for one in USUAL if one.code in usual and {one.driver, one.driven} <= set(there)]
    links, left_out = [], []
    for one in wanted:
        driver, driven = there[one.driver], there[one.driven]
        if (driver.pk, driven.pk) not in linked:
            try:
                links.append(_driver(one, driver, driven, by=by, at=at))
            except ValidationError as error:
                left_out += [f"{driver} does not drive {driven} here. {message}" for message in error.messages]
    audit.record("library.add", by=by, at=at, kpis=[code for code, _ in made], drivers=len(links), left_out=len(left_out))
    return Added([kpi for _, kpi in made], links, left_out)


def _kpi(template: Template, *, by: User | None, at: datetime) -> KPI:
    taken = set(KPI.objects.filter(code__startswith=template.code).values_list("code", flat=True))
    values = {name: getattr(template, name) for name in FIELDS}
    return kpis.create(code=names.code(template.code, taken), by=by, at=at, **values)


def _driver(usual: Usual, driver: KPI, driven: KPI, *, by: User | None, at: datetime) -> DriverLink:
    return drivers.add(driver=driver, driven=driven, reason=usual.reason, by=by, at=at)
