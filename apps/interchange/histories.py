"""Prompt histories as JSON Lines: one prompt a line, with all its versions. Pure.

`{"name": "…", "versions": [{"version": 1, "at": <unix seconds>, "author": "…", "message": "…",
"text": "…"}]}`; `version`, `author` and `message` may be missing. A line that cannot be read is a
`BadLine` with its number and a sentence, and the next line is read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import IO, Any

from apps.prompts.content import (
    MAX_VERSION_BYTES,
    PATH_SEGMENT,
    ContentError,
    check_content,
    check_text,
)
from apps.prompts.imported import ImportedVersion
from apps.prompts.splitter import content_from_text

MAX_LINE = 64 * 1024 * 1024
MAX_VERSIONS = 5000
MAX_MESSAGE = 10_000
_OTHER = re.compile(r"[^a-z0-9_-]+")


@dataclass(frozen=True)
class HistoryLine:
    """`segment` is the last part of the prompt's path, `name` what people read."""

    number: int
    segment: str
    name: str
    versions: tuple[ImportedVersion, ...]


@dataclass(frozen=True)
class BadLine:
    number: int
    sentence: str


class _Unreadable(Exception):
    pass


def read_histories(file: IO[bytes]) -> Iterator[HistoryLine | BadLine]:
    """Lines in order; empty ones are passed over. Never reads more than one line at a time."""
    seen: dict[str, int] = {}
    for number, line in enumerate(_lines(file), 1):
        if not line.strip():
            continue
        try:
            read = _read(number, line)
            if read.segment in seen:
                raise _Unreadable(f"“{read.name}” stands on line {seen[read.segment]} already.")
            seen[read.segment] = number
            yield read
        except _Unreadable as problem:
            yield BadLine(number, str(problem))


def _lines(file: IO[bytes]) -> Iterator[bytes]:
    """The rest of a line that is too long is passed over without being kept."""
    while line := file.readline(MAX_LINE + 1):
        if len(line) > MAX_LINE:
            rest = line
            while rest and not rest.endswith(b"\n"):
                rest = file.readline(MAX_LINE)
        yield line


def _read(number: int, line: bytes) -> HistoryLine:
    if len(line) > MAX_LINE:
        raise _Unreadable(f"It is longer than {MAX_LINE // 1024 // 1024} MiB.")
    found = _json(line)
    if not isinstance(found, dict) or not isinstance(found.get("name"), str):
        raise _Unreadable("It has no “name”.")
    versions = found.get("versions")
    if not isinstance(versions, list) or not versions:
        raise _Unreadable("It has no “versions”.")
    if len(versions) > MAX_VERSIONS:
        raise _Unreadable(f"It has over {MAX_VERSIONS:,} versions.")
    segment = segment_of(found["name"])
    read = tuple(_version(place, version) for place, version in enumerate(versions, 1))
    return HistoryLine(number, segment, name_of(segment), read)


def _json(line: bytes) -> Any:
    try:
        return json.loads(line.decode())
    except UnicodeDecodeError:
        raise _Unreadable("It is not UTF-8 text.") from None
    except (ValueError, RecursionError):
        raise _Unreadable("It is not JSON.") from None


def segment_of(name: str) -> str:
    """The name in the grammar of paths: “Refund Reply!” → refund-reply."""
    segment = _OTHER.sub("-", name.casefold()).strip("-_")[:63].rstrip("-_")
    if not PATH_SEGMENT.fullmatch(segment):
        raise _Unreadable(f"No path can be made of the name “{name[:40]}”.")
    return segment


def name_of(segment: str) -> str:
    words = " ".join(re.split(r"[-_]+", segment))
    return words[:1].upper() + words[1:]


def _version(place: int, version: Any) -> ImportedVersion:
    where = f"Version {place}"
    if not isinstance(version, dict) or not isinstance(version.get("text"), str):
        raise _Unreadable(f"{where} has no “text”.")
    if len(version["text"].encode("utf-8", "surrogatepass")) > MAX_VERSION_BYTES:
        raise _Unreadable(f"{where} is over {MAX_VERSION_BYTES // 1024:,} KiB.")
    return ImportedVersion(
        document=_document(where, version["text"]),
        reason=_words(where, version, "message"),
        author=_words(where, version, "author")[:200],
        at=_moment(where, version.get("at")),
    )


def _document(where: str, text: str) -> Any:
    try:
        document = content_from_text(text)
    except ContentError as error:
        raise _Unreadable(f"{where}: {error}") from None
    if problems := check_content(document):
        raise _Unreadable(f"{where}: {problems[0].sentence}")
    return document


def _words(where: str, version: dict[str, Any], field: str) -> str:
    words = version.get(field, "")
    if not isinstance(words, str) or check_text(words):
        raise _Unreadable(f"{where}: its “{field}” is no text.")
    return words[:MAX_MESSAGE]


def _moment(where: str, at: Any) -> datetime:
    if isinstance(at, bool) or not isinstance(at, int | float):
        raise _Unreadable(f"{where} has no “at” in seconds since 1970.")
    try:
        return datetime.fromtimestamp(at, UTC)
    except (ValueError, OverflowError, OSError):
        raise _Unreadable(f"{where}: its “at” is no moment in time.") from None
