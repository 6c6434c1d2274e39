"""{% load charts %}: the small charts of lists."""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString, mark_safe

from metrics.charts import Drawn
from metrics.charts import sparkline as draw

register = template.Library()


@register.simple_tag
def sparkline(drawn: Drawn) -> SafeString:
    """{% sparkline line.drawn %}: only numbers and our own words go into the SVG."""
    return mark_safe(draw(drawn))  # noqa: S308
