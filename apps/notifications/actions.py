from __future__ import annotations

from collections.abc import Iterable

from django.db.models.functions import Now

from apps.accounts.models import User
from apps.core.actions import working
from apps.core.errors import require
from apps.core.live import touch
from apps.core.verdicts import not_visible
from apps.notifications.models import InboxItem
from apps.prompts.models import Prompt
from apps.reviews.models import Review


@working
def put_into_inbox(
    seq: int,
    *,
    event: str,
    prompt: Prompt,
    review: Review | None,
    to_act: Iterable[int],
    to_know: Iterable[int],
) -> None:
    """One item a person for the audit entry `seq`; what is there already stays as it is."""
    people = dict.fromkeys(to_know, False) | dict.fromkeys(to_act, True)
    InboxItem.objects.bulk_create(
        [
            InboxItem(
                person_id=person, seq=seq, event=event, needs_action=acts,
                prompt=prompt, review=review,
            )
            for person, acts in people.items()
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    for person in people:
        touch("person", person)


@working
def mark_done(pk: int, *, actor: User) -> InboxItem:
    """Take an item out of one's own inbox; doing it twice is fine."""
    item = _own(pk, actor)
    if item.done_at is None:
        InboxItem.objects.filter(pk=item.pk).update(done_at=Now())
        touch("person", actor.pk)
    return item


@working
def mark_undone(pk: int, *, actor: User) -> InboxItem:
    """Put an item back."""
    item = _own(pk, actor)
    InboxItem.objects.filter(pk=item.pk).update(done_at=None)
    touch("person", actor.pk)
    return item


def _own(pk: int, actor: User) -> InboxItem:
    item = InboxItem.objects.select_related("prompt").filter(pk=pk, person=actor).first()
    if item is None:
        require(not_visible())
    assert item is not None
    return item
