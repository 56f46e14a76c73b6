"""The text of prompts with what nobody could see in it."""

from __future__ import annotations

from django import template

from apps.prompts.invisible import Visible, visible

register = template.Library()


@register.filter
def stretches(text: object) -> list[Visible]:
    """Put together they are the text; each hidden character stands alone with its name."""
    return visible(str(text or ""))
