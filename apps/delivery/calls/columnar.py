"""Calls in a columnar engine, chDB or ClickHouse: the same answers as from PostgreSQL.

That a call is kept once is looked up before each write, while a lock in PostgreSQL keeps other
writers of the environment waiting. It is written down here before PostgreSQL commits: whoever hears
of a failure sends it again, and it is known then.
"""

from __future__ import annotations

import json
import time
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any

from django.db import connection

from apps.delivery.calls import columnar_figures
from apps.delivery.calls.columnar_figures import condition
from apps.delivery.calls.columnar_runner import Row, Runner, quoted
from apps.delivery.calls.engine import (
    Call,
    Feedback,
    FeedbackFigures,
    Figures,
    Filter,
    Known,
    NotNew,
    PartFeedback,
    Place,
    TagFigures,
    Totals,
    Written,
)  # fmt: skip

MAKE = (
    """
CREATE TABLE IF NOT EXISTS calls (
  environment_id Int64, prompt_id Int64, version_id Int64, key_id Int64,
  started_at DateTime64(6, 'UTC'), latency_ms Float64, day Date, input_tokens Int64,
  output_tokens Int64, latency_bin Int16, ident String, arm LowCardinality(String),
  split_id LowCardinality(String), model LowCardinality(String), status LowCardinality(String),
  unit_hash Nullable(String), cost Nullable(Decimal(16, 9)), error String, tags Array(String),
  variables Nullable(String), output Nullable(String)
) ENGINE = MergeTree PARTITION BY day ORDER BY (environment_id, prompt_id, started_at, ident)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
""",
    "ALTER TABLE calls ADD INDEX IF NOT EXISTS known ident TYPE bloom_filter(0.01) GRANULARITY 1",
    """
CREATE TABLE IF NOT EXISTS feedback (
  environment_id Int64, prompt_id Int64, version_id Nullable(Int64), key_id Int64,
  started_at DateTime64(6, 'UTC'), value Float64, day Date, ident String,
  log_ident Nullable(String), arm LowCardinality(String), split_id LowCardinality(String),
  name LowCardinality(String), kind LowCardinality(String), unit_hash Nullable(String),
  comment Nullable(String), written_at UInt64
) ENGINE = ReplacingMergeTree(written_at) PARTITION BY day ORDER BY (environment_id, ident)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
""",
)
COLUMNS = ", ".join(Call._fields)
FEEDBACK_COLUMNS = ", ".join((*Feedback._fields[:-1], "written_at"))
TABLES = ("calls", "feedback")
WORDY = "(variables IS NOT NULL OR output IS NOT NULL OR error != '')"


class ColumnarCalls:
    """The engine `columnar`."""

    def __init__(self, runner: Runner) -> None:
        self._runner = runner
        for statement in MAKE:
            runner.do(statement)

    def write(self, calls: Sequence[Call]) -> Written:
        new = self._new(calls)
        self._insert(new)
        return Written(len(new), len(calls) - len(new))

    def write_new(self, calls: Sequence[Call]) -> Written:
        """Looked up before anything is written, so that nothing is where one is known."""
        new = self._new(calls)
        if len(new) < len(calls):
            raise NotNew
        self._insert(new)
        return Written(len(new), 0)

    def _new(self, calls: Sequence[Call]) -> list[Call]:
        """Those that are not known, each once; until the transaction ends they stay unknown."""
        self._hold({call.environment_id for call in calls})
        wanted = {(call.environment_id, call.ident, call.day): call for call in calls}
        known = {(row[0], row[1], date.fromisoformat(row[2])) for row in self._there(wanted)}
        return [call for place, call in wanted.items() if place not in known]

    def _insert(self, calls: Sequence[Call]) -> None:
        if calls:
            self._runner.do(f"INSERT INTO calls ({COLUMNS})", [_flat(call) for call in calls])

    def _there(self, wanted: Collection[tuple[int, str, date]]) -> list[Row]:
        environments, idents, days = (sorted({one[n] for one in wanted}) for n in range(3))  # type: ignore[type-var]
        return self._runner.ask(
            "SELECT environment_id, ident, toString(day) FROM calls WHERE environment_id IN"
            f" {quoted(environments)} AND day IN {quoted(days)} AND ident IN {quoted(idents)}"
        )

    def _hold(self, environments: Iterable[int]) -> None:
        """Until the transaction ends, nobody else writes calls of these environments."""
        with connection.cursor() as cursor:
            for one in sorted(environments):
                cursor.execute("SELECT pg_advisory_xact_lock(hashtext('galley-calls'), %s)", [one])

    def write_feedback(self, feedback: Sequence[Feedback]) -> Written:
        self._hold({one.environment_id for one in feedback})
        known = self._opinions(feedback)
        new: dict[tuple[int, str, str], tuple[Any, ...]] = {}
        for one in feedback:
            place = (one.environment_id, one.ident, one.day.isoformat())
            said = (one.value, one.kind, one.comment)
            if place not in known or (one.replaces and known[place] != said):
                known[place] = said
                new[place] = (*one[:-1], time.time_ns())
        if new:
            self._runner.do(f"INSERT INTO feedback ({FEEDBACK_COLUMNS})", new.values())
        return Written(len(new), len(feedback) - len(new))

    def _opinions(self, feedback: Sequence[Feedback]) -> dict[tuple[int, str, str], Any]:
        environments = sorted({one.environment_id for one in feedback})
        idents = sorted({one.ident for one in feedback})
        rows = self._runner.ask(
            "SELECT environment_id, ident, toString(day), value, kind, comment FROM feedback FINAL"
            f" WHERE environment_id IN {quoted(environments)} AND ident IN {quoted(idents)}"
        )
        return {(row[0], row[1], row[2]): tuple(row[3:]) for row in rows}

    def hour_figures(self, environment: int, prompt: int, hour: datetime) -> list[Figures]:
        return columnar_figures.hour_figures(self._runner, Place(environment, prompt, hour))

    def hour_feedback(self, environment: int, prompt: int, hour: datetime) -> list[FeedbackFigures]:
        return columnar_figures.hour_feedback(self._runner, Place(environment, prompt, hour))

    def hour_tags(self, environment: int, prompt: int, hour: datetime) -> list[TagFigures]:
        return columnar_figures.hour_tags(self._runner, Place(environment, prompt, hour))

    def hour_parts(self, environment: int, prompt: int, hour: datetime) -> list[PartFeedback]:
        return columnar_figures.hour_parts(self._runner, Place(environment, prompt, hour))

    def totals(self, wanted: Filter, group: Sequence[str] = ()) -> list[Totals]:
        return columnar_figures.totals(self._runner, wanted, group)

    def places(self, since: datetime, until: datetime) -> list[Place]:
        return columnar_figures.places(self._runner, since, until)

    def known(self, environment: int, idents: Collection[str]) -> dict[str, Known]:
        if not idents:
            return {}
        rows = self._runner.ask(
            "SELECT ident, prompt_id, version_id, arm, split_id, unit_hash, toString(started_at)"
            f" FROM calls WHERE environment_id = {environment} AND ident IN"
            f" {quoted(sorted(set(idents)))} ORDER BY started_at"
        )
        return {row[0]: Known(*row[:5], _bytes(row[5]), _moment(row[6])) for row in rows}

    def single(
        self, wanted: Filter, *, limit: int, before: tuple[datetime, str] | None = None
    ) -> list[Call]:
        where = condition(wanted)
        if before is not None:
            where += f" AND (started_at, ident) < ({quoted(before[0])}, {quoted(before[1])})"
        columns = COLUMNS.replace("started_at", "toString(started_at)").replace(
            "cost", "toString(cost)"
        )
        rows = self._runner.ask(
            f"SELECT {columns} FROM calls WHERE {where}"
            f" ORDER BY calls.started_at DESC, ident DESC LIMIT {limit}"
        )
        return [_call(row) for row in rows]

    def make_days(self, days: Iterable[date]) -> None:
        """The engine makes its own partitions."""

    def drop_before(self, day: date) -> int:
        old = set()
        for table in TABLES:
            rows = self._runner.ask(
                "SELECT DISTINCT partition FROM system.parts WHERE active AND database ="
                f" currentDatabase() AND table = {quoted(table)}"
            )
            for (found,) in rows:
                if date.fromisoformat(found) < day:
                    self._runner.do(f"ALTER TABLE {table} DROP PARTITION {quoted(found)}")
                    old.add(found)
        return len(old)

    def forget(self, prompts: Collection[int], before: date) -> int:
        if not prompts:
            return 0
        where = f"prompt_id IN {quoted(sorted(prompts))} AND day < {quoted(before)}"
        return sum(self._forgotten(table, where) for table in TABLES)

    def _forgotten(self, table: str, where: str) -> int:
        count = int(self._runner.ask(f"SELECT toInt32(count()) FROM {table} WHERE {where}")[0][0])
        if count:
            self._runner.do(f"ALTER TABLE {table} DELETE WHERE {where} SETTINGS mutations_sync = 1")
        return count

    def erase_values(self, prompts: Collection[int], before: datetime) -> int:
        if not prompts:
            return 0
        where = f"prompt_id IN {quoted(sorted(prompts))} AND started_at < {quoted(before)}"
        calls = self._erased("calls", "variables = NULL, output = NULL, error = ''", where, WORDY)
        return calls + self._erased("feedback", "comment = NULL", where, "comment IS NOT NULL")

    def _erased(self, table: str, what: str, where: str, wordy: str) -> int:
        found = f"{where} AND {wordy}"
        count = int(self._runner.ask(f"SELECT toInt32(count()) FROM {table} WHERE {found}")[0][0])
        if count:
            self._runner.do(
                f"ALTER TABLE {table} UPDATE {what} WHERE {found} SETTINGS mutations_sync = 1"
            )
        return count


def _flat(call: Call) -> Call:
    """Values as one text; the mark of a unit as hexadecimal digits."""
    if call.variables is None:
        return call
    return call._replace(variables=json.dumps(call.variables, ensure_ascii=False))  # type: ignore[arg-type]


def _call(row: Row) -> Call:
    from decimal import Decimal

    told = Call(*row)
    return told._replace(
        started_at=_moment(row[4]),
        day=date.fromisoformat(row[6]),
        unit_hash=_bytes(row[15]),
        cost=None if row[16] is None else Decimal(row[16]),
        variables=None if told.variables is None else json.loads(row[19]),
    )


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def _bytes(text: str | None) -> bytes | None:
    return None if text is None else bytes.fromhex(text)
