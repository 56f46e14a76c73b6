"""All prompts of an environment in one file, shipped with the application. Made by
`python -m galley_client bundle --output prompts.json`."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from galley_client.known import Known
from galley_client.memory import Wanted
from galley_client.released import Released
from galley_client.signing import BadSignature, PublicKeys
from galley_client.stored import checked, known_from, read_document

log = logging.getLogger("galley_client")

ADDRESS = "/api/v1/bundle"


class Bundle:
    """The file holds `{"bundle": what the server answered, "keys": its public keys}`; the server's
    answer alone will do where `public_keys=` is given. Signatures are checked when a prompt is
    taken out."""

    def __init__(self, path: str | os.PathLike[str], environment: str, keys: PublicKeys) -> None:
        self._path = Path(path)
        self._environment = environment
        self._keys = keys
        self._answers: dict[str, list[dict[str, Any]]] = {}
        try:
            self._load(read_document(self._path))
        except (OSError, ValueError, KeyError, TypeError, BadSignature) as error:
            self._answers = {}
            log.warning("%s is ignored: %s", self._path, error)

    def _load(self, document: Mapping[str, Any]) -> None:
        bundle = document.get("bundle", document)
        if "keys" in document and not self._keys:
            self._keys.learn({"keys": document["keys"]})
        for answer in bundle["prompts"]:
            self._answers.setdefault(answer["prompt"], []).append(answer)

    def find(self, wanted: Wanted, clock: Callable[[], float]) -> Known | None:
        """What the file has of a prompt; None if it has nothing, or nothing that is signed."""
        if wanted.label is not None or wanted.path not in self._answers:
            return None
        try:
            answers = checked(self._answers[wanted.path], self._keys, self._environment)
        except (ValueError, BadSignature) as error:
            log.warning("%s of %s is ignored: %s", wanted, self._path, error)
            return None
        known = known_from(_fitting(answers, wanted), clock, 0.0)
        if known is not None:
            known.is_fallback = True
        return known


def _fitting(answers: list[Released], wanted: Wanted) -> list[Released]:
    """For each arm the answer for the wanted model, else its first one; or that version's."""
    if wanted.model is not None:
        answers = [one for one in answers if one.model == wanted.model]
    if wanted.version is not None:
        return [one for one in answers if one.version == wanted.version][:1]
    arms: dict[str | None, Released] = {}
    for one in answers:
        arms.setdefault(one.arm, one)
    return list(arms.values())
