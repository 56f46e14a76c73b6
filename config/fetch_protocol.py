"""uvicorn's HTTP, which answers a fetch from memory as soon as its headers are read.

A call to an ASGI application costs a task, an event and two messages, which is several times what
there is to do for a fetch. So `uvicorn --http config.fetch_protocol:FetchProtocol` asks the memory
of this process first. Everything else, and a fetch that the memory cannot answer, goes the usual
way. With `--http httptools` the same answers come, slower.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

log = logging.getLogger("galley.delivery")
Headers = Iterable[tuple[bytes, bytes]]
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

    def on_headers_complete(self) -> None:
        if not self._usual and self.url.startswith(self._beginning) and self._is_plain():
            self._answer = self._at_once()
        if self._answer is None:
            super().on_headers_complete()

    def on_message_complete(self) -> None:
        if self._answer is None:
            super().on_message_complete()
            return
        self.transport.write(self._answer)
        self._answer = None
        self.on_response_complete()

    def _is_plain(self) -> bool:
        """A GET without a body, with nothing before it that is still being answered."""
        return (
            (self.cycle is None or self.cycle.response_complete)
            and not self.flow.write_paused
            and self.parser.get_method() == b"GET"
            and self.parser.get_http_version() == "1.1"
            and self.parser.should_keep_alive()
            and self.url.isascii()
            and b"#" not in self.url
            and self._not_plain.isdisjoint(name for name, _value in self.headers)
        )

    def _at_once(self) -> bytes | None:
        """The bytes of the answer. What breaks here would be taken for a fault of the caller: the
        usual way says it as it is."""
        path, _mark, query = self.url.partition(b"?")
        peer = self.client[0] if self.client else ""
        self._refresher.start()
        try:
            found = self._fetched(unquote(path.decode("ascii")), query, self.headers, peer)
            return found and written(*found, self.server_state.default_headers)
        except Exception:
            log.exception("a fetch could not be answered at once")
            return None


def written(status: int, headers: Headers, data: bytes, first: Headers) -> bytes:
    """An answer with its length in its headers, as RFC 9112 writes it."""
    lines = [b"%b: %b\r\n" % header for header in (*first, *headers)]
    head = b"".join(lines)
    if head.count(b"\n") != len(lines):
        raise ValueError("a header holds a line break")
    return b"".join((STATUS_LINE[status], head, b"\r\n", data))
