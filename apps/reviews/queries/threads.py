"""The conversations of a review and of a draft, with where their words stand now."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TypeVar

from django.db.models import QuerySet

from apps.core.actors import Actor
from apps.core.errors import require
from apps.core.verdicts import not_visible
from apps.prompts.compare.marks import Segments, word_segments
from apps.prompts.content import Document
from apps.prompts.models import Draft
from apps.prompts.queries import draft_document, draft_of, version_document, visible_prompts
from apps.reviews.anchors import Anchor
from apps.reviews.models import Comment, Review, Suggestion, Thread
from apps.reviews.places import Place, block_of, place_in, whole_of
from apps.reviews.queries.lists import current_round
from apps.reviews.states import SuggestionState

Row = TypeVar("Row")


class Threads(list[Thread]):
    """Threads in order of their beginning, each with its `place`."""

    @property
    def open(self) -> list[Thread]:
        return [thread for thread in self if thread.resolved_at is None]

    @property
    def resolved(self) -> list[Thread]:
        return [thread for thread in self if thread.resolved_at is not None]


def threads_of(review: Review) -> Threads:
    """Those of the review, then open ones on the shared draft whose words are under review too."""
    document = version_document(current_round(review).version)
    threads = Threads(_placed(_joined(review.threads.all()), document))
    shared = Thread.objects.filter(draft__prompt=review.prompt, draft__name="", resolved_at=None)
    outside = _placed(_joined(shared), document)
    threads += [thread for thread in outside if thread.block_key and not _place(thread).gone]
    return _with_changes(threads)


def threads_on_draft(draft: Draft) -> Threads:
    return _with_changes(Threads(_placed(_joined(draft.threads.all()), draft_document(draft))))


def _with_changes(threads: Threads) -> Threads:
    """Suggestions know what they change, and whether their draft says something else by now."""
    for thread in threads:
        for comment in thread.comments.all():
            if suggestion := suggestion_of(comment):
                comment.change = change_of(suggestion)  # type: ignore[attr-defined]
                comment.stale = is_stale(suggestion)  # type: ignore[attr-defined]
    return threads


def comment_counts(draft: Draft) -> dict[str, int]:
    """Open threads by the key of their block."""
    rows = draft.threads.filter(resolved_at=None, block_key__isnull=False)
    return dict(Counter(str(key) for key in rows.values_list("block_key", flat=True)))


@dataclass(frozen=True)
class Words:
    """Commented words of a block's text, as the editor marks them. Characters, not bytes."""

    thread: int
    block: str
    field: str
    start: int
    end: int


def words_on_draft(draft: Draft) -> list[Words]:
    """Where open threads on a draft point at words of a body that stand there now."""
    found = []
    for thread in threads_on_draft(draft).open:
        place = _place(thread)
        if place.span and place.field == "body":
            found.append(Words(thread.pk, str(thread.block_key), place.field, *place.span))
    return found


def _joined(rows: QuerySet[Thread]) -> QuerySet[Thread]:
    people = ("created_by", "resolved_by", "version", "draft", "review")
    said = ("comments__author", "comments__suggestion__decided_by", "comments__mentions__person")
    return rows.select_related(*people).prefetch_related(*said)


def _placed(rows: QuerySet[Thread], document: Document) -> list[Thread]:
    threads = list(rows)
    for thread in threads:
        thread.place = place_in(document, anchor_of(thread))  # type: ignore[attr-defined]
        thread.gone = _place(thread).gone  # type: ignore[attr-defined]  # read by pages
    return threads


def _place(thread: Thread) -> Place:
    place: Place = thread.place  # type: ignore[attr-defined]  # set by _placed
    return place


def anchor_of(thread: Thread) -> Anchor:
    key = str(thread.block_key) if thread.block_key else ""
    return Anchor(key, thread.quote, thread.before, thread.after)


def suggestion_of(comment: Comment) -> Suggestion | None:
    return getattr(comment, "suggestion", None)


def change_of(suggestion: Suggestion) -> Segments:
    """What the suggestion changes, word by word."""
    return word_segments(suggestion.base, suggestion.body)[0]


def is_stale(suggestion: Suggestion) -> bool:
    """Whether the draft says something else now than what the suggestion was written for."""
    if suggestion.state != SuggestionState.OPEN:
        return False
    block = block_of(draft_document(draft_for(suggestion)), suggestion.block_key)
    return block is None or whole_of(block) != suggestion.base


def draft_for(suggestion: Suggestion) -> Draft:
    """Where it is accepted: the draft that it is about; the shared one for a review's."""
    thread = suggestion.comment.thread
    return thread.draft if thread.draft else draft_of(thread.prompt)


def draft_of_thread(thread: Thread) -> Draft:
    assert thread.draft is not None
    thread.draft.prompt = thread.prompt
    return thread.draft


def comment_for(actor: Actor, pk: int) -> Comment:
    """One comment of a prompt that the actor may see, or 404."""
    rows = Comment.objects.filter(thread__prompt__in=visible_prompts(actor))
    joined = rows.select_related("thread__prompt__namespace", "thread__draft", "thread__review")
    return _one(joined.filter(pk=pk).first())


def suggestion_for(actor: Actor, pk: int) -> Suggestion:
    """One suggestion for a prompt that the actor may see, or 404."""
    rows = Suggestion.objects.filter(comment__thread__prompt__in=visible_prompts(actor))
    joined = rows.select_related("comment__thread__prompt__namespace", "comment__thread__draft")
    return _one(joined.select_related("comment__author").filter(pk=pk).first())


def _one(row: Row | None) -> Row:
    if row is None:
        require(not_visible())
    assert row is not None
    return row
