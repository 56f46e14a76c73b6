"""A snippet's new version, proposed to one prompt that says an older one."""

from __future__ import annotations

from typing import Any

from apps.core.actions import working
from apps.core.errors import require
from apps.core.live import touch
from apps.prompts.actions.desk import Desk
from apps.prompts.models import Draft, Prompt, SnippetVersion
from apps.prompts.permissions import can_edit_prompt, can_pin_snippet
from apps.prompts.queries.documents import draft_document, pinned_part
from apps.prompts.queries.prompts import draft_contributors, draft_of
from apps.prompts.queries.snippets import outdated, writers_brought


@working
def propose_snippet(version: SnippetVersion, *, prompt: Prompt, actor: Any) -> Draft | None:
    """A draft beside the shared one: its words, with the pins of older versions moved. The shared
    draft stays as it is, finished or not. None where nothing is to do: no older pin, or proposed
    already."""
    require(can_pin_snippet(actor, version.snippet))
    locked = Desk.lock(prompt.pk)
    require(can_edit_prompt(actor, locked))
    shared = draft_of(locked)
    old = outdated(version.snippet, version.number).filter(draft=shared)
    keys = {str(block.key) for block in old}
    if not keys or locked.drafts.filter(proposed_by=version).exists():
        return None
    document = draft_document(shared)
    draft = Draft(prompt=locked, name=_free_name(locked, version), base=shared.base)
    draft.proposed_by, draft.opened_by = version, Desk.person_of(actor)
    Desk.save_quietly(draft)
    desk = Desk.over(locked, draft, actor)
    desk.replace_content(
        {**document, "blocks": [_moved(part, keys, version) for part in document["blocks"]]}
    )
    draft.save()
    desk.credit(draft_contributors(shared) | writers_brought(version, shared.base))
    touch("prompt", locked.pk)
    return draft


def _moved(part: dict[str, Any], keys: set[str], version: SnippetVersion) -> dict[str, Any]:
    if part["key"] not in keys:
        return part
    return {**pinned_part(version), "key": part["key"], "enabled": part["enabled"]}


def _free_name(prompt: Prompt, version: SnippetVersion) -> str:
    name = f"Snippet: {version.snippet.name[:50]} v{version.number}"
    taken = {known.casefold() for known in prompt.drafts.values_list("name", flat=True)}
    numbers = (f"{name} ({count})" for count in range(2, len(taken) + 3))
    return next(free for free in (name, *numbers) if free.casefold() not in taken)
