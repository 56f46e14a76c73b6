"""Ways in for people who have no account yet: an invitation, and the first admin's link."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from apps.accounts.links import can_use_links, fits
from apps.accounts.models import User
from apps.accounts.views import BACKEND
from apps.core.actors import SYSTEM
from apps.core.errors import Invalid, require
from apps.core.forms import GalleyForm
from apps.core.verdicts import Verdict, not_visible
from apps.teams import actions
from apps.teams.forms import AcceptForm, FirstAdminForm
from apps.teams.permissions import can_accept_invitation, can_begin
from apps.teams.queries import invitation_of

FIRST_ADMIN = "first-admin"


@never_cache
@require_http_methods(["GET", "POST"])
def accept_invitation(request: HttpRequest, token: str) -> HttpResponse:
    invitation = invitation_of(token)
    may = can_accept_invitation(SYSTEM, invitation)
    if not may or invitation is None:
        return _closed(request, may)
    form = AcceptForm(request.POST or None, initial={"name": invitation.name})

    def act(typed: dict[str, Any]) -> User:
        return actions.accept_invitation(token, **typed, actor=SYSTEM)

    context = {"form": form, "invitation": invitation}
    return _entered(request, form, act) or _page(request, "teams/invitation_accept.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def first_admin(request: HttpRequest, token: str) -> HttpResponse:
    require(can_use_links(request))
    may = can_begin(SYSTEM) if fits(token, FIRST_ADMIN) else not_visible(_("Ask for a new link."))
    if not may:
        return _closed(request, may)
    form = FirstAdminForm(request.POST or None)

    def act(typed: dict[str, Any]) -> User:
        return actions.create_first_admin(**typed, actor=SYSTEM)

    return _entered(request, form, act) or _page(request, "teams/first_admin.html", {"form": form})


def _entered(request: HttpRequest, form: GalleyForm, act: Any) -> HttpResponse | None:
    """Make the account, sign in, go home; None when the form is to be shown."""
    if request.method != "POST" or not form.is_valid():
        return None
    try:
        person = act(form.cleaned_data)
    except Invalid as error:
        form.take(error)
        return None
    login(request, person, backend=BACKEND)
    return redirect("/")


def _closed(request: HttpRequest, verdict: Verdict) -> HttpResponse:
    """A page of its own: whoever follows an old link has to read why, and what to do."""
    status = verdict.refusal.value if verdict.refusal else 404
    return render(request, "teams/entrance_closed.html", {"verdict": verdict}, status=status)


def _page(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    return render(request, template, context, status=422 if context["form"].errors else 200)
