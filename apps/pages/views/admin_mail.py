"""Administration: the post."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.core.errors import require
from apps.notifications.mailroom import mailroom
from apps.notifications.permissions import can_manage_letters
from apps.pages.views.admin import admin_of, tabs


@require_safe
@login_required
def mail(request: HttpRequest) -> HttpResponse:
    """Letters that the mail server refused, why, and what one can do."""
    require(can_manage_letters(admin_of(request)))
    context = {"mail": mailroom(), "tabs": tabs("admin_mail")}
    return render(request, "pages/admin_mail.html", context)
