"""A fetch answered from the memory of this process: without waiting, so without an event loop."""

from __future__ import annotations

from typing import NamedTuple

from apps.delivery import answers, query
from apps.delivery.keycheck import NotInMemory, authenticate
from apps.delivery.problems import Problem
from apps.delivery.process import STORE
from apps.delivery.records import Body
from apps.delivery.wire import Headers, lines

PROMPTS = "/api/v1/prompts/"
STALE = (b"galley-stale", b"true")
STALE_LINE = lines((STALE,))


class Answer(NamedTuple):
    """A whole answer; `head` is its header lines, with names in small letters."""

    status: int
    head: bytes
    data: bytes


def fetched(path: str, query_string: bytes, headers: Headers, peer: str) -> Answer | None:
    """The answer of GET `path`, which begins with PROMPTS. None where the memory does not know:
    nothing was counted then, and the call is asked again through Django."""
    if not STORE.loaded:
        return None
    if holds_key(query_string):
        return refusal(query.key_in_address())
    header, none_match = credentials(headers)
    try:
        key = authenticate(STORE, header, peer, sure=False)
        wanted = query.wanted(query_string.decode("ascii", "replace"))
        body = answers.fetch(STORE, key, path[len(PROMPTS) :], wanted, sure=False)
    except NotInMemory:
        return None
    except answers.Moved as moved:
        return _leading_on(query_string, moved)
    except Problem as problem:
        return refusal(problem)
    return whole(body, none_match)


def holds_key(query_string: bytes) -> bool:
    """Whether a key stands in the address; most have nothing there, so that is seen first."""
    if b"gly" not in query_string and b"=" not in query_string:
        return False
    return query.holds_key(query_string.decode("latin-1"))


def credentials(headers: Headers) -> tuple[str, str]:
    """What Authorization and If-None-Match say."""
    header = none_match = b""
    for name, value in headers:
        if name == b"authorization":
            header = value
        elif name == b"if-none-match":
            none_match = value
    return header.decode("latin-1"), none_match.decode("latin-1")


def whole(body: Body, none_match: str) -> Answer:
    """200 with the body, or 304 for who has it already."""
    extra = STALE_LINE if STORE.stale else b""
    if none_match and answers.matches(body, none_match):
        return Answer(304, body.head_alone + extra, b"")
    return Answer(200, body.head + extra, body.data)


def refusal(problem: Problem) -> Answer:
    data = problem.body()
    headers = [(k.lower().encode(), v.encode()) for k, v in problem.all_headers().items()]
    return Answer(problem.status, lines([*headers, _length(data)]), data)


def _leading_on(query_string: bytes, moved: answers.Moved) -> Answer:
    told = moved.headers(query_string.decode("ascii", "replace"))
    headers = [(name.lower().encode(), value.encode()) for name, value in told.items()]
    data = moved.body()
    return Answer(308, lines([*headers, _length(data)]), data)


def _length(data: bytes) -> tuple[bytes, bytes]:
    return b"content-length", str(len(data)).encode()
