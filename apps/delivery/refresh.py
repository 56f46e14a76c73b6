"""Keeping the memory of this process new: woken by each notification, and anyway twice a second."""

from __future__ import annotations

import asyncio
import ctypes
import gc
import logging
import random
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from apps.delivery import keeper, snapshot
from apps.delivery.keeper import Keeper
from apps.delivery.problems import Problem
from apps.delivery.sent import save_names
from apps.delivery.signing import RING
from apps.delivery.store import Store
from config.database_probe import answers
from config.environment import read

log = logging.getLogger("galley.delivery")
POLL_EVERY = 0.5  # seconds
RETRY_AT_MOST = 5.0
SAVE_USES_EVERY = 5.0
START_WITHIN = 10.0  # seconds that calls wait for a memory that is being read for the first time
TRUST_AFTER = 3.0  # seconds that a start waits for a database which answers and then says nothing
# Seconds that a thread keeps the interpreter while a fetch waits. Each of the calls that came
# together waits as long, so a fifth of a millisecond: shorter slices cost eight busy threads 2 %.
GIVE_WAY_AFTER = 0.0002
YOUNG_ENOUGH = 50_000  # new objects before the collector looks at them
TELLING = {"", "release", "key"}  # topics worth a look before the next poll; "" after a gap


class Refresher:
    """One thread of this process; it alone touches the database for known keys and prompts."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._wake = threading.Event()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()
        self._uses_saved_at = 0.0
        self._turns = 0
        self._keeper = Keeper(store)
        self.prepare: Callable[[], object] = lambda: None  # before anything reads the database

    @property
    def running(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def start(self) -> None:
        """Begin, once; calling it again costs nothing."""
        if self._thread is not None:
            return
        with self._starting:
            if self._thread is None:
                self._begin_from_disk()
                thread = threading.Thread(target=self._run, name="galley-delivery", daemon=True)
                thread.start()
                self._thread = thread

    def stop(self, timeout: float = 2.0) -> None:
        self._stop.set()
        self._wake.set()
        self._keeper.stop(timeout)
        if self._thread is not None:
            self._thread.join(timeout)

    async def first_turn(self, within: float = START_WITHIN) -> None:
        """Wait until the database was read for the first time, or could not be: who comes back
        after an outage, all at once, is not sent away for a moment. For the event loop."""
        end = time.monotonic() + within
        while self.running and not self._turns and not self._store.loaded:
            if time.monotonic() > end:
                return
            await asyncio.sleep(0.02)

    async def next_turn(self, within: float = 3.0) -> None:
        """Read on now, and wait until that is done or the time is over. For the event loop."""
        before, end = self._turns, time.monotonic() + within
        self._wake.set()
        # The turn that is under way may have read before: two have to end.
        while self._turns < before + 2 and time.monotonic() < end:
            await asyncio.sleep(0.02)
            self._wake.set()

    def _heard(self, payload: str) -> None:
        if payload.partition(":")[0] in TELLING:
            self._wake.set()

    def _begin_from_disk(self) -> None:
        """Take the snapshot: with the database away it is served at once, else it is what reading
        on begins with."""
        memory, wrong = snapshot.read(keeper.folder(), RING)
        for sentence in wrong:
            log.error("%s", sentence)
        if memory is not None:
            self._store.preload(memory)
            if not answers(read()):
                self._store.trust_snapshot()

    def _run(self) -> None:
        try:
            self.prepare()
        except Exception:
            log.exception("what reads the database cannot be loaded")
            self._store.trust_snapshot()
            return
        from apps.core.listener import LISTENER

        LISTENER.add(self._heard)
        silent = threading.Timer(TRUST_AFTER, self._store.trust_snapshot)
        silent.daemon = True
        silent.start()
        self._keep_reading()
        silent.cancel()
        LISTENER.remove(self._heard)

    def _keep_reading(self) -> None:
        from django.db import connection

        leave_the_pool()
        failures = 0
        while not self._stop.is_set():
            failures = 0 if self._turn() else failures + 1
            if failures:
                self._store.trust_snapshot()
            else:
                self._keeper.start()
            if not self._turns:
                _settle()
            self._turns += 1
            self._wake.wait(_pause(failures))
            self._wake.clear()
        connection.close()

    def _turn(self) -> bool:
        from django.db import connection

        try:
            if RING.reload():
                self._store.forget_answers()
            self._store.refresh()
            if time.monotonic() - self._uses_saved_at > SAVE_USES_EVERY:
                save_uses(self._store)
                save_names()
                self._uses_saved_at = time.monotonic()
        except Problem:
            connection.close()  # what is left of it may hang; the next turn opens a new one
            return False
        except Exception:
            connection.close()
            log.exception("the memory could not be refreshed")
            return False
        return True


def _settle() -> None:
    """What was read stays: the collector need not walk through ten thousand prompts while a fetch
    waits, and no thread may keep a fetch waiting for long."""
    gc.collect()
    _give_back()
    gc.freeze()
    gc.set_threshold(YOUNG_ENOUGH, *gc.get_threshold()[1:])
    sys.setswitchinterval(GIVE_WAY_AFTER)


def _give_back() -> None:
    """glibc keeps what was freed while ten thousand prompts were read, 10 MB and more, between what
    stays: it is asked to let go, once. Other C libraries have no such call."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


def leave_the_pool() -> None:
    """Give this thread a connection of its own: after an outage a pool comes back late."""
    from django.db import connections

    from apps.core.listener import PATIENCE

    own = connections["default"].copy()
    options = {k: v for k, v in own.settings_dict["OPTIONS"].items() if k != "pool"}
    own.settings_dict["OPTIONS"] = {**options, **PATIENCE}
    own.settings_dict["CONN_MAX_AGE"] = None
    connections["default"] = own


def _pause(failures: int) -> float:
    """Longer after each failure, and never the same for two processes."""
    if not failures:
        return POLL_EVERY
    spread = random.uniform(0.5, 1)  # noqa: S311 - spreads the processes, no secret
    return min(RETRY_AT_MOST, POLL_EVERY * 2 ** min(failures, 8)) * spread


def save_uses(store: Store) -> None:
    """Write down which keys were used, and for which prompts; what could not be written is kept
    for the next time."""
    _save_keys(store)
    _save_fetches(store)


def _save_fetches(store: Store) -> None:
    from django.db import Error as DatabaseError

    from apps.environments.actions.keys import note_fetches

    fetches = store.take_unsaved_fetches()
    minutes: dict[int, set[tuple[int, int]]] = {}
    for place in list(fetches):
        minutes.setdefault(store.fetched[place], set()).add(place)
    try:
        for minute, fetched in minutes.items():
            note_fetches(fetched, at=_instant(minute))
    except DatabaseError:
        store.unsaved_fetches |= fetches
        raise


def _save_keys(store: Store) -> None:
    from django.db import Error as DatabaseError

    from apps.environments.actions.keys import note_key_use

    keys = store.take_unsaved()
    if not keys:
        return
    minutes: dict[int, set[int]] = {}
    for key in list(keys):  # the event loop may still hold this very set
        minutes.setdefault(store.used[key], set()).add(key)
    try:
        for minute, used in minutes.items():
            note_key_use(used, at=_instant(minute))
    except DatabaseError:
        store.unsaved |= keys
        raise


def _instant(minute: int) -> datetime:
    return datetime.fromtimestamp(0, UTC) + timedelta(minutes=minute)
