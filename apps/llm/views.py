from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.models import User
from apps.accounts.signed_in import person_of
from apps.core.errors import Invalid, NotPossible, require
from apps.core.forms import GalleyForm, ReasonForm
from apps.llm import actions
from apps.llm.budget_queries import month_for
from apps.llm.forms import BudgetForm, ConnectionForm, ModelTermsForm, PermitsForm
from apps.llm.models import Budget, Connection
from apps.llm.permissions import can_change_model, can_manage_models, can_use_connection
from apps.llm.queries import (
    connection_for,
    line_of,
    model_for,
    model_to_try,
)
from apps.llm.trials import Trial, try_line
from apps.llm.unanswered import Unanswered
from apps.teams.models import Team
from apps.teams.queries import namespace_for

FORM = require_http_methods(["GET", "HEAD", "POST"])


def admin_of(request: HttpRequest) -> User:
    """The signed-in person, who manages the installation's models; 403 otherwise."""
    person = person_of(request)
    require(can_manage_models(person))
    return person


@never_cache
@sensitive_post_parameters("secret")
@login_required
@FORM
def make_connection(request: HttpRequest) -> HttpResponse:
    person = admin_of(request)
    form = ConnectionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.make_connection(
                form.terms(), secret=form.cleaned_data["secret"], actor=person
            )
        except Invalid as error:
            form.take(error)
        else:
            messages.success(request, _("%(name)s is connected. Add its models.") % {"name": made})
            return HttpResponseRedirect(reverse("llm:make_model", args=[made.pk]))
    return _page(request, "llm/connection_form.html", form)


@never_cache
@sensitive_post_parameters("secret")
@login_required
@FORM
def change_connection(request: HttpRequest, pk: int) -> HttpResponse:
    """An empty key field keeps the key that there is."""
    person = admin_of(request)
    connection = connection_for(pk)
    require(can_use_connection(person, connection))
    form = ConnectionForm(request.POST or None, connection=connection)
    if request.method == "POST" and form.is_valid():
        secret = form.cleaned_data["secret"] or None
        try:
            actions.change_connection(connection, terms=form.terms(), secret=secret, actor=person)
        except Invalid as error:
            form.take(error)
        else:
            messages.success(request, _("%(name)s is changed.") % {"name": connection})
            return _to_models()
    return _page(request, "llm/connection_form.html", form, connection=connection)


@never_cache
@login_required
@require_POST
def test_connection(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask the provider, and say in words what came of it."""
    admin_of(request)
    connection = connection_for(pk)
    context = {"connection": connection, "trial": _trial(connection)}
    whole = not getattr(request, "htmx", False)
    page = "llm/connection_trial.html" if whole else "llm/connection_trial.html#trial"
    return render(request, page, context)


def _trial(connection: Connection) -> Trial:
    model = model_to_try(connection)
    try:
        line = line_of(connection)
    except Unanswered as failure:
        return Trial(False, failure.sentence)
    return try_line(line, model.name, model.remote_name) if model else try_line(line)


@login_required
@FORM
def retire_connection(request: HttpRequest, pk: int) -> HttpResponse:
    person = admin_of(request)
    connection = connection_for(pk)
    return _retire(request, connection, actions.retire_connection, person)


@login_required
@FORM
def retire_model(request: HttpRequest, pk: int) -> HttpResponse:
    person = admin_of(request)
    return _retire(request, model_for(pk), actions.retire_model, person)


def _retire(request: HttpRequest, thing: Any, retire: Any, person: User) -> HttpResponse:
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            retire(thing, reason=form.cleaned_data["reason"], actor=person)
        except NotPossible as refusal:
            form.add_error(None, refusal.verdict.sentence)
        else:
            messages.success(request, _("%(name)s is not asked any more.") % {"name": thing})
            return _to_models()
    return _page(request, "llm/retire.html", form, thing=thing)


@login_required
@require_POST
def restore_connection(request: HttpRequest, pk: int) -> HttpResponse:
    person = admin_of(request)
    connection = actions.restore_connection(connection_for(pk), actor=person)
    messages.success(request, _("%(name)s is in use again.") % {"name": connection})
    return _to_models()


@login_required
@require_POST
def restore_model(request: HttpRequest, pk: int) -> HttpResponse:
    person = admin_of(request)
    model = actions.restore_model(model_for(pk), actor=person)
    messages.success(request, _("%(name)s is in use again.") % {"name": model})
    return _to_models()


@login_required
@FORM
def make_model(request: HttpRequest, pk: int) -> HttpResponse:
    person = admin_of(request)
    connection = connection_for(pk)
    require(can_use_connection(person, connection))
    form = ModelTermsForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            model = actions.make_model(connection, terms=form.terms(), actor=person)
        except Invalid as error:
            form.take(error)
        else:
            messages.success(request, _("%(name)s can be used in prompts now.") % {"name": model})
            return _to_models()
    return _page(request, "llm/model_form.html", form, connection=connection)


@login_required
@FORM
def change_model(request: HttpRequest, pk: int) -> HttpResponse:
    person = admin_of(request)
    model = model_for(pk)
    require(can_change_model(person, model))
    form = ModelTermsForm(request.POST or None, model=model)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_model(model, terms=form.terms(), actor=person)
        except Invalid as error:
            form.take(error)
        else:
            messages.success(request, _("%(name)s is changed.") % {"name": model})
            return _to_models()
    return _page(request, "llm/model_form.html", form, connection=model.connection, model=model)


@login_required
@FORM
def set_permits(request: HttpRequest) -> HttpResponse:
    """The models of one namespace (`?in=path`, which begins with those that it has), or of any."""
    person = admin_of(request)
    path = request.GET.get("in")
    namespace = None if path is None else namespace_for(person, path)
    form = PermitsForm(request.POST or None, namespace=namespace)
    if request.method == "POST" and form.is_valid():
        place, models = form.cleaned_data["namespace"], form.cleaned_data["models"]
        actions.set_permits(place, models=models, actor=person)
        messages.success(request, _("The models of %(place)s are chosen.") % {"place": place})
        return _to_models()
    return _page(request, "llm/permits_form.html", form, namespace=namespace)


@login_required
@FORM
def set_budget(request: HttpRequest, pk: int) -> HttpResponse:
    person = admin_of(request)
    team = get_object_or_404(Team, pk=pk)
    form = BudgetForm(request.POST or None, budget=Budget.objects.filter(team=team).first())
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_budget(team, **form.cleaned_data, actor=person)
        except Invalid as error:
            form.take(error)
        else:
            messages.success(request, _("The budget of %(team)s is changed.") % {"team": team})
            return HttpResponseRedirect(reverse("pages:admin_budgets"))
    return _page(request, "llm/budget_form.html", form, month=month_for(team))


def _to_models() -> HttpResponse:
    return HttpResponseRedirect(reverse("pages:admin_models"))


def _page(request: HttpRequest, template: str, form: GalleyForm, **more: Any) -> HttpResponse:
    status = 422 if form.errors else 200
    return render(request, template, {"form": form, **more}, status=status)
