"""What meets when a draft takes in the latest version, or the shared draft an alternative."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from apps.prompts import content
from apps.prompts.merge_documents import Answers, MergedDocument, merge_documents
from apps.prompts.models import Draft, Version
from apps.prompts.queries.documents import (
    SETTINGS,
    block_part,
    draft_document,
    variable_part,
    version_document,
)
from apps.prompts.queries.prompts import latest_version


@dataclass(frozen=True)
class Meeting:
    """`draft` is written; `source` is what comes in. `seen` changes when one of the texts does."""

    draft: Draft
    source: Version | Draft
    base: content.Document | None
    mine: content.Document
    theirs: content.Document

    @property
    def seen(self) -> str:
        hashes = (content.content_hash(content.canonical_bytes(one or {}))
                  for one in (self.base, self.mine, self.theirs))  # fmt: skip
        return content.content_hash("".join(hashes).encode())

    def merged(self, answers: Answers | None = None) -> MergedDocument:
        return merge_documents(self.base, self.mine, self.theirs, answers)


def meets_latest(draft: Draft) -> Meeting | None:
    """None when the draft began from the latest version, or there is none."""
    latest = latest_version(draft.prompt)
    if latest is None or draft.base_id == latest.pk:
        return None
    base = None if draft.base is None else version_document(draft.base)
    return Meeting(draft, latest, base, draft_document(draft), version_document(latest))


def meets_alternative(shared: Draft, alternative: Draft) -> Meeting:
    """Both began from what the alternative said when it was opened. A draft that was only kept
    aside began from its version."""
    base = opening_document(alternative) if alternative.opened_by_id else None
    if base is None and alternative.base is not None:
        base = version_document(alternative.base)
    theirs = draft_document(alternative)
    return Meeting(shared, alternative, base, draft_document(shared), theirs)


def opening_document(draft: Draft) -> content.Document | None:
    """What a draft said when it was made, from the history; None when that is gone."""
    first = draft.history.order_by("history_id").first()
    if first is None:
        return None
    blocks: dict[Any, Any] = {}
    rows = draft.blocks.model.history.filter(draft=draft.pk, key__in=first.order)
    for row in rows.order_by("history_id"):
        blocks.setdefault(row.key, row)
    if len(blocks) < len(first.order):
        return None
    variables = draft.variables.model.history.filter(
        draft=draft.pk, history_type="+", history_date__lte=first.history_date
    )
    return {
        **content.new_content(),
        **{name: first.settings[name] for name in SETTINGS if name in first.settings},
        "blocks": [block_part(blocks[key]) for key in first.order],
        "variables": [variable_part(row) for row in variables.order_by("position", "id")],
    }
