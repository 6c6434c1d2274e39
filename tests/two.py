"""Two people at once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def meanwhile(act: Callable[[], object]) -> Iterator[None]:
    """Another person's transaction that has done `act` and commits when the block is left, or a second later."""
    done, leave = threading.Event(), threading.Event()

    def other() -> None:
        with transaction.atomic():
            act()
            done.set()
            leave.wait(1)
        connection.close()

    thread = threading.Thread(target=other)
    thread.start()
    assert done.wait(20)
    try:
        yield
    finally:
        leave.set()
        thread.join()
