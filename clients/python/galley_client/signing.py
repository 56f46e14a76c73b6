"""Whether an answer is what the server signed, by its public keys."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from galley_client.canonical import canonical

ALGORITHM = "ed25519"


class BadSignature(Exception):
    """The answer is not what the server signed, or nobody signed it."""


class UnknownKey(BadSignature):
    """Signed with a key that is not among those known: they may have to be fetched again."""


class PublicKeys:
    """Public keys by their id. `given`: id → base64url of 32 bytes, or the document of
    /.well-known/galley-keys; these are then the only ones, for ever. Without it the first ones that
    are learned are kept: a known id never changes its key."""

    def __init__(self, given: Mapping[str, Any] | None = None) -> None:
        self._keys: dict[str, bytes] = {}
        self.is_fixed = given is not None
        if given is not None:
            self._keys = _read(given)

    def __bool__(self) -> bool:
        return bool(self._keys)

    def learn(self, document: Mapping[str, Any]) -> bool:
        """Take what the server says its keys are; whether anything is new. BadSignature if it
        gives a known id another key, ValueError if it cannot be read."""
        if self.is_fixed:
            return False
        told = _read(document)
        changed = [id for id, key in told.items() if self._keys.get(id, key) != key]
        if changed:
            raise BadSignature(f"The server changed its public key {changed[0]}.")
        is_new = told != self._keys
        self._keys = told
        return is_new

    def document(self) -> dict[str, Any]:
        """The keys in the shape that `learn` takes."""
        keys = [
            {"id": id, "algorithm": ALGORITHM, "public_key": _encoded(key)}
            for id, key in self._keys.items()
        ]
        return {"keys": keys}

    def check(self, answer: Mapping[str, Any]) -> None:
        """BadSignature unless the answer's `signature` is right for all its other fields."""
        key, signature = self._named(answer.get("signature"))
        signed = {name: value for name, value in answer.items() if name != "signature"}
        try:
            Ed25519PublicKey.from_public_bytes(key).verify(signature, canonical(signed))
        except (InvalidSignature, ValueError, OverflowError, RecursionError):
            raise BadSignature("The signature does not fit.") from None

    def _named(self, signature: Any) -> tuple[bytes, bytes]:
        parts = signature.split(":") if isinstance(signature, str) else []
        if len(parts) != 3 or parts[0] != ALGORITHM:
            raise BadSignature("It is not signed.")
        if parts[1] not in self._keys:
            raise UnknownKey(f"It is signed with the unknown key {parts[1][:40]!r}.")
        try:
            return self._keys[parts[1]], _decoded(parts[2])
        except ValueError:
            raise BadSignature("Its signature cannot be read.") from None


def _read(document: Mapping[str, Any]) -> dict[str, bytes]:
    """ValueError unless every key is an Ed25519 key of 32 bytes."""
    try:
        rows = document.get("keys", document)
        pairs = rows.items() if isinstance(rows, Mapping) else _pairs(rows)
        keys = {str(id): _decoded(text) for id, text in pairs}
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("These are no public keys of Galley.") from error
    if any(len(key) != 32 for key in keys.values()):
        raise ValueError("A public key has 32 bytes.")
    return keys


def _pairs(rows: Any) -> list[tuple[str, str]]:
    return [(row["id"], row["public_key"]) for row in rows if row["algorithm"] == ALGORITHM]


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("no base64url") from None


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
