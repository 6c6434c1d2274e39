"""Keeping children alive, and ending them in order: one loop that sleeps until a signal or a deadline."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from types import FrameType, TracebackType
from typing import Any

from .processes import ended
from .state import Failed

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
LONGEST_PAUSE = 30.0
# Who has lived this long is not in a circle of dying: the next restart is at once again.
SETTLED = 60.0
# `timeout` and process managers send the signal twice within an instant; a person cannot.
SAME_SIGNAL = 0.5
IDLE = 3600.0


class Ended(BaseException):
    """Someone asked us to end: Ctrl-C, SIGTERM, SIGHUP. Not an Exception, for nothing on the way may swallow it."""


@dataclass
class Child:
    """A process to keep running: how to start it, and the signals that end it, each with the seconds it may take."""

    name: str
    start: Callable[[], subprocess.Popen[bytes]]
    stop: tuple[tuple[signal.Signals, float], ...]
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    deaths: int = 0
    again_at: float | None = None


class Supervisor:
    """Use it as a context manager in the main thread: it takes over the signals, and leaves no child behind."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self.say = say
        self.children: list[Child] = []
        self.asked = 0
        self.heard: int | None = None
        self._asked_at = -SAME_SIGNAL
        self._stopping = self._deaf = False
        self._before: dict[int, Any] = {}
        self._read, self._write = os.pipe()
        os.set_blocking(self._read, False)
        os.set_blocking(self._write, False)

    def __enter__(self) -> Supervisor:
        # Before the handlers: a signal that only they saw would not wake the loop.
        self._before_fd = signal.set_wakeup_fd(self._write, warn_on_full_buffer=False)
        for number in (*ENDING, signal.SIGCHLD):
            if number == signal.SIGHUP and signal.getsignal(number) == signal.SIG_IGN:
                continue  # nohup: the wish is to outlive the terminal
            self._before[number] = signal.signal(number, self._heard)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()
        signal.set_wakeup_fd(self._before_fd)
        for number, handler in self._before.items():
            signal.signal(number, handler)
        os.close(self._read)
        os.close(self._write)

    def run(self, child: Child) -> None:
        """Start a child and keep it running from now on."""
        self.children.append(child)
        self._start(child)

    def wait_until(self, true: Callable[[], bool], seconds: float, *, pause: float = 0.1) -> bool:
        """Look again and again until it is true, at most for `seconds`; the children are kept running meanwhile."""
        until = time.monotonic() + seconds
        while not true():
            if time.monotonic() > until:
                return False
            self.pump(pause)
        return True

    def run_first(self, child: Child, ready: Callable[[subprocess.Popen[bytes]], bool], seconds: float) -> None:
        """Start a child that must come up now; if it ends or is not ready in time, it is dropped and Failed is raised."""
        self.run(child)
        process = child.process
        assert process is not None
        self.wait_until(lambda: child.process is not process or ready(process), seconds)
        if child.process is not process or not ready(process):
            self.drop(child)
            raise Failed(f"{child.name} did not start.")

    def drop(self, child: Child) -> None:
        """End a child and forget it."""
        self.children.remove(child)
        if child.process is not None:
            self._end(child.process, child.stop)

    def attend(self, process: subprocess.Popen[bytes], patience: float) -> int:
        """The exit code of a command in our own process group, which ends by itself: what we hear, it is told.

        But not the terminal's Ctrl-C: that has reached it directly, and twice means something else to many.
        """
        self._deaf = True
        while not ended(process):
            self.pump(IDLE)
            if self.heard is None:
                continue
            if self.heard != signal.SIGINT:
                self._end(process, ((signal.SIGTERM, patience),))
            elif not os.isatty(0):
                process.send_signal(signal.SIGINT)
            self.heard = None
        self._deaf = False
        return process.returncode

    def step(self, process: subprocess.Popen[bytes]) -> int:
        """The exit code of a command, waited for. If we are asked to end, it is ended."""
        try:
            self.wait_until(lambda: ended(process), float("inf"), pause=IDLE)
        finally:
            self._end(process, ((signal.SIGTERM, 5.0),))
        return process.returncode

    def forever(self) -> None:
        """Keep the children running until someone asks us to end (raises Ended)."""
        while True:
            self.pump(IDLE)

    def pump(self, seconds: float) -> None:
        """Sleep until a signal comes or the time is over; then see to whoever has died. Raises Ended if we are to end."""
        deadlines = [child.again_at for child in self.children if child.again_at is not None]
        wait = min([seconds, *(moment - time.monotonic() for moment in deadlines)])
        with suppress(InterruptedError):
            select.select([self._read], [], [], max(wait, 0))
        with suppress(BlockingIOError):
            while os.read(self._read, 1000):
                pass
        if self.asked and not self._stopping and not self._deaf:
            raise Ended
        for child in self.children:
            if not self._stopping:
                self._tend(child)

    def stop(self) -> None:
        """End all children, the last started first, each with its signals in turn. A further Ctrl-C cuts a wait short."""
        self._stopping = True
        for child in reversed(self.children):
            if child.process is not None:
                self._end(child.process, child.stop)
                child.process = None
        self.children.clear()

    def _heard(self, number: int, frame: FrameType | None) -> None:
        if number in ENDING and time.monotonic() - self._asked_at > SAME_SIGNAL:
            self._asked_at = time.monotonic()
            self.asked += 1
            self.heard = number

    def _start(self, child: Child) -> None:
        child.again_at = None
        child.started_at = time.monotonic()
        child.process = child.start()

    def _tend(self, child: Child) -> None:
        if child.process is not None and ended(child.process):
            self._again(child, f"ended ({_how(child.process.returncode)})")
        elif child.again_at is not None and time.monotonic() >= child.again_at:
            try:
                self._start(child)
            except (OSError, Failed) as error:
                self._again(child, f"could not be started ({error})")

    def _again(self, child: Child, what: str) -> None:
        """Plan the next start: after 1, 2, 4 ... 30 seconds."""
        now = time.monotonic()
        child.deaths = 1 if now - child.started_at > SETTLED else child.deaths + 1
        pause = min(2.0 ** (child.deaths - 1), LONGEST_PAUSE)
        self.say(f"{child.name} {what}; starting it again in {pause:.0f} s.")
        child.process, child.again_at = None, now + pause

    def _end(self, process: subprocess.Popen[bytes], signals: tuple[tuple[signal.Signals, float], ...]) -> None:
        was, self._stopping = self._stopping, True
        for number, seconds in signals:
            if ended(process):
                break
            process.send_signal(number)
            asked = self.asked
            # It gets all its time, unless there is a further Ctrl-C: then the next signal comes at once.
            self.wait_until(lambda: ended(process) or self.asked > max(asked, 1), seconds, pause=0.5)  # noqa: B023
        if not ended(process):
            process.kill()
            self.wait_until(lambda: ended(process), 10.0, pause=0.5)
        self._stopping = was


def _how(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
