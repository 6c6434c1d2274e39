"""Starting children that do not outlive us, and finding what an earlier life left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import IO, Any

from .leash import wish_death
from .place import User


def spawn(
    argv: Sequence[str],
    *,
    death: signal.Signals,
    user: User | None = None,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    stdin: int | IO[Any] | None = subprocess.DEVNULL,
    output: int | IO[Any] | None = None,
    session: bool = True,
) -> subprocess.Popen[bytes]:
    """Start a child that gets the signal `death` when this process ends in whatever way, kill -9 included (on Linux).

    With `session` it does not see the terminal's Ctrl-C: the supervisor says when it ends, and in which order.
    Call it from the main thread only: the kernel ties the death signal to the thread that forks.
    """
    return subprocess.Popen(
        list(argv),
        stdin=stdin,
        stdout=output,
        stderr=subprocess.STDOUT if output is not None else None,
        env=env,
        cwd=cwd,
        start_new_session=session,
        user=user.uid if user else None,
        group=user.gid if user else None,
        extra_groups=[] if user else None,
        # subprocess calls this after it changed the user: the change would clear the wish.
        preexec_fn=partial(wish_death, death, parent=os.getpid()),
    )


def ended(process: subprocess.Popen[bytes]) -> bool:
    """True once the child has ended; then whatever is left of its process group is killed too.

    The group is killed before the child is reaped: until then its number can belong to nobody else.
    """
    if process.returncode is not None:
        return True
    with suppress(ChildProcessError):
        if os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
            return False
    with suppress(ProcessLookupError, PermissionError):  # no such group: it was not started with a session of its own
        os.killpg(process.pid, signal.SIGKILL)
    process.poll()
    return True


def working_in(directory: Path, name: str) -> list[int]:
    """Processes of that program whose working directory is `directory`: servers change to their data. Empty without /proc."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if (entry / "comm").read_text().strip() == name and Path(os.readlink(entry / "cwd")) == directory.resolve():
                found.append(int(entry.name))
    return found


def see_off(directory: Path, name: str, patience: float) -> None:
    """Wait until no process of an earlier life works in `directory`: they are ending, for their supervisor died.

    After `patience` seconds they are told to end at once, and then made to.
    """
    for wait, how in ((patience, signal.SIGQUIT), (5.0, signal.SIGKILL), (5.0, signal.SIGKILL)):
        until = time.monotonic() + wait
        while left := working_in(directory, name):
            if time.monotonic() > until:
                break
            time.sleep(0.1)
        for pid in left:
            with suppress(ProcessLookupError):
                os.kill(pid, how)
