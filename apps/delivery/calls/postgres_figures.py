"""Counting calls and feedback in PostgreSQL."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from django.db import connection

from apps.delivery.calls.engine import (
    GROUPS,
    HOUR,
    FeedbackFigures,
    Figures,
    Filter,
    PartFeedback,
    Place,
    TagFigures,
    Totals,
)  # fmt: skip
from apps.delivery.checked import PREFIX

COUNTS = (
    "count(*), count(*) FILTER (WHERE status = 'error'), sum(input_tokens)::bigint,"
    " sum(output_tokens)::bigint, coalesce(sum(cost), 0), count(*) - count(cost), sum(latency_ms)"
)
WITHIN = (
    "prompt_id = %s AND environment_id = %s AND started_at >= %s AND started_at < %s"
    " AND day = (%s::timestamptz AT TIME ZONE 'UTC')::date"
)
FIGURES = f"""
WITH binned AS (
  SELECT version_id, arm, split_id, model, key_id, latency_bin, status, input_tokens,
    output_tokens, cost, latency_ms FROM delivery_logevent WHERE {WITHIN}
), figures AS (
  SELECT version_id, arm, split_id, model, key_id, {COUNTS} FROM binned GROUP BY 1, 2, 3, 4, 5
), bins AS (
  SELECT version_id, arm, split_id, model, key_id, jsonb_object_agg(latency_bin, calls) AS bins
    FROM (
      SELECT version_id, arm, split_id, model, key_id, latency_bin, count(*) AS calls
        FROM binned GROUP BY 1, 2, 3, 4, 5, 6
    ) AS counted GROUP BY 1, 2, 3, 4, 5
)
SELECT * FROM figures JOIN bins USING (version_id, arm, split_id, model, key_id)
 ORDER BY version_id, arm, split_id, model, key_id
"""
FEEDBACK = f"""
SELECT version_id, arm, split_id, name, kind, count(*), sum(value), sum(value * value),
  count(*) FILTER (WHERE value > 0)
  FROM delivery_feedbackevent WHERE {WITHIN}
 GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5
"""
TAGS = f"""
WITH tagged AS (
  SELECT version_id, tag, latency_bin, status, input_tokens, output_tokens, cost, latency_ms
    FROM delivery_logevent, unnest(tags) AS tag WHERE {WITHIN}
), figures AS (
  SELECT version_id, tag, {COUNTS} FROM tagged GROUP BY 1, 2
), bins AS (
  SELECT version_id, tag, jsonb_object_agg(latency_bin, calls) AS bins FROM (
    SELECT version_id, tag, latency_bin, count(*) AS calls FROM tagged GROUP BY 1, 2, 3
  ) AS counted GROUP BY 1, 2
)
SELECT * FROM figures JOIN bins USING (version_id, tag) ORDER BY version_id, tag
"""
PARTS = f"""
WITH told AS (
  SELECT said.version_id, said.name, said.kind, said.value > 0 AS good, call.model, call.tags
    FROM (SELECT * FROM delivery_feedbackevent WHERE {WITHIN}) AS said
    JOIN delivery_logevent call ON call.environment_id = said.environment_id
     AND call.ident = said.log_ident AND call.day = said.day
)
SELECT version_id, 'model', model, name, kind, count(*), count(*) FILTER (WHERE good)
  FROM told GROUP BY 1, 3, 4, 5
UNION ALL
SELECT version_id, 'tag', tag, name, kind, count(*), count(*) FILTER (WHERE good)
  FROM told, unnest(tags) AS tag GROUP BY 1, 3, 4, 5
 ORDER BY 1, 2, 3, 4, 5
"""
PLACES = """
SELECT DISTINCT environment_id, prompt_id, date_trunc('hour', started_at, 'UTC') FROM (
  SELECT environment_id, prompt_id, started_at, day FROM delivery_logevent
  UNION ALL SELECT environment_id, prompt_id, started_at, day FROM delivery_feedbackevent
) AS events
 WHERE started_at >= %(since)s AND started_at < %(until)s
   AND day >= (%(since)s::timestamptz AT TIME ZONE 'UTC')::date
   AND day <= (%(until)s::timestamptz AT TIME ZONE 'UTC')::date
 ORDER BY 3, 1, 2
"""


TOLD = "delivery_feedbackevent"
OPINIONS = {
    "failed": f"starts_with(name, '{PREFIX}') AND value <= 0",
    "bad": f"NOT starts_with(name, '{PREFIX}') AND"
    " ((kind = 'score' AND value < 0) OR (kind = 'yes_no' AND value <= 0))",
}


def hour_figures(place: Place) -> list[Figures]:
    return [
        Figures(
            place.environment_id, place.prompt_id, *row[:5], place.hour, *row[5:12],
            latency_bins=_bins(row[12]),
        )
        for row in _rows(FIGURES, _within(place))
    ]  # fmt: skip


def hour_feedback(place: Place) -> list[FeedbackFigures]:
    return [
        FeedbackFigures(place.environment_id, place.prompt_id, *row[:5], place.hour, *row[5:])
        for row in _rows(FEEDBACK, _within(place))
    ]


def hour_tags(place: Place) -> list[TagFigures]:
    return [
        TagFigures(
            place.environment_id, place.prompt_id, *row[:2], place.hour, *row[2:9],
            latency_bins=_bins(row[9]),
        )
        for row in _rows(TAGS, _within(place))
    ]  # fmt: skip


def hour_parts(place: Place) -> list[PartFeedback]:
    return [
        PartFeedback(place.environment_id, place.prompt_id, *row[:5], place.hour, *row[5:])
        for row in _rows(PARTS, _within(place))
    ]


def _bins(text: str) -> dict[int, int]:
    return {int(key): calls for key, calls in json.loads(text).items()}


def places(since: datetime, until: datetime) -> list[Place]:
    return [Place(*row) for row in _rows(PLACES, {"since": since, "until": until})]


def totals(wanted: Filter, group: Sequence[str]) -> list[Totals]:
    columns = [_column(name) for name in group]
    where, values = condition(wanted)
    told = "".join(f"{column}, " for column in columns)
    by = f" GROUP BY {', '.join(columns)} ORDER BY {', '.join(columns)}" if columns else ""
    rows = _rows(f"SELECT {told}{COUNTS} FROM delivery_logevent WHERE {where}{by}", values)
    end = len(columns)
    return [Totals(tuple(row[:end]), *row[end:]) for row in rows if row[end]]


def condition(wanted: Filter) -> tuple[str, list[Any]]:
    """The filter as SQL and its values; days named, so that other partitions are passed over."""
    parts: list[tuple[str, list[Any]]] = [("true", [])]
    for name in ("environment_id", "model", "arm", "split_id", "status", "key_id"):
        if (value := getattr(wanted, name)) is not None:
            parts.append((f"{name} = %s", [value]))
    if wanted.prompt_ids is not None:
        parts.append(("prompt_id = ANY(%s)", [list(wanted.prompt_ids)]))
    if wanted.version_ids is not None:
        parts.append(("version_id = ANY(%s)", [list(wanted.version_ids)]))
    if wanted.tag is not None:
        parts.append(("%s = ANY(tags)", [wanted.tag]))
    if wanted.opinion is not None:
        parts.append((f"(environment_id, ident) IN ({opinions(wanted, TOLD)})", []))
    if wanted.since is not None:
        day = wanted.since.astimezone(UTC).date()
        parts.append(("started_at >= %s AND day >= %s", [wanted.since, day]))
    if wanted.until is not None:
        day = wanted.until.astimezone(UTC).date()
        parts.append(("started_at < %s AND day <= %s", [wanted.until, day]))
    return " AND ".join(sql for sql, _ in parts), [one for _, values in parts for one in values]


def opinions(wanted: Filter, table: str) -> str:
    """Which calls got such feedback; the same words for each engine."""
    within = [OPINIONS[wanted.opinion or ""], "log_ident IS NOT NULL"]
    if wanted.environment_id is not None:
        within.append(f"environment_id = {int(wanted.environment_id)}")
    if wanted.prompt_ids is not None:
        ids = [str(int(pk)) for pk in wanted.prompt_ids] or ["0"]
        within.append(f"prompt_id IN ({', '.join(ids)})")
    return f"SELECT environment_id, log_ident FROM {table} WHERE {' AND '.join(within)}"


def _column(name: str) -> str:
    if name not in GROUPS:
        raise ValueError(f"calls cannot be told apart by {name}")
    return "date_trunc('hour', started_at, 'UTC')" if name == "hour" else name


def _within(place: Place) -> list[Any]:
    prompt, environment, hour = place.prompt_id, place.environment_id, place.hour
    return [prompt, environment, hour, hour + HOUR, hour]


def _rows(statement: str, values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()
