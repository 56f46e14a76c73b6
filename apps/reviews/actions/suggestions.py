"""A wording that somebody proposes for a block, and what becomes of it: working writes."""

from __future__ import annotations

import uuid

from django.db.models.functions import Now
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.core.actions import working
from apps.core.errors import Invalid, require
from apps.core.live import touch
from apps.core.states import move
from apps.core.verdicts import not_possible
from apps.environments.locks import lock_prompt
from apps.prompts.actions import save_block
from apps.prompts.content import ContentError, normalise
from apps.prompts.content.text import check_block_size
from apps.prompts.models import Draft, DraftBlock, Prompt
from apps.prompts.queries import version_document
from apps.prompts.queries.texts import text_at, text_of
from apps.prompts.saving import BlockText, as_rows, from_whole, merge_block
from apps.reviews.actions.threads import (
    reply,
    resolve_thread,
    start_draft_thread,
    start_thread,
)
from apps.reviews.models import Comment, Review, Suggestion, Thread
from apps.reviews.permissions import can_comment_prompt, can_comment_review, can_decide_suggestion
from apps.reviews.places import block_of, whole_of
from apps.reviews.queries import current_round
from apps.reviews.queries.threads import draft_for
from apps.reviews.states import SUGGESTION, SuggestionState

Key = uuid.UUID | str


@working
def suggest(
    review: Review, *, block_key: Key, text: str, body: str = "", thread: Thread | None = None,
    actor: User,
) -> Suggestion:  # fmt: skip
    """Propose a text for a block of the version under review, in answer to a thread or alone."""
    require(can_comment_review(actor, review))
    block = block_of(version_document(current_round(review).version), block_key)
    if block is None:
        raise Invalid({"text": [_("This block is not under review any more. Copy your text.")]})
    base = whole_of(block)
    wanted = _checked(base, text)
    words = body.strip() or _("I suggest this wording.")
    if thread is None:
        comment = start_thread(review, block_key=block_key, body=words, actor=actor).comments.get()
    else:
        comment = _answer(thread, review.prompt, block_key, words, actor)
    return Suggestion.objects.create(comment=comment, block_key=block_key, base=base, body=wanted)


@working
def suggest_in_draft(
    draft: Draft, *, block_key: Key, revision: int, text: str, body: str = "",
    thread: Thread | None = None, actor: User,
) -> Suggestion:  # fmt: skip
    """Propose a text for a block of a draft, started from what it said at `revision`."""
    require(can_comment_prompt(actor, draft.prompt))
    block = draft.blocks.filter(key=block_key, removed_at=None).first()
    if block is None:
        raise Invalid({"text": [_("This block was deleted meanwhile. Copy your text.")]})
    started = text_of(block) if revision == block.revision else text_at(block, revision)
    base = (started or text_of(block)).whole
    wanted = _checked(base, text)
    words = body.strip() or _("I suggest this wording.")
    if thread is None:
        began = start_draft_thread(draft, block_key=block_key, body=words, actor=actor)
        comment = began.comments.get()
    else:
        comment = _answer(thread, draft.prompt, block_key, words, actor)
    return Suggestion.objects.create(comment=comment, block_key=block_key, base=base, body=wanted)


def _checked(base: str, text: str) -> str:
    try:
        wanted = normalise(text)
    except ContentError as error:
        raise Invalid({"text": [str(error)]}) from error
    if sentence := check_block_size(len(wanted.encode())):
        raise Invalid({"text": [sentence]})
    if wanted.split() == base.split():
        raise Invalid({"text": [_("This is what the block says already. Change something first.")]})
    return wanted


def _answer(thread: Thread, prompt: Prompt, key: Key, words: str, actor: User) -> Comment:
    """The comment in a thread on this very block that holds the suggestion."""
    if thread.prompt_id != prompt.pk or str(thread.block_key) != str(key):
        raise Invalid({"text": [_("This thread is about another block. Copy your text.")]})
    return reply(thread, body=words, actor=actor)


@working
def accept_suggestion(suggestion: Suggestion, *, actor: User) -> Suggestion:
    """Write it into the draft, merged with what others wrote since, credited to its writer too."""
    draft = draft_for(suggestion)
    require(can_decide_suggestion(actor, suggestion))
    lock_prompt(draft.prompt)
    suggestion = _open(suggestion)
    block = draft.blocks.filter(key=suggestion.block_key, removed_at=None).first()
    if block is None:
        sentence = _("The block of this suggestion was deleted. Put it back into the draft first.")
        require(not_possible("block_deleted", sentence))
    assert block is not None
    block.draft = draft
    _write(block, suggestion, actor)
    _decide(suggestion, SuggestionState.ACCEPTED, actor)
    resolve_thread(suggestion.comment.thread, actor=actor)
    return suggestion


def _write(block: DraftBlock, suggestion: Suggestion, actor: User) -> None:
    now, examples = text_of(block), block.type == "examples"
    base = from_whole(suggestion.base, now, examples=examples)
    mine = from_whole(suggestion.body, now, examples=examples)
    merged = merge_block(base, mine, now)
    if merged.conflict:
        sentence = _("The same words were changed since this was suggested, so nothing was "
                     "written. Open the block and put in what you want of it by hand.")  # fmt: skip
        require(not_possible("conflict", sentence))
    _save(block, merged.text, suggestion, actor)


def _save(block: DraftBlock, text: BlockText, suggestion: Suggestion, actor: User) -> None:
    writer = suggestion.comment.author
    saved = save_block(
        block, revision=block.revision, body=text.body, rows=as_rows(text.rows),
        writer=writer if writer.pk != actor.pk else None, actor=actor,
    )  # fmt: skip
    if saved.conflict:
        sentence = _("Somebody is writing in this block right now. Try again in a moment.")
        require(not_possible("conflict", sentence))


@working
def dismiss_suggestion(suggestion: Suggestion, *, actor: User) -> Suggestion:
    """Say no to it; it stays to be read, and can be taken up again."""
    require(can_decide_suggestion(actor, suggestion))
    return _decide(_open(suggestion), SuggestionState.DISMISSED, actor)


@working
def reopen_suggestion(suggestion: Suggestion, *, actor: User) -> Suggestion:
    """Take back a "no"."""
    require(can_decide_suggestion(actor, suggestion))
    return _decide(_locked(suggestion), SuggestionState.OPEN, actor)


def _locked(suggestion: Suggestion) -> Suggestion:
    """As it is now, locked: two people may decide at once."""
    rows = Suggestion.objects.select_for_update(of=("self",)).select_related("comment__author")
    return rows.select_related("comment__thread__prompt__namespace").get(pk=suggestion.pk)


def _open(suggestion: Suggestion) -> Suggestion:
    fresh = _locked(suggestion)
    if fresh.state != SuggestionState.OPEN:
        sentence = _("This suggestion was decided already: %(state)s.")
        require(not_possible("decided", sentence % {"state": fresh.get_state_display().lower()}))
    return fresh


def _decide(suggestion: Suggestion, to: SuggestionState, actor: User) -> Suggestion:
    move(suggestion, "state", to, SUGGESTION)
    decided = to != SuggestionState.OPEN
    Suggestion.objects.filter(pk=suggestion.pk).update(
        decided_by=actor if decided else None, decided_at=Now() if decided else None
    )
    thread = suggestion.comment.thread
    topic = ("review", thread.review_id) if thread.review_id else ("comments", thread.draft_id)
    touch(topic[0], topic[1] or 0)
    suggestion.refresh_from_db()
    return suggestion
