"""The routes of how a draft is sent and of what its answer looks like."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from apps.core.errors import Invalid
from apps.core.navigation import back
from apps.prompts import actions
from apps.prompts.editing import editor
from apps.prompts.forms import SettingsForm
from apps.prompts.models import Draft, Prompt
from apps.prompts.output_fields import OutputField
from apps.prompts.queries import draft_of, prompt_for
from apps.prompts.views.answers import is_htmx, told, wants_json, write_page


@require_POST
@login_required
def change_settings(request: HttpRequest, path: str) -> HttpResponse:
    prompt = prompt_for(request.user, path)
    form = SettingsForm(request.POST)
    try:
        if form.is_valid():
            draft = actions.change_settings(
                draft_of(prompt), **form.cleaned_data, actor=request.user
            )
            return _kept(request, prompt, draft)
    except Invalid as error:
        form.take(error)
    sentences = [text for texts in form.errors.values() for text in texts]
    if wants_json(request):
        return JsonResponse({"errors": {"body": sentences}}, status=422)
    if is_htmx(request):
        shown = editor(request.user, prompt)
        typed = {"editor": shown, "sentences": sentences, "typed": request.POST}
        return render(request, "prompts/_settings.html", typed, status=422)
    context = {"form": form, "prompt": prompt, "next": request.POST.get("next", "")}
    return render(request, "prompts/settings_form.html", context, status=422)


def _kept(request: HttpRequest, prompt: Prompt, draft: Draft) -> HttpResponse:
    if wants_json(request):
        saved_at = draft.changed_at.isoformat().replace("+00:00", "Z")
        return JsonResponse({"saved_at": saved_at})
    if is_htmx(request):
        shown = editor(request.user, prompt)
        return told(render(request, "prompts/_settings.html", {"editor": shown}))
    return back(request, write_page(prompt))


@require_POST
@login_required
def change_output(request: HttpRequest, path: str) -> HttpResponse:
    """Rows of field_name, field_type, field_description; a row without a name is none."""
    prompt = prompt_for(request.user, path)
    fields = _fields(request)
    try:
        draft = actions.change_output(
            draft_of(prompt),
            format=request.POST.get("format", ""),
            fields=fields,
            actor=request.user,
        )
    except Invalid as error:
        return _refused_output(request, prompt, fields, error)
    return _kept(request, prompt, draft)


def _fields(request: HttpRequest) -> list[OutputField]:
    columns = (request.POST.getlist(f"field_{part}") for part in ("name", "type", "description"))
    return [OutputField(*row) for row in zip(*columns, strict=False)]


def _refused_output(
    request: HttpRequest, prompt: Prompt, fields: list[OutputField], error: Invalid
) -> HttpResponse:
    if wants_json(request):
        return JsonResponse({"errors": {"body": [error.sentence]}}, status=422)
    context: dict[str, Any] = {
        "prompt": prompt,
        "output": editor(request.user, prompt).output_typed(request.POST.get("format", ""), fields),
        "sentences": [text for texts in error.errors.values() for text in texts],
        "next": request.POST.get("next", ""),
    }
    return render(request, "prompts/output_form.html", context, status=422)
