"""Telling open pages that something changed: ids only, inside the transaction, never durable."""

from __future__ import annotations

from django.db import connection

CHANNEL = "galley_live"


def touch(topic: str, ident: int | str) -> None:
    """Notify listeners of `topic:ident` (for example `prompt:12`) when the transaction commits."""
    payload = f"{topic}:{ident}"
    if len(payload.encode()) > 7999:
        raise ValueError("a live notification carries an id, not a text")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, payload])
