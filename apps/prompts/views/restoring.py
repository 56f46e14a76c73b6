"""The routes that bring back what was said before."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.core.errors import require
from apps.core.navigation import back
from apps.core.numbers import whole
from apps.core.verdicts import not_visible
from apps.prompts import actions
from apps.prompts.addresses import draft_address
from apps.prompts.models import Draft
from apps.prompts.queries import prompt_for
from apps.prompts.queries.sessions import at_moment
from apps.prompts.views.answers import block_for, write_page


@require_POST
@login_required
def restore_text(request: HttpRequest, path: str, key: uuid.UUID) -> HttpResponse:
    """`step` is the history id of what comes back, `revision` what the page showed as present."""
    block = block_for(request, path, key)
    step = whole(request.POST.get("step")) or 0
    revision = whole(request.POST.get("revision")) or block.revision
    saved = actions.restore_text(block, step=step, revision=revision, actor=request.user)
    if saved.conflict is not None:
        messages.warning(request, _("Somebody changed the same words meanwhile. Choose a text."))
        prompt = block.draft.prompt
        return redirect(
            draft_address("prompts:conflict", block.draft, prompt.path, saved.conflict.pk)
        )
    messages.success(request, _("The block says again what it said then"))
    return back(request, f"{write_page(block.draft)}#block-{block.key}")


@require_POST
@login_required
def restore_step(request: HttpRequest, path: str, pk: int, moment: int) -> HttpResponse:
    """The shared draft says again what the draft `pk` said at a moment."""
    prompt = prompt_for(request.user, path)
    draft, at = get_object_or_404(Draft, pk=pk, prompt=prompt), at_moment(moment)
    if at is None:
        require(not_visible())
    assert at is not None
    shared = actions.restore_step(draft, at=at, actor=request.user)
    messages.success(request, _("The draft says again what it said then"))
    return back(request, write_page(shared))
