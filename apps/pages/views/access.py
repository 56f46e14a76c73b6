"""Check access: choose a person, a right and a place, and read why they may or may not."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from apps.accounts.models import User
from apps.accounts.queries import people
from apps.core.errors import require
from apps.core.forms import GalleyForm
from apps.prompts.queries import visible_prompts
from apps.teams.models import Capability
from apps.teams.permissions import can_administer, can_manage_namespace, explain, namespace_of
from apps.teams.queries import open_access_requests, visible_namespaces


class AccessForm(GalleyForm):
    person = forms.ModelChoiceField(
        label=_("Person"), queryset=User.objects.none(), empty_label=_("Choose a person")
    )
    right = forms.ChoiceField(label=_("Right"), choices=Capability.choices)
    on = forms.CharField(
        label=_("On"), required=False, help_text=_("A prompt or namespace; empty: everything")
    )


def access_form(actor: User, initial: dict[str, Any], data: Any = None) -> AccessForm:
    form = AccessForm(data, initial=initial, auto_id="access_%s")
    field = form.fields["person"]
    assert isinstance(field, forms.ModelChoiceField)
    field.queryset = people()
    return form


@require_safe
@login_required
def check_access(request: HttpRequest) -> HttpResponse:
    """`?person=12&right=publish&on=support/refunds/reply`."""
    assert isinstance(request.user, User)
    require(can_administer(request.user))
    form = access_form(request.user, {}, request.GET or None)
    answer = None
    if form.is_bound and form.is_valid():
        thing = _thing(request.user, form.cleaned_data["on"].strip().strip("/"))
        if thing is None:
            form.add_error("on", _("There is nothing at this path that you can see."))
        else:
            require(can_manage_namespace(request.user, namespace_of(thing)))
            answer = explain(form.cleaned_data["person"], form.cleaned_data["right"], thing)
    context = {
        "access": form,
        "answer": answer,
        "requests": open_access_requests(request.user),
    }
    status = 422 if form.is_bound and form.errors else 200
    if request.headers.get("HX-Request") == "true":
        return render(request, "pages/admin_access.html#access", context, status=status)
    return render(request, "pages/admin_access.html", context, status=status)


def _thing(actor: User, path: str) -> Any:
    """The namespace or prompt at a path, among what the actor may see."""
    namespace = visible_namespaces(actor).filter(path=path).first()
    return namespace or visible_prompts(actor).filter(path=path).first()
