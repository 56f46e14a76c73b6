from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.signed_in import person_of
from apps.analytics import actions
from apps.analytics.forms import AlarmForm
from apps.analytics.permissions import can_set_alarm
from apps.analytics.queries.alarms import alarm_for, visible_alarms, with_rights
from apps.core.errors import Invalid, NotPossible, require
from apps.core.navigation import back
from apps.core.verdicts import not_visible
from apps.prompts.models import Prompt
from apps.prompts.queries import prompt_for
from apps.teams.models import Capability, Namespace
from apps.teams.queries import visible_namespaces
from apps.teams.rights import granted_ids

FIRST = "production"
ACTS = {
    "see": actions.see_to_alarm,
    "pause": actions.pause_alarm,
    "resume": actions.resume_alarm,
    "remove": actions.remove_alarm,
}


@require_safe
@login_required
def alarms(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    may_set = bool(granted_ids(person, Capability.COMMENT))
    found = with_rights(person, visible_alarms(person))
    return render(request, "analytics/alarms.html", {"alarms": found, "may_set": may_set})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def make_alarm(request: HttpRequest) -> HttpResponse:
    """`?about=path` for one prompt, `?in=path` for a namespace."""
    person = person_of(request)
    asked = request.POST if request.method == "POST" else request.GET
    path = asked.get("about", "")
    prompt = prompt_for(person, path) if path else None
    places = visible_namespaces(person).order_by("path")
    may = places.filter(lineage__overlap=granted_ids(person, Capability.COMMENT))
    if prompt is not None:
        require(can_set_alarm(person, prompt.namespace))
    shown: dict[str, Any] = {"namespaces": may, "named": prompt}
    if request.method != "POST":
        first = {"about": path, "environment": FIRST, "namespace": asked.get("in")}
        return _page(request, prompt, AlarmForm(initial=first, **shown))
    form = AlarmForm(request.POST, **shown)
    try:
        if form.is_valid():
            return _made(request, prompt, form)
    except Invalid as error:
        form.take(error)
    except NotPossible as refusal:
        return _page(request, prompt, form, refusal=refusal, status=refusal.status)
    return _page(request, prompt, form, status=422)


def _made(request: HttpRequest, prompt: Prompt | None, form: AlarmForm) -> HttpResponse:
    namespace: Namespace = prompt.namespace if prompt else form.cleaned_data["namespace"]
    alarm = actions.make_alarm(namespace, prompt=prompt, terms=form.terms, actor=person_of(request))
    messages.success(request, _("The alarm is set"))
    return HttpResponseRedirect(_back(prompt) + f"#alarm-{alarm.pk}")


def _back(prompt: Prompt | None) -> str:
    if prompt is None:
        return reverse("analytics:alarms")
    return reverse("pages:prompt_analytics", args=[prompt.path])


def _page(
    request: HttpRequest,
    prompt: Prompt | None,
    form: AlarmForm,
    *,
    refusal: NotPossible | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "form": form,
        "prompt": prompt,
        "refusal": refusal.verdict if refusal else None,
        "back": _back(prompt),
    }
    return render(request, "analytics/alarm_form.html", context, status=status)


@require_POST
@login_required
def alarm(request: HttpRequest, pk: int) -> HttpResponse:
    """`act`: see, pause, resume or remove."""
    found = alarm_for(person_of(request), pk)
    act = ACTS.get(request.POST.get("act", ""))
    if act is None:
        require(not_visible())
    assert act is not None
    act(found, actor=person_of(request))
    said = {
        "see": _("The others know that you see to it"),
        "pause": _("The alarm is paused"),
        "resume": _("The alarm is set again"),
        "remove": _("The alarm is taken away"),
    }
    messages.success(request, said[request.POST["act"]])
    return back(request, reverse("analytics:alarms"))
