"""The text of an API key: made, read and compared. Pure and without Django.

`gly_<environment>_<kind>_<selector>_<secret>_<checksum>`, read from the right, since the name of an
environment may hold `_`. The checksum tells a mistyped key from a wrong one without any look-up,
and lets secret scanners be sure. The whole text is hashed: with any part changed it is another key.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import zlib
from dataclasses import dataclass, field

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
PREFIX = "gly"
SELECTOR_LENGTH = 12
SECRET_LENGTH = 32  # 190 bits
CHECKSUM_LENGTH = 6
MAX_KEY_LENGTH = 200

_KEY = re.compile(
    rf"{PREFIX}_(?P<environment>[a-z0-9][a-z0-9_-]{{0,62}})_(?P<kind>[a-z]{{1,8}})"
    rf"_(?P<selector>[0-9A-Za-z]{{{SELECTOR_LENGTH}}})_(?P<secret>[0-9A-Za-z]{{{SECRET_LENGTH}}})"
    rf"_(?P<checksum>[0-9A-Za-z]{{{CHECKSUM_LENGTH}}})"
)


@dataclass(frozen=True)
class NewKey:
    """`text` is shown once and kept nowhere; `secret_hash` is what is stored (64 hex digits)."""

    text: str = field(repr=False)
    selector: str
    secret_hash: str


@dataclass(frozen=True)
class KeyParts:
    environment: str
    kind: str
    selector: str


def make_key(environment: str, kind: str) -> NewKey:
    selector, secret = _letters(SELECTOR_LENGTH), _letters(SECRET_LENGTH)
    body = f"{beginning(environment, kind, selector)}_{secret}"
    text = f"{body}_{checksum(body)}"
    return NewKey(text, selector, hash_key(text))


def beginning(environment: str, kind: str, selector: str) -> str:
    """What may be shown of a key for ever: whoever finds one somewhere learns whose it is."""
    return f"{PREFIX}_{environment}_{kind}_{selector}"


def parse_key(text: str) -> KeyParts | None:
    """The parts that may be shown; None for what cannot be a key (shape or checksum)."""
    if len(text) > MAX_KEY_LENGTH:
        return None
    match = _KEY.fullmatch(text)
    if match is None or checksum(text[: -CHECKSUM_LENGTH - 1]) != match["checksum"]:
        return None
    return KeyParts(match["environment"], match["kind"], match["selector"])


def hash_key(text: str) -> str:
    """SHA-256 suffices: the secret has more bits than anybody can try."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def fits(text: str, secret_hash: str) -> bool:
    """Constant time: how long it takes says nothing about how much was right."""
    return hmac.compare_digest(hash_key(text), secret_hash)


def checksum(body: str) -> str:
    return base62(zlib.crc32(body.encode()), CHECKSUM_LENGTH)


def base62(number: int, length: int) -> str:
    letters = ""
    for _ in range(length):
        number, rest = divmod(number, 62)
        letters = ALPHABET[rest] + letters
    return letters


def _letters(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(length))
