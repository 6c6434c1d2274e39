"""Places for state directories. Not tmp_path: pytest makes that private to root, and the servers' user must reach these."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from saypro_review.lib.embedded import State

from .drills import NOBODY, end


@pytest.fixture
def place() -> Iterator[Path]:
    """An empty directory that everyone can enter; whatever a test leaves there, and its processes, are removed."""
    root = enterable()
    yield root
    remove(root)


@pytest.fixture
def fresh(place: Path) -> Path:
    """Where a state directory may be made."""
    return place / "var"


@pytest.fixture(scope="session")
def shared() -> Iterator[Path]:
    root = enterable()
    yield root / "var"
    remove(root)


@pytest.fixture
def state(shared: Path) -> Iterator[Path]:
    """A state directory that other tests have used and hurt: making a cluster for each would take most of the time."""
    yield shared
    end(shared)


def enterable() -> Path:
    root = Path(tempfile.mkdtemp(prefix="saypro-test-")).resolve()
    root.chmod(0o755)
    return root


def remove(root: Path) -> None:
    end(root)
    for secrets in root.rglob("secrets"):
        shutil.rmtree(State.at(secrets.parent).sockets, ignore_errors=True)
    shutil.rmtree(root)


@pytest.fixture(params=[[], [NOBODY]] if os.geteuid() == 0 else [[]], ids=["root", "user"] if os.geteuid() == 0 else ["user"])
def user(request: pytest.FixtureRequest, place: Path) -> list[int]:
    """As whom to run: nobody in particular (the caller), and for root also as an ordinary user."""
    if request.param:
        os.chown(place, *request.param * 2)
    return request.param
