"""The summary as CSV: one row a gap, then one a series of the watch-list."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

from gaps.core.edition import Document
from saypro_review.lib.inert import inert

KINDS = ("goal", "industry", "history")
COMPARED = ("value", "standing", "shortfall", "z0", "missed", "periods", "grade")

TREND = ("sense", "slope", "p", "q", "periods_to_reach")

Cell = Callable[[Document], Any]
COLUMNS: dict[str, Cell] = {
    "rank": lambda gap: gap["rank"],
    "department": lambda gap: gap["department"],
    "department_code": lambda gap: gap["department_code"],
    "kpi": lambda gap: gap["kpi"],
    "kpi_code": lambda gap: gap["kpi_code"],
    "unit": lambda gap: gap["unit"],
    "direction": lambda gap: gap["direction"],
    "frequency": lambda gap: gap["frequency"],
    "grade": lambda gap: gap["grade"],
    "grade_label": lambda gap: gap["grade_label"],
    "graded_by": lambda gap: gap["graded_by"],
    "variation": lambda gap: gap["variation"],
    "signals": lambda gap: " ".join(gap["signals"]),
    "quality": lambda gap: gap["quality"],
    "stale": lambda gap: "yes" if gap["stale"] else "no",
    "points": lambda gap: gap["points"],
    "latest_period": lambda gap: gap["latest"]["period"],
    "latest_value": lambda gap: gap["latest"]["value"],
    "window_mean": lambda gap: gap["window_mean"],
    "lower_limit": lambda gap: gap["limits"]["lower"],
    "mean": lambda gap: gap["limits"]["mean"],
    "upper_limit": lambda gap: gap["limits"]["upper"],
}


def _of(kind: str, field: str) -> Cell:
    return lambda gap: gap["benchmarks"].get(kind, {}).get(field)


COLUMNS |= {f"{kind}_{field}".removesuffix("_value"): _of(kind, field) for kind in KINDS for field in COMPARED}
COLUMNS["finding"] = lambda gap: gap["finding"]


def _of_trend(field: str) -> Cell:
    return lambda gap: (gap.get("trend") or {}).get(field)  # summaries of form 1.0 have none


COLUMNS |= {f"trend_{field}": _of_trend(field) for field in TREND}
COLUMNS["baseline_from"] = lambda gap: gap.get("baseline_from")


def as_csv(document: Document) -> bytes:
    """UTF-8 with a byte order mark (spreadsheets need it), CRLF, text cells inert in spreadsheets; an empty cell is a missing value."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for gap in [*document["gaps"], *document["watch_list"]]:
        writer.writerow([inert(cell(gap)) for cell in COLUMNS.values()])
    return ("\ufeff" + out.getvalue()).encode()
