"""Signs answers as Galley does."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


class Signer:
    """A key pair with its id; `document` is what /.well-known/galley-keys says of it."""

    def __init__(self, id: str) -> None:
        self._id = id
        self._key = Ed25519PrivateKey.generate()

    @property
    def document(self) -> dict[str, Any]:
        public = _text(self._key.public_key().public_bytes_raw())
        since = "2026-01-01T00:00:00Z"
        row = {"id": self._id, "algorithm": "ed25519", "public_key": public}
        return {"keys": [{**row, "from": since, "until": None}]}

    def sign(self, answer: Mapping[str, Any]) -> dict[str, Any]:
        bare = {name: value for name, value in answer.items() if name != "signature"}
        signature = _text(self._key.sign(rfc8785.dumps(bare)))
        return {**bare, "signature": f"ed25519:{self._id}:{signature}"}


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
