"""What comes into an inbox and leaves it. Delivering is at least once: what is there stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.accounts.zones import zone
from apps.core.actions import working
from apps.core.errors import Invalid, require
from apps.core.live import touch
from apps.core.verdicts import not_visible
from apps.notifications.actions.letters import write_letter
from apps.notifications.choices import ways
from apps.notifications.kinds import ALARM, MENTIONED, Way, kind_of
from apps.notifications.levels import MUTE, WATCH, levels_on, who_muted
from apps.notifications.models import InboxItem, NoticeChoice
from apps.notifications.news import News
from apps.notifications.times import SNOOZES, snooze_until


@working
def put_into_inbox(news: News) -> None:
    """One item a person, and the letter that tells of it, for everyone whom it concerns and who
    may see it; not for those who muted the place, nor for who did it."""
    news = _as_people_wish(news).among_viewers()
    people = dict.fromkeys(news.to_know, False) | dict.fromkeys(news.to_act, True)
    chosen = {
        acts: ways(kind_of(news.event, to_act=acts), [p for p in people if people[p] is acts])
        for acts in (True, False)
    }
    for person, acts in sorted(people.items()):
        _give(news, person, acts, ALARM if news.alarm else chosen[acts][person])


def _as_people_wish(news: News) -> News:
    if news.prompt is None or news.alarm:
        return news.without(set(news.never))
    levels = levels_on(news.prompt)
    muted = {person for person, level in levels.items() if level == MUTE}
    watching = {person for person, level in levels.items() if level == WATCH}
    if news.for_watchers:
        news = replace(news, to_know=news.to_know | watching)
    if news.comment is not None and news.event != MENTIONED:
        muted |= who_muted(news.comment.thread)
    return news.without(muted | news.never)


def _give(news: News, person: int, acts: bool, way: Way) -> None:
    if not way.inbox and way.email == NoticeChoice.Email.NONE:
        return
    same: dict[str, Any] = {"person_id": person, "seq": news.seq, "comment": news.comment}
    if news.comment is not None:
        same["event"] = news.event
    item, is_new = InboxItem.objects.get_or_create(
        **same,
        defaults={
            "event": news.event, "needs_action": acts, "prompt": news.prompt,
            "review": news.review, "access_request": news.access_request, "in_inbox": way.inbox,
            "rule_change": news.rule_change, "rating_request": news.rating_request,
        },
    )  # fmt: skip
    if not is_new:
        return
    touch("person", person)
    if way.email != NoticeChoice.Email.NONE:
        write_letter(item, kind=way.email)


@working
def mark_done(pk: int, *, actor: User) -> InboxItem:
    """Take an item out of one's own inbox; doing it twice is fine."""
    item = _own(pk, actor)
    if item.done_at is None:
        InboxItem.objects.filter(pk=item.pk).update(done_at=Now(), snoozed_until=None)
        touch("person", actor.pk)
    return item


@working
def mark_undone(pk: int, *, actor: User) -> InboxItem:
    """Put an item back, from done or from its sleep."""
    item = _own(pk, actor)
    InboxItem.objects.filter(pk=item.pk).update(done_at=None, snoozed_until=None)
    touch("person", actor.pk)
    return item


@working
def snooze(pk: int, *, until: str, actor: User) -> tuple[InboxItem, datetime]:
    """Let an item come back by itself: later today, tomorrow or next week, in one's own zone."""
    item = _own(pk, actor)
    if until not in SNOOZES:
        raise Invalid({"until": [_("Choose later today, tomorrow or next week.")]})
    moment = snooze_until(until, timezone.now(), zone(actor.time_zone))
    InboxItem.objects.filter(pk=item.pk).update(snoozed_until=moment, done_at=None)
    touch("person", actor.pk)
    return item, moment


@working
def wake_items() -> int:
    """Bring back what slept long enough, and tell the open pages of those people."""
    over = InboxItem.objects.filter(Q(snoozed_until__lte=timezone.now()))
    people = set(over.values_list("person", flat=True))
    count = over.update(snoozed_until=None)
    for person in people:
        touch("person", person)
    return count


def _own(pk: int, actor: User) -> InboxItem:
    rows = InboxItem.objects.select_related("prompt__namespace", "access_request__namespace")
    item = rows.filter(pk=pk, person=actor, in_inbox=True).first()
    if item is None:
        require(not_visible())
    assert item is not None
    return item
