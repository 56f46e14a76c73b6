from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.accounts.signed_in import person_of
from apps.core.errors import Invalid, NotPossible, require
from apps.core.numbers import LARGEST_ID, whole
from apps.core.verdicts import not_visible
from apps.environments.queries import environment_for
from apps.prompts.models import Version
from apps.prompts.queries import visible_prompts
from apps.releases import actions
from apps.releases.forms import WaiverForm, WithdrawForm
from apps.releases.gates import gates
from apps.releases.queries.waivers import waiver_for
from apps.releases.waiver_permissions import (
    can_confirm_waiver,
    can_propose_waiver,
    can_withdraw_waiver,
)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def propose_waiver(request: HttpRequest) -> HttpResponse:
    """`?version=<id>&environment=production&gate=text&subject=…`: why, and the button."""
    asked = request.POST if request.method == "POST" else request.GET
    version = _version(request, asked.get("version"))
    place = environment_for(asked.get("environment") or "production")
    require(can_propose_waiver(person_of(request), version, place))
    found = [one for one in gates(version, place) if one.subject == asked.get("subject")]
    context: dict[str, Any] = {
        "prompt": version.prompt, "version": version, "place": place,
        "gate": found[0] if found else None,
        "back": reverse("pages:prompt_releases", args=[version.prompt.path]),
    }  # fmt: skip
    if request.method != "POST":
        seen = {name: asked.get(name, "") for name in ("version", "environment", "gate", "subject")}
        context["form"] = WaiverForm(initial=seen)
        return render(request, "releases/waiver_form.html", context)
    context["form"] = form = WaiverForm(request.POST)
    if not form.is_valid():
        return render(request, "releases/waiver_form.html", context, status=422)
    given = {name: form.cleaned_data[name] for name in ("gate", "subject", "reason")}
    try:
        actions.propose_waiver(version, environment=place, **given, actor=person_of(request))
    except Invalid as error:
        form.take(error)
        return render(request, "releases/waiver_form.html", context, status=422)
    except NotPossible as refusal:
        form.take(Invalid(refusal.verdict.sentence))
        return render(request, "releases/waiver_form.html", context, status=409)
    messages.success(request, _("Proposed. A second person who reviews here confirms it."))
    return HttpResponseRedirect(context["back"])


def _version(request: HttpRequest, pk: str | None) -> Version:
    rows = Version.objects.filter(prompt__in=visible_prompts(person_of(request)))
    version = rows.select_related("prompt__namespace").filter(pk=whole(pk, LARGEST_ID) or 0).first()
    if version is None:
        require(not_visible())
    assert version is not None
    return version


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def decide_waiver(request: HttpRequest, pk: int) -> HttpResponse:
    """What is to be waived and why; confirmed by a second person, or taken back."""
    person = person_of(request)
    waiver = waiver_for(person, pk)
    prompt = waiver.version.prompt
    back = reverse("pages:prompt_releases", args=[prompt.path])
    confirming, withdrawing = (
        can_confirm_waiver(person, waiver),
        can_withdraw_waiver(person, waiver),
    )
    form = WithdrawForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        context = {"waiver": waiver, "prompt": prompt, "confirming": confirming,
                   "withdrawing": withdrawing, "form": form, "back": back}  # fmt: skip
        return render(request, "releases/waiver_decide.html", context)
    if request.POST.get("act") == "confirm":
        actions.confirm_waiver(waiver, actor=person)
        messages.success(request, _("Confirmed: the gate is open for this version."))
    else:
        actions.withdraw_waiver(waiver, reason=form.cleaned_data["reason"], actor=person)
        messages.success(request, _("Taken back: the gate stays closed."))
    return HttpResponseRedirect(back)
