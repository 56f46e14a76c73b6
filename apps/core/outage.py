"""The log of a database that is away: a line when it begins and one when it is over.

The pool tries again and again, each of its connections for itself, and says so each time.
"""

from __future__ import annotations

import logging
import time
from threading import Lock
from typing import Any

log = logging.getLogger("galley.database")
RETRIES = ("error connecting in", "reconnection attempt in pool")  # as psycopg_pool begins them


class Outage(logging.Filter):
    """Of this process. Stands on the logger of the pool; `over` hears of every connection."""

    def __init__(self) -> None:
        super().__init__()
        self._since: float | None = None
        self._lock = Lock()

    def filter(self, record: logging.LogRecord) -> bool:
        if not str(record.msg).startswith(RETRIES):
            return True
        with self._lock:
            begins, self._since = self._since is None, self._since or time.monotonic()
        if begins:
            why = record.getMessage().partition("\n")[0]
            log.error("the database does not answer; said again when it does: %s", why)
        return False

    def over(self, **_sent: Any) -> None:
        if self._since is None:
            return
        with self._lock:
            since, self._since = self._since, None
        if since is not None:
            log.warning("the database answers again, after %.0f s", time.monotonic() - since)


OUTAGE = Outage()


def outage() -> Outage:
    """The one of this process, for the configuration of the log."""
    return OUTAGE
