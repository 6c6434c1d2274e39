"""Runs child.py on a file: whatever way it ends, the answer is a table or a sentence."""

from __future__ import annotations

import importlib.util
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from .archive import AGAIN, UNPROTECTED
from .child import OUT_OF_MEMORY
from .limits import BadSheet, Limits

CHILD = Path(__file__).with_name("child.py")
# What reading takes, with room to spare. Measured with calamine 0.37: 1.9 bytes of memory for a byte of XLSX, 1 for one of ODS (5 for
# the shortest cells that can be written); 50 MB of either in a second.
MEMORY_FREE, MEMORY_SHARE, MEMORY_COPIES = 160_000_000, 5, 5
CPU_FREE, CPU_SHARE = 2, 5_000_000
WALL_SHARE = 4  # a busy machine: so many times the processor's time
DAMAGED = f"The workbook is damaged and cannot be read. {AGAIN}"
KEPT = ("LD_LIBRARY_PATH",)  # of the environment: nothing else is passed on


class TooLarge(BadSheet):
    """It takes more memory than its size explains."""


def read(content: bytes, request: dict[str, Any], unpacked: int, limits: Limits) -> tuple[dict[str, Any], bytes]:
    """(what the child says of the file, the CSV text). Raises BadSheet."""
    memory = min(limits.memory, MEMORY_FREE + MEMORY_SHARE * unpacked + MEMORY_COPIES * len(content))
    cpu = min(limits.cpu, CPU_FREE + unpacked // CPU_SHARE)
    with _child(memory, cpu, min(limits.wall, WALL_SHARE * cpu)) as (process, late):
        _send(process.stdin, json.dumps(request).encode(), content)
        said, table = _received(process.stdout, memory)
        if said is None:
            raise _ended(process.wait(), late.is_set())
    if "refused" in said:
        raise BadSheet(said["refused"])
    if "unreadable" in said:
        raise BadSheet(UNPROTECTED if said["unreadable"] == "PasswordError" else DAMAGED)
    return said, table


@contextmanager
def _child(memory: int, cpu: int, wall: int) -> Iterator[tuple[subprocess.Popen[bytes], threading.Event]]:
    """(the process, whether its time is over); it has ended when the block has. It bounds itself: what a caller has run between fork
    and exec runs in a copy of the caller, whose other threads may hold locks."""
    argv = [sys.executable, "-I", "-S", "-B", "-X", "utf8", str(CHILD), _packages(), str(memory), str(cpu), str(os.getpid())]
    environment = {name: os.environ[name] for name in KEPT if name in os.environ}
    process = subprocess.Popen(
        argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment, cwd="/", start_new_session=True
    )
    late = threading.Event()

    def stop() -> None:
        late.set()
        process.kill()

    killer = threading.Timer(wall, stop)
    killer.daemon = True
    killer.start()
    try:
        yield process, late
    finally:
        killer.cancel()
        process.kill()
        for pipe in (process.stdin, process.stdout):
            with suppress(OSError):
                pipe.close()  # type: ignore[union-attr]
        process.wait()


def _packages() -> str:
    """The folder that calamine lies in: the child sees no other."""
    found = importlib.util.find_spec("python_calamine")
    if found is None or found.origin is None:
        raise ModuleNotFoundError("python_calamine")
    return str(Path(found.origin).parent.parent)


def _send(pipe: IO[bytes] | None, request: bytes, content: bytes) -> None:
    assert pipe
    with suppress(OSError):  # it has died: what it says of that comes next
        for part in (len(request).to_bytes(8, "big"), request, content):
            pipe.write(part)
        pipe.close()


def _received(pipe: IO[bytes] | None, most: int) -> tuple[dict[str, Any] | None, bytes]:
    """(the answer, the table); (None, ...) when it did not come whole. The table is read into place, not gathered."""
    assert pipe
    head = pipe.read(16)
    said, table = int.from_bytes(head[:8], "big"), int.from_bytes(head[8:], "big")
    if len(head) < 16 or max(said, table) > most:
        return None, b""
    text, content = pipe.read(said), pipe.read(table)
    if len(text) < said or len(content) < table:
        return None, b""
    return json.loads(text), content


def _ended(code: int, late: bool) -> BadSheet:
    """What an end without an answer means. Without memory, calamine's language aborts; the system kills, and so do we when time is over."""
    if late or code == -signal.SIGXCPU:
        return BadSheet("Reading the workbook takes too long. Copy the table into a new workbook, or save the sheet as “CSV UTF-8”.")
    if code in (OUT_OF_MEMORY, -signal.SIGABRT, -signal.SIGKILL):
        return TooLarge(
            "Reading the workbook takes more memory than there is for one of its size. There may be something far below or far right of "
            "the table: delete the rows and columns there, or save the sheet as “CSV UTF-8”, and upload that."
        )
    return BadSheet(DAMAGED)
