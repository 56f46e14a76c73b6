"""The answer to every "may I": yes, or no with a sentence that says what to do next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from django.utils.translation import gettext as _


class Refusal(Enum):
    """Why the answer is no. The three are different errors for the person who asked."""

    NOT_VISIBLE = 404
    NOT_ALLOWED = 403
    NOT_POSSIBLE = 409


@dataclass(frozen=True)
class Verdict:
    """Truthy when allowed. A refusal carries its code, its sentence and who can help."""

    refusal: Refusal | None = None
    code: str = "ok"
    sentence: str = ""
    who: tuple[str, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return self.refusal is None


ALLOW = Verdict()


def not_visible(sentence: str = "") -> Verdict:
    return Verdict(Refusal.NOT_VISIBLE, "not_found", sentence or _("There is nothing here."))


def not_allowed(code: str, sentence: str, who: tuple[str, ...] = ()) -> Verdict:
    return Verdict(Refusal.NOT_ALLOWED, code, sentence, who)


def not_possible(code: str, sentence: str, **facts: Any) -> Verdict:
    return Verdict(Refusal.NOT_POSSIBLE, code, sentence, (), facts)
