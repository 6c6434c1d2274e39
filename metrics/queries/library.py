"""The library of KPIs beside the dictionary."""

from __future__ import annotations

from dataclasses import dataclass

from departments.core.names import key
from departments.core.roles import Function
from departments.models import User
from metrics.core.library import BY_CODE, USUAL, Template, Usual, by_function
from metrics.models import KPI, DriverLink
from metrics.queries.kpis import kpis_seen
from saypro_review.lib.enums import choices


@dataclass(frozen=True)
class Offer:
    """A template; `kpi`: the one of the same name that is in the dictionary."""

    template: Template
    kpi: KPI | None


@dataclass(frozen=True)
class UsualDriver:
    """What usually drives what; `there`: some link between the two KPIs is stated already."""

    usual: Usual
    driver: Offer
    driven: Offer
    there: bool


@dataclass(frozen=True)
class Section:
    """The templates of one function."""

    function: Function
    offers: list[Offer]

    @property
    def label(self) -> str:
        return dict(choices(Function))[self.function]


@dataclass(frozen=True)
class Library:
    sections: list[Section]
    drivers: list[UsualDriver]

    @property
    def complete(self) -> bool:
        """Whether there is nothing left to add."""
        offers = [offer for section in self.sections for offer in section.offers]
        return all(offer.kpi for offer in offers) and all(driver.there for driver in self.drivers)


def present() -> dict[str, KPI]:
    """template code -> the KPI of the dictionary that has its name."""
    found = KPI.objects.in_bulk({key(template.name) for template in BY_CODE.values()}, field_name="key")
    return {code: found[name] for code, template in BY_CODE.items() if (name := key(template.name)) in found}


def library(user: User) -> Library:
    """The library as the person may see it: marked as present are KPIs that they may know of. Three queries."""
    seen = set(kpis_seen(user).values_list("pk", flat=True))
    there = {code: kpi for code, kpi in present().items() if kpi.pk in seen}
    offers = {code: Offer(template, there.get(code)) for code, template in BY_CODE.items()}
    linked = set(DriverLink.objects.filter(driver__in=seen, driven__in=seen).values_list("driver", "driven"))
    drivers = [_driver(usual, offers[usual.driver], offers[usual.driven], linked) for usual in USUAL]
    return Library([Section(function, [offers[one.code] for one in section]) for function, section in by_function()], drivers)


def _driver(usual: Usual, driver: Offer, driven: Offer, linked: set[tuple[int, int]]) -> UsualDriver:
    there = bool(driver.kpi and driven.kpi and (driver.kpi.pk, driven.kpi.pk) in linked)
    return UsualDriver(usual, driver, driven, there)
