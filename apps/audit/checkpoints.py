"""Signed checkpoints of the trail, kept outside the database: a folder of small files.

Each says how many entries there were, their Merkle root, and the hash of every entry since the one
before it, which it names. Whoever rewrites the database cannot rewrite these. Where an admin has
acknowledged that an older database was put back, a file of another kind says up to which entry the
signed ones stand, and the next ones go on from there; no file is ever written again.
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
from apps.audit.events import RESTORED
from apps.audit.models import AuditEntry
from apps.core.signatures import canonical
from config.environment import read
from config.key_ring import KeyRing

log = logging.getLogger("galley.audit")
KIND = "galley audit checkpoint"
GIVEN_UP = "galley audit given up"  # entries after `entries` that were signed are no more
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
        new = entries() - (last["entries"] if last else 0)
        due = new >= AT_MOST or time.time() - _made(place) >= EVERY
        return _make(place, last) if due else None


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
    return _read(paths[-1]) if paths else None


def read_all(place: Path) -> list[Checkpoint]:
    """All of them, each signed and naming the one before it; ValueError where that is not so."""
    found: list[Checkpoint] = []
    for path in files(place):
        one = _read(path)
        if one["previous"] != (digest(found[-1]) if found else ""):
            raise ValueError(f"{path} does not follow the checkpoint before it")
        found.append(one)
    return found


def _read(path: Path) -> Checkpoint:
    found: Checkpoint = json.loads(path.read_bytes())
    signed = {name: value for name, value in found.items() if name != "signature"}
    if not ring().verify(found["signature"], canonical(signed)):
        raise ValueError(f"{path} is not signed by this installation")
    return found


def files(place: Path) -> list[Path]:
    """In the order in which they were made: they are named by the number of entries, after a
    number for each time that an older database was put back."""
    return sorted(place.glob("*.json"), key=lambda path: path.name) if place.exists() else []


def sealed(found: list[Checkpoint]) -> tuple[list[str], list[tuple[int, int]]]:
    """The hash of each entry that is signed and stands; and from where to where entries were given
    up when an older database was put back."""
    hashes: list[str] = []
    given_up = []
    for one in found:
        if one["kind"] == GIVEN_UP:
            given_up.append((one["entries"] + 1, len(hashes)))
            del hashes[one["entries"] :]
        hashes += one["hashes"]
    return hashes, given_up


def is_acknowledged(last: Checkpoint) -> bool:
    """Whether an admin said that the record need not reach this one."""
    rows = AuditEntry.objects.filter(event=RESTORED, outcome="done")
    return rows.filter(data__checkpoint=digest(last)).exists()


def entries() -> int:
    return AuditEntry.objects.order_by("-seq").values_list("seq", flat=True).first() or 0


def holds(last: Checkpoint) -> bool:
    """Whether the entry that a checkpoint ends with is there, and the same."""
    return last["entries"] == 0 or _hash_of(last["entries"]) == _end(last)


def _end(last: Checkpoint) -> str:
    end: str = last["hashes"][-1] if last["hashes"] else last["last"]
    return end


def kept_of(place: Path) -> int:
    """How many of the signed entries are the same here. Each hash covers the one before it, so the
    first that differs is found by halves."""
    signed = sealed(read_all(place))[0]
    low, high = 0, len(signed)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if _hash_of(middle) == signed[middle - 1] else (low, middle - 1)
    return low


def _hash_of(seq: int) -> str | None:
    return AuditEntry.objects.filter(seq=seq).values_list("hash", flat=True).first()


def _make(place: Path, last: Checkpoint | None) -> Checkpoint | None:
    if last is not None and not holds(last):
        if not is_acknowledged(last):
            raise _contradiction(last)
        last = _give_up(place, last)
    count, peaks = (last["entries"], _peaks(last)) if last else (0, [])
    rows = AuditEntry.objects.filter(seq__gt=count).order_by("seq").values_list("seq", "hash")
    new = list(rows[:AT_MOST])
    if not new:
        return None
    if [seq for seq, _hash in new] != list(range(count + 1, count + 1 + len(new))):
        raise Contradiction(count + 1, f"the entries after {count} have a gap")
    hashes = [digest for _seq, digest in new]
    sizes = {"entries": new[-1][0], "hashes": hashes}
    return _sign(place, last, {"kind": KIND, **sizes}, merkle.grown(peaks, hashes))


def _give_up(place: Path, last: Checkpoint) -> Checkpoint:
    """Up to which entry the signed ones stand, signed itself."""
    kept = kept_of(place)
    signed = sealed(read_all(place))[0][:kept]
    sizes = {"entries": kept, "hashes": [], "last": signed[-1] if signed else ""}
    return _sign(place, last, {"kind": GIVEN_UP, **sizes}, merkle.grown([], signed))


def _sign(
    place: Path, last: Checkpoint | None, document: Checkpoint, peaks: merkle.Peaks
) -> Checkpoint:
    document |= {
        "root": merkle.root(peaks).hex(),
        "peaks": [[size, peak.hex()] for size, peak in peaks],
        "made_at": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "previous": digest(last) if last else "",
    }
    signed = {**document, "signature": ring().sign(canonical(document))}
    _write(place, signed)
    return signed


def _contradiction(last: Checkpoint) -> Contradiction:
    seq = last["entries"]
    if _hash_of(seq) is None:
        return Contradiction(seq, f"entry {seq}, which a checkpoint holds, is missing")
    return Contradiction(seq, f"entry {seq} is not the one that a checkpoint holds")


def _peaks(last: Checkpoint) -> merkle.Peaks:
    return [(size, bytes.fromhex(peak)) for size, peak in last["peaks"]]


def digest(checkpoint: Checkpoint) -> str:
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
    path = place / _name(files(place), signed)
    if path.exists():
        raise FileExistsError(path)
    _put(path, canonical(signed) + b"\n")


def _name(before: list[Path], signed: Checkpoint) -> str:
    last = before[-1].name if before else ""
    again = int(last[1:4]) if last.startswith("r") else 0
    again += signed["kind"] == GIVEN_UP
    return f"r{again:03}-{signed['entries']:012}.json" if again else f"{signed['entries']:012}.json"


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
