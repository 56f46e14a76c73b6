"""What a new prompt can begin with: Galley's own starters, and templates of one's teams."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from apps.prompts.content import Document
from apps.prompts.models import Prompt
from apps.prompts.queries.documents import draft_document, version_document
from apps.prompts.queries.prompts import draft_of, latest_version, visible_prompts
from apps.prompts.starters import starter, starters
from apps.prompts.states import Lifecycle

TEMPLATE_TAG = "template"
OWN, TEAM = "starter", "prompt"
_MOST = 50


@dataclass(frozen=True)
class Beginning:
    """`code` is "starter/<code>" or "prompt/<path>"."""

    code: str
    name: str
    purpose: str
    group: str


@dataclass(frozen=True)
class Chosen(Beginning):
    """`samples`: name → values by variable."""

    document: Document
    samples: dict[str, dict[str, Any]]


def beginnings(actor: Any) -> list[Beginning]:
    """Templates of one's teams first: prompts with the tag “template” that one may see."""
    ours = [
        Beginning(f"{TEAM}/{prompt.path}", prompt.name, prompt.purpose, str(_("From our team")))
        for prompt in _templates(actor)[:_MOST]
    ]
    known = [Beginning(f"{OWN}/{s.code}", s.name, s.purpose, s.group) for s in starters()]
    return [*ours, *known]


def beginning(actor: Any, code: str) -> Chosen | None:
    """The one with this code, if there is such a one for this actor."""
    kind, _slash, name = code.partition("/")
    if kind == OWN:
        return _starter(code, name)
    found = _templates(actor).filter(path=name).first() if kind == TEAM else None
    return _of_prompt(code, found) if found else None


def _templates(actor: Any) -> Any:
    rows = visible_prompts(actor).filter(tags__contains=[TEMPLATE_TAG])
    return rows.exclude(lifecycle=Lifecycle.ARCHIVED).order_by("name")


def _starter(code: str, name: str) -> Chosen | None:
    one = starter(name)
    if one is None:
        return None
    return Chosen(code, one.name, one.purpose, one.group, one.document, one.samples)


def _of_prompt(code: str, prompt: Prompt) -> Chosen:
    """What its last version says; a prompt that has none yet lends its draft."""
    version = latest_version(prompt)
    document = version_document(version) if version else draft_document(draft_of(prompt))
    samples = {sample.name: sample.values for sample in prompt.samples.all()}
    return Chosen(code, prompt.name, prompt.purpose, str(_("From our team")), document, samples)
