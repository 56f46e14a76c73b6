"""What applications send back, on the fast way: read here, taken in a few threads of its own."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from typing import TYPE_CHECKING, Any

from apps.delivery import query
from apps.delivery.keycheck import authenticate
from apps.delivery.problems import MAX_BODY, Problem, too_large
from apps.delivery.process import STORE
from apps.delivery.records import KeyRecord
from apps.delivery.refresh import leave_the_pool
from apps.delivery.shedding import LINE, THREADS
from apps.delivery.store import away

if TYPE_CHECKING:  # loaded with Django, behind the start of a process that only delivers
    from apps.delivery.intake.receiving import Answer

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
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(THREADS, _work, key, scope["path"], body, headers)


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


def _work(key: KeyRecord, path: str, body: bytes, headers: dict[str, str]) -> Answer:
    """In a thread of its own, with a connection of its own."""
    import psycopg
    from django.db import Error as DatabaseError
    from django.db import connection

    from apps.delivery.intake.receiving import Sent, receive

    _make_ready()
    try:
        return receive(STORE, key, Sent(path, body, headers))
    except (DatabaseError, psycopg.Error) as error:
        connection.close()
        log.warning("what was sent back could not be kept: %s", type(error).__name__)
        raise away() from error
    except Problem:
        raise
    except Exception:
        log.exception("what was sent back could not be taken")
        words = "Something broke here. It was written down; try again."
        raise Problem("server_error", words) from None
    finally:
        _here.used_at = time.monotonic()


def _make_ready() -> None:
    """A thread keeps its connection; one that was not used lately may have been cut."""
    from django.db import connection

    if not hasattr(_here, "used_at"):
        leave_the_pool()
    elif time.monotonic() - _here.used_at > TRUSTED_FOR and not connection.is_usable():
        connection.close()
