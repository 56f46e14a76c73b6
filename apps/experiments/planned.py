"""How large an experiment has to be, from what is known of its metric. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from apps.analytics.words import percent
from apps.experiments.metrics import Metric
from apps.experiments.queries.baseline import Baseline
from apps.experiments.sentences import missing_metric, number
from apps.experiments.statistics import ALPHA, Plan, plan, planned_information

FEWEST_KNOWN = 20  # units whose values tell how much they vary
LONG = 92  # days
MOSTLY = 0.95  # of the customers: where a metric is known of fewer, that is said


def estimate(
    metric: Metric, smallest: float, weights: Sequence[float], known: Baseline
) -> Plan | None:
    """How many customers, and about how many days; None where nothing is known."""
    effect = metric.effect(smallest, known.sample.mean)
    if known.sample.units < FEWEST_KNOWN or known.sample.variance <= 0 or effect <= 0:
        return None
    alpha = ALPHA / (len(weights) - 1)
    return plan(effect, known.sample.variance, weights, known.units_a_day, alpha)


def planned(
    metric: Metric, smallest: float, weights: Sequence[float], known: Baseline
) -> dict[str, Any] | None:
    """What is fixed at the start."""
    found = estimate(metric, smallest, weights, known)
    if found is None:
        return None
    effect = metric.effect(smallest, known.sample.mean)
    return {
        "information": planned_information(effect, ALPHA / (len(weights) - 1)),
        "units": found.units,
        "once": found.units_of_one_look,
        "days": found.days,
        "effect": effect,
        "mean": known.sample.mean,
        "variance": known.sample.variance,
    }


def estimate_words(
    metric: Metric,
    smallest: float,
    weights: Sequence[float],
    known: Baseline,
    *,
    for_all: bool = True,
) -> list[str]:
    """What it takes, in sentences; what is missing before anybody can say."""
    if known.last is None:
        return [missing_metric(metric, None)]
    said = []
    if known.calls and not known.with_unit:
        said.append(
            _("None of the last calls said whom it was for: galley.get(…, unit=…) shares them.")
        )
    found = estimate(metric, smallest, weights, known)
    if found is None:
        words = _("Too little of it came in the last two weeks to say how long it takes.")
        return [*said, words]
    now = _("Now: %(mean)s, of %(n)s customers in two weeks.")
    said.append(now % {"mean": number(known.sample.mean, metric), "n": known.sample.units})
    if known.sample.units < MOSTLY * known.units:
        words = _("That is %(share)s of those who came. Only of whom it is known counts.")
        said.append(words % {"share": percent(known.sample.units / known.units)})
    return [*said, *_size_words(found), *([] if for_all else [_part_words()])]


def _part_words() -> str:
    return _(
        "These are the days of all customers. The audience is a part of them, which nobody can"
        " count before: with half of them, it takes twice as long."
    )


def _size_words(found: Plan) -> list[str]:
    days = _("Nobody can say how many days: no customers came in the last two weeks.")
    if found.days is not None:
        days = _("About %(units)s customers, %(days)s days at the traffic of the last two weeks.")
        days %= {"units": f"{found.units:,}".replace(",", " "), "days": found.days}
    said = [days]
    if found.days is not None and found.days > LONG:
        said.append(_("That is too long. Look for a larger difference, or share more evenly."))
    if found.units > found.units_of_one_look:
        words = _("You may look every day: a test with one look at the end would need %(once)s.")
        said.append(words % {"once": f"{found.units_of_one_look:,}".replace(",", " ")})
    return said
