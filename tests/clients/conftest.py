"""The client library runs from its folder, as it stands alone, against a small real server."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "clients" / "python"))

from tests.clients.harness.answers import KEY
from tests.clients.harness.faces import AsyncFace, Clock, Face, SyncFace
from tests.clients.harness.server import Server


@pytest.fixture
def server() -> Iterator[Server]:
    running = Server()
    yield running
    running.stop()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=[SyncFace, AsyncFace], ids=["sync", "async"])
def make(
    request: pytest.FixtureRequest, server: Server, clock: Clock
) -> Iterator[Callable[..., Face]]:
    """Makes clients of either face, on the test's clock and without chance; without stream and
    polling unless a test wants them."""
    made: list[Face] = []

    def one(url: str = "", key: str = KEY, **options: Any) -> Face:
        quiet: dict[str, Any] = {"stream": False, "poll": None}
        face: Face = request.param(url or server.url, key, **{**quiet, **options})
        made.append(face)
        face.core.memory.clock = clock
        face.core.memory.chance = lambda: 0.0
        return face

    yield one
    for face in made:
        face.close()


@pytest.fixture
def galley(make: Callable[..., Face]) -> Face:
    return make()
