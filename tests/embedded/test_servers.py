"""The two servers themselves: data, passwords, sockets, and what an earlier life may have left."""

import json
import os
import shutil
import signal
import stat
import time
from contextlib import suppress
from pathlib import Path

import psycopg2
import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from saypro_review.lib.embedded import State
from saypro_review.lib.embedded.processes import working_in

from .drills import connect, eventually, left, serve, sql

pytestmark = pytest.mark.servers
KEPT = "DROP TABLE IF EXISTS kept; CREATE TABLE kept AS SELECT 42 AS answer"


def valkey(path: Path, password: str | None = None) -> redis.Redis:
    state = State.at(path)
    once = Retry(NoBackoff(), 0)
    return redis.Redis(
        unix_socket_path=str(state.redis_socket), password=state.redis_password if password is None else password, retry=once
    )


def listeners(pids: dict[int, str]) -> list[str]:
    """The TCP and UDP sockets that these processes hold."""
    inodes = set()
    for pid in pids:
        with suppress(FileNotFoundError):
            inodes |= {os.readlink(link) for link in Path(f"/proc/{pid}/fd").iterdir()}
    assert len(inodes) > 10
    tables = [Path(f"/proc/net/{kind}").read_text().splitlines()[1:] for kind in ("tcp", "tcp6", "udp", "udp6")]
    return [line for table in tables for line in table if f"socket:[{line.split()[9]}]" in inodes]


def owners(pids: list[int]) -> set[int]:
    found = set()
    for pid in pids:
        with suppress(FileNotFoundError):  # one that has served a connection ends with it
            found.add(os.stat(f"/proc/{pid}").st_uid)
    return found


def test_data_survives_a_restart_and_is_open_to_nobody_else(fresh: Path, user: list[int]) -> None:
    state = fresh
    first = serve(state, *user)
    sql(state, KEPT)
    valkey(state).set("kept", "yes")
    assert listeners(left(state)) == []
    # A wrong password, and none, are refused: scram, not trust.
    for wrong in ("wrong", ""):
        with pytest.raises(psycopg2.OperationalError, match="password"):
            connect(state, password=wrong)
    with pytest.raises(redis.AuthenticationError):
        valkey(state, "wrong").ping()
    with pytest.raises(redis.AuthenticationError):
        valkey(state, "").ping()
    assert sql(state, "SHOW data_checksums") == "on"
    assert sql(state, "SELECT datlocprovider::text || ' ' || datlocale FROM pg_database WHERE datname = 'saypro'") == "b C.UTF-8"
    assert sql(state, "SELECT rolsuper FROM pg_roles WHERE rolname = 'saypro'") is False
    for name in ("pg", "run", "valkey", "log", "secrets"):
        found = (state / name).stat()
        assert not stat.S_IMODE(found.st_mode) & 0o077, name
    owner = State.at(state).user
    assert owners(working_in(state / "pg", "postgres")) == {owner.uid if owner else os.geteuid()}
    first.kill(signal.SIGTERM)
    assert first.ends() == 0
    assert left(state) == {}
    serve(state, *user)
    assert sql(state, "SELECT answer FROM kept") == 42
    assert valkey(state).get("kept") == b"yes"


@pytest.mark.parametrize("name", ["x" * 170, "a b'ü%41,{c}"])
def test_a_long_or_odd_path(place: Path, name: str) -> None:
    state = place / name / "var"
    state.parent.mkdir()
    serve(state)
    assert sql(state, "SELECT 1") == 1
    sockets = State.at(state).sockets
    assert not sockets.is_relative_to(state)
    assert stat.S_IMODE(sockets.stat().st_mode) == 0o700
    assert left(state)


def test_a_foreign_directory_for_the_sockets_is_refused(place: Path) -> None:
    state = place / ("x" * 170)
    sockets = State.at(state).sockets
    sockets.mkdir(mode=0o777)
    sockets.chmod(0o777)
    try:
        with pytest.raises(AssertionError, match="belongs to someone else or is open to others"):
            serve(state)
    finally:
        sockets.rmdir()


def test_half_a_cluster_is_made_anew(fresh: Path) -> None:
    state = fresh
    # As if we had died in the middle of initdb: some files, no cluster.
    (state / "pg.new" / "data").mkdir(parents=True)
    (state / "pg.new" / "data" / "PG_VERSION").write_text("18\n")
    serve(state)
    assert sql(state, "SELECT 1") == 1
    assert not (state / "pg.new").exists()


def test_kill_during_initdb_leaves_nothing_and_the_next_start_works(fresh: Path) -> None:
    state = fresh
    process = serve(state, wait=False)
    eventually(lambda: (state / "pg.new" / "data" / "base").exists())
    process.kill(signal.SIGKILL)
    eventually(lambda: not left(state), 10)
    assert not (state / "pg").exists()
    serve(state)
    assert sql(state, "SELECT 1") == 1


def test_a_stale_pid_file_that_names_a_living_process(state: Path) -> None:
    serve(state).kill(signal.SIGKILL)
    eventually(lambda: not left(state), 10)
    pid = state / "pg" / "postmaster.pid"
    # A process of the same user that is no PostgreSQL, as after a restart of a container.
    lines = [str(os.getpid()), str(state / "pg"), str(int(time.time())), "5432", str(State.at(state).sockets), "", "1 1", "ready"]
    pid.write_text("\n".join(lines) + "\n")
    shutil.copy(pid, State.at(state).sockets / ".s.PGSQL.5432.lock")
    (state / "roles").unlink()  # then the passwords are set too, by a PostgreSQL without a server
    serve(state)
    assert sql(state, "SELECT 1") == 1


def test_after_kill_9_of_postgres_itself(state: Path) -> None:
    process = serve(state, fast=False)
    sql(state, KEPT)
    os.kill(int((state / "pg" / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
    process.until("starting it again in 1 s")
    eventually(lambda: works(state))
    assert sql(state, "SELECT answer FROM kept") == 42


def works(state: Path) -> bool:
    try:
        return sql(state, "SELECT 1") == 1
    except psycopg2.OperationalError:
        return False


def test_lost_secrets_are_made_anew_and_fit_the_old_cluster(state: Path) -> None:
    process = serve(state)
    sql(state, KEPT)
    before = json.loads((state / "secrets").read_text())
    process.kill(signal.SIGTERM)
    process.ends()
    (state / "secrets").unlink()
    serve(state)
    assert json.loads((state / "secrets").read_text()) != before
    assert sql(state, "SELECT answer FROM kept") == 42
    with pytest.raises(psycopg2.OperationalError, match="password"):
        connect(state, password=before["database"])


def test_an_unreadable_broker_file_does_not_keep_the_product_down(state: Path) -> None:
    process = serve(state)
    valkey(state).set("a", "b")
    process.kill(signal.SIGTERM)
    process.ends()
    for path in (state / "valkey" / "appendonlydir").glob("*.manifest"):
        path.write_text("nonsense")
    said = serve(state).said
    assert "its old data is now" in said
    assert valkey(state).ping()
    assert (state / "valkey.unreadable").is_dir()
