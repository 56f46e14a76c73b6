from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.signed_in import person_of
from apps.core.errors import Invalid, require
from apps.core.numbers import LARGEST_NUMBER, whole
from apps.core.verdicts import not_visible
from apps.prompts.queries import prompt_for, version_document
from apps.prompts.queries.texts import text_of
from apps.prompts.views.answers import draft_for, key_of
from apps.reviews import actions
from apps.reviews.homes import Home
from apps.reviews.models import Suggestion
from apps.reviews.permissions import can_comment_prompt, can_comment_review
from apps.reviews.places import block_of, whole_of
from apps.reviews.queries import current_round, review_for
from apps.reviews.queries.threads import suggestion_for
from apps.reviews.thread_forms import SuggestionForm
from apps.reviews.views.talk import at_draft, at_review, home_of, is_htmx, listed, refused

FORM = "reviews/suggestion_form.html"
PIECE = "reviews/_suggest.html"


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def suggest(request: HttpRequest, pk: int) -> HttpResponse:
    """Another wording for a block under review (`?block=`)."""
    review = review_for(person_of(request), pk)
    require(can_comment_review(person_of(request), review))
    home = at_review(request, review)
    if request.method != "POST":
        document = version_document(current_round(review).version)
        block = block_of(document, key_of(request.GET.get("block", "")))
        if block is None:
            require(not_visible(_("This block is not under review.")))
        assert block is not None
        begin = {"text": whole_of(block), "block_key": block["key"]}
        return _empty(request, home, begin)
    form = SuggestionForm(request.POST)
    if form.is_valid():
        try:
            given = _given(home, form)
            given.pop("revision")
            actions.suggest(review, **given, actor=person_of(request))
            return listed(request, home, said=_("Suggested."))
        except Invalid as error:
            form.take(error)
    return refused(request, FORM, home, form)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def suggest_in_draft(request: HttpRequest, path: str) -> HttpResponse:
    """Another wording for a block of the draft (`?block=`)."""
    draft = draft_for(request, prompt_for(person_of(request), path))
    require(can_comment_prompt(person_of(request), draft.prompt))
    home = at_draft(request, draft)
    if request.method != "POST":
        key = key_of(request.GET.get("block", ""))
        block = draft.blocks.filter(key=key, removed_at=None).first()
        if block is None:
            require(not_visible(_("This block is not in the draft any more.")))
        assert block is not None
        begin = {"text": text_of(block).whole, "block_key": key, "revision": block.revision}
        return _empty(request, home, begin)
    form = SuggestionForm(request.POST)
    if form.is_valid():
        try:
            actions.suggest_in_draft(draft, **_given(home, form), actor=person_of(request))
            return listed(request, home, said=_("Suggested."))
        except Invalid as error:
            form.take(error)
    return refused(request, FORM, home, form)


def _empty(request: HttpRequest, home: Home, begin: dict[str, Any]) -> HttpResponse:
    """The form beside the words for htmx; else its own page. `?thread=`: what it answers."""
    begin |= {"thread": whole(request.GET.get("thread"), LARGEST_NUMBER) or None}
    beside = is_htmx(request)
    # Several may be open on one page at once.
    name = f"wording-{begin['thread'] or begin['block_key']}-%s" if beside else "id_%s"
    form = SuggestionForm(initial=begin, auto_id=name)
    return render(request, PIECE if beside else FORM, {"home": home, "form": form})


def _given(home: Home, form: SuggestionForm) -> dict[str, Any]:
    """What was typed, with the thread of this page that it answers."""
    given = dict(form.cleaned_data)
    wanted = given["thread"]
    seen = replace(home).threads  # read apart: the answer shows them with what is said now
    given["thread"] = next((one for one in seen if one.pk == wanted), None)
    return {**given, "revision": given["revision"] or 0}


@login_required
@require_POST
def accept_suggestion(request: HttpRequest, pk: int) -> HttpResponse:
    found = suggestion_for(person_of(request), pk)
    actions.accept_suggestion(found, actor=person_of(request))
    return _answer(request, found, said=_("Accepted: it is in the draft."))


@login_required
@require_POST
def dismiss_suggestion(request: HttpRequest, pk: int) -> HttpResponse:
    found = suggestion_for(person_of(request), pk)
    actions.dismiss_suggestion(found, actor=person_of(request))
    undo = reverse("reviews:reopen_suggestion", args=[found.pk])
    return _answer(request, found, undo=undo, said=_("Dismissed."))


@login_required
@require_POST
def reopen_suggestion(request: HttpRequest, pk: int) -> HttpResponse:
    found = suggestion_for(person_of(request), pk)
    actions.reopen_suggestion(found, actor=person_of(request))
    return _answer(request, found)


def _answer(
    request: HttpRequest, found: Suggestion, undo: str = "", said: str = ""
) -> HttpResponse:
    home = home_of(request, found.comment.thread)
    return listed(request, home, undo=undo + home.query if undo else "", said=said)
