"""What a test tries again and again is taken back each time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction


@contextmanager
def undone() -> Iterator[None]:
    """As if it had not been; inside a transaction. The savepoint goes as well: each that stays
    holds a lock and lies around the next, until the database has no place for more."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
