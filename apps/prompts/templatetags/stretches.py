"""Texts in pieces, each of which a page draws in its own way."""

from __future__ import annotations

from django import template

from apps.prompts.invisible import Visible, visible

register = template.Library()


@register.filter
def stretches(text: object) -> list[Visible]:
    """Put together they are the text; each hidden character stands alone with its name."""
    return visible(str(text or ""))


@register.filter
def named_parts(sentence: str) -> list[tuple[str, bool]]:
    """A sentence that writes names as `name`: (text, whether it is a name)."""
    return [(part, place % 2 == 1) for place, part in enumerate(sentence.split("`")) if part]
