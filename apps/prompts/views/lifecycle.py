"""The routes of what becomes of a prompt as a whole: whose it is, where it
is, and whether it is kept up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from apps.core.errors import Invalid, NotPossible
from apps.core.forms import GalleyForm
from apps.core.navigation import back
from apps.prompts import actions
from apps.prompts.actions.paths import FORMER_PATH_DAYS
from apps.prompts.forms import (
    ArchiveForm,
    DeprecateForm,
    MoveForm,
    OwnerForm,
    ReactivateForm,
    RestoreForm,
)
from apps.prompts.models import Prompt
from apps.prompts.permissions import can_move_prompt
from apps.prompts.queries import prompt_for
from apps.prompts.standing import live_in


def settings_page(prompt: Prompt) -> str:
    return reverse("pages:prompt_settings", args=[prompt.path])


def _act(
    request: HttpRequest, prompt: Prompt, form: GalleyForm, action: Callable[..., Prompt], said: str
) -> HttpResponse:
    """Act on what the form says; a refusal about the form stands in it, with all that was typed."""
    name = action.__name__.partition("_")[0]
    try:
        if form.is_valid():
            done = action(prompt, **form.cleaned_data, actor=request.user)
            messages.success(request, said % {"prompt": done, "team": done.owner or _("no team")})
            return back(request, settings_page(done))
    except Invalid as error:
        form.take(error)
    except NotPossible as refusal:
        if refusal.code != "still_live":
            raise
        form.add_error("still_live", refusal.verdict.sentence)
    context = {"form": form, "prompt": prompt, "action": name}
    return render(request, "prompts/reason_form.html", context, status=422)


@require_POST
@login_required
def give_prompt(request: HttpRequest, path: str) -> HttpResponse:
    prompt = prompt_for(request.user, path)
    form = OwnerForm(request.POST, prompt=prompt)
    return _act(request, prompt, form, actions.give_prompt, _("“%(prompt)s” is with %(team)s now"))


@require_POST
@login_required
def deprecate_prompt(request: HttpRequest, path: str) -> HttpResponse:
    prompt = prompt_for(request.user, path)
    form = DeprecateForm(request.POST, actor=request.user, prompt=prompt)
    said = _("“%(prompt)s” is deprecated; whoever fetches it is told")
    return _act(request, prompt, form, actions.deprecate_prompt, said)


@require_POST
@login_required
def reactivate_prompt(request: HttpRequest, path: str) -> HttpResponse:
    prompt = prompt_for(request.user, path)
    form = ReactivateForm(request.POST)
    said = _("“%(prompt)s” is no longer deprecated")
    return _act(request, prompt, form, actions.reactivate_prompt, said)


@require_POST
@login_required
def archive_prompt(request: HttpRequest, path: str) -> HttpResponse:
    prompt = prompt_for(request.user, path)
    said = _("“%(prompt)s” is archived")
    return _act(request, prompt, ArchiveForm(request.POST), actions.archive_prompt, said)


@require_POST
@login_required
def restore_prompt(request: HttpRequest, path: str) -> HttpResponse:
    prompt = prompt_for(request.user, path)
    said = _("“%(prompt)s” is out of the archive")
    return _act(request, prompt, RestoreForm(request.POST), actions.restore_prompt, said)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def move_prompt(request: HttpRequest, path: str) -> HttpResponse:
    """Another name in the path, another namespace, or both: a page of its own says what follows."""
    prompt = prompt_for(request.user, path)
    form = MoveForm(request.POST or None, actor=request.user, prompt=prompt)
    if request.method == "POST" and form.is_valid():
        try:
            moved = actions.move_prompt(prompt, **form.cleaned_data, actor=request.user)
        except Invalid as error:
            form.take(error)
        else:
            messages.success(request, _("It is at %(path)s now") % {"path": moved.path})
            return HttpResponseRedirect(settings_page(moved))
    context: dict[str, Any] = {
        "form": form,
        "prompt": prompt,
        "may_move": can_move_prompt(request.user, prompt, prompt.namespace),
        "live": live_in(prompt),
        "days": FORMER_PATH_DAYS,
    }
    status = 422 if form.is_bound else 200
    return render(request, "prompts/move_form.html", context, status=status)
