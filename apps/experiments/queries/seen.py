"""What a split's calls and feedback say, by unit and day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta

from apps.core.clock import database_now
from apps.delivery.calls.chosen import units
from apps.delivery.calls.unit_facts import Narrowed, Watched
from apps.experiments.facts import Facts, sums_by_day, units_by_day
from apps.experiments.metrics import Metric
from apps.experiments.models import Experiment
from apps.experiments.readings import Question, Standing, standing

SKEW = timedelta(minutes=5)  # between the clocks of an application and of the database


def facts_of(experiment: Experiment) -> Facts:
    """Of a running one: what is there now; of one that ended: what it said then."""
    if experiment.result is not None:
        return Facts.of(experiment.result["facts"])
    if experiment.started_at is None:
        return Facts()
    metrics = [experiment.goal, *(guard.metric for guard in experiment.limits)]
    return split_facts(watched(experiment), metrics, groups_by=experiment.goal)


def watched(experiment: Experiment) -> Watched:
    since = begun(experiment)
    return Watched(
        experiment.environment_id,
        experiment.prompt_id,
        experiment.split_id,
        since - SKEW,
        experiment.ended_at or database_now() + SKEW,
    )


def begun(experiment: Experiment) -> datetime:
    """From when on its calls count."""
    assert experiment.started_at is not None
    told = (experiment.plan or {}).get("since")
    return datetime.fromisoformat(told) if told else experiment.started_at


def split_facts(
    place: Watched, metrics: Iterable[Metric], *, groups_by: Metric | None = None
) -> Facts:
    rows = units().exposed(place)
    said = [(metric, units().unit_days(place, metric.source, metric.name)) for metric in metrics]
    days = _days([row.day for row in rows] + [row.day for _metric, told in said for row in told])
    facts = Facts(
        days=[day.isoformat() for day in days],
        units=units_by_day(rows, days),
        mixed=sum(row.mixed for row in rows),
        without_unit=units().without_unit(place),
        outside=units().outside(place),
    )
    for metric, told in said:
        facts.metrics[metric.key] = sums_by_day(told, days)
    if groups_by is not None and days:
        facts.groups = [
            (words, sums)
            for narrowed in _worth_telling(place)
            for words, sums in [_group(place, groups_by, narrowed, days[-1])]
        ]
    return facts


def _days(seen: Sequence[date]) -> list[date]:
    """Every day from the first to the last on which anything came, those without anything too."""
    if not seen:
        return []
    first = min(seen)
    return [first + timedelta(days=number) for number in range((max(seen) - first).days + 1)]


def _worth_telling(place: Watched) -> list[Narrowed]:
    """Models and tags; the one model of all calls is no group."""
    found = [narrowed for narrowed, _count in units().groups(place)]
    models = [narrowed for narrowed in found if narrowed.model]
    return [one for one in found if len(models) > 1 or not one.model]


def _group(
    place: Watched, metric: Metric, narrowed: Narrowed, last: date
) -> tuple[str, dict[str, tuple[int, float, float]]]:
    said = units().unit_days(place, metric.source, metric.name, narrowed)
    sums = sums_by_day([row._replace(day=last) for row in said], [last])
    return narrowed.tag or narrowed.model, {arm: found[-1] for arm, found in sums.items()}


def question_of(experiment: Experiment) -> Question:
    """What it asks; before its start without a plan."""
    plan = experiment.plan or {"information": 1.0, "units": 0, "effect": experiment.smallest}
    return Question(
        arms=[(arm["arm"], arm["version"], arm["weight"]) for arm in experiment.arms],
        metric=experiment.goal,
        guards=experiment.limits,
        smallest=plan["effect"],
        planned=plan["information"],
        of_all=plan["units"],
        days=experiment.days,
    )


def standing_of(experiment: Experiment, facts: Facts | None = None) -> Standing:
    """What it says now, or said at its end."""
    today = (experiment.ended_at or database_now()).astimezone(UTC).date()
    found = facts if facts is not None else facts_of(experiment)
    started = begun(experiment).astimezone(UTC).date()
    return standing(question_of(experiment), found, today, started)
