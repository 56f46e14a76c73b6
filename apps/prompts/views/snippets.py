"""The routes of snippets: their list, the page of one, and pins in a draft."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from apps.core.errors import Invalid
from apps.core.navigation import back
from apps.core.numbers import LARGEST_NUMBER, whole
from apps.prompts import actions
from apps.prompts.models import Draft, Snippet
from apps.prompts.permissions import can_change_snippet
from apps.prompts.queries import prompt_for, visible_prompts
from apps.prompts.queries.snippets import found_snippets, newest_version, pins_of, snippet_for
from apps.prompts.snippet_forms import SnippetForm
from apps.prompts.views.answers import Toast, block_for, blocks_answer, draft_for, key_of
from apps.prompts.views.structure import came

MOST = 200


@require_safe
@login_required
def snippets(request: HttpRequest) -> HttpResponse:
    """Those that one may see; `?q=` looks in names, purposes and words."""
    text = request.GET.get("q", "").replace("\x00", " ")[:200]
    context = {"snippets": found_snippets(request.user, text)[:MOST], "typed": text}
    return render(request, "prompts/snippets.html", context)


@require_safe
@login_required
def snippet(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, snippet_for(request.user, pk))


def _page(
    request: HttpRequest, found: Snippet, form: SnippetForm | None = None, status: int = 200
) -> HttpResponse:
    """Where it is used is told for prompts that one may see; others are counted."""
    newest = newest_version(found)
    pins = list(pins_of(found))
    known = set(visible_prompts(request.user).values_list("pk", flat=True))
    proposed = Draft.objects.filter(
        proposed_by__snippet=found, prompt__in=known, closed_at=None
    ).select_related("prompt")
    words = {"seen": newest.number, "title": newest.title, "body": newest.body}
    context: dict[str, Any] = {
        "snippet": found,
        "newest": newest,
        "versions": found.versions.select_related("author"),
        "pins": [pin for pin in pins if pin.draft.prompt_id in known],
        "hidden": len([pin for pin in pins if pin.draft.prompt_id not in known]),
        "proposed": proposed,
        "form": form or SnippetForm(initial=words),
        "can_change": can_change_snippet(request.user, found),  # type: ignore[arg-type]
    }
    return render(request, "prompts/snippet.html", context, status=status)


@require_POST
@login_required
def change_snippet(request: HttpRequest, pk: int) -> HttpResponse:
    """A new version, and a draft proposed in each prompt that pins an older one."""
    found = snippet_for(request.user, pk)
    form = SnippetForm(request.POST)
    try:
        if form.is_valid():
            newest = newest_version(found)
            kept: Any = {"rows": newest.rows, "rows_as": newest.rows_as}
            version = actions.change_snippet(found, **kept, **form.cleaned_data, actor=request.user)
            drafts = actions.propose_snippet(version, actor=request.user)
            words = _("%(version)s is saved. Drafts proposed: %(n)s")
            messages.success(request, words % {"version": version, "n": len(drafts)})
            return back(request, reverse("prompts:snippet", args=[pk]))
    except Invalid as error:
        form.take(error)
    return _page(request, found, form, 422)


@require_POST
@login_required
def pin_snippet(request: HttpRequest, path: str) -> HttpResponse:
    draft = draft_for(request, prompt_for(request.user, path))
    found = snippet_for(request.user, whole(request.POST.get("snippet"), LARGEST_NUMBER) or 0)
    after = key_of(request.POST.get("after", ""))
    block = actions.pin_snippet(draft, snippet=found, after=after, actor=request.user)
    return came(request, block, _("Snippet inserted"))


@require_POST
@login_required
def share_block(request: HttpRequest, path: str, key: uuid.UUID) -> HttpResponse:
    """A snippet of the prompt's namespace, called `name`."""
    block = block_for(request, path, key)
    name = request.POST.get("name", "")
    place = block.draft.prompt.namespace
    try:
        made = actions.share_block(block, namespace=place, name=name, actor=request.user)
    except Invalid as error:
        sentences = [text for texts in error.errors.values() for text in texts]
        return blocks_answer(request, block.draft, toast=Toast(" ".join(sentences)))
    words = _("“%(name)s” is a snippet of %(path)s now") % {"name": made, "path": place.path}
    return blocks_answer(request, block.draft, toast=Toast(words))


@require_POST
@login_required
def update_pin(request: HttpRequest, path: str, key: uuid.UUID) -> HttpResponse:
    block = block_for(request, path, key)
    actions.update_pin(block, actor=request.user)
    return blocks_answer(request, block.draft)


@require_POST
@login_required
def detach_block(request: HttpRequest, path: str, key: uuid.UUID) -> HttpResponse:
    block = block_for(request, path, key)
    actions.detach_block(block, actor=request.user)
    return blocks_answer(request, block.draft)
