"""Who only reads is shown a page of one moment: what it asks several times is asked once."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

from apps.core.actions import in_governed

T = TypeVar("T")
_page: ContextVar[dict[Hashable, Any] | None] = ContextVar("galley_page", default=None)


@contextmanager
def reading() -> Iterator[None]:
    """While a page is read. Acts ask anew all the same."""
    token = _page.set({})
    try:
        yield
    finally:
        _page.reset(token)


def is_reading() -> bool:
    return _page.get() is not None and not in_governed()


def once(key: Hashable, ask: Callable[[], T]) -> T:
    """What `ask` answers; on a page the answer of the first time. Nobody changes it."""
    page = _page.get()
    if page is None or not is_reading():
        return ask()
    if key not in page:
        page[key] = ask()
    found: T = page[key]
    return found
