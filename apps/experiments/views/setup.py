"""The one page on which an experiment is set up, with what it takes while one types."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.signed_in import person_of
from apps.core.errors import Invalid, require
from apps.environments.models import Environment
from apps.environments.queries import environment_for, environments, live_release
from apps.experiments import actions
from apps.experiments.forms import ExperimentForm, guard_field, typed
from apps.experiments.models import Experiment
from apps.experiments.permissions import can_change_experiment, can_make_experiment
from apps.experiments.planned import estimate_words
from apps.experiments.queries import baseline, choices_of_metric, experiment_for
from apps.prompts.models import Prompt
from apps.prompts.queries import prompt_for

FIRST = "production"
CHOICES = 50  # versions to choose from, the newest


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def make_experiment(request: HttpRequest, path: str) -> HttpResponse:
    """`?environment=production`. With a metric in the question: only how long it would take."""
    person = person_of(request)
    prompt = prompt_for(person, path)
    require(can_make_experiment(person, prompt))
    place = _place(request, prompt)
    if request.method != "POST":
        form = _form(prompt, place, initial={"environment": place.name, **_typed_before(request)})
        return _page(request, prompt, place, form)
    form = _form(prompt, place, request.POST)
    try:
        if form.is_valid() and form.live is not None:
            made = actions.make_experiment(
                prompt, environment=place, design=_design(form), actor=person
            )
            return redirect("experiments:experiment", made.pk)
    except Invalid as error:
        take(form, error)
    return _page(request, prompt, place, form, status=422)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def change_experiment(request: HttpRequest, pk: int) -> HttpResponse:
    person = person_of(request)
    found = experiment_for(person, pk)
    require(can_change_experiment(person, found))
    prompt, place = found.prompt, found.environment
    if request.method != "POST":
        form = _form(prompt, place, initial={**_stored(found), **_typed_before(request)})
        return _page(request, prompt, place, form, found)
    form = _form(prompt, place, request.POST)
    try:
        if form.is_valid() and form.live is not None:
            actions.change_experiment(found, design=_design(form), actor=person)
            return redirect("experiments:experiment", pk)
    except Invalid as error:
        take(form, error)
    return _page(request, prompt, place, form, found, status=422)


@login_required
@require_POST
def abandon_experiment(request: HttpRequest, pk: int) -> HttpResponse:
    found = experiment_for(person_of(request), pk)
    actions.abandon_experiment(found, actor=person_of(request))
    messages.success(request, _("“%(name)s” is given up.") % {"name": found})
    return redirect("pages:prompt_experiments", found.prompt.path)


def take(form: ExperimentForm, error: Invalid) -> None:
    """What an action says about arms and audience stands at their fields."""
    names = {"versions": "version_b", "weights": "weight_a", "audience": "attribute_1"}
    form.take(Invalid({names.get(name, name): said for name, said in error.errors.items()}))


def _place(request: HttpRequest, prompt: Prompt) -> Environment:
    asked = request.POST if request.method == "POST" else request.GET
    return environment_for(asked.get("environment") or FIRST)


def _form(
    prompt: Prompt, place: Environment, data: Any = None, initial: dict[str, Any] | None = None
) -> ExperimentForm:
    live = live_release(prompt, place)
    others = prompt.versions.order_by("-number").defer("content")
    if live is not None:
        others = others.exclude(pk=live.version_id)
    metrics = choices_of_metric(prompt, place)
    return ExperimentForm(
        data, initial=initial, live=live, others=list(others[:CHOICES]), metrics=metrics
    )


def _design(form: ExperimentForm) -> actions.Design:
    known = form.cleaned_data
    return actions.Design(
        name=known["name"],
        hypothesis=known["hypothesis"],
        shares=form.shares,
        metric=form.goal,
        smallest=form.effect,
        guards=[guard for guard in form.guards if guard.metric.key != form.goal.key],
        days=known["days"],
        audience=form.audience,
    )


def _typed_before(request: HttpRequest) -> dict[str, Any]:
    typing = "metric" in request.GET  # an empty field is typed, too
    return {name: value for name, value in request.GET.items() if value or typing}


def _stored(found: Experiment) -> dict[str, Any]:
    known: dict[str, Any] = {
        "environment": found.environment.name,
        "name": found.name,
        "hypothesis": found.hypothesis,
        "metric": found.goal.key,
        "less": found.goal.source == "feedback" and not found.goal.higher,
        "smallest": typed(found.goal, found.smallest),
        "days": found.days,
        "weight_a": found.arms[0]["weight"],
    }
    for arm in found.arms[1:]:
        known[f"version_{arm['arm']}"] = arm["version"]
        known[f"weight_{arm['arm']}"] = arm["weight"]
    for number, condition in enumerate(found.audience, 1):
        known[f"attribute_{number}"] = condition["attribute"]
        known[f"operator_{number}"] = condition["operator"]
        known[f"values_{number}"] = ", ".join(condition["values"])
    for guard in found.limits:
        known[guard_field(guard.metric)] = typed(guard.metric, guard.worse)
    return known


def _page(
    request: HttpRequest,
    prompt: Prompt,
    place: Environment,
    form: ExperimentForm,
    found: Experiment | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "prompt": prompt,
        "place": place,
        "places": environments(),
        "form": form,
        "experiment": found,
        "estimate": _estimate(prompt, place, form),
    }
    if request.htmx and request.method == "GET":  # type: ignore[attr-defined]  # by middleware
        return render(request, "experiments/experiment_form.html#estimate", context)
    return render(request, "experiments/experiment_form.html", context, status=status)


def _estimate(prompt: Prompt, place: Environment, form: ExperimentForm) -> list[str]:
    """How long it takes, as far as what stands in the form says."""
    if form.live is None:
        return []
    first = {name: field.initial for name, field in form.fields.items()}
    asked = _form(prompt, place, {**first, **form.initial, **(form.data or {})})
    asked.is_valid()
    if not {"metric", "smallest", "weight_a", "weight_b"} <= asked.cleaned_data.keys():
        return []
    weights = [weight for _version, weight in asked.shares]
    if len(weights) < 2 or min(weights) < 1:
        return []
    known = baseline(prompt, place, asked.goal)
    return estimate_words(asked.goal, asked.effect, weights, known, for_all=not asked.audience)
