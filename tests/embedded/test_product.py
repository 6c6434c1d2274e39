"""The true `manage.py up`, once through its life: first start, kill -9, second start, the end; and with servers of others."""

import os
import signal
import sys
import urllib.parse
import urllib.request
from pathlib import Path

import pytest

from saypro_review.lib.embedded import State

from .drills import PROJECT, Process, a_free_port, eventually, left, log_of, serve, sql

pytestmark = pytest.mark.servers
MANAGE = [sys.executable, str(PROJECT / "manage.py")]
READY = "SayPro Review is at "


def manage(state: Path, *argv: str, **env: str) -> Process:
    return Process([*MANAGE, *argv], state, log_of(state), **env)


def healthy(process: Process) -> bool:
    url = process.until(READY).split(READY)[1].split()[0]
    return urllib.request.urlopen(f"{url}healthz", timeout=10).status == 200


def test_a_life(fresh: Path) -> None:
    first = manage(fresh, "up", "--no-demo", PORT=str(a_free_port()))
    assert healthy(first)
    # Any command works while it runs, with its servers.
    inside = manage(fresh, "embedded", "run", "--", *MANAGE, "migrate", "--check")
    assert inside.ends() == 0, inside.said
    assert sql(fresh, "CREATE TABLE kept AS SELECT count(*) FROM django_migrations; SELECT count FROM kept") > 10
    eventually(lambda: sum("leash.py celery" in command for command in left(fresh).values()) == 4)  # with beat and two for the work
    first.kill(signal.SIGKILL)
    assert first.ends() == -signal.SIGKILL
    eventually(lambda: not left(fresh), 10)

    second = manage(fresh, "up", "--no-demo", "--port", str(a_free_port()))
    assert healthy(second)
    assert sql(fresh, "SELECT count FROM kept") > 10
    assert manage(fresh, "stop").ends() == 0
    assert second.ends() == 0
    assert left(fresh) == {}


def test_with_the_servers_of_others_only_worker_and_web_are_run(place: Path) -> None:
    others, state = place / "others", place / "var"
    serve(others)
    there = State.at(others)
    password, sockets = there.database()["PASSWORD"], urllib.parse.quote(str(there.sockets), safe="")
    env = {"DATABASE_URL": f"postgres://saypro:{password}@{sockets}:5432/saypro", "REDIS_URL": there.redis_url(), "SECRET_KEY": "k" * 60}
    port = str(a_free_port())
    process = manage(state, "up", "--port", port, **env, SAYPRO_HTTPS="no")
    assert healthy(process)
    assert not (state / "pg").exists()
    commands = list(left(state).values())
    assert commands
    assert not [command for command in commands if "valkey" in command or "postgres -D" in command]
    outside = manage(state, "embedded", "run", "--", "sh", "-c", f'test "$SAYPRO_STATE" = {state} && exit 9', **env)
    assert outside.ends() == 9
    os.kill(process.inner.pid, signal.SIGTERM)
    assert process.ends() == 0
    assert left(state) == {}
    assert left(others)
