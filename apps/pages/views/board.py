from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from apps.accounts.signed_in import person_of
from apps.core.numbers import whole
from apps.environments.models import Release, Rule
from apps.environments.queries import rule_sentence, rules_for
from apps.experiments.models import Experiment, RolloutPlan
from apps.experiments.queries import (
    experiments_that_run,
    harmed_plans,
    last_plan,
    plans_of,
)
from apps.pages.addresses import with_query
from apps.pages.queries.prompt import Place, PromptHead
from apps.pages.views.prompt import frame
from apps.prompts.models import Prompt
from apps.prompts.queries import namespace_tree
from apps.releases.models import Schedule
from apps.releases.permissions import can_release_version, can_roll_back, has_right_there
from apps.releases.queries import board as board_of
from apps.releases.queries import rollout_of, timeline
from apps.releases.queries.follow_ups import open_follow_ups
from apps.releases.queries.labels import LabelLine, labels_of
from apps.releases.queries.schedules import refused_schedules, schedules_of
from apps.releases.queries.waivers import proposed_waivers
from apps.releases.schedule_permissions import can_withdraw_schedule
from apps.teams.queries import visible_namespaces

SINCE = {
    "": (gettext_lazy("Changed at any time"), None),
    "week": (gettext_lazy("Changed this week"), 7),
    "month": (gettext_lazy("Changed this month"), 31),
}
TIMELINE = 100


@require_safe
@login_required
def board(request: HttpRequest) -> HttpResponse:
    """What is where: a column for drafts and one for each environment in the order."""
    since = request.GET.get("since", "")
    since = since if since in SINCE else ""
    place = visible_namespaces(person_of(request)).filter(path=request.GET.get("in", "")).first()
    days = SINCE[since][1]
    found = board_of(
        person_of(request),
        namespace=place.path if place else "",
        since=timezone.now() - timedelta(days=days) if days else None,
    )
    shown = whole(request.GET.get("column"), len(found.columns) - 1)
    context = {
        "board": found,
        "shown": str(shown or 0),
        "as_table": request.GET.get("as") == "table",
        "places": _places(request, place),
        "place": place,
        "moments": _moments(request, since),
        "since": SINCE[since][0] if since else "",
        "any_place": with_query(request, **{"in": ""}),
        "any_time": with_query(request, since=""),
        "switch": _switch(request),
        "columns": _columns(request, found),
        "follow_ups": open_follow_ups(person_of(request)),
        "plans": harmed_plans(person_of(request)),
        "running": _running(card.release for column in found.columns for card in column.cards),
        "has_cards": any(column.cards for column in found.columns),
    }
    return render(request, "pages/board.html", context)


def _running(releases: Iterable[Release | None]) -> list[Experiment]:
    """The experiments of what is shown; asked only where there is one."""
    begun = [release.pk for release in releases if release is not None and release.is_experiment]
    return experiments_that_run(begun) if begun else []


def _places(request: HttpRequest, now: Any) -> list[dict[str, Any]]:
    return [
        {"label": node.namespace.path, "url": with_query(request, **{"in": node.namespace.path}),
         "current": now is not None and node.namespace.pk == now.pk, "count": node.below}
        for node in namespace_tree(person_of(request))
        if node.namespace.path
    ]  # fmt: skip


def _moments(request: HttpRequest, now: str) -> list[dict[str, Any]]:
    return [
        {"label": label, "url": with_query(request, since=code), "current": code == now}
        for code, (label, _days) in SINCE.items()
    ]


def _switch(request: HttpRequest) -> list[dict[str, Any]]:
    table = request.GET.get("as") == "table"
    return [
        {"label": _("Board"), "url": with_query(request, **{"as": ""}), "current": not table},
        {"label": _("Table"), "url": with_query(request, **{"as": "table"}), "current": table},
    ]


def _columns(request: HttpRequest, found: Any) -> list[dict[str, Any]]:
    """One environment at a time, on the phone."""
    shown = request.GET.get("column", "0")
    return [
        {"label": str(column.environment or _("Draft")), "count": len(column.cards),
         "url": with_query(request, column=place), "current": str(place) == shown}
        for place, column in enumerate(found.columns)
    ]  # fmt: skip


@require_safe
@login_required
def prompt_releases(request: HttpRequest, path: str) -> HttpResponse:
    """What is live where, and everything that ever was."""
    context = frame(request, path, "prompt_releases")
    prompt, head = context["prompt"], context["head"]
    found = labels_of(prompt)
    rules = rules_for(prompt.namespace)
    plans = plans_of([prompt])
    context["states"] = [_state(request, head, place, rules, plans) for place in head.places]
    context["schedules"] = [_plan(request, row) for row in schedules_of(prompt).values()]
    context["refused"] = refused_schedules(prompt)
    context["follow_ups"] = open_follow_ups(person_of(request), prompt)
    context["waivers"] = proposed_waivers(prompt)
    context["labels"] = [_labels(request, prompt, place, found) for place in head.places]
    context["running"] = _running(
        place.live.release if place.live else None for place in head.places
    )
    context["timeline"] = timeline(prompt, limit=TIMELINE)
    return render(request, "pages/prompt_releases.html", context)


def _state(
    request: HttpRequest,
    head: PromptHead,
    place: Place,
    rules: dict[int, Rule],
    plans: dict[tuple[int, int], RolloutPlan],
) -> dict[str, Any]:
    """One environment: what is live there, its rule, and what this person may do."""
    latest, environment = head.latest, place.environment
    return {
        "place": place,
        "rule": rule_sentence(rules[environment.pk]),
        "rollout": rollout_of(place.live.release if place.live else None),
        "plan": last_plan(plans.get((head.prompt.pk, environment.pk)), place.live),
        "may_step": has_right_there(person_of(request), head.prompt, environment),
        "may_roll_back": can_roll_back(person_of(request), head.prompt, environment),
        "may_release": latest is not None
        and can_release_version(person_of(request), latest, environment),
    }


def _labels(
    request: HttpRequest, prompt: Prompt, place: Place, found: dict[int, list[LabelLine]]
) -> dict[str, Any]:
    """The labels of one environment, and whether this person may move them."""
    return {
        "environment": place.environment,
        "lines": found.get(place.environment.pk, []),
        "was_live": place.live is not None,
        "may": has_right_there(person_of(request), prompt, place.environment),
    }


def _plan(request: HttpRequest, row: Schedule) -> dict[str, Any]:
    """A planned release, and whether this person may take it back."""
    return {"row": row, "may": can_withdraw_schedule(person_of(request), row)}
