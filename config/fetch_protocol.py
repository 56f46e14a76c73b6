"""uvicorn's HTTP, which answers a fetch from memory as soon as its headers are read.

A call to an ASGI application costs a task, an event and two messages, which is several times what
there is to do for a fetch. So `uvicorn --http config.fetch_protocol:FetchProtocol` asks the memory
of this process first. Everything else, and a fetch that the memory cannot answer, goes the usual
way. With `--http httptools` the same answers come, slower.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any
from urllib.parse import unquote

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from apps.delivery.wire import Headers, lines

log = logging.getLogger("galley.delivery")
# Who sends one of these wants more than an answer.
MORE = frozenset((b"content-length", b"transfer-encoding", b"expect", b"upgrade"))
FORWARDED = frozenset((b"x-forwarded-for", b"x-forwarded-proto"))


class FetchProtocol(HttpToolsProtocol):
    """One connection."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        # Behind the application, whose import makes Django ready.
        from apps.delivery.at_once import PROMPTS, fetched
        from apps.delivery.process import REFRESHER

        self._beginning, self._fetched, self._refresher = PROMPTS.encode(), fetched, REFRESHER
        self._usual = bool(self.access_log or self.root_path or self.limit_concurrency)
        self._not_plain = MORE | FORWARDED if self.config.proxy_headers else MORE
        self._answer: bytes | None = None
        self._wants_more = False  # one of its headers asks for more than an answer
        self._idle_since: float | None = None  # by the loop's clock; None while something is heard
        self._watch: asyncio.TimerHandle | None = None

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        if self._watch is not None:
            self._watch.cancel()

    def on_message_begin(self) -> None:
        """What the usual way begins with is made only for who goes it."""
        self.url, self.headers = b"", []
        self._wants_more = False

    def on_header(self, name: bytes, value: bytes) -> None:
        name = name.lower()
        if name in self._not_plain:
            self._wants_more = True
        self.headers.append((name, value))

    def on_headers_complete(self) -> None:
        if not self._usual and self.url.startswith(self._beginning) and self._is_plain():
            self._answer = self._at_once()
        if self._answer is None:
            self._go_the_usual_way()

    def _go_the_usual_way(self) -> None:
        """Say again what was heard of this call so far. It may come behind a fetch in one packet:
        from here on uvicorn's own timer counts, which begins when this is answered."""
        self._idle_since = None
        url, headers = self.url, self.headers
        super().on_message_begin()
        super().on_url(url)
        for name, value in headers:
            super().on_header(name, value)
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        if self._answer is None:
            super().on_message_complete()
            return
        self.transport.write(self._answer)
        self._answer = None
        self.server_state.total_requests += 1
        self._wait_for_the_next()

    def _wait_for_the_next(self) -> None:
        """As uvicorn's timer, which is a new one for each answer and costs as much as finding it:
        here one looks, when its time is over, since when nothing was heard."""
        self._idle_since = self.loop.time()
        if self._watch is None:
            self._watch = self.loop.call_later(self.timeout_keep_alive, self._close_if_idle)

    def _unset_keepalive_if_required(self) -> None:
        """Something is heard: no time runs before it is answered."""
        self._idle_since = None
        super()._unset_keepalive_if_required()

    def _close_if_idle(self) -> None:
        self._watch = None
        if self._idle_since is None:
            return
        left = self._idle_since + self.timeout_keep_alive - self.loop.time()
        if left > 0:
            self._watch = self.loop.call_later(left, self._close_if_idle)
        else:
            self.timeout_keep_alive_handler()

    def _is_plain(self) -> bool:
        """A GET without a body, with nothing before it that is still being answered."""
        return (
            not self._wants_more
            and (self.cycle is None or self.cycle.response_complete)
            and not self.flow.write_paused
            and self.parser.get_method() == b"GET"
            and self.parser.get_http_version() == "1.1"
            and self.parser.should_keep_alive()
            and self.url.isascii()
            and b"#" not in self.url
        )

    def _at_once(self) -> bytes | None:
        """The bytes of the answer. What breaks here would be taken for a fault of the caller: the
        usual way says it as it is."""
        path, _mark, query = self.url.partition(b"?")
        peer = self.client[0] if self.client else ""
        self._refresher.start()
        try:
            found = self._fetched(unquote(path.decode("ascii")), query, self.headers, peer)
            return found and written(*found, first_lines(self.server_state.default_headers))
        except Exception:
            log.exception("a fetch could not be answered at once")
            return None


_first: tuple[Headers, bytes] = ((), b"")


def first_lines(headers: Headers) -> bytes:
    """The lines of what the server says first: it makes new headers when the date is another."""
    global _first
    if _first[0] is not headers:
        _first = (headers, lines(headers))
    return _first[1]


def written(status: int, head: bytes, data: bytes, first: bytes) -> bytes:
    """An answer with its length in its head, as RFC 9112 writes it."""
    return b"".join((STATUS_LINE[status], first, head, b"\r\n", data))
