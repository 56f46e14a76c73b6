"""Telling open pages that something changed: ids only, inside the transaction, never durable."""

from __future__ import annotations

from django.db import connection

CHANNEL = "galley_live"


def touch(topic: str, ident: int | str, part: str = "") -> None:
    """Notify listeners of `topic:ident` (for example `prompt:12`) when the transaction commits.
    `part`: which piece of it changed, in ids and numbers, for pages that can ask for that alone."""
    payload = f"{topic}:{ident} {part}".rstrip()
    if len(payload.encode()) > 7999:
        raise ValueError("a live notification carries an id, not a text")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, payload])
