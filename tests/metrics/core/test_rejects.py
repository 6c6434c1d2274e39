"""Rejected rows as a file to repair: the cells as they were, the reasons last."""

from __future__ import annotations

import csv
import io

from metrics.core.problems import Problem
from metrics.core.rejects import UNTOLD, rejects


def read(made: bytes) -> list[list[str]]:
    assert made.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(made.decode("utf-8-sig"), newline="")))


def test_rows_keep_their_cells_and_get_their_reasons():
    content = b'a;b\n1;x\n2;"two\nlines"\n3;y\n4\n'
    problems = [
        Problem(3, "b", "x", "Wrong."), Problem(3, "b", "x", "Wrong."), Problem(3, "", "", "Twice."), Problem(6, "", "4", "Too short."),
    ]  # fmt: skip
    assert read(rejects(content, ";", ["a", "b"], {3, 5, 6}, problems)) == [
        ["a", "b", "reason"],
        ["2", "two\nlines", "b: Wrong. Twice."],
        ["3", "y", UNTOLD],
        ["4", "", "Too short."],
    ]


def test_nothing_rejected_is_a_header():
    assert read(rejects(b"a,b\n1,2\n", ",", ["a", "b"], set(), [])) == [["a", "b", "reason"]]
