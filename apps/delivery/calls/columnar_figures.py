"""Counting calls and feedback in a columnar engine."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal

from apps.delivery.calls.columnar_runner import Row, Runner, quoted
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
from apps.delivery.calls.postgres_figures import opinions

COUNTS = (
    "toFloat64(count()), toFloat64(countIf(status = 'error')), toFloat64(sum(input_tokens)),"
    " toFloat64(sum(output_tokens)), toString(sum(ifNull(cost, 0))),"
    " toFloat64(countIf(cost IS NULL)), sum(latency_ms)"
)
KEYS = "version_id, arm, split_id, model, key_id"
PARTS = """
SELECT version_id, '{part}' AS part, {value} AS value, name, kind, toFloat64(count()),
  toFloat64(countIf(good)) FROM (
    SELECT said.version_id AS version_id, said.name AS name, said.kind AS kind,
      said.value > 0 AS good, call.model AS model, call.tags AS tags
      FROM (SELECT * FROM feedback FINAL WHERE {within}) AS said
      JOIN (SELECT environment_id, ident, day, model, tags FROM calls WHERE {within}) AS call
        ON call.environment_id = said.environment_id AND call.ident = said.log_ident
       AND call.day = said.day
  ) {join} GROUP BY version_id, value, name, kind ORDER BY version_id, value, name, kind
"""
JOINS = {"model": ("model", ""), "tag": ("tag", "ARRAY JOIN arrayDistinct(tags) AS tag")}
BINS = "sumMap([latency_bin], [toFloat64(1)])"


def hour_figures(runner: Runner, place: Place) -> list[Figures]:
    rows = runner.ask(
        f"SELECT {KEYS}, {COUNTS}, {BINS} FROM calls WHERE {_within(place)}"
        f" GROUP BY {KEYS} ORDER BY {KEYS}"
    )
    return [
        Figures(
            place.environment_id, place.prompt_id, int(row[0]), *row[1:4], int(row[4]), place.hour,
            *_counts(row[5:12]),
            latency_bins=_bins(row[12]),
        )
        for row in rows
    ]  # fmt: skip


def hour_feedback(runner: Runner, place: Place) -> list[FeedbackFigures]:
    rows = runner.ask(
        "SELECT version_id, arm, split_id, name, kind, toFloat64(count()), sum(value),"
        " sum(value * value), toFloat64(countIf(value > 0))"
        f" FROM feedback FINAL WHERE {_within(place)}"
        " GROUP BY version_id, arm, split_id, name, kind"
        " ORDER BY version_id, arm, split_id, name, kind"
    )
    return [
        FeedbackFigures(
            place.environment_id, place.prompt_id, None if row[0] is None else int(row[0]),
            *row[1:5], place.hour, int(row[5]), float(row[6]), float(row[7]), int(row[8]),
        )
        for row in rows
    ]  # fmt: skip


def hour_tags(runner: Runner, place: Place) -> list[TagFigures]:
    rows = runner.ask(
        f"SELECT version_id, tag, {COUNTS}, {BINS} FROM calls ARRAY JOIN arrayDistinct(tags) AS tag"
        f" WHERE {_within(place)} GROUP BY version_id, tag ORDER BY version_id, tag"
    )
    return [
        TagFigures(
            place.environment_id, place.prompt_id, int(row[0]), row[1], place.hour,
            *_counts(row[2:9]), latency_bins=_bins(row[9]),
        )
        for row in rows
    ]  # fmt: skip


def hour_parts(runner: Runner, place: Place) -> list[PartFeedback]:
    within, rows = _within(place), []
    for part, (value, join) in JOINS.items():
        rows += runner.ask(PARTS.format(part=part, value=value, join=join, within=within))
    return [
        PartFeedback(
            place.environment_id, place.prompt_id, None if row[0] is None else int(row[0]),
            *row[1:5], place.hour, int(row[5]), int(row[6]),
        )
        for row in rows
    ]  # fmt: skip


def _bins(told: Row) -> dict[int, int]:
    return {int(key): int(n) for key, n in zip(*told, strict=True)}


def places(runner: Runner, since: datetime, until: datetime) -> list[Place]:
    within = f"started_at >= {quoted(since)} AND started_at < {quoted(until)}"
    columns = "environment_id, prompt_id, toString(toStartOfHour(started_at))"
    rows = runner.ask(
        f"SELECT {columns} AS hour FROM calls WHERE {within} UNION DISTINCT"
        f" SELECT {columns} AS hour FROM feedback WHERE {within}"
    )
    found = [Place(int(row[0]), int(row[1]), _hour(row[2])) for row in rows]
    return sorted(found, key=lambda one: (one.hour, one.environment_id, one.prompt_id))


def totals(runner: Runner, wanted: Filter, group: Sequence[str]) -> list[Totals]:
    columns = [_column(name) for name in group]
    told = "".join(f"{column}, " for column in columns)
    by = f" GROUP BY {', '.join(columns)} ORDER BY {', '.join(columns)}" if columns else ""
    rows = runner.ask(f"SELECT {told}{COUNTS} FROM calls WHERE {condition(wanted)}{by}")
    end = len(columns)
    return [
        Totals(tuple(map(_told, group, row[:end])), *_counts(row[end:])) for row in rows if row[end]
    ]


def condition(wanted: Filter) -> str:
    parts = ["1"]
    for name in ("environment_id", "model", "arm", "split_id", "status", "key_id"):
        if (value := getattr(wanted, name)) is not None:
            parts.append(f"{name} = {quoted(value)}")
    for name in ("prompt_id", "version_id"):
        if (values := getattr(wanted, f"{name}s")) is not None:
            parts.append(f"{name} IN {quoted(sorted(values))}" if values else "0")
    if wanted.tag is not None:
        parts.append(f"has(tags, {quoted(wanted.tag)})")
    if wanted.opinion is not None:
        told = opinions(wanted, "feedback FINAL").replace("starts_with", "startsWith")
        parts.append(f"(environment_id, ident) IN ({told})")
    if wanted.since is not None:
        parts.append(f"calls.started_at >= {quoted(wanted.since.astimezone(UTC))}")
    if wanted.until is not None:
        parts.append(f"calls.started_at < {quoted(wanted.until.astimezone(UTC))}")
    return " AND ".join(parts)


def _within(place: Place) -> str:
    return (
        f"prompt_id = {place.prompt_id} AND environment_id = {place.environment_id}"
        f" AND started_at >= {quoted(place.hour)} AND started_at < {quoted(place.hour + HOUR)}"
    )


def _counts(row: Row) -> tuple[int, int, int, int, Decimal, int, float]:
    calls, errors, sent, answered, cost, unpriced, latency = row
    return (
        int(calls), int(errors), int(sent), int(answered), Decimal(cost), int(unpriced),
        float(latency),
    )  # fmt: skip


def _column(name: str) -> str:
    if name not in GROUPS:
        raise ValueError(f"calls cannot be told apart by {name}")
    return "toString(toStartOfHour(started_at))" if name == "hour" else name


def _told(name: str, value: object) -> object:
    if name == "hour":
        return _hour(str(value))
    return int(str(value)) if name.endswith("_id") and name != "split_id" else value


def _hour(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
