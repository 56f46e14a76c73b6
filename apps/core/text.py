"""Small pieces of English that several apps need."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _


def listing(words: Sequence[str], last: str = "") -> str:
    """ "a", "a and b", "a, b and c"; `last` replaces "and"."""
    joint = last or _("and")
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {joint} {words[-1]}"
