"""Conversations on a review or a draft: working writes, no entry in the trail."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.audit.trail import wake_subscribers
from apps.core.actions import working
from apps.core.errors import Invalid, require
from apps.core.live import touch
from apps.prompts.content import ContentError, Document, normalise
from apps.prompts.models import Draft
from apps.prompts.queries import draft_document, version_document
from apps.reviews.mentions import named_in
from apps.reviews.models import Comment, Mention, Review, Thread
from apps.reviews.permissions import (
    can_comment_prompt,
    can_comment_review,
    can_comment_thread,
    can_edit_comment,
)
from apps.reviews.places import anchor_in, block_of, label_of
from apps.reviews.queries import current_round
from apps.reviews.states import RUNNING

MAX_COMMENT = 10_000
MAX_QUOTE = 2_000
Key = uuid.UUID | str | None


@working
def start_thread(
    review: Review, *, block_key: Key, body: str, quote: str = "", before: str = "",
    after: str = "", actor: User,
) -> Thread:  # fmt: skip
    """Begin a conversation on words, on a block of the text under review, or on the whole."""
    require(can_comment_review(actor, review))
    version = current_round(review).version
    about = _about(version_document(version), block_key, quote, before, after)
    thread = Thread.objects.create(
        prompt=review.prompt, review=review, version=version, created_by=actor, **about
    )
    _say(thread, body, actor)
    return thread


@working
def start_draft_thread(
    draft: Draft, *, block_key: Key, body: str, quote: str = "", before: str = "",
    after: str = "", actor: User,
) -> Thread:  # fmt: skip
    """Begin a conversation on what a draft says now, outside of any review."""
    require(can_comment_prompt(actor, draft.prompt))
    about = _about(draft_document(draft), block_key, quote, before, after)
    thread = Thread.objects.create(prompt=draft.prompt, draft=draft, created_by=actor, **about)
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
def edit_comment(comment: Comment, *, body: str, actor: User) -> Comment:
    """Say it in other words; whoever is named now is told, who was named before is not again."""
    require(can_edit_comment(actor, comment))
    comment.body = _text("body", body, MAX_COMMENT)
    comment.save(update_fields=["body"])
    Comment.objects.filter(pk=comment.pk).update(edited_at=Now())
    _mention(comment, actor)
    _tell(comment.thread)
    return comment


@working
def resolve_thread(thread: Thread, *, actor: User) -> Thread:
    require(can_comment_thread(actor, thread))
    return _set_resolved(thread, actor)


@working
def reopen_thread(thread: Thread, *, actor: User) -> Thread:
    require(can_comment_thread(actor, thread))
    return _set_resolved(thread, None)


def _about(
    document: Document, wanted: Key, quote: str, before: str, after: str
) -> dict[str, str | None]:
    """The columns that say what is talked about; none of them for the whole text."""
    if not wanted:
        return {}
    block = block_of(document, wanted)
    if block is None:
        sentence = _("This block was deleted meanwhile. What you wrote is still here: send it "
                     "again as a comment on the whole text.")  # fmt: skip
        raise Invalid({"block_key": [sentence]})
    about: dict[str, str | None] = {"block_key": block["key"], "block_label": label_of(block)}
    if quote.strip():
        text = _text("quote", quote[:MAX_QUOTE], MAX_QUOTE)
        anchor = anchor_in(block, text, before, after)
        about |= {"quote": anchor.quote, "before": anchor.before, "after": anchor.after}
    return about


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
    _mention(comment, actor)
    _tell(thread)
    return comment


def _mention(comment: Comment, actor: User) -> None:
    """One row for everybody who is named in the text."""
    named = named_in(comment.body, actor, comment.thread.prompt)
    rows = [Mention(comment=comment, person=person) for person in named.people]
    rows += [Mention(comment=comment, team=team) for team in named.teams]
    Mention.objects.bulk_create(rows, ignore_conflicts=True)


def _set_resolved(thread: Thread, actor: User | None) -> Thread:
    Thread.objects.filter(pk=thread.pk).update(
        resolved_at=Now() if actor else None, resolved_by=actor
    )
    _tell(thread)
    thread.refresh_from_db()
    return thread


def _tell(thread: Thread) -> None:
    """Pages that show it: its review, or its draft and the reviews of what was made from it; and
    the sweep that puts it into inboxes, which needs not wait for its beat."""
    transaction.on_commit(wake_subscribers)
    if thread.review_id is not None:
        touch("review", thread.review_id)
        return
    touch("comments", thread.draft_id or 0)
    running = Review.objects.filter(prompt=thread.prompt, state__in=RUNNING)
    for pk in running.values_list("pk", flat=True):
        touch("review", pk)
