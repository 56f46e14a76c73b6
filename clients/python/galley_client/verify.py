"""Checks an export of Galley's audit trail without Galley: Python and `cryptography` are enough.

    python verify.py EXPORT.jsonl --checkpoints FOLDER --keys KEYS

EXPORT is the trail as JSON Lines with proof, FOLDER holds the signed checkpoints, KEYS the public
keys (its file `keys`, kept where nobody who writes there can change it). Each entry has to follow
the one before it, to have the hash of its fields, and to be the one that a checkpoint holds; the
Merkle roots (RFC 6962) have to come out. Says what was given up for an older database, and names
the first entry that does not fit (exit code 1); 2 when something cannot be read or no checkpoint is
there. This file and `canonical.py` beside it are all.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

if __package__:
    from galley_client.canonical import canonical
else:  # run by itself: the package would ask for more than cryptography
    from canonical import canonical  # type: ignore[no-redef]

HASHED = (
    "seq", "schema", "at", "event", "outcome", "actor_kind", "actor_id", "actor_label_hash",
    "on_behalf", "target_kind", "target_id", "target_label_hash", "namespace_id", "environment",
    "reason", "before", "after", "data", "source", "address", "request_id", "transaction_id",
    "previous_hash",
)  # fmt: skip
KINDS = ("galley audit checkpoint", "galley audit given up")
Json = dict[str, Any]


class Bad(Exception):
    """The first entry that shows it (0: a checkpoint), and what does not fit."""


@dataclass
class Seal:
    """What the checkpoints say: hash of each entry, root after some, which were given up."""

    hashes: list[str] = field(default_factory=list)
    roots: dict[int, str] = field(default_factory=dict)
    given_up: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Result:
    """`first`: the first bad entry, None for a whole record. `loose`: entries after the newest
    checkpoint, which nothing but the chain holds yet."""

    entries: int
    first: int | None
    why: str
    loose: int = 0
    given_up: tuple[str, ...] = ()


def verify(lines: Iterable[bytes], checkpoints: Iterable[bytes], keys: Iterable[str]) -> Result:
    count, before = 0, "0" * 64
    try:
        seal = read_seal(checkpoints, list(keys))
        peaks: list[tuple[int, bytes]] = []
        for line in lines:
            entry = read_entry(line, count + 1)
            check_entry(entry, count + 1, before)
            if count < len(seal.hashes) and entry["hash"] != seal.hashes[count]:
                raise Bad(count + 1, f"entry {count + 1} is not the one that a checkpoint holds")
            before, count = entry["hash"], count + 1
            grow(peaks, bytes.fromhex(before))
            if count in seal.roots and top(peaks) != seal.roots[count]:
                raise Bad(count, f"the root of the first {count} entries is not the signed one")
        if count < len(seal.hashes):
            raise Bad(count + 1, f"entry {count + 1} is missing, and a checkpoint holds it")
    except Bad as bad:
        return Result(count, *bad.args)
    return Result(count, None, "", count - len(seal.hashes), tuple(seal.given_up))


def read_entry(line: bytes, seq: int) -> Json:
    try:
        entry = json.loads(line)
        if isinstance(entry, dict) and {*HASHED, "hash"} <= set(entry):
            return entry
    except (ValueError, RecursionError):
        pass
    raise Bad(seq, f"entry {seq} cannot be read")


def check_entry(entry: Json, seq: int, before: str) -> None:
    if entry["seq"] != seq:
        raise Bad(seq, f"entry {entry['seq']} stands where entry {seq} belongs")
    if entry["previous_hash"] != before:
        raise Bad(seq, f"entry {seq} does not follow entry {seq - 1}")
    if sha(canonical({name: entry[name] for name in HASHED})) != entry["hash"]:
        raise Bad(seq, f"entry {seq} was changed after it was written")
    for role in ("actor", "target"):
        label, salt = entry.get(f"{role}_label"), entry.get(f"{role}_salt")
        erased = label is None and salt is None
        if not erased and sha(f"{salt}:{label}".encode()) != entry[f"{role}_label_hash"]:
            raise Bad(seq, f"the name of the {role} in entry {seq} is not the one written then")


def read_seal(checkpoints: Iterable[bytes], keys: list[str]) -> Seal:
    """Each checkpoint is signed, names the one before it, and goes on where that ended."""
    seal, previous = Seal(), ""
    for number, data in enumerate(checkpoints, 1):
        try:
            found = json.loads(data)
            signature = found.pop("signature")
            signed = any(is_signed(key, signature, canonical(found)) for key in keys)
            fits = found["kind"] in KINDS and found["previous"] == previous
            if found["kind"] == KINDS[1]:
                seal.given_up.append(f"{(kept := found['entries']) + 1} to {len(seal.hashes)}")
                seal.roots = {seq: root for seq, root in seal.roots.items() if seq <= kept}
                del seal.hashes[kept:]
            seal.hashes += found["hashes"]
            whole = found["entries"] == len(seal.hashes)
            seal.roots[found["entries"]] = found["root"]
        except (ValueError, KeyError, TypeError, AttributeError):
            raise Bad(0, f"checkpoint {number} cannot be read") from None
        if not (signed and fits and whole):
            raise Bad(0, f"checkpoint {number} is not signed by these keys, or one is missing")
        previous = sha(canonical({**found, "signature": signature}))
    return seal


def is_signed(key: str, signature: str, data: bytes) -> bool:
    try:
        text = signature.split(":")[2]
        Ed25519PublicKey.from_public_bytes(unpacked(key)).verify(unpacked(text), data)
    except (InvalidSignature, ValueError, IndexError):
        return False
    return True


def unpacked(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def grow(peaks: list[tuple[int, bytes]], data: bytes) -> None:
    size, root = 1, hashlib.sha256(b"\0" + data).digest()
    while peaks and peaks[-1][0] == size:
        root = hashlib.sha256(b"\1" + peaks.pop()[1] + root).digest()
        size *= 2
    peaks.append((size, root))


def top(peaks: list[tuple[int, bytes]]) -> str:
    root = peaks[-1][1]
    for _size, peak in reversed(peaks[:-1]):
        root = hashlib.sha256(b"\1" + peak + root).digest()
    return root.hex()


def checkpoint_files(folder: Path) -> Iterator[bytes]:
    if paths := sorted(folder.glob("*.json")):
        return (path.read_bytes() for path in paths)
    raise ValueError(f"no checkpoint lies in {folder}, and the chain alone proves little")


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description="Check an export of Galley's audit trail.")
    parser.add_argument("export", type=Path)
    parser.add_argument("--checkpoints", type=Path, required=True)
    parser.add_argument("--keys", type=Path, required=True)
    given = parser.parse_args(arguments)
    try:
        keys = [key["public_key"] for key in json.loads(given.keys.read_bytes())["keys"]]
        with given.export.open("rb") as lines:
            seen = verify(filter(bytes.strip, lines), checkpoint_files(given.checkpoints), keys)
    except (OSError, ValueError, KeyError, TypeError) as error:
        sys.stderr.write(f"Not checked: {error}\n")
        return 2
    if seen.first is not None:
        sys.stdout.write(f"Not whole: {seen.why}. The {seen.entries} entries before it fit.\n")
        return 1
    loose = f"{seen.loose} after the last checkpoint"
    sys.stdout.write(f"The record is whole: {seen.entries} entries, {loose}.\n")
    for part in seen.given_up:
        sys.stdout.write(f"Given up for an older database that was put back: entries {part}.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
