"""What is known of each prompt, and what an answer of the server does to it. No network here."""

from __future__ import annotations

import json
import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from galley_client.errors import GalleyError
from galley_client.prompt import Answer, Prompt, prompt_from

log = logging.getLogger("galley_client")

MOST = 1000
FIRST_WAIT = 1.0


@dataclass(frozen=True)
class Wanted:
    """What a caller asks for. A version never changes, so it is fetched once."""

    path: str
    version: int | None = None
    model: str | None = None

    @property
    def query(self) -> dict[str, str]:
        fields = {"version": self.version, "model": self.model}
        return {name: str(value) for name, value in fields.items() if value is not None}


@dataclass
class Entry:
    """Times are of the memory's clock. `due`: when the next request may go out."""

    answer: Answer | None = None
    etag: str = ""
    confirmed: float = 0.0
    due: float = 0.0
    failures: int = 0
    error: GalleyError | None = None
    is_server_stale: bool = False
    is_warned: bool = False


class Memory:
    """The last good answer for each thing wanted; the least recently used of 1,000 goes first."""

    def __init__(
        self, refresh: float, max_stale: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.refresh = refresh
        self.max_stale = max_stale
        self.clock = clock
        self._entries: OrderedDict[Wanted, Entry] = OrderedDict()

    def entry(self, wanted: Wanted) -> Entry:
        found = self._entries.setdefault(wanted, Entry())
        self._entries.move_to_end(wanted)
        while len(self._entries) > MOST:
            self._entries.popitem(last=False)
        return found

    def is_due(self, entry: Entry) -> bool:
        return self.clock() >= entry.due

    def prompt(self, wanted: Wanted, entry: Entry) -> Prompt | None:
        if entry.answer is None:
            return None
        age = max(0.0, self.clock() - entry.confirmed)
        if age > self.max_stale and wanted.version is None and not entry.is_warned:
            entry.is_warned = True
            log.warning("%s has not been confirmed for %d s.", wanted.path, age)
        is_stale = entry.failures > 0 or entry.is_server_stale
        return prompt_from(entry.answer, age=age, is_stale=is_stale)

    def take(
        self, wanted: Wanted, entry: Entry, status: int, headers: Mapping[str, str], body: bytes
    ) -> None:
        """An answer has come. What is no good answer is a failure, and changes nothing else."""
        if status == 304 and entry.answer is not None:
            self._confirm(wanted, entry, headers)
        elif status == 200:
            self._learn(wanted, entry, headers, body)
        else:
            self.fail(wanted, entry, _refusal(wanted, status, body))

    def _learn(self, wanted: Wanted, entry: Entry, headers: Mapping[str, str], body: bytes) -> None:
        try:
            answer = json.loads(body)
            prompt_from(answer, age=0, is_stale=False)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            unreadable = GalleyError(f"The answer for {wanted.path} cannot be read.", status=200)
            self.fail(wanted, entry, unreadable)
            return
        if not _is_older(answer, entry.answer):
            entry.answer, entry.etag = answer, headers.get("etag", "")
        self._confirm(wanted, entry, headers)

    def _confirm(self, wanted: Wanted, entry: Entry, headers: Mapping[str, str]) -> None:
        if entry.failures:
            log.info("%s is refreshed again.", wanted.path)
        entry.confirmed, entry.failures, entry.error = self.clock(), 0, None
        entry.is_warned = False
        entry.is_server_stale = headers.get("galley-stale") == "true"
        entry.due = entry.confirmed + self.refresh if wanted.version is None else float("inf")

    def fail(self, wanted: Wanted, entry: Entry, error: GalleyError) -> None:
        """Keeps what there is; waits 1, 2, 4 … seconds, never longer than a refresh."""
        wait = min(FIRST_WAIT * 2.0 ** min(entry.failures, 10), self.refresh)
        entry.due = self.clock() + wait
        entry.failures += 1
        entry.error = error
        if entry.failures == 1:
            kept = "the last good version is kept" if entry.answer else "there is none yet"
            log.warning("%s could not be fetched, %s: %s", wanted.path, kept, error)


def _is_older(answer: Answer, known: Answer | None) -> bool:
    """Behind several server processes a slow one may answer with what was live before."""
    if known is None or answer["environment"] != known["environment"]:
        return False
    revisions = known["revision"], answer["revision"]
    return all(isinstance(r, int) for r in revisions) and revisions[1] < revisions[0]


def _refusal(wanted: Wanted, status: int, body: bytes) -> GalleyError:
    try:
        problem: Any = json.loads(body)
        detail, code = str(problem["detail"]), str(problem.get("code", ""))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        detail, code = f"The server answered {status} for {wanted.path}.", ""
    return GalleyError(detail, status=status, code=code)
