from __future__ import annotations

from collections.abc import Callable

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.accounts.models import User
from apps.accounts.signed_in import person_of
from apps.core.errors import require
from apps.core.verdicts import not_visible
from apps.notifications import actions
from apps.notifications.levels import own_level
from apps.notifications.views.answers import answer
from apps.prompts.models import Prompt
from apps.prompts.queries import prompt_for
from apps.reviews.queries import thread_for
from apps.teams.models import Namespace
from apps.teams.queries import visible_namespaces

NEITHER = "normal"  # in an address, where an empty word cannot stand


@require_POST
@login_required
def follow_prompt(request: HttpRequest, level: str, path: str) -> HttpResponse:
    """Watch or mute a prompt, or neither; Undo says what was before."""
    actor = person_of(request)
    prompt = prompt_for(actor, path)
    return _follow(request, level, prompt, actions.follow_prompt)


@require_POST
@login_required
def follow_namespace(request: HttpRequest, level: str, path: str) -> HttpResponse:
    actor = person_of(request)
    return _follow(request, level, _namespace(actor, path), actions.follow_namespace)


@require_POST
@login_required
def follow_thread(request: HttpRequest, level: str, pk: int) -> HttpResponse:
    """Mute a conversation, or hear of it again: from its row in the inbox, or where it stands."""
    actor = person_of(request)
    thread = thread_for(actor, pk)
    actions.follow_thread(thread, level="" if level == NEITHER else level, actor=actor)
    is_muted = level != NEITHER
    if request.htmx and "tab" not in request.POST:  # type: ignore[attr-defined]
        context = {"thread": thread, "is_muted": is_muted, "just_done": True}
        return render(request, "notifications/_mute_thread.html", context)
    if not is_muted:
        return answer(request, _("You hear of this conversation again."))
    undo = reverse("notifications:follow_thread", args=[NEITHER, thread.pk])
    said = _("The conversation is muted. A mention of you in it still comes to you.")
    return answer(request, said, undo)


def _namespace(actor: User, path: str) -> Namespace:
    found = visible_namespaces(actor).filter(path=path).first()
    if found is None:
        require(not_visible())
    assert found is not None
    return found


def _follow(
    request: HttpRequest, level: str, place: Prompt | Namespace, follow: Callable[..., None]
) -> HttpResponse:
    actor = person_of(request)
    before = own_level(actor, place)
    follow(place, level="" if level == NEITHER else level, actor=actor)
    said = {
        "watch": _("You watch %(place)s: everything that happens there comes to you."),
        "mute": _("%(place)s is muted: nothing from there comes to you."),
        NEITHER: _("You hear of %(place)s what concerns you."),
    }[level]
    kind = "prompt" if isinstance(place, Prompt) else "namespace"
    undo = reverse(f"notifications:follow_{kind}", args=[before or NEITHER, place.path])
    return answer(request, said % {"place": place}, undo)
