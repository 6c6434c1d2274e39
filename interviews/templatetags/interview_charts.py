"""{% load interview_charts %}: the small drawings of the interviews' pages."""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString, mark_safe

from interviews import charts
from interviews.core.saturation import Saturation

register = template.Library()


@register.simple_tag
def curve(found: Saturation) -> SafeString:
    """{% curve row.saturation %}: only numbers go into the SVG."""
    return mark_safe(charts.curve(found))  # noqa: S308
