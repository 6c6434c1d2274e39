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
CPU_FREE, CPU_SHARE = 4, 5_000_000
WALL_SHARE = 4  # a busy machine: so many times the processor's time
KEPT = ("LD_LIBRARY_PATH",)  # of the environment: nothing else is passed on


class TooLarge(BadSheet):
    """It takes more memory than its size explains."""


def read(content: bytes, request: dict[str, Any], unpacked: int, limits: Limits) -> tuple[dict[str, Any], bytes]:
    """(what the child says of the file, the CSV text). Raises BadSheet."""
    memory = min(limits.memory, MEMORY_FREE + MEMORY_SHARE * unpacked + MEMORY_COPIES * len(content))
    cpu = min(limits.cpu, CPU_FREE + unpacked // CPU_SHARE)
    with _child(memory, cpu, min(limits.wall, WALL_SHARE * cpu)) as process:
        _send(process.stdin, json.dumps(request).encode(), content)
        said, table = _received(process.stdout, memory)
        if said is None:
            raise _ended(process.wait())
    if "refused" in said:
        raise BadSheet(said["refused"])
    if "unreadable" in said:
        raise BadSheet(UNPROTECTED if said["unreadable"] == "PasswordError" else f"The workbook is damaged and cannot be read. {AGAIN}")
    return said, table


@contextmanager
def _child(memory: int, cpu: int, wall: int) -> Iterator[subprocess.Popen[bytes]]:
    """The process; it has ended when the block has. It bounds itself: what runs between fork and exec would run in a copy of us."""
    argv = [sys.executable, "-I", "-S", "-B", "-X", "utf8", str(CHILD), _packages(), str(memory), str(cpu), str(os.getpid())]
    environment = {name: os.environ[name] for name in KEPT if name in os.environ}
    process = subprocess.Popen(
        argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment, cwd="/", start_new_session=True
    )
    killer = threading.Timer(wall, process.kill)
    killer.daemon = True
    killer.start()
    try:
        yield process
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
    return (json.loads(text) if len(text) == said and len(content) == table else None), content


def _ended(code: int) -> BadSheet:
    """What an end without an answer means. An abort is how calamine's language ends when there is no memory."""
    if code in (OUT_OF_MEMORY, -signal.SIGABRT):
        return TooLarge(
            "Reading the workbook takes more memory than there is for one of its size. There may be something far below or far right of "
            "the table: delete the rows and columns there, or save the sheet as “CSV UTF-8”, and upload that."
        )
    if code in (-signal.SIGXCPU, -signal.SIGKILL):
        return BadSheet("Reading the workbook takes too long. Copy the table into a new workbook, or save the sheet as “CSV UTF-8”.")
    return BadSheet(f"The workbook is damaged and cannot be read. {AGAIN}")
