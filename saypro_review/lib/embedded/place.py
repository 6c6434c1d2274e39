"""Who runs the servers, and in which directories: pure rules over the file system, so that every process finds the same answer.

PostgreSQL refuses to run as root. So when root starts the product, the servers run as an unprivileged user, who must be able
to reach their directories; a checkout below a private directory (such as /root) is out of that user's reach.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import re
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

SYSTEM = Path("/var/lib")
PROJECT = Path(__file__).resolve().parents[3]
# A Unix socket's path has at most 107 bytes on Linux and 103 on BSD and macOS.
LONGEST_SOCKET = 103
LONGEST_NAME = len("/.s.PGSQL.5432")
# In the servers' settings and in URLs other characters would need three kinds of quoting.
PLAIN = re.compile(r"[A-Za-z0-9_./-]+")


@dataclass(frozen=True)
class User:
    """An unprivileged user of the system that runs the servers on behalf of root."""

    uid: int
    gid: int
    name: str


def absolute(path: str | Path) -> Path:
    """The path from the root of the file system; a relative one starts at the project."""
    return Path(os.path.normpath(PROJECT / Path(path).expanduser()))


def choose(asked: Path) -> tuple[Path, User | None]:
    """Where the state of `asked` really is, and the user of its servers (None: the one who calls).

    For anyone but root that is `asked` itself. For root the first of: where a cluster already is (and then its owner);
    `asked`, if the server user can reach it; /var/lib/saypro-review-<hash of the path>; the same name in the temp directory.
    """
    if os.geteuid() != 0:
        return asked, None
    fallbacks = [base / f"saypro-review-{_digest(asked)}" for base in (SYSTEM, _temp())]
    # Anyone may make a directory of a known name in the temp directory; only root's own counts.
    places = [asked, *(place for place in fallbacks if not _foreign(place))]
    for place in places:
        owner = _owner(place / "pg")
        if owner is not None:
            return place, owner
    user = _unprivileged()
    return next((place for place in places if _usable(place, user)), asked), user


def sockets(home: Path, user: User | None) -> Path:
    """The directory of the servers' sockets: `home`/run, or a short one below the temp directory if that path is too long."""
    own = home / "run"
    if len(os.fsencode(own)) + LONGEST_NAME <= LONGEST_SOCKET and PLAIN.fullmatch(str(own)):
        return own
    return _temp() / f"saypro-{user.uid if user else os.geteuid()}-{_digest(home)}"


def reaches(user: User, path: Path) -> bool:
    """True if the user may enter every directory down to `path` and, as far as it exists, `path` itself."""
    for part in (path, *path.parents):
        try:
            found = part.stat()
        except FileNotFoundError:
            continue
        except OSError:
            return False
        if not _may_execute(user, found):
            return False
    return True


def _may_execute(user: User, found: os.stat_result) -> bool:
    if found.st_uid == user.uid:
        return bool(found.st_mode & stat.S_IXUSR)
    if found.st_gid == user.gid:
        return bool(found.st_mode & stat.S_IXGRP)
    return bool(found.st_mode & stat.S_IXOTH)


def _foreign(path: Path) -> bool:
    try:
        found = path.lstat()
    except FileNotFoundError:
        return False
    return found.st_uid != 0 or not stat.S_ISDIR(found.st_mode)


def _usable(place: Path, user: User) -> bool:
    nearest = next(part for part in (place, *place.parents) if part.exists())
    return reaches(user, place) and os.access(nearest, os.W_OK)


def _owner(path: Path) -> User | None:
    """The owner of a directory as a User; None if there is no such directory or root owns it."""
    try:
        found = path.stat()
    except OSError:
        return None
    if found.st_uid == 0:
        return None
    try:
        entry = pwd.getpwuid(found.st_uid)
    except KeyError:
        return User(found.st_uid, found.st_gid, str(found.st_uid))
    return User(entry.pw_uid, entry.pw_gid, entry.pw_name)


def _unprivileged() -> User:
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return User(entry.pw_uid, entry.pw_gid, name)
    return User(65534, 65534, "65534")


def _temp() -> Path:
    # Not $TMPDIR first: two shells may differ in it, and must still find the same sockets.
    fixed = Path("/tmp")  # noqa: S108 (what is made there is private, and a foreign one is refused)
    return fixed if os.access(fixed, os.W_OK | os.X_OK) else Path(tempfile.gettempdir())


def _digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]
