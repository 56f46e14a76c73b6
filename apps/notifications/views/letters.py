from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.accounts.signed_in import person_of
from apps.notifications import actions


@require_POST
@login_required
def try_letter_again(request: HttpRequest, pk: int) -> HttpResponse:
    actions.try_letter_again(pk, actor=person_of(request))
    messages.success(request, _("It is tried again now. Reload to see what came of it."))
    return redirect("pages:admin_mail")


@require_POST
@login_required
def drop_letter(request: HttpRequest, pk: int) -> HttpResponse:
    actions.drop_letter(pk, actor=person_of(request))
    messages.success(request, _("The letter is dropped. What it told stays in the inbox."))
    return redirect("pages:admin_mail")
