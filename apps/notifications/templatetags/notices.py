from __future__ import annotations

from typing import Any

from django import template

from apps.notifications.levels import muted_threads, own_level
from apps.notifications.times import SNOOZES
from apps.prompts.models import Prompt

register = template.Library()


@register.filter
def snooze_words(choice: str) -> str:
    return str(SNOOZES[choice])


@register.simple_tag(takes_context=True)
def threads_muted(context: dict[str, Any], prompt: Prompt) -> set[int]:
    """Which conversations on this prompt the reader muted. One query."""
    return muted_threads(context["request"].user, prompt)


@register.simple_tag(takes_context=True)
def level_on(context: dict[str, Any], prompt: Prompt) -> str:
    """ "watch", "mute" or "": what the reader said about exactly this prompt. One query."""
    return own_level(context["request"].user, prompt)
