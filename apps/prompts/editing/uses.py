"""What became of a snippet's newest version in each prompt that uses the snippet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from apps.prompts.models import Draft, DraftBlock, Prompt, SnippetVersion
from apps.prompts.permissions import can_edit_prompt
from apps.prompts.queries.prompts import visible_prompts
from apps.prompts.queries.snippets import pins_of

PROPOSED, TAKEN, NOTHING, MAY_NOT, WAITS, PUT_AWAY = (
    "proposed", "taken", "nothing", "may_not", "waits", "put_away",
)  # fmt: skip


@dataclass(frozen=True)
class Use:
    """One prompt that uses a snippet; `number` is the oldest version that it pins, `key` that
    block's. `draft`: what was proposed to it, put away or not."""

    prompt: Prompt
    number: int
    key: str
    state: str
    draft: Draft | None = None


def uses_of(newest: SnippetVersion, actor: Any) -> tuple[list[Use], int]:
    """The prompts in view, by path, and in how many others it stands."""
    pins = list(pins_of(newest.snippet))
    known = set(visible_prompts(actor).values_list("pk", flat=True))
    proposed = {draft.prompt_id: draft for draft in _proposed(newest)}
    by_prompt = groupby(pins, lambda pin: pin.draft.prompt_id)
    groups = [(pk, list(blocks)) for pk, blocks in by_prompt]
    seen = [blocks for pk, blocks in groups if pk in known]
    uses = [_use(blocks, newest, proposed.get(blocks[0].draft.prompt_id), actor) for blocks in seen]
    return sorted(uses, key=lambda use: use.prompt.path), len(groups) - len(seen)


def _proposed(newest: SnippetVersion) -> Iterable[Draft]:
    return Draft.objects.filter(proposed_by=newest).order_by("pk")


def _use(blocks: list[DraftBlock], newest: SnippetVersion, draft: Draft | None, actor: Any) -> Use:
    oldest = min(blocks, key=lambda pin: _number(pin))
    prompt = oldest.draft.prompt
    state = _state(_number(oldest) < newest.number, draft, prompt, actor)
    return Use(prompt, _number(oldest), str(oldest.key), state, draft)


def _number(pin: DraftBlock) -> int:
    assert pin.snippet_version is not None
    return pin.snippet_version.number


def _state(is_old: bool, draft: Draft | None, prompt: Prompt, actor: Any) -> str:
    if not is_old:
        return TAKEN if draft else NOTHING
    if draft is not None:
        return PUT_AWAY if draft.closed_at else PROPOSED
    return WAITS if can_edit_prompt(actor, prompt) else MAY_NOT


def waiting(newest: SnippetVersion, actor: Any) -> Iterator[Prompt]:
    """Prompts that the actor may edit and that nothing was proposed to yet."""
    return (use.prompt for use in uses_of(newest, actor)[0] if use.state == WAITS)
