"""Whose call it is: from the Authorization header to a key that may be used now."""

from __future__ import annotations

import hashlib
from collections.abc import Container
from datetime import UTC, datetime

from apps.delivery.limits import WrongKeys
from apps.delivery.problems import Problem
from apps.delivery.records import KeyRecord
from apps.delivery.store import Store
from apps.environments.keys import fits, parse_key

MAX_PROVEN = 10_000
FETCHING = frozenset({"read"})
ACTING = frozenset({"write", "release"})
ONLY = {
    "read": "A read key fetches and renders what is live and sends back logs, and nothing else.",
    "write": "A write key proposes drafts, versions and reviews, and nothing else.",
    "release": "A release key releases and rolls back, and nothing else.",
}
WRONG_KEYS = WrongKeys()  # one count for the whole process


class NotInMemory(Exception):
    """What was asked for is not known here: the database may know more."""


def authenticate(
    store: Store, header: str, peer: str, *, sure: bool, kinds: Container[str] = FETCHING
) -> KeyRecord:
    """The key of a call, or Problem 401; 403 for one of another kind. `sure`: the memory was just
    refreshed, so a miss is final; without it an unknown key raises NotInMemory and counts for
    nothing."""
    digest = hashlib.sha256(header.encode("utf-8", "surrogatepass")).digest()
    key = store.keys.get(store.proven.get(digest, "")) or _prove(store, header, digest, peer, sure)
    now = store.clock.now()
    _check_usable(key, now)
    store.note_use(key, now)
    if key.kind not in kinds:
        raise wrong_kind(key)
    return key


def wrong_kind(key: KeyRecord) -> Problem:
    """The kinds divide the addresses: no call is open to all of them."""
    return Problem("wrong_kind", f"{ONLY[key.kind]} Use a key of another kind here.")


def _bearer(header: str) -> str:
    scheme, _, text = header.partition(" ")
    if scheme.lower() != "bearer" or not text.strip():
        raise Problem(
            "missing_key", "This needs a key. Send the header “Authorization: Bearer gly_…”."
        )
    return text.strip()


def _prove(store: Store, header: str, digest: bytes, peer: str, sure: bool) -> KeyRecord:
    """Only a key that was never right in this process comes here, so only guesses are counted; and
    only once it is known whether there is such a key: many new keys at once are no guesses. Who
    has no try left is refused before anything is looked up."""
    text = _bearer(header)
    WRONG_KEYS.look(peer)
    parts = parse_key(text)
    key = store.keys.get(parts.selector) if parts else None
    if key is None and parts is not None and not sure:
        raise NotInMemory
    WRONG_KEYS.take(peer)
    if key is None or not verify(text, key):
        raise Problem(
            "wrong_key",
            "This key is not known here. Check that all of it was copied, or ask for a new one.",
        )
    WRONG_KEYS.give_back(peer)
    if header == f"Bearer {text}":  # of each key one spelling: none fills this memory by itself
        if len(store.proven) >= MAX_PROVEN:
            store.proven.clear()
        store.proven[digest] = key.selector
    return key


def verify(text: str, key: KeyRecord) -> bool:
    return fits(text, key.secret_hash)


def _check_usable(key: KeyRecord, now: float) -> None:
    if key.revoked:
        raise Problem("revoked_key", "This key was revoked. Ask an admin for a new one.")
    if key.expires_at <= now:
        day = datetime.fromtimestamp(key.expires_at, UTC).date()
        raise Problem("expired_key", f"This key expired on {day}. Ask an admin for a new one.")
