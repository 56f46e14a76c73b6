"""Taking a batch of feedback: each finds its call, or waits for it for a day."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from apps.delivery import queries
from apps.delivery.actions import take_feedback, wait_for_calls
from apps.delivery.actions.feedback import Waiting
from apps.delivery.calls.chosen import calls
from apps.delivery.calls.engine import Feedback, Known
from apps.delivery.checked import is_reserved
from apps.delivery.intake.kept import LONGEST, NOTHING, Keeping, kept_text
from apps.delivery.intake.shapes import FEEDBACK, Read, Taken, read_batch
from apps.delivery.intake.taking import place_of, unreached
from apps.delivery.intake.units import unit_hash
from apps.delivery.records import KeyRecord
from apps.delivery.store import Store

WHICH = "log_id: say which call this is about, or send “unit” and “prompt”."
RESERVED = (
    "name: names that begin with “check:” are for the checks that Galley makes itself. Choose"
    " another one."
)
KINDS = {
    "score": "value: a score lies from -1 to 1. For any other measure send kind “number”.",
    "yes_no": "value: a yes or no is true or false.",
    "number": "value: a number is not true or false.",
}


def take(store: Store, key: KeyRecord, body: bytes) -> Taken:
    """Keep what fits of the body of POST /feedback."""
    taken = Taken(waiting=0)
    read = read_batch(FEEDBACK, body, taken)
    _know(store, read)
    good = [one for one in read if _fits(store, key, *one, taken)]
    found = calls().known(key.environment_id, [e["log_id"] for _, e in good if e.get("log_id")])
    rules = _rules(store, good, found)
    ready: dict[str, Feedback] = {}
    waiting: dict[str, Waiting] = {}
    for _, told in good:
        call = _open_call(store, key, told, found)
        if call is None and told.get("log_id"):
            waiting[_ident(told)] = _waiting(store, key, told, rules)
        else:
            ready[_ident(told)] = _feedback(store, key, told, call, rules)
    taken.accepted = take_feedback(list(ready.values())).accepted
    waits = wait_for_calls(list(waiting.values()), key=key.id)
    taken.waiting = waits.accepted
    taken.duplicates = len(good) - taken.accepted - taken.waiting
    return taken


def _know(store: Store, read: Read) -> None:
    paths = {told["prompt"] for _, told in read if told.get("prompt")}
    if any(place_of(store, path) is None for path in paths):
        store.refresh()


def _fits(store: Store, key: KeyRecord, index: int, told: Any, taken: Taken) -> bool:
    told["kind"] = kind = told.get("kind") or _kind_of(told["value"])
    path = told.get("prompt")
    place = place_of(store, path) if path else None
    if not told.get("log_id") and not (told.get("unit") and path):
        taken.reject(index, "bad_event", WHICH)
    elif path and (place is None or not place.is_open_to(key)):
        taken.reject(index, "unknown_prompt", unreached(path))
    elif is_reserved(told["name"]):
        taken.reject(index, "bad_event", RESERVED)
    elif not _is_of(kind, told["value"]):
        taken.reject(index, "bad_event", KINDS[kind])
    else:
        told.setdefault("id", None)
        told["ident"] = _ident(told)
        return True
    return False


def _kind_of(value: bool | float) -> str:
    if isinstance(value, bool):
        return "yes_no"
    return "score" if -1 <= value <= 1 else "number"


def _is_of(kind: str, value: bool | float) -> bool:
    if kind == "yes_no" or isinstance(value, bool):
        return kind == "yes_no" and isinstance(value, bool)
    return kind == "number" or -1 <= value <= 1


def _ident(told: Mapping[str, Any]) -> str:
    """Its own id; else of the call and the name, so that a change of mind replaces; else new."""
    if "ident" in told:
        return str(told["ident"])
    if told.get("id"):
        return str(told["id"])
    if told.get("log_id"):
        about = f"{told['log_id']}\n{told['name']}".encode()
        return f"of-call:{hashlib.blake2b(about, digest_size=16).hexdigest()}"
    return str(uuid.uuid4())


def _open_call(
    store: Store, key: KeyRecord, told: Mapping[str, Any], found: Mapping[str, Known]
) -> Known | None:
    """The call, if this key may know of it: one of somebody else's is like one that never was."""
    call = found.get(told.get("log_id") or "")
    place = store.by_prompt.get(call.prompt_id) if call else None
    return call if place is not None and place.is_open_to(key) else None


def _rules(store: Store, good: Read, found: Mapping[str, Known]) -> dict[int, Keeping]:
    prompts = set()
    for _, told in good:
        if told.get("comment"):
            call, path = found.get(told.get("log_id") or ""), told.get("prompt")
            place = place_of(store, path) if path else None
            prompts |= {call.prompt_id} if call else set()
            prompts |= {place.prompt_id} if place else set()
    return queries.keeping_rules(prompts) if prompts else {}


def _comment(told: Mapping[str, Any], rule: Keeping) -> str | None:
    comment = told.get("comment")
    if not comment or not rule.keeps(told.get("log_id") or told["ident"]):
        return None
    return kept_text(comment, rule)[:LONGEST]


def _feedback(
    store: Store,
    key: KeyRecord,
    told: Mapping[str, Any],
    call: Known | None,
    rules: Mapping[int, Keeping],
) -> Feedback:
    unit = told.get("unit")
    mark = unit_hash(unit) if unit else None
    if call is None:
        place = place_of(store, told["prompt"])
        assert place is not None
        call = Known("", place.prompt_id, None, "", "", mark, datetime.now(UTC))
    at = call.started_at.astimezone(UTC)
    return Feedback(
        environment_id=key.environment_id, prompt_id=call.prompt_id, version_id=call.version_id,
        key_id=key.id, started_at=at, value=float(told["value"]), day=at.date(),
        ident=told["ident"], log_ident=call.ident or None, arm=call.arm, split_id=call.split_id,
        name=told["name"], kind=told["kind"], unit_hash=call.unit_hash or mark,
        comment=_comment(told, rules.get(call.prompt_id, NOTHING)), replaces=not told["id"],
    )  # fmt: skip


def _waiting(
    store: Store, key: KeyRecord, told: Mapping[str, Any], rules: Mapping[int, Keeping]
) -> Waiting:
    """Its comment is kept only where its prompt, and so the rule, is known."""
    place = place_of(store, told["prompt"]) if told.get("prompt") else None
    rule = rules.get(place.prompt_id, NOTHING) if place else NOTHING
    return Waiting(
        environment_id=key.environment_id, ident=told["ident"], log_ident=told["log_id"],
        name=told["name"], kind=told["kind"], value=float(told["value"]),
        comment=_comment(told, rule), replaces=not told["id"],
    )  # fmt: skip
