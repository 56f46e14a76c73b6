"""`/live?topics=draft:12,prompt:7`: server-sent events with ids only. The page then asks for what
changed, and rights are checked there; here, that a person is signed in and may hear the topic.

`age` says for how many milliseconds the page has not heard anything: since it was asked for, or
since its last stream ended. What happened meanwhile is told first.
"""

from __future__ import annotations

import asyncio
import json
import re
import threading
import time
from collections import deque
from contextlib import suppress
from urllib.parse import parse_qs

from django.db import Error as DatabaseError

from apps.core import live_topics
from apps.core.listener import LISTENER
from apps.core.raw_calls import (
    Receive,
    Scope,
    Send,
    gone,
    header,
    in_thread,
    person_with,
    refuse,
    session_key,
)
from apps.core.stopping import before_stopping

HEARTBEAT = 20.0  # seconds; the session is looked at again each time
MAX_TOPICS = 20
MAX_WAITING = 200  # events a slow reader may lag behind; then it is told to look at everything
MAX_STREAMS = 2000
REMEMBERED = 60.0  # seconds for which a page that comes late is told what happened
MAX_REMEMBERED = 10_000
ON_THE_WAY = 0.1  # seconds that the page's own word may take longer than its first question did
_TOPIC = re.compile(r"[a-z_]{1,30}:[A-Za-z0-9_-]{1,64}")
_MISSED = ""
HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store, private"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
]


class Stream:
    """One open page: what it listens to, and what it was not told yet."""

    def __init__(self, topics: set[str]) -> None:
        self.topics = topics
        self.loop = asyncio.get_running_loop()
        self.waiting: asyncio.Queue[str | None] = asyncio.Queue(MAX_WAITING)

    def put(self, topic: str | None) -> None:
        """None closes the stream. Called in the stream's loop."""
        if self.waiting.full():
            while not self.waiting.empty():
                self.waiting.get_nowait()
            self.waiting.put_nowait(_MISSED)
        self.waiting.put_nowait(topic)


class Streams:
    """Every open stream of this process, behind one listening connection."""

    def __init__(self) -> None:
        self._open: set[Stream] = set()
        self._recent: deque[tuple[float, str]] = deque(maxlen=MAX_REMEMBERED)
        self._since: float | None = None
        self._lock = threading.Lock()
        self._closing = False

    def hear(self) -> None:
        """From the start of the server on, so that the first page can be told what it missed."""
        with self._lock:
            if self._since is None:
                self._since = time.monotonic()
                LISTENER.add(self._heard)

    def add(self, stream: Stream, age: float | None = None) -> bool:
        """False when the server is full or stops. In the stream's loop; `age` in seconds."""
        self.hear()
        with self._lock:
            if self._closing or len(self._open) >= MAX_STREAMS:
                return False
            self._open.add(stream)
            missed = [] if age is None else self._missed(stream.topics, age)
        for payload in missed:
            stream.put(payload)
        return True

    def remove(self, stream: Stream) -> None:
        with self._lock:
            self._open.discard(stream)

    def _missed(self, topics: set[str], age: float) -> list[str]:
        """What a page that was asked for so long ago has not heard; all, where nobody knows."""
        start = time.monotonic() - age - ON_THE_WAY
        full = len(self._recent) == MAX_REMEMBERED and self._recent[0][0] > start
        if age > REMEMBERED or full or self._since is None or start < self._since:
            return [_MISSED]
        found = [
            payload for at, payload in self._recent if at >= start and _is_for(payload, topics)
        ]
        return list(dict.fromkeys(found))

    def close_all(self) -> None:
        """The server stops: end every stream now, so that nothing waits for it."""
        self._closing = True
        self._tell(None)

    def _heard(self, payload: str) -> None:
        now = time.monotonic()
        with self._lock:
            self._recent.append((now, payload))
            while self._recent[0][0] < now - REMEMBERED - ON_THE_WAY:
                self._recent.popleft()
        self._tell(payload)

    def _tell(self, payload: str | None) -> None:
        for stream in tuple(self._open):
            if payload is None or _is_for(payload, stream.topics):
                with suppress(RuntimeError):  # its loop is gone
                    stream.loop.call_soon_threadsafe(stream.put, payload)


def _is_for(payload: str, topics: set[str]) -> bool:
    return payload == _MISSED or payload.partition(" ")[0] in topics


STREAMS = Streams()


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["method"] != "GET":
        return await refuse(send, 405, "Use GET.")
    topics = _topics(scope)
    if not topics:
        words = f"Name 1 to {MAX_TOPICS} topics: /live?topics=draft:12,prompt:7"
        return await refuse(send, 400, words)
    try:
        heard = await audible(scope, topics)
    except DatabaseError:
        return await refuse(send, 503, "The database does not answer.")
    if heard is None:
        return await refuse(send, 401, "Sign in again.")
    stream = Stream(heard)
    before_stopping(STREAMS.close_all)
    if not STREAMS.add(stream, _age(scope)):
        return await refuse(send, 503, "Too many pages listen. Polling goes on.")
    try:
        await _serve(scope, receive, send, stream)
    finally:
        STREAMS.remove(stream)


async def _serve(scope: Scope, receive: Receive, send: Send, stream: Stream) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    left = asyncio.ensure_future(gone(receive))
    telling = asyncio.ensure_future(_tell(scope, send, stream))
    try:
        await asyncio.wait((left, telling), return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (left, telling):
            task.cancel()
        await asyncio.gather(left, telling, return_exceptions=True)
    with suppress(Exception):
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _tell(scope: Scope, send: Send, stream: Stream) -> None:
    await _write(send, "retry: 3000\nid: 1\n\n")
    if header(scope, b"last-event-id"):
        stream.put(_MISSED)  # the page was here before: what happened meanwhile, it did not hear
    while True:
        try:
            topic = await asyncio.wait_for(stream.waiting.get(), HEARTBEAT)
        except TimeoutError:
            if not await _still_heard(scope, stream.topics):
                return  # signed out, or a right was taken away: the page connects anew and is told
            await _write(send, ": still here\n\n")
            continue
        if topic is None:
            return
        for one in [topic] if topic else sorted(stream.topics):
            await _write(send, f"event: touch\ndata: {json.dumps(_event(one))}\n\n")


def _event(payload: str) -> dict[str, str]:
    topic, _, part = payload.partition(" ")
    event = {"topic": topic, "id": topic.partition(":")[2]}
    return {**event, "part": part} if part else event


async def _still_heard(scope: Scope, topics: set[str]) -> bool:
    try:
        return await audible(scope, topics) == topics
    except DatabaseError:
        return True  # nothing can happen meanwhile that it might hear


async def _write(send: Send, text: str) -> None:
    await send({"type": "http.response.body", "body": text.encode(), "more_body": True})


def _topics(scope: Scope) -> set[str]:
    """Empty when the list is missing, malformed or too long."""
    query = parse_qs(scope["query_string"].decode("latin-1"))
    topics = set(",".join(query.get("topics", [])).split(","))
    wrong = len(topics) > MAX_TOPICS or not all(map(_TOPIC.fullmatch, topics))
    return set() if wrong else topics


def _age(scope: Scope) -> float | None:
    """In seconds; None when the page does not say."""
    told = parse_qs(scope["query_string"].decode("latin-1")).get("age", [""])[0]
    return int(told) / 1000 if told.isascii() and told.isdecimal() and len(told) < 12 else None


async def audible(scope: Scope, topics: set[str]) -> set[str] | None:
    """The topics that the person of this session may hear; None when nobody is signed in."""
    return await in_thread(_audible, session_key(scope), topics)


def _audible(key: str, topics: set[str]) -> set[str] | None:
    person = person_with(key)
    return None if person is None else live_topics.audible(person, topics)
