"""What the delivery keeps in memory: plain values, compiled to bytes once."""

from __future__ import annotations

import hashlib
import json
import sys
import zlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from apps.delivery import deprecation
from apps.delivery.signing import RING, signed
from apps.delivery.wire import lines
from apps.prompts.compile import Compiled, compile_content
from apps.prompts.content import parse
from apps.releases.assignment import Attributes, arm_for


@dataclass(frozen=True, slots=True)
class KeyRecord:
    """An API key. `any_version`: its environment stands outside the order (development)."""

    id: int
    kind: str
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
class Former:
    """A path that a prompt has left, from when and until when it leads on (seconds since 1970)."""

    path: str
    prompt_id: int
    since: float
    until: float


@dataclass(frozen=True, slots=True)
class Body:
    """One answer, ready to send."""

    data: bytes
    etag: str
    head: bytes  # its header lines: written here once, and small beside pairs of ten thousand

    @property
    def head_alone(self) -> bytes:
        """Of a 304: without what is said of the body, which comes first."""
        return self.head[self.head.index(b"etag: ") :]


@dataclass(frozen=True, slots=True)
class Arm:
    """A version that a part of the calls gets while a release runs by steps. `packed`: its content,
    which is read once for the answers and then rarely, so it is kept small."""

    number: int
    content_hash: str
    packed: bytes = field(repr=False)

    def document(self) -> dict[str, Any]:
        return dict(parse(zlib.decompress(self.packed)))


def pack(content: bytes) -> bytes:
    return zlib.compress(content, 1)


@dataclass(slots=True)
class Served:
    """A version as served in one environment; never released there: no release, no revision.

    While a release runs by steps, `split` says which arm gets what share, as an answer tells it,
    and `arms` holds each arm's version by its name; a call that does not say whom it is for (arm
    None) gets the first one's.
    """

    prompt_id: int
    path: str
    number: int
    environment_id: int
    environment: str
    release_id: int | None
    revision: int | None
    released_at: datetime | None
    content_hash: str
    packed: bytes = field(repr=False)
    deprecated: dict[str, Any] | None = None  # as the answer says it
    split: dict[str, Any] | None = None
    arms: dict[str, Arm] = field(default_factory=dict, repr=False)
    # Answers know the id of the key that signed them. Nearly every call asks for the first model
    # and no arm, and there are ten thousand prompts: that answer has its own place.
    _plain: tuple[str, Body] | None = field(default=None, repr=False)
    _bodies: dict[tuple[str | None, str | None, str], Body] | None = field(default=None, repr=False)
    _models: dict[str | None, tuple[str, ...]] | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        self.environment = sys.intern(self.environment)  # one text for ten thousand prompts

    def arm_of(self, unit: str | None, attributes: Attributes) -> str | None:
        """The arm that a unit gets; None without a split or without a unit."""
        if self.split is None or unit is None:
            return None
        return str(arm_for(self.split, unit, attributes)["arm"])

    def version_of(self, arm: str | None) -> Arm:
        """What an arm is served; None: what everybody gets, in a split the first arm's."""
        if self.split is None:
            return Arm(self.number, self.content_hash, self.packed)
        return self.arms[arm or self.split["arms"][0]["arm"]]

    def models(self, arm: str | None = None) -> tuple[str, ...]:
        known = self._models
        if known is None:
            known = self._models = {}
        found = known.get(arm)
        if found is None:
            models = self.version_of(arm).document()["models"]
            found = known[arm] = tuple(m["model"] for m in models)
        return found

    def body(self, model: str | None, arm: str | None = None) -> Body:
        """The answer for a model (None: the first) and an arm. Compiled and signed once; the caller
        checked both names."""
        signer = RING.id
        if model is None and arm is None:
            plain = self._plain
            if plain is None or plain[0] != signer:
                plain = self._plain = (signer, _body(self, None, None))
            return plain[1]
        bodies = self._bodies
        if bodies is None:
            bodies = self._bodies = {}
        found = bodies.get((model, arm, signer))
        if found is None:
            found = bodies[(model, arm, signer)] = _body(self, model, arm)
        return found

    def forget_answers(self) -> None:
        """Another key signs: what the one before signed is not given out any more."""
        self._plain = self._bodies = None

    def compiled(self, model: str | None, arm: str | None) -> tuple[dict[str, Any], Compiled]:
        content = self.version_of(arm).document()
        return content, compile_content(content, model)

    def facts(self, arm: str | None = None) -> dict[str, Any]:
        """What every answer says of it first."""
        version = self.version_of(arm)
        return {
            "prompt": self.path,
            "version": version.number,
            "environment": self.environment,
            "revision": self.revision,
            "content_hash": version.content_hash,
            "released_at": instant(self.released_at),
        }

    def shares(self, arm: str | None) -> dict[str, Any] | None:
        """The split as the answer tells it: enough for a client to choose the arm by itself."""
        if self.split is None:
            return None
        told = {name: self.split[name] for name in ("id", "salt")}
        shares = {"arms": self.split["arms"], "audience": self.split.get("audience")}
        return {**told, "arm": arm, **shares}


def instant(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z") if at else None


def _body(served: Served, model: str | None, arm: str | None) -> Body:
    content, compiled = served.compiled(model, arm)
    document = {
        **served.facts(arm),
        "messages": list(compiled.messages),
        "variables": content["variables"],
        "model": compiled.model,
        "output": content["output"],
        "tools": content["tools"],
        "split": served.shares(arm),
        "deprecated": served.deprecated,
    }
    data = json.dumps(signed(document), ensure_ascii=False, separators=(",", ":")).encode()
    etag = f'"{served.revision or 0}-{hashlib.sha256(data).hexdigest()[:32]}"'
    return Body(data, etag, lines(_headers(served, data, etag)))


def _headers(served: Served, data: bytes, etag: str) -> list[tuple[bytes, bytes]]:
    revision = [(b"galley-revision", str(served.revision).encode())] if served.revision else []
    return [*plain_headers(data, etag), *revision, *deprecation.headers(served.deprecated)]


def plain_headers(data: bytes, etag: str) -> list[tuple[bytes, bytes]]:
    return [  # what is said of the body comes first
        (b"content-type", b"application/json"),
        (b"content-length", str(len(data)).encode()),
        (b"etag", etag.encode()),
        (b"cache-control", b"private"),
        (b"vary", b"Authorization"),
        (b"x-content-type-options", b"nosniff"),
    ]
