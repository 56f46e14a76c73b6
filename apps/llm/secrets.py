"""Secrets of connections at rest: encrypted with the newest key, read with any that is kept.

Keys come from GALLEY_MODEL_KEYS (newest first, with commas) where it is set, and from a file of
the data folder. The file is read anew when it changed: other processes may rotate it.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from config.data_folder import keep_secret
from config.environment import BadEnvironment, read

FILE = "model-keys"
KEPT = 2  # keys after a rotation: the new one, and the one that processes may still write with


class Unreadable(Exception):
    """No key that is kept opens this secret."""


class Keys:
    """The keys of an installation, newest first."""

    def __init__(self, data: Path, given: str = "") -> None:
        self._path, self._data = data / "secrets" / FILE, data
        self._given = [_checked(key.strip()) for key in given.split(",") if key.strip()]
        self._stamp: tuple[int, int] | None = None
        self._kept: list[str] = []

    def all(self) -> list[str]:
        return [*self._given, *self._of_the_file()]

    def encrypt(self, secret: str) -> tuple[bytes, str]:
        """The secret as it is kept, and the id of the key that it was encrypted with."""
        first = self.all()[0]
        return Fernet(first).encrypt(secret.encode()), key_id(first)

    def decrypt(self, kept: bytes | memoryview[int]) -> str:
        if not kept:
            return ""
        for _again in range(2):
            try:
                return self._reader().decrypt(bytes(kept)).decode()
            except InvalidToken:
                self._stamp = None  # another process may have rotated the file just now
        raise Unreadable

    def rotate(self) -> str:
        """Put a new key in front of the file's; return its id. Keys of the environment stay: there
        the new one is put in front by whoever sets it."""
        if self._given:
            return key_id(self._given[0])
        self._of_the_file()
        with open(self._path.with_suffix(".lock"), "a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self._write([Fernet.generate_key().decode(), *self._of_the_file()][:KEPT])
        return key_id(self.all()[0])

    def forget(self) -> None:
        """Keep the newest key of the file alone."""
        with open(self._path.with_suffix(".lock"), "a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self._write(self._of_the_file()[:1])

    def _reader(self) -> MultiFernet:
        return MultiFernet([Fernet(key) for key in self.all()])

    def _of_the_file(self) -> list[str]:
        if self._given and not self._path.exists():
            return []
        text = keep_secret(self._data, FILE, lambda: Fernet.generate_key().decode())
        found = self._path.stat()
        stamp = (found.st_ino, found.st_mtime_ns)
        if stamp != self._stamp:
            self._kept, self._stamp = text.split(), stamp
        return self._kept

    def _write(self, keys: list[str]) -> None:
        new = self._path.with_suffix(f".{os.getpid()}")
        handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write("\n".join(keys))
            file.flush()
            os.fsync(file.fileno())
        os.replace(new, self._path)


def key_id(key: str) -> str:
    """Names a key without saying it."""
    return hashlib.sha256(key.encode()).hexdigest()[:12]


def keys() -> Keys:
    """The keys of this installation; the environment is read each time, as tests change it."""
    settings = read()
    name = (str(settings.data), settings.model_keys)
    if name not in _rings:
        _rings[name] = Keys(settings.data, settings.model_keys)
    return _rings[name]


_rings: dict[tuple[str, str], Keys] = {}


def _checked(key: str) -> str:
    try:
        Fernet(key)
    except ValueError:
        raise BadEnvironment(
            "GALLEY_MODEL_KEYS holds something that is no key; use 32 random bytes in URL-safe "
            "Base64, several with commas, the newest first."
        ) from None
    return key
