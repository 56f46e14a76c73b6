"""Calls and feedback by unit in a columnar engine: see `unit_facts`."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from apps.delivery.calls.columnar_runner import Runner, quoted
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

VALUES = {"errors": "toFloat64(status = 'error')", "latency": "latency_ms", "cost": "cost"}
FIRST = """
WITH seen AS (
  SELECT unit_hash, arm, started_at FROM calls WHERE {within}
  UNION ALL
  SELECT unit_hash, arm, started_at FROM feedback FINAL WHERE {within} AND log_ident IS NULL
), first AS (
  SELECT unit_hash, argMin(arm, (started_at, arm)) AS first_arm, min(started_at) AS at,
    uniqExact(arm) AS arms
    FROM seen GROUP BY unit_hash
)
"""
EXPOSED = """
SELECT first_arm, toString(toDate(at)) AS came, toFloat64(count()), toFloat64(countIf(arms > 1))
  FROM first GROUP BY first_arm, came ORDER BY came, first_arm
"""
BY_DAY = """
SELECT event.unit_hash, first.first_arm, toString(event.day), toFloat64(count(event.value)),
  toFloat64(sum(event.value))
  FROM ({events}) AS event INNER JOIN first ON first.unit_hash = event.unit_hash
 WHERE event.value IS NOT NULL
 GROUP BY event.unit_hash, first.first_arm, event.day ORDER BY event.day
"""
LEFT_OUT = """
SELECT toFloat64(count()) FROM (
  SELECT unit_hash FROM calls WHERE {place} AND unit_hash IS NOT NULL
     AND (arm = {outside} OR (split_id = {split} AND arm != ''))
   GROUP BY unit_hash HAVING countIf(arm != {outside}) = 0
)
"""
GROUPS = """
SELECT tag, model, units FROM (
  SELECT '' AS tag, toString(model) AS model, toFloat64(uniqExact(unit_hash)) AS units
    FROM calls WHERE {within} GROUP BY model
  UNION ALL
  SELECT told AS tag, '' AS model, toFloat64(uniqExact(unit_hash)) AS units
    FROM calls ARRAY JOIN tags AS told WHERE {within} GROUP BY told
) ORDER BY units DESC, tag, model
"""
PAST = """
SELECT toFloat64(count(value)), toFloat64(sum(value)), toFloat64(sum(value * value)) FROM (
  SELECT unit_hash, avg(toFloat64({value})) AS value FROM {table}
   WHERE {place} AND unit_hash IS NOT NULL {named} GROUP BY unit_hash
)
"""
TRAFFIC = """
SELECT toFloat64(count()), toFloat64(count(unit_hash)), toFloat64(uniqExact(unit_hash)),
  toString(max(started_at))
  FROM calls WHERE {place}
"""
NAMES = """
SELECT name, kind, toFloat64(count()) AS how_many, toFloat64(max(written_at))
  FROM feedback FINAL WHERE {place} GROUP BY name, kind ORDER BY how_many DESC, name
"""


class ColumnarUnits:
    """The engine `columnar`."""

    def __init__(self, runner: Runner) -> None:
        self._runner = runner

    def exposed(self, watched: Watched) -> list[Exposed]:
        rows = self._runner.ask(FIRST.format(within=_within(watched)) + EXPOSED)
        return [Exposed(row[0], date.fromisoformat(row[1]), int(row[2]), int(row[3]))
                for row in rows]  # fmt: skip

    def unit_days(
        self, watched: Watched, measure: str, name: str = "", narrowed: Narrowed | None = None
    ) -> list[UnitDay]:
        within, only = _within(watched), _narrowed(narrowed)
        if measure == "feedback":
            said = f"SELECT unit_hash, day, value FROM feedback FINAL WHERE {within}"
            events = f"{said} AND name = {quoted(name)} {_of_its_call(watched, only)}"
        else:
            value = VALUES[measure]
            events = f"SELECT unit_hash, day, {value} AS value FROM calls WHERE {within} {only}"
        rows = self._runner.ask(FIRST.format(within=within) + BY_DAY.format(events=events))
        numbers: dict[str, int] = {}
        return [
            UnitDay(numbers.setdefault(row[0], len(numbers) + 1), row[1],
                    date.fromisoformat(row[2]), int(row[3]), float(row[4]))
            for row in rows
        ]  # fmt: skip

    def without_unit(self, watched: Watched) -> int:
        where = f"{_place(watched)} AND (unit_hash IS NULL OR arm = '')"
        return self._number(f"SELECT toFloat64(count()) FROM calls WHERE {where}")

    def outside(self, watched: Watched) -> int:
        place, split = _place(watched), quoted(watched.split_id)
        return self._number(LEFT_OUT.format(place=place, split=split, outside=quoted(OUTSIDE)))

    def groups(self, watched: Watched) -> list[tuple[Narrowed, int]]:
        rows = self._runner.ask(GROUPS.format(within=_within(watched)))[:MOST_GROUPS]
        return [(Narrowed(model, tag), int(units)) for tag, model, units in rows]

    def past(self, watched: Watched, measure: str, name: str = "") -> tuple[int, float, float]:
        feedback = measure == "feedback"
        statement = PAST.format(
            value="value" if feedback else VALUES[measure],
            table="feedback FINAL" if feedback else "calls",
            named=f"AND name = {quoted(name)}" if feedback else "",
            place=_place(watched),
        )
        units, total, squares = self._runner.ask(statement)[0]
        return int(units), float(total or 0), float(squares or 0)

    def ever_called(self, prompt: int) -> bool:
        return bool(self._runner.ask(f"SELECT 1 FROM calls WHERE prompt_id = {prompt} LIMIT 1"))

    def traffic(self, watched: Watched) -> Traffic:
        row = self._runner.ask(TRAFFIC.format(place=_place(watched)))[0]
        last = datetime.fromisoformat(row[3]).replace(tzinfo=UTC) if row[0] else None
        return Traffic(int(row[0]), int(row[1]), int(row[2]), last)

    def feedback_names(self, watched: Watched) -> list[FeedbackName]:
        """What was written last is what was received last."""
        rows = self._runner.ask(NAMES.format(place=_place(watched)))
        return [
            FeedbackName(row[0], row[1], int(row[2]), datetime.fromtimestamp(row[3] / 1e9, UTC))
            for row in rows
        ]

    def _number(self, statement: str) -> int:
        return int(self._runner.ask(statement)[0][0])


def _place(watched: Watched) -> str:
    days = timedelta(days=1)
    first, last = (watched.since - days).date(), (watched.until + days).date()
    return (
        f"prompt_id = {watched.prompt_id} AND environment_id = {watched.environment_id}"
        f" AND started_at >= {quoted(watched.since.astimezone(UTC))}"
        f" AND started_at < {quoted(watched.until.astimezone(UTC))}"
        f" AND day >= {quoted(first)} AND day <= {quoted(last)}"
    )


def _within(watched: Watched) -> str:
    return (
        f"{_place(watched)} AND split_id = {quoted(watched.split_id)}"
        " AND unit_hash IS NOT NULL AND arm != ''"
    )


def _narrowed(only: Narrowed | None) -> str:
    found = "" if only is None or not only.model else f"AND model = {quoted(only.model)}"
    return found if only is None or not only.tag else f"{found} AND has(tags, {quoted(only.tag)})"


def _of_its_call(watched: Watched, only: str) -> str:
    """Feedback that names a call of that model or tag."""
    if not only:
        return ""
    place = f"environment_id = {watched.environment_id} {only}"
    return f"AND ifNull(log_ident, '') IN (SELECT ident FROM calls WHERE {place})"
