"""Whom an alarm of the figures concerns, and what it says."""

from __future__ import annotations

from apps.analytics.alarm_words import rang
from apps.analytics.events import ALARM_RANG
from apps.analytics.models import Alarm
from apps.analytics.queries.live_checks import check_words
from apps.audit.models import AuditEntry
from apps.notifications.news import News
from apps.teams.models import Capability
from apps.teams.rights import people_with


def alarm_rang(entry: AuditEntry) -> News | None:
    """Whoever may roll back there has to look; who set it and the owners want to know."""
    rows = Alarm.objects.select_related("namespace", "prompt__namespace", "prompt__owner")
    alarm = rows.select_related("environment").filter(pk=entry.data.get("alarm")).first()
    if alarm is None:
        return None
    right = alarm.environment.right_to_release
    team = alarm.prompt.owner if alarm.prompt else None
    people = set(team.memberships.values_list("person_id", flat=True)) if team else set()
    people |= {alarm.made_by_id} if alarm.made_by_id else set()
    return News(
        entry.event, seq=entry.seq, prompt=alarm.prompt,
        to_act=frozenset(people_with(right, alarm.namespace)),
        to_know=frozenset(people & people_with(Capability.VIEW, alarm.namespace)),
        for_watchers=alarm.prompt is not None,
    )  # fmt: skip


def rang_words(entry: AuditEntry) -> str:
    """What it rang at; "" for any other entry."""
    if entry.event != ALARM_RANG:
        return ""
    subject = entry.data.get("subject", "")
    return rang(entry.data, check_words([subject])[subject] if subject else "")
