"""The hash chain: pure functions on values, shared by writing, verifying and the offline check.

Each entry's hash is SHA-256 over the canonical JSON (RFC 8785) of its fields and the hash before it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import rfc8785

GENESIS = "0" * 64
SCHEMA = 1  # a later set of hashed fields gets a later number; old entries keep theirs
HASHED_FIELDS = (
    "seq", "schema", "at", "event", "outcome", "actor_kind", "actor_id", "actor_label_hash", "on_behalf",
    "target_kind", "target_id", "target_label_hash", "namespace_id", "environment", "reason",
    "before", "after", "data", "source", "address", "request_id", "transaction_id",
    "previous_hash",
)  # fmt: skip


@dataclass(frozen=True)
class Break:
    """The first row that does not fit, and why."""

    seq: int
    why: str


def label_hash(salt: str, label: str) -> str:
    return hashlib.sha256(f"{salt}:{label}".encode()).hexdigest()


def entry_hash(fields: Mapping[str, Any]) -> str:
    """`fields` holds HASHED_FIELDS with `at` as ISO 8601 text in UTC with microseconds."""
    return hashlib.sha256(rfc8785.dumps({k: fields[k] for k in HASHED_FIELDS})).hexdigest()


def first_break(entries: Iterable[Mapping[str, Any]]) -> Break | None:
    """Walk entries in order of `seq`; None when every one fits."""
    return next(breaks(entries), None)


def breaks(entries: Iterable[Mapping[str, Any]]) -> Iterator[Break]:
    seq, previous = 0, GENESIS
    for fields in entries:
        seq += 1
        if fields["seq"] != seq:
            yield Break(seq, f"entry {seq} is missing")
            return
        if fields["previous_hash"] != previous:
            yield Break(seq, f"entry {seq} does not follow entry {seq - 1}")
            return
        if entry_hash(fields) != fields["hash"]:
            yield Break(seq, f"entry {seq} was changed after it was written")
            return
        previous = fields["hash"]
