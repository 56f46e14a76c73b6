from __future__ import annotations

from typing import Any

from django.conf import settings as configured
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.models import User
from apps.accounts.signed_in import person_of
from apps.core.errors import Invalid
from apps.notifications import actions
from apps.notifications.choices import ways_of
from apps.notifications.following import followed, place_at, places
from apps.notifications.kinds import Kind, Way
from apps.notifications.letters import send_test
from apps.notifications.models import NoticeChoice
from apps.prompts.models import Prompt


@login_required
@require_http_methods(["GET", "POST"])
def settings(request: HttpRequest) -> HttpResponse:
    """The matrix of kinds and ways; it posts by itself, and with its button without JavaScript."""
    actor = person_of(request)
    if request.method == "GET":
        return _page(request, actor)
    actions.choose_ways(_chosen(request), actor=actor)
    if request.htmx:  # type: ignore[attr-defined]  # set by HtmxMiddleware
        now = timezone.localtime()
        return render(request, "notifications/_saved.html", {"now": now})
    messages.success(request, _("Your choices are saved."))
    return redirect("notifications:settings")


def _chosen(request: HttpRequest) -> dict[Kind, Way]:
    """One of each; a kind that the form does not have keeps what it had."""
    return {
        kind: Way(f"inbox-{kind.value}" in request.POST, request.POST[f"email-{kind.value}"])
        for kind in Kind
        if f"email-{kind.value}" in request.POST
    }


def _page(request: HttpRequest, actor: User, status: int = 200, **more: Any) -> HttpResponse:
    chosen = ways_of(actor)
    context = {
        "kinds": [{"kind": k.value, "label": k.label, "way": chosen[k]} for k in Kind],
        "emails": NoticeChoice.Email.choices,
        "following": followed(actor),
        "places": places(actor),
        "mail_works": not configured.EMAIL_BACKEND.endswith("console.EmailBackend"),
        **more,
    }
    return render(request, "notifications/settings.html", context, status=status)


@require_POST
@login_required
def follow_path(request: HttpRequest) -> HttpResponse:
    """Watch or mute what was typed: a prompt or a namespace."""
    actor = person_of(request)
    path, level = request.POST.get("path", "").strip().strip("/"), request.POST.get("level", "")
    place = place_at(actor, path)
    if place is None:
        error = _(
            "There is no prompt or namespace “%(path)s” that you see. Choose one of the list."
        )
        return _page(request, actor, 422, path=path, error=error % {"path": path[:200]})
    follow = actions.follow_prompt if isinstance(place, Prompt) else actions.follow_namespace
    if level not in ("watch", "mute"):
        raise Invalid({"level": [_("Choose to watch or to mute.")]})
    follow(place, level=level, actor=actor)  # type: ignore[arg-type]  # the one of its kind
    return redirect("notifications:settings")


@require_POST
@login_required
def stop_following(request: HttpRequest, pk: int) -> HttpResponse:
    actions.stop_following(pk, actor=person_of(request))
    return redirect("notifications:settings")


@require_POST
@login_required
def send_test_letter(request: HttpRequest) -> HttpResponse:
    """To oneself alone; what the server says is shown."""
    actor = person_of(request)
    problem = send_test(actor)
    if problem:
        messages.error(request, problem)
    else:
        messages.success(request, _("The letter to %(email)s is sent.") % {"email": actor.email})
    return redirect("notifications:settings")
