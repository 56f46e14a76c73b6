from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.core.navigation import back
from apps.teams import actions
from apps.teams.views.answers import actor_of


@login_required
@require_POST
def check_trail(request: HttpRequest) -> HttpResponse:
    seen = actions.check_trail(actor=actor_of(request))
    if seen.broken_at is None:
        messages.success(request, _("Checked: the record is whole."))
    else:
        messages.error(request, _("The record is not whole: %s.") % seen.why)
    return back(request, reverse("pages:audit"))
