"""Text that a spreadsheet must not run."""

from __future__ import annotations

STARTS = ("=", "+", "-", "@", "\t", "\r")


def inert(cell: object) -> object:
    """The cell for a CSV file: text that a spreadsheet would take for a formula gets a leading apostrophe; numbers stay numbers."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(STARTS) else cell
