"""Starting the embedded product as a process of its own, hurting it, and counting what is left."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

import psycopg2

from saypro_review.lib.embedded import State
from saypro_review.lib.embedded.session import LEASH, Plan

PROJECT = Path(__file__).resolve().parents[2]
PATIENCE = 60.0
NOBODY = 65534
FOREIGN = {"DATABASE_URL", "REDIS_URL", "SECRET_KEY", "PORT", "SAYPRO_HTTPS", "DJANGO_SETTINGS_MODULE"}
STAND_IN = [sys.executable, LEASH, "tests.embedded.stand_in"]


class Process:
    """A command in a session of its own, its output in a file: a pipe would be held open by whatever it leaves behind."""

    def __init__(self, argv: list[str], state: Path, log: Path, **env: str) -> None:
        self.log = log
        kept = {name: value for name, value in os.environ.items() if name not in FOREIGN}
        with log.open("wb") as file:
            self.inner = subprocess.Popen(
                argv,
                cwd=PROJECT,
                env=kept | {"SAYPRO_STATE": str(state), "PYTHONPATH": str(PROJECT)} | env,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                # Whoever runs the tests under nohup ignores SIGHUP, and what it starts would inherit that.
                preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL),
            )

    @property
    def said(self) -> str:
        return self.log.read_text()

    def until(self, text: str) -> str:
        """All it has said, once that includes the text."""
        eventually(lambda: text in self.said or self.inner.poll() is not None)
        assert text in self.said, self.said
        return self.said

    def ends(self) -> int:
        """Its exit code."""
        return self.inner.wait(PATIENCE)

    def kill(self, number: int) -> None:
        os.kill(self.inner.pid, number)


def serve(state: Path, *user: int, wait: bool = True, fast: bool = True) -> Process:
    """The two servers; both answer, if one waits."""
    argv = [sys.executable, "-m", "tests.embedded.serve", str(state), "fast" if fast else "safe", *map(str, user)]
    process = Process(argv, state, log_of(state))
    if wait:
        process.until("Both answer.")
    return process


def up(state: Path, port: int, **changes: object) -> Process:
    """The whole of `up`, with stand-ins for worker and web server. Wait for what it says."""
    web = [*STAND_IN, "web", "{host}", "{port}"]
    plan = Plan(state=str(state), port=port, worker=[*STAND_IN, "worker"], web=web, fast=True, **changes)
    return Process([sys.executable, "-m", "saypro_review.lib.embedded", json.dumps(asdict(plan))], state, log_of(state))


def log_of(state: Path) -> Path:
    logs = state.parent / f"{state.name}.logs"
    logs.mkdir(exist_ok=True)
    return logs / f"{len(list(logs.iterdir()))}"


def eventually(true: Callable[[], bool], seconds: float = PATIENCE) -> None:
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, "It did not come about."
        time.sleep(0.1)


def left(path: Path) -> dict[int, str]:
    """Processes that have to do with a state directory, by environment, command line or working directory, but not we."""
    state = State.at(path)
    marks = [os.fsencode(mark) for mark in {path, state.path, state.sockets}]
    found = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            command = (entry / "cmdline").read_bytes()
            text = b"\0" + command + b"\0" + (entry / "environ").read_bytes() + b"\0" + os.fsencode(os.readlink(entry / "cwd"))
        except OSError:
            continue
        # Whoever waits for it (this test, a shell around it) is not left behind by it.
        if int(entry.name) != os.getpid() and any(mark in text for mark in marks):
            found[int(entry.name)] = command.replace(b"\0", b" ").decode(errors="replace")
    return found


def end(root: Path) -> None:
    """Kill whatever has to do with a state directory, or with any below a directory."""
    for pid in left(root):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    eventually(lambda: not left(root))


def connect(path: Path, **changes: str) -> psycopg2.extensions.connection:
    entry = State.at(path).database()
    values = {
        "dbname": entry["NAME"],
        "user": entry["USER"],
        "password": entry["PASSWORD"],
        "host": entry["HOST"],
        "port": entry["PORT"],
    }
    return psycopg2.connect(**(values | changes))


def sql(path: Path, query: str) -> object:
    """The first value that a query returns, if it returns any; committed."""
    link = connect(path)
    try:
        with link, link.cursor() as cursor:
            cursor.execute(query)
            return cursor.fetchone()[0] if cursor.description else None
    finally:
        link.close()


def a_free_port() -> int:
    """A port with a few free ones above it, as likely as can be."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return min(int(probe.getsockname()[1]), 65000)
