"""Path of a prompt or namespace inside a URL (grammar of domain.md)."""

from __future__ import annotations

from django.urls import register_converter


class PromptPath:
    """Up to 8 segments; `-` alone is never a segment, so `/-/` ends the path."""

    regex = r"[a-z0-9][a-z0-9_-]{0,62}(?:/[a-z0-9][a-z0-9_-]{0,62}){0,7}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(PromptPath, "pp")
