"""The memory of one process: every key, every prompt's place, everything that is live.

Readers (the event loop, Django's threads) only look into dictionaries. One writer at a time reads
on in the audit trail and puts in what changed. A prompt's revision in an environment never falls.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from apps.delivery.clock import DatabaseClock
from apps.delivery.news import News, NewsDesk
from apps.delivery.problems import Problem
from apps.delivery.records import Former, KeyRecord, Place, Served

if TYPE_CHECKING:  # at run time what reads the database is loaded only once it is read
    from apps.delivery.intake.arms import Released
    from apps.delivery.labels import Labels
    from apps.delivery.queries import Entry, Pointer

log = logging.getLogger("galley.delivery")

STALE_AFTER = 5.0  # seconds without a word from the database
RECONCILE_EVERY = 60.0
COMPARE_SNAPSHOT_AFTER = 10.0
WAIT_FOR_WRITER = 2.0
MAX_KEPT = 512

Pinned = tuple[int, int, int]  # environment, prompt, version number


class Store:
    def __init__(self) -> None:
        self.loaded = False
        self.clock = DatabaseClock()
        self.keys: dict[str, KeyRecord] = {}  # by selector
        self.proven: dict[bytes, str] = {}  # digest of a header that was right once → its selector
        self.places: dict[str, Place] = {}  # by path
        self.by_prompt: dict[int, Place] = {}
        self.former: dict[str, Former] = {}  # by the path that was left
        self.live: dict[tuple[int, int], Served] = {}  # by environment and prompt
        self.labels: Labels = {}  # by environment and prompt, then by name
        self.released: dict[
            tuple[int, int], Released
        ] = {}  # for the intake, by environment, prompt
        self.used: dict[int, int] = {}  # key → minute of its last use
        self.fetched: dict[tuple[int, int], int] = {}  # key and prompt → minute of its last fetch
        self.unsaved_fetches: set[tuple[int, int]] = set()
        self.unsaved: set[int] = set()  # keys whose last use is not written down yet
        self._kept: OrderedDict[Pinned, Served] = OrderedDict()
        self.desk = NewsDesk()
        self._fresh: list[tuple[str, Served]] = []  # what the next news will tell
        self.changes = 0  # counts what a snapshot would have to tell
        self._seq = 0
        self._tail = ""  # the hash of the entry up to which the trail was read
        self._kept_from: tuple[int, str] | None = None  # how far a snapshot from disk had read
        self._failing = False
        self._fresh_at = self._reconciled_at = float("-inf")
        self._writer = threading.Lock()

    @property
    def stale(self) -> bool:
        """Whether answers come from memory alone: the database refused, or is silent."""
        return self._failing or time.monotonic() - self._fresh_at > STALE_AFTER

    @property
    def silent_for(self) -> float:
        """Seconds since the database last said anything; without end once it refused."""
        return float("inf") if self._failing else time.monotonic() - self._fresh_at

    def refresh(self) -> None:
        """Read on in the trail; Problem 503 when the database is away."""
        from django.db import Error as DatabaseError

        if not self._writer.acquire(timeout=WAIT_FOR_WRITER):
            raise away()
        try:
            self._read_on()
        except DatabaseError as error:
            self._failing = True
            raise away() from error
        finally:
            self._writer.release()
        self._failing, self._fresh_at = False, time.monotonic()
        self._tell()

    def _tell(self) -> None:
        """Outside the writer's lock: whoever listens looks into the memory."""
        fresh, self._fresh = self._fresh, []
        self.desk.tell((self._news(*one) for one in fresh), read_to=self._seq)

    def _news(self, kind: str, served: Served) -> News:
        return News(
            self._seq, kind, served.environment_id, served.environment, served.prompt_id,
            served.path, served.revision,
        )  # fmt: skip

    @property
    def seq(self) -> int:
        """How far the audit trail was read."""
        return self._seq

    def forget_answers(self) -> None:
        """Another key signs: every answer is compiled and signed again at its next fetch."""
        labelled = [one for named in list(self.labels.values()) for one in named.values()]
        for served in (*list(self.live.values()), *list(self._kept.values()), *labelled):
            served.forget_answers()

    def kept(self, environment: int, prompt: int, number: int) -> Served | None:
        return self._kept.get((environment, prompt, number))

    def keep(self, served: Served) -> None:
        """Remember a version that was asked for by its number; the oldest is forgotten."""
        with self._writer:
            self._kept[(served.environment_id, served.prompt_id, served.number)] = served
            while len(self._kept) > MAX_KEPT:
                self._kept.popitem(last=False)

    def note_use(self, key: KeyRecord, now: float) -> None:
        minute = int(now // 60)
        if self.used.get(key.id) != minute:
            self.used[key.id] = minute
            self.unsaved.add(key.id)

    def note_fetch(self, key: KeyRecord, prompt: int) -> None:
        """Which key fetched which prompt, in the minute that `note_use` wrote down."""
        place, minute = (key.id, prompt), self.used.get(key.id, 0)
        if self.fetched.get(place) != minute:
            self.fetched[place] = minute
            self.unsaved_fetches.add(place)

    def take_unsaved_fetches(self) -> set[tuple[int, int]]:
        taken, self.unsaved_fetches = self.unsaved_fetches, set()
        return taken

    def take_unsaved(self) -> set[int]:
        taken, self.unsaved = self.unsaved, set()
        return taken

    def memory(self) -> dict[str, Any]:
        """All that a snapshot holds, as it is at one moment."""
        with self._writer:
            labels = [
                (*place, n, s) for place, named in self.labels.items() for n, s in named.items()
            ]
            return {
                "sequence": self._seq, "tail": self._tail, "keys": list(self.keys.values()),
                "places": list(self.places.values()), "live": list(self.live.values()),
                "labels": labels, "former": list(self.former.values()), "at": self.clock.known,
            }  # fmt: skip

    def preload(self, memory: Mapping[str, Any]) -> None:
        """Take what a snapshot held. It is not served before `trust_snapshot`, or before the
        database has told what happened since."""
        with self._writer:
            if self.loaded:
                return
            self.keys = {key.selector: key for key in memory["keys"]}
            self._put_places(memory["places"])
            self.former = {former.path: former for former in memory["former"]}
            self.live = {(one.environment_id, one.prompt_id): one for one in memory["live"]}
            labels: dict[tuple[int, int], dict[str, Served]] = {}
            for environment, prompt, name, served in memory["labels"]:
                labels.setdefault((environment, prompt), {})[name] = served
            self.labels = labels
            self._seq, self._tail = memory["sequence"], memory["tail"]
            self.clock.not_before(memory.get("at", 0.0))
            self._kept_from = (self._seq, self._tail)

    def trust_snapshot(self) -> None:
        """The database does not answer: serve what the snapshot held, marked as stale."""
        if self._kept_from is not None and not self.loaded:
            log.warning("the database is away: serving the snapshot of entry %s", self._seq)
            self.loaded = True

    def _compare_snapshot(self) -> None:
        """At the first word of the database: is it the trail that the snapshot was made of?"""
        from apps.delivery import queries

        assert self._kept_from is not None
        seq, tail = self._kept_from
        if queries.hash_of(seq) == tail:
            # A full comparison follows soon, like each minute.
            self._reconciled_at = time.monotonic() - RECONCILE_EVERY + COMPARE_SNAPSHOT_AFTER
            self.loaded = True
        else:
            log.warning("the snapshot is of another trail: it is left aside")
            self.keys, self.live, self.labels, self.former = {}, {}, {}, {}
            self._put_places([])
            self.proven.clear()
            self.desk.forget()
            self.loaded = False
        self._kept_from = None

    def _read_on(self) -> None:
        from apps.delivery import queries

        newest, now = queries.newest_seq()
        self.clock.set(now)
        if self._kept_from is not None:
            self._compare_snapshot()
        due = time.monotonic() - self._reconciled_at > RECONCILE_EVERY
        if not self.loaded or due or newest < self._seq:
            self._read_all()
        elif newest > self._seq:
            self._apply(queries.entries_after(self._seq))
        if newest != self._seq:
            self._tail = queries.hash_of(newest)
        if not self.loaded:
            self._fresh = []  # a memory that begins has no news
        self._seq, self.loaded = newest, True

    def _read_all(self) -> None:
        """Compare everything: at the start, and each minute in case an entry told too little."""
        from apps.delivery import queries

        keys = {key.selector: key for key in queries.key_records()}
        self.changes += keys != self.keys
        self.keys = keys
        self._read_places()
        self._follow(queries.pointers())
        self._read_labels()
        self._reconciled_at = time.monotonic()

    def _read_places(self) -> None:
        """All of them: a prompt that was moved is gone from where it was."""
        from apps.delivery import queries

        before = (self.places, self.former)
        self._put_places(queries.places())
        self.former = {former.path: former for former in queries.former_paths()}
        self.changes += before != (self.places, self.former)
        self._rename()

    def _put_places(self, places: Iterable[Place]) -> None:
        """A place that says what it said stays the same object: ten thousand new ones each minute
        would be written out anew for the snapshot, and leave holes in the memory."""
        known = self.by_prompt
        kept = [old if (old := known.get(one.prompt_id)) == one else one for one in places]
        self.places = {place.path: place for place in kept}
        self.by_prompt = {place.prompt_id: place for place in self.places.values()}

    def _rename(self) -> None:
        """Answers of moved prompts say where they are now; callers of the old path hear of it."""
        for where, served in list(self.live.items()):
            now = self._at_its_place(served)
            if now is not served:
                self._fresh.append(("prompt", served))
                self.live[where] = now
        self.labels = {
            where: {name: self._at_its_place(served) for name, served in named.items()}
            for where, named in self.labels.items()
        }
        for pinned, served in list(self._kept.items()):
            self._kept[pinned] = self._at_its_place(served)

    def _at_its_place(self, served: Served) -> Served:
        place = self.by_prompt.get(served.prompt_id)
        if place is None or place.path == served.path:
            return served
        return replace(served, path=place.path, _plain=None, _bodies=None)

    def _read_labels(self) -> None:
        from apps.delivery.labels import labelled

        before = _releases(self.labels)
        self.labels = labelled(self.labels)
        self.changes += before != _releases(self.labels)

    def _apply(self, entries: Iterable[Entry]) -> None:
        from apps.delivery import queries

        keys: set[int] = set()
        moved: set[int | None] = set()
        released: set[int | None] = set()  # namespaces of entries about more than one prompt
        moved_on: set[int] = set()  # prompts of which something else is live
        told: set[int] = set()  # prompts of which the answers say something else now
        renamed = False
        for _seq, event, kind, target, namespace in entries:
            if event.startswith("environments.key."):
                keys.add(int(target))
            elif event.startswith("prompts.prompt."):
                moved.add(None if event == "prompts.prompt.moved" else namespace)
                told.add(int(target))
            elif event.startswith("teams.namespace."):
                moved.add(None)
            elif event.startswith("releases.label."):
                renamed = True
            elif event.startswith("releases.") and kind == "prompt":
                moved_on.add(int(target))
            elif event.startswith("releases."):
                released.add(namespace)
        for key in queries.key_records(keys) if keys else ():
            self.keys[key.selector] = key
        if None in moved:
            self._read_places()
        elif moved:
            self._put_places(
                [*self.places.values(), *(p for one in moved for p in queries.places(one))]
            )
        if moved_on:
            self._follow(queries.pointers(prompts=moved_on))
        for namespace in {None} if None in released else released:
            self._follow(queries.pointers(namespace))
        if told:
            self._tell_anew(told)
        if renamed or told:
            self._read_labels()
        self.changes += bool(keys or moved)

    def _tell_anew(self, told: set[int]) -> None:
        """What is live stays: only the words around it are made again, so the ETag is a new one."""
        from apps.delivery import queries

        if not told:
            return
        prompts = queries.with_predecessors(told)
        releases = [
            served.release_id
            for served in self.live.values()
            if served.prompt_id in prompts and served.release_id is not None
        ]
        for served in queries.served(releases):
            self.live[(served.environment_id, served.prompt_id)] = served
            self._fresh.append(("prompt", served))
        for pinned in [key for key in self._kept if key[1] in prompts]:
            del self._kept[pinned]
        self.labels = {
            place: kept for place, kept in self.labels.items() if place[1] not in prompts
        }

    def _follow(self, pointers: Iterable[Pointer]) -> None:
        from apps.delivery import queries

        changed = [
            release
            for environment, prompt, release, revision in pointers
            if (now := self.live.get((environment, prompt))) is None
            or (now.revision or 0) < revision
        ]
        for served in queries.served(changed):
            self._put_live(served)

    def _put_live(self, served: Served) -> None:
        place = (served.environment_id, served.prompt_id)
        now = self.live.get(place)
        if now is not None and (now.revision or 0) >= (served.revision or 0):
            return  # a reader that was late: what it read is older than what is known
        self.live[place] = served
        self.changes += 1
        self._fresh.append(("release", served))
        for pinned in [key for key in self._kept if key[:2] == place]:
            del self._kept[pinned]


def _releases(labels: Labels) -> dict[tuple[tuple[int, int], str], int | None]:
    return {(p, n): served.release_id for p, named in labels.items() for n, served in named.items()}


def away() -> Problem:
    return Problem(
        "database_away",
        "The database does not answer, and this is not in memory. Try again in a few seconds.",
        headers={"Retry-After": "5"},
    )
