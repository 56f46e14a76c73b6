"""Where the current call comes from, for the audit trail: kept beside the call."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


def nobody() -> str:
    return ""


def never() -> float:
    return 0.0


@dataclass(frozen=True)
class Origin:
    """`source` is web, api, command or task. `signed_in_by` tells, when it is asked, how the person
    came in ("password, totp"), "" where nobody signed in; `confirmed_at`, when they last proved who
    they are, in seconds since 1970."""

    source: str = "command"
    address: str | None = None
    request_id: str = ""
    signed_in_by: Callable[[], str] = nobody
    confirmed_at: Callable[[], float] = never


_current: ContextVar[Origin | None] = ContextVar("galley_origin", default=None)


def origin() -> Origin:
    return _current.get() or Origin()


@contextmanager
def coming_from(
    source: str,
    address: str | None = None,
    request_id: str = "",
    signed_in_by: Callable[[], str] = nobody,
    confirmed_at: Callable[[], float] = never,
) -> Iterator[None]:
    token = _current.set(Origin(source, address, request_id, signed_in_by, confirmed_at))
    try:
        yield
    finally:
        _current.reset(token)
