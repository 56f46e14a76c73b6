"""What each model of a prompt is told differently, as its templates draw it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from django import template
from django.utils.translation import gettext as _

from apps.core.text import listing
from apps.prompts.compare.fields import block_names
from apps.prompts.content import Document

register = template.Library()

SAME, OWN, SKIPPED = "same", "own", "skipped"


@dataclass(frozen=True)
class OwnText:
    """One model and one block. `state`: same, own (`body`) or skipped (not sent)."""

    model: str
    code: str
    state: str
    body: str


@dataclass(frozen=True)
class OwnTexts:
    rows: list[OwnText]
    sentence: str

    @property
    def offered(self) -> bool:
        """One model alone has no use for other words; what it has is shown all the same."""
        return len(self.rows) > 1 or self.differs

    @property
    def differs(self) -> bool:
        return any(row.state != SAME for row in self.rows)


@dataclass(frozen=True)
class Variant:
    """`temperature`, `max_tokens`: as typed. `others`: its further parameters in words."""

    model: str
    code: str
    temperature: str
    max_tokens: str
    others: str
    sentence: str


def _code(model: str) -> str:
    """Part of an id in the page."""
    return hashlib.sha256(model.encode()).hexdigest()[:10]


@register.simple_tag
def own_texts(editor: Any, key: str) -> OwnTexts:
    """Of one block, in the order of the models."""
    rows = [
        _own_text(model["model"], model["overrides"].get(key))
        for model in editor.document["models"]
    ]
    return OwnTexts(rows, _of_block(rows))


def _own_text(model: str, own: dict[str, Any] | None) -> OwnText:
    state = SAME if own is None else OWN if "body" in own else SKIPPED
    return OwnText(model, _code(model), state, str((own or {}).get("body", "")))


def _of_block(rows: list[OwnText]) -> str:
    own = [row.model for row in rows if row.state == OWN]
    skipped = [row.model for row in rows if row.state == SKIPPED]
    parts = [_("Other words for %(models)s.") % {"models": listing(own)}] if own else []
    parts += [_("Not sent to %(models)s.") % {"models": listing(skipped)}] if skipped else []
    return " ".join(parts) or _("Every model gets these words.")


@register.simple_tag
def variants(editor: Any) -> list[Variant]:
    document = editor.document
    return [_variant(model, block_names(document)) for model in document["models"]]


def _variant(model: dict[str, Any], names: dict[str, str]) -> Variant:
    parameters = dict(model["parameters"])
    temperature, most = parameters.pop("temperature", None), parameters.pop("max_tokens", None)
    return Variant(
        model["model"],
        _code(model["model"]),
        "" if temperature is None else str(temperature),
        "" if most is None else str(most),
        ", ".join(f"{name} {value}" for name, value in parameters.items()),
        _of_model(model, names),
    )


def _of_model(model: dict[str, Any], names: dict[str, str]) -> str:
    """ "Other words in Guardrails. Examples is not sent." """
    own = [names[key] for key, one in model["overrides"].items() if "body" in one]
    gone = [names[key] for key, one in model["overrides"].items() if "body" not in one]
    parts = [_("Other words in %(blocks)s.") % {"blocks": listing(own)}] if own else []
    parts += [_("Not sent: %(blocks)s.") % {"blocks": listing(gone)}] if gone else []
    return " ".join(parts) or _("The same words as in every block.")


@register.simple_tag
def variant_names(document: Document) -> list[str]:
    return [model["model"] for model in document["models"]]
