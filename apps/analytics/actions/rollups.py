"""The sums by hour and day. Only this file writes them.

A batch of events leaves a mark for each hour that it touched, in its own transaction. Whoever takes
a mark away counts the whole hour anew, in the same transaction: an event is in the sums once,
however often its hour is counted. One drain runs at a time, so that an older count never lies over
a newer one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Sum

from apps.analytics.models import DayFigure, FeedbackHour, HourFigure, PartHour, TagHour
from apps.analytics.periods import DAY, midnight
from apps.analytics.sketches import added, pack
from apps.core.actions import working
from apps.delivery.calls.chosen import calls as engine
from apps.delivery.calls.engine import FeedbackFigures, Figures, PartFeedback, TagFigures

LOCK = "galley-analytics-rollups"
AT_ONCE = 100  # marks of one transaction
Hour = tuple[int, int, datetime]  # environment, prompt, hour
KEY = ("environment_id", "prompt_id", "version_id", "arm", "split_id", "model", "key_id")
SUMS = ("calls", "errors", "input_tokens", "output_tokens", "cost", "unpriced", "latency_sum")
OF_A_TAG = ("environment_id", "prompt_id", "version_id", "tag", "hour", *SUMS)
OF_FEEDBACK = (
    "environment_id", "prompt_id", "version_id", "arm", "split_id", "name", "kind", "hour",
    "count", "positive",
)  # fmt: skip
OF_A_PART = (
    "environment_id", "prompt_id", "version_id", "part", "value", "name", "kind", "hour", "count",
    "positive",
)  # fmt: skip


@working
def drain_touched(most: int = AT_ONCE) -> int:
    """Count the hours anew that were touched since; how many marks were taken away."""
    if not _alone(wait=False):
        return 0
    marks = _taken(most)
    _count(set(marks))
    return len(marks)


@working
def rebuild_day(environment: int, prompt: int, day: dt.date) -> None:
    """Count a day anew whose events are still there, all of it."""
    _alone(wait=True)
    since = datetime.combine(day, dt.time(), dt.UTC)
    _count({(environment, prompt, since + dt.timedelta(hours=hour)) for hour in range(24)})


def _alone(*, wait: bool) -> bool:
    with connection.cursor() as cursor:
        if wait:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [LOCK])
            return True
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext(%s))", [LOCK])
        return bool(cursor.fetchone()[0])


def _taken(most: int) -> list[Hour]:
    """Marks of batches that are still being written are not seen, and stay."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM delivery_touchedhour WHERE id IN"
            " (SELECT id FROM delivery_touchedhour ORDER BY id LIMIT %s)"
            " RETURNING environment_id, prompt_id, hour",
            [most],
        )
        return list(cursor.fetchall())


def _count(hours: set[Hour]) -> None:
    """Prompt by prompt: what was counted before goes, what is there now comes."""
    groups: dict[tuple[int, int], set[datetime]] = {}
    for environment, prompt, hour in hours:
        groups.setdefault((environment, prompt), set()).add(hour)
    for (environment, prompt), found in sorted(groups.items()):
        _count_hours(environment, prompt, sorted(found))
        for day in sorted({midnight(hour) for hour in found}):
            _fold_day(environment, prompt, day)


def _count_hours(environment: int, prompt: int, hours: list[datetime]) -> None:
    place = {"environment": environment, "prompt": prompt, "hour__in": hours}
    before = _counted_before(place)
    counted = [_Counted.at(environment, prompt, hour) for hour in hours]
    kept = [one for one in counted if not one.is_less_than(before.get(one.hour, (0, 0)))]
    place["hour__in"] = [one.hour for one in kept]
    for model in (HourFigure, FeedbackHour, TagHour, PartHour):
        model.objects.filter(**place).delete()
    HourFigure.objects.bulk_create(_figure_row(row) for one in kept for row in one.figures)
    FeedbackHour.objects.bulk_create(_feedback_row(row) for one in kept for row in one.feedback)
    TagHour.objects.bulk_create(_tag_row(row) for one in kept for row in one.tags)
    PartHour.objects.bulk_create(
        PartHour(**_read(row, OF_A_PART)) for one in kept for row in one.parts
    )


def _counted_before(place: dict[str, Any]) -> dict[datetime, tuple[int, int]]:
    """Hour → calls and feedback that the sums hold."""
    calls = HourFigure.objects.filter(**place).values_list("hour").annotate(n=Sum("calls"))
    told = FeedbackHour.objects.filter(**place).values_list("hour").annotate(n=Sum("count"))
    both = dict(calls.order_by()), dict(told.order_by())
    return {hour: (both[0].get(hour, 0), both[1].get(hour, 0)) for hour in {*both[0], *both[1]}}


@dataclass(frozen=True)
class _Counted:
    """What the engine says of one hour."""

    hour: datetime
    figures: list[Figures]
    feedback: list[FeedbackFigures]
    tags: list[TagFigures]
    parts: list[PartFeedback]

    @classmethod
    def at(cls, environment: int, prompt: int, hour: datetime) -> _Counted:
        place, calls = (environment, prompt, hour), engine()
        return cls(
            hour, calls.hour_figures(*place), calls.hour_feedback(*place),
            calls.hour_tags(*place), calls.hour_parts(*place),
        )  # fmt: skip

    def is_less_than(self, before: tuple[int, int]) -> bool:
        """Events only come, until their day is dropped: with fewer than were counted before, the
        sums are all that is left of them, and stay."""
        calls = sum(one.calls for one in self.figures)
        return calls < before[0] or sum(one.count for one in self.feedback) < before[1]


def _fold_day(environment: int, prompt: int, day: datetime) -> None:
    place = {"environment": environment, "prompt": prompt}
    hours = HourFigure.objects.filter(**place, hour__gte=day, hour__lt=day + DAY)
    DayFigure.objects.filter(**place, day=day.date()).delete()
    DayFigure.objects.bulk_create(_folded(hours, day.date()))


def _figure_row(found: Figures) -> HourFigure:
    bins = pack(found.latency_bins)
    return HourFigure(**_read(found, (*KEY, "hour", *SUMS)), latency_bins=bins)


def _tag_row(found: TagFigures) -> TagHour:
    return TagHour(**_read(found, OF_A_TAG), latency_bins=pack(found.latency_bins))


def _feedback_row(found: FeedbackFigures) -> FeedbackHour:
    values = _read(found, OF_FEEDBACK)
    return FeedbackHour(**values, total=found.sum, squares=found.sum_squares)


def _read(found: Any, names: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(found, name) for name in names}


def _folded(hours: Iterable[HourFigure], day: dt.date) -> list[DayFigure]:
    """One row for each version, arm, model and key of the day."""
    groups: dict[tuple[Any, ...], list[HourFigure]] = {}
    for row in hours:
        groups.setdefault(tuple(getattr(row, name) for name in KEY), []).append(row)
    return [_whole_day(key, rows, day) for key, rows in groups.items()]


def _whole_day(key: tuple[Any, ...], rows: list[HourFigure], day: dt.date) -> DayFigure:
    sums = {name: sum(getattr(row, name) for row in rows) for name in SUMS}
    bins = pack(added(row.latency_bins for row in rows))
    return DayFigure(**dict(zip(KEY, key, strict=True)), **sums, latency_bins=bins, day=day)
