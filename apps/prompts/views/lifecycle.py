"""The routes of what becomes of a prompt as a whole: whose it is, and where it is."""

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
from apps.prompts.actions.paths import FORMER_PATH_DAYS
from apps.prompts.forms import MoveForm, OwnerForm
from apps.prompts.models import Prompt
from apps.prompts.permissions import can_move_prompt
from apps.prompts.queries import prompt_for
from apps.prompts.standing import live_in


def settings_page(prompt: Prompt) -> str:
    return reverse("pages:prompt_settings", args=[prompt.path])


@require_POST
@login_required
def give_prompt(request: HttpRequest, path: str) -> HttpResponse:
    prompt = prompt_for(request.user, path)
    form = OwnerForm(request.POST, prompt=prompt)
    try:
        if form.is_valid():
            given = actions.give_prompt(prompt, **form.cleaned_data, actor=request.user)
            words = {"prompt": given, "team": given.owner or _("no team")}
            messages.success(request, _("“%(prompt)s” is with %(team)s now") % words)
            return back(request, settings_page(prompt))
    except Invalid as error:
        form.take(error)
    context = {"form": form, "prompt": prompt, "action": "give"}
    return render(request, "prompts/reason_form.html", context, status=422)


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
