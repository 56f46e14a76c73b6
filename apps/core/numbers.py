"""Numbers that come from an address or a form, where anything may stand."""

from __future__ import annotations

LARGEST_ID = 2**63 - 1
LARGEST_NUMBER = 2**31 - 1  # of a version, a revision


def whole(text: str | None, most: int = LARGEST_ID) -> int | None:
    """The whole number from 0 to `most` that `text` is, in ASCII digits; None for anything else."""
    if not text or len(text) > 19 or not (text.isascii() and text.isdigit()):
        return None
    number = int(text)
    return number if number <= most else None
