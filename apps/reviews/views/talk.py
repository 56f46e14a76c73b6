"""How the routes of conversations answer: the list to htmx, a redirect to a plain form."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from apps.accounts.signed_in import person_of
from apps.core.navigation import back
from apps.core.numbers import LARGEST_NUMBER, whole
from apps.prompts.models import Draft
from apps.reviews.homes import Home
from apps.reviews.models import Review, Thread
from apps.reviews.queries import review_for
from apps.reviews.queries.threads import draft_of_thread


def is_htmx(request: HttpRequest) -> bool:
    return bool(getattr(request, "htmx", False))


def at_review(request: HttpRequest, review: Review) -> Home:
    return Home(person_of(request), review.prompt, review=review)


def at_draft(request: HttpRequest, draft: Draft) -> Home:
    return Home(person_of(request), draft.prompt, draft=draft)


def home_of(request: HttpRequest, thread: Thread) -> Home:
    """The page that asks (`?review=`), or the one that the thread belongs to."""
    asked = whole(request.GET.get("review"), LARGEST_NUMBER) or thread.review_id
    if asked:
        return at_review(request, review_for(person_of(request), asked))
    return at_draft(request, draft_of_thread(thread))


def listed(request: HttpRequest, home: Home, undo: str = "", said: str = "") -> HttpResponse:
    """htmx gets the conversations anew; a plain form goes back to its page."""
    if not is_htmx(request):
        return back(request, home.url + "#threads")
    context = {"home": home, "threads": home.threads, "undo": undo, "said": said}
    return render(request, "reviews/_threads.html", context)


def refused(
    request: HttpRequest, template: str, home: Home, form: forms.Form, **more: object
) -> HttpResponse:
    """A sentence to htmx, which leaves the form with what was typed as it is; else the form."""
    if is_htmx(request):
        sentences = [str(error) for errors in form.errors.values() for error in errors]
        context = {"sentence": " ".join(sentences), "to_whole": more.get("to_whole")}
        return render(request, "reviews/_refused.html", context, status=422)
    return render(request, template, {"home": home, "form": form, **more}, status=422)
