"""Another name for a variable in a text. Pure: nothing but its uses changes."""

from __future__ import annotations

from apps.prompts.placeholders import tokens


def renamed(text: str, old: str, new: str) -> str:
    """`{{old}}` becomes `{{new}}`, with the spaces that it had; escapes stay as they are."""
    if old not in text:
        return text
    return "".join(
        token.text.replace(old, new) if token.kind == "variable" and token.value == old else token.text
        for token in tokens(text)
    )
