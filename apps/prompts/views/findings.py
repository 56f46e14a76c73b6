"""The routes of what is found in a draft."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from apps.core.errors import Invalid
from apps.core.navigation import back
from apps.prompts import actions
from apps.prompts.editing import editor
from apps.prompts.forms import DismissForm
from apps.prompts.models import Draft
from apps.prompts.queries import prompt_for
from apps.prompts.views.answers import draft_for, is_htmx, write_page


def _pane(
    request: HttpRequest, draft: Draft, form: DismissForm | None = None, status: int = 200
) -> HttpResponse:
    context = {"editor": editor(request.user, draft.prompt, draft), "dismiss_form": form}
    return render(request, "prompts/_checks.html", context, status=status)


def _answer(request: HttpRequest, draft: Draft) -> HttpResponse:
    if is_htmx(request):
        return _pane(request, draft)
    return back(request, write_page(draft, pane="checks"))


@require_safe
@login_required
def checks_pane(request: HttpRequest, path: str) -> HttpResponse:
    return _pane(request, draft_for(request, prompt_for(request.user, path)))


@require_POST
@login_required
def dismiss_finding(request: HttpRequest, path: str) -> HttpResponse:
    """`finding` is the digest that the pane showed, `reason` why it is no problem."""
    draft = draft_for(request, prompt_for(request.user, path))
    form = DismissForm(request.POST)
    try:
        digest, reason = request.POST.get("finding", ""), request.POST.get("reason", "")
        actions.dismiss_finding(draft, digest=digest, reason=reason, actor=request.user)
        return _answer(request, draft)
    except Invalid as error:
        form.is_valid()
        _add_unsaid(form, error)
    if is_htmx(request):
        return _pane(request, draft, form, 422)
    context = {"form": form, "draft": draft, "prompt": draft.prompt}
    return render(request, "prompts/dismiss_form.html", context, status=422)


def _add_unsaid(form: DismissForm, error: Invalid) -> None:
    """What the form says of a field itself is not said twice."""
    left = {name: said for name, said in error.errors.items() if name not in form.errors}
    if left:
        form.take(Invalid(left))


@require_POST
@login_required
def show_finding_again(request: HttpRequest, path: str) -> HttpResponse:
    draft = draft_for(request, prompt_for(request.user, path))
    digest = request.POST.get("finding", "")
    actions.show_finding_again(draft, digest=digest, actor=request.user)
    return _answer(request, draft)
