"""Moments of a person's own day. Pure: nothing here looks at a clock."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

DIGEST_AT = time(8, 0)
LATER, TOMORROW, NEXT_WEEK = "later", "tomorrow", "next_week"
SNOOZES = {LATER: _("Later today"), TOMORROW: _("Tomorrow"), NEXT_WEEK: _("Next week")}


def next_digest(now: datetime, zone: ZoneInfo) -> datetime:
    """The next 08:00 of a person's day after `now`, in UTC."""
    return _next_at(now, zone, 0) if _next_at(now, zone, 0) > now else _next_at(now, zone, 1)


def snooze_until(choice: str, now: datetime, zone: ZoneInfo) -> datetime:
    """Later today: in three hours, on the full hour. Tomorrow and next Monday: at 08:00."""
    if choice == LATER:
        later = (now + timedelta(hours=3)).astimezone(zone)
        return later.replace(minute=0, second=0, microsecond=0).astimezone(UTC)
    if choice == TOMORROW:
        return _next_at(now, zone, 1)
    return _next_at(now, zone, 7 - now.astimezone(zone).weekday())


def snoozes(now: datetime, zone: ZoneInfo) -> dict[str, datetime]:
    """What can be chosen: "later today" only while it is today still."""
    found = {choice: snooze_until(choice, now, zone) for choice in SNOOZES}
    if found[LATER].astimezone(zone).date() != now.astimezone(zone).date():
        del found[LATER]
    return found


def _next_at(now: datetime, zone: ZoneInfo, days: int) -> datetime:
    day = now.astimezone(zone).date() + timedelta(days=days)
    return datetime.combine(day, DIGEST_AT, zone).astimezone(UTC)
