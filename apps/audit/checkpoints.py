"""Signed checkpoints of the trail, kept outside the database: a folder of small files.

Each says how many entries there were, their Merkle root, and the hash of every entry since the one
before it, which it names. Whoever rewrites the database cannot rewrite these.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import logging
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from apps.audit import merkle
from apps.audit.actions import note_contradiction
from apps.audit.models import AuditEntry
from apps.core.signatures import canonical
from config.environment import read
from config.key_ring import KeyRing

log = logging.getLogger("galley.audit")
KIND = "galley audit checkpoint"
KEYS = "checkpoint-keys"
EVERY = 60.0  # seconds
AT_MOST = 1000  # entries

Checkpoint = dict[str, Any]


class Contradiction(Exception):
    """The trail is not the one that was signed: `seq` is the first entry that shows it."""

    def __init__(self, seq: int, why: str) -> None:
        super().__init__(why)
        self.seq, self.why = seq, why


def folder() -> Path:
    env = read()
    return env.checkpoints / env.database_name


def ring() -> KeyRing:
    return KeyRing(read().data, KEYS)


def make_due() -> Checkpoint | None:
    """A checkpoint, if there are 1,000 new entries, or any and the last one is a minute old."""
    with _alone() as place:
        last = newest(place)
        new = _entries() - (last["entries"] if last else 0)
        due = new >= AT_MOST or time.time() - _made(place) >= EVERY
        return _make(place, last) if new and due else None


def make_due_or_tell() -> None:
    """A trail that contradicts its checkpoints is written down where people see it, once."""
    try:
        make_due()
    except Contradiction as found:
        log.error("the audit trail contradicts its checkpoints: %s", found.why)
        note_contradiction(found.seq, why=found.why)


def make() -> Checkpoint | None:
    """A checkpoint now; None without new entries. Contradiction when the trail is another one."""
    with _alone() as place:
        return _make(place, newest(place))


def newest(place: Path) -> Checkpoint | None:
    """The last one, its signature checked; ValueError for one that is not ours."""
    paths = files(place)
    if not paths:
        return None
    found: Checkpoint = json.loads(paths[-1].read_bytes())
    signed = {name: value for name, value in found.items() if name != "signature"}
    if not ring().verify(found["signature"], canonical(signed)):
        raise ValueError(f"{paths[-1]} is not signed by this installation")
    return found


def files(place: Path) -> list[Path]:
    """In the order in which they were made: they are named by the number of entries."""
    return sorted(place.glob("*.json"), key=lambda path: path.name) if place.exists() else []


def is_behind() -> Checkpoint | None:
    """The newest checkpoint, if the trail does not reach it: an older database was put back."""
    last = newest(folder())
    return last if last is not None and _entries() < last["entries"] else None


def _entries() -> int:
    return AuditEntry.objects.order_by("-seq").values_list("seq", flat=True).first() or 0


def _make(place: Path, last: Checkpoint | None) -> Checkpoint | None:
    count, peaks = (last["entries"], _peaks(last)) if last else (0, [])
    if last is not None:
        _require_same(last)
    rows = AuditEntry.objects.filter(seq__gt=count).order_by("seq").values_list("seq", "hash")
    new = list(rows[:AT_MOST])
    if not new:
        return None
    if [seq for seq, _hash in new] != list(range(count + 1, count + 1 + len(new))):
        raise Contradiction(count + 1, f"the entries after {count} have a gap")
    hashes = [digest for _seq, digest in new]
    peaks = merkle.grown(peaks, hashes)
    document: Checkpoint = {
        "kind": KIND,
        "entries": new[-1][0],
        "root": merkle.root(peaks).hex(),
        "peaks": [[size, peak.hex()] for size, peak in peaks],
        "hashes": hashes,
        "made_at": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "previous": _digest(last) if last else "",
    }
    signed = {**document, "signature": ring().sign(canonical(document))}
    _write(place, signed)
    return signed


def _require_same(last: Checkpoint) -> None:
    """The entry that the last checkpoint ends with is still there, and the same."""
    seq = last["entries"]
    found = AuditEntry.objects.filter(seq=seq).values_list("hash", flat=True).first()
    if found is None:
        raise Contradiction(seq, f"entry {seq}, which a checkpoint holds, is missing")
    if found != last["hashes"][-1]:
        raise Contradiction(seq, f"entry {seq} is not the one that a checkpoint holds")


def _peaks(last: Checkpoint) -> merkle.Peaks:
    return [(size, bytes.fromhex(peak)) for size, peak in last["peaks"]]


def _digest(checkpoint: Checkpoint) -> str:
    return hashlib.sha256(canonical(checkpoint)).hexdigest()


def _made(place: Path) -> float:
    paths = files(place)
    return paths[-1].stat().st_mtime if paths else 0.0


@contextmanager
def _alone() -> Iterator[Path]:
    place = folder()
    place.mkdir(parents=True, exist_ok=True)
    with open(place / ".lock", "a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield place


def _write(place: Path, signed: Checkpoint) -> None:
    """Whole or not at all, and never over another one."""
    keys = [{"id": key.id, "public_key": key.public_key} for key in ring().all()]
    _put(place / "keys", json.dumps({"keys": keys}, indent=1).encode())
    path = place / f"{signed['entries']:012}.json"
    if path.exists():
        raise FileExistsError(path)
    _put(path, canonical(signed) + b"\n")


def _put(path: Path, data: bytes) -> None:
    new = path.with_name(f".{path.name}.new")
    with open(new, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(new, path)
    handle = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
