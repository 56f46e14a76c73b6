"""The routes of how a draft is sent and of what its answer looks like."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from apps.core.errors import Invalid, require
from apps.core.navigation import back
from apps.prompts import actions
from apps.prompts.editing import editor
from apps.prompts.forms import SettingsForm
from apps.prompts.models import Draft
from apps.prompts.output_fields import OutputField
from apps.prompts.output_schema import written
from apps.prompts.permissions import can_edit_draft
from apps.prompts.queries import prompt_for
from apps.prompts.queries.documents import new_settings
from apps.prompts.views.answers import draft_for, is_htmx, revision_of, told, wants_json, write_page


@require_POST
@login_required
def change_settings(request: HttpRequest, path: str) -> HttpResponse:
    draft = draft_for(request, prompt_for(request.user, path))
    form = SettingsForm(request.POST)
    try:
        if form.is_valid():
            typed = {**form.cleaned_data, "revision": revision_of(request)}
            kept = actions.change_settings(draft, **typed, actor=request.user)
            return _kept(request, kept)
    except Invalid as error:
        form.take(error)
    sentences = [text for texts in form.errors.values() for text in texts]
    if wants_json(request):
        return _refusal(draft, sentences)
    if is_htmx(request):
        draft.refresh_from_db(fields=["revision"])
        shown = editor(request.user, draft.prompt, draft)
        typed = {"editor": shown, "sentences": sentences, "typed": request.POST}
        return render(request, "prompts/_settings.html", typed, status=422)
    context = {
        "form": form,
        "prompt": draft.prompt,
        "draft": draft,
        "next": request.POST.get("next", ""),
    }
    return render(request, "prompts/settings_form.html", context, status=422)


def _refusal(draft: Draft, sentences: list[str]) -> HttpResponse:
    """With the revision that the sentences are about: what is sent again on top of it is meant."""
    draft.refresh_from_db(fields=["revision"])
    answer = {"errors": {"body": sentences}, "revision": draft.revision}
    return JsonResponse(answer, status=422)


def _kept(request: HttpRequest, draft: Draft) -> HttpResponse:
    if wants_json(request):
        saved_at = draft.changed_at.isoformat().replace("+00:00", "Z")
        return JsonResponse({"saved_at": saved_at, "revision": draft.revision})
    if is_htmx(request):
        shown = editor(request.user, draft.prompt, draft)
        return told(render(request, "prompts/_settings.html", {"editor": shown}))
    return back(request, write_page(draft))


@require_POST
@login_required
def change_output(request: HttpRequest, path: str) -> HttpResponse:
    """Rows of field_name, field_type, field_description; a row without a name is none."""
    draft = draft_for(request, prompt_for(request.user, path))
    fields = _fields(request)
    try:
        kept = actions.change_output(
            draft,
            format=request.POST.get("format", ""),
            fields=fields,
            revision=revision_of(request),
            actor=request.user,
        )
    except Invalid as error:
        return _refused_output(request, draft, fields, error)
    return _kept(request, kept)


def _fields(request: HttpRequest) -> list[OutputField]:
    columns = (request.POST.getlist(f"field_{part}") for part in ("name", "type", "description"))
    return [OutputField(*row) for row in zip(*columns, strict=False)]


def _refused_output(
    request: HttpRequest, draft: Draft, fields: list[OutputField], error: Invalid
) -> HttpResponse:
    if wants_json(request):
        return _refusal(draft, [error.sentence])
    shown = editor(request.user, draft.prompt, draft)
    context: dict[str, Any] = {
        "prompt": draft.prompt,
        "draft": draft,
        "output": shown.output_typed(request.POST.get("format", ""), fields),
        "sentences": [text for texts in error.errors.values() for text in texts],
        "next": request.POST.get("next", ""),
    }
    return render(request, "prompts/output_form.html", context, status=422)


@login_required
def change_schema(request: HttpRequest, path: str) -> HttpResponse:
    """The answer's JSON schema as a text, on a page of its own: what the fields of the form made,
    and what the form will show."""
    draft = draft_for(request, prompt_for(request.user, path))
    require(can_edit_draft(request.user, draft))
    shown = written({**new_settings(), **draft.settings}["output"]["json_schema"])
    context: dict[str, Any] = {"prompt": draft.prompt, "draft": draft, "schema": shown}
    if request.method != "POST":
        return render(request, "prompts/schema_form.html", context)
    typed = request.POST.get("schema", "")
    try:
        actions.change_schema(
            draft, schema=typed, revision=revision_of(request), actor=request.user
        )
    except Invalid as error:
        draft.refresh_from_db(fields=["revision"])
        context |= {
            "schema": typed,
            "sentences": [t for texts in error.errors.values() for t in texts],
        }
        return render(request, "prompts/schema_form.html", context, status=422)
    return back(request, write_page(draft))
