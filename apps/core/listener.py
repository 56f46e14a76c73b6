"""One connection of this process that hears PostgreSQL's notifications and tells who asked.

Nothing durable hangs on it: while it is away its users poll, and after it came back they are told
once ("" as the payload) that something may have been missed.
"""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Callable
from typing import Any

import psycopg
from django.db import connections

from apps.core.live import CHANNEL

log = logging.getLogger("galley.live")
Heard = Callable[[str], None]
LOOK_UP_EVERY = 0.5  # seconds: how soon a stop is seen
IDLE_CHECK_EVERY = 10.0  # a dead connection is noticed by asking it something
PATIENCE = {
    "connect_timeout": 5, "keepalives": 1, "keepalives_idle": 5, "keepalives_interval": 2,
    "keepalives_count": 3, "tcp_user_timeout": 10_000,
}  # fmt: skip
DJANGO_ONLY = {"cursor_factory", "context", "prepare_threshold"}


class Listener:
    """Its thread runs while somebody listens. Callbacks run in that thread and must be quick."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._heard: tuple[Heard, ...] = ()
        self._thread: threading.Thread | None = None
        self._stop = threading.Event()

    def add(self, heard: Heard) -> None:
        with self._lock:
            self._heard = (*self._heard, heard)
            if self._thread is None:
                self._stop = threading.Event()
                self._thread = threading.Thread(
                    target=self._run, args=(self._stop,), name="galley-listener", daemon=True
                )
                self._thread.start()

    def remove(self, heard: Heard) -> None:
        with self._lock:
            self._heard = tuple(other for other in self._heard if other != heard)
            if not self._heard and self._thread is not None:
                self._stop.set()
                self._thread = None

    def _run(self, stop: threading.Event) -> None:
        pause = 0.0
        while not stop.wait(pause):
            try:
                with _connect() as connection:
                    connection.execute(f"LISTEN {CHANNEL}")
                    self._tell("")
                    self._hear(connection, stop)
            except (psycopg.Error, OSError) as error:
                log.warning("notifications are away: %s", str(error).partition("\n")[0])
                pause = random.uniform(0.5, 2)  # noqa: S311 - spreads the processes, no secret

    def _hear(self, connection: psycopg.Connection[Any], stop: threading.Event) -> None:
        quiet = 0.0
        while not stop.is_set():
            heard = False
            for note in connection.notifies(timeout=LOOK_UP_EVERY, stop_after=1):
                heard = True
                self._tell(note.payload)
            quiet = 0.0 if heard else quiet + LOOK_UP_EVERY
            if quiet >= IDLE_CHECK_EVERY:
                connection.execute("SELECT 1")
                quiet = 0.0

    def _tell(self, payload: str) -> None:
        for heard in self._heard:
            heard(payload)


def _connect() -> psycopg.Connection[Any]:
    parameters = connections["default"].get_connection_params()
    own = {name: value for name, value in parameters.items() if name not in DJANGO_ONLY}
    return psycopg.connect(
        **{**own, **PATIENCE}, autocommit=True, application_name="galley listener"
    )


LISTENER = Listener()
