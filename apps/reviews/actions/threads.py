"""Conversations on a review: working writes, no entry in the trail."""

from __future__ import annotations

import uuid

from django.db.models.functions import Now
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.core.actions import working
from apps.core.errors import Invalid, require
from apps.core.live import touch
from apps.prompts.content import BLOCK_LABELS, ContentError, Document, normalise
from apps.prompts.queries import version_document
from apps.reviews.models import Comment, Review, Thread
from apps.reviews.permissions import can_comment_review, can_comment_thread
from apps.reviews.queries import current_round

MAX_COMMENT = 10_000
MAX_QUOTE = 2_000


@working
def start_thread(
    review: Review,
    *,
    block_key: uuid.UUID | str | None,
    body: str,
    quote: str = "",
    actor: User,
) -> Thread:
    """Begin a conversation on a block of the text under review, or on the review as a whole."""
    require(can_comment_review(actor, review))
    version = current_round(review).version
    key, label = _block(version_document(version), block_key)
    thread = Thread.objects.create(
        prompt=review.prompt,
        review=review,
        version=version,
        block_key=key,
        block_label=label,
        quote=_text("quote", quote[:MAX_QUOTE], MAX_QUOTE) if quote.strip() and key else "",
        created_by=actor,
    )
    _say(thread, body, actor)
    return thread


@working
def reply(thread: Thread, *, body: str, actor: User) -> Comment:
    """Answer in a conversation; one that was resolved is open again."""
    require(can_comment_thread(actor, thread))
    thread = Thread.objects.select_for_update(of=("self",)).get(pk=thread.pk)
    if thread.resolved_at is not None:
        _set_resolved(thread, None)
    return _say(thread, body, actor)


@working
def resolve_thread(thread: Thread, *, actor: User) -> Thread:
    require(can_comment_thread(actor, thread))
    return _set_resolved(thread, actor)


@working
def reopen_thread(thread: Thread, *, actor: User) -> Thread:
    require(can_comment_thread(actor, thread))
    return _set_resolved(thread, None)


def _block(document: Document, wanted: uuid.UUID | str | None) -> tuple[str | None, str]:
    """Key and label of the block that is talked about; (None, "") for the whole review."""
    if not wanted:
        return None, ""
    for block in document["blocks"]:
        if block["key"] == str(wanted):
            title = block["title"].strip(" #:")
            kind = BLOCK_LABELS.get(block["type"], block["type"])
            return block["key"], f"{kind}, “{title}”" if title else kind
    raise Invalid({"block_key": [_("This block is not in the text under review any more.")]})


def _text(field: str, text: str, most: int) -> str:
    try:
        text = normalise(text).strip()
    except ContentError as error:
        raise Invalid({field: [str(error)]}) from error
    if not text:
        raise Invalid({field: [_("Write something first.")]})
    if len(text) > most:
        raise Invalid({field: [_("This is longer than %(most)s characters.") % {"most": most}]})
    return text


def _say(thread: Thread, body: str, actor: User) -> Comment:
    text = _text("body", body, MAX_COMMENT)
    comment = Comment.objects.create(thread=thread, author=actor, body=text)
    _tell(thread)
    return comment


def _set_resolved(thread: Thread, actor: User | None) -> Thread:
    Thread.objects.filter(pk=thread.pk).update(
        resolved_at=Now() if actor else None, resolved_by=actor
    )
    _tell(thread)
    thread.refresh_from_db()
    return thread


def _tell(thread: Thread) -> None:
    if thread.review_id is not None:
        touch("review", thread.review_id)
