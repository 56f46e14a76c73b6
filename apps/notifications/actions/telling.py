"""Comments and decided suggestions → items. Each is told in one transaction with its mark, so that
it is told at least once, and telling twice adds nothing."""

from __future__ import annotations

from apps.core.actions import working
from apps.notifications.actions.inbox import put_into_inbox
from apps.notifications.comments import (
    news_of_comment,
    news_of_decision,
    news_of_edit,
)
from apps.notifications.models import ToldComment, ToldSuggestion
from apps.reviews.mentions import people_of
from apps.reviews.models import Comment, Suggestion
from apps.reviews.states import SuggestionState

THREAD = ("thread__prompt__namespace", "thread__review", "thread__version", "thread__draft")


@working
def tell_comment(pk: int) -> None:
    """Give everyone whom it concerns their item. The row is locked: two workers tell in turn."""
    rows = Comment.objects.select_for_update(of=("self",)).select_related(*THREAD)
    comment = rows.get(pk=pk)
    mark, is_new = ToldComment.objects.get_or_create(
        comment=comment, defaults={"edited_at": comment.edited_at}
    )
    if is_new or mark.edited_at != comment.edited_at:
        tell = news_of_comment if is_new else news_of_edit
        for news in tell(comment, frozenset(people_of(comment))):
            put_into_inbox(news)
        ToldComment.objects.filter(pk=mark.pk).update(edited_at=comment.edited_at)


@working
def tell_suggestion(pk: int) -> None:
    """Tell the writer of a suggestion how it was decided."""
    rows = Suggestion.objects.select_for_update(of=("self",))
    suggestion = rows.select_related(*(f"comment__{name}" for name in THREAD)).get(pk=pk)
    if suggestion.state != SuggestionState.OPEN:
        put_into_inbox(news_of_decision(suggestion))
    ToldSuggestion.objects.update_or_create(
        suggestion=suggestion, defaults={"state": suggestion.state}
    )
