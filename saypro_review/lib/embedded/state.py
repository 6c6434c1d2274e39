"""The state directory: where the data, sockets and secrets of the embedded servers are, and who runs them now."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from . import place
from .place import User

SECRETS = ("superuser", "database", "valkey", "secret_key")
# A command that only looks whether the lock is held holds it for an instant itself.
LOCK_TRIES, LOCK_PAUSE = 10, 0.05


class Failed(Exception):
    """It cannot go on; the text says why in words for the person at the terminal."""


@dataclass(frozen=True)
class Running:
    """What a supervisor tells others: its process, what it runs ("up" or "run"), whether the database is ready, its address."""

    pid: int
    started: str
    kind: str
    address: str = ""
    ready: bool = False


class AlreadyRunning(Failed):
    """Another supervisor holds this state directory; `running` is what it says of itself, if anything yet."""

    def __init__(self, running: Running | None) -> None:
        self.running = running
        if running is None:
            text = "Another process uses this state directory"
        elif running.kind == "run":
            text = f"A command is using the embedded servers (process {running.pid}): wait for it"
        else:
            text = f"SayPro Review is already running{' at ' * bool(running.address)}{running.address} (process {running.pid})"
        super().__init__(f"{text}.")


@dataclass(frozen=True)
class State:
    """One state directory.

    `asked` is the path that was named, `path` where it really is: they differ when root asks for a directory that the
    servers' unprivileged `user` cannot reach (see place.choose). `sockets` is the directory of the Unix sockets.
    """

    asked: Path
    path: Path
    user: User | None
    sockets: Path

    @classmethod
    def at(cls, path: str | Path) -> State:
        """The state directory at `path` (absolute, or relative to the project). Creates nothing."""
        asked = place.absolute(path)
        home, user = place.choose(asked)
        return cls(asked, home, user, place.sockets(home, user))

    # How to connect

    def database(self, *, superuser: bool = False) -> dict[str, Any]:
        """An entry of Django's DATABASES; the password is empty while there is no cluster yet."""
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": "saypro",
            "USER": "postgres" if superuser else "saypro",
            "PASSWORD": self._secrets().get("superuser" if superuser else "database", ""),
            "HOST": str(self.sockets),
            "PORT": "5432",
            # Whoever might stand in for the server is never told the password.
            "OPTIONS": {"require_auth": "scram-sha-256"},
        }

    def redis_url(self) -> str:
        """The broker's URL for Celery. The password stands where Celery masks it in its log."""
        return f"redis+socket://:{self.redis_password}@{self.redis_socket}"

    @property
    def redis_socket(self) -> Path:
        """Valkey's Unix socket."""
        return self.sockets / "valkey.sock"

    @property
    def redis_password(self) -> str:
        """Valkey's password; empty while there is none yet."""
        return self._secrets().get("valkey", "")

    def secret_key(self) -> str:
        """The key for Django, made on the first call. Any number of processes may ask at once and get the same."""
        return self.make_secrets()["secret_key"]

    def make_secrets(self) -> dict[str, str]:
        """All secrets, made on the first call in a file that only the owner may read. Raises Failed if that cannot be read."""
        path = self.path / "secrets"
        if not path.exists():
            self.make()
            draft = path.with_name(f"secrets.{os.getpid()}.{secrets.token_hex(4)}")
            _write(draft, json.dumps({name: secrets.token_urlsafe(48) for name in SECRETS}))
            # A link fails if the name exists: the first process wins, and no one ever sees half a file.
            with suppress(FileExistsError):
                os.link(draft, path)
            draft.unlink()
        found = self._secrets()
        if set(SECRETS) - set(found):
            raise Failed(f"{path} cannot be read: run this as the user who made it, or set SAYPRO_STATE to another directory.")
        return found

    def _secrets(self) -> dict[str, str]:
        try:
            return dict(json.loads((self.path / "secrets").read_text()))
        except (OSError, ValueError):
            return {}

    # Directories

    def make(self) -> None:
        """Create the state directory, with those above it that are missing. The mode of one that exists is never changed."""
        try:
            for part in (*reversed(self.path.parents), self.path):
                self._make_one(part, 0o700 if self.user is None else 0o711)
        except OSError as error:
            raise Failed(f"Cannot create {self.path}: {error.strerror}. Set SAYPRO_STATE to a directory of yours.") from error
        if not os.access(self.path, os.W_OK):
            raise Failed(f"Cannot write to {self.path}: run this as its owner, or set SAYPRO_STATE to another directory.")

    def private(self, path: Path, *, for_servers: bool = True) -> Path:
        """Create a directory that only its owner may enter: the servers' user, or whose the state is. Refuses a foreign one."""
        uid, gid = self.owner
        if self.user and for_servers:
            uid, gid = self.user.uid, self.user.gid
        if self._make_one(path, 0o700) and os.geteuid() == 0:
            os.chown(path, uid, gid)
        found = path.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != uid or found.st_mode & 0o022:
            raise Failed(f"{path} belongs to someone else or is open to others: remove it, or set SAYPRO_STATE.")
        return path

    @property
    def owner(self) -> tuple[int, int]:
        """Whose the state directory is: when root works in someone's, what it makes there is to stay theirs."""
        found = self.path.stat()
        return found.st_uid, found.st_gid

    @staticmethod
    def _make_one(path: Path, mode: int) -> bool:
        try:
            path.mkdir(mode=mode)
        except (FileExistsError, IsADirectoryError):
            return False
        path.chmod(mode)  # mkdir's mode is cut by the umask
        return True

    # Who runs here

    @contextmanager
    def lock(self, kind: str) -> Iterator[None]:
        """Hold this state directory as its only supervisor. Raises AlreadyRunning at once if there is one.

        The kernel gives the lock up when this process ends in whatever way, and children do not inherit it (close-on-exec).
        """
        self.make_secrets()
        handle = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            if not _locked(handle, fcntl.LOCK_EX, LOCK_TRIES):
                raise AlreadyRunning(self._running())
            self.tell(Running(os.getpid(), start_of(os.getpid()), kind))
            try:
                yield
            finally:
                (self.path / "run.json").unlink(missing_ok=True)
        finally:
            os.close(handle)

    def tell(self, running: Running) -> None:
        """Write what others may know about this supervisor."""
        draft = self.path / "run.json.new"
        draft.unlink(missing_ok=True)
        _write(draft, json.dumps(asdict(running)))
        draft.replace(self.path / "run.json")

    def running(self) -> Running | None:
        """The supervisor that holds this directory now; None if there is none. Raises AlreadyRunning if it cannot be named."""
        try:
            handle = os.open(self.path / "lock", os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise Failed(f"Cannot read {self.path}: run this as its owner, or set SAYPRO_STATE.") from error
        try:
            for _ in range(LOCK_TRIES):
                if _locked(handle, fcntl.LOCK_SH, 1):
                    return None
                if found := self._running():
                    return found
                time.sleep(LOCK_PAUSE)  # it has only just begun
        finally:
            os.close(handle)
        raise AlreadyRunning(None)

    def _running(self) -> Running | None:
        """What run.json says, if that process is the one that wrote it: a number may have been given to another since."""
        try:
            found = Running(**json.loads((self.path / "run.json").read_text()))
        except (OSError, ValueError, TypeError):
            return None
        return found if start_of(found.pid) == found.started else None


def start_of(pid: int) -> str:
    """When a process started, in the kernel's ticks: with the number it names a process for good. Empty if it has ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if fields[0] in "ZX" else fields[19]


def _locked(handle: int, how: int, tries: int) -> bool:
    for again in range(tries):
        with suppress(BlockingIOError):
            fcntl.flock(handle, how | fcntl.LOCK_NB)
            return True
        if again + 1 < tries:
            time.sleep(LOCK_PAUSE)
    return False


def _write(path: Path, text: str) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(handle)
