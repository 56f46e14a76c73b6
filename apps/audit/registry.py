"""Every event that may be recorded: its code, its sentences, the data it may carry."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Event:
    """Sentences use {actor}, {target}, {environment} and the declared data keys; never prompt text.

    `denied` is the sentence of a refusal that was written down.
    """

    code: str
    sentence: str
    group: str
    keys: frozenset[str]
    denied: str


_events: dict[str, Event] = {}


def declare(code: str, sentence: str, *keys: str, denied: str = "") -> str:
    """Declare an event `<app>.<noun>.<verb in the past>` once, at import; returns the code."""
    if code in _events:
        raise ValueError(f"event {code} is declared twice")
    group = code.split(".", 1)[0]
    _events[code] = Event(code, sentence, group, frozenset(keys), denied or f"{sentence} (refused)")
    return code


def event(code: str) -> Event:
    """The declared event; KeyError for an unknown one."""
    return _events[code]


def events() -> Iterable[Event]:
    return tuple(_events.values())
