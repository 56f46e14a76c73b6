"""Feedback that Galley gives itself: what a sampled check said of a call. It lies beside what
people and applications say, under names that nobody else may use. Pure."""

from __future__ import annotations

PREFIX = "check:"
EVERY = f"{PREFIX}all"  # of all checks together, weighed as in their suite


def is_reserved(name: str) -> bool:
    return name.strip().casefold().startswith(PREFIX)


def name_of(check: str) -> str:
    """`check`: the key of a check of a suite."""
    return f"{PREFIX}{check}"


def key_of(name: str) -> str:
    """The key of the check; "all" for all of them."""
    return name.removeprefix(PREFIX)
