"""A prompt itself: made, described, put away and taken out again. All governed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from apps.audit.trail import record
from apps.core.actions import governed
from apps.core.errors import require
from apps.core.live import touch
from apps.prompts import content, events
from apps.prompts.actions.desk import Desk
from apps.prompts.actions.paths import _free_path, _locked_namespace, _take_path
from apps.prompts.entrance import (
    MAX_NAME,
    MAX_PURPOSE,
    clean_line,
    clean_tags,
    require_document,
)
from apps.prompts.models import Draft, Prompt, Sample
from apps.prompts.permissions import (
    can_change_prompt,
    can_create_prompt,
)
from apps.teams.models import Namespace, Team


@governed
def create_prompt(
    namespace: Namespace,
    *,
    segment: str,
    name: str,
    purpose: str = "",
    owner: Team | None = None,
    tags: Iterable[str] = (),
    document: content.Document | None = None,
    samples: Mapping[str, Mapping[str, Any]] | None = None,
    actor: Any,
) -> Prompt:
    """A prompt with its shared draft: `document`, or two empty blocks; `samples`: name → values.

    Raises Invalid for a path that cannot be or is taken, or a document that is not one.
    """
    cleaned = {
        "name": clean_line("name", name, MAX_NAME, required=True),
        "purpose": clean_line("purpose", purpose, MAX_PURPOSE),
        "owner": owner,
        "tags": clean_tags(tags),
    }
    if document is not None:
        require_document(document)
    place = _locked_namespace(namespace)
    require(can_create_prompt(actor, place))
    path = _free_path(place, segment)
    _take_path(path)
    prompt = _make(place, path, cleaned, document or _two_blocks(), actor)
    for sample, values in (samples or {}).items():
        Sample(prompt=prompt, name=sample, values=dict(values)).save()
    record(
        events.CREATED,
        actor=actor,
        target=prompt,
        namespace=place,
        after=_details(prompt),
        path=prompt.path,
    )
    return prompt


def _two_blocks() -> content.Document:
    blocks = [content.new_block("instructions"), content.new_block("input")]
    return {**content.new_content(), "blocks": blocks}


def _make(
    namespace: Namespace,
    path: str,
    details: dict[str, Any],
    document: content.Document,
    actor: Any,
) -> Prompt:
    person = Desk.person_of(actor)
    prompt = Prompt(namespace=namespace, path=path, created_by=person, **details)
    prompt.save()
    draft = Draft(prompt=prompt)
    Desk.save_quietly(draft)
    desk = Desk.over(prompt, draft, actor)
    desk.replace_content(document)
    desk.finish(structure=True)
    return prompt


def _details(prompt: Prompt) -> dict[str, Any]:
    """What the trail keeps of a prompt: names and choices, never its text."""
    return {
        "path": prompt.path,
        "name": prompt.name,
        "purpose": prompt.purpose,
        "owner": prompt.owner_id,
        "tags": prompt.tags,
    }


@governed
def change_prompt(
    prompt: Prompt,
    *,
    name: str,
    purpose: str,
    tags: Iterable[str],
    actor: Any,
) -> Prompt:
    cleaned_name = clean_line("name", name, MAX_NAME, required=True)
    cleaned_purpose = clean_line("purpose", purpose, MAX_PURPOSE)
    cleaned_tags = clean_tags(tags)
    locked = Desk.lock(prompt.pk)
    require(can_change_prompt(actor, locked))
    before = _details(locked)
    locked.name, locked.purpose, locked.tags = cleaned_name, cleaned_purpose, cleaned_tags
    locked.save()
    touch("prompt", locked.pk)
    record(
        events.CHANGED,
        actor=actor,
        target=locked,
        namespace=locked.namespace,
        before=before,
        after=_details(locked),
        path=locked.path,
    )
    return locked
