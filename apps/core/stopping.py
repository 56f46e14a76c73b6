"""What has to happen before a server is told to stop. Pure: nothing here knows Django.

A server waits for open answers before it says that it stops; a stream would keep it waiting. So
the signals that stop it close the streams first.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from typing import Any

_closing: list[Callable[[], None]] = []
_watching = False


def before_stopping(close: Callable[[], None]) -> None:
    """Call `close` when this process is told to stop. Works from the main thread of a server that
    has set its own handlers, so it is called with the first stream; calling it again costs
    nothing."""
    global _watching
    if close not in _closing:
        _closing.append(close)
    if _watching or threading.current_thread() is not threading.main_thread():
        return
    _watching = True
    for number in (signal.SIGINT, signal.SIGTERM):
        before = signal.getsignal(number)
        if callable(before):
            signal.signal(number, _closing_first(before))


def _closing_first(before: Callable[[int, Any], Any]) -> Callable[[int, Any], Any]:
    def stop(number: int, frame: Any) -> None:
        for close in _closing:
            close()
        before(number, frame)

    return stop
