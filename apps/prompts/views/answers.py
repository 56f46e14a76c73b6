"""How the editor's routes answer: JSON to a save, a part to htmx, a redirect to a plain form."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django_htmx.http import trigger_client_event

from apps.core.errors import require
from apps.core.navigation import back
from apps.core.numbers import LARGEST_NUMBER, whole
from apps.core.verdicts import not_visible
from apps.prompts.addresses import draft_address
from apps.prompts.editing import editor
from apps.prompts.models import Draft, DraftBlock, Prompt
from apps.prompts.queries import draft_at, prompt_for


@dataclass(frozen=True)
class Toast:
    """`undo` is the address that takes the step back, with these fields; `label`: its button's."""

    text: str
    undo: str = ""
    fields: Mapping[str, object] = field(default_factory=dict)
    label: str = ""

    @property
    def kept(self) -> str:
        """Its button, as it is kept with a message until the next page shows it."""
        button = {"undo": self.undo, "label": self.label, "fields": dict(self.fields)}
        return json.dumps(button) if self.undo else ""


def wants_json(request: HttpRequest) -> bool:
    """A save of the running editor, in contrast to a form that is sent as a page."""
    return "application/json" in request.headers.get("Accept", "")


def is_htmx(request: HttpRequest) -> bool:
    return bool(getattr(request, "htmx", False))


def draft_for(request: HttpRequest, prompt: Prompt) -> Draft:
    """The draft that the address names: `?draft=<pk>` for an alternative, else the shared one."""
    draft = draft_at(prompt, request.GET.get("draft"))
    draft.prompt = prompt
    return draft


def block_for(request: HttpRequest, path: str, key: uuid.UUID) -> DraftBlock:
    """A block, removed or not, of the draft of the address; or 404."""
    draft = draft_for(request, prompt_for(request.user, path))
    block = draft.blocks.select_related("changed_by").filter(key=key).first()
    if block is None:
        require(not_visible())
    assert block is not None
    block.draft = draft
    return block


def revision_of(request: HttpRequest) -> int | None:
    """The revision of the draft that a form was opened with."""
    return whole(request.POST.get("revision"), LARGEST_NUMBER)


def key_of(typed: str) -> uuid.UUID | None:
    """The key of a block that a form names."""
    try:
        return uuid.UUID(typed)
    except ValueError:
        return None


def write_page(draft: Draft, **query: object) -> str:
    return draft_address("pages:write", draft, draft.prompt.path, **query)


def blocks_answer(
    request: HttpRequest, draft: Draft, *, fresh: Any = "", toast: Toast | None = None
) -> HttpResponse:
    """The whole list of blocks as it is now."""
    if not is_htmx(request):
        if toast:
            messages.success(request, toast.text, extra_tags=toast.kept)
        return back(request, write_page(draft))
    # The act changed the order and the revision: the draft is read again.
    shown = editor(request.user, draft.prompt, draft_for(request, draft.prompt), fresh=fresh)
    context = {"editor": shown, "toast": toast}
    return told(render(request, "prompts/_blocks.html", context))


def told(response: HttpResponse, *, blocks: bool = False) -> HttpResponse:
    """The parts beside the text read anew; with `blocks`, the list of blocks too."""
    trigger_client_event(response, "draft-saved")
    if blocks:
        trigger_client_event(response, "blocks-stale")
    return response
