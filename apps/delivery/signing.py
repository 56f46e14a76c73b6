"""Who signs the answers of this process: the installation's key, read from the data folder."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from apps.core.signatures import ALGORITHM, canonical
from config.environment import read
from config.key_ring import KeyRing

NAME = "signing-keys"
KEYS_PATH = "/.well-known/galley-keys"
RING = KeyRing(read().data, NAME)


def signed(document: dict[str, Any]) -> dict[str, Any]:
    """The document with its signature as the last field."""
    return {**document, "signature": RING.sign(canonical(document))}


def published() -> tuple[bytes, str]:
    """The answer of KEYS_PATH and its ETag."""
    keys = [
        {
            "id": key.id,
            "algorithm": ALGORITHM,
            "public_key": key.public_key,
            "from": key.since,
            "until": key.until,
        }
        for key in RING.published()
    ]
    data = json.dumps({"keys": keys}).encode()
    return data, f'"{hashlib.sha256(data).hexdigest()[:32]}"'
