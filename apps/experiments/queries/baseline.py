"""What is known of a metric before an experiment: from the last two weeks of calls."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from apps.analytics.queries.live_checks import check_words
from apps.core.clock import database_now
from apps.delivery.calls.chosen import units
from apps.delivery.calls.unit_facts import FeedbackName, Traffic, Watched
from apps.delivery.checked import EVERY, is_reserved
from apps.environments.models import Environment
from apps.experiments.metrics import COST, ERRORS, LATENCY, Metric, feedback
from apps.experiments.statistics import Sample, sample
from apps.prompts.models import Prompt

DAYS = 14
KNOWN_FOR = 90  # days that feedback is looked for


@dataclass(frozen=True)
class Baseline:
    """`sample`: the customers of two weeks of whom the metric is known, which is what counts;
    `units`: all of them. `units_a_day`: of whom it is known, spread over the two weeks; None where
    nobody is. `last`: when the metric was last received."""

    sample: Sample
    units: int
    units_a_day: float | None
    calls: int
    with_unit: int
    last: datetime | None


def baseline(prompt: Prompt, environment: Environment, metric: Metric) -> Baseline:
    place = _place(prompt, environment, DAYS)
    seen = units().traffic(place)
    known, total, squares = units().past(place, metric.source, metric.name)
    return Baseline(
        sample(known, total, squares, metric.bounds),
        seen.units,
        known / DAYS if known else None,
        seen.calls,
        seen.with_unit,
        _last(prompt, environment, metric, seen),
    )


def choices_of_metric(prompt: Prompt, environment: Environment) -> list[Metric]:
    """What can be measured there: what every call says, and the feedback that ever came."""
    names = _one_kind(units().feedback_names(_place(prompt, environment, KNOWN_FOR)))
    words = check_words(row.name for row in names if is_reserved(row.name))
    told = [feedback(row.name, row.kind, label=words.get(row.name, "")) for row in names]
    # What people say comes first, then all checks together.
    told.sort(key=lambda metric: (metric.is_check, metric.is_check and metric.name != EVERY))
    return [*told, ERRORS, LATENCY, COST]


def _one_kind(names: list[FeedbackName]) -> list[FeedbackName]:
    """One kind of each name, the one that comes most."""
    found: dict[str, FeedbackName] = {}
    for row in names:
        found.setdefault(row.name, row)
    return list(found.values())


def _last(
    prompt: Prompt, environment: Environment, metric: Metric, seen: Traffic
) -> datetime | None:
    long = _place(prompt, environment, KNOWN_FOR)
    if metric.source != "feedback":
        return seen.last or units().traffic(long).last
    times = [row.last for row in units().feedback_names(long) if row.name == metric.name]
    return max(times, default=None)


def _place(prompt: Prompt, environment: Environment, days: int) -> Watched:
    now = database_now()
    return Watched(
        environment.pk, prompt.pk, "", now - timedelta(days=days), now + timedelta(hours=1)
    )


def sends_anything(prompt: Prompt) -> bool:
    """Whether a call of this prompt ever came."""
    return units().ever_called(prompt.pk)
