"""What happened to the prompts that are served, as the streams of applications tell it."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass

KEPT = 1000


@dataclass(frozen=True, slots=True)
class News:
    """`seq`: how far the audit trail was read by then. `kind`: release, or prompt (moved,
    deprecated, archived)."""

    seq: int
    kind: str
    environment_id: int
    environment: str
    prompt_id: int
    path: str
    revision: int | None

    def event(self) -> str:
        """As server-sent events write it."""
        told = {"prompt": self.path, "environment": self.environment, "revision": self.revision}
        return f"id: {self.seq}\nevent: {self.kind}\ndata: {json.dumps(told)}\n\n"


Heard = Callable[[list[News]], None]


class NewsDesk:
    """The newest news of this process, and who wants to hear them."""

    def __init__(self) -> None:
        self.listeners: tuple[Heard, ...] = ()
        self._kept: deque[News] = deque(maxlen=KEPT)
        self._since: int | None = None  # everything after this entry is kept

    def tell(self, news: Iterable[News], *, read_to: int) -> None:
        """Also without news: the listeners look at their keys each time."""
        fresh = list(news)
        if self._since is None:
            self._since = read_to
        if len(self._kept) + len(fresh) > KEPT:
            gone = len(self._kept) + len(fresh) - KEPT
            self._since = max(self._since, [*self._kept, *fresh][gone - 1].seq)
        self._kept.extend(fresh)
        for heard in self.listeners:
            heard(fresh)

    def after(self, seq: int) -> list[News] | None:
        """What came since that entry, itself included: several may have come with it. None after a
        gap."""
        if self._since is None or seq <= self._since:
            return [] if seq == self._since and not self._kept else None
        return [one for one in list(self._kept) if one.seq >= seq]

    def forget(self) -> None:
        """The memory began anew: whoever comes back is told to look at everything."""
        self._kept.clear()
        self._since = None
