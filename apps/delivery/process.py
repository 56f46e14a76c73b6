"""The one memory of this process, and the one thread that keeps it new."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from apps.delivery.keycheck import NotInMemory
from apps.delivery.refresh import Refresher, save_uses
from apps.delivery.store import Store, away

STORE = Store()
REFRESHER = Refresher(STORE)
T = TypeVar("T")


def ask(question: Callable[[bool], T]) -> T:
    """Ask the memory; if it does not know, read on in the database and ask again, for sure.

    `question` gets `sure` and raises NotInMemory without it. Blocks: not for the event loop. Where
    nothing keeps the memory new (commands, tests, a server without our ASGI application), it is
    made new first.
    """
    if REFRESHER.running and STORE.loaded:
        try:
            return question(False)
        except NotInMemory:
            if STORE.stale:
                raise away() from None
    STORE.refresh()
    try:
        return question(True)
    finally:
        if not REFRESHER.running:
            save_uses(STORE)
