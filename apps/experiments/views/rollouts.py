"""A rollout that looks after itself: planned, looked at, paused and ended."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.accounts.signed_in import person_of
from apps.core.errors import Invalid, NotPossible, require
from apps.environments.models import Environment
from apps.environments.queries import environment_for, live_release
from apps.experiments import actions
from apps.experiments.forms import PlanActForm, PlanForm, guard_field
from apps.experiments.metrics import ERRORS
from apps.experiments.models import RolloutPlan
from apps.experiments.queries import choices_of_metric, plan_of
from apps.experiments.queries.watch import watch
from apps.experiments.sentences import limit_words, metric_name, number
from apps.experiments.states import Hold, OnHarm
from apps.prompts.models import Prompt
from apps.prompts.queries import prompt_for
from apps.releases.permissions import can_step, has_right_there
from apps.releases.queries import rollout_of

FIRST = "production"
ACTS = {"pause": actions.pause_plan, "resume": actions.resume_plan, "end": actions.end_plan}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def guard_rollout(request: HttpRequest, path: str) -> HttpResponse:
    """`?environment=production`: the plan of its rollout; without one, the form that makes it."""
    person = person_of(request)
    prompt = prompt_for(person, path)
    asked = request.POST if request.method == "POST" else request.GET
    place = environment_for(asked.get("environment") or FIRST)
    require(has_right_there(person, prompt, place))
    plan = plan_of(prompt, place)
    if request.method == "POST" and "outcome" in request.POST:
        return _act(request, prompt, place, plan)
    require(can_step(live_release(prompt, place), place))
    if request.method != "POST":
        return _page(request, prompt, place, plan, _fresh(prompt, place))
    return _make(request, prompt, place)


def _make(request: HttpRequest, prompt: Prompt, place: Environment) -> HttpResponse:
    form = PlanForm(request.POST, metrics=choices_of_metric(prompt, place))
    if not form.is_valid():
        return _page(request, prompt, place, None, form, status=422)
    known = form.cleaned_data
    try:
        actions.guard_rollout(
            prompt,
            environment=place,
            expects=known["expects"],
            steps=known["steps"],
            hold=Hold(known["hold"]),
            amount=known["amount"],
            guards=form.guards,
            on_harm=OnHarm(known["on_harm"]),
            actor=person_of(request),
        )
    except Invalid as error:
        form.take(error)
        return _page(request, prompt, place, None, form, status=422)
    except NotPossible as refusal:
        require(can_step(live_release(prompt, place), place))
        again = _fresh(prompt, place)
        return _page(request, prompt, place, plan_of(prompt, place), again, refusal)
    messages.success(request, _("It goes on by itself from here, and you are told."))
    return redirect("pages:prompt_releases", prompt.path)


def _act(
    request: HttpRequest, prompt: Prompt, place: Environment, plan: RolloutPlan | None
) -> HttpResponse:
    form = PlanActForm(request.POST)
    if plan is None or not form.is_valid():
        require(can_step(live_release(prompt, place), place))
        return _page(request, prompt, place, plan, _fresh(prompt, place), status=422)
    act = ACTS[form.cleaned_data["outcome"]]
    try:
        done = act(plan, reason=form.cleaned_data["reason"], actor=person_of(request))
    except NotPossible as refusal:
        require(can_step(live_release(prompt, place), place))
        return _page(request, prompt, place, plan_of(prompt, place), _fresh(prompt, place), refusal)
    messages.success(request, str(done.get_state_display()) + ".")
    return redirect("pages:prompt_releases", prompt.path)


def _fresh(prompt: Prompt, place: Environment) -> PlanForm:
    live = live_release(prompt, place)
    share = live.share if live else 0
    steps = [step for step in (5, 25, 50, 100) if step > share] or [100]
    first: dict[str, Any] = {
        "environment": place.name,
        "expects": live.pk if live else None,
        "steps": ", ".join(map(str, steps)),
        guard_field(ERRORS): 2,
    }
    return PlanForm(metrics=choices_of_metric(prompt, place), initial=first)


def _page(
    request: HttpRequest,
    prompt: Prompt,
    place: Environment,
    plan: RolloutPlan | None,
    form: PlanForm,
    refusal: NotPossible | None = None,
    status: int = 200,
) -> HttpResponse:
    rollout = rollout_of(live_release(prompt, place))
    assert rollout is not None
    seen = watch(plan, rollout.release) if plan else None
    context = {
        "prompt": prompt,
        "place": place,
        "rollout": rollout,
        "plan": plan,
        "form": form,
        "seen": seen,
        "guards": [
            {"name": metric_name(guard.metric), "allowed": limit_words(guard.metric, guard.worse),
             "before": number(first.mean, guard.metric) if first.units else "–",
             "after": number(other.mean, guard.metric) if other.units else "–",
             "units": other.units, "limit": found}
            for guard, first, other, found in (seen.guards if seen else [])
        ],
        "refusal": refusal.verdict if refusal else None,
    }  # fmt: skip
    status = refusal.status if refusal else status
    return render(request, "experiments/rollout.html", context, status=status)
