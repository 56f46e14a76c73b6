"""The routes of a draft's variables and of the samples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from apps.core.errors import Invalid
from apps.core.navigation import back
from apps.core.numbers import whole
from apps.prompts import actions
from apps.prompts.addresses import draft_address
from apps.prompts.editing import (
    Editor,
    SampleRow,
    VariableRow,
    editor,
    preview_of,
    sample_row,
    variable_row,
)
from apps.prompts.forms import VariableForm
from apps.prompts.models import Draft, DraftVariable, Sample
from apps.prompts.queries import prompt_for
from apps.prompts.queries.documents import variable_part
from apps.prompts.values import read_value
from apps.prompts.views.answers import (
    Toast,
    draft_for,
    is_htmx,
    revision_of,
    told,
    wants_json,
    write_page,
)


def _variables(request: HttpRequest, shown: Editor, status: int = 200) -> HttpResponse:
    return render(request, "prompts/_variables.html", {"editor": shown}, status=status)


def _shown(request: HttpRequest, draft: Draft) -> Editor:
    return editor(request.user, draft.prompt, draft)


def _variables_answer(request: HttpRequest, draft: Draft, *, blocks: bool = False) -> HttpResponse:
    if not is_htmx(request):
        return back(request, write_page(draft, pane="variables"))
    return told(_variables(request, _shown(request, draft)), blocks=blocks)


@require_safe
@login_required
def variables_pane(request: HttpRequest, path: str) -> HttpResponse:
    draft = draft_for(request, prompt_for(request.user, path))
    return _variables(request, _shown(request, draft))


@require_POST
@login_required
def declare_variable(request: HttpRequest, path: str) -> HttpResponse:
    draft = draft_for(request, prompt_for(request.user, path))
    form = VariableForm(request.POST)
    try:
        if form.is_valid():
            actions.declare_variable(draft, **form.cleaned_data, actor=request.user)
            return _declared(request, draft)
    except Invalid as error:
        form.take(error)
    if wants_json(request):
        return JsonResponse({"errors": form.errors}, status=422)
    return _refused_variable(request, draft, form, None)


def _declared(request: HttpRequest, draft: Draft) -> HttpResponse:
    """The running editor reads the names anew; whoever has no script goes on where they wrote."""
    if wants_json(request):
        return JsonResponse({"variables": _shown(request, draft).chips})
    return _variables_answer(request, draft)


@require_POST
@login_required
def respell_variable(request: HttpRequest, path: str) -> HttpResponse:
    """`name`, which nobody declared, becomes `to` wherever it is used."""
    draft = draft_for(request, prompt_for(request.user, path))
    name, to = request.POST.get("name", ""), request.POST.get("to", "")
    try:
        actions.respell_variable(draft, name=name, to=to, actor=request.user)
    except Invalid as error:
        messages.warning(request, error.sentence)
    return back(request, write_page(draft))


@require_POST
@login_required
def change_variable(request: HttpRequest, path: str, pk: int) -> HttpResponse:
    """A new name changes the text of blocks too, so the list of blocks is read anew."""
    draft = draft_for(request, prompt_for(request.user, path))
    variable = get_object_or_404(DraftVariable, pk=pk, draft=draft)
    form = VariableForm(request.POST)
    before = variable_row(variable, {})
    try:
        if form.is_valid():
            typed = {**form.cleaned_data, "revision": revision_of(request)}
            now = actions.change_variable(variable, **typed, actor=request.user)
            if now.name == before.name:
                return _variables_answer(request, draft)
            return _renamed(request, draft_for(request, draft.prompt), before, now)
    except Invalid as error:
        form.take(error)
    return _refused_variable(request, draft, form, variable)


def _renamed(
    request: HttpRequest, draft: Draft, before: VariableRow, now: DraftVariable
) -> HttpResponse:
    """Says how many places have the new name, with the act that takes it back."""
    shown = _shown(request, draft)
    places = sum(shown.use_counts.get(now.name, {}).values())
    told_places = ngettext("in %(n)s place", "in %(n)s places", places) % {"n": places}
    said = _("“%(old)s” is “%(new)s” now, %(places)s") % {
        "old": before.name,
        "new": now.name,
        "places": told_places,
    }
    if not is_htmx(request):
        messages.success(request, said)
        return back(request, write_page(draft, pane="variables"))
    undo = draft_address("prompts:change_variable", draft, draft.prompt.path, now.pk)
    toast = Toast(said, undo, {**_posted(before), "revision": draft.revision})
    context = {"editor": shown, "toast": toast}
    return told(render(request, "prompts/_variables.html", context), blocks=True)


def _posted(row: VariableRow) -> dict[str, str]:
    """The fields of a variable's form."""
    names = ("name", "type", "default", "description", "max_length", "choices")
    fields = {name: str(getattr(row, name)) for name in names}
    return {**fields, "required": "yes"} if row.required else fields


def _refused_variable(
    request: HttpRequest, draft: Draft, form: VariableForm, variable: DraftVariable | None
) -> HttpResponse:
    """What was typed, with its sentences, where it was typed."""
    if not is_htmx(request):
        context = {"form": form, "prompt": draft.prompt, "draft": draft, "variable": variable}
        context["next"] = request.POST.get("next", "")
        return render(request, "prompts/variable_form.html", context, status=422)
    shown = _shown(request, draft)
    typed = _typed_variable(shown, form, variable)
    if variable is None:
        shown.new_variable = typed
    else:
        shown.typed[variable.pk] = typed
    return _variables(request, shown, status=422)


def _typed_variable(
    shown: Editor, form: VariableForm, variable: DraftVariable | None
) -> VariableRow:
    blank = DraftVariable(draft=shown.draft, pk=0)
    row = variable_row(variable or blank, shown.uses)
    texts = {
        name: form.data.get(name, "")
        for name in ("name", "type", "default", "description", "max_length", "choices")
    }
    errors: Mapping[str, Any] = {field: list(texts) for field, texts in form.errors.items()}
    return replace(row, **texts, required="required" in form.data, errors=errors)


@require_POST
@login_required
def remove_variable(request: HttpRequest, path: str, pk: int) -> HttpResponse:
    draft = draft_for(request, prompt_for(request.user, path))
    variable = get_object_or_404(DraftVariable, pk=pk, draft=draft)
    actions.remove_variable(variable, actor=request.user)
    return _variables_answer(request, draft)


@require_POST
@login_required
def declare_found_variables(request: HttpRequest, path: str) -> HttpResponse:
    """Those named, or all that the text uses without a name given."""
    draft = draft_for(request, prompt_for(request.user, path))
    names = request.POST.getlist("name") or None
    actions.declare_found_variables(draft, names=names, actor=request.user)
    return _variables_answer(request, draft)


@require_safe
@login_required
def samples_pane(request: HttpRequest, path: str) -> HttpResponse:
    shown = _shown(request, draft_for(request, prompt_for(request.user, path)))
    return render(request, "prompts/_samples.html", {"editor": shown})


@require_POST
@login_required
def save_sample(request: HttpRequest, path: str) -> HttpResponse:
    return _save_sample(request, draft_for(request, prompt_for(request.user, path)), None)


@require_POST
@login_required
def change_sample(request: HttpRequest, path: str, pk: int) -> HttpResponse:
    draft = draft_for(request, prompt_for(request.user, path))
    sample = get_object_or_404(Sample, pk=pk, prompt=draft.prompt)
    return _save_sample(request, draft, sample)


def _save_sample(request: HttpRequest, draft: Draft, sample: Sample | None) -> HttpResponse:
    """Each variable has the field `value-<name>`; an empty one means no value."""
    declared = list(draft.variables.all())
    values, errors = _typed_values(request, declared)
    name = request.POST.get("name", "")
    try:
        if errors:
            raise Invalid(errors)
        typed = {"name": name, "values": values, "sample": sample, "draft": draft}
        actions.save_sample(draft.prompt, **typed, actor=request.user)
    except Invalid as error:
        return _refused_sample(request, draft, sample, error)
    if not is_htmx(request):
        return back(request, write_page(draft, pane="samples"))
    shown = _shown(request, draft)
    return told(render(request, "prompts/_samples.html", {"editor": shown}))


def _typed_values(
    request: HttpRequest, declared: list[DraftVariable]
) -> tuple[dict[str, Any], dict[str, list[str]]]:
    values: dict[str, Any] = {}
    errors: dict[str, list[str]] = {}
    for variable in declared:
        part = {**variable_part(variable), "required": False}
        value, sentence = read_value(part, request.POST.get(f"value-{variable.name}", ""))
        if sentence:
            errors[variable.name] = [sentence]
        values[variable.name] = value
    return values, errors


def _refused_sample(
    request: HttpRequest, draft: Draft, sample: Sample | None, error: Invalid
) -> HttpResponse:
    shown = _shown(request, draft)
    row = sample_row(sample, shown.declared)
    typed = tuple(
        replace(
            value,
            typed=request.POST.get(f"value-{value.name}", ""),
            errors=error.errors.get(value.name, ()),
        )
        for value in row.values
    )
    named = {key: texts for key, texts in error.errors.items() if key in ("name", "")}
    row = SampleRow(row.pk, request.POST.get("name", ""), typed, named)
    shown.typed_sample = row
    context = {"editor": shown, "prompt": draft.prompt, "draft": draft, "row": row}
    if is_htmx(request):
        return render(request, "prompts/_samples.html", context, status=422)
    return render(request, "prompts/sample_form.html", context, status=422)


@require_POST
@login_required
def remove_sample(request: HttpRequest, path: str, pk: int) -> HttpResponse:
    draft = draft_for(request, prompt_for(request.user, path))
    sample = get_object_or_404(Sample, pk=pk, prompt=draft.prompt)
    actions.remove_sample(sample, actor=request.user)
    if not is_htmx(request):
        return back(request, write_page(draft, pane="samples"))
    shown = _shown(request, draft)
    return told(render(request, "prompts/_samples.html", {"editor": shown}))


@require_safe
@login_required
def preview_pane(request: HttpRequest, path: str) -> HttpResponse:
    shown = _shown(request, draft_for(request, prompt_for(request.user, path)))
    sample = whole(request.GET.get("sample"))
    found = preview_of(shown, sample, request.GET.get("model", ""))
    context = {"editor": shown, "preview": found, "with_tokens": True}
    return render(request, "prompts/_preview.html", context)
