"""Last week's calls asked again with a candidate: what it will cost first, then one act."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from apps.accounts.models import User
from apps.accounts.signed_in import person_of
from apps.analytics import actions
from apps.analytics.permissions import can_read_calls, can_replay_calls
from apps.analytics.queries.calls import sample_of
from apps.analytics.replay_forms import ReplayForm
from apps.core.errors import Invalid, NotPossible, require
from apps.environments.models import Environment
from apps.environments.queries import environment_for, environments
from apps.evaluations.models import Suite
from apps.evaluations.permissions import can_make_suite
from apps.evaluations.queries.suites import suites_serving
from apps.evaluations.run_words import estimate_words
from apps.prompts.models import Prompt
from apps.prompts.queries import prompt_for


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def replay(request: HttpRequest, path: str) -> HttpResponse:
    """`?environment`: where the calls were made; `?suite`: which takes them. The sample of one
    day is always the same."""
    person = person_of(request)
    prompt = prompt_for(person, path)
    require(can_read_calls(person, prompt.namespace))
    require(can_make_suite(person, prompt.namespace))
    named = request.GET.get("environment")
    place = environment_for(named) if named else environments()[-1]
    suites = _suites(person, prompt)
    context = {"prompt": prompt, "place": place, "suites": suites}
    if not suites:
        return render(request, "analytics/replay.html", context)
    seed = timezone.now().toordinal()
    form = ReplayForm(
        request.POST or None, suites=suites, prompt=prompt, place=place, seed=seed, actor=person,
        wanted=request.GET.get("suite", ""),
    )  # fmt: skip
    status = 200
    if request.method == "POST":
        run = _replayed(request, form, prompt, place)
        if run is not None:
            return redirect("evaluations:run", run.pk)
        status = 200 if form.is_valid() else 422
    some = bool(sample_of(prompt, place, 1, seed=seed))
    context |= {"form": form, "estimate": estimate_words(form) if some else "", "some": some}
    return render(request, "analytics/replay.html", context, status=status)


def _suites(person: User, prompt: Prompt) -> list[Suite]:
    return [one for one in suites_serving(prompt, person) if can_replay_calls(person, one, prompt)]


def _replayed(request: HttpRequest, form: ReplayForm, prompt: Prompt, place: Environment) -> Any:
    """The run; None while only the estimate is asked for, and where it is refused."""
    person = person_of(request)
    if not form.is_valid() or "estimate" in request.POST:
        return None
    try:
        return actions.replay_calls(
            form.chosen_suite, prompt=prompt, place=place, tested=form.tested(),
            many=form.cleaned_data["many"], seed=form.seed, terms=form.terms(), actor=person,
        )  # fmt: skip
    except Invalid as error:
        form.take(error)
    except NotPossible as error:
        form.add_error(None, str(error))
    return None
