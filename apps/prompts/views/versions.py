"""The routes of versions and of kept drafts."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.core.errors import Invalid
from apps.core.navigation import back
from apps.prompts import actions
from apps.prompts.forms import RestoreForm, VersionForm
from apps.prompts.models import Draft
from apps.prompts.queries import prompt_for, version_of
from apps.prompts.views.answers import draft_for, write_page


@require_POST
@login_required
def make_version(request: HttpRequest, path: str) -> HttpResponse:
    prompt = prompt_for(request.user, path)
    draft = draft_for(request, prompt)
    form = VersionForm(request.POST)
    try:
        if form.is_valid():
            version = actions.make_version(draft, **form.cleaned_data, actor=request.user)
            messages.success(request, _("%(version)s is saved") % {"version": version})
            if request.POST.get("ask"):
                asking = reverse("reviews:request_review", args=[prompt.path])
                return HttpResponseRedirect(f"{asking}?version={version.number}")
            return back(request, reverse("pages:history", args=[prompt.path]))
    except Invalid as error:
        form.take(error)
    context = {"form": form, "prompt": prompt, "draft": draft}
    context["next"] = request.POST.get("next", "")
    return render(request, "prompts/version_form.html", context, status=422)


@require_POST
@login_required
def restore_version(request: HttpRequest, path: str, number: int) -> HttpResponse:
    version = version_of(prompt_for(request.user, path), number)
    form = RestoreForm(request.POST)
    if not form.is_valid():
        context = {"form": form, "prompt": version.prompt, "version": version}
        return render(request, "prompts/reason_form.html", context, status=422)
    draft = actions.restore_version(version, **form.cleaned_data, actor=request.user)
    messages.success(request, _("The draft says again what %(v)s said") % {"v": version})
    return back(request, write_page(draft))


@require_POST
@login_required
def take_over_draft(request: HttpRequest, path: str, pk: int) -> HttpResponse:
    prompt = prompt_for(request.user, path)
    draft = get_object_or_404(Draft, pk=pk, prompt=prompt)
    shared = actions.take_over_draft(draft, actor=request.user)
    messages.success(request, _("The kept draft is the draft now"))
    return back(request, write_page(shared))
