"""Two people at once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection, transaction

WAITED_FOR = "SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE pg_backend_pid() = ANY(pg_blocking_pids(pid)))"


@contextmanager
def meanwhile(act: Callable[[], object]) -> Iterator[None]:
    """Another person's transaction that has done `act`. It commits when the block is left, or waits for it in the database."""
    done, leave = threading.Event(), threading.Event()

    def other() -> None:
        with transaction.atomic():
            act()
            done.set()
            while not leave.wait(0.02) and not _waited_for():
                pass
        connection.close()

    thread = threading.Thread(target=other)
    thread.start()
    assert done.wait(20)
    try:
        yield
    finally:
        leave.set()
        thread.join()


def _waited_for() -> bool:
    """Whether somebody waits for this connection's transaction."""
    with connection.cursor() as cursor:
        cursor.execute(WAITED_FOR)
        return bool(cursor.fetchone()[0])
