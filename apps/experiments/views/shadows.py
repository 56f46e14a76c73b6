"""Shadows: started, looked at pair by pair, paused and stopped."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.signed_in import person_of
from apps.analytics.permissions import can_read_calls
from apps.core.errors import Invalid, NotPossible, require
from apps.core.numbers import whole
from apps.delivery.queries import keeping_rule_for
from apps.environments.models import Environment
from apps.environments.queries import environment_for, environments
from apps.evaluations.checks import check_words
from apps.evaluations.permissions import can_change_suite
from apps.evaluations.queries.suites import suites_serving
from apps.evaluations.run_words import VIEW_WORDS
from apps.experiments import actions
from apps.experiments.models import Shadow, ShadowAnswer
from apps.experiments.permissions import (
    can_change_shadow,
    can_make_shadow,
    can_start_shadow,
    keeps_values,
)
from apps.experiments.queries.shadow_costs import judges_of
from apps.experiments.queries.shadows import PAGE, answer_for, kind_of, pairs_of, shadow_for
from apps.experiments.shadow_forms import ActForm, ShadowForm
from apps.experiments.shadow_readings import (
    read_shadow,
    rows_of,
    verdict_of,
    words_of,
)
from apps.prompts.compare.marks import word_segments
from apps.prompts.models import Prompt
from apps.prompts.queries import prompt_for

ACTS = {
    "pause": actions.pause_shadow, "resume": actions.resume_shadow, "stop": actions.stop_shadow,
}  # fmt: skip


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def make_shadow(request: HttpRequest, path: str) -> HttpResponse:
    """`?environment`: whose calls are answered. What it may cost is said before it starts."""
    person = person_of(request)
    prompt = prompt_for(person, path)
    require(can_make_shadow(person, prompt))
    named = request.GET.get("environment")
    place = environment_for(named) if named else environments()[-1]
    suites = [s for s in suites_serving(prompt, person) if can_start_shadow(person, s, prompt)]
    form = ShadowForm(request.POST or None, prompt=prompt, place=place, suites=suites, actor=person)
    status = 200
    if request.method == "POST":
        shadow = _started(request, form, place)
        if shadow is not None:
            messages.success(request, _("It answers from here on, and no customer sees it."))
            return redirect("experiments:shadow", shadow.pk)
        status = 200 if form.is_valid() else 422
    return _form(request, prompt, place, form, status)


def _started(request: HttpRequest, form: ShadowForm, place: Environment) -> Shadow | None:
    """None while only the estimate is asked for, and where it is refused."""
    if not form.is_valid() or "estimate" in request.POST:
        return None
    version, suite = form.chosen
    try:
        return actions.start_shadow(
            version, environment=place, suite=suite, terms=form.terms(), actor=person_of(request)
        )
    except Invalid as error:
        form.take(error)
    except NotPossible as error:
        form.add_error(None, str(error))
    return None


def _form(
    request: HttpRequest, prompt: Prompt, place: Environment, form: ShadowForm, status: int
) -> HttpResponse:
    context = {
        "prompt": prompt, "place": place, "places": environments(), "form": form,
        "estimate": form.estimate(), "keeps": keeps_values(keeping_rule_for(prompt.namespace)),
    }  # fmt: skip
    return render(request, "experiments/shadow_form.html", context, status=status)


@require_safe
@login_required
def shadow(request: HttpRequest, pk: int) -> HttpResponse:
    """What it came to so far; its pairs, the worst first, for whoever may read single calls."""
    found = shadow_for(person_of(request), pk)
    context = _shown(request, found)
    if request.headers.get("HX-Request"):
        return render(request, "experiments/shadow.html#reading", context)
    return render(request, "experiments/shadow.html", context)


def _shown(request: HttpRequest, found: Shadow) -> dict[str, Any]:
    person, reading = person_of(request), read_shadow(found)
    page = min(whole(request.GET.get("page")) or 1, 1000)
    may_read = bool(can_read_calls(person, found.prompt.namespace))
    pairs = pairs_of(found, page) if may_read else []
    return {
        "shadow": found, "prompt": found.prompt, "place": found.environment, "reading": reading,
        "verdict": verdict_of(found, reading.comparison),
        "words": words_of(found, reading.comparison),
        "rows": rows_of(reading),
        "keeps": keeps_values(keeping_rule_for(found.prompt.namespace)),
        "may_change": bool(can_change_shadow(person, found)), "may_read": may_read,
        "pairs": [(*_look(pair), pair) for pair in pairs[:PAGE]],
        "page": page, "before": page - 1, "after": page + 1 if len(pairs) > PAGE else 0,
        "checks": [check_words(one["kind"], one["settings"]) for one in found.checks],
        "judges": judges_of(found.judged_by, found.checks),
    }  # fmt: skip


@require_safe
@login_required
def shadow_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """One call: its values, both answers word by word, and what each check says of each."""
    person = person_of(request)
    row = answer_for(person, pk)
    require(can_read_calls(person, row.shadow.prompt.namespace))
    context = {
        "pair": row, "shadow": row.shadow, "prompt": row.shadow.prompt,
        "look": _look(row),
        "segments": word_segments(row.live_answer, row.answer)[0] if row.answer else (),
        "told": [_told(check, row) for check in row.shadow.checks],
        "may_keep": bool(row.values) and bool(can_change_suite(person, row.shadow.suite)),
    }  # fmt: skip
    if request.headers.get("HX-Request"):
        return render(request, "experiments/shadow_answer.html#pair", context)
    return render(request, "experiments/shadow_answer.html", context)


def _look(pair: ShadowAnswer) -> tuple[str, str]:
    """Its status as the pages of runs draw it, and in words."""
    kind = kind_of(pair)
    drawn = {"both_pass": "pass", "both_fail": "fail"}.get(kind, kind)
    return f"run_{drawn}", VIEW_WORDS[kind]()


def _told(check: dict[str, Any], row: ShadowAnswer) -> dict[str, Any]:
    return {
        "words": check_words(check["kind"], check["settings"]),
        "own": row.verdicts.get(check["key"]),
        "live": row.live_verdicts.get(check["key"]),
    }  # fmt: skip


@require_POST
@login_required
def act_shadow(request: HttpRequest, pk: int) -> HttpResponse:
    """`outcome`: pause, resume or stop, with a `reason`."""
    person = person_of(request)
    found = shadow_for(person, pk)
    form = ActForm(request.POST)
    if form.is_valid():
        act = ACTS[form.cleaned_data["outcome"]]
        done = act(found, reason=form.cleaned_data["reason"], actor=person)
        messages.success(request, f"{done.get_state_display()}.")
    else:
        require(can_change_shadow(person, found))
    return redirect("experiments:shadow", pk)
