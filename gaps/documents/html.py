"""The summary as HTML: the part that the Report page shows, and a file that needs nothing else."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

from gaps.core.edition import Document

STYLE = Path(settings.BASE_DIR) / "static" / "css" / "summary.css"


def _sections(document: Document) -> list[Document]:
    """The departments that have figures, each with its gaps and what it watches."""
    of: dict[str, Document] = {one["code"]: one | {"ranked": [], "watch": []} for one in document["departments"] if one["series"]}
    for name, gaps in (("ranked", document["gaps"]), ("watch", document["watch_list"])):
        for gap in gaps:
            of[gap["department_code"]][name].append(gap)
    return list(of.values())


def page_part(document: Document) -> str:
    """The body of the summary, for a page of the product: with links to what it rests on."""
    return render_to_string("gaps/_summary.html", {"doc": document, "sections": _sections(document), "linked": True})


def standalone(document: Document) -> bytes:
    """A whole HTML file with its style inside and nothing to fetch."""
    style = mark_safe(STYLE.read_text())  # noqa: S308  our own file, no input in it
    return render_to_string(
        "gaps/summary_file.html", {"doc": document, "sections": _sections(document), "style": style, "linked": False}
    ).encode()
