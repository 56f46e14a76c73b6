"""Versions as another place kept them, and which of them are new here. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from apps.prompts import content


@dataclass(frozen=True)
class ImportedVersion:
    """`at` and `author` are what the source says; nobody here vouches for them."""

    document: content.Document
    reason: str
    author: str
    at: datetime


@dataclass(frozen=True)
class Coming:
    version: ImportedVersion
    data: bytes
    digest: str


def coming_versions(known: Sequence[str], versions: Sequence[ImportedVersion]) -> list[Coming]:
    """The versions after those that are here: hashes are matched in order, then the rest is new.

    Equal neighbours are one version. Raises ContentError for a document that cannot be one.
    """
    coming = _without_repeats([_coming(version) for version in versions])
    here = iter(known)
    place = 0
    while place < len(coming) and coming[place].digest in here:  # moves `here` past the match
        place += 1
    rest = coming[place:]
    return rest[1:] if rest and known and rest[0].digest == known[-1] else rest


def _coming(version: ImportedVersion) -> Coming:
    content.require_content(version.document)
    data = content.canonical_bytes(version.document)
    return Coming(version, data, content.content_hash(data))


def _without_repeats(coming: Sequence[Coming]) -> list[Coming]:
    return [
        one
        for place, one in enumerate(coming)
        if place == 0 or one.digest != coming[place - 1].digest
    ]
