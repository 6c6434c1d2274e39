"""`up`, `run` and `stop`: what the commands of the same names do. Each returns an exit code and speaks in single lines."""

from __future__ import annotations

import errno
import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from . import binaries
from .place import PROJECT
from .processes import spawn
from .servers import Postgres, Valkey, tail
from .state import AlreadyRunning, Failed, Running, State, start_of
from .supervisor import Child, Ended, Supervisor

START_SECONDS = 60.0
HOST_SECONDS = 300.0  # a first start migrates and loads the demo
ANSWER_SECONDS = 90.0
STOP_SECONDS = 75.0
PORTS_TO_TRY = 100
# A file for Python to run, followed by the module and arguments of a worker or web server; see leash.
LEASH = str(Path(__file__).with_name("leash.py"))
# The worker ends its tasks first; a task of minutes is not waited for, it is done again (they may all run twice).
WORKER_STOP = ((signal.SIGTERM, 10.0), (signal.SIGQUIT, 3.0))
WEB_STOP = ((signal.SIGTERM, 10.0),)
COMMAND_SECONDS = 15.0
SIGNALLED = 128  # added to a signal's number, as a shell does, for the exit code of a command that one ended


def say(text: str, *, to: TextIO | None = None) -> None:
    """One line to the person at the terminal, at once."""
    stream = to or sys.stdout
    with suppress(OSError):  # nobody reading any more is no reason to leave the servers alone
        stream.write(f"{text}\n")
        stream.flush()


def _complain(text: str) -> None:
    say(text, to=sys.stderr)  # `run` leaves standard output to its command


@dataclass(frozen=True)
class Plan:
    """What `up` is to run; plain values, for they cross an exec.

    `steps` are commands (title, argv...) run to their end before anything else starts; `worker` and `web` are kept running;
    `greet` runs once the web answers. In `web` and `greet`, {host}, {port} and {url} stand for where it is.
    """

    state: str
    host: str = "127.0.0.1"
    port: int = 8000
    embedded: bool = True
    steps: list[list[str]] = field(default_factory=list)
    worker: list[str] = field(default_factory=list)
    web: list[str] = field(default_factory=list)
    greet: list[str] = field(default_factory=list)
    health: str = "/healthz"
    fast: bool = False


def up(plan: Plan) -> int:
    """Run everything until Ctrl-C or SIGTERM (exit code 0), or until it cannot start (1)."""
    state = State.at(plan.state)
    try:
        with state.lock("up"), Supervisor(say) as supervisor:
            try:
                _up(plan, state, supervisor)
            except Ended:
                say("Stopping ...")
    except Failed as error:
        _complain(str(error))
        return 1
    say("SayPro Review has stopped.")
    return 0


def run(state: State, command: Sequence[str], *, fast: bool = False, embedded: bool = True) -> int:
    """The exit code of `command`, run with the servers up: those of a running `up`, or else started for it and stopped after.

    Without `embedded` the servers are others, and it is just run.
    """
    try:
        if not embedded or _has_servers(state):
            with Supervisor(_complain) as supervisor:
                return _run_command(state, supervisor, command)
        with state.lock("run"), Supervisor(_complain) as supervisor:
            start_servers(state, supervisor, fast=fast)
            return _run_command(state, supervisor, command)
    except Ended:
        return SIGNALLED + signal.SIGINT
    except Failed as error:
        _complain(str(error))
        return 1


def stop(state: State) -> int:
    """End the supervisor of this state directory and wait for it; 0 also if there was none."""
    try:
        found = state.running()
        if found is None:
            say("SayPro Review is not running.")
            return 0
        os.kill(found.pid, signal.SIGTERM)
        until = time.monotonic() + STOP_SECONDS
        while start_of(found.pid) == found.started:
            if time.monotonic() > until:
                raise Failed(f"Process {found.pid} has not ended in {STOP_SECONDS:.0f} s.")
            time.sleep(0.1)
    except ProcessLookupError:
        pass
    except (Failed, PermissionError) as error:
        _complain(str(error))
        return 1
    say("SayPro Review has stopped.")
    return 0


def start_servers(state: State, supervisor: Supervisor, *, fast: bool = False) -> None:
    """Start PostgreSQL and Valkey and wait until both answer. Raises Failed."""
    if state.user and state.path != state.asked:
        why = f"the servers run as the user {state.user.name}, who cannot reach {state.asked}"
        _complain(f"The data is in {state.path}: {why}.")
    programs = binaries.within_reach(binaries.find(), state)
    postgres, valkey = Postgres(state, programs, fast=fast), Valkey(state, programs, fast=fast)
    if not postgres.data.exists():
        _complain(f"Making a database in {postgres.data} ...")
    _start_server(postgres, supervisor)
    try:
        _start_server(valkey, supervisor)
    except Failed as error:
        # What it holds may be lost, so a file that it cannot read must not keep the product down.
        aside = valkey.data.with_name("valkey.unreadable")
        _complain(f"{error}\nStarting it anew; its old data is now {aside}.")
        shutil.rmtree(aside, ignore_errors=True)
        valkey.data.rename(aside)
        _start_server(valkey, supervisor)


def _start_server(server: Postgres | Valkey, supervisor: Supervisor) -> None:
    server.prepare(supervisor.step)
    try:
        supervisor.run_first(Child(server.name, server.start, server.stop), server.ready, START_SECONDS)
    except Failed as error:
        raise Failed(f"{error} The end of {server.log}:\n{tail(server.log)}") from error


def free_port(host: str, first: int) -> tuple[int, socket.socket | None]:
    """The first free port from `first` upwards, and a socket that keeps it ours (the web server shares it by SO_REUSEPORT)."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for port in range(first, min(first + PORTS_TO_TRY, 65536)):
        try:
            with socket.socket(family) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind((host, port))
            return port, _hold(family, host, port)
        except (PermissionError, socket.gaierror) as error:
            raise Failed(f"Cannot listen on {host}, port {port}: {error.strerror}.") from error
        except OSError as error:
            if error.errno == errno.EADDRNOTAVAIL:  # then no port of it will do
                raise Failed(f"Cannot listen on {host}: it is no address of this machine.") from error
    raise Failed(f"No free port from {first} to {first + PORTS_TO_TRY - 1}: set PORT.")


def _hold(family: int, host: str, port: int) -> socket.socket | None:
    """Between the choice and the web server's own listening another product could take the port; not while we have it bound."""
    if sys.platform != "linux":
        return None
    held = socket.socket(family)
    try:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        held.bind((host, port))
    except OSError:
        held.close()
        raise
    return held


def _up(plan: Plan, state: State, supervisor: Supervisor) -> None:
    if plan.embedded:
        start_servers(state, supervisor, fast=plan.fast)
    env = _environment(state)
    for title, *argv in plan.steps:
        if title:
            say(title)
        code = supervisor.step(spawn(argv, death=signal.SIGTERM, env=env, cwd=PROJECT))
        if code != 0:
            raise Failed(f"{' '.join(argv[1:])} failed (exit code {code}).")
    state.tell(Running(os.getpid(), start_of(os.getpid()), "up", ready=True))
    # By SIGTERM the worker would wait for its tasks, and by SIGQUIT for one that is deep in C code. They are done again.
    supervisor.run(_service("The worker", plan.worker, signal.SIGKILL, WORKER_STOP, env))
    port, held = free_port(plan.host, plan.port)
    url = f"http://{_named(plan.host)}:{port}/"
    values = {"host": plan.host, "port": str(port), "url": url}
    try:
        supervisor.run(_service("The web server", [part.format(**values) for part in plan.web], signal.SIGTERM, WEB_STOP, env))
        _announce(plan, state, supervisor, url, port)
        if plan.greet:
            supervisor.step(spawn([part.format(**values) for part in plan.greet], death=signal.SIGTERM, env=env, cwd=PROJECT))
        supervisor.forever()
    finally:
        if held:
            held.close()


def _announce(plan: Plan, state: State, supervisor: Supervisor, url: str, port: int) -> None:
    """Wait until the web server answers, and say where."""
    while not supervisor.wait_until(lambda: answers(plan.host, port, plan.health), ANSWER_SECONDS, pause=0.2):
        say(f"{url} does not answer yet; still trying.")
    taken = f" (port {plan.port} was taken)" if port != plan.port else ""
    say(f"SayPro Review is at {url}{taken}")
    state.tell(Running(os.getpid(), start_of(os.getpid()), "up", url, ready=True))


def answers(host: str, port: int, path: str) -> bool:
    """True if an HTTP server there answers, and does not say that it is at fault."""
    link = http.client.HTTPConnection(_named(host).strip("[]"), port, timeout=2)
    try:
        link.request("GET", path)
        return link.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        link.close()


def _named(host: str) -> str:
    """The host as it is written in an address that opens here: all addresses is no address to go to."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    return f"[{host}]" if ":" in host else host


def _service(
    name: str, argv: list[str], death: signal.Signals, stop: tuple[tuple[signal.Signals, float], ...], env: dict[str, str]
) -> Child:
    def start() -> subprocess.Popen[bytes]:
        return spawn(argv, death=death, env=env, cwd=PROJECT)

    return Child(name, start, stop)


def _run_command(state: State, supervisor: Supervisor, command: Sequence[str]) -> int:
    """Run it in our own process group, with our terminal: Ctrl-C reaches it directly, and it decides what that means."""
    try:
        process = spawn(command, death=signal.SIGTERM, env=_environment(state), stdin=None, session=False)
    except OSError as error:
        raise Failed(f"Cannot run {command[0]}: {error.strerror}.") from error
    code = supervisor.attend(process, COMMAND_SECONDS)
    return SIGNALLED - code if code < 0 else code


def _has_servers(state: State) -> bool:
    """True if an `up` runs here and its servers answer; waits while it starts. A `run` of someone else is no host: it ends."""
    until = time.monotonic() + HOST_SECONDS
    while True:
        found = state.running()
        if found is None:
            return False
        if found.kind == "run":
            raise AlreadyRunning(found)
        if found.ready:
            return True
        if time.monotonic() > until:
            raise Failed(f"Process {found.pid} is starting the servers, but they are not ready.")
        time.sleep(0.2)


def _environment(state: State) -> dict[str, str]:
    return os.environ | {"SAYPRO_STATE": str(state.asked)}
