from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.signed_in import person_of
from apps.core.templatetags.galley import when
from apps.notifications import actions
from apps.notifications.models import InboxItem
from apps.notifications.queries import suggestion_of
from apps.notifications.views.answers import answer
from apps.reviews.actions import accept_suggestion as accepted


@require_safe
@login_required
def counts(request: HttpRequest) -> HttpResponse:
    """The numbers in the rail and on the bell, for a page that heard that they changed."""
    return render(request, "notifications/_counts.html", {"oob": True})


@require_POST
@login_required
def mark_done(request: HttpRequest, pk: int) -> HttpResponse:
    """Done, with Undo in the toast; without htmx back to the list, where it can be put back."""
    item = actions.mark_done(pk, actor=person_of(request))
    return answer(request, _("Done: %(what)s") % {"what": _about(item)}, _undo(item))


@require_POST
@login_required
def mark_undone(request: HttpRequest, pk: int) -> HttpResponse:
    actions.mark_undone(pk, actor=person_of(request))
    return answer(request, "")


@require_POST
@login_required
def snooze(request: HttpRequest, pk: int) -> HttpResponse:
    until = request.POST.get("until", "")
    item, moment = actions.snooze(pk, until=until, actor=person_of(request))
    said = _("Comes back %(when)s: %(what)s")
    return answer(request, said % {"when": when(moment), "what": _about(item)}, _undo(item))


@require_POST
@login_required
def accept_suggestion(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the wording that the item is about into the draft. A refusal says why, with its link."""
    actor = person_of(request)
    suggestion = suggestion_of(actor, pk)
    accepted(suggestion, actor=actor)
    thread = suggestion.comment.thread
    return answer(request, _("%(prompt)s has the new wording.") % {"prompt": thread.prompt})


def _undo(item: InboxItem) -> str:
    return reverse("notifications:mark_undone", args=[item.pk])


def _about(item: InboxItem) -> str:
    if item.prompt is None and item.access_request is not None:
        return str(item.access_request.namespace)
    return str(item.prompt)
