from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.signed_in import person_of
from apps.core.errors import Invalid, require
from apps.core.navigation import back
from apps.reviews import actions
from apps.reviews.forms import ReplyForm, ThreadForm
from apps.reviews.models import Review, Thread
from apps.reviews.permissions import can_comment_review
from apps.reviews.queries import review_for, thread_for, threads_of


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def start_thread(request: HttpRequest, pk: int) -> HttpResponse:
    """Comment on a block (`?block=`), or on the review as a whole."""
    review = review_for(person_of(request), pk)
    require(can_comment_review(person_of(request), review))
    if request.method != "POST":
        form = ThreadForm(initial={"block_key": request.GET.get("block", "")})
        return _form(request, review, form)
    form = ThreadForm(request.POST)
    if form.is_valid():
        try:
            actions.start_thread(review, **form.cleaned_data, actor=person_of(request))
            return _threads(request, review)
        except Invalid as error:
            form.take(error)
    return _form(request, review, form, 422)


def _form(
    request: HttpRequest, review: Review, form: ThreadForm | ReplyForm, status: int = 200
) -> HttpResponse:
    context = {"review": review, "form": form}
    return render(request, "reviews/thread_form.html", context, status=status)


@login_required
@require_POST
def reply_thread(request: HttpRequest, pk: int) -> HttpResponse:
    thread = thread_for(person_of(request), pk)
    form = ReplyForm(request.POST)
    if form.is_valid():
        try:
            actions.reply(thread, body=form.cleaned_data["body"], actor=person_of(request))
            return _threads(request, _review(request, thread))
        except Invalid as error:
            form.take(error)
    return _form(request, _review(request, thread), form, 422)


@login_required
@require_POST
def resolve_thread(request: HttpRequest, pk: int) -> HttpResponse:
    thread = thread_for(person_of(request), pk)
    actions.resolve_thread(thread, actor=person_of(request))
    return _threads(request, _review(request, thread))


@login_required
@require_POST
def reopen_thread(request: HttpRequest, pk: int) -> HttpResponse:
    thread = thread_for(person_of(request), pk)
    actions.reopen_thread(thread, actor=person_of(request))
    return _threads(request, _review(request, thread))


def _review(request: HttpRequest, thread: Thread) -> Review:
    assert thread.review_id is not None
    return review_for(person_of(request), thread.review_id)


def _threads(request: HttpRequest, review: Review) -> HttpResponse:
    """htmx gets the threads anew; a plain form goes back to its page."""
    if not request.htmx:  # type: ignore[attr-defined]  # by middleware
        return back(request, reverse("pages:review", args=[review.pk]) + "#threads")
    context = {
        "review": review,
        "threads": threads_of(review),
        "may_comment": can_comment_review(person_of(request), review),
    }
    return render(request, "reviews/_threads.html", context)
