from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from apps.accounts.signed_in import person_of
from apps.core.numbers import LARGEST_NUMBER, whole
from apps.core.text import listing as in_words
from apps.core.verdicts import Verdict
from apps.evaluations.queries import outputs_for
from apps.pages.addresses import with_query
from apps.pages.queries.changes import lines
from apps.pages.queries.review import Shown, shown
from apps.pages.queries.reviews import CLOSED, RUNNING_TAB, WAITING, listing
from apps.pages.views.prompt import frame
from apps.prompts.compare import compare
from apps.prompts.permissions import can_edit_prompt
from apps.prompts.queries import effect, version_document
from apps.prompts.queries.findings import dismissed_in
from apps.releases.gates import gates
from apps.releases.permissions import can_release_version
from apps.reviews.actions import look_at_review
from apps.reviews.forms import FinishForm
from apps.reviews.homes import Home
from apps.reviews.models import Look, Review
from apps.reviews.permissions import (
    can_approve_since,
    can_comment_review,
    can_decide_review,
    can_request_review,
    can_withdraw_review,
)
from apps.reviews.queries import ReviewFacts, current_round, facts, review_for
from apps.reviews.queries.looks import look_of, news_for, reset_by_edit
from apps.reviews.reading import VIEWS
from apps.reviews.states import RUNNING, ReviewState

# Who may review, but not this: the reason stands where the button would be.
NOT_MINE = ("own_edit", "wrong_team", "decided")
TABS = (WAITING, RUNNING_TAB, CLOSED)


def chosen_view(request: HttpRequest) -> str:
    view = request.GET.get("view", "")
    return view if view in VIEWS else VIEWS[0]


@require_safe
@login_required
def reviews(request: HttpRequest) -> HttpResponse:
    """What waits for me, what is running, what is over."""
    tab = request.GET.get("tab", "")
    page = whole(request.GET.get("page"), 100) or 1
    found = listing(person_of(request), tab if tab in TABS else WAITING, page)
    labels = {WAITING: _("Waiting for you"), RUNNING_TAB: _("Running"), CLOSED: _("Closed")}
    tabs = [
        {"label": label, "url": f"{reverse('pages:reviews')}?tab={code}",
         "current": code == found.tab, "count": found.counts.get(code)}
        for code, label in labels.items()
    ]  # fmt: skip
    more = with_query(request, tab=found.tab, page=page + 1)
    context = {"found": found, "tabs": tabs, "more": more}
    return render(request, "pages/reviews.html", context)


@require_safe
@login_required
def prompt_reviews(request: HttpRequest, path: str) -> HttpResponse:
    """The reviews of one prompt, running ones first."""
    context = frame(request, path, "prompt_reviews")
    context["found"] = listing(person_of(request), "", 1, prompt=context["prompt"])
    context["ask"] = can_request_review(person_of(request), context["prompt"])
    return render(request, "pages/prompt_reviews.html", context)


@require_safe
@login_required
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """What changes, what is missing, what was said; and the decision, or why it is not mine."""
    found = review_for(person_of(request), pk)
    known = facts(found)
    since = whole(request.GET.get("since"), LARGEST_NUMBER)
    news = news_for(_look(request, found, since), found, known.threads)
    view = shown(known, since=since, news=news, view=chosen_view(request))
    decide = can_decide_review(person_of(request), found)
    base = version_document(known.base.version) if known.base else None
    home = Home(person_of(request), found.prompt, review=found)
    context = {
        "review": found,
        "prompt": found.prompt,
        "facts": known,
        "decide": decide,
        "finish_form": _form(decide, known, view),
        "why_not": decide.sentence if decide.code in NOT_MINE else "",
        "part_only": _part_only(request, found, view),
        "shown": view,
        "news": news,
        "reset": _reset(found),
        "may_comment": can_comment_review(person_of(request), found),
        "may_withdraw": can_withdraw_review(person_of(request), found),
        "may_edit": can_edit_prompt(person_of(request), found.prompt),
        "gates": gates(known.version, found.environment) if found.state in RUNNING else [],
        "outputs": outputs_for(known.version, found.environment),
        "changes": lines(known.comparison),
        "dismissed": dismissed_in(found.prompt, version_document(known.version)),
        "effect": effect(base, version_document(known.version)),
        "reading": view.reading,
        "threads": home.marked(known.threads),
        "home": home,
        "release_url": _release_url(request, found, known),
        "running": found.state in RUNNING,
    }
    return render(request, "pages/review.html", context)


def _look(request: HttpRequest, found: Review, since: int | None) -> Look | None:
    """What this person had seen. Only a whole page counts as a look, no part that is fetched."""
    if request.method == "HEAD" or request.htmx:  # type: ignore[attr-defined]  # by middleware
        return look_of(person_of(request), found)
    return look_at_review(found, since=since, actor=person_of(request))


def _part_only(request: HttpRequest, found: Review, view: Shown) -> str:
    """Why this page does not show enough to approve; "" where it does."""
    since = view.since.number if view.since else None
    return can_approve_since(person_of(request), found, since).sentence


def _reset(found: Review) -> dict[str, Any] | None:
    """Whose approvals an edit ended, and what that edit was."""
    reset = reset_by_edit(found)
    if reset is None:
        return None
    before, now = reset.round.version, current_round(found).version
    edit = compare(version_document(before), version_document(now))
    people = in_words([str(decision.person) for decision in reset.decisions])
    return {"version": before, "people": people, "changes": lines(edit)}


def _form(decide: Verdict, known: ReviewFacts, view: Shown) -> FinishForm | None:
    if not decide:
        return None
    return FinishForm(
        initial={
            "content_hash": known.version.content_hash,
            "live_revision": known.live.revision if known.live else 0,
            "since": view.since.number if view.since else None,
        }
    )


def _release_url(request: HttpRequest, found: Review, known: ReviewFacts) -> str:
    """The panel that releases what was approved, for those who may."""
    if found.state != ReviewState.APPROVED:
        return ""
    if not can_release_version(person_of(request), known.version, found.environment):
        return ""
    query = {"version": str(known.version.number), "environment": found.environment.name}
    url = reverse("releases:release_version", args=[found.prompt.path])
    return f"{url}?{urlencode(query)}"
