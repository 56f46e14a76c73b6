"""Errors that a person may cause. Each has an HTTP status and a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from apps.core.verdicts import Refusal, Verdict


class GalleyError(Exception):
    """Base of the errors below; never raised itself."""

    status = 500


class Refused(GalleyError):
    """An action was refused. `denied` is set where the refusal itself is to be recorded."""

    def __init__(self, verdict: Verdict, denied: Mapping[str, Any] | None = None) -> None:
        super().__init__(verdict.sentence)
        self.verdict = verdict
        self.denied = denied

    @property
    def code(self) -> str:
        return self.verdict.code


class NotVisible(Refused):
    status = 404


class NotAllowed(Refused):
    status = 403


class NotPossible(Refused):
    status = 409


class Elsewhere(GalleyError):
    """The page that was asked for is at another address of this server now."""

    status = 302

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self.address = address


class Invalid(GalleyError):
    """What was typed cannot be taken: field name (or "" for the whole) → sentences."""

    status = 422

    def __init__(self, errors: Mapping[str, list[str]] | str) -> None:
        self.errors: dict[str, list[str]] = (
            {"": [errors]} if isinstance(errors, str) else {k: list(v) for k, v in errors.items()}
        )
        super().__init__(self.sentence)

    @property
    def sentence(self) -> str:
        return " ".join(text for texts in self.errors.values() for text in texts)


_ERRORS = {
    Refusal.NOT_VISIBLE: NotVisible,
    Refusal.NOT_ALLOWED: NotAllowed,
    Refusal.NOT_POSSIBLE: NotPossible,
}


def require(verdict: Verdict, denied: Mapping[str, Any] | None = None) -> None:
    """Raise the error that fits a refusal; return None when allowed.

    `denied` = {"event", "target", "namespace", "environment"} asks for the refusal to be
    recorded in the audit trail (protected environments).
    """
    if verdict.refusal is not None:
        raise _ERRORS[verdict.refusal](verdict, denied)
