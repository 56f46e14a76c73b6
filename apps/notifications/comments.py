"""Whom a comment, or the fate of a suggestion, concerns."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from apps.notifications.kinds import ACCEPTED, COMMENTED, DISMISSED, MENTIONED, REPLIED, SUGGESTED
from apps.notifications.models import ToldComment, ToldSuggestion
from apps.notifications.news import News
from apps.notifications.recipients import wrote
from apps.prompts.models import DraftBlock
from apps.reviews.models import Comment, Suggestion
from apps.reviews.states import SuggestionState


def untold_comments() -> QuerySet[Comment]:
    """New ones and edited ones. Found by what is missing, not by a cursor or a clock: a comment
    that commits late is not passed over."""
    same = Q(edited_at=OuterRef("edited_at")) | Q(edited_at=None, comment__edited_at=None)
    told = ToldComment.objects.filter(same, comment=OuterRef("pk"))
    return Comment.objects.filter(~Exists(told)).order_by("pk")


def untold_suggestions() -> QuerySet[Suggestion]:
    """Decided ones whose writer does not know it yet; what was dismissed can be accepted later."""
    told = ToldSuggestion.objects.filter(suggestion=OuterRef("pk"), state=OuterRef("state"))
    decided = Suggestion.objects.exclude(state=SuggestionState.OPEN)
    return decided.filter(~Exists(told)).order_by("pk")


def news_of_comment(comment: Comment, mentioned: frozenset[int]) -> list[News]:
    """One piece of news for each way in which it concerns people. Each of them is told once, of
    what is closest to them: a mention, a wording for their text, an answer, a comment."""
    suggestion = Suggestion.objects.filter(comment=comment).first()
    by_kind = [
        (MENTIONED, mentioned),
        (SUGGESTED, _writers(suggestion) if suggestion else frozenset()),
        (REPLIED, _taking_part(comment)),
        (COMMENTED, _asked(comment)),
    ]
    told = frozenset({comment.author_id})
    found = []
    for event, people in by_kind:
        found.append(_news(event, comment, people - told, never=told))
        told |= people
    return found


def news_of_edit(comment: Comment, mentioned: frozenset[int]) -> list[News]:
    """Of a comment that was told before: to whom it names now. Who has the item keeps it."""
    return [_news(MENTIONED, comment, mentioned, never=frozenset({comment.author_id}))]


def news_of_decision(suggestion: Suggestion) -> News:
    """To the writer of the suggestion, unless they decided it themselves."""
    event = ACCEPTED if suggestion.state == SuggestionState.ACCEPTED else DISMISSED
    writer = frozenset({suggestion.comment.author_id}) - {suggestion.decided_by_id}
    return _news(event, suggestion.comment, frozenset(p for p in writer if p))


def _news(
    event: str, comment: Comment, people: frozenset[int], never: frozenset[int] = frozenset()
) -> News:
    """A mention and a suggestion wait for an answer. Who watches hears of each comment once."""
    thread, acts = comment.thread, event in (MENTIONED, SUGGESTED)
    return News(
        event, comment=comment, prompt=thread.prompt, review=thread.review, never=never,
        to_act=people if acts else frozenset(), to_know=frozenset() if acts else people,
        for_watchers=event == COMMENTED,
    )  # fmt: skip


def _taking_part(comment: Comment) -> frozenset[int]:
    """Who said something in this conversation before."""
    earlier = Comment.objects.filter(thread=comment.thread, pk__lt=comment.pk)
    return frozenset(earlier.values_list("author", flat=True))


def _asked(comment: Comment) -> frozenset[int]:
    review = comment.thread.review
    return frozenset({review.requested_by_id} if review else ())


def _writers(suggestion: Suggestion) -> frozenset[int]:
    """Who wrote the block that the suggestion is about; else whoever wrote along."""
    thread = suggestion.comment.thread
    blocks = DraftBlock.objects.filter(draft__prompt=thread.prompt, key=suggestion.block_key)
    if thread.draft_id:
        blocks = blocks.filter(draft=thread.draft)
    history = DraftBlock.history.filter(id__in=blocks.values("pk"))
    people = set(history.values_list("history_user", flat=True)) - {None}
    people |= set(blocks.values_list("changed_by", flat=True)) - {None}
    if not people and thread.version:
        return wrote(thread.version)
    return frozenset(people)
