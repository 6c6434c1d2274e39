"""Filters that show numbers, quantities and periods: saypro_review.lib.formatting in templates."""

from __future__ import annotations

from datetime import date

from django import template

from saypro_review.lib import formatting

register = template.Library()


@register.filter
def number(value: float | None, digits: int = 3) -> str:
    """{{ value|number }} or {{ value|number:4 }}: significant figures."""
    return formatting.number(value, digits)


@register.filter
def with_unit(value: float | None, unit: str) -> str:
    """{{ value|with_unit:kpi.unit }}: "12.3 %"; an attribute of something that is not there counts as missing."""
    return formatting.quantity(None if value == "" else value, unit)


@register.filter
def signed(value: float | None, unit: str = "") -> str:
    """{{ value|signed:kpi.unit }}: "+1.2 h"."""
    return formatting.signed_quantity(value, unit)


@register.filter
def difference(value: float | None, unit: str = "") -> str:
    """{{ shortfall|difference:kpi.unit }}: as `signed`, but of two percentages in points."""
    return formatting.difference(value, unit)


@register.filter
def percent(fraction: float | None, digits: int = 0) -> str:
    """{{ share|percent }}: .625 -> "62 %"."""
    return formatting.percent(fraction, digits)


@register.filter
def period(first_day: date | None, frequency: str) -> str:
    """{{ day|period:kpi.frequency }}: "Mar 2026"."""
    return formatting.period_label(first_day, frequency) if first_day else formatting.MISSING


@register.filter
def plural(count: int, words: str) -> str:
    """{{ n|plural:"gap" }} or {{ n|plural:"entry,entries" }}: "3 gaps"."""
    one, _, many = words.partition(",")
    return formatting.plural(count, one, many)
