"""What applications send back, on the fast way: read here, taken in a few threads of its own."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from apps.delivery import query
from apps.delivery.keycheck import authenticate
from apps.delivery.problems import MAX_BODY, Problem, too_large
from apps.delivery.process import STORE
from apps.delivery.records import KeyRecord
from apps.delivery.refresh import leave_the_pool
from apps.delivery.shedding import AT_ONCE, LINE, MOST_TOGETHER, THREADS
from apps.delivery.store import away
from apps.delivery.together import Together

if TYPE_CHECKING:  # loaded with Django, behind the start of a process that only delivers
    from apps.delivery.intake.receiving import Answer, Sent

log = logging.getLogger("galley.delivery")
TRUSTED_FOR = 1.0  # seconds
_here = threading.local()
PATHS = frozenset({"/api/v1/logs", "/api/v1/feedback", "/api/v1/otlp/v1/traces"})


def is_for_us(scope: Any) -> bool:
    """Whether `take` is to be asked: Django is there, and so are its models."""
    if scope["method"] != "POST" or scope["path"] not in PATHS or not STORE.loaded:
        return False
    from django.apps import apps

    return apps.ready


async def take(scope: Any, receive: Any, peer: str) -> Answer:
    """Problem for what is refused, NotInMemory for a key that is not known yet."""
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    key = authenticate(STORE, headers.get("authorization", ""), peer, sure=False)
    query.read(scope["query_string"].decode("ascii", "replace"), ())
    with LINE.enter(int(headers["content-length"])):
        body = await _body(receive)
        from apps.delivery.intake.receiving import Sent, is_one_of_many

        sent = Sent(scope["path"], body, headers)
        if is_one_of_many(sent):
            return await MANY.done((key, sent))
        return await asyncio.get_running_loop().run_in_executor(THREADS, _work, key, sent)


async def _body(receive: Any) -> bytes:
    parts, size = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Problem("bad_body", "The call ended before its body did.")
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > MAX_BODY:
            raise too_large()
        if not message.get("more_body"):
            return b"".join(parts)


def _work(key: KeyRecord, sent: Sent) -> Answer:
    """In a thread of its own, with a connection of its own."""
    from apps.delivery.intake.receiving import receive

    _make_ready()
    try:
        return receive(STORE, key, sent)
    except Problem:
        raise
    except Exception as error:
        raise _problem(error) from error
    finally:
        _here.used_at = time.monotonic()


def _work_together(several: Sequence[tuple[KeyRecord, Sent]]) -> list[Answer | Exception]:
    """In a thread like that of `_work`."""
    from apps.delivery.intake.receiving import receive_together

    _make_ready()
    outcomes = receive_together(STORE, several)
    _here.used_at = time.monotonic()
    return [_problem(one) if isinstance(one, Exception) else one for one in outcomes]


MANY = Together(_work_together, threads=AT_ONCE, most=MOST_TOGETHER)


def _problem(error: Exception) -> Problem:
    """In words for whoever called."""
    import psycopg
    from django.db import Error as DatabaseError
    from django.db import connection

    if isinstance(error, Problem):
        return error
    if isinstance(error, DatabaseError | psycopg.Error):
        connection.close()
        log.warning("what was sent back could not be kept: %s", type(error).__name__)
        return away()
    log.error("what was sent back could not be taken", exc_info=error)
    return Problem("server_error", "Something broke here. It was written down; try again.")


def _make_ready() -> None:
    """A thread keeps its connection; one that was not used lately may have been cut."""
    from django.db import connection

    if not hasattr(_here, "used_at"):
        leave_the_pool()
    elif time.monotonic() - _here.used_at > TRUSTED_FOR and not connection.is_usable():
        connection.close()
