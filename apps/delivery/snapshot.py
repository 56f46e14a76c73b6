"""The memory as one signed file, so that a process can start while the database is away.

    galley-snapshot 1
    {"body": …, "index": …, "made_at": …, "sequence": …, "sha256": …, "signature": …, "tail": …}
    index (JSON), then the contents that it points into

The second line is canonical JSON and is signed without its signature; the hash covers all that
follows it, so each byte of the file is covered. Writing is: a new file, fsync, the file before kept
as `snapshot.previous`, atomic rename. Pure: no Django.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from apps.core.signatures import canonical
from apps.delivery.records import Arm, Former, KeyRecord, Place, Served
from config.key_ring import KeyRing

MAGIC = b"galley-snapshot 1\n"
NAME, PREVIOUS = "snapshot", "snapshot.previous"
MAX_HEADER = 4096
RECORDS: dict[str, Any] = {kind.__name__: kind for kind in (Arm, Former, KeyRecord, Place, Served)}
_FIELDS = {
    name: tuple(field.name for field in fields(kind) if not field.name.startswith("_"))
    for name, kind in RECORDS.items()
}


class Unreadable(Exception):
    """Not whole, not signed by this installation, or of another version of Galley."""


def write(folder: Path, memory: Mapping[str, Any], ring: KeyRing) -> int:
    """Replace the snapshot, keeping the one before; returns its size. OSError leaves both whole."""
    data = packed(memory, ring)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    new, kept = folder / f"{NAME}.new", folder / f"{PREVIOUS}.new"
    try:
        _write_whole(new, data)
        if (folder / NAME).exists():
            kept.unlink(missing_ok=True)
            os.link(folder / NAME, kept)
            os.replace(kept, folder / PREVIOUS)
        os.replace(new, folder / NAME)
    except OSError:
        new.unlink(missing_ok=True)
        raise
    _sync(folder)
    return len(data)


def read(folder: Path, ring: KeyRing) -> tuple[dict[str, Any] | None, list[str]]:
    """The newest snapshot that is whole, and a sentence for each that is not."""
    wrong = []
    for name in (NAME, PREVIOUS):
        try:
            return unpacked((folder / name).read_bytes(), ring), wrong
        except FileNotFoundError:
            continue
        except (Unreadable, OSError) as error:
            wrong.append(f"{folder / name} is left aside: {error}")
    return None, wrong


def header_of(folder: Path) -> dict[str, Any]:
    """What the newest snapshot says of itself, unchecked; empty where there is none."""
    try:
        with open(folder / NAME, "rb") as file:
            file.readline(len(MAGIC))
            found = json.loads(file.readline(MAX_HEADER))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def packed(memory: Mapping[str, Any], ring: KeyRing) -> bytes:
    contents = _Contents()
    rows = {name: contents.encoded(part) for name, part in memory.items()}
    index = json.dumps({"fields": _FIELDS, **rows}, ensure_ascii=False).encode()
    body = b"".join(contents.parts)
    header = {
        "made_at": datetime.now(UTC).isoformat(),
        "sequence": memory["sequence"],
        "index": len(index),
        "body": len(body),
        "sha256": _hash(index, body),
    }
    signature = ring.sign(canonical(header))
    return b"".join((MAGIC, canonical({**header, "signature": signature}), b"\n", index, body))


def unpacked(data: bytes, ring: KeyRing) -> dict[str, Any]:
    """What `packed` was given. Raises Unreadable for anything else than those very bytes."""
    end = data.find(b"\n", len(MAGIC), len(MAGIC) + MAX_HEADER)
    if not data.startswith(MAGIC) or end < 0:
        raise Unreadable("it is no snapshot of this form")
    header = _header(data[len(MAGIC) : end], ring)
    start, middle = end + 1, end + 1 + header["index"]
    view = memoryview(data)
    if len(data) != middle + header["body"]:
        raise Unreadable("it is not whole")
    if _hash(view[start:middle], view[middle:]) != header["sha256"]:
        raise Unreadable("it was changed after it was signed")
    return _decoded(data[start:middle], view[middle:])


def _header(line: bytes, ring: KeyRing) -> dict[str, Any]:
    try:
        header = json.loads(line)
        signature = header.pop("signature")
        whole = canonical({**header, "signature": signature}) == line
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise Unreadable("its first lines cannot be read") from None
    if not whole or not ring.verify(signature, canonical(header)):
        raise Unreadable("its signature is not of this installation")
    return dict(header)


def _decoded(index: bytes, body: memoryview) -> dict[str, Any]:
    known: dict[tuple[int, int], bytes] = {}

    def hook(found: dict[str, Any]) -> Any:
        if len(found) != 1:
            return found
        [(tag, value)] = found.items()
        if tag == "~bytes":
            start, length = value
            return known.setdefault((start, length), bytes(body[start : start + length]))
        if tag == "~set":
            return frozenset(value)
        if tag == "~at":
            return datetime.fromisoformat(value)
        if tag.startswith("~"):
            return RECORDS[tag[1:]](**dict(zip(_FIELDS[tag[1:]], value, strict=True)))
        return found

    try:
        # The fields come first: another version of Galley has others, and is not guessed at.
        start = json.dumps({"fields": _FIELDS}, ensure_ascii=False).encode()[:-1]
        if not index.startswith(start):
            raise Unreadable("another version of Galley wrote it")
        memory = json.loads(index, object_hook=hook)
    except (ValueError, KeyError, TypeError) as error:
        raise Unreadable(f"it cannot be read: {error}") from None
    del memory["fields"]
    return dict(memory)


class _Contents:
    """The contents behind the index, each once."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []
        self._places: dict[bytes, tuple[int, int]] = {}
        self._size = 0

    def encoded(self, value: Any) -> Any:
        if isinstance(value, bytes):
            return {"~bytes": self._place(value)}
        if isinstance(value, frozenset):
            return {"~set": sorted(value)}
        if isinstance(value, datetime):
            return {"~at": value.isoformat()}
        if is_dataclass(value):
            name = type(value).__name__
            return {f"~{name}": [self.encoded(getattr(value, one)) for one in _FIELDS[name]]}
        if isinstance(value, list | tuple):
            return [self.encoded(one) for one in value]
        if isinstance(value, dict):
            return {name: self.encoded(one) for name, one in value.items()}
        return value

    def _place(self, data: bytes) -> tuple[int, int]:
        if data not in self._places:
            self._places[data] = (self._size, len(data))
            self.parts.append(data)
            self._size += len(data)
        return self._places[data]


def _hash(*parts: bytes | memoryview) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
    return digest.hexdigest()


def _write_whole(path: Path, data: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
