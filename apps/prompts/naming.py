"""Which names a namespace allows: alternatives of letters and stars, "*-reply | *-summary".

A small grammar and no regular expression: what people type here is matched in time that grows
with its length alone.
"""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

MAX_PATTERN = 200
MAX_SENTENCE = 200
_PART = re.compile(r"[a-z0-9_*-]{1,63}")


def parts_of(pattern: str) -> list[str]:
    return [part.strip() for part in pattern.split("|")]


def check_pattern(pattern: str) -> str:
    """A sentence that says what is wrong with it, "" when nothing is."""
    if len(pattern) > MAX_PATTERN:
        return _("A pattern has at most %(most)s characters.") % {"most": MAX_PATTERN}
    if all(_PART.fullmatch(part) for part in parts_of(pattern)):
        return ""
    return _(
        "Write names of small letters, digits, - and _, with * for any letters and | between "
        "alternatives, such as “*-reply | *-summary”."
    )


def fits(name: str, pattern: str) -> bool:
    return any(_fits_one(name, part) for part in parts_of(pattern))


def _fits_one(name: str, part: str) -> bool:
    """The pieces between the stars follow each other; the first begins the name, the last ends it.

    Each piece is taken at its first place, which never hides a later fit."""
    first, *rest = part.split("*")
    if not rest:
        return name == part
    if not name.startswith(first):
        return False
    *middle, last = rest
    at = len(first)
    for piece in middle:
        found = name.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    return len(name) - at >= len(last) and name.endswith(last)


def in_words(pattern: str) -> str:
    """What a pattern says, where nobody wrote a sentence for it."""
    return _("Names look like %(pattern)s.") % {"pattern": _(" or ").join(parts_of(pattern))}
