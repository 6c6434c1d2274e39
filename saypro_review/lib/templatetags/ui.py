"""Small parts of pages: icons and the chips that say a grade, a standing, a variation or the quality of data."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from django import template
from django.conf import settings
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from saypro_review.lib.words import GRADES, QUALITIES, STANDINGS, VARIATIONS, Word

register = template.Library()
ICONS = settings.BASE_DIR / "static" / "vendor" / "bootstrap-icons"
PIPS = range(5)


@cache
def _drawing(name: str) -> str:
    """The inside of an icon's file. The files are ours, checked by hash: nothing of a user's gets here."""
    text = (ICONS / f"{name}.svg").read_text(encoding="utf-8")
    return re.sub(r"\s*\n\s*", "", text[text.index(">") + 1 : text.rindex("</svg>")])


@register.simple_tag
@cache
def icon(name: str, look: str = "") -> SafeString:
    """{% icon "upload" %}: a drawing beside words, hidden from screen readers."""
    return mark_safe(  # noqa: S308  both parts are ours
        f'<svg class="icon {look}" viewBox="0 0 16 16" fill="currentColor" aria-hidden="true" focusable="false">{_drawing(name)}</svg>'
    )


@cache
def _pips(level: int) -> SafeString:
    """Five bars, as many filled as the grade."""
    shape = '<rect x="{}" y="{}" width="2" height="{}" rx=".5"{}/>'
    bars = "".join(shape.format(3 * i, 8 - 2 * i, 4 + 2 * i, "" if i < level else ' class="off"') for i in PIPS)
    return mark_safe(f'<svg class="pips" viewBox="0 0 14 12" aria-hidden="true" focusable="false">{bars}</svg>')  # noqa: S308


@register.simple_tag
@cache
def grade(level: int) -> SafeString:
    """{% grade 4 %}: five bars and the word."""
    word = GRADES[level]
    return format_html('<span class="grade grade-{}" title="{}">{}{}</span>', word.look, word.term, _pips(level), word.text)


@cache
def _chip(word: Word) -> SafeString:
    return format_html('<span class="chip chip-{}" title="{}">{}{}</span>', word.look, word.term, icon(word.icon), word.text)


@register.simple_tag
def standing(code: str) -> SafeString:
    """{% standing comparison.standing %}: against a benchmark."""
    return _chip(STANDINGS[str(code)])


@register.simple_tag
def variation(code: str) -> SafeString:
    """{% variation verdict.variation %}: which way it is going."""
    return _chip(VARIATIONS[str(code)])


@register.simple_tag
def quality(code: str, stale: bool = False) -> SafeString:
    """{% quality verdict.quality verdict.stale %}: nothing when there is enough, fresh data."""
    shown = [QUALITIES[str(code)]] if code != "full" else []
    return format_html_join(" ", "{}", ((_chip(word),) for word in shown + ([QUALITIES["stale"]] if stale else [])))


@register.inclusion_tag("components/sort_header.html", takes_context=True)
def sort_header(context: dict[str, Any], field: str, label: str, look: str = "") -> dict[str, Any]:
    """{% sort_header "grade" "Grade" %}: a table's head that sorts by ?sort=grade or -grade and keeps the rest of the query."""
    query = context["request"].GET.copy()
    current = query.get("sort", context.get("sort", ""))
    query["sort"] = f"-{field}" if current == field else field
    query.pop("page", None)
    order = {field: "ascending", f"-{field}": "descending"}.get(current, "none")
    return {"query": query.urlencode(), "label": label, "order": order, "look": look}
