"""Asking for a right, and answering those who ask."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from apps.core.errors import Invalid, NotPossible, require
from apps.core.forms import ReasonForm
from apps.core.navigation import back
from apps.core.verdicts import not_visible
from apps.teams import actions
from apps.teams.forms import AskForm
from apps.teams.models import Capability, Namespace
from apps.teams.permissions import can_manage_namespace, can_request_access
from apps.teams.queries import access_request_for, last_request, visible_namespaces
from apps.teams.rights import names_with
from apps.teams.views.answers import actor_of, form_page, submitted


@login_required
@require_http_methods(["GET", "POST"])
def request_access(request: HttpRequest, pk: int, capability: str) -> HttpResponse:
    """Ask for one right on a namespace that one may see, and read what became of it."""
    actor = actor_of(request)
    namespace = get_object_or_404(visible_namespaces(actor), pk=pk)
    if capability not in Capability.values:
        require(not_visible())
    form = AskForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.request_access(
                namespace, capability=capability, note=form.cleaned_data["note"], actor=actor
            )
            messages.success(request, _("You asked. You are told when somebody answers."))
            return redirect(request.path)
        except Invalid as error:
            form.take(error)
        except NotPossible:
            return _page(request, namespace, capability, form, status=409)
    return _page(request, namespace, capability, form, status=422 if form.errors else 200)


def _page(
    request: HttpRequest, namespace: Namespace, capability: str, form: AskForm, status: int
) -> HttpResponse:
    actor = actor_of(request)
    context = {
        "form": form,
        "namespace": namespace,
        "right": Capability(capability).label,
        "may": can_request_access(actor, namespace, capability),
        "last": last_request(actor, namespace, capability),
        "who": names_with(Capability.MANAGE, namespace)[:5],
    }
    return render(request, "teams/ask.html", context, status=status)


@login_required
@require_POST
def grant_request(request: HttpRequest, pk: int) -> HttpResponse:
    asked = access_request_for(actor_of(request), pk)
    require(can_manage_namespace(actor_of(request), asked.namespace))
    form = ReasonForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    actions.grant_request(asked, reason=reason, actor=actor_of(request))
    words = {"name": asked.person, "right": asked.get_capability_display()}
    messages.success(request, _("%(name)s has %(right)s now.") % words)
    return back(request, _list())


@login_required
@require_http_methods(["GET", "POST"])
def decline_request(request: HttpRequest, pk: int) -> HttpResponse:
    asked = access_request_for(actor_of(request), pk)
    require(can_manage_namespace(actor_of(request), asked.namespace))
    form = ReasonForm(request.POST or None)

    def act(typed: dict[str, Any]) -> str:
        actions.decline_request(asked, **typed, actor=actor_of(request))
        return _("%(name)s is told why.") % {"name": asked.person}

    words = {"name": asked.person, "right": asked.get_capability_display()}
    return submitted(request, form, act, _list()) or form_page(
        request, form, title=_("Decline what %(name)s asked for: %(right)s") % words,
        submit=_("Decline"), default=_list(),
        intro=_("The reason is sent to the person."),
    )  # fmt: skip


def _list() -> str:
    return f"{reverse('pages:check_access')}#requests"
