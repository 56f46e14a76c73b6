from __future__ import annotations

from django import template

from apps.notifications.times import SNOOZES

register = template.Library()


@register.filter
def snooze_words(choice: str) -> str:
    return str(SNOOZES[choice])
