"""Reviews, releases and roll backs: proposed by a key, decided by people, under the same gates."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router

from apps.core.errors import NotPossible
from apps.delivery import query
from apps.delivery.manage import out, shapes
from apps.delivery.manage.answers import release_answer, review_answer
from apps.delivery.manage.calls import actor_of, ident, read, write
from apps.delivery.manage.openapi import RELEASING, WRITING, answers
from apps.environments.key_actor import KeyActor
from apps.environments.models import Release
from apps.environments.queries import live_release
from apps.prompts.models import Prompt, Version
from apps.prompts.queries import prompt_for, version_of
from apps.releases import actions
from apps.releases.queries import releases_of
from apps.reviews.actions import request_review, withdraw_review
from apps.reviews.models import Review
from apps.reviews.queries import current_round, review_for, running_review

router = Router(tags=["Automation"])
PAGE = 200
WAITING = {"approvals", "order"}  # gates that a review can open
Document = dict[str, Any]


@router.post(
    "/reviews",
    response=answers(201, out.ReviewOut),
    summary="Ask for a review",
    operation_id="request_review",
)
def ask_for_review(request: HttpRequest, body: shapes.ReviewIn) -> HttpResponse:
    """That a version, or what the draft says now, may go to the environment of the key. People
    decide it; no key can."""
    actor = actor_of(request, WRITING)

    def work() -> tuple[int, Document]:
        prompt = prompt_for(actor, body.prompt)
        review = request_review(
            prompt,
            environment=actor.key.environment,
            version=None if body.version is None else version_of(prompt, body.version),
            reason=body.reason,
            summary=body.summary,
            release_when_approved=body.release_when_approved,
            actor=actor,
        )
        return 201, review_answer(review_for(actor, review.pk))

    return write(request, actor, work)


@router.get(
    "/reviews/{int:review}",
    response=answers(200, out.ReviewOut),
    summary="Read a review",
    operation_id="read_review",
)
def read_review(request: HttpRequest, review: int) -> HttpResponse:
    """Its state, and who decided what."""
    actor = actor_of(request)
    query.read(request.META.get("QUERY_STRING", ""), ())
    return read(request, lambda: review_answer(review_for(actor, ident(review))))


@router.post(
    "/reviews/{int:review}/withdraw",
    response=answers(200, out.ReviewOut),
    summary="Withdraw a review",
    operation_id="withdraw_review",
)
def withdraw(request: HttpRequest, review: int, body: shapes.WithdrawIn) -> HttpResponse:
    """The question is taken back; what was decided stays visible."""
    actor = actor_of(request, WRITING)

    def work() -> tuple[int, Document]:
        found = review_for(actor, ident(review))
        withdraw_review(found, reason=body.reason, actor=actor)
        return 200, review_answer(review_for(actor, found.pk))

    return write(request, actor, work)


@router.get(
    "/releases/{path:prompt}",
    response=answers(200, out.ReleasesOut),
    summary="What went live",
    operation_id="read_releases",
)
def read_releases(request: HttpRequest, prompt: str) -> HttpResponse:
    """In the environment of the key, the newest first."""
    actor = actor_of(request)
    query.read(request.META.get("QUERY_STRING", ""), ())

    def work() -> Document:
        rows = releases_of(prompt_for(actor, prompt), actor.key.environment)
        return {"releases": [release_answer(one) for one in rows[:PAGE]]}

    return read(request, work)


@router.post(
    "/releases",
    response=answers(201, out.ReleaseOut, s202=out.ReviewOut),
    summary="Release a version",
    operation_id="release_version",
)
def release_version(request: HttpRequest, body: shapes.ReleaseIn) -> HttpResponse:
    """To the environment of the key, through its gates. Where an approval is missing the answer is
    202 with the review, which is asked for if there is none: people decide it."""
    actor = actor_of(request, RELEASING)

    def work() -> tuple[int, Document]:
        prompt = prompt_for(actor, body.prompt)
        version = version_of(prompt, body.version)
        try:
            release = _release(actor, prompt, version, body)
        except NotPossible as refusal:
            closed = set(refusal.verdict.facts.get("gates", ()))
            if "approvals" not in closed or not closed <= WAITING:
                raise
            review = _review(actor, prompt, version, body)
            return 202, review_answer(review_for(actor, review.pk))
        return 201, release_answer(release)

    return write(request, actor, work)


@router.post(
    "/roll-backs",
    response=answers(201, out.ReleaseOut),
    summary="Roll back",
    operation_id="roll_back",
)
def roll_back(request: HttpRequest, body: shapes.RollBackIn) -> HttpResponse:
    """To a version that was live in the environment of the key: a reason and no approval."""
    actor = actor_of(request, RELEASING)

    def work() -> tuple[int, Document]:
        prompt = prompt_for(actor, body.prompt)
        release = actions.roll_back(
            prompt,
            environment=actor.key.environment,
            version=version_of(prompt, body.version),
            expects=_expected(actor, prompt, body.replaces),
            reason=body.reason,
            actor=actor,
        )
        return 201, release_answer(release)

    return write(request, actor, work)


def _release(actor: KeyActor, prompt: Prompt, version: Version, body: shapes.ReleaseIn) -> Release:
    return actions.release_version(
        prompt,
        version=version,
        environment=actor.key.environment,
        expects=_expected(actor, prompt, body.replaces),
        reason=body.reason,
        review=_running(actor, prompt, version),
        acknowledged=body.acknowledged,
        actor=actor,
    )


def _expected(actor: KeyActor, prompt: Prompt, revision: int) -> int | None:
    """The release that a revision names; one that is live no more is no release, and refused."""
    live = live_release(prompt, actor.key.environment)
    if (live.revision if live else 0) != revision:
        return -1
    return live.pk if live else None


def _running(actor: KeyActor, prompt: Prompt, version: Version) -> Review | None:
    """The running review of exactly this version for the environment of the key."""
    review = running_review(prompt, actor.key.environment)
    return review if review and current_round(review).version_id == version.pk else None


def _review(actor: KeyActor, prompt: Prompt, version: Version, body: shapes.ReleaseIn) -> Review:
    return _running(actor, prompt, version) or request_review(
        prompt,
        environment=actor.key.environment,
        version=version,
        reason=body.reason or f"To release v{version.number}",
        release_when_approved=body.release_when_approved,
        actor=actor,
    )
