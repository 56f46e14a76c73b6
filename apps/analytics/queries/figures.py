"""Sums of calls, read from the rollups alone: whole days from those by day, the rest by hour."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Aggregate, BinaryField, DateTimeField, F, QuerySet, Value
from django.db.models import Sum as Added
from django.db.models.functions import Cast, TruncDay

from apps.analytics.models import DayFigure, FeedbackHour, HourFigure, PartHour, TagHour
from apps.analytics.scopes import ADDED, Liked, Scope, Sum
from apps.delivery.checked import EVERY, PREFIX

RATING = ("score", "yes_no")
PARTS = ("model", "tag")  # of which feedback itself says nothing: its call does


class StrungTogether(Aggregate):
    """The packed bins of all rows, one behind the other: `sketches.added` adds them up."""

    function = "string_agg"
    template = "%(function)s(%(expressions)s, ''::bytea)"
    output_field = BinaryField()


def total(scope: Scope, *, latency: bool = False) -> Sum:
    return sum_of(by(scope, latency=latency).values())


def sum_of(sums: Iterable[Sum]) -> Sum:
    return sum(sums, Sum())


def by(scope: Scope, *fields: str, latency: bool = False) -> dict[tuple[Any, ...], Sum]:
    """Sums by these fields; "at" is the day or the hour. `latency`: with the bins."""
    found: dict[tuple[Any, ...], Sum] = {}
    for rows in _sources(scope):
        for key, one in _added(rows, fields, latency):
            found[key] = found.get(key, Sum()) + one
    return found


def by_tag(scope: Scope) -> dict[tuple[Any, ...], Sum]:
    """With the bins: a call with two tags is in the sums of both."""
    return dict(_added(_hours(TagHour.objects.all(), scope), ("tag",), True))


def liked(scope: Scope, *fields: str) -> dict[tuple[Any, ...], Liked]:
    """Good and bad feedback by these fields ("at" is the day or the hour): what people said."""
    rows = _feedback(scope).filter(kind__in=RATING).exclude(name__startswith=PREFIX)
    return _shares(rows, fields)


def checked(scope: Scope, *fields: str) -> dict[tuple[Any, ...], Liked]:
    """What sampled checks said, by these fields ("name" is the check's): judged, and passed."""
    return _shares(_feedback(scope).filter(name__startswith=PREFIX), fields)


def liked_by(scope: Scope, kind: str) -> dict[tuple[Any, ...], Liked]:
    """What people said, by the environment, version, arm, model or tag of the call."""
    rows, field = _told_by(scope, kind)
    return _shares(rows.filter(kind__in=RATING).exclude(name__startswith=PREFIX), (field,))


def passed_by(scope: Scope, kind: str) -> dict[tuple[Any, ...], Liked]:
    """Answers that sampled checks judged, and how many passed every check; by the same."""
    rows, field = _told_by(scope, kind)
    return _shares(rows.filter(name=EVERY), (field,))


def _told_by(scope: Scope, kind: str) -> tuple[QuerySet[Any], str]:
    if kind not in PARTS:
        return _feedback(scope), kind
    return _hours(PartHour.objects.filter(part=kind), scope), "value"


def _shares(rows: QuerySet[Any], fields: tuple[str, ...]) -> dict[tuple[Any, ...], Liked]:
    rows = _grouped(rows, fields).annotate(n=Added("count"), good=Added("positive"))
    return {
        tuple(row[field] for field in fields): Liked(row["n"], row["good"])
        for row in rows
        if row["n"]
    }


def liked_total(scope: Scope) -> Liked:
    return sum(liked(scope).values(), Liked())


def feedback(scope: Scope) -> list[dict[str, Any]]:
    """Feedback by name and kind: count, total, positive. The most frequent first."""
    rows = _feedback(scope).exclude(name__startswith=PREFIX).values("name", "kind")
    sums = rows.annotate(n=Added("count"), sum=Added("total"), good=Added("positive"))
    return list(sums.order_by("-n", "name"))


def _feedback(scope: Scope) -> QuerySet[Any]:
    return _hours(FeedbackHour.objects.all(), scope).annotate(at=_at(scope))


def _at(scope: Scope) -> Any:
    return F("hour") if scope.period.by_hour else TruncDay("hour", tzinfo=dt.UTC)


def _grouped(rows: QuerySet[Any], fields: tuple[str, ...]) -> QuerySet[Any, Any]:
    """One row for each of the values of these fields; without any, one in all, even of nothing."""
    return rows.annotate(all=Value(1)).values("all", *fields).order_by()


def _of(rows: QuerySet[Any], scope: Scope) -> QuerySet[Any]:
    rows = rows.filter(prompt__in=scope.prompts)
    if scope.environment is not None:
        rows = rows.filter(environment=scope.environment)
    return rows.filter(version=scope.version) if scope.version is not None else rows


def _hours(rows: QuerySet[Any], scope: Scope) -> QuerySet[Any]:
    """Of sums that are kept by the hour alone."""
    return _of(rows, scope).filter(hour__gte=scope.period.since, hour__lt=scope.period.until)


def _sources(scope: Scope) -> Iterator[QuerySet[Any]]:
    days = scope.period.whole_days
    if days is not None:
        rows = _of(DayFigure.objects.filter(day__gte=days[0], day__lt=days[1]), scope)
        yield rows.annotate(at=Cast("day", DateTimeField()))
    for since, until in scope.period.loose_hours:
        rows = _of(HourFigure.objects.filter(hour__gte=since, hour__lt=until), scope)
        yield rows.annotate(at=_at(scope))


def _added(
    rows: QuerySet[Any], fields: tuple[str, ...], latency: bool
) -> Iterator[tuple[tuple[Any, ...], Sum]]:
    sums: dict[str, Any] = {f"sum_{name}": Added(name) for name in ADDED}
    if latency:
        sums["bins"] = StrungTogether("latency_bins")
    for row in _grouped(rows, fields).annotate(**sums):
        if row["sum_calls"] is None:
            continue
        yield tuple(row[field] for field in fields), Sum.read(row)
