"""How the editor's routes answer: JSON to a save, a part to htmx, a redirect to a plain form."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django_htmx.http import trigger_client_event

from apps.core.errors import require
from apps.core.navigation import back
from apps.core.verdicts import not_visible
from apps.prompts.editing import editor
from apps.prompts.models import DraftBlock, Prompt
from apps.prompts.queries import draft_of, prompt_for


@dataclass(frozen=True)
class Toast:
    """`undo` is the address that takes the step back."""

    text: str
    undo: str = ""


def wants_json(request: HttpRequest) -> bool:
    """A save of the running editor, in contrast to a form that is sent as a page."""
    return "application/json" in request.headers.get("Accept", "")


def is_htmx(request: HttpRequest) -> bool:
    return bool(getattr(request, "htmx", False))


def block_for(actor: Any, path: str, key: uuid.UUID) -> DraftBlock:
    """A block, removed or not, of the shared draft of a prompt that the actor may see; or 404."""
    draft = draft_of(prompt_for(actor, path))
    block = draft.blocks.select_related("changed_by").filter(key=key).first()
    if block is None:
        require(not_visible())
    assert block is not None
    block.draft = draft
    return block


def write_page(prompt: Prompt) -> str:
    return reverse("pages:write", args=[prompt.path])


def blocks_answer(
    request: HttpRequest, prompt: Prompt, *, fresh: Any = "", toast: Toast | None = None
) -> HttpResponse:
    """The whole list of blocks as it is now."""
    if not is_htmx(request):
        if toast:
            messages.success(request, toast.text)
        return back(request, write_page(prompt))
    context = {"editor": editor(request.user, prompt, fresh=fresh), "toast": toast}
    return told(render(request, "prompts/_blocks.html", context))


def told(response: HttpResponse, *, blocks: bool = False) -> HttpResponse:
    """The parts beside the text read anew; with `blocks`, the list of blocks too."""
    trigger_client_event(response, "draft-saved")
    if blocks:
        trigger_client_event(response, "blocks-stale")
    return response
