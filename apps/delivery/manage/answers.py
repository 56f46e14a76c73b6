"""How prompts, drafts, versions, reviews and releases look in answers."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from apps.environments.models import Environment, Release
from apps.environments.queries import live_release
from apps.prompts.models import Draft, Prompt, Version
from apps.prompts.queries import draft_document, latest_version
from apps.reviews.models import Review
from apps.reviews.queries import current_round

Document = dict[str, Any]
MANAGE = "/api/v1/manage"


def instant(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z") if at else None


def prompt_facts(prompt: Prompt) -> Document:
    return {
        "prompt": prompt.path,
        "name": prompt.name,
        "purpose": prompt.purpose,
        "tags": list(prompt.tags),
        "owner": str(prompt.owner) if prompt.owner else None,
        "lifecycle": prompt.lifecycle,
        "changed_at": instant(prompt.changed_at),
    }


def prompt_answer(prompt: Prompt, environment: Environment) -> Document:
    """With what is live in the key's environment."""
    newest, live = latest_version(prompt), live_release(prompt, environment)
    return {
        **prompt_facts(prompt),
        "latest_version": newest.number if newest else None,
        "environment": environment.name,
        "live": release_answer(live) if live else None,
    }


def draft_answer(draft: Draft) -> Document:
    """`document` is what a version made now would hold; `blocks` has each one's revision."""
    revisions = draft.blocks.filter(removed_at=None).values_list("key", "revision")
    return {
        "prompt": draft.prompt.path,
        "revision": draft.revision,
        "base_version": draft.base.number if draft.base else None,
        "changed_at": instant(draft.changed_at),
        "document": draft_document(draft),
        "blocks": [{"key": str(key), "revision": revision} for key, revision in revisions],
    }


def version_answer(version: Version, document: Document | None = None) -> Document:
    shown = {} if document is None else {"document": document}
    return {
        "prompt": version.prompt.path,
        "version": version.number,
        "content_hash": version.content_hash,
        "author": str(version.author) if version.author else None,
        "reason": version.reason,
        "made_at": instant(version.created_at),
        **shown,
    }


def release_answer(release: Release) -> Document:
    return {
        "prompt": release.prompt.path,
        "version": release.version.number,
        "environment": release.environment.name,
        "revision": release.revision,
        "how": str(release.how),
        "reason": release.reason,
        "by": str(release.made_by) if release.made_by else "Galley",
        "by_key": release.made_by_kind == "key",
        "released_at": instant(release.made_at),
    }


def review_answer(review: Review) -> Document:
    """The state, the round that counts, and who decided what in it."""
    number = current_round(review)
    return {
        "review": review.pk,
        "address": f"{MANAGE}/reviews/{review.pk}",
        "page": f"/reviews/{review.pk}/",
        "prompt": review.prompt.path,
        "environment": review.environment.name,
        "state": str(review.state),
        "version": number.version.number,
        "round": number.number,
        "reason": number.reason,
        "requested_by": str(number.requested_by),
        "release_when_approved": review.release_when_approved,
        "decisions": [
            {
                "person": str(decision.person),
                "decision": str(decision.kind),
                "reason": decision.reason,
                "at": instant(decision.made_at),
            }
            for decision in number.decisions.all()
        ],
        "revision": review.release.revision if review.release else None,
    }
