from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from apps.audit.restored import put_back
from apps.core.errors import require
from apps.core.forms import ReasonForm
from apps.core.navigation import back
from apps.teams import actions
from apps.teams.permissions import can_acknowledge_restore
from apps.teams.views.answers import actor_of, form_page, submitted


@login_required
@require_POST
def check_trail(request: HttpRequest) -> HttpResponse:
    seen = actions.check_trail(actor=actor_of(request))
    if seen.broken_at is None:
        messages.success(request, _("Checked: the record is whole."))
    else:
        messages.error(request, _("The record is not whole: %s.") % seen.why)
    return back(request, reverse("pages:audit"))


@login_required
@require_http_methods(["GET", "POST"])
def acknowledge_restore(request: HttpRequest) -> HttpResponse:
    """An older database was put back: an admin says so before anything is released again."""
    actor, audit = actor_of(request), reverse("pages:audit")
    found = put_back()
    require(can_acknowledge_restore(actor, found))
    form = ReasonForm(request.POST or None)
    form.fields["reason"].required = True

    def act(data: dict[str, Any]) -> str:
        actions.acknowledge_restore(**data, actor=actor)
        return _("Acknowledged. Releases are possible again.")

    words = _(
        "The checkpoints hold %(signed)s entries of the record, and the first %(kept)s of them are "
        "in this database. What came after them is lost here: releases, approvals and rights among "
        "it. Look at what is live before you go on. What you write stands in the record."
    )
    intro = words % {"signed": found.signed, "kept": found.kept} if found else ""
    return submitted(request, form, act, audit) or form_page(
        request, form, title=_("Acknowledge the older database"), submit=_("Acknowledge"),
        default=audit, intro=intro,
    )  # fmt: skip
