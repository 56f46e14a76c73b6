from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from apps.accounts.models import User
from apps.core.errors import Invalid, require
from apps.core.navigation import back
from apps.environments import actions
from apps.environments.key_forms import KeyForm, RevokeKeyForm, RotateKeyForm
from apps.environments.key_permissions import can_revoke_key, can_rotate_key
from apps.environments.key_queries import key_for
from apps.teams.permissions import can_administer


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def create_key(request: HttpRequest) -> HttpResponse:
    """The answer shows the key once; it is kept nowhere and can never be shown again."""
    assert isinstance(request.user, User)
    require(can_administer(request.user))
    form = KeyForm(request.POST or None, actor=request.user, wanted=request.GET.dict())
    if request.method == "POST" and form.is_valid():
        typed = dict(form.cleaned_data)
        environment, owner = typed.pop("environment"), typed.pop("owner") or request.user
        try:
            key, text = actions.create_key(environment, **typed, owner=owner, actor=request.user)
        except Invalid as error:
            form.take(error)
        else:
            return render(request, "environments/key_made.html", {"key": key, "text": text})
    status = 422 if form.errors else 200
    return render(request, "environments/key_form.html", {"form": form}, status=status)


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def rotate_key(request: HttpRequest, pk: int) -> HttpResponse:
    """The answer shows the successor once, and how long the old key works beside it."""
    assert isinstance(request.user, User)
    key = key_for(request.user, pk)
    require(can_rotate_key(request.user, key))
    form = RotateKeyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made, text = actions.rotate_key(key, **form.cleaned_data, actor=request.user)
        except Invalid as error:
            form.take(error)
        else:
            old = key_for(request.user, pk)
            context = {"key": made, "text": text, "old": old}
            return render(request, "environments/key_made.html", context)
    context = {"form": form, "key": key}
    status = 422 if form.errors else 200
    return render(request, "environments/key_rotate.html", context, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def revoke_key(request: HttpRequest, pk: int) -> HttpResponse:
    assert isinstance(request.user, User)
    key = key_for(request.user, pk)
    require(can_revoke_key(request.user, key))
    form = RevokeKeyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.revoke_key(key, **form.cleaned_data, actor=request.user)
        messages.success(request, _("The key %s is revoked. It opens nothing any more.") % key)
        return back(request, reverse("pages:admin_keys"))
    context = {"form": form, "key": key}
    status = 422 if form.errors else 200
    return render(request, "environments/key_revoke.html", context, status=status)
