"""Files that are damaged, forged or made to harm: each gets its sentence, or is read rightly, and no process is hurt."""

from __future__ import annotations

import datetime as dt
import io
import json
import os
import random
import resource
import signal
import subprocess
import sys
import threading
import time
import zipfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from saypro_review.lib.sheets import BadSheet, Limits, convert, looks_like, process
from saypro_review.lib.sheets.archive import PIECE, scan
from saypro_review.lib.sheets.limits import LIMITS
from tests.lib.forged_sheets import FORGED, ONE, forged, ods_cell, ods_rows
from tests.sheets import MAIN, Error, archive, ods, raw_xlsx, xlsx

ROOT = Path(__file__).resolve().parents[2]
# Run by itself, so that no other test's children are measured: the growth of the parent and the greatest child, in MB.
MEASURED = """
import json, resource, sys
from saypro_review.lib.sheets import BadSheet, convert
from tests.lib.forged_sheets import forged

def peak(whose):
    return resource.getrusage(whose).ru_maxrss / 1024

found = {}
for name in sys.argv[1:]:
    content, _ = forged(name)
    before = peak(resource.RUSAGE_SELF)
    try:
        convert(content)
    except BadSheet:
        pass
    found[name] = (peak(resource.RUSAGE_SELF) - before, peak(resource.RUSAGE_CHILDREN))
print(json.dumps(found))
"""


def seconds() -> float:
    """Of the processor, spent by this process and its children that have ended."""
    return sum(sum(resource.getrusage(whose)[:2]) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_file_is_answered(name):
    content, expected = forged(name)
    before = seconds()
    if isinstance(expected, bytes):
        assert convert(content).csv == expected
    else:
        with pytest.raises(BadSheet, match=expected) as refused:
            convert(content)
        assert str(refused.value)[-1] == "."
    assert seconds() - before < 4


@pytest.mark.parametrize("cell", ['<c r="A4294967297"><v>1</v></c>', '<c t="s"><v>-1</v></c>', "<c><v>1<!-- -->2</v></c>"])
def test_nothing_hides_where_two_pieces_meet(cell):
    """A part is looked at a piece at a time."""
    for shift in range(-8, len(cell) + 8, 3):
        padding = " " * (PIECE - len(f'<worksheet xmlns="{MAIN}"><sheetData>') - shift)
        with pytest.raises(BadSheet, match="not read safely"):
            scan(raw_xlsx(f"{padding}{cell}"), LIMITS)
    scan(raw_xlsx(f'{padding}<c r="A1"><v>1</v></c>'), LIMITS)


def test_forged_files_take_little_memory():
    names = [
        "zeros",
        "parts over each other",
        "a hundred thousand sheets",
        "elements within elements",
        "texts within texts",
        "two cells at opposite ends",
        "two cells far apart",
        "a cell in the last row",
        "a cell of twenty million letters",
        "one text in very many cells",
        "ODS: rows and cells repeated",
        "ODS: rows repeated again and again",
        "ODS: blanks without end",
    ]
    done = subprocess.run([sys.executable, "-c", MEASURED, *names], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert {name: grown for name, (grown, _) in found.items() if grown > 30} == {}
    assert max(child for _, child in found.values()) < 300


# A file that keeps the reader busy until its time is over.
SLOW = "ODS: a table that does not end"


def test_a_child_that_needs_too_much_memory_is_answered():
    content = ods_rows(ods_cell(f'table:number-columns-repeated="20" {ONE}', rows=20_000))
    assert convert(content).csv == (b"1" + b",1" * 19 + b"\n") * 20_000
    with pytest.raises(BadSheet, match="takes more memory"):
        convert(content, limits=Limits(memory=45_000_000))


def test_a_child_that_needs_too_long_is_answered():
    with pytest.raises(BadSheet, match="takes too long"):
        convert(forged(SLOW)[0], limits=Limits(cpu=1))
    with pytest.raises(BadSheet, match="takes too long"):
        convert(forged(SLOW)[0], limits=Limits(wall=0))


@pytest.mark.parametrize(("how", "sentence"), [(signal.SIGKILL, "takes more memory"), (signal.SIGSEGV, "is damaged")])
def test_a_child_that_is_killed_is_answered(how, sentence):
    content = forged(SLOW)[0]
    killer = threading.Thread(target=lambda: os.kill(child_of(os.getpid()), how))
    killer.start()
    with pytest.raises(BadSheet, match=sentence):
        convert(content)
    killer.join()


def test_a_child_ends_with_its_parent_and_knows_none_of_its_secrets():
    code = f"from saypro_review.lib.sheets import convert; from tests.lib.forged_sheets import forged; convert(forged({SLOW!r})[0])"
    with subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, env={"SECRET_KEY": "x", "PATH": "/usr/bin"}) as parent:
        child = child_of(parent.pid)
        assert Path(f"/proc/{child}/environ").read_bytes() == b""
        parent.kill()
    until = time.monotonic() + 1.5  # the child alone would go on for longer
    while Path(f"/proc/{child}").exists() and "\nState:\tZ" not in Path(f"/proc/{child}/status").read_text():
        assert time.monotonic() < until
        time.sleep(0.02)


def child_of(pid: int) -> int:
    """The child that reads a file for that process, once it is doing so: it has loaded the library."""
    while True:
        for task in Path(f"/proc/{pid}/task").glob("*/children"):
            for child in task.read_text().split():
                with suppress(OSError):
                    if "_python_calamine" in Path(f"/proc/{child}/maps").read_text():
                        return int(child)
        time.sleep(0.02)


def test_what_reading_may_take_grows_with_the_file():
    """A small file cannot take what a large one may."""
    small, large = raw_xlsx('<row r="1"><c r="A1"><v>1</v></c><c r="T700000"><v>1</v></c></row>'), Limits(memory=process.MEMORY_FREE)
    with pytest.raises(BadSheet, match="Cell T700000 lies so far from the others"):
        convert(small, limits=large)


def test_no_child_is_left():
    children = Path(f"/proc/self/task/{os.getpid()}/children")
    before = set(children.read_text().split())
    with pytest.raises(BadSheet):
        convert(forged("two cells at opposite ends")[0])
    assert set(children.read_text().split()) <= before  # other tests of this process may have some of their own


def test_whatever_is_done_to_a_file_it_is_a_table_or_a_sentence():
    """Bytes of the archive changed or cut off, and bytes of the parts in it, so that the reader meets them too."""
    rng = random.Random(2016)
    rows = [["department", "kpi", "period", "value"], *(["Größe", f"k{n}", dt.date(2016, 1 + n, 1), n + 0.5] for n in range(9))]
    books = [xlsx(rows, more={"More": [[1, True, None, Error("#N/A")]]}, merged=["A1:B1"]), ods(rows, more={"More": [[1, True]]})]
    mutants = [mutant(books[number % 2], rng) for number in range(300)]
    with ThreadPoolExecutor(3) as pool:
        outcomes = Counter(pool.map(outcome, mutants))
    assert set(outcomes) == {"table", "sentence"}
    assert min(outcomes.values()) > 30


def mutant(book: bytes, rng: random.Random) -> bytes:
    """The workbook with some bytes changed, or cut off: of the archive, or of one of its parts."""
    if rng.random() < 0.3:
        return changed(book, rng)
    with zipfile.ZipFile(io.BytesIO(book)) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    name = rng.choice(sorted(parts))
    return archive(parts | {name: changed(parts[name], rng)})


def changed(text: bytes, rng: random.Random) -> bytes:
    data = bytearray(text)
    if rng.random() < 0.15:
        return bytes(data[: rng.randrange(len(data))])
    for _ in range(rng.choice((1, 1, 3, 20))):
        data[rng.randrange(len(data))] = rng.choice((rng.randrange(256), *b"0123456789<>\"'&-ar"))
    return bytes(data)


def outcome(content: bytes) -> str:
    looks_like(content)
    try:
        found = convert(content)
    except BadSheet as error:
        return "sentence" if str(error).endswith(".") else f"no sentence: {error}"
    return "table" if found.csv.endswith(b"\n") and found.sheet in found.sheets else f"no table: {found}"
