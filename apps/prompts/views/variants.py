"""The routes of a prompt's models, and of what each is told instead of a block."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.core.errors import Invalid
from apps.core.navigation import back
from apps.core.numbers import LARGEST_NUMBER, whole
from apps.prompts import actions
from apps.prompts.addresses import draft_address
from apps.prompts.editing import editor
from apps.prompts.forms import VariantForm
from apps.prompts.models import Draft, DraftBlock
from apps.prompts.queries import prompt_for
from apps.prompts.views.answers import (
    Toast,
    block_for,
    blocks_answer,
    draft_for,
    is_htmx,
    revision_of,
    told,
    wants_json,
    write_page,
)


@require_POST
@login_required
def add_variant(request: HttpRequest, path: str) -> HttpResponse:
    draft = draft_for(request, prompt_for(request.user, path))

    def act(name: str, **parameters: Any) -> Draft:
        return actions.add_variant(draft, model=name, **parameters, actor=request.user)

    return _typed(request, draft, act)


@require_POST
@login_required
def change_variant(request: HttpRequest, path: str) -> HttpResponse:
    draft = draft_for(request, prompt_for(request.user, path))

    def act(name: str, **parameters: Any) -> Draft:
        return actions.change_variant(
            draft, model=request.POST.get("model", ""), name=name, **parameters,
            revision=revision_of(request), actor=request.user,
        )  # fmt: skip

    return _typed(request, draft, act)


@require_POST
@login_required
def remove_variant(request: HttpRequest, path: str) -> HttpResponse:
    draft = draft_for(request, prompt_for(request.user, path))
    model = request.POST.get("model", "")
    kept = actions.remove_variant(draft, model=model, actor=request.user)
    toast = Toast(
        _("“%(model)s” removed, with its own words") % {"model": model},
        draft_address("prompts:put_back_variant", draft, path),
        {"model": model, "since": kept.revision - 1},
    )
    return _models(request, kept, toast)


@require_POST
@login_required
def put_back_variant(request: HttpRequest, path: str) -> HttpResponse:
    draft = draft_for(request, prompt_for(request.user, path))
    since = whole(request.POST.get("since"), LARGEST_NUMBER) or 0
    model = request.POST.get("model", "")
    kept = actions.put_back_variant(draft, model=model, revision=since, actor=request.user)
    return _models(request, kept, Toast(_("“%(model)s” is back") % {"model": model}))


@require_POST
@login_required
def first_variant(request: HttpRequest, path: str) -> HttpResponse:
    draft = draft_for(request, prompt_for(request.user, path))
    kept = actions.first_variant(draft, model=request.POST.get("model", ""), actor=request.user)
    return _models(request, kept)


def _typed(request: HttpRequest, draft: Draft, act: Callable[..., Draft]) -> HttpResponse:
    form = VariantForm(request.POST)
    try:
        if form.is_valid():
            return _models(request, act(**form.cleaned_data))
    except Invalid as error:
        form.take(error)
    sentences = [text for texts in form.errors.values() for text in texts]
    if is_htmx(request):
        draft.refresh_from_db(fields=["revision", "settings"])
        shown = editor(request.user, draft.prompt, draft)
        context = {"editor": shown, "variant_errors": sentences, "typed": request.POST}
        return render(request, "prompts/_settings.html", context, status=422)
    model, after = request.POST.get("model", ""), request.POST.get("next", "")
    draft.refresh_from_db(fields=["revision"])
    context = {"form": form, "prompt": draft.prompt, "draft": draft, "model": model, "next": after}
    return render(request, "prompts/variant_form.html", context, status=422)


def _models(request: HttpRequest, draft: Draft, toast: Toast | None = None) -> HttpResponse:
    if not is_htmx(request):
        return back(request, write_page(draft))
    context = {"editor": editor(request.user, draft.prompt, draft), "toast": toast}
    return told(render(request, "prompts/_settings.html", context), blocks=True)


@require_POST
@login_required
def save_override(request: HttpRequest, path: str, key: uuid.UUID) -> HttpResponse:
    """What `?model=` is told instead of the block; without `body` it starts from its words."""
    block = block_for(request, path, key)
    typed = request.POST.get("body")
    try:
        text = actions.save_override(
            block, model=_model(request), body=typed, revision=revision_of(request),
            actor=request.user,
        )  # fmt: skip
    except Invalid as error:
        return _refused(request, block, typed or "", error)
    draft = block.draft
    draft.refresh_from_db()
    if wants_json(request):
        saved_at = draft.changed_at.isoformat().replace("+00:00", "Z")
        answer = {"saved_at": saved_at, "revision": draft.revision}
        merged = typed is not None and text != typed.replace("\r\n", "\n").replace("\r", "\n")
        return JsonResponse({**answer, "body": text} if merged else answer)
    return blocks_answer(request, draft)


@require_POST
@login_required
def skip_override(request: HttpRequest, path: str, key: uuid.UUID) -> HttpResponse:
    block = block_for(request, path, key)
    before = block.draft.revision
    kept = actions.skip_override(block, model=_model(request), actor=request.user)
    said = _("Not sent to %(model)s any more")
    return blocks_answer(request, kept.draft, toast=_undo(request, kept, said, before))


@require_POST
@login_required
def remove_override(request: HttpRequest, path: str, key: uuid.UUID) -> HttpResponse:
    block = block_for(request, path, key)
    before = block.draft.revision
    kept = actions.remove_override(block, model=_model(request), actor=request.user)
    said = _("The words of the block again for %(model)s")
    return blocks_answer(request, kept.draft, toast=_undo(request, kept, said, before))


@require_POST
@login_required
def put_back_override(request: HttpRequest, path: str, key: uuid.UUID) -> HttpResponse:
    """What `?model=` was told instead of the block at the draft's revision `since`: the act after
    it is taken back."""
    block = block_for(request, path, key)
    since = whole(request.POST.get("since"), LARGEST_NUMBER) or 0
    kept = actions.put_back_override(
        block, model=_model(request), revision=since, actor=request.user
    )
    return blocks_answer(request, kept.draft)


def _model(request: HttpRequest) -> str:
    """In the address, so that what is typed for each model is kept apart in the browser."""
    return request.GET.get("model") or request.POST.get("model", "")


def _undo(request: HttpRequest, block: DraftBlock, said: str, before: int) -> Toast:
    model, draft = _model(request), block.draft
    route = "prompts:put_back_override"
    address = draft_address(route, draft, draft.prompt.path, block.key, model=model)
    since = max(before, draft.revision - 1)  # somebody may have been a moment faster
    return Toast(said % {"model": model}, address, {"since": since})


def _refused(request: HttpRequest, block: DraftBlock, body: str, error: Invalid) -> HttpResponse:
    draft = block.draft
    draft.refresh_from_db(fields=["revision"])
    sentences = [text for texts in error.errors.values() for text in texts]
    if wants_json(request):
        answer = {"errors": {"body": sentences}, "revision": draft.revision}
        return JsonResponse(answer, status=422)
    context = {
        "prompt": draft.prompt, "draft": draft, "model": _model(request), "body": body,
        "sentences": sentences, "next": request.POST.get("next", ""),
    }  # fmt: skip
    return render(request, "prompts/own_words_form.html", context, status=422)
