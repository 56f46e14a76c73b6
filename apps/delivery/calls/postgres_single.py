"""Single calls in PostgreSQL: finding them, and forgetting what they said."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import connection

from apps.delivery.calls.engine import Call, Filter, Known
from apps.delivery.calls.postgres_figures import condition

LATELY = timedelta(days=2)
KNOWN = """
SELECT ident, prompt_id, version_id, arm, split_id, unit_hash, started_at FROM delivery_logevent
 WHERE environment_id = %s AND ident = ANY(%s) AND day >= %s AND day < %s ORDER BY started_at
"""
FORGET = tuple(
    f"DELETE FROM {table} WHERE prompt_id = ANY(%s) AND day < %s"
    for table in ("delivery_logevent", "delivery_feedbackevent")
)
DAYS = """
SELECT to_date(right(relname, 8), 'YYYYMMDD') FROM pg_inherits
  JOIN pg_class ON pg_class.oid = inhrelid
 WHERE inhparent = 'delivery_logevent'::regclass ORDER BY 1
"""
ERASE = (
    "UPDATE delivery_logevent SET variables = NULL, output = NULL, error = ''"
    " WHERE prompt_id = ANY(%s) AND started_at < %s AND day <= %s"
    " AND (variables IS NOT NULL OR output IS NOT NULL OR NOT error = '')",
    "UPDATE delivery_feedbackevent SET comment = NULL"
    " WHERE prompt_id = ANY(%s) AND started_at < %s AND day <= %s AND comment IS NOT NULL",
)


def known(environment: int, idents: Collection[str]) -> dict[str, Known]:
    """Most feedback is about a call of these days, so the older partitions are asked last."""
    edge = datetime.now(UTC).date() - LATELY
    found = _known(environment, idents, edge, date.max)
    if missing := [ident for ident in idents if ident not in found]:
        found |= _known(environment, missing, date(2000, 1, 1), edge)
    return found


def _known(environment: int, idents: Collection[str], since: date, until: date) -> dict[str, Known]:
    with connection.cursor() as cursor:
        cursor.execute(KNOWN, [environment, list(idents), since, until])
        return {row[0]: Known(*row) for row in cursor.fetchall()}


def single(wanted: Filter, *, limit: int, before: tuple[datetime, str] | None) -> list[Call]:
    where, values = condition(wanted)
    if before is not None:
        where, values = f"{where} AND (started_at, ident) < (%s, %s)", [*values, *before]
    statement = (
        f"SELECT {', '.join(Call._fields)} FROM delivery_logevent WHERE {where}"
        " ORDER BY started_at DESC, ident DESC LIMIT %s"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [*values, limit])
        return [_read(Call(*row)) for row in cursor.fetchall()]


def _read(call: Call) -> Call:
    told: Any = call.variables  # as text: Django leaves JSON alone
    return call if told is None else call._replace(variables=json.loads(told))


def days() -> list[date]:
    """The days for which there is a partition."""
    with connection.cursor() as cursor:
        cursor.execute(DAYS)
        return [row[0] for row in cursor.fetchall()]


def forget(prompts: Collection[int], before: date) -> int:
    dropped = 0
    with connection.cursor() as cursor:
        for statement in FORGET:
            cursor.execute(statement, [list(prompts), before])
            dropped += cursor.rowcount
    return dropped


def erase_values(prompts: Collection[int], before: datetime) -> int:
    erased = 0
    values = [list(prompts), before, before.astimezone(UTC).date()]
    with connection.cursor() as cursor:
        for statement in ERASE:
            cursor.execute(statement, values)
            erased += cursor.rowcount
    return erased
