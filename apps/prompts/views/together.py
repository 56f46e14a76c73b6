"""The routes of people who are at one draft at once."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from apps.prompts import actions
from apps.prompts.models import Draft
from apps.prompts.queries import prompt_for
from apps.prompts.queries.presence import present
from apps.prompts.views.answers import draft_for, key_of

TYPING = {"yes": True, "no": False}


def _people(request: HttpRequest, draft: Draft) -> HttpResponse:
    context = {"here": present(draft, but=request.user), "draft": draft}
    return render(request, "prompts/_presence.html", context)


@require_safe
@login_required
def presence(request: HttpRequest, path: str) -> HttpResponse:
    return _people(request, draft_for(request, prompt_for(request.user, path)))


@require_POST
@login_required
def beat(request: HttpRequest, path: str) -> HttpResponse:
    """`tab`; `block` when the caret moved ("" is out of every block); `typing` yes or no when that
    changed; `take=yes` takes the block over; `leave=yes` is the last word of a tab. The answer is
    who else is here."""
    draft = draft_for(request, prompt_for(request.user, path))
    tab, block = request.POST.get("tab", ""), key_of(request.POST.get("block", ""))
    if request.POST.get("leave"):
        actions.leave(draft, tab=tab, actor=request.user)
        return HttpResponse(status=204)
    if request.POST.get("take") and block:
        actions.take_over_block(draft, tab=tab, block=block, actor=request.user)
        return _people(request, draft)
    typing = TYPING.get(request.POST.get("typing", ""))
    moved = "block" in request.POST
    actions.beat(draft, tab=tab, moved=moved, block=block, typing=typing, actor=request.user)
    return _people(request, draft)
