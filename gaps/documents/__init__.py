"""A summary document in, bytes out. The same document gives the same bytes: no clock, no database, no order of a set."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from gaps.core.edition import Document
from gaps.documents import html, table, text


@dataclass(frozen=True)
class Format:
    """A format that a summary can be had in."""

    name: str
    content_type: str
    render: Callable[[Document], bytes]


FORMATS = {
    one.name: one
    for one in (
        Format("json", "application/json", text.as_json),
        Format("csv", "text/csv; charset=utf-8", table.as_csv),
        Format("html", "text/html; charset=utf-8", html.standalone),
    )
}
