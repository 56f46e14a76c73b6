"""From the body of a call to its answer: the same for the fast way and for Django's."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from apps.delivery.actions import answer_once
from apps.delivery.intake import opinions, otlp, taking
from apps.delivery.intake.bodies import unpacked
from apps.delivery.intake.shapes import Taken
from apps.delivery.problems import MEDIA_TYPE, Fault, Problem
from apps.delivery.records import KeyRecord
from apps.delivery.store import Store

MAX_TOKEN = 200
Take = Callable[[Store, KeyRecord, bytes], Taken]


@dataclass(frozen=True)
class Sent:
    """What came over the network; header names in small letters."""

    address: str
    body: bytes
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Answer:
    status: int
    data: bytes
    media_type: str = "application/json"


LOGS, FEEDBACK, TRACES = "/api/v1/logs", "/api/v1/feedback", "/api/v1/otlp/v1/traces"
TAKERS: dict[str, Take] = {LOGS: taking.take, FEEDBACK: opinions.take}


def is_one_of_many(sent: Sent) -> bool:
    """Whether `receive_together` takes it: most that comes is a batch of calls and nothing more."""
    return sent.address == LOGS and not sent.headers.get("idempotency-key")


def receive_together(
    store: Store, several: Sequence[tuple[KeyRecord, Sent]]
) -> list[Answer | Exception]:
    """As `receive` for each, but their calls are kept in one transaction."""
    read = [_read(store, key, sent) for key, sent in several]
    batches = [one for one in read if isinstance(one, taking.Batch)]
    kept = iter(taking.keep_together(batches))
    outcomes = (next(kept) if isinstance(one, taking.Batch) else one for one in read)
    return [_told(one) if isinstance(one, Taken) else one for one in outcomes]


def _read(store: Store, key: KeyRecord, sent: Sent) -> taking.Batch | Exception:
    try:
        return taking.read(store, key, _unpacked(sent))
    except Exception as error:
        return error


def _unpacked(sent: Sent) -> bytes:
    return unpacked(sent.body, sent.headers.get("content-encoding", "").strip().lower())


def receive(store: Store, key: KeyRecord, sent: Sent) -> Answer:
    """Take it, and with an `Idempotency-Key` only once; Problem for what is refused whole."""
    body = _unpacked(sent)
    if sent.address == TRACES:
        return Answer(200, *otlp.export(store, key, body, sent.headers.get("content-type", "")))
    token = sent.headers.get("idempotency-key", "")
    if not token:
        return _taken(store, key, sent.address, body)
    if len(token) > MAX_TOKEN or not (token.isascii() and token.isprintable()):
        words = f"Idempotency-Key holds at most {MAX_TOKEN} printable ASCII characters."
        raise Problem("bad_parameter", words, [Fault("Idempotency-Key", words)])
    call = hashlib.sha256(f"POST {sent.address}\n".encode() + body).hexdigest()
    status, text = answer_once(
        key.id, token=token, call=call, work=lambda: _kept(store, key, sent.address, body)
    )
    return Answer(status, text.encode(), "application/json" if status < 400 else MEDIA_TYPE)


def _taken(store: Store, key: KeyRecord, address: str, body: bytes) -> Answer:
    return _told(TAKERS[address](store, key, body))


def _told(taken: Taken) -> Answer:
    return Answer(202, json.dumps(taken.as_json(), ensure_ascii=False).encode(errors="replace"))


def _kept(store: Store, key: KeyRecord, address: str, body: bytes) -> tuple[int, str]:
    """A refusal is an answer too: it is kept like one."""
    try:
        answer = _taken(store, key, address, body)
    except Problem as problem:
        return problem.status, problem.body().decode()
    return answer.status, answer.data.decode()
