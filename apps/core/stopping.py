"""What has to happen before a server is told to stop. Pure: nothing here knows Django.

A server waits for open answers before it says that it stops; a stream would keep it waiting. So
the signals that stop it close the streams first. A polite kill (SIGTERM) may leave time besides, in
which calls are still answered and `/healthz/ready` says that no new ones should come here.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from typing import Any

_closing: list[Callable[[], None]] = []
_watching = False
_told = threading.Event()


def is_stopping() -> bool:
    return _told.is_set()


def before_stopping(close: Callable[[], None], *, drain: float = 0.0) -> None:
    """Call `close` when this process is told to stop, and stop `drain` seconds after that. Works
    in the main thread of a server that has set its own handlers; the first call counts for these.
    """
    global _watching
    if close not in _closing:
        _closing.append(close)
    if _watching or threading.current_thread() is not threading.main_thread():
        return
    _watching = True
    for number, wait in ((signal.SIGINT, 0.0), (signal.SIGTERM, drain)):
        before = signal.getsignal(number)
        if callable(before):
            signal.signal(number, _closing_first(before, wait))


def _closing_first(before: Callable[[int, Any], Any], wait: float) -> Callable[[int, Any], Any]:
    def stop(number: int, frame: Any) -> None:
        again = _told.is_set()
        _told.set()
        for close in _closing:
            close()
        if wait and not again:
            timer = threading.Timer(wait, before, (number, frame))
            timer.daemon = True
            timer.start()
        else:
            before(number, frame)

    return stop
