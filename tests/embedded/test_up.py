"""`up` and `run`, hurt in every way that a terminal or the kernel knows: nothing stays behind, all comes back."""

import os
import signal
import socket
import sys
import urllib.request
from pathlib import Path

import psycopg2
import pytest

from saypro_review.lib.embedded import State, session

from .drills import Process, a_free_port, connect, eventually, left, log_of, sql, up

pytestmark = pytest.mark.servers
GONE_IN = 10.0


def address(process: Process) -> str:
    said = process.until("SayPro Review is at ")
    return said.split("SayPro Review is at ")[1].split()[0]


def test_it_runs_says_where_and_is_the_only_one(state: Path) -> None:
    port = a_free_port()
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        steps = [["A step ...", sys.executable, "-c", "print('stepped')"]]
        first = up(state, port, steps=steps, greet=["echo", "Welcome to {url}"])
        said = first.until("Welcome")
    url = address(first)
    assert f"SayPro Review is at {url} (port {port} was taken)\n" in said
    assert said.index("A step ...") < said.index("stepped") < said.index("SayPro Review is at")
    assert f"Welcome to {url}" in said
    assert urllib.request.urlopen(url).read() == b"stand-in"
    second = up(state, port)
    assert second.ends() == 1
    assert second.said == f"SayPro Review is already running at {url} (process {first.inner.pid}).\n"
    assert State.at(state).running().address == url
    # A second product on the same machine takes another port, also while the first is between two web servers.
    assert session.free_port("127.0.0.1", int(url.split(":")[2].strip("/")))[0] != int(url.split(":")[2].strip("/"))
    assert session.stop(State.at(state)) == 0
    assert first.ends() == 0
    assert left(state) == {}
    assert session.stop(State.at(state)) == 0


@pytest.mark.parametrize("end", ["SIGTERM", "SIGINT", "SIGHUP", "SIGKILL", "SIGKILL to all at once"])
def test_nothing_is_left_behind_and_the_data_is(state: Path, end: str) -> None:
    process = up(state, a_free_port())
    address(process)
    link = connect(state)  # an open transaction must not hold anything up
    link.cursor().execute("CREATE TABLE lost (a int)")
    sql(state, "DROP TABLE IF EXISTS kept; CREATE TABLE kept AS SELECT 42 AS answer")
    number = getattr(signal, end.split()[0])
    victims = children(process.inner.pid) if "all" in end else []
    for pid in (*victims, process.inner.pid):
        os.kill(pid, number)
    assert process.ends() == (-signal.SIGKILL if number == signal.SIGKILL else 0)
    eventually(lambda: not left(state), GONE_IN)
    if number != signal.SIGKILL:
        # In order: whoever writes ends before whoever keeps.
        assert process.said.endswith("Stopping ...\nSayPro Review has stopped.\n")
    link.close()
    if end in {"SIGINT", "SIGHUP"}:
        return  # the same road as SIGTERM
    address(up(state, a_free_port()))
    if number != signal.SIGKILL:  # with it, `fast` may lose the last moments
        assert sql(state, "SELECT answer FROM kept") == 42
    with pytest.raises(psycopg2.Error):
        sql(state, "SELECT * FROM lost")


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def test_a_child_that_dies_is_started_again_without_its_old_forks(state: Path) -> None:
    process = up(state, a_free_port())
    url = address(process)
    web = next(pid for pid, command in left(state).items() if "stand_in web" in command and pid in children(process.inner.pid))
    (fork,) = children(web)
    os.kill(web, signal.SIGKILL)
    process.until("The web server ended (signal SIGKILL); starting it again in 1 s.")
    eventually(lambda: fork not in left(state), 2)
    eventually(lambda: answers(url))


def answers(url: str) -> bool:
    try:
        return urllib.request.urlopen(url, timeout=2).read() == b"stand-in"
    except OSError:
        return False


def test_a_failing_step_ends_it(state: Path) -> None:
    process = up(state, a_free_port(), steps=[["", "false"]], embedded=False)
    assert process.ends() == 1
    assert "failed (exit code 1)." in process.said
    assert left(state) == {}


def test_ctrl_c_during_a_step(state: Path) -> None:
    process = up(state, a_free_port(), steps=[["Stepping", "sleep", "1000"]], embedded=False)
    process.until("Stepping")
    process.kill(signal.SIGINT)
    assert process.ends() == 0
    assert left(state) == {}


def test_a_second_ctrl_c_does_not_wait(state: Path) -> None:
    stubborn = [
        sys.executable,
        "-c",
        "import signal, time; signal.signal(15, signal.SIG_IGN); print('deaf', flush=True); time.sleep(1000)",
    ]
    process = Process([sys.executable, "-c", PROGRAM, str(state), *stubborn], state, log_of(state))
    process.until("deaf")
    process.kill(signal.SIGINT)
    with pytest.raises(AssertionError):
        eventually(lambda: process.inner.poll() is not None, 1.0)
    process.kill(signal.SIGINT)
    assert process.inner.wait(5) == 0
    assert left(state) == {}


PROGRAM = """
import signal, sys
from saypro_review.lib.embedded.processes import spawn
from saypro_review.lib.embedded.supervisor import Child, Ended, Supervisor
with Supervisor(print) as supervisor:
    try:
        supervisor.run(Child("child", lambda: spawn(sys.argv[2:], death=signal.SIGKILL), ((signal.SIGTERM, 60.0),)))
        supervisor.forever()
    except Ended:
        pass
"""


class TestRun:
    def run(self, state: Path, *command: str) -> Process:
        program = "import sys; from saypro_review.lib.embedded import State, session; "
        program += "sys.exit(session.run(State.at(sys.argv[1]), sys.argv[2:], fast=True))"
        return Process([sys.executable, "-c", program, str(state), *command], state, log_of(state))

    def test_the_exit_code_is_the_commands_and_nothing_stays(self, state: Path) -> None:
        process = self.run(state, "sh", "-c", 'test -S "$SAYPRO_STATE/run/valkey.sock" && exit 7')
        assert process.ends() == 7
        assert left(state) == {}

    def test_a_command_that_does_not_exist(self, state: Path) -> None:
        process = self.run(state, "no-such-command")
        assert process.ends() == 1
        assert process.said.endswith("Cannot run no-such-command: No such file or directory.\n")

    @pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 128 + 15), (signal.SIGINT, 128 + 2), (signal.SIGKILL, -9)])
    def test_a_signal_ends_command_and_servers(self, state: Path, number: int, code: int) -> None:
        process = self.run(state, sys.executable, "-c", "import time; print('on', flush=True); time.sleep(1000)")
        process.until("on\n")
        second = self.run(state, "true")
        assert second.ends() == 1
        assert "A command is using the embedded servers" in second.said
        process.kill(number)
        assert process.ends() == code
        eventually(lambda: not left(state), GONE_IN)

    def test_it_uses_the_servers_of_a_running_up(self, state: Path) -> None:
        host = up(state, a_free_port())
        address(host)
        before = (state / "pg" / "postmaster.pid").read_text()
        process = self.run(state, "sh", "-c", "exit 3")
        assert process.ends() == 3
        assert (state / "pg" / "postmaster.pid").read_text() == before
        assert sql(state, "SELECT 1") == 1


def test_a_port_that_cannot_be() -> None:
    with pytest.raises(session.Failed, match="it is no address of this machine"):
        session.free_port("192.0.2.1", 8000)
    with pytest.raises(session.Failed, match="Cannot listen on"):
        session.free_port("no such host", 8000)
    with pytest.raises(session.Failed, match="set PORT"):
        session.free_port("127.0.0.1", 70000)


def test_ports_are_shared_only_with_our_own_web_server() -> None:
    port, held = session.free_port("127.0.0.1", a_free_port())
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with pytest.raises(OSError, match="in use"):
            other.bind(("127.0.0.1", port))
    held.close()
