"""Addresses of the editor, which carry the draft that they are about, and two texts of a block."""

from __future__ import annotations

from typing import Any

from django import template

from apps.prompts.addresses import draft_address
from apps.prompts.compare.marks import Segments, word_segments

register = template.Library()


@register.filter
def words_against(text: object, other: object) -> Segments:
    """A text with its words marked that another text has not."""
    return word_segments(str(other or ""), str(text or ""))[0]


@register.simple_tag
def draft_url(name: str, draft: Any, *args: object, **query: object) -> str:
    """`{% draft_url 'prompts:save_block' editor.draft path block.key %}`; named words are the
    query of the address."""
    return draft_address(name, draft, *args, **query)
