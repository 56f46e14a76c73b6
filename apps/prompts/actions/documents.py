"""A whole document at once, written into a draft."""

from __future__ import annotations

from typing import Any

from apps.core.actions import working
from apps.prompts import content
from apps.prompts.actions.desk import Desk
from apps.prompts.entrance import require_document
from apps.prompts.models import Draft


@working
def write_document(draft: Draft, *, document: content.Document, actor: Any) -> Draft:
    """The draft says what `document` says, by key. Invalid for what cannot be content."""
    desk = Desk.at(draft, actor)
    clean = content.normalise_document(document)
    require_document(clean)
    desk.replace_content(clean)
    desk.finish(structure=True)
    return desk.draft
