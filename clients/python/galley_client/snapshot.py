"""The last good answers on the disk, one file a prompt, for a start without the server."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from galley_client.known import Known
from galley_client.memory import Wanted
from galley_client.signing import BadSignature, PublicKeys
from galley_client.stored import checked, known_from, read_document

log = logging.getLogger("galley_client")

KEYS_FILE = "keys.json"
FORM = 1


class Snapshot:
    """In a folder of the application's choice; one folder in it for each server and environment.
    Files are readable for their owner alone, and replaced whole."""

    def __init__(
        self, folder: str | os.PathLike[str], identity: str, environment: str, keys: PublicKeys
    ) -> None:
        self._folder = Path(folder) / identity
        self._environment = environment
        self._keys = keys
        self._is_warned = False
        self._load_keys()

    def find(self, wanted: Wanted, clock: Callable[[], float]) -> Known | None:
        """The last good answer, or None; a file that is broken or not rightly signed is ignored
        with a warning."""
        path = self._path(wanted)
        try:
            document = read_document(path)
            if document.get("form") != FORM or document.get("wanted") != list(wanted):
                raise ValueError("it is of another form")
            answers = checked(document["answers"], self._keys, self._environment)
            age = max(0.0, time.time() - path.stat().st_mtime)
            known = known_from(answers, clock, age)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError, BadSignature) as error:
            log.warning("%s is ignored: %s", path, error)
            return None
        if known is not None:
            known.etag = str(document.get("etag", ""))
        return known

    def save(self, wanted: Wanted, known: Known) -> None:
        """A newer revision that another process has written stays."""
        path = self._path(wanted)
        if wanted.is_current and self._is_newer(path, known):
            return
        answers = [known.first, *(a for a in known.arms.values() if a is not known.first)]
        document = {
            "form": FORM,
            "wanted": list(wanted),
            "etag": known.etag,
            "answers": [released.answer for released in answers],
        }
        self._write(path, document)

    def confirm(self, wanted: Wanted) -> None:
        """What is there is so now: the file's time is when the server last said so."""
        with suppress(OSError):
            os.utime(self._path(wanted))

    def forget(self, wanted: Wanted) -> None:
        with suppress(OSError):
            self._path(wanted).unlink()

    def save_keys(self, keys: PublicKeys) -> None:
        self._write(self._folder / KEYS_FILE, keys.document())

    def _load_keys(self) -> None:
        path = self._folder / KEYS_FILE
        try:
            self._keys.learn(read_document(path))
        except FileNotFoundError:
            return
        except (OSError, ValueError, BadSignature) as error:
            log.warning("%s is ignored: %s", path, error)

    def _path(self, wanted: Wanted) -> Path:
        name = hashlib.sha256(json.dumps(wanted).encode()).hexdigest()[:32]
        return self._folder / f"{name}.json"

    def _is_newer(self, path: Path, known: Known) -> bool:
        try:
            there = known_from(
                checked(read_document(path)["answers"], self._keys, self._environment),
                known.clock,
                0.0,
            )
        except (OSError, ValueError, KeyError, TypeError, BadSignature):
            return False
        return there is not None and known.is_older_than(there)

    def _write(self, path: Path, document: dict[str, Any]) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_whole(path, json.dumps(document, ensure_ascii=False).encode(), 0o600)
        except (OSError, ValueError) as error:
            if not self._is_warned:
                self._is_warned = True
                log.warning("No snapshot is kept: %s", error)


def write_whole(path: Path, data: bytes, mode: int) -> None:
    """A reader sees the old file or the new one, never half of one."""
    passing = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
    try:
        number = os.open(passing, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(number, "wb") as file:
            file.write(data)
        os.replace(passing, path)
    except BaseException:
        with suppress(OSError):
            passing.unlink()
        raise
