"""Dashboards over ten million events: how fast, whether the sums are right, and the percentiles."""

import datetime as dt
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from bench.delivering import scaled
from bench.run import Measured, figure
from bench.served import own_database

EVENTS, PROMPTS, DAYS = 10_000_000, 40, 30
PROMISED_MS = 500
GENERATE = """
INSERT INTO delivery_logevent (environment_id, prompt_id, version_id, key_id, started_at,
  latency_ms, day, input_tokens, output_tokens, latency_bin, ident, arm, split_id, model, status,
  unit_hash, cost, error, tags, variables, output)
SELECT %(environment)s, (%(prompts)s::bigint[])[place], (%(versions)s::bigint[])[2 * place - late],
  %(key)s, at, latency, (at AT TIME ZONE 'UTC')::date, 100 + number %% 700, number %% 300,
  ceil(ln(latency) / ln(1.005 / 0.995)), 'e' || number, '', '',
  (ARRAY['acme/large', 'acme/small', 'other/one'])[1 + number %% 3],
  CASE WHEN number %% 53 = 0 THEN 'error' ELSE 'ok' END, NULL,
  CASE WHEN number %% 101 = 0 THEN NULL ELSE (number %% 900) / 1000000.0 END, '',
  ARRAY[(ARRAY['chat', 'mail', 'desk'])[1 + number %% 3]], NULL, NULL
  FROM (
    SELECT number, 1 + (number %% %(count)s)::int AS place, (number %% 2)::int AS late,
      %(since)s::timestamptz + number * (%(span)s::interval / %(events)s) AS at,
      exp(6.5 + 0.8 * sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random())) AS latency
      FROM generate_series(1, %(events)s::bigint) AS number
  ) AS made
"""
FEEDBACK = """
INSERT INTO delivery_feedbackevent (environment_id, prompt_id, version_id, key_id, started_at,
  value, day, ident, log_ident, arm, split_id, name, kind, unit_hash, comment)
SELECT environment_id, prompt_id, version_id, key_id, started_at, length(ident) %% 2, day,
  'f' || ident, ident, '', '', 'thumbs', 'yes_no', NULL, NULL
  FROM delivery_logevent WHERE ident LIKE '%%7'
"""
TRUE = """
SELECT percentile_disc(ARRAY[0.5, 0.95, 0.99]) WITHIN GROUP (ORDER BY latency_ms)
  FROM delivery_logevent WHERE %s
"""


@dataclass(frozen=True)
class Seen:
    """What one filled database showed."""

    events: int
    rows: int
    parts: dict[str, float]
    differences: int
    error: float


@figure("dashboard_worst_ms")
def dashboard_worst_ms() -> Measured:
    """Server time of the slowest part of both reports, each the middle of five."""
    seen = _seen()
    slowest = max(seen.parts, key=lambda name: seen.parts[name])
    words = (
        f"{PROMISED_MS} ms promised; {slowest} is the slowest of {len(seen.parts)} parts, over"
        f" {seen.rows:,} sums of an hour"
    )
    worst = seen.parts[slowest]
    return Measured(round(worst, 1), "ms", seen.events, words, worst / PROMISED_MS)


@figure("recount_differences")
def recount_differences() -> Measured:
    """Rows of the sums that differ from a direct count of the events in SQL."""
    seen = _seen()
    words = "calls, errors, tokens, cost by hour and day; feedback; tags"
    return Measured(seen.differences, "rows", seen.events, words)


@figure("percentile_error")
def percentile_error() -> Measured:
    """The largest error of p50, p95 and p99, of all and of each prompt, in percent of the true."""
    seen = _seen()
    return Measured(round(seen.error, 3), "%", seen.events, "1 % promised", seen.error)


@cache
def _seen() -> Seen:
    events = scaled("ANALYTICS_EVENTS", EVENTS)
    with own_database():
        told, prompts = _prompts()
        _fill(told, prompts, events)
        _count()
        from apps.analytics.models import HourFigure
        from tests.analytics.recount import differences

        return Seen(
            events=events,
            rows=HourFigure.objects.count(),
            parts=_timed(told, prompts),
            differences=differences(),
            error=_error(prompts),
        )


def _prompts() -> tuple[Any, list[Any]]:
    from tests.analytics.told import make_told

    told = make_told()
    made = [told.prompt]
    for number in range(PROMPTS - 1):
        prompt = told.world.prompt(f"prompt{number}")
        for words in ("Be kind.", "Be brief."):
            told.world.version(prompt, words)
        made.append(prompt)
    return told, made


def _since() -> dt.datetime:
    today = dt.datetime.now(dt.UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return today - dt.timedelta(days=DAYS - 1)


def _fill(told: Any, prompts: list[Any], events: int) -> None:
    from django.db import connection

    from apps.delivery.calls.chosen import calls

    since = _since()
    span = dt.datetime.now(dt.UTC) - since
    calls().make_days([(since + dt.timedelta(days=day)).date() for day in range(DAYS)])
    versions = [
        pk for one in prompts for pk in one.versions.order_by("pk").values_list("pk", flat=True)
    ]
    with connection.cursor() as cursor:
        cursor.execute("SELECT setseed(0.42)")
        cursor.execute(GENERATE, {
            "environment": told.production, "prompts": [one.pk for one in prompts],
            "versions": versions, "key": told.key.pk, "count": len(prompts), "since": since,
            "span": span, "events": events,
        })  # fmt: skip
        cursor.execute(FEEDBACK.replace("%%", "%"))
        cursor.execute("ANALYZE delivery_logevent")


def _count() -> None:
    from django.db import connection

    from apps.analytics.rebuilding import rebuild

    since = _since().date()
    for _done in rebuild(since, since + dt.timedelta(days=DAYS)):
        pass
    with connection.cursor() as cursor:
        for table in ("hourfigure", "dayfigure", "feedbackhour", "taghour"):
            cursor.execute(f"ANALYZE analytics_{table}")


def _timed(told: Any, prompts: list[Any]) -> dict[str, float]:
    """Name of a part → milliseconds."""
    from apps.analytics.periods import last_days
    from apps.analytics.queries.callers import who_fetches_what
    from apps.analytics.queries.overview import overview
    from apps.analytics.queries.prompt import of_prompt
    from apps.analytics.queries.tiles import tiles
    from apps.analytics.scopes import Scope

    period = last_days(DAYS, dt.datetime.now(dt.UTC))
    whole = Scope(tuple(one.pk for one in prompts), period)
    single = Scope((prompts[0].pk,), period)
    person = told.world["viewer"]
    asked: dict[str, Callable[[], Any]] = {"tiles": lambda: tiles(whole)}
    for name in ("calls", "cost", "latency", "movers", "unused", "teams", "models"):
        asked[name] = lambda name=name: overview(person, whole, name)
    for name in ("calls", "versions", "latency", "cost", "by", "feedback"):
        asked[f"prompt {name}"] = lambda name=name: of_prompt(single, "model", name)
    asked["prompt by tag"] = lambda: of_prompt(single, "tag", "by")
    asked["applications"] = lambda: who_fetches_what(prompts[0])
    return {name: _middle(ask) for name, ask in asked.items()}


def _middle(ask: Callable[[], Any]) -> float:
    times = []
    for _ in range(5):
        begun = time.perf_counter()
        ask()
        times.append((time.perf_counter() - begun) * 1000)
    return sorted(times)[2]


def _error(prompts: list[Any]) -> float:
    from django.db import connection

    from apps.analytics.periods import last_days
    from apps.analytics.queries.figures import total
    from apps.analytics.scopes import Scope

    period = last_days(DAYS, dt.datetime.now(dt.UTC))
    worst = 0.0
    for group in [prompts, *([one] for one in prompts[:10])]:
        ids = tuple(one.pk for one in group)
        found = total(Scope(ids, period), latency=True).percentiles
        with connection.cursor() as cursor:
            cursor.execute(TRUE % "prompt_id = ANY(%s)", [list(ids)])
            [true] = cursor.fetchone()
        told = (found.p50, found.p95, found.p99)
        worst = max(worst, *(abs((a or 0) - b) / b * 100 for a, b in zip(told, true, strict=True)))
    return worst
