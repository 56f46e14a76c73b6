"""Writing the memory to disk behind everybody's back: one process at a time, never a request."""

from __future__ import annotations

import fcntl
import logging
import threading
import time
from pathlib import Path

from apps.delivery import snapshot
from apps.delivery.signing import RING
from apps.delivery.store import Store
from config.environment import read

log = logging.getLogger("galley.delivery")
LOOK_EVERY = 1.0  # seconds
OLD_AFTER = 60.0
REST = 20  # times as long as the last writing took


def folder() -> Path:
    """Where the snapshots of this process's database lie."""
    env = read()
    return env.data / "delivery" / env.database_name


class Keeper:
    """One thread of this process. What it could not write, it tries again; nobody waits for it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._kept: tuple[int, str] | None = None  # changes and signing key of the last snapshot
        self._warned = False
        self._packer = snapshot.Packer()

    def start(self) -> None:
        if self._thread is None:
            self._stop = threading.Event()
            self._thread = threading.Thread(target=self._run, name="galley-snapshot", daemon=True)
            self._thread.start()

    def stop(self, timeout: float = 2.0) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout)
            self._thread = None

    def _run(self) -> None:
        pause = LOOK_EVERY
        while not self._stop.wait(pause):
            begun = time.monotonic()
            self.look()
            pause = max(LOOK_EVERY, REST * (time.monotonic() - begun))

    def look(self) -> bool:
        """Write what changed since the last time; whether anything was written."""
        state = (self._store.changes, RING.id)
        if state == self._kept or self._store.stale:
            return False
        try:
            written = self._write()
        except Behind:
            return False
        except OSError as error:
            if not self._warned:
                log.warning("the snapshot could not be written, the one before stays: %s", error)
            self._warned = True
            return False
        self._kept, self._warned = state, False
        return written

    def _write(self) -> bool:
        place = folder()
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
        with open(place / "lock", "a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            memory = self._store.memory()
            known = _kept_by_others(place)
            if known is None or known < memory["sequence"]:
                snapshot.write(place, memory, RING, self._packer)
                return True
        if known == memory["sequence"]:
            return False
        raise Behind(f"another process had read as far as entry {known}")


class Behind(OSError):
    """Another process knew more a moment ago. A database that was put back knows less for ever:
    then what the others wrote grows old, and counts no more."""


def _kept_by_others(place: Path) -> int | None:
    """How far the newest snapshot had read, if the key that signs now signed it of late."""
    header = snapshot.header_of(place)
    known, signature = header.get("sequence"), str(header.get("signature"))
    if not isinstance(known, int) or f":{RING.id}:" not in signature:
        return None
    age = time.time() - (place / snapshot.NAME).stat().st_mtime
    return known if 0 <= age < OLD_AFTER else None
