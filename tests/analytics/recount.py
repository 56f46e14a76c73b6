"""The same sums straight from the events, in SQL of their own."""

from __future__ import annotations

from typing import Any

from django.db import connection

HOURS = """
SELECT environment_id, prompt_id, version_id, key_id, arm, split_id, model,
       date_trunc('hour', started_at), count(*), count(*) FILTER (WHERE status = 'error'),
       sum(input_tokens), sum(output_tokens), coalesce(sum(cost), 0),
       count(*) FILTER (WHERE cost IS NULL)
  FROM delivery_logevent GROUP BY 1, 2, 3, 4, 5, 6, 7, 8 ORDER BY 1, 2, 3, 4, 5, 6, 7, 8
"""
KEPT_HOURS = """
SELECT environment_id, prompt_id, version_id, key_id, arm, split_id, model, hour, calls, errors,
       input_tokens, output_tokens, cost, unpriced
  FROM analytics_hourfigure ORDER BY 1, 2, 3, 4, 5, 6, 7, 8
"""
DAYS = HOURS.replace("date_trunc('hour', started_at)", "day")
KEPT_DAYS = KEPT_HOURS.replace("hour,", "day,").replace("hourfigure", "dayfigure")
FEEDBACK = """
SELECT environment_id, prompt_id, version_id, arm, split_id, name, kind,
       date_trunc('hour', started_at), count(*), sum(value), sum(value * value),
       count(*) FILTER (WHERE value > 0)
  FROM delivery_feedbackevent GROUP BY 1, 2, 3, 4, 5, 6, 7, 8 ORDER BY 1, 2, 3, 4, 5, 6, 7, 8
"""
KEPT_FEEDBACK = """
SELECT environment_id, prompt_id, version_id, arm, split_id, name, kind, hour, count, total,
       squares, positive
  FROM analytics_feedbackhour ORDER BY 1, 2, 3, 4, 5, 6, 7, 8
"""
TAGS = """
SELECT environment_id, prompt_id, version_id, tag, date_trunc('hour', started_at), count(*),
       count(*) FILTER (WHERE status = 'error')
  FROM delivery_logevent, unnest(tags) tag GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5
"""
KEPT_TAGS = """
SELECT environment_id, prompt_id, version_id, tag, hour, calls, errors
  FROM analytics_taghour ORDER BY 1, 2, 3, 4, 5
"""
PARTS = """
SELECT said.environment_id, said.prompt_id, said.version_id, 'model', call.model, said.name,
       said.kind, date_trunc('hour', said.started_at), count(*),
       count(*) FILTER (WHERE said.value > 0)
  FROM delivery_feedbackevent said JOIN delivery_logevent call
    ON (call.environment_id, call.ident, call.day)
       = (said.environment_id, said.log_ident, said.day)
 GROUP BY 1, 2, 3, 4, 5, 6, 7, 8 ORDER BY 1, 2, 3, 4, 5, 6, 7, 8
"""
KEPT_PARTS = """
SELECT environment_id, prompt_id, version_id, part, value, name, kind, hour, count, positive
  FROM analytics_parthour WHERE part = 'model' ORDER BY 1, 2, 3, 4, 5, 6, 7, 8
"""
PAIRS = (
    (HOURS, KEPT_HOURS), (DAYS, KEPT_DAYS), (FEEDBACK, KEPT_FEEDBACK), (TAGS, KEPT_TAGS),
    (PARTS, KEPT_PARTS),
)  # fmt: skip


def rows(sql: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


def differences() -> int:
    """How many rows of the sums differ from what the events say."""
    found = 0
    for direct, kept in PAIRS:
        found += len(set(rows(direct)) ^ set(rows(kept)))
    return found


def everything_kept() -> list[Any]:
    return [rows(kept) for _direct, kept in PAIRS]
