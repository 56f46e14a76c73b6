"""Calls and feedback by unit in PostgreSQL: see `unit_facts`."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection

from apps.delivery.calls.unit_facts import (
    MOST_GROUPS,
    Exposed,
    FeedbackName,
    Narrowed,
    Traffic,
    UnitDay,
    Watched,
)
from apps.releases.assignment import OUTSIDE

VALUES = {
    "errors": "(status = 'error')::int",
    "latency": "latency_ms",
    "cost": "cost",
}
WITHIN = (
    "prompt_id = %(prompt)s AND environment_id = %(environment)s AND split_id = %(split)s"
    " AND started_at >= %(since)s AND started_at < %(until)s"
    " AND day >= %(first)s AND day <= %(last)s AND unit_hash IS NOT NULL AND arm <> ''"
)
FIRST = f"""
WITH seen AS (
  SELECT unit_hash, arm, started_at FROM delivery_logevent WHERE {WITHIN}
  UNION ALL
  SELECT unit_hash, arm, started_at FROM delivery_feedbackevent
   WHERE {WITHIN} AND log_ident IS NULL
), first AS (
  SELECT unit_hash, (array_agg(arm ORDER BY started_at, arm))[1] AS arm,
    min(started_at) AS at, count(DISTINCT arm) AS arms
    FROM seen GROUP BY unit_hash
)
"""
EXPOSED = f"""{FIRST}
SELECT arm, (at AT TIME ZONE 'UTC')::date, count(*), count(*) FILTER (WHERE arms > 1)
  FROM first GROUP BY 1, 2 ORDER BY 2, 1
"""
OF_CALLS = f"""{FIRST}
SELECT dense_rank() OVER (ORDER BY unit_hash), first.arm, event.day, count(event.value),
  sum(event.value)::float8
  FROM first JOIN (
    SELECT unit_hash, day, {{value}} AS value FROM delivery_logevent WHERE {WITHIN} {{narrowed}}
  ) AS event USING (unit_hash)
 WHERE event.value IS NOT NULL
 GROUP BY unit_hash, first.arm, event.day ORDER BY event.day
"""
OF_FEEDBACK = f"""{FIRST}
SELECT dense_rank() OVER (ORDER BY unit_hash), first.arm, event.day, count(*), sum(event.value)
  FROM first JOIN (
    SELECT unit_hash, day, value FROM delivery_feedbackevent AS told
     WHERE {WITHIN} AND name = %(name)s {{narrowed}}
  ) AS event USING (unit_hash)
 GROUP BY unit_hash, first.arm, event.day ORDER BY event.day
"""
NARROWED = """
 AND (%(model)s = '' OR model = %(model)s)
 AND (%(tag)s = '' OR tags @> ARRAY[%(tag)s]::varchar[])
"""
OF_ITS_CALL = """
 AND EXISTS (
   SELECT 1 FROM delivery_logevent AS call
    WHERE call.environment_id = told.environment_id AND call.ident = told.log_ident
      AND (%(model)s = '' OR call.model = %(model)s)
      AND (%(tag)s = '' OR call.tags @> ARRAY[%(tag)s]::varchar[])
 )
"""
WITHOUT_UNIT = """
SELECT count(*) FROM delivery_logevent
 WHERE prompt_id = %(prompt)s AND environment_id = %(environment)s
   AND started_at >= %(since)s AND started_at < %(until)s
   AND day >= %(first)s AND day <= %(last)s AND (unit_hash IS NULL OR arm = '')
"""
LEFT_OUT = f"""
SELECT count(*) FROM (
  SELECT unit_hash FROM delivery_logevent
   WHERE prompt_id = %(prompt)s AND environment_id = %(environment)s
     AND started_at >= %(since)s AND started_at < %(until)s
     AND day >= %(first)s AND day <= %(last)s AND unit_hash IS NOT NULL
     AND (arm = '{OUTSIDE}' OR (split_id = %(split)s AND arm <> ''))
   GROUP BY unit_hash HAVING bool_and(arm = '{OUTSIDE}')
) AS left_out
"""
GROUPS = f"""
SELECT '', model, count(DISTINCT unit_hash) FROM delivery_logevent WHERE {WITHIN} GROUP BY model
UNION ALL
SELECT tag, '', count(DISTINCT unit_hash) FROM delivery_logevent, unnest(tags) AS tag
 WHERE {WITHIN} GROUP BY tag
 ORDER BY 3 DESC, 1, 2
"""
PAST = """
WITH unit AS (
  SELECT unit_hash, avg({value})::float8 AS value FROM {table}
   WHERE prompt_id = %(prompt)s AND environment_id = %(environment)s
     AND started_at >= %(since)s AND started_at < %(until)s
     AND day >= %(first)s AND day <= %(last)s AND unit_hash IS NOT NULL {named}
   GROUP BY unit_hash
)
SELECT count(value), coalesce(sum(value), 0), coalesce(sum(value * value), 0) FROM unit
"""
TRAFFIC = """
SELECT count(*), count(unit_hash), count(DISTINCT unit_hash), max(started_at)
  FROM delivery_logevent
 WHERE prompt_id = %(prompt)s AND environment_id = %(environment)s
   AND started_at >= %(since)s AND started_at < %(until)s
   AND day >= %(first)s AND day <= %(last)s
"""
EVER = "SELECT EXISTS (SELECT 1 FROM delivery_logevent WHERE prompt_id = %(prompt)s)"
NAMES = """
SELECT name, kind, count(*), max(received_at) FROM delivery_feedbackevent
 WHERE prompt_id = %(prompt)s AND environment_id = %(environment)s
   AND started_at >= %(since)s AND started_at < %(until)s
   AND day >= %(first)s AND day <= %(last)s
 GROUP BY name, kind ORDER BY 3 DESC, 1
"""


class PostgresUnits:
    """The engine `postgres`."""

    def exposed(self, watched: Watched) -> list[Exposed]:
        return [Exposed(*row) for row in _rows(EXPOSED, _named(watched))]

    def unit_days(
        self, watched: Watched, measure: str, name: str = "", narrowed: Narrowed | None = None
    ) -> list[UnitDay]:
        only = narrowed or Narrowed()
        known = {**_named(watched), "name": name, "model": only.model, "tag": only.tag}
        if measure == "feedback":
            sql = OF_FEEDBACK.format(narrowed=OF_ITS_CALL if narrowed else "")
        else:
            sql = OF_CALLS.format(value=VALUES[measure], narrowed=NARROWED if narrowed else "")
        return [UnitDay(*row) for row in _rows(sql, known)]

    def without_unit(self, watched: Watched) -> int:
        return int(_rows(WITHOUT_UNIT, _named(watched))[0][0])

    def outside(self, watched: Watched) -> int:
        return int(_rows(LEFT_OUT, _named(watched))[0][0])

    def groups(self, watched: Watched) -> list[tuple[Narrowed, int]]:
        found = _rows(GROUPS, _named(watched))[:MOST_GROUPS]
        return [(Narrowed(model, tag), units) for tag, model, units in found]

    def past(self, watched: Watched, measure: str, name: str = "") -> tuple[int, float, float]:
        feedback = measure == "feedback"
        sql = PAST.format(
            value="value" if feedback else VALUES[measure],
            table="delivery_feedbackevent" if feedback else "delivery_logevent",
            named="AND name = %(name)s" if feedback else "",
        )
        units, total, squares = _rows(sql, {**_named(watched), "name": name})[0]
        return int(units), float(total), float(squares)

    def ever_called(self, prompt: int) -> bool:
        return bool(_rows(EVER, {"prompt": prompt})[0][0])

    def traffic(self, watched: Watched) -> Traffic:
        return Traffic(*_rows(TRAFFIC, _named(watched))[0])

    def feedback_names(self, watched: Watched) -> list[FeedbackName]:
        return [FeedbackName(*row) for row in _rows(NAMES, _named(watched))]


def _named(watched: Watched) -> dict[str, object]:
    return {
        "prompt": watched.prompt_id,
        "environment": watched.environment_id,
        "split": watched.split_id,
        "since": watched.since,
        "until": watched.until,
        "first": (watched.since - timedelta(days=1)).date(),
        "last": (watched.until + timedelta(days=1)).date(),
    }


def _rows(sql: str, known: dict[str, object]) -> list[tuple]:  # type: ignore[type-arg]  # columns of any type
    with connection.cursor() as cursor:
        cursor.execute(sql, known)
        return cursor.fetchall()
