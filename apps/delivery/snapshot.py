"""The memory as one signed file, so that a process can start while the database is away.

    galley-snapshot 2
    {"body": …, "index": …, "made_at": …, "sequence": …, "sha256": …, "signature": …}
    index: the table of contents [[SHA-256, length], …], and a line further the records (JSON)
    the contents, one after the other

The second line is canonical JSON and is signed without its signature; its hash covers the index,
and the index holds the hash of each content, so each byte of the file is covered. Writing is: a new
file, fsync, the file before kept as `snapshot.previous`, atomic rename. Pure: no Django.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from apps.core.signatures import canonical
from apps.delivery.records import Arm, Former, KeyRecord, Place, Served
from config.key_ring import KeyRing

MAGIC = b"galley-snapshot 2\n"
NAME, PREVIOUS = "snapshot", "snapshot.previous"
MAX_HEADER = 4096
PIECES = 500  # of the index, joined at once
RECORDS: dict[str, Any] = {kind.__name__: kind for kind in (Arm, Former, KeyRecord, Place, Served)}
_FIELDS = {
    name: tuple(field.name for field in fields(kind) if not field.name.startswith("_"))
    for name, kind in RECORDS.items()
}


class Unreadable(Exception):
    """Not whole, not signed by this installation, or of another version of Galley."""


def write(
    folder: Path, memory: Mapping[str, Any], ring: KeyRing, packer: Packer | None = None
) -> int:
    """Replace the snapshot, keeping the one before; returns its size. OSError leaves both whole."""
    parts = (packer or Packer()).parts(memory, ring)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    new, kept = folder / f"{NAME}.new", folder / f"{PREVIOUS}.new"
    try:
        _write_whole(new, parts)
        if (folder / NAME).exists():
            kept.unlink(missing_ok=True)
            os.link(folder / NAME, kept)
            os.replace(kept, folder / PREVIOUS)
        os.replace(new, folder / NAME)
    except OSError:
        new.unlink(missing_ok=True)
        raise
    _sync(folder)
    return sum(map(len, parts))


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
    return b"".join(Packer().parts(memory, ring))


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
    if _hash(view[start:middle]) != header["sha256"]:
        raise Unreadable("it was changed after it was signed")
    table, _, records = data[start:middle].partition(b"\n")
    return _decoded(records, _contents(table, view[middle:]))


def _contents(table: bytes, body: memoryview) -> dict[str, bytes]:
    """Hash → the content, each looked at."""
    found, end = {}, 0
    for name, length in json.loads(table):
        found[name] = bytes(body[end : end + length])
        end += length
        if _hash(found[name]) != name:
            raise Unreadable("it was changed after it was signed")
    if end != len(body):
        raise Unreadable("it is not whole")
    return found


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


def _decoded(index: bytes, contents: Mapping[str, bytes]) -> dict[str, Any]:
    sets: dict[frozenset[Any], frozenset[Any]] = {}  # the prompts of a namespace share theirs

    def hook(found: dict[str, Any]) -> Any:
        if len(found) != 1:
            return found
        [(tag, value)] = found.items()
        if tag == "~bytes":
            return contents[value]
        if tag == "~set":
            return sets.setdefault(frozenset(value), frozenset(value))
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


class Packer:
    """Makes snapshots of one memory. What a record says is written out once and kept for the next
    time, so that among ten thousand prompts a release costs the text of one."""

    def __init__(self) -> None:
        self._known: dict[int, _Kept] = {}  # by the record's id: it is held here, so it stays its

    def parts(self, memory: Mapping[str, Any], ring: KeyRing) -> list[bytes]:
        """The snapshot in pieces. A record is taken to say for ever what it said first."""
        before, self._known = self._known, {}
        contents: dict[str, bytes] = {}
        records = [b'{"fields": ', _json(_FIELDS)]
        for name, part in memory.items():
            records += (b", ", _json(name), b": ")
            self._tell(part, before, contents, records)
        records.append(b"}")
        table = _json([[name, len(content)] for name, content in contents.items()])
        index = [table, b"\n", *_joined(records)]
        header = {
            "made_at": datetime.now(UTC).isoformat(),
            "sequence": memory["sequence"],
            "index": sum(map(len, index)),
            "body": sum(map(len, contents.values())),
            "sha256": _hash(*index),
        }
        signature = ring.sign(canonical(header))
        first = b"".join((MAGIC, canonical({**header, "signature": signature}), b"\n"))
        return [first, *index, *contents.values()]

    def _tell(
        self,
        value: Any,
        before: Mapping[int, _Kept],
        contents: dict[str, bytes],
        into: list[bytes],
    ) -> None:
        """As JSON in pieces, records from memory."""
        kept = before.get(id(value)) or self._known.get(id(value))
        if kept is None and is_dataclass(value):
            kept = _kept(value)
        if kept is not None:
            self._known[id(value)] = kept
            contents.update(kept.contents)
            into.append(kept.text)
        elif isinstance(value, list | tuple):
            into.append(b"[")
            for place, one in enumerate(value):
                if place:
                    into.append(b", ")
                self._tell(one, before, contents, into)
            into.append(b"]")
        else:
            into.append(_json(_encoded(value, contents)))


@dataclass(frozen=True, slots=True)
class _Kept:
    record: Any
    text: bytes
    contents: tuple[tuple[str, bytes], ...]


def _kept(record: Any) -> _Kept:
    contents: dict[str, bytes] = {}
    text = _json(_encoded(record, contents))
    return _Kept(record, text, tuple(contents.items()))


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def _joined(pieces: list[bytes]) -> Iterator[bytes]:
    """The same in blocks: small pieces cost more to hash than they hold, and one text of ten
    thousand records would be megabytes that the process never gives back."""
    for start in range(0, len(pieces), PIECES):
        yield b"".join(pieces[start : start + PIECES])


def _encoded(value: Any, contents: dict[str, bytes]) -> Any:
    """Values as JSON has them; bytes go to `contents`, under their hash."""
    if isinstance(value, bytes):
        name = _hash(value)
        contents[name] = value
        return {"~bytes": name}
    if isinstance(value, frozenset):
        return {"~set": sorted(value)}
    if isinstance(value, datetime):
        return {"~at": value.isoformat()}
    if is_dataclass(value):
        name = type(value).__name__
        return {f"~{name}": [_encoded(getattr(value, one), contents) for one in _FIELDS[name]]}
    if isinstance(value, list | tuple):
        return [_encoded(one, contents) for one in value]
    if isinstance(value, dict):
        return {name: _encoded(one, contents) for name, one in value.items()}
    return value


def _hash(*parts: bytes | memoryview) -> str:
    """Of the parts one after the other."""
    found = hashlib.sha256()
    for part in parts:
        found.update(part)
    return found.hexdigest()


def _write_whole(path: Path, parts: Iterable[bytes]) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.writelines(parts)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
