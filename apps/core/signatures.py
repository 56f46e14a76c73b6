"""Ed25519 over canonical JSON (RFC 8785). Pure: nothing here knows Django or where keys lie.

A signature is text: `ed25519:<id of the key>:<base64url without padding>`.
"""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ALGORITHM = "ed25519"
LARGEST = 2**53 - 1  # beyond it JSON's numbers are doubles (RFC 8785, 3.2.2.3)


def canonical(document: Any) -> bytes:
    """The bytes that are signed. ValueError for what is no JSON."""
    return rfc8785.dumps(_as_doubles(document))


def _as_doubles(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _as_doubles(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_as_doubles(one) for one in value]
    large = isinstance(value, int) and abs(value) > LARGEST
    return float(value) if large else value


def new_private_key() -> str:
    return encoded(Ed25519PrivateKey.generate().private_bytes_raw())


def public_part(private: str) -> str:
    key = Ed25519PrivateKey.from_private_bytes(decoded(private))
    return encoded(key.public_key().public_bytes_raw())


def key_id(public: str) -> str:
    """Sixteen hexadecimal digits of the public key's SHA-256: the same wherever it is named."""
    return hashlib.sha256(decoded(public)).hexdigest()[:16]


def sign(private: Ed25519PrivateKey, ident: str, data: bytes) -> str:
    return f"{ALGORITHM}:{ident}:{encoded(private.sign(data))}"


def verify(public: str, signature: str, data: bytes) -> bool:
    """Whether the signature is this key's, over these bytes; False for whatever cannot be read."""
    algorithm, _, rest = signature.partition(":")
    ident, _, text = rest.partition(":")
    try:
        if algorithm != ALGORITHM or ident != key_id(public):
            return False
        Ed25519PublicKey.from_public_bytes(decoded(public)).verify(decoded(text), data)
    except (InvalidSignature, ValueError):
        return False
    return True


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def decoded(text: str) -> bytes:
    """Strict: ValueError for anything but base64url without padding."""
    data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    if encoded(data) != text:
        raise ValueError("not the one form of these bytes")
    return data
