"""The rejected rows of a file as a file again: repaired, it can be uploaded as it is."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable

from metrics.core.dialect import lines
from metrics.core.problems import Problem

REASON = "reason"
UNTOLD = "See the other reasons: only the first errors are kept word by word."


def rejects(content: bytes, delimiter: str, header: list[str], numbers: set[int], problems: Iterable[Problem]) -> bytes:
    """CSV (UTF-8 with mark, commas): the header, then each row that begins on one of the lines, with all that is wrong with it last.

    `content`: UTF-8. The importer leaves a column “reason” aside, so the repaired file goes in as it is.
    """
    reasons: dict[int, list[str]] = defaultdict(list)
    for problem in problems:
        said = f"{problem.column}: {problem.message}" if problem.column else problem.message
        if said not in reasons[problem.line]:
            reasons[problem.line].append(said)
    held = io.StringIO(newline="")
    writer = csv.writer(held)
    writer.writerow([*header, REASON])
    for line, cells in sorted(lines(content, numbers, delimiter).items()):
        cells = [*cells, *[""] * (len(header) - len(cells))]
        writer.writerow([*cells, " ".join(reasons[line]) or UNTOLD])
    return held.getvalue().encode("utf-8-sig")
