"""GET /api/v1/bundle: everything that a key may fetch, each answer signed and the whole as well.

Made in small steps, so that fetches are not kept waiting, and kept until something changes.
"""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from collections.abc import Iterator
from datetime import UTC, datetime

from apps.core.signatures import canonical
from apps.delivery.answers import readable
from apps.delivery.records import Body, KeyRecord, Served, plain_headers
from apps.delivery.signing import RING
from apps.delivery.store import Store
from apps.delivery.wire import lines

MAX_KEPT = 8
Scope = tuple[int, frozenset[int]]
_kept: OrderedDict[Scope, tuple[tuple[int, str], Body]] = OrderedDict()


def made(store: Store, key: KeyRecord) -> Iterator[Body | None]:
    """The bundle at last; None before that, once for each prompt."""
    scope = (key.environment_id, key.namespaces)
    state = (store.changes, RING.id)
    known = _kept.get(scope)
    if known is not None and known[0] == state:
        yield known[1]
        return
    sequence, parts = store.seq, []
    for path in readable(store, key):
        served = store.live.get((key.environment_id, store.places[path].prompt_id))
        if served is not None:
            parts += [canonical(json.loads(body.data)) for body in _bodies(served)]
        yield None
    body = _signed(key.environment, sequence, parts)
    _kept[scope] = (state, body)
    _kept.move_to_end(scope)
    while len(_kept) > MAX_KEPT:
        _kept.popitem(last=False)
    yield body


def at_once(store: Store, key: KeyRecord) -> Body:
    """For whoever may wait."""
    return next(body for body in made(store, key) if body is not None)


def _bodies(served: Served) -> Iterator[Body]:
    """Of each arm the first model's answer, then those of the others."""
    arms: list[str | None] = list(served.arms) or [None]
    yield from (served.body(None, arm) for arm in arms)
    for arm in arms:
        yield from (served.body(model, arm) for model in served.models(arm)[1:])


def _signed(environment: str, sequence: int, parts: list[bytes]) -> Body:
    """The whole in canonical JSON: its parts are canonical already, so they are only joined."""
    at = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    head = {"environment": environment, "made_at": at}
    begun = canonical(head)[:-1] + b',"prompts":[' + b",".join(parts)
    end = b'],"sequence":' + str(sequence).encode()
    signature = RING.sign(begun + end + b"}")
    data = begun + end + b',"signature":' + json.dumps(signature).encode() + b"}"
    etag = f'"{sequence}-{hashlib.sha256(data).hexdigest()[:32]}"'
    return Body(data, etag, lines(plain_headers(data, etag)))
