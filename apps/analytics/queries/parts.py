"""Each part of a report by itself: one that is slow or fails leaves the others alone."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeVar

from django.db import DatabaseError, connection, transaction

log = logging.getLogger("galley.analytics")
MOST_MS = 4000
T = TypeVar("T")


def part(ask: Callable[[], T]) -> T | None:
    """What `ask` finds; None where the database gives up on it."""
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(MOST_MS)])
            return ask()
    except DatabaseError:
        log.exception("a part of a report failed")
        return None
