"""Which variables callers send: gathered in memory, so that no call waits for the database.

Names alone, and only what could be the name of a variable; never a value.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterable
from datetime import UTC, datetime

Sent = tuple[int, int, str]  # environment, prompt, name
ANY = ""  # that there was a call at all
MAX_NAMES = 200  # of one prompt in one environment
MAX_WAITING = 20_000
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")


class SentNames:
    """What was seen since the last writing. A name is written down once an hour at most."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: dict[Sent, int] = {}
        self._waiting: set[Sent] = set()

    def note(self, environment: int, prompt: int, names: Iterable[str]) -> None:
        hour = int(time.time() // 3600)
        found = [name for name in names if _NAME.fullmatch(name)][:MAX_NAMES]
        with self._lock:
            for name in (ANY, *found):
                sent = (environment, prompt, name)
                if self._seen.get(sent) != hour and len(self._waiting) < MAX_WAITING:
                    self._seen[sent] = hour
                    self._waiting.add(sent)
            if len(self._seen) > 10 * MAX_WAITING:
                self._seen.clear()

    def take(self) -> set[Sent]:
        with self._lock:
            taken, self._waiting = self._waiting, set()
        return taken

    def give_back(self, sent: set[Sent]) -> None:
        """What could not be written is kept for the next time."""
        with self._lock:
            self._waiting |= sent


SENT = SentNames()


def save_names() -> None:
    from apps.delivery.actions import note_names

    sent = SENT.take()
    if not sent:
        return
    try:
        note_names(sent, at=datetime.now(UTC))
    except Exception:
        SENT.give_back(sent)
        raise
