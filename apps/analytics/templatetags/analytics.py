"""Figures and alarms in words."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import template

from apps.analytics import alarm_words, words
from apps.analytics.live_words import live_words as words_of_live
from apps.analytics.models import Alarm, LiveCheck
from apps.analytics.permissions import can_replay_calls
from apps.analytics.queries.arms import calls_a_day
from apps.analytics.queries.live_checks import check_words, looked_today
from apps.analytics.queries.samples import prompts_with_values
from apps.environments.models import Environment
from apps.evaluations.models import Suite
from apps.prompts.models import Prompt

register = template.Library()
OFFERED = 5


@register.filter
def watches(alarm: Alarm) -> str:
    return alarm_words.watches(alarm, _check(alarm.subject))


@register.filter
def rang(alarm: Alarm) -> str:
    """What it rang at, beginning with a small letter."""
    facts = ("measure", "value", "bound", "hours")
    data = {name: getattr(alarm, name) for name in facts}
    return alarm_words.rang(data, _check(alarm.subject))


def _check(subject: str) -> str:
    return check_words([subject])[subject] if subject else ""


@register.filter
def live_words(live: LiveCheck) -> str:
    return words_of_live(live)


@register.filter
def judged_today(live: LiveCheck) -> int:
    return looked_today(live)


@register.filter
def took(milliseconds: float) -> str:
    return words.duration(milliseconds)


@register.filter
def costs(amount: Decimal | None) -> str:
    return words.cost(amount)


@register.filter
def daily_calls(prompt: Prompt, place: Environment) -> int | None:
    """How many calls a day the prompt has there, for a sentence beside a share."""
    found = calls_a_day(prompt, place)
    return None if found is None else round(found)


@register.simple_tag(takes_context=True)
def replayable(context: dict[str, Any], suite: Suite) -> list[Prompt]:
    """Prompts whose calls the reader may put to a candidate as cases of this suite."""
    person = context["request"].user
    found = prompts_with_values(suite, person)[:OFFERED]
    return [prompt for prompt in found if can_replay_calls(person, suite, prompt)]
