"""`python leash.py MODULE ARGS...`: run a module whose forks are killed when it dies.

The worker and the web server fork processes that do the work. The supervisor's death signal reaches only its own children;
a kill -9 of those in turn would leave a busy fork behind, with a connection to the database and nobody to stop it.
Run it as a file: it needs nothing of the product.
"""

from __future__ import annotations

import ctypes
import os
import runpy
import signal
import sys
import threading

PR_SET_PDEATHSIG = 1
# Loaded here, for between fork and exec nothing should be.
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
_forker = 0


def wish_death(how: signal.Signals, *, parent: int) -> None:
    """Have the kernel send us that signal when our parent ends (on Linux). If it already has, this process ends now."""
    if _libc is None:
        return
    _libc.prctl(PR_SET_PDEATHSIG, int(how))
    if os.getppid() != parent:
        os._exit(1)


def _before() -> None:
    global _forker
    # The kernel means the forking thread: when a short-lived one ends, its fork must not. The main thread lives to the end.
    _forker = os.getpid() if threading.current_thread() is threading.main_thread() else 0


def _in_child() -> None:
    if _forker:
        wish_death(signal.SIGKILL, parent=_forker)


if __name__ in {"__main__", "__mp_main__"}:
    os.register_at_fork(before=_before, after_in_child=_in_child)
if __name__ == "__mp_main__":  # multiprocessing has spawned us instead of forking
    wish_death(signal.SIGKILL, parent=os.getppid())
if __name__ == "__main__":
    sys.path[0] = os.getcwd()  # as with python -m
    sys.argv = sys.argv[1:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
