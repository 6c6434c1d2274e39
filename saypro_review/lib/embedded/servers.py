"""PostgreSQL and Valkey: made ready, their command lines, and whether they answer.

Both listen on Unix sockets only, ask for a generated password, and keep everything below the state directory.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import IO

from .binaries import Binaries
from .place import User
from .processes import see_off, spawn
from .state import Failed, State

# Modest and explicit: a laptop's share. 60 connections: 2 web processes of 4 threads, 2 of the worker, beat, and people.
SETTINGS = {
    "listen_addresses": "",
    "port": "5432",
    "unix_socket_permissions": "0700",
    "password_encryption": "scram-sha-256",
    "max_connections": "60",
    "shared_buffers": "128MB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
    "log_checkpoints": "off",
    "log_error_verbosity": "terse",  # no DETAIL and no STATEMENT: they quote rows, and rows hold what people said
    "log_min_error_statement": "panic",
    "log_line_prefix": "%m [%p] ",
    "logging_collector": "off",
}
# For tests: a crash of the machine may cost the data.
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_wal_size": "1GB"}
LOG_LIMIT = 5_000_000
# The rest of the environment (PGDATA, a foreign LANG, LD_LIBRARY_PATH, secrets) is none of the servers' business.
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
STALE_PATIENCE = 15.0
# Runs a command to its end and returns its exit code; the supervisor's, so that Ctrl-C is heard meanwhile.
Step = Callable[[subprocess.Popen[bytes]], int]


class Postgres:
    """The cluster in `state.path`/pg. With `fast`, durability is given up for speed, and the role may create databases."""

    name = "PostgreSQL"
    # "fast" lets nobody finish but loses nothing; "immediate" leaves the recovery to the next start.
    stop = ((signal.SIGINT, 30.0), (signal.SIGQUIT, 10.0))
    death = signal.SIGINT

    def __init__(self, state: State, programs: Binaries, *, fast: bool = False) -> None:
        self.state, self.programs, self.fast = state, programs, fast
        self.data = state.path / "pg"
        self.log = state.path / "log" / "postgres.log"

    def prepare(self, step: Step) -> None:
        """Make the cluster if there is none, and see that its passwords are ours. Raises Failed."""
        self._clear()
        if not self.data.exists():
            self._initialise(step)
        version = (self.data / "PG_VERSION").read_text().strip()
        ours = self._output([str(self.programs.postgres / "postgres"), "--version"]).split()[-1].split(".")[0]
        if version != ours:
            raise Failed(f"{self.data} was made by PostgreSQL {version}, but {ours} is installed: back up with the old, restore.")
        self._set_roles(step)

    def start(self) -> subprocess.Popen[bytes]:
        """Start the server."""
        self._clear()
        settings = SETTINGS | {"unix_socket_directories": str(self.state.sockets)} | (FAST if self.fast else {})
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        argv = [str(self.programs.postgres / "postgres"), "-D", str(self.data), *options]
        return _server(argv, self.state.user, self.death, self.data, _log(self.state, self.log))

    def ready(self, process: subprocess.Popen[bytes]) -> bool:
        """True once it takes connections, by its own word in postmaster.pid."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return len(lines) >= 8 and lines[0].strip() == str(process.pid) and lines[7].strip() == "ready"

    def _clear(self) -> None:
        """Wait for the servers of an earlier life, and remove what they left."""
        see_off(self.data, "postgres", STALE_PATIENCE)
        # We hold the lock, and no server works here: whatever these say is over. PostgreSQL would believe them if their
        # process number has been given to someone else since, as happens in containers.
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        _sweep(self.state.private(self.state.sockets), ".s.PGSQL.*")

    def _initialise(self, step: Step) -> None:
        """Make the cluster with role and database beside its place and move it there when it is whole."""
        draft = self.state.path / "pg.new"
        shutil.rmtree(draft, ignore_errors=True)  # half a cluster: we died
        self.state.private(draft)
        password = draft / "password"
        password.touch(0o600)
        password.write_text(self.state.make_secrets()["superuser"] + "\n")
        if self.state.user:
            shutil.chown(password, self.state.user.uid, self.state.user.gid)
        self._run(step, self._initdb(draft / "data", password))
        self._single(step, draft / "data", ["CREATE ROLE saypro LOGIN", "CREATE DATABASE saypro OWNER saypro"])
        (draft / "data").rename(self.data)
        shutil.rmtree(draft)

    def _initdb(self, data: Path, password: Path) -> list[str]:
        argv = [str(self.programs.postgres / "initdb"), "-D", str(data), "--username=postgres", f"--pwfile={password}"]
        argv += ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        argv += ["--auth-local=scram-sha-256", "--auth-host=scram-sha-256", "--data-checksums"]
        # 16 MB of zeros less to write for each cluster of a test
        return [*argv, "--no-sync", "--wal-segsize=1"] if self.fast else argv

    def _set_roles(self, step: Step) -> None:
        """Give the roles the passwords of our secrets, if they have others: the secrets may have been lost and made anew."""
        secrets = self.state.make_secrets()
        # The first 8 bytes of pg_control are the cluster's own number: someone may have put another in its place.
        cluster = (self.data / "global" / "pg_control").read_bytes()[:8].hex()
        text = f"{secrets['superuser']} {secrets['database']} {self.fast} {cluster}"
        mark, digest = self.state.path / "roles", hashlib.sha256(text.encode()).hexdigest()
        if mark.exists() and mark.read_text() == digest:
            return
        # Tests make databases of their own; the product never does.
        rights = "CREATEDB" if self.fast else "NOCREATEDB"
        commands = [f"ALTER ROLE postgres PASSWORD '{secrets['superuser']}'"]
        commands += [f"ALTER ROLE saypro LOGIN NOSUPERUSER NOCREATEROLE {rights} PASSWORD '{secrets['database']}'"]
        self._single(step, self.data, commands)
        mark.write_text(digest)

    def _single(self, step: Step, data: Path, commands: list[str]) -> None:
        """Run SQL in a cluster that is not running, as its superuser, without any connection."""
        argv = [str(self.programs.postgres / "postgres"), "--single", "-D", str(data), "-c", "exit_on_error=true", "-c"]
        self._run(step, [*argv, "log_min_messages=warning", "postgres"], "".join(f"{command};\n" for command in commands))

    def _run(self, step: Step, argv: list[str], text: str = "") -> None:
        process = _server(argv, self.state.user, signal.SIGTERM, self.state.path, _log(self.state, self.log), text)
        if step(process) != 0:
            raise Failed(f"{Path(argv[0]).name} failed:\n{tail(self.log)}")

    def _output(self, argv: list[str]) -> str:
        return subprocess.run(argv, capture_output=True, text=True, check=True, env=ENVIRONMENT).stdout


class Valkey:
    """The broker in `state.path`/valkey. What it holds may be lost: the database knows what is to be done."""

    name = "Valkey"
    stop = ((signal.SIGTERM, 10.0),)
    death = signal.SIGTERM

    def __init__(self, state: State, programs: Binaries, *, fast: bool = False) -> None:
        self.state, self.programs, self.fast = state, programs, fast
        self.data = state.path / "valkey"
        self.log = state.path / "log" / "valkey.log"

    def prepare(self, step: Step) -> None:
        """Nothing to make but its directory."""
        self.state.private(self.data)

    def start(self) -> subprocess.Popen[bytes]:
        """Start the server."""
        see_off(self.state.private(self.data), "valkey-server", STALE_PATIENCE)
        _sweep(self.state.private(self.state.sockets), "valkey.sock")
        # By standard input: other users can read the command line of a process, and no file need hold the password twice.
        config = (
            f"port 0\nunixsocket {self.state.redis_socket}\nunixsocketperm 700\n"
            f"requirepass {self.state.make_secrets()['valkey']}\nappendonly yes\n"
            f"appendfsync {'no' if self.fast else 'everysec'}\n"
            'save ""\nloglevel warning\ndaemonize no\n'
        )
        argv = [str(self.programs.valkey), "-"]
        return _server(argv, self.state.user, self.death, self.data, _log(self.state, self.log), config)

    def ready(self, process: subprocess.Popen[bytes]) -> bool:
        """True once it has read its data and answers to our password."""
        try:
            with socket.socket(socket.AF_UNIX) as link:
                link.settimeout(1)
                link.connect(str(self.state.redis_socket))
                link.sendall(f"AUTH {self.state.redis_password}\r\nPING\r\n".encode())
                answer = b""
                while answer.count(b"\n") < 2 and (part := link.recv(1000)):
                    answer += part
        except OSError:
            return False
        return answer == b"+OK\r\n+PONG\r\n"


def tail(log: Path, lines: int = 5) -> str:
    """The last lines of a log, for a message."""
    try:
        return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
    except OSError:
        return ""


def _server(
    argv: list[str], user: User | None, death: signal.Signals, cwd: Path, log: IO[bytes], text: str = ""
) -> subprocess.Popen[bytes]:
    with log:
        process = spawn(argv, death=death, user=user, env=ENVIRONMENT, cwd=cwd, stdin=subprocess.PIPE, output=log)
    assert process.stdin is not None
    try:
        process.stdin.write(text.encode())
        process.stdin.close()
    except BrokenPipeError:
        pass  # it has ended already; its log says why
    return process


def _log(state: State, path: Path) -> IO[bytes]:
    state.private(path.parent, for_servers=False)
    if path.exists() and path.stat().st_size > LOG_LIMIT:
        path.replace(path.with_suffix(".log.1"))
    file = path.open("ab")
    if os.geteuid() == 0:
        os.fchown(file.fileno(), *state.owner)
    return file


def _sweep(directory: Path, pattern: str) -> None:
    for path in directory.glob(pattern):
        path.unlink(missing_ok=True)
