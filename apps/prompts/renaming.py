"""Another name for a variable in a text. Pure: nothing but its uses changes."""

from __future__ import annotations

from apps.prompts.placeholders import Token, tokens


def renamed(text: str, old: str, new: str) -> str:
    """`{{old}}` becomes `{{new}}`, with the spaces that it had; escapes stay as they are."""
    if old not in text:
        return text
    return "".join(_renamed(token, old, new) for token in tokens(text))


def _renamed(token: Token, old: str, new: str) -> str:
    is_use = token.kind == "variable" and token.value == old
    return token.text.replace(old, new) if is_use else token.text
