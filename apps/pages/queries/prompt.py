"""What stands at the head of every page of a prompt."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.environments.models import Deployment, Environment, Release
from apps.environments.queries import environments, live_map
from apps.pages.queries.changes import Line, lines
from apps.prompts.compare import compare
from apps.prompts.content import Document, canonical_bytes, content_hash
from apps.prompts.models import Draft, Prompt, Version
from apps.prompts.queries import draft_document, draft_of, latest_version, version_document
from apps.prompts.states import Lifecycle
from apps.releases.permissions import can_release_version
from apps.reviews.models import Review
from apps.reviews.permissions import can_decide_review, can_request_review
from apps.reviews.queries import current_round, visible_reviews
from apps.reviews.states import RUNNING, ReviewState


@dataclass(frozen=True)
class Place:
    """One environment and what is live there."""

    environment: Environment
    live: Deployment | None


@dataclass(frozen=True)
class Act:
    """The one filled button; without `url` the reason stands in its place."""

    label: str = ""
    url: str = ""
    panel: bool = False
    reason: str = ""


@dataclass(frozen=True)
class PromptHead:
    prompt: Prompt
    draft: Draft
    document: Document
    places: list[Place]
    latest: Version | None
    base: Version | None  # what the draft is compared with: what is live, else the last version
    base_is_live: bool
    changes: list[Line]
    draft_is_latest: bool
    running: list[Review]
    act: Act

    @property
    def shown(self) -> list[Place]:
        """The order, and what is live outside it."""
        return [p for p in self.places if p.live or p.environment.position is not None]

    @property
    def draft_words(self) -> str:
        if self.latest is None:
            return _("new")
        if self.draft_is_latest:
            return _("same as %(version)s") % {"version": self.latest}
        return _("changed since %(version)s") % {"version": self.latest}


def head_of(person: User, prompt: Prompt, draft: Draft | None = None) -> PromptHead:
    """About a draft of the prompt: the shared one, if none is named."""
    draft, latest = draft or draft_of(prompt), latest_version(prompt)
    document = draft_document(draft)
    same = latest is not None and content_hash(canonical_bytes(document)) == latest.content_hash
    places = _places(prompt)
    live = _foremost(places)
    base = live.version if live else latest
    running = list(visible_reviews(person).filter(prompt=prompt, state__in=RUNNING))
    return PromptHead(
        prompt=prompt,
        draft=draft,
        document=document,
        places=places,
        latest=latest,
        base=base,
        base_is_live=live is not None,
        changes=lines(compare(version_document(base), document)) if base else [],
        draft_is_latest=same,
        running=running,
        act=Act() if draft.name else _act(person, prompt, latest, same, places, running),
    )


def _places(prompt: Prompt) -> list[Place]:
    live = live_map([prompt])
    return [Place(place, live.get((prompt.pk, place.pk))) for place in environments()]


def _foremost(places: list[Place]) -> Release | None:
    """What is live in the last environment of the order that has anything."""
    for place in reversed(places):
        if place.live is not None:
            return place.live.release
    return None


def _act(
    person: User, prompt: Prompt, latest: Version | None, same: bool, places: list[Place],
    running: list[Review],
) -> Act:  # fmt: skip
    if prompt.lifecycle == Lifecycle.ARCHIVED:
        return Act(_("Restore…"), reverse("pages:prompt_settings", args=[prompt.path]))
    for review in running:
        act = _act_on(person, review)
        if act is not None:
            return act
    asks = can_request_review(person, prompt)
    if not asks:
        return Act(reason=asks.sentence)
    if same and latest is not None and _is_everywhere(latest, places):
        return Act(reason=_("The draft is the same as %(v)s, which is live.") % {"v": latest})
    if same and running:
        return Act(_("Open review"), reverse("pages:review", args=[running[0].pk]))
    url = reverse("reviews:request_review", args=[prompt.path])
    return Act(_("Ask for review"), url, panel=True)


def _act_on(person: User, review: Review) -> Act | None:
    """What this person can do about a running review."""
    version = current_round(review).version
    waits = review.state in (ReviewState.OPEN, ReviewState.APPROVED)
    if waits and can_decide_review(person, review):
        label = _("Review %(version)s") % {"version": version}
        return Act(label, reverse("pages:review", args=[review.pk]))
    if review.state != ReviewState.APPROVED:
        return None
    if not can_release_version(person, version, review.environment):
        return None
    query = urlencode({"version": str(version.number), "environment": review.environment.name})
    url = f"{reverse('releases:release_version', args=[review.prompt.path])}?{query}"
    words = {"version": version, "place": review.environment}
    return Act(_("Release %(version)s to %(place)s") % words, url, panel=True)


def _is_everywhere(version: Version, places: list[Place]) -> bool:
    ordered = [place for place in places if place.environment.position is not None]
    return all(p.live is not None and p.live.release.version_id == version.pk for p in ordered)
