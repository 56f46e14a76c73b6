"""What is known of each prompt, and what an answer of the server does to it. No network here."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from galley_client.errors import GalleyError, Trouble, Unsettled
from galley_client.known import Known
from galley_client.released import Released

log = logging.getLogger("galley_client")

MOST = 1000
FIRST_WAIT = 1.0
AWAY = 5.0
REFUSED = (401, 403)


class Wanted(NamedTuple):
    """What a caller asks for. A version never changes, so it is fetched once."""

    path: str
    version: int | None = None
    label: str | None = None
    model: str | None = None

    @property
    def is_current(self) -> bool:
        """What is live now: the only thing whose revisions are in order."""
        return self.version is None and self.label is None

    @property
    def query(self) -> dict[str, str]:
        fields = {"version": self.version, "label": self.label, "model": self.model}
        return {name: str(value) for name, value in fields.items() if value is not None}

    def __str__(self) -> str:
        more = ", ".join(f"{name} {value}" for name, value in self.query.items())
        return f"{self.path} ({more})" if more else self.path


@dataclass(eq=False, slots=True)
class Entry:
    """Times are of the memory's clock. `due`: when the next request may go out. `spare`: what the
    disk or the bundle has, until the server has answered. `announced`: the revision that the
    stream has told of."""

    wanted: Wanted
    known: Known | None = None
    spare: Known | None = None
    due: float = 0.0
    used: float = 0.0
    failures: int = 0
    error: GalleyError | None = None
    refused: float | None = None
    announced: int = 0
    wants_arms: bool = False
    is_warned: bool = False


@dataclass(frozen=True)
class Ages:
    """All in seconds. `refresh`: after which a prompt is asked for again; `max_stale`: after which
    an unconfirmed one is warned about; `keep_refused`: how long the last good one is kept after the
    server refused the key, None for ever."""

    refresh: float = 60.0
    max_stale: float = 3600.0
    keep_refused: float | None = None


class Memory:
    """The last good answer for each thing wanted; the least recently used of 1,000 goes first."""

    def __init__(
        self,
        ages: Ages,
        clock: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self.ages = ages
        self.clock = clock
        self.chance = chance
        self.entries: dict[tuple[object, ...], Entry] = {}
        self._quiet = 0.0
        self._away = 0.0
        self._newest: dict[str, Known] = {}
        self._told: set[str] = set()

    def entry(self, wanted: Wanted) -> tuple[Entry, bool]:
        """(the entry, whether it was just made)."""
        found = self.entries.get(wanted)
        if found is not None:
            return found, False
        made = self.entries[wanted] = Entry(wanted, used=self.clock())
        if len(self.entries) > MOST:
            oldest = min((e for e in list(self.entries.values()) if e is not made), key=_last_use)
            del self.entries[oldest.wanted]
        return made, True

    def of_path(self, path: str) -> list[Entry]:
        """Entries that may change when this prompt does, by its name now or the one it had."""
        return [
            entry
            for entry in self.changing()
            if path in (entry.wanted.path, entry.known.first.path if entry.known else "")
        ]

    def changing(self) -> Iterator[Entry]:
        return (e for e in list(self.entries.values()) if e.wanted.version is None)

    def is_due(self, entry: Entry) -> bool:
        """The server's wish to be left alone holds for all prompts, but for the first try of one
        that is not here yet."""
        now = self.clock()
        is_first = entry.known is None and not entry.failures
        return now >= entry.due and (now >= self._quiet or is_first)

    def needs(self, entry: Entry) -> bool:
        """Whether a caller must wait for the server: nothing is here, or too little, or too old."""
        known = entry.known
        if known is None or (entry.wants_arms and not known.has_arms):
            return True
        return known.age > self.ages.max_stale and not entry.failures and not is_pinned(entry)

    def is_away(self) -> bool:
        """Nobody answered a moment ago: who has something on the disk need not wait for it."""
        return self.clock() < self._away

    def learn(self, entry: Entry, new: Known, headers: Mapping[str, str]) -> None:
        """A good answer has come. An older revision than one seen before is Unsettled: a slow
        process of the server has not confirmed what is here."""
        newest = self._newest.get(entry.wanted.path) if entry.wanted.is_current else None
        if newest is not None and new.is_older_than(newest):
            revisions = f"revision {new.first.revision} after {newest.first.revision}"
            raise Unsettled(f"The server answered {revisions}.")
        if entry.wanted.is_current:
            self._newest[entry.wanted.path] = new
            self._hurry(entry, new)
        entry.known = new
        self.confirm(entry, headers)

    def keep_order(self, wanted: Wanted, stored: Known) -> None:
        """What the disk has is not to be followed by anything older."""
        if wanted.is_current and wanted.path not in self._newest:
            self._newest[wanted.path] = stored

    def _hurry(self, entry: Entry, new: Known) -> None:
        """The same prompt for another model is out of date as well."""
        for other in self.of_path(entry.wanted.path):
            if other is not entry and other.known and other.known.is_older_than(new):
                other.due = min(other.due, self.clock())

    def confirm(self, entry: Entry, headers: Mapping[str, str]) -> None:
        """The server says that what is here is so."""
        assert entry.known is not None
        if entry.failures:
            log.info("%s is refreshed again.", entry.wanted)
        now, self._away = self.clock(), 0.0
        entry.known.confirmed, entry.known.is_stale = now, headers.get("galley-stale") == "true"
        entry.failures, entry.error, entry.refused = 0, None, None
        entry.is_warned, entry.spare = False, None
        entry.due = float("inf") if is_pinned(entry) else now + self.ages.refresh
        self._tell(entry, headers)

    def fail(self, entry: Entry, error: Trouble) -> None:
        """Keeps what there is, and asks for it whole the next time; waits 1, 2, 4 … seconds, up to
        half of it less by chance, never longer than a refresh unless the server asks for it."""
        wait = min(FIRST_WAIT * 2.0 ** min(entry.failures, 10), self.ages.refresh)
        now = self.clock()
        entry.due = now + max(wait * (1 - self.chance() / 2), error.wait)
        if error.wait:
            self._quiet = max(self._quiet, now + error.wait * (1 + self.chance() / 5))
        if error.status is None:
            self._away = now + AWAY
        entry.failures += 1
        entry.error = error
        is_news = entry.failures == 1 or (error.status in REFUSED and entry.refused is None)
        self._keep(entry, error)
        if is_news:
            kept = "the last good version is kept" if entry.known else "there is none yet"
            log.warning("%s could not be fetched, %s: %s", entry.wanted, kept, error)

    def _keep(self, entry: Entry, error: Trouble) -> None:
        now, limit = self.clock(), self.ages.keep_refused
        entry.known, entry.spare = entry.known or entry.spare, None
        if entry.known is not None:
            entry.known.is_stale, entry.known.etag = True, ""
        if error.status not in REFUSED:
            return
        entry.refused = now if entry.refused is None else entry.refused
        if entry.known is not None and limit is not None and now - entry.refused >= limit:
            log.warning("%s is not kept any longer: the key is refused.", entry.wanted)
            entry.known = None

    def warn_if_old(self, entry: Entry) -> None:
        known = entry.known
        if known is None or entry.is_warned or is_pinned(entry):
            return
        if known.age > self.ages.max_stale:
            entry.is_warned = True
            log.warning("%s has not been confirmed for %d s.", entry.wanted, known.age)

    def _tell(self, entry: Entry, headers: Mapping[str, str]) -> None:
        """A warning once for each thing to say of a prompt that is to be given up or has moved: a
        last day may be set, or another successor, long after the first word."""
        assert entry.known is not None
        path, said = entry.wanted.path, entry.known.first
        for sentence in _advice(path, said, is_ending="deprecation" in headers):
            if sentence not in self._told:
                self._told.add(sentence)
                log.warning("%s", sentence)


def _advice(path: str, said: Released, *, is_ending: bool) -> Iterator[str]:
    if said.path != path:
        yield f"{path} is called {said.path} now. Ask for it by that name."
    if said.deprecated or is_ending:
        told = said.deprecated or {}
        sunset = f" It ends on {told['sunset']}." if told.get("sunset") else ""
        instead = f" Use {told['successor']} instead." if told.get("successor") else ""
        yield f"{path} is deprecated.{sunset}{instead}"


def is_pinned(entry: Entry) -> bool:
    return entry.wanted.version is not None


def _last_use(entry: Entry) -> float:
    return entry.used
