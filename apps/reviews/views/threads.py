from __future__ import annotations

import json

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.models import User
from apps.accounts.signed_in import person_of
from apps.core.errors import Invalid, require
from apps.core.numbers import LARGEST_NUMBER, whole
from apps.prompts.queries import prompt_for
from apps.prompts.views.answers import draft_for
from apps.reviews import actions
from apps.reviews.forms import ReplyForm
from apps.reviews.homes import Home
from apps.reviews.mentions import mentionable as choices
from apps.reviews.mentions import without_access
from apps.reviews.permissions import can_comment_prompt, can_comment_review, can_edit_comment
from apps.reviews.queries import comment_counts, review_for, thread_for
from apps.reviews.queries.threads import comment_for, words_on_draft
from apps.reviews.thread_forms import AnchoredForm, CommentForm
from apps.reviews.views.talk import at_draft, at_review, home_of, listed, refused
from apps.teams.actions import grant

FORM = "reviews/thread_form.html"
ANCHOR = ("block_key", "quote", "before", "after")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def start_thread(request: HttpRequest, pk: int) -> HttpResponse:
    """Comment on a block (`?block=`), or on the review as a whole."""
    review = review_for(person_of(request), pk)
    require(can_comment_review(person_of(request), review))
    home = at_review(request, review)
    if request.method != "POST":
        form = AnchoredForm(initial={"block_key": request.GET.get("block", "")})
        return render(request, FORM, {"home": home, "form": form})
    form = AnchoredForm(request.POST)
    if form.is_valid():
        try:
            actions.start_thread(review, **form.cleaned_data, actor=person_of(request))
            return listed(request, home)
        except Invalid as error:
            return _not_there(request, home, form, error)
    return refused(request, FORM, home, form)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def start_draft_thread(request: HttpRequest, path: str) -> HttpResponse:
    """Comment on what the draft says: on words, a block (`?block=`), or the whole."""
    draft = draft_for(request, prompt_for(person_of(request), path))
    require(can_comment_prompt(person_of(request), draft.prompt))
    home = at_draft(request, draft)
    if request.method != "POST":
        form = AnchoredForm(initial={"block_key": request.GET.get("block", "")})
        return render(request, FORM, {"home": home, "form": form})
    form = AnchoredForm(request.POST)
    if form.is_valid():
        try:
            actions.start_draft_thread(draft, **form.cleaned_data, actor=person_of(request))
            return listed(request, home)
        except Invalid as error:
            return _not_there(request, home, form, error)
    return refused(request, FORM, home, form)


def _not_there(
    request: HttpRequest, home: Home, form: AnchoredForm, error: Invalid
) -> HttpResponse:
    """Why it was not taken. What was said about a block that is gone is about the whole text when
    it is sent again: nothing has to be copied."""
    gone = error.errors.pop("block_key", [])
    form.take(error)
    for sentence in gone:
        form.add_error(None, sentence)
    if gone:
        form.data = request.POST.copy()
        for name in ANCHOR:
            form.data[name] = ""
    return refused(request, FORM, home, form, to_whole=bool(gone))


@login_required
@require_safe
def draft_threads(request: HttpRequest, path: str) -> HttpResponse:
    """The conversations on a draft, as its pane shows them."""
    home = at_draft(request, draft_for(request, prompt_for(person_of(request), path)))
    context = {"home": home, "threads": home.threads}
    return render(request, "reviews/_threads.html", context)


@login_required
@require_safe
def commented_words(request: HttpRequest, path: str) -> HttpResponse:
    """Which words of the draft are talked about, for the editor's marks."""
    draft = draft_for(request, prompt_for(person_of(request), path))
    counts = json.dumps(comment_counts(draft))
    context = {"words": words_on_draft(draft), "counts": counts, "draft": draft}
    return render(request, "reviews/_words.html", context)


@login_required
@require_safe
def thread(request: HttpRequest, pk: int) -> HttpResponse:
    """The lasting address of a conversation."""
    found = thread_for(person_of(request), pk)
    return HttpResponseRedirect(f"{home_of(request, found).url}#thread-{found.pk}")


@login_required
@require_POST
def reply_thread(request: HttpRequest, pk: int) -> HttpResponse:
    found = thread_for(person_of(request), pk)
    form = ReplyForm(request.POST)
    if form.is_valid():
        try:
            actions.reply(found, body=form.cleaned_data["body"], actor=person_of(request))
            return listed(request, home_of(request, found))
        except Invalid as error:
            form.take(error)
    return refused(request, FORM, home_of(request, found), form)


@login_required
@require_POST
def resolve_thread(request: HttpRequest, pk: int) -> HttpResponse:
    found = thread_for(person_of(request), pk)
    actions.resolve_thread(found, actor=person_of(request))
    return listed(request, home_of(request, found))


@login_required
@require_POST
def reopen_thread(request: HttpRequest, pk: int) -> HttpResponse:
    found = thread_for(person_of(request), pk)
    actions.reopen_thread(found, actor=person_of(request))
    return listed(request, home_of(request, found))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit_comment(request: HttpRequest, pk: int) -> HttpResponse:
    """Change one's own words."""
    comment = comment_for(person_of(request), pk)
    require(can_edit_comment(person_of(request), comment))
    home = home_of(request, comment.thread)
    if request.method != "POST":
        form = CommentForm(initial={"body": comment.body})
        return render(request, FORM, {"home": home, "form": form})
    form = CommentForm(request.POST)
    if form.is_valid():
        try:
            actions.edit_comment(comment, **form.cleaned_data, actor=person_of(request))
            return listed(request, home)
        except Invalid as error:
            form.take(error)
    return refused(request, FORM, home, form)


@login_required
@require_POST
def give_access(request: HttpRequest, pk: int) -> HttpResponse:
    """View access for somebody who is named in a comment and does not see it."""
    comment = comment_for(person_of(request), pk)
    wanted = whole(request.POST.get("person"), LARGEST_NUMBER)
    named = [person.pk for person in without_access(comment)]
    person = get_object_or_404(User, pk=wanted if wanted in named else None)
    space = comment.thread.prompt.namespace
    reason = _("Named in a comment on %(prompt)s") % {"prompt": comment.thread.prompt}
    grant(space, role="viewer", to=person, reason=reason, actor=person_of(request))
    return listed(request, home_of(request, comment.thread))


@login_required
@require_safe
def mentionable(request: HttpRequest, path: str) -> JsonResponse:
    """Names of people and teams that see this prompt, for the list after an "@"."""
    prompt = prompt_for(person_of(request), path)
    require(can_comment_prompt(person_of(request), prompt))
    found = choices(person_of(request), prompt, request.GET.get("q", ""))
    names = [{"name": str(one), "team": not isinstance(one, User)} for one in found]
    return JsonResponse({"names": names})
