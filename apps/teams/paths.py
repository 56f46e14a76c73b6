"""Paths: one grammar and one space of names for namespaces and prompts."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.utils.translation import gettext as _

from apps.teams.models import MAX_SEGMENTS, SEGMENT

_SEGMENT = re.compile(SEGMENT)
_taken: list[Callable[[str], bool]] = []


def register_taken(check: Callable[[str], bool]) -> None:
    """A higher app whose things have paths says whether one of them has this path."""
    if check not in _taken:
        _taken.append(check)


def taken_elsewhere(path: str) -> bool:
    return any(check(path) for check in _taken)


def joined(parent_path: str, segment: str) -> str:
    return f"{parent_path}/{segment}" if parent_path else segment


def check_segment(segment: str) -> str:
    """A sentence that says what is wrong with one part of a path, "" when nothing is."""
    if not segment:
        return _("Give it a name, for example “refunds”.")
    if _SEGMENT.fullmatch(segment):
        return ""
    return _(
        "Use small letters, digits, “-” and “_”, begin with a letter or digit, at most 63 in all:"
        " for example “refunds”."
    )


def check_depth(path: str) -> str:
    if path.count("/") < MAX_SEGMENTS:
        return ""
    return _("A path has at most %(n)s parts. Choose a place higher up.") % {"n": MAX_SEGMENTS}
