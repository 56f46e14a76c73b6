"""Who wrote this block, sentence by sentence, and the steps that it went through."""

from __future__ import annotations

import uuid

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.accounts.signed_in import person_of
from apps.core.numbers import whole
from apps.pages.addresses import with_query
from apps.pages.queries.blame import PAGE, blame_of
from apps.prompts.permissions import can_edit_draft
from apps.prompts.views.answers import block_for, write_page


@require_safe
@login_required
def blame(request: HttpRequest, path: str, key: uuid.UUID) -> HttpResponse:
    """A panel beside the text for htmx, else a page; `?shown=40` shows that many steps."""
    person, block = person_of(request), block_for(request, path, key)
    shown = max(PAGE, whole(request.GET.get("shown"), 1000) or PAGE)
    found = blame_of(person, block, shown)
    back = f"{write_page(block.draft)}#block-{block.key}"
    context = {
        "prompt": block.draft.prompt,
        "this_block": block,
        "blame": found,
        "more": with_query(request, shown=shown + PAGE) if found.older else "",
        "may": can_edit_draft(person, block.draft),
        "back": back,
    }
    htmx = request.headers.get("HX-Request") == "true"
    return render(request, "pages/blame.html#panel" if htmx else "pages/blame.html", context)
