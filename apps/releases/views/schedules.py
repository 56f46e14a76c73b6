from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.accounts.signed_in import person_of
from apps.core.errors import Invalid, NotPossible, require
from apps.core.numbers import LARGEST_NUMBER, whole
from apps.environments.models import Environment
from apps.environments.queries import environment_for, live_release
from apps.prompts.models import Version
from apps.prompts.queries import prompt_for, version_of
from apps.releases import actions
from apps.releases.forms import MAX_REASON, ScheduleForm, WithdrawForm
from apps.releases.gates import gates
from apps.releases.models import Schedule
from apps.releases.permissions import can_release_version
from apps.releases.queries.schedules import schedule_for
from apps.releases.schedule_permissions import can_withdraw_schedule


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def schedule_release(request: HttpRequest, path: str) -> HttpResponse:
    """`?version=14&environment=production`: a day, a time and a button."""
    person = person_of(request)
    asked = request.POST if request.method == "POST" else request.GET
    prompt = prompt_for(person, path)
    place = environment_for(asked.get("environment") or "production")
    version = version_of(prompt, whole(asked.get("version"), LARGEST_NUMBER) or 0)
    version.prompt = prompt
    if request.method != "POST":
        require(can_release_version(person, version, place))
        begin = {**_seen(version, place), "reason": version.reason[:MAX_REASON]}
        form = ScheduleForm(initial=begin, zone=person.time_zone)
        return _page(request, version, place, form)
    form = ScheduleForm(request.POST, zone=person.time_zone)
    if not form.is_valid():
        require(can_release_version(person, version, place))
        return _page(request, version, place, form, status=422)
    try:
        return _planned(request, version, place, form)
    except Invalid as error:
        form.take(error)
        return _page(request, version, place, form, status=422)
    except NotPossible as refusal:
        typed = {name: form.cleaned_data[name] for name in ("at", "reason", "acknowledged")}
        again = ScheduleForm(initial={**_seen(version, place), **typed}, zone=person.time_zone)
        return _page(request, version, place, again, refusal=refusal, status=refusal.status)


def _seen(version: Version, place: Environment) -> dict[str, Any]:
    live = live_release(version.prompt, place)
    return {
        "version": version.number,
        "environment": place.name,
        "expects": live.pk if live else "",
    }


def _planned(
    request: HttpRequest, version: Version, place: Environment, form: ScheduleForm
) -> HttpResponse:
    schedule = actions.schedule_release(
        version.prompt,
        version=version,
        environment=place,
        expects=form.cleaned_data["expects"],
        at=form.cleaned_data["at"],
        reason=form.cleaned_data["reason"],
        acknowledged=form.cleaned_data["acknowledged"],
        actor=person_of(request),
    )
    words = _("%(version)s goes to %(place)s on %(at)s, if all gates are open then.")
    moment = date_format(localtime(schedule.at), "j F, H:i")
    said = words % {"version": version, "place": place, "at": moment}
    messages.success(request, said)
    return HttpResponseRedirect(reverse("pages:prompt_releases", args=[version.prompt.path]))


def _page(
    request: HttpRequest,
    version: Version,
    place: Environment,
    form: ScheduleForm,
    *,
    refusal: NotPossible | None = None,
    status: int = 200,
) -> HttpResponse:
    found = gates(version, place)
    context = {
        "prompt": version.prompt, "version": version, "place": place, "gates": found,
        "acknowledge": any(gate.acknowledge for gate in found), "form": form,
        "live": live_release(version.prompt, place),
        "refusal": refusal.verdict if refusal else None,
        "back": reverse("pages:prompt_releases", args=[version.prompt.path]),
    }  # fmt: skip
    if request.htmx and request.method == "GET":  # type: ignore[attr-defined]  # by middleware
        return render(request, "releases/schedule_form.html#panel", context)
    return render(request, "releases/schedule_form.html", context, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw_schedule(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a plan back: why, if one likes, and the button."""
    schedule = schedule_for(person_of(request), pk)
    require(can_withdraw_schedule(person_of(request), schedule))
    form = WithdrawForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _withdrawal(request, schedule, form)
    actions.withdraw_schedule(
        schedule, reason=form.cleaned_data["reason"], actor=person_of(request)
    )
    messages.success(request, _("The plan is withdrawn. What is live stays live."))
    return HttpResponseRedirect(reverse("pages:prompt_releases", args=[schedule.prompt.path]))


def _withdrawal(request: HttpRequest, schedule: Schedule, form: WithdrawForm) -> HttpResponse:
    context = {
        "schedule": schedule, "prompt": schedule.prompt, "form": form,
        "back": reverse("pages:prompt_releases", args=[schedule.prompt.path]),
    }  # fmt: skip
    status = 422 if form.errors else 200
    if request.htmx and request.method == "GET":  # type: ignore[attr-defined]  # by middleware
        return render(request, "releases/schedule_withdraw.html#panel", context)
    return render(request, "releases/schedule_withdraw.html", context, status=status)
