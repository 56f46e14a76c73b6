"""The routes of the text of single blocks."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import trigger_client_event

from apps.core.errors import Invalid, require
from apps.core.navigation import back
from apps.core.numbers import LARGEST_NUMBER, whole
from apps.core.verdicts import not_visible
from apps.prompts import actions
from apps.prompts.content import arranged
from apps.prompts.editing import editor
from apps.prompts.models import ConflictCopy, DraftBlock
from apps.prompts.permissions import can_edit_prompt
from apps.prompts.queries import prompt_for
from apps.prompts.queries.texts import text_of
from apps.prompts.views.answers import (
    block_for,
    draft_for,
    wants_json,
    write_page,
)


@require_POST
@login_required
def save_block(request: HttpRequest, path: str, key: uuid.UUID) -> HttpResponse:
    """What was typed into one block. `revision` is a number, or "number~conflict" from the panel
    where a person chose between two texts."""
    block = block_for(request, path, key)
    revision, copy = _started_from(request.POST.get("revision", ""), block)
    try:
        saved = _save(request, block, revision, copy)
    except Invalid as error:
        return _refused_text(request, block, error)
    if saved.conflict is not None:
        return _two_texts(request, saved.conflict, 409)
    if wants_json(request):
        return JsonResponse(_confirmation(saved))
    return back(request, write_page(block.draft))


def _started_from(typed: str, block: DraftBlock) -> tuple[int, ConflictCopy | None]:
    """An unknown revision is 0: then nobody knows the base, and both texts are kept."""
    number, _sign, pk = typed.partition("~")
    revision = whole(number, LARGEST_NUMBER) or 0
    return revision, ConflictCopy.objects.filter(pk=whole(pk), block=block).first()


def _save(
    request: HttpRequest, block: DraftBlock, revision: int, copy: ConflictCopy | None
) -> actions.Saved:
    body = request.POST.get("body", "")
    if copy is not None:
        return actions.settle_conflict(copy, revision=revision, body=body, actor=request.user)
    return actions.save_block(
        block,
        revision=revision,
        body=body,
        title=request.POST.get("title"),
        rows=_rows(request) if "input" in request.POST else None,
        rows_as=request.POST.get("rows_as"),
        actor=request.user,
    )


def _rows(request: HttpRequest) -> list[dict[str, str]]:
    """What was typed, and where it goes if a button of a row was pressed (without a script)."""
    given, wanted = request.POST.getlist("input"), request.POST.getlist("output")
    rows = [{"input": a, "output": b} for a, b in zip(given, wanted, strict=False)]
    return arranged(rows, request.POST.get("act", ""))


def _confirmation(saved: actions.Saved) -> dict[str, Any]:
    block = saved.block
    answer: dict[str, Any] = {
        "revision": block.revision,
        "saved_at": block.changed_at.isoformat().replace("+00:00", "Z"),
    }
    if saved.merged:
        answer["body"] = block.body
        answer["notice"] = _("Another person changed this block too. Both changes are saved.")
    if block.removed_at is not None:
        answer["removed"] = True
        answer["notice"] = _(
            "This block was deleted meanwhile. Your text is kept with it: put it back from the"
            " list of deleted blocks."
        )
    return answer


def _refused_text(request: HttpRequest, block: DraftBlock, error: Invalid) -> HttpResponse:
    if wants_json(request):
        return JsonResponse({"errors": {"body": [error.sentence]}}, status=422)
    context = {
        "typed_block": block,
        "prompt": block.draft.prompt,
        "sentences": [text for texts in error.errors.values() for text in texts],
        "body": request.POST.get("body", ""),
        "title": request.POST.get("title", block.title),
        "rows": _rows(request),
        "revision": request.POST.get("revision", ""),
        "next": request.POST.get("next", ""),
    }
    return render(request, "prompts/block_form.html", context, status=422)


def _two_texts(request: HttpRequest, copy: ConflictCopy, status: int) -> HttpResponse:
    """Mine, theirs and both: the panel alone for the running editor, else a page of its own."""
    block = DraftBlock.objects.select_related("changed_by", "draft__prompt").get(pk=copy.block_id)
    context = {
        "copy": copy,
        "typed_block": block,
        "prompt": block.draft.prompt,
        "revision": f"{block.revision}~{copy.pk}",
        "theirs": text_of(block).whole,
        "next": request.POST.get("next", "") or write_page(block.draft),
    }
    if wants_json(request):
        return render(request, "prompts/_conflict.html", context, status=status)
    return render(request, "prompts/conflict_form.html", context, status=status)


@require_safe
@login_required
def conflict(request: HttpRequest, path: str, pk: int) -> HttpResponse:
    """Two texts of a block that nobody has settled yet."""
    prompt = prompt_for(request.user, path)
    open_ones = ConflictCopy.objects.filter(block__draft__prompt=prompt, settled_at=None)
    copy = open_ones.filter(pk=pk).first()
    if copy is None:
        require(not_visible(_("These two texts are settled, or never were.")))
    assert copy is not None
    actor: Any = request.user
    require(can_edit_prompt(actor, prompt))
    return _two_texts(request, copy, 200)


@require_safe
@login_required
def blocks_pane(request: HttpRequest, path: str) -> HttpResponse:
    prompt = prompt_for(request.user, path)
    context = {"editor": editor(request.user, prompt, draft_for(request, prompt))}
    return render(request, "prompts/_blocks.html", context)


@require_safe
@login_required
def block_pane(request: HttpRequest, path: str, key: uuid.UUID) -> HttpResponse:
    """One block of the list, for a page that heard that its words changed."""
    found = block_for(request, path, key)
    shown = editor(request.user, found.draft.prompt, found.draft)
    block = next((block for block in shown.blocks if block.row.key == key), None)
    if block is None:
        return trigger_client_event(HttpResponse(status=204), "touch-blocks")
    context = {"editor": shown, "block": block, "path": path, "may": shown.can_edit}
    return render(request, "prompts/_block.html", context)
