"""Which topics of the live stream a person may hear. What no app has allowed is not heard."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

Check = Callable[[Any, set[str]], set[str]]
_checks: dict[str, Check] = {}


def allow(kind: str, check: Check) -> None:
    """Called in `AppConfig.ready()`: `check(person, ids)` returns the ids that may be heard."""
    _checks[kind] = check


def audible(person: Any, topics: Iterable[str]) -> set[str]:
    """Of topics such as `draft:12`, those that this person may hear. Reads the database."""
    wanted: dict[str, set[str]] = {}
    for topic in topics:
        kind, _, ident = topic.partition(":")
        wanted.setdefault(kind, set()).add(ident)
    return {
        f"{kind}:{ident}"
        for kind, idents in wanted.items()
        if kind in _checks
        for ident in _checks[kind](person, idents) & idents
    }


def _oneself(person: Any, idents: set[str]) -> set[str]:
    return idents & {str(person.pk)}


allow("person", _oneself)
