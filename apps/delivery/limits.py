"""How many wrong keys one peer may try: exact in this process, whatever comes at once."""

from __future__ import annotations

import ipaddress
import math
import threading
import time
from collections import deque
from collections.abc import Callable

from apps.delivery.problems import Problem

LIMIT = 10
WINDOW = 60.0  # seconds
MAX_PEERS = 10_000


class WrongKeys:
    """A try is taken before a key is looked at and given back when the key was right."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._tries: dict[str, deque[float]] = {}

    def take(self, address: str) -> None:
        """Count one try; Problem 429 when the peer has none left."""
        with self._lock:
            now = self._clock()
            tries = self._recent(_peer(address), now)
            _require_one_left(tries, now)
            tries.append(now)

    def look(self, address: str) -> None:
        """Problem 429 when the peer has no try left; counts nothing."""
        with self._lock:
            now, peer = self._clock(), _peer(address)
            if peer in self._tries:
                _require_one_left(self._recent(peer, now), now)

    def give_back(self, address: str) -> None:
        with self._lock:
            tries = self._tries.get(_peer(address))
            if tries:
                tries.pop()

    def _recent(self, peer: str, now: float) -> deque[float]:
        if peer not in self._tries and len(self._tries) >= MAX_PEERS:
            self._forget(now)
        tries = self._tries.setdefault(peer, deque())
        while tries and now - tries[0] >= WINDOW:
            tries.popleft()
        return tries

    def _forget(self, now: float) -> None:
        """Make room: peers without a recent try, else the one that was seen first."""
        old = [p for p, tries in self._tries.items() if not tries or now - tries[-1] >= WINDOW]
        for peer in old or [next(iter(self._tries))]:
            del self._tries[peer]


def _peer(address: str) -> str:
    """An IPv6 peer owns its whole /64, so that is what is counted."""
    if ":" not in address:
        return address
    try:
        return str(ipaddress.ip_network((address.partition("%")[0], 64), strict=False))
    except ValueError:
        return address


def _require_one_left(tries: deque[float], now: float) -> None:
    if len(tries) >= LIMIT:
        raise _refusal(WINDOW - (now - tries[0]))


def _refusal(wait: float) -> Problem:
    seconds = max(1, math.ceil(wait))
    return Problem(
        "too_many_wrong_keys",
        f"Too many wrong keys came from this address. Check the key; try again in {seconds} s.",
        headers={"Retry-After": str(seconds)},
    )
