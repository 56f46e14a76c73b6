"""The routes of a prompt itself: new, pasted, described, put away."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from apps.core.errors import Invalid
from apps.core.navigation import back
from apps.prompts import actions
from apps.prompts.content import BLOCK_LABELS, BLOCK_TYPES, MAX_BLOCKS
from apps.prompts.forms import PasteForm, PromptDetailsForm, PromptForm
from apps.prompts.models import Prompt
from apps.prompts.queries import draft_of, prompt_for
from apps.prompts.queries.beginnings import beginning, beginnings
from apps.prompts.queries.prompts import writable_namespaces
from apps.prompts.splitter import SplitBlock, content_from_blocks, split_markdown
from apps.prompts.starters import with_fresh_keys
from apps.prompts.views.answers import write_page


def _settings_page(prompt: Prompt) -> str:
    return reverse("pages:prompt_settings", args=[prompt.path])


@require_POST
@login_required
def create_prompt(request: HttpRequest) -> HttpResponse:
    """`begin`: the code of what it begins with (queries.beginnings); without one, two blocks."""
    form = PromptForm(request.POST, actor=request.user)
    code = request.POST.get("begin", "")
    try:
        if form.is_valid():
            chosen = _beginning(request.user, code)
            prompt = actions.create_prompt(**form.cleaned_data, **chosen, actor=request.user)
            return HttpResponseRedirect(write_page(draft_of(prompt)))
    except Invalid as error:
        form.take(error)
    context = {"form": form, "begin": code, "beginnings": beginnings(request.user)}
    return render(request, "prompts/prompt_form.html", context, status=422)


def _beginning(actor: Any, code: str) -> dict[str, Any]:
    if not code:
        return {}
    chosen = beginning(actor, code)
    if chosen is None:
        raise Invalid(_("This template is not there any more. Choose another one, or none."))
    return {"document": with_fresh_keys(chosen.document), "samples": chosen.samples}


@require_POST
@login_required
def change_prompt(request: HttpRequest, path: str) -> HttpResponse:
    prompt = prompt_for(request.user, path)
    form = PromptDetailsForm(request.POST, prompt=prompt)
    try:
        if form.is_valid():
            actions.change_prompt(prompt, **form.cleaned_data, actor=request.user)
            messages.success(request, _("Details saved"))
            return back(request, _settings_page(prompt))
    except Invalid as error:
        form.take(error)
    context = {"form": form, "prompt": prompt, "next": request.POST.get("next", "")}
    return render(request, "prompts/prompt_form.html", context, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def paste_prompt(request: HttpRequest) -> HttpResponse:
    """A text → its blocks, which the person confirms → a prompt. `step` says which came."""
    if request.method != "POST":
        return render(request, "prompts/paste_form.html", {"form": PasteForm()})
    if request.POST.get("step") == "create":
        return _create_pasted(request)
    form = PasteForm(request.POST)
    if not form.is_valid():
        return render(request, "prompts/paste_form.html", {"form": form}, status=422)
    chosen = writable_namespaces(request.user).filter(path=request.GET.get("in", "")).first()
    details = PromptForm(actor=request.user, initial={"namespace": chosen} if chosen else {})
    return _confirm(request, details, split_markdown(form.cleaned_data["text"]))


def _confirm(
    request: HttpRequest, form: PromptForm, blocks: list[SplitBlock], status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = {
        "form": form,
        "blocks": blocks,
        "types": [(code, BLOCK_LABELS[code]) for code in BLOCK_TYPES],
    }
    return render(request, "prompts/paste_confirm.html", context, status=status)


def _create_pasted(request: HttpRequest) -> HttpResponse:
    form, blocks = PromptForm(request.POST, actor=request.user), _confirmed(request)
    try:
        if form.is_valid():
            document = content_from_blocks(blocks)
            prompt = actions.create_prompt(
                **form.cleaned_data, document=document, actor=request.user
            )
            return HttpResponseRedirect(write_page(draft_of(prompt)))
    except Invalid as error:
        form.take(error)
    return _confirm(request, form, blocks, status=422)


def _confirmed(request: HttpRequest) -> list[SplitBlock]:
    """The blocks of the page with the types that the person chose; unknown ones are custom."""
    columns = (request.POST.getlist(f"block_{part}") for part in ("type", "title", "body"))
    rows = list(zip(*columns, strict=False))[: MAX_BLOCKS + 1]
    return [
        SplitBlock(type if type in BLOCK_TYPES else "custom", title, _lines(body))
        for type, title, body in rows
    ]


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
