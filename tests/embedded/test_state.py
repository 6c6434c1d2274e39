"""Secrets, directories, and who holds the state: the parts that any number of processes ask at once."""

import json
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from saypro_review.lib.embedded import State
from saypro_review.lib.embedded.state import AlreadyRunning, Failed, Running, start_of

from .drills import PROJECT, eventually


def test_before_anything_exists_it_can_be_asked_everything(fresh: Path) -> None:
    state = State.at(fresh)
    assert state.database()["PASSWORD"] == ""
    assert state.redis_password == ""
    assert state.running() is None
    assert not fresh.exists()


def test_all_who_ask_for_the_key_at_once_get_the_same(fresh: Path) -> None:
    program = "import sys; sys.stdin.read(); from saypro_review.lib.embedded import State; print(State.at(sys.argv[1]).secret_key())"
    started = [
        subprocess.Popen([sys.executable, "-c", program, fresh], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=PROJECT, text=True)
        for _ in range(6)
    ]
    keys = {process.communicate("")[0].strip() for process in started}
    assert len(keys) == 1
    assert len(keys.pop()) >= 50
    assert [path.name for path in fresh.iterdir()] == ["secrets"]
    assert stat.S_IMODE((fresh / "secrets").stat().st_mode) == 0o600


def test_the_urls(fresh: Path) -> None:
    state = State.at(fresh)
    state.secret_key()
    secrets = json.loads((fresh / "secrets").read_text())
    assert len(set(secrets.values())) == 4
    assert state.redis_url() == f"redis+socket://:{secrets['valkey']}@{fresh}/run/valkey.sock"
    assert state.database()["PASSWORD"] == secrets["database"]
    assert (state.database()["USER"], state.database(superuser=True)["USER"]) == ("saypro", "postgres")


def test_directories_are_private_whatever_the_umask(fresh: Path) -> None:
    before = os.umask(0)
    try:
        state = State.at(fresh / "deep")
        state.secret_key()
        state.private(state.path / "log", for_servers=False)
    finally:
        os.umask(before)
    for directory, mode in ((fresh, 0o711), (fresh / "deep", 0o711), (fresh / "deep" / "log", 0o700)):
        assert stat.S_IMODE(directory.stat().st_mode) == (mode if os.geteuid() == 0 else 0o700)


def test_a_link_in_place_of_a_private_directory_is_refused(fresh: Path) -> None:
    state = State.at(fresh)
    state.make()
    (fresh / "elsewhere").mkdir()
    (fresh / "log").symlink_to(fresh / "elsewhere")
    with pytest.raises(Failed, match="belongs to someone else"):
        state.private(fresh / "log", for_servers=False)


def test_a_broken_file_of_secrets_is_said_and_not_overwritten(fresh: Path) -> None:
    fresh.mkdir()
    (fresh / "secrets").write_text("{}")
    with pytest.raises(Failed, match="cannot be read"):
        State.at(fresh).secret_key()
    assert (fresh / "secrets").read_text() == "{}"


def test_only_one_holds_it(fresh: Path) -> None:
    state = State.at(fresh)
    with state.lock("up"):
        assert state.running() == Running(os.getpid(), start_of(os.getpid()), "up")
        state.tell(Running(os.getpid(), start_of(os.getpid()), "up", "http://127.0.0.1:1/", True))
        with pytest.raises(AlreadyRunning, match=rf"at http://127.0.0.1:1/ \(process {os.getpid()}\)"), state.lock("up"):
            pass
    assert state.running() is None
    with state.lock("run"):
        pass


def test_the_lock_dies_with_its_holder_even_if_a_child_lives(fresh: Path) -> None:
    program = """if True:
        import subprocess, sys
        from saypro_review.lib.embedded import State
        with State.at(sys.argv[1]).lock("up"):
            child = subprocess.Popen(["sleep", "1000"], stdout=2)
            print(child.pid, flush=True)
            child.wait()
    """
    holder = subprocess.Popen([sys.executable, "-c", program, fresh], stdout=subprocess.PIPE, cwd=PROJECT, text=True)
    child = int(holder.stdout.readline())
    state = State.at(fresh)
    try:
        assert state.running().pid == holder.pid
        holder.kill()
        holder.wait()
        eventually(lambda: state.running() is None, 2)
        assert start_of(child)
        with state.lock("up"):
            pass
    finally:
        os.kill(child, signal.SIGKILL)
        holder.stdout.close()


def test_what_a_dead_holder_said_is_not_believed(fresh: Path) -> None:
    """Its number may be someone else's by now, whom `stop` must not kill."""
    state = State.at(fresh)
    with state.lock("up"):
        state.tell(Running(os.getpid(), "12345", "up", "http://127.0.0.1:1/", True))
        with pytest.raises(AlreadyRunning, match="Another process uses this state directory"):
            state.running()


def test_a_directory_that_cannot_be_made(place: Path) -> None:
    (place / "file").write_text("")
    with pytest.raises(Failed, match="Cannot create"):
        State(place / "file" / "var", place / "file" / "var", None, place).secret_key()
