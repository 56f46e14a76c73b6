"""Every event that may be recorded: its code, its sentence, the data it may carry."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Event:
    """`sentence` uses {actor}, {target}, {environment} and the declared data keys; never prompt text."""

    code: str
    sentence: str
    group: str
    keys: frozenset[str]


_events: dict[str, Event] = {}


def declare(code: str, sentence: str, *keys: str) -> str:
    """Declare an event `<app>.<noun>.<verb in the past>` once, at import; returns the code."""
    if code in _events:
        raise ValueError(f"event {code} is declared twice")
    _events[code] = Event(code, sentence, code.split(".", 1)[0], frozenset(keys))
    return code


def event(code: str) -> Event:
    """The declared event; KeyError for an unknown one."""
    return _events[code]


def events() -> Iterable[Event]:
    return tuple(_events.values())
