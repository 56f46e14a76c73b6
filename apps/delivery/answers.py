"""The rules of fetch, list and render: one copy, for the fast way and for Django's.

`sure` says that the memory was just refreshed. Without it a miss raises NotInMemory, and the caller
asks again through Django, which refreshes first; so a 404 is never given from an old memory.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import formatdate
from itertools import takewhile
from typing import Any
from urllib.parse import quote

from apps.delivery.keycheck import NotInMemory
from apps.delivery.problems import Fault, Problem, echo, named
from apps.delivery.query import Wanted, bad
from apps.delivery.records import Body, KeyRecord, Place, Served
from apps.delivery.store import Store
from apps.prompts.compile import ValuesError, render

PAGE = 100
MAX_PAGE = 500


@dataclass(frozen=True, slots=True)
class Page:
    """`cursor` is None on the last page."""

    prompts: list[dict[str, Any]]
    cursor: str | None


def fetch(store: Store, key: KeyRecord, path: str, wanted: Wanted, *, sure: bool) -> Body:
    """The answer of GET /prompts/{path}."""
    served = _find(store, key, path, wanted, sure=sure)
    store.note_fetch(key, served.prompt_id)
    arm = served.arm_of(wanted.unit, wanted.attributes)
    return served.body(_model(served, wanted.model, arm), arm)


def matches(body: Body, if_none_match: str) -> bool:
    """Whether the caller has this answer already."""
    if body.etag not in if_none_match:  # most have nothing like it, so that is seen first
        return if_none_match.strip() == "*"
    tags = (tag.strip().removeprefix("W/") for tag in if_none_match.split(","))
    return body.etag in tags


def rendered(
    store: Store,
    key: KeyRecord,
    path: str,
    wanted: Wanted,
    values: Mapping[str, Any],
    *,
    sure: bool,
) -> dict[str, Any]:
    """The answer of POST /prompts/{path}/render; Problem 422 names each value that does not fit."""
    served = _find(store, key, path, wanted, sure=sure)
    store.note_fetch(key, served.prompt_id)
    arm = served.arm_of(wanted.unit, wanted.attributes)
    content, compiled = served.compiled(_model(served, wanted.model, arm), arm)
    try:
        done = render(compiled.messages, content["variables"], values)
    except ValuesError as error:
        faults = [Fault(problem.path, problem.sentence) for problem in error.problems]
        raise Problem("bad_values", str(error), faults) from None
    shown = {"messages": list(done.messages), "model": compiled.model}
    split = served.shares(arm)
    return {**served.facts(arm), **shown, "split": split, "ignored": list(done.extra)}


def listing(store: Store, key: KeyRecord, *, limit: int, cursor: str | None) -> Page:
    """What the key may fetch, by path."""
    after = _read_cursor(cursor) if cursor is not None else ""
    paths = [path for path in readable(store, key) if path > after]
    ids = [store.places[path].prompt_id for path in paths[:limit]]
    shown = [store.live[(key.environment_id, prompt)] for prompt in ids]
    more = _cursor(paths[limit - 1]) if len(paths) > limit else None
    return Page([served.facts() for served in shown], more)


def readable(store: Store, key: KeyRecord) -> list[str]:
    """The paths of all that the key may fetch, in order."""
    return sorted(
        place.path
        for place in list(store.places.values())
        if place.is_open_to(key) and (key.environment_id, place.prompt_id) in store.live
    )


def _find(store: Store, key: KeyRecord, path: str, wanted: Wanted, *, sure: bool) -> Served:
    place = store.places.get(path)
    if place is None:
        _lead_on(store, key, path)
    if place is None or not place.is_open_to(key):
        if not sure:
            raise NotInMemory
        raise _unknown_prompt(store, key, path)
    _check_environment(key, wanted.environment)
    if wanted.label is not None:
        return _label(store, key, place, wanted.label, sure=sure)
    if wanted.version is not None:
        return _version(store, key, place, wanted.version, sure=sure)
    served = store.live.get((key.environment_id, place.prompt_id))
    if served is None:
        if not sure:
            raise NotInMemory
        raise _nothing_live(key, place)
    return served


class Moved(Exception):
    """The prompt is at another path now; the one that was asked for leads on until a day."""

    def __init__(self, path: str, since: float, until: float) -> None:
        super().__init__(path)
        self.path, self._since, self._until = path, since, until

    def headers(self, query: str = "", *, end: str = "") -> dict[str, str]:
        """RFC 9110, 9745 and 8594. `end`: what follows the path of the prompt in the address."""
        where = f"/api/v1/prompts/{quote(self.path)}{end}" + (f"?{query}" if query else "")
        return {
            "Location": where,
            "Deprecation": f"@{int(self._since)}",
            "Sunset": formatdate(self._until, usegmt=True),
            "Content-Type": "application/json",
            "Cache-Control": "private, no-store",
        }

    def body(self) -> bytes:
        detail = f"This prompt is at “{self.path}” now. Ask for it there."
        return json.dumps({"prompt": self.path, "detail": detail}).encode()


def _lead_on(store: Store, key: KeyRecord, path: str) -> None:
    former = store.former.get(path)
    place = store.by_prompt.get(former.prompt_id) if former else None
    if former is None or place is None or former.until <= store.clock.now():
        return
    if place.is_open_to(key):
        raise Moved(place.path, former.since, former.until)


def _label(store: Store, key: KeyRecord, place: Place, name: str, *, sure: bool) -> Served:
    names = store.labels.get((key.environment_id, place.prompt_id), {})
    served = names.get(name)
    if served is None:
        if not sure:
            raise NotInMemory
        raise _unknown_label(key, place, name, sorted(names))
    return served


def _version(store: Store, key: KeyRecord, place: Place, number: int, *, sure: bool) -> Served:
    served = store.live.get((key.environment_id, place.prompt_id))
    if served is not None and served.number == number and served.split is None:
        return served
    served = store.kept(key.environment_id, place.prompt_id, number)
    if served is not None:
        return served
    if not sure:
        raise NotInMemory
    from apps.delivery import queries  # loaded only by who asks the database anyway

    served = queries.served_version(
        place.prompt_id, number, key.environment_id, unreleased=key.any_version
    )
    if served is None:
        raise _unknown_version(key, place, number)
    store.keep(served)
    return served


def _model(served: Served, name: str | None, arm: str | None) -> str | None:
    if name is None:
        return None
    models = served.models(arm)
    if name in models:
        return name
    known = named(models) or "It names no model."
    detail = f"This prompt has no variant for “{echo(name)}”. {known}"
    raise Problem("unknown_model", detail, [Fault("model", detail, models)])


def _unknown_prompt(store: Store, key: KeyRecord, path: str) -> Problem:
    """The same words for a prompt that does not exist and for one out of the key's scope."""
    paths = readable(store, key)
    near = sorted(paths, key=lambda other: (-_shared(path, other), other))
    detail = f"This key can read no prompt “{echo(path)}”. {named(near)}".rstrip()
    return Problem("unknown_prompt", detail, [Fault("path", "No such prompt.", near)])


def _shared(a: str, b: str) -> int:
    """How many letters two paths begin with together."""
    same = (x == y for x, y in zip(a, b, strict=False))
    return sum(1 for _ in takewhile(bool, same))


def _nothing_live(key: KeyRecord, place: Place) -> Problem:
    detail = (
        f"Nothing of “{place.path}” is live in {key.environment}. Release a version there first."
    )
    return Problem("nothing_live", detail, [Fault("path", detail)])


def _check_environment(key: KeyRecord, name: str | None) -> None:
    if name is None or name == key.environment:
        return
    detail = f"This key reads {key.environment} and nothing else. Use a key of that environment."
    fault = Fault("environment", detail, [key.environment])
    raise Problem("unknown_environment", detail, [fault])


def _unknown_version(key: KeyRecord, place: Place, number: int) -> Problem:
    from apps.delivery import queries

    numbers = queries.version_numbers(
        place.prompt_id, key.environment_id, unreleased=key.any_version
    )
    names = [str(n) for n in numbers]
    there = "exists" if key.any_version else f"was released in {key.environment}"
    known = named(names) or "None was yet."
    detail = f"No version {number} of “{place.path}” {there}. {known}"
    return Problem("unknown_version", detail, [Fault("version", detail, names)])


def _unknown_label(key: KeyRecord, place: Place, label: str, names: list[str]) -> Problem:
    known = named(names) or "It has no label there."
    detail = f"“{place.path}” has no label “{echo(label)}” in {key.environment}. {known}"
    return Problem("unknown_label", detail, [Fault("label", detail, names)])


def _cursor(path: str) -> str:
    return base64.urlsafe_b64encode(path.encode()).decode().rstrip("=")


def _read_cursor(text: str) -> str:
    try:
        whole = text + "=" * (-len(text) % 4)
        return base64.b64decode(whole, altchars=b"-_", validate=True).decode()
    except ValueError:
        raise bad("cursor", "This cursor cannot be read. Leave it out to begin again.") from None
