"""The route of one act on many prompts: choose, see what would happen, do it, read what did."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.core.navigation import back
from apps.core.numbers import whole
from apps.prompts.bulk import ACTS, MOST, Act, carried_out, chosen_prompts, foreseen
from apps.prompts.bulk_forms import BulkForm
from apps.prompts.models import Prompt


@require_POST
@login_required
def bulk(request: HttpRequest) -> HttpResponse:
    """`act` and `prompt` (several) come from the registry; with `step=do` it is carried out."""
    act = ACTS.get(request.POST.get("act", ""))
    pks = [pk for pk in map(whole, request.POST.getlist("prompt")[: MOST + 1]) if pk]
    prompts = chosen_prompts(request.user, pks)
    if act is None or not prompts:
        messages.error(request, _("Choose prompts in the list, and what to do with them."))
        return back(request, reverse("pages:registry"))
    if request.POST.get("step") != "do":
        form = BulkForm(act=act, actor=request.user)
        return _confirm(request, act, form, prompts, too_many=len(pks) > MOST)
    form = BulkForm(request.POST, act=act, actor=request.user)
    if not form.is_valid():
        return _confirm(request, act, form, prompts, status=422)
    outcomes = carried_out(act, prompts, form.cleaned_data, request.user)
    context = {"act": act, "outcomes": outcomes, "next": request.POST.get("next", "")}
    context["done"] = sum(not outcome.refusal for outcome in outcomes)
    return render(request, "prompts/bulk_done.html", context)


def _confirm(
    request: HttpRequest,
    act: Act,
    form: BulkForm,
    prompts: list[Prompt],
    *,
    too_many: bool = False,
    status: int = 200,
) -> HttpResponse:
    typed = getattr(form, "cleaned_data", {})
    outcomes = foreseen(act, prompts, typed, request.user)
    context: dict[str, Any] = {
        "act": act,
        "form": form,
        "outcomes": outcomes,
        "willing": sum(not outcome.refusal for outcome in outcomes),
        "most": MOST if too_many else 0,
        "next": request.POST.get("next", ""),
    }
    return render(request, "prompts/bulk_confirm.html", context, status=status)
