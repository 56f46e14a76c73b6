"""Taking a batch of calls: checked against what the key reaches and what was released there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import psycopg
from django.db import InterfaceError, OperationalError, connection

from apps.delivery import queries
from apps.delivery.actions import take_calls, take_new_calls
from apps.delivery.bins import bin_of
from apps.delivery.calls.engine import Call, NotNew
from apps.delivery.intake.arms import Released
from apps.delivery.intake.kept import NOTHING, Keeping, has_words, masked, words_of
from apps.delivery.intake.released import released
from apps.delivery.intake.shapes import (
    EVENTS,
    TAG_LENGTH,
    Read,
    Taken,
    moment,
    read_batch,
    wrong_time,
)
from apps.delivery.intake.units import unit_hash
from apps.delivery.problems import echo
from apps.delivery.records import KeyRecord, Place
from apps.delivery.sent import SENT
from apps.delivery.store import Store
from apps.llm.prices import call_price
from apps.releases.assignment import OUTSIDE

AWAY = (OperationalError, InterfaceError, psycopg.OperationalError, psycopg.InterfaceError)
Placed = list[tuple[int, Any, Place]]


@dataclass
class Batch:
    """A batch that was read: what is to be said of it, and its calls, each once."""

    taken: Taken
    calls: list[Call] = field(default_factory=list)
    fitting: int = 0  # events, a call that is told twice counted twice

    def kept(self, accepted: int) -> Taken:
        """What is to be said when so many of its calls were new."""
        self.taken.accepted += accepted
        self.taken.duplicates += self.fitting - accepted
        return self.taken


def take(store: Store, key: KeyRecord, body: bytes) -> Taken:
    """Keep what fits of the body of POST /logs."""
    return keep(read(store, key, body))


def keep(batch: Batch) -> Taken:
    try:
        written = take_new_calls(batch.calls)
    except NotNew:
        written = take_calls(batch.calls)
    return batch.kept(written.accepted)


def keep_together(batches: Sequence[Batch]) -> list[Taken | Exception]:
    """Keep several batches in one transaction, which costs more than a hundred calls do. Where
    some of the calls are known already, or one cannot be kept, each batch by itself: also a
    database that is there may refuse one, for a deadlock or a limit."""
    if len(batches) > 1:
        try:
            take_new_calls([call for batch in batches for call in batch.calls])
        except Exception as error:
            if isinstance(error, AWAY) and not connection.is_usable():
                return [error] * len(batches)
            return [_kept(batch) for batch in batches]
        return [batch.kept(len(batch.calls)) for batch in batches]
    return [_kept(batch) for batch in batches]


def _kept(batch: Batch) -> Taken | Exception:
    try:
        return keep(batch)
    except Exception as error:
        return error


def read(store: Store, key: KeyRecord, body: bytes) -> Batch:
    """The calls of a body of POST /logs, which nobody kept yet."""
    taken = Taken()
    return batch_of(store, key, read_batch(EVENTS, body, taken), taken)


def batch_of(store: Store, key: KeyRecord, events: Read, taken: Taken) -> Batch:
    """The calls of events that were read. The names of the variables are noted in memory and
    written down later."""
    _know(store, events)
    placed = _placed(store, key, events, taken)
    known = released(
        store, key, ((place.prompt_id, event["version"]) for _, event, place in placed)
    )
    rules = _rules(placed)
    calls: dict[str, Call] = {}
    names: set[tuple[int, tuple[str, ...]]] = set()
    fitting = 0
    for index, event, place in placed:
        there = known[place.prompt_id]
        if (refusal := _refusal(event, key, place, there)) is not None:
            taken.reject(index, *refusal)
            continue
        fitting += 1
        if event["id"] not in calls:
            rule = rules.get(place.prompt_id, NOTHING)
            calls[event["id"]] = _call(key, event, place, there, rule)
        if (variables := event.get("variables")) is not None:
            names.add((place.prompt_id, tuple(variables)))
    for prompt, sent in names:
        SENT.note(key.environment_id, prompt, sent)
    return Batch(taken, list(calls.values()), fitting)


def _know(store: Store, events: Read) -> None:
    """A prompt may be newer than the memory."""
    if any(place_of(store, event["prompt"]) is None for _, event in events):
        store.refresh()


def place_of(store: Store, path: str) -> Place | None:
    """Where a prompt is; a path that it left lately leads on, for calls come late."""
    place = store.places.get(path)
    if place is None and (former := store.former.get(path)) is not None:
        return store.by_prompt.get(former.prompt_id)
    return place


def _placed(store: Store, key: KeyRecord, events: Read, taken: Taken) -> Placed:
    good = []
    now = datetime.now(UTC)
    for index, event in events:
        place = place_of(store, event["prompt"])
        if event["environment"] != key.environment:
            words = f"This key logs calls in {key.environment} and nowhere else."
            taken.reject(index, "unknown_environment", words)
        elif place is None or not place.is_open_to(key):
            taken.reject(index, "unknown_prompt", unreached(event["prompt"]))
        elif (wrong := wrong_time(at := moment(event["started_at"]), now)) is not None:
            taken.reject(index, "bad_event", wrong)
        else:
            event["started_at"] = at
            good.append((index, event, place))
    return good


def unreached(path: str) -> str:
    """The same words for a prompt that is not there and for one of somebody else's."""
    return f"This key reaches no prompt “{echo(path)}”."


def _refusal(event: Any, key: KeyRecord, place: Place, there: Released) -> tuple[str, str] | None:
    number, arm = event["version"], event.get("arm")
    if number not in there.versions:
        return "unknown_version", _never(number, key, place)
    if arm and (arm, number) not in there.arms:
        words = (
            f"There never was an arm “{arm}” with version {number} of “{place.path}” in"
            f" {key.environment}. Send the arm that the prompt came with, or none."
        )
        return "unknown_arm", words
    return None


def _never(number: int, key: KeyRecord, place: Place) -> str:
    if key.any_version:
        return f"There is no version {number} of “{place.path}”."
    return f"Version {number} of “{place.path}” was never live in {key.environment}."


def _rules(placed: Placed) -> dict[int, Keeping]:
    """Asked only where there is something to keep."""
    wordy = {place.prompt_id for _, event, place in placed if has_words(event)}
    return queries.keeping_rules(wordy) if wordy else {}


def _call(key: KeyRecord, event: Any, place: Place, there: Released, rule: Keeping) -> Call:
    at: datetime = event["started_at"]
    arm, number, unit = event.get("arm") or "", event["version"], event.get("unit")
    words = words_of(event, rule)
    return Call(
        environment_id=key.environment_id,
        prompt_id=place.prompt_id,
        version_id=there.versions[number],
        key_id=key.id,
        started_at=at,
        latency_ms=event["latency_ms"],
        day=at.date(),
        input_tokens=event["input_tokens"],
        output_tokens=event["output_tokens"],
        latency_bin=bin_of(event["latency_ms"]),
        ident=event["id"],
        arm=arm,
        split_id=(there.split_of(arm, number, at) or "") if arm not in ("", OUTSIDE) else "",
        model=event["model"],
        status=event["status"],
        unit_hash=unit_hash(unit) if unit else None,
        cost=_cost(event),
        error=words.error,
        tags=_tags(event.get("tags") or ()),
        variables=words.variables,
        output=words.output,
    )


def _tags(told: Sequence[str]) -> list[str]:
    """Each once."""
    if not told:
        return []
    return list(dict.fromkeys(masked(tag)[:TAG_LENGTH] for tag in told))


def _cost(event: Any) -> Decimal | None:
    """What the application says it paid, else the price of the model where it is known."""
    cost = event.get("cost")
    if cost is not None:
        return Decimal(repr(cost))
    return call_price(event["model"], event["input_tokens"], event["output_tokens"])
