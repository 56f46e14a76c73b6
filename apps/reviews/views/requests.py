from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.accounts.signed_in import person_of
from apps.core.errors import Invalid, NotPossible, require
from apps.core.numbers import LARGEST_NUMBER, whole
from apps.prompts.content import Document
from apps.prompts.models import Prompt
from apps.prompts.queries import (
    draft_document,
    draft_of,
    effect,
    prompt_for,
    version_document,
    version_of,
)
from apps.prompts.queries.findings import found_in
from apps.reviews import actions
from apps.reviews.forms import RequestForm, WithdrawForm
from apps.reviews.models import Review
from apps.reviews.permissions import can_request_review, can_withdraw_review
from apps.reviews.queries import current_round, last_choice, review_for
from apps.reviews.queries.asking import Place, places_to_ask

MOST_FINDINGS = 5


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def request_review(request: HttpRequest, path: str) -> HttpResponse:
    """Ask for a review of what the draft says now, or of `?version=`. htmx GET: the panel, or the
    effect at another place (`?part=effect`)."""
    prompt = prompt_for(person_of(request), path)
    require(can_request_review(person_of(request), prompt))
    if request.method != "POST":
        return _form(request, prompt, RequestForm(prompt=prompt, initial=_initial(request, prompt)))
    form = RequestForm(request.POST, prompt=prompt)
    if form.is_valid():
        try:
            return _asked(request, _ask(request, prompt, form))
        except (Invalid, NotPossible) as error:
            form.take(error if isinstance(error, Invalid) else Invalid(error.verdict.sentence))
            status = error.status
            return _form(request, prompt, form, status)
    return _form(request, prompt, form, 422)


def _initial(request: HttpRequest, prompt: Prompt) -> dict[str, object]:
    wanted = request.GET.get("environment", "")
    choice = last_choice(person_of(request), prompt, wanted)
    return {
        "environment": wanted or (choice.environment.name if choice.environment else None),
        "release_when_approved": choice.release_when_approved,
        "version": request.GET.get("version", ""),
    }


def _places(prompt: Prompt, form: RequestForm) -> list[Place]:
    number = whole(str(form["version"].value() or ""), LARGEST_NUMBER)
    return places_to_ask(prompt, version_of(prompt, number) if number else None)


def _chosen(places: list[Place], form: RequestForm) -> Place | None:
    name = str(form["environment"].value() or "")
    return next((place for place in places if place.environment.name == name), None)


def _own_words(prompt: Prompt, form: RequestForm) -> str:
    """The summary, where it is not the one that the comparison writes by itself."""
    typed = "\n".join(form.cleaned_data["summary"].split("\r\n")).strip()
    # Whoever chose another place without our script sends what was written for the first one.
    return "" if typed in {place.summary for place in _places(prompt, form)} else typed


def _ask(request: HttpRequest, prompt: Prompt, form: RequestForm) -> Review:
    typed = form.cleaned_data
    number = typed["version"]
    return actions.request_review(
        prompt,
        environment=typed["environment"],
        version=version_of(prompt, number) if number else None,
        reason=typed["reason"],
        summary=_own_words(prompt, form),
        release_when_approved=typed["release_when_approved"],
        actor=person_of(request),
    )


def _asked(request: HttpRequest, review: Review) -> HttpResponse:
    version = current_round(review).version
    words = _("%(version)s is under review for %(place)s.")
    messages.success(request, words % {"version": version, "place": review.environment})
    return HttpResponseRedirect(reverse("pages:review", args=[review.pk]))


def _live(place: Place) -> Document | None:
    return version_document(place.live) if place.live else None


def _document(prompt: Prompt, form: RequestForm) -> Document:
    number = whole(str(form["version"].value() or ""), LARGEST_NUMBER)
    if number:
        return version_document(version_of(prompt, number))
    return draft_document(draft_of(prompt))


def _form(
    request: HttpRequest, prompt: Prompt, form: RequestForm, status: int = 200
) -> HttpResponse:
    places, document = _places(prompt, form), _document(prompt, form)
    chosen = _chosen(places, form)
    if not form.is_bound and chosen:
        form.initial["summary"] = chosen.summary
    context = {
        "prompt": prompt,
        "form": form,
        "places": places,
        "nothing": bool(places) and all(place.same for place in places),
        "findings": [f for f in found_in(prompt, document) if not f.dismissal][:MOST_FINDINGS],
        "effect": effect(_live(chosen), document) if chosen else None,
        "summary": chosen.summary if chosen else "",
        "back": reverse("pages:prompt", args=[prompt.path]),
    }
    if request.htmx and request.method == "GET":  # type: ignore[attr-defined]  # by middleware
        if request.GET.get("part") == "effect":
            return render(request, "reviews/_asked_effect.html", context)
        return render(request, "reviews/request_form.html#panel", context)
    return render(request, "reviews/request_form.html", context, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw_review(request: HttpRequest, pk: int) -> HttpResponse:
    review = review_for(person_of(request), pk)
    require(can_withdraw_review(person_of(request), review))
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.withdraw_review(
            review, reason=form.cleaned_data["reason"], actor=person_of(request)
        )
        messages.success(request, _("The review was withdrawn."))
        return HttpResponseRedirect(reverse("pages:review", args=[review.pk]))
    context = {"review": review, "version": current_round(review).version, "form": form}
    status = 422 if form.is_bound else 200
    return render(request, "reviews/withdraw_form.html", context, status=status)
