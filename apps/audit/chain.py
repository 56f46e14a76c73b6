"""The hash chain: pure functions on values, shared by writing, verifying and the offline check.

Each entry's hash is SHA-256 over the canonical JSON (RFC 8785) of its fields, the hash before it
among them. An export in JSON Lines is checked without a database and without Django:
`python -m apps.audit.chain FILE`.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

import rfc8785

GENESIS = "0" * 64
SCHEMA = 1  # a later set of hashed fields gets a later number; old entries keep theirs
HASHED_FIELDS = (
    "seq", "schema", "at", "event", "outcome", "actor_kind", "actor_id", "actor_label_hash",
    "on_behalf", "target_kind", "target_id", "target_label_hash", "namespace_id", "environment",
    "reason", "before", "after", "data", "source", "address", "request_id", "transaction_id",
    "previous_hash",
)  # fmt: skip
LABELLED = ("actor", "target")
LABEL_FIELDS = tuple(f"{role}_{part}" for role in LABELLED for part in ("label", "salt"))
FIELDS = frozenset((*HASHED_FIELDS, "hash", *LABEL_FIELDS))

Fields = Mapping[str, Any]


@dataclass(frozen=True)
class Break:
    """The first entry that does not fit, and why."""

    seq: int
    why: str


@dataclass(frozen=True)
class Walk:
    """What a walk over a chain saw; `erased` counts names that were erased on request."""

    entries: int
    erased: int
    broken: Break | None


def label_hash(salt: str, label: str) -> str:
    return hashlib.sha256(f"{salt}:{label}".encode()).hexdigest()


def entry_hash(fields: Fields) -> str:
    """`fields` holds HASHED_FIELDS with `at` as ISO 8601 text in UTC with microseconds."""
    return hashlib.sha256(rfc8785.dumps({k: fields[k] for k in HASHED_FIELDS})).hexdigest()


def walk(entries: Iterable[Fields], *, selection: bool = False) -> Walk:
    """Check entries in order of `seq`; stop at the first that does not fit.

    `selection`: gaps are allowed (an export of a part); each entry is still checked for itself,
    and against the one before it where that is there.
    """
    count, erased = 0, 0
    previous: tuple[int, str] = (0, GENESIS)
    for fields in entries:
        why = _misplaced(fields, previous, selection) or _changed(fields) or _renamed(fields)
        if why:
            return Walk(count, erased, why)
        count += 1
        erased += sum(fields.get(f"{role}_label") is None for role in LABELLED)
        previous = (fields["seq"], fields["hash"])
    return Walk(count, erased, None)


def _misplaced(fields: Fields, previous: tuple[int, str], selection: bool) -> Break | None:
    seq, expected = fields.get("seq"), previous[0] + 1
    if type(seq) is not int:
        return Break(expected, f"entry {expected} cannot be read")
    if seq < expected:
        return Break(seq, f"entry {seq} stands where entry {expected} belongs")
    if seq > expected:
        return None if selection else Break(expected, f"entry {expected} is missing")
    if fields.get("previous_hash") != previous[1]:
        return Break(seq, f"entry {seq} does not follow entry {previous[0]}")
    return None


def _changed(fields: Fields) -> Break | None:
    seq = fields["seq"]
    if fields.get("schema") != SCHEMA:
        return Break(seq, f"entry {seq} is of a form that this checker does not know")
    try:
        digest = entry_hash(fields)
    except (KeyError, ValueError, TypeError, RecursionError):  # rfc8785's errors are ValueErrors
        return Break(seq, f"entry {seq} cannot be read")
    if digest != fields.get("hash"):
        return Break(seq, f"entry {seq} was changed after it was written")
    return None


def _renamed(fields: Fields) -> Break | None:
    """A name that is there has to be the name that was hashed; an erased one is no fault."""
    for role in LABELLED:
        label, salt = fields.get(f"{role}_label"), fields.get(f"{role}_salt")
        if label is None and salt is None:
            continue
        known = isinstance(label, str) and isinstance(salt, str)
        if not known or label_hash(salt, label) != fields[f"{role}_label_hash"]:  # type: ignore[arg-type]
            seq = fields["seq"]
            return Break(seq, f"the name of the {role} in entry {seq} is not the one written then")
    return None


def read_lines(file: BinaryIO) -> Iterator[Fields]:
    """Entries of an export in JSON Lines; a line that is none comes as an empty mapping."""
    for line in file:
        if not line.strip():
            continue
        try:
            fields = json.loads(line)
        except (ValueError, RecursionError):
            fields = None
        yield fields if isinstance(fields, dict) and set(fields) == FIELDS else {}


def report(seen: Walk, *, selection: bool = False) -> str:
    """The sentences that a check prints."""
    if seen.broken is not None:
        return f"Not whole: {seen.broken.why}. The {seen.entries} entries before it fit."
    kind = "selection" if selection else "record"
    text = f"The {kind} is whole: {seen.entries} entries, each fits the one before it."
    if selection:
        text += " A selection cannot show that no entry was left out."
    if seen.erased:
        text += f" {seen.erased} names were erased on request; their entries fit."
    return text


def main(arguments: list[str]) -> int:
    selection = "--selection" in arguments
    paths = [argument for argument in arguments if argument != "--selection"]
    if len(paths) != 1:
        sys.stderr.write("Usage: python -m apps.audit.chain [--selection] FILE.jsonl\n")
        return 2
    try:
        with open(paths[0], "rb") as file:
            seen = walk(read_lines(file), selection=selection)
    except OSError as error:
        sys.stderr.write(f"{paths[0]} cannot be read: {error.strerror}\n")
        return 2
    sys.stdout.write(report(seen, selection=selection) + "\n")
    return 1 if seen.broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
