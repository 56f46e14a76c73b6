"""What the delivery keeps in memory: plain values, compiled to bytes once."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from apps.prompts.compile import Compiled, compile_content
from apps.prompts.content import parse


@dataclass(frozen=True, slots=True)
class KeyRecord:
    """An API key. `any_version`: its environment stands outside the order (development)."""

    id: int
    selector: str
    secret_hash: str = field(repr=False)
    environment_id: int
    environment: str
    any_version: bool
    namespaces: frozenset[int]
    expires_at: float  # seconds since 1970
    revoked: bool


@dataclass(frozen=True, slots=True)
class Place:
    """Where a prompt is: `lineage` holds the ids of its namespace and of those above."""

    prompt_id: int
    path: str
    lineage: frozenset[int]

    def is_open_to(self, key: KeyRecord) -> bool:
        return not self.lineage.isdisjoint(key.namespaces)


@dataclass(frozen=True, slots=True)
class Body:
    """One answer, ready to send."""

    data: bytes
    etag: str
    headers: tuple[tuple[bytes, bytes], ...]


@dataclass(slots=True)
class Served:
    """A version as served in one environment; never released there: no release, no revision."""

    prompt_id: int
    path: str
    number: int
    environment_id: int
    environment: str
    release_id: int | None
    revision: int | None
    released_at: datetime | None
    content_hash: str
    content: bytes = field(repr=False)
    _bodies: dict[str | None, Body] = field(default_factory=dict, repr=False)
    _models: tuple[str, ...] | None = None

    def models(self) -> tuple[str, ...]:
        if self._models is None:
            self._models = tuple(m["model"] for m in parse(self.content)["models"])
        return self._models

    def body(self, model: str | None) -> Body:
        """The answer for a model (None: the first). Compiled once; the caller checked the name."""
        found = self._bodies.get(model)
        if found is None:
            found = self._bodies[model] = _body(self, model)
        return found

    def compiled(self, model: str | None) -> tuple[dict[str, Any], Compiled]:
        content = parse(self.content)
        return content, compile_content(content, model)

    def facts(self) -> dict[str, Any]:
        """What every answer says of it first."""
        return {
            "prompt": self.path,
            "version": self.number,
            "environment": self.environment,
            "revision": self.revision,
            "content_hash": self.content_hash,
            "released_at": _instant(self.released_at),
        }


def _instant(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z") if at else None


def _body(served: Served, model: str | None) -> Body:
    content, compiled = served.compiled(model)
    document = {
        **served.facts(),
        "messages": list(compiled.messages),
        "variables": content["variables"],
        "model": compiled.model,
        "output": content["output"],
        "tools": content["tools"],
        "split": None,
        "deprecated": None,
    }
    data = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    etag = f'"{served.revision or 0}-{hashlib.sha256(data).hexdigest()[:32]}"'
    return Body(data, etag, tuple(_headers(served, data, etag)))


def _headers(served: Served, data: bytes, etag: str) -> list[tuple[bytes, bytes]]:
    revision = [(b"galley-revision", str(served.revision).encode())] if served.revision else []
    return [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(data)).encode()),
        (b"etag", etag.encode()),
        (b"cache-control", b"private"),
        (b"vary", b"Authorization"),
        (b"x-content-type-options", b"nosniff"),
        *revision,
    ]
