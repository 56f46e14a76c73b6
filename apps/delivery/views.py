"""The routes of a namespace's keeping rule."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from apps.core.errors import Invalid, require
from apps.delivery import actions
from apps.delivery.forms import KeepingForm
from apps.delivery.keeping_terms import Terms, terms_of
from apps.delivery.permissions import can_set_keeping_rule
from apps.delivery.queries import keeping_rule_for
from apps.teams.models import Namespace
from apps.teams.queries import visible_namespaces


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def keeping_rule(request: HttpRequest, pk: int) -> HttpResponse:
    """What is kept of the calls in a namespace, by its own rule or by one from above."""
    place = _place(request, pk)
    rule = keeping_rule_for(place)
    own = rule is not None and rule.namespace_id == place.pk
    form = KeepingForm(request.POST or None, initial=terms_of(rule).as_json())
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_keeping_rule(place, terms=Terms(**form.cleaned_data), actor=request.user)
        except Invalid as wrong:
            form.take(wrong)
        else:
            messages.success(request, _("This holds in %(place)s from now on") % {"place": place})
            return HttpResponseRedirect(_address(place))
    context = {
        "form": form,
        "place": place,
        "rule": rule,
        "own": own,
        "words": terms_of(rule).words,
    }
    status = 422 if form.errors else 200
    return render(request, "delivery/keeping_form.html", context, status=status)


@require_POST
@login_required
def remove_keeping_rule(request: HttpRequest, pk: int) -> HttpResponse:
    place = _place(request, pk)
    actions.remove_keeping_rule(place, actor=request.user)
    messages.success(request, _("%(place)s has no rule of its own now") % {"place": place})
    return HttpResponseRedirect(_address(place))


def _address(place: Namespace) -> str:
    return reverse("delivery:keeping_rule", args=[place.pk])


def _place(request: HttpRequest, pk: int) -> Namespace:
    place = get_object_or_404(visible_namespaces(request.user), pk=pk)
    require(can_set_keeping_rule(request.user, place))
    return place
