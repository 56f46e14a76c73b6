"""What was said before comes back: as a save or a replaced draft, never over somebody's head."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from apps.core.actions import working
from apps.core.errors import require
from apps.core.verdicts import not_possible, not_visible
from apps.prompts.actions.blocks import Saved, save_block
from apps.prompts.actions.desk import Desk
from apps.prompts.actions.structure import put_back_block
from apps.prompts.actions.versions import _keep_unsaved
from apps.prompts.models import Draft, DraftBlock
from apps.prompts.permissions import can_edit_draft
from apps.prompts.queries.prompts import contributors_between, draft_of
from apps.prompts.queries.sessions import document_at, last_taken, writers_at
from apps.prompts.queries.steps import step_text, writers_until
from apps.prompts.saving import as_rows, from_whole


@working
def restore_text(block: DraftBlock, *, step: int, revision: int, actor: Any) -> Saved:
    """The block says again what it said after a step of its history: an ordinary save over
    `revision`, merged with what others wrote since. A removed block comes back first."""
    desk = Desk.at(block.draft, actor)
    current = desk.block(block)
    past = step_text(current, step)
    if past is None:
        require(not_visible(_("This block has no such step.")))
    assert past is not None
    if current.snippet_version_id is not None:
        sentence = _("This block is a snippet. Detach it to change it here.")
        require(not_possible("is_snippet", sentence))
    if current.removed_at is not None:
        put_back_block(current, actor=actor)
    kept = past
    if past.rows and current.type != "examples":
        kept = from_whole(past.whole, past, examples=False)
    saved = save_block(
        current, revision=revision, body=kept.body, title=kept.title,
        rows=as_rows(kept.rows), rows_as=kept.rows_as, actor=actor,
    )  # fmt: skip
    if saved.conflict is None:
        desk.credit(writers_until(current, step))
    return saved


@working
def restore_step(
    draft: Draft, *, at: datetime, into: Draft | None = None, actor: Any
) -> Draft:  # fmt: skip
    """The shared draft, or `into`, says again what a draft of the prompt said at a moment. What it
    says now, if no version says it, is kept as a draft with a name."""
    prompt = Desk.lock(draft.prompt_id)
    target = draft_of(prompt) if into is None else prompt.drafts.get(pk=into.pk)
    desk = Desk.over(prompt, target, actor)
    require(can_edit_draft(actor, desk.draft))
    document = document_at(draft, at)
    if document is None:
        require(not_visible(_("This draft has no such step.")))
    assert document is not None
    moment = date_format(timezone.localtime(at), "j M, H:i")
    _keep_unsaved(desk, _("Before going back to %(moment)s") % {"moment": moment})
    desk.replace_content(document)
    desk.finish(structure=True)
    last = last_taken(draft, at)
    people = contributors_between(prompt, last.number - 1, last.number) if last else set()
    desk.credit(people | writers_at(draft, at))
    return desk.draft
