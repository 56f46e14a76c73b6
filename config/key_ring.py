"""A signing key and the public ones before it: one file of the data folder, mode 0600, which all
processes of an installation share. The newest key signs; an older one keeps only its public part.
"""

import fcntl
import json
import os
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from apps.core import signatures
from config.data_folder import keep_secret


@dataclass(frozen=True)
class Key:
    """`private` is empty once another key signs; `until`: when it stops being published."""

    id: str
    public_key: str
    since: str
    until: str | None = None
    private: str = ""


class KeyRing:
    def __init__(self, data: Path, name: str) -> None:
        self._data, self._name = data, name
        self._read: tuple[int, int, int] | None = None
        self._keys: tuple[Key, ...] = ()
        self._signing: tuple[str, Ed25519PrivateKey] | None = None  # changes as one

    @property
    def id(self) -> str:
        """The key that signs."""
        return self._signer()[0]

    def sign(self, data: bytes) -> str:
        ident, private = self._signer()
        return signatures.sign(private, ident, data)

    def verify(self, signature: str, data: bytes) -> bool:
        """By any key that is published now."""
        return any(signatures.verify(key.public_key, signature, data) for key in self.published())

    def all(self) -> list[Key]:
        """Every public key that the file has."""
        self._signer()
        return list(self._keys)

    def published(self) -> list[Key]:
        self._signer()
        now = _now()
        return [key for key in self._keys if key.until is None or key.until > now]

    def reload(self) -> bool:
        """Read the file if it changed; whether another key signs now."""
        text = keep_secret(self._data, self._name, _first)
        found = self._path.stat()
        stamp = (found.st_ino, found.st_mtime_ns, found.st_size)
        if stamp == self._read:
            return False
        keys = tuple(Key(**row) for row in json.loads(text))
        before = self._keys[-1].id if self._keys else ""
        private = Ed25519PrivateKey.from_private_bytes(signatures.decoded(keys[-1].private))
        self._keys, self._signing, self._read = keys, (keys[-1].id, private), stamp
        return bool(before) and before != keys[-1].id

    def rotate(self, overlap: timedelta) -> Key:
        """A new key signs from now on; the one before is published for `overlap` longer."""
        self.reload()
        with open(self._path.with_suffix(".lock"), "a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self.reload()
            until = _text(datetime.now(UTC) + overlap)
            old = [Key(k.id, k.public_key, k.since, k.until or until) for k in self.published()]
            self._write([*old, _new()])
        self.reload()
        return self._keys[-1]

    def _signer(self) -> tuple[str, Ed25519PrivateKey]:
        if self._signing is None:
            self.reload()
        assert self._signing is not None
        return self._signing

    @property
    def _path(self) -> Path:
        return self._data / "secrets" / self._name

    def _write(self, keys: list[Key]) -> None:
        new = self._path.with_suffix(f".{os.getpid()}")
        handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(_lines(keys))
            file.flush()
            os.fsync(file.fileno())
        os.replace(new, self._path)


def _first() -> str:
    return _lines([_new()])


def _new() -> Key:
    private = signatures.new_private_key()
    public = signatures.public_part(private)
    return Key(signatures.key_id(public), public, _now(), None, private)


def _lines(keys: list[Key]) -> str:
    return json.dumps([asdict(key) for key in keys], indent=1)


def _now() -> str:
    return _text(datetime.now(UTC))


def _text(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
