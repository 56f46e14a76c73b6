"""The routes of a namespace's naming rule."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from apps.core.errors import Invalid, require
from apps.prompts import actions
from apps.prompts.forms import NamingForm
from apps.prompts.permissions import can_set_naming_rule
from apps.prompts.queries.naming import naming_rule_for, unfitting
from apps.teams.models import Namespace
from apps.teams.queries import visible_namespaces


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def naming_rule(request: HttpRequest, pk: int) -> HttpResponse:
    """The rule that holds in a namespace, its own or one from above, and what does not fit it."""
    place = _place(request, pk)
    rule = naming_rule_for(place)
    own = rule if rule is not None and rule.namespace_id == place.pk else None
    known = {"pattern": own.pattern, "sentence": own.sentence} if own else {}
    form = NamingForm(request.POST or None, initial=known)
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_naming_rule(place, **form.cleaned_data, actor=request.user)
        except Invalid as error:
            form.take(error)
        else:
            messages.success(request, _("New names in %(place)s follow it now") % {"place": place})
            return HttpResponseRedirect(reverse("prompts:naming_rule", args=[place.pk]))
    context: dict[str, Any] = {
        "form": form,
        "place": place,
        "rule": rule,
        "own": own,
        "unfitting": unfitting(request.user, place),
    }
    status = 422 if form.errors else 200
    return render(request, "prompts/naming_form.html", context, status=status)


@require_POST
@login_required
def remove_naming_rule(request: HttpRequest, pk: int) -> HttpResponse:
    place = _place(request, pk)
    actions.remove_naming_rule(place, actor=request.user)
    messages.success(request, _("%(place)s has no naming rule of its own now") % {"place": place})
    return HttpResponseRedirect(reverse("prompts:naming_rule", args=[place.pk]))


def _place(request: HttpRequest, pk: int) -> Namespace:
    place = get_object_or_404(visible_namespaces(request.user), pk=pk)
    require(can_set_naming_rule(request.user, place))
    return place
