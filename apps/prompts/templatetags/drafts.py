"""Addresses of the editor, which carry the draft that they are about."""

from __future__ import annotations

from typing import Any

from django import template

from apps.prompts.addresses import draft_address

register = template.Library()


@register.simple_tag
def draft_url(name: str, draft: Any, *args: object, **query: object) -> str:
    """`{% draft_url 'prompts:save_block' editor.draft path block.key %}`; named words are the
    query of the address."""
    return draft_address(name, draft, *args, **query)
