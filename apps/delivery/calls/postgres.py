"""Calls in PostgreSQL: tables partitioned by day, read and written in the caller's transaction."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, connection, transaction
from psycopg import errors
from psycopg.types.json import Jsonb

from apps.delivery.calls import postgres_figures, postgres_single
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

CALL_TYPES = (
    "int8", "int8", "int8", "int8", "timestamptz", "float8", "date", "int4", "int4", "int2",
    "varchar", "varchar", "varchar", "varchar", "varchar", "bytea", "numeric", "varchar",
    "varchar[]", "jsonb", "text",
)  # fmt: skip
FEEDBACK_TYPES = (
    "int8", "int8", "int8", "int8", "timestamptz", "float8", "date", "varchar", "varchar",
    "varchar", "varchar", "varchar", "varchar", "bytea", "text",
)  # fmt: skip
CALL_COLUMNS = ", ".join(Call._fields)
FEEDBACK_COLUMNS = ", ".join(Feedback._fields[:-1])
COPY = f"COPY delivery_logevent ({CALL_COLUMNS}) FROM STDIN (FORMAT BINARY)"
TABLES = ("delivery_logevent", "delivery_feedbackevent")

_FIELDS = ", ".join(f"{n} {t}" for n, t in zip(Call._fields, CALL_TYPES, strict=True))
INSERT = (
    f"INSERT INTO delivery_logevent ({CALL_COLUMNS}) SELECT {CALL_COLUMNS}"
    f" FROM jsonb_to_recordset(%s) AS event ({_FIELDS})"
    " ORDER BY environment_id, ident, day ON CONFLICT DO NOTHING"
)
FEEDBACK = (
    f"INSERT INTO delivery_feedbackevent AS known ({FEEDBACK_COLUMNS})"
    f" VALUES ({', '.join(f'%s::{kind}' for kind in FEEDBACK_TYPES)}) ON CONFLICT"
)
KEEP_FIRST = f"{FEEDBACK} DO NOTHING"
REPLACE = (
    f"{FEEDBACK} (environment_id, ident, day) DO UPDATE SET (value, kind, comment, received_at)"
    " = (excluded.value, excluded.kind, excluded.comment, excluded.received_at)"
    " WHERE (known.value, known.kind, known.comment)"
    " IS DISTINCT FROM (excluded.value, excluded.kind, excluded.comment)"
)


class PostgresCalls:
    """The engine `postgres`."""

    def write(self, calls: Sequence[Call]) -> Written:
        """A COPY; what cannot be copied, because some of it is known already, is inserted. Sorted,
        so that two writers of the same calls wait for each other and never in a circle."""
        rows = sorted(calls, key=_place_in_index)
        try:
            return self._copied(rows)
        except errors.CheckViolation:  # there is no partition for one of the days yet
            self.make_days({row.day for row in rows})
        except errors.UniqueViolation:
            return self._inserted(rows)
        try:
            return self._copied(rows)
        except errors.UniqueViolation:
            return self._inserted(rows)

    def write_new(self, calls: Sequence[Call]) -> Written:
        try:
            return _copy(sorted(calls, key=_place_in_index))
        except (errors.CheckViolation, errors.UniqueViolation) as error:
            raise NotNew from error

    def _copied(self, rows: Sequence[Call]) -> Written:
        with transaction.atomic():
            return _copy(rows)

    def _inserted(self, rows: Sequence[Call]) -> Written:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(INSERT, [json.dumps([row._asdict() for row in rows], default=_as_json)])
            accepted = int(cursor.rowcount)
        return Written(accepted, len(rows) - accepted)

    def write_feedback(self, feedback: Sequence[Feedback]) -> Written:
        rows = sorted(feedback, key=lambda row: (row.environment_id, row.ident, row.day))
        try:
            accepted = self._feedback(rows)
        except IntegrityError:  # no partition for one of the days yet; as Django says it
            self.make_days({row.day for row in rows})
            accepted = self._feedback(rows)
        return Written(accepted, len(rows) - accepted)

    def _feedback(self, rows: Sequence[Feedback]) -> int:
        accepted = 0
        with transaction.atomic(), connection.cursor() as cursor:
            for row in rows:
                cursor.execute(REPLACE if row.replaces else KEEP_FIRST, row[:-1])
                accepted += cursor.rowcount
        return accepted

    def hour_figures(self, environment: int, prompt: int, hour: datetime) -> list[Figures]:
        return postgres_figures.hour_figures(Place(environment, prompt, hour))

    def hour_feedback(self, environment: int, prompt: int, hour: datetime) -> list[FeedbackFigures]:
        return postgres_figures.hour_feedback(Place(environment, prompt, hour))

    def hour_tags(self, environment: int, prompt: int, hour: datetime) -> list[TagFigures]:
        return postgres_figures.hour_tags(Place(environment, prompt, hour))

    def hour_parts(self, environment: int, prompt: int, hour: datetime) -> list[PartFeedback]:
        return postgres_figures.hour_parts(Place(environment, prompt, hour))

    def totals(self, wanted: Filter, group: Sequence[str] = ()) -> list[Totals]:
        return postgres_figures.totals(wanted, group)

    def places(self, since: datetime, until: datetime) -> list[Place]:
        return postgres_figures.places(since, until)

    def known(self, environment: int, idents: Collection[str]) -> dict[str, Known]:
        return postgres_single.known(environment, idents)

    def single(
        self, wanted: Filter, *, limit: int, before: tuple[datetime, str] | None = None
    ) -> list[Call]:
        return postgres_single.single(wanted, limit=limit, before=before)

    def make_days(self, days: Iterable[date]) -> None:
        with connection.cursor() as cursor:
            for day in sorted(days):
                for table in TABLES:
                    cursor.execute("SELECT galley_make_events(%s, %s)", [table, day])

    def drop_before(self, day: date) -> int:
        old = [one for one in postgres_single.days() if one < day]
        with connection.cursor() as cursor:
            for one in old:
                for table in TABLES:
                    cursor.execute("SELECT galley_drop_events(%s, %s)", [table, one])
        return len(old)

    def forget(self, prompts: Collection[int], before: date) -> int:
        return postgres_single.forget(prompts, before)

    def erase_values(self, prompts: Collection[int], before: datetime) -> int:
        return postgres_single.erase_values(prompts, before)


def _copy(rows: Sequence[Call]) -> Written:
    with connection.cursor() as cursor, cursor.copy(COPY) as copy:
        copy.set_types(CALL_TYPES)
        for row in rows:
            copy.write_row(row if row.variables is None else _with_json(row))
    return Written(len(rows), 0)


def _place_in_index(row: Call) -> tuple[int, str, date]:
    return row.environment_id, row.ident, row.day


def _as_json(value: Any) -> str:
    return f"\\x{value.hex()}" if isinstance(value, bytes) else str(value)


def _with_json(row: Call) -> tuple[Any, ...]:
    if row.variables is None:
        return row
    return row._replace(variables=Jsonb(row.variables))  # type: ignore[arg-type]
