"""Server-sent events out of the pieces in which they arrive. No network here."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

LONGEST = 256 * 1024  # bytes that one event may hold


@dataclass(frozen=True)
class Event:
    """`kind`: release, prompt or reset; `data` is empty where it is no JSON object."""

    id: str
    kind: str
    data: dict[str, Any]


class EventParser:
    """Feed it bytes; ValueError once an event is longer than any that Galley sends."""

    def __init__(self) -> None:
        self.last_id = ""
        self._waiting = b""
        self._fields: dict[str, str] = {}

    def feed(self, piece: bytes) -> Iterator[Event]:
        """The events that are complete now. Comments and unknown fields are passed over."""
        *lines, self._waiting = (self._waiting + piece).split(b"\n")
        if len(self._waiting) > LONGEST or sum(map(len, self._fields.values())) > LONGEST:
            raise ValueError("an event without end")
        for line in lines:
            text = line.rstrip(b"\r").decode("utf-8", "replace")
            if text:
                self._take(text)
            elif self._fields:
                yield self._event()

    def _take(self, line: str) -> None:
        name, _, value = line.partition(":")
        if name in ("id", "event", "data"):
            before = self._fields.get(name)
            text = value.removeprefix(" ")
            joined = name == "data" and before is not None
            self._fields[name] = f"{before}\n{text}" if joined else text

    def _event(self) -> Event:
        fields, self._fields = self._fields, {}
        self.last_id = fields.get("id", self.last_id)
        try:
            data = json.loads(fields.get("data", ""))
        except (ValueError, RecursionError):
            data = {}
        kind = fields.get("event", "message")
        return Event(self.last_id, kind, data if isinstance(data, dict) else {})
