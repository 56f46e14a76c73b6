"""What every call of an automation goes through: its key, its refusals, and being asked twice."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any, TypeVar, cast

from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse

from apps.core.errors import Invalid, Refused
from apps.core.numbers import LARGEST_ID
from apps.delivery import query
from apps.delivery.actions import answer_once
from apps.delivery.problems import Fault, Problem
from apps.delivery.records import KeyRecord
from apps.environments.key_actor import KeyActor
from apps.environments.key_queries import acting_key
from apps.environments.states import KeyKind

M = TypeVar("M", bound=Model)
MAX_TOKEN = 200
Document = dict[str, Any]
GENERAL = {403: "not_allowed", 404: "not_found", 409: "not_possible", 422: "invalid"}


def actor_of(request: HttpRequest, *kinds: str) -> KeyActor:
    """The key as it may act now. Which kinds an address is for, it says itself."""
    record = cast(KeyRecord, request.auth)  # type: ignore[attr-defined]
    actor = acting_key(record.id)
    if actor is None:
        raise Problem(
            "owner_gone", "The account that this key acts for is off. Ask an admin for a new key."
        )
    if kinds and record.kind not in kinds:
        only = KeyKind(record.kind).label
        words = f"{only}. For this, use a {kinds[0]} key."
        raise Problem("wrong_kind", words)
    return actor


def ident(number: int) -> int:
    """Of a row: none has a number that the database cannot hold."""
    return number if number <= LARGEST_ID else 0


def after_of(request: HttpRequest, most: int = LARGEST_ID) -> int:
    """The number behind which a list goes on: `?after=`, the only thing that may be asked; 0 at
    its beginning."""
    found = query.read(request.META.get("QUERY_STRING", ""), ("after",))
    return query.whole("after", found["after"], most) if "after" in found else 0


def paged(rows: QuerySet[M], most: int, mark: str = "pk") -> tuple[list[M], Any]:
    """The first `most` rows, and the `mark` of the last of them where more follow."""
    page = list(rows[: most + 1])
    return page[:most], getattr(page[most - 1], mark) if len(page) > most else None


def read(request: HttpRequest, work: Callable[[], Document]) -> HttpResponse:
    """Answer a question."""
    try:
        return _response(200, json.dumps(work(), ensure_ascii=False))
    except (Refused, Invalid) as error:
        raise problem(error) from None


def write(
    request: HttpRequest, actor: KeyActor, work: Callable[[], tuple[int, Document]]
) -> HttpResponse:
    """Do something, and with an `Idempotency-Key` only once."""
    query.read(str(request.META.get("QUERY_STRING", "")), ())
    token = request.headers.get("Idempotency-Key", "")
    if not token:
        return _response(*_answered(work))
    if len(token) > MAX_TOKEN or not (token.isascii() and token.isprintable()):
        words = f"Idempotency-Key holds at most {MAX_TOKEN} printable ASCII characters."
        raise Problem("bad_parameter", words, [Fault("Idempotency-Key", words)])
    asked = f"{request.method} {request.path}\n".encode() + request.body
    call = hashlib.sha256(asked).hexdigest()
    status, body = answer_once(actor.key.pk, token=token, call=call, work=lambda: _answered(work))
    return _response(status, body)


def _answered(work: Callable[[], tuple[int, Document]]) -> tuple[int, str]:
    """What is done, or why not. A refusal is an answer too: it is kept like one."""
    try:
        status, document = work()
        return status, json.dumps(document, ensure_ascii=False)
    except (Refused, Invalid) as error:
        found = problem(error)
        return found.status, found.body().decode()
    except Problem as found:
        return found.status, found.body().decode()


def _response(status: int, body: str) -> HttpResponse:
    kind = "application/json" if status < 400 else "application/problem+json"
    response = HttpResponse(body.encode(errors="replace"), status=status, content_type=kind)
    response["Cache-Control"] = "no-store, private"
    return response


def problem(error: Refused | Invalid) -> Problem:
    """A refusal of an action as a problem document: its own code, and one of the listed kinds."""
    if isinstance(error, Invalid):
        faults = [
            Fault(name or "body", sentence)
            for name, sentences in error.errors.items()
            for sentence in sentences
        ]
        return Problem("invalid", error.sentence, faults)
    gates = error.verdict.facts.get("gates", ())
    faults = [Fault(str(gate), error.verdict.sentence) for gate in gates]
    return Problem(error.code, error.verdict.sentence, faults, kind=GENERAL[error.status])
