"""Where the current call comes from, for the audit trail: kept beside the call."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True)
class Origin:
    """`source` is web, api, command or task."""

    source: str = "command"
    address: str | None = None
    request_id: str = ""


_current: ContextVar[Origin | None] = ContextVar("galley_origin", default=None)


def origin() -> Origin:
    return _current.get() or Origin()


@contextmanager
def coming_from(source: str, address: str | None = None, request_id: str = "") -> Iterator[None]:
    token = _current.set(Origin(source, address, request_id))
    try:
        yield
    finally:
        _current.reset(token)
