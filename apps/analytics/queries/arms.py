"""What other apps ask: calls a day for a form, the arms of a split for an experiment."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Min
from django.db.models import Sum as Added
from django.utils import timezone

from apps.analytics.models import FeedbackHour, HourFigure
from apps.analytics.periods import HOUR, full_hour, last_hours
from apps.analytics.queries.figures import StrungTogether, total
from apps.analytics.scopes import ADDED, Scope, Sum
from apps.environments.models import Environment
from apps.prompts.models import Prompt

WEEK = 7 * 24


@dataclass(frozen=True)
class Told:
    """Feedback of one name in one arm."""

    kind: str
    count: int
    total: float
    squares: float
    positive: int


@dataclass(frozen=True)
class ArmTotals:
    """What the calls of one arm come to; `sums.bins` are the bins of its latency. `feedback` by
    name."""

    sums: Sum
    feedback: dict[str, Told] = field(default_factory=dict)


def calls_a_day(prompt: Prompt, environment: Environment) -> float | None:
    """How many calls a day the last week had; None where none came. A prompt that is called for
    less than a week counts from its first call."""
    now = timezone.now()
    scope = Scope((prompt.pk,), last_hours(WEEK, now), environment.pk)
    rows = HourFigure.objects.filter(
        prompt=prompt, environment=environment, hour__gte=scope.period.since
    )
    first = rows.aggregate(first=Min("hour"))["first"]
    if first is None:
        return None
    hours = max(24.0, (full_hour(now) + HOUR - first) / HOUR)
    return total(scope).calls * 24 / hours


def arm_totals(split: str) -> dict[str, ArmTotals]:
    """The arms of a split over all its time. One split is one release's, or an experiment's."""
    rows = HourFigure.objects.filter(split_id=split).exclude(split_id="").values("arm").order_by()
    sums: Any = rows.annotate(
        **{f"sum_{name}": Added(name) for name in ADDED}, bins=StrungTogether("latency_bins")
    )
    feedback = _feedback(split)
    return {row["arm"]: ArmTotals(Sum.read(row), feedback.get(row["arm"], {})) for row in sums}


def _feedback(split: str) -> dict[str, dict[str, Told]]:
    rows = (
        FeedbackHour.objects.filter(split_id=split).values("arm", "name", "kind").order_by("kind")
    )
    sums = rows.annotate(
        n=Added("count"), sum=Added("total"), sq=Added("squares"), good=Added("positive")
    )
    found: dict[str, dict[str, Told]] = {}
    for row in sums:
        told = Told(row["kind"], row["n"], row["sum"], row["sq"], row["good"])
        found.setdefault(row["arm"], {})[row["name"]] = told
    return found
