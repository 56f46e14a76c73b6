from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.accounts.signed_in import person_of
from apps.core.errors import Invalid, NotPossible
from apps.core.navigation import back
from apps.reviews import actions
from apps.reviews.forms import APPROVE, CHANGES, FinishForm
from apps.reviews.models import Review
from apps.reviews.queries import current_round, review_for


@login_required
@require_POST
def finish_review(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve, ask for changes or only comment: one form, three outcomes."""
    review = review_for(person_of(request), pk)
    form = FinishForm(request.POST)
    if not form.is_valid():
        return _again(request, review, form, 422)
    try:
        _finish(request, review, form)
    except Invalid as error:
        form.take(error)
        return _again(request, review, form, 422)
    except NotPossible as refusal:
        context = {"review": review, "verdict": refusal.verdict, "form": form}
        return render(request, "reviews/finish_refused.html", context, status=409)
    return back(request, reverse("pages:review", args=[review.pk]))


def _finish(request: HttpRequest, review: Review, form: FinishForm) -> None:
    outcome, text = form.cleaned_data["outcome"], form.cleaned_data["text"]
    shown = form.cleaned_data["content_hash"]
    if outcome == APPROVE:
        decision = actions.approve_review(
            review,
            content_hash=shown,
            live_revision=form.cleaned_data["live_revision"],
            since=form.cleaned_data["since"],
            reason=text,
            actor=person_of(request),
        )
        said = _("You approved %(version)s.") % {"version": decision.round.version}
    elif outcome == CHANGES:
        decision = actions.request_changes(
            review, content_hash=shown, reason=text, actor=person_of(request)
        )
        said = _("You asked for changes of %(version)s.") % {"version": decision.round.version}
    else:
        actions.start_thread(review, block_key=None, body=text, actor=person_of(request))
        said = _("Your comment is on the page.")
    messages.success(request, said)


def _again(request: HttpRequest, review: Review, form: FinishForm, status: int) -> HttpResponse:
    version = current_round(review).version
    context = {"review": review, "version": version, "finish_form": form}
    return render(request, "reviews/finish_form.html", context, status=status)
