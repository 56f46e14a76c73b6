"""Audit entries → inbox items. At least once, so an item that is there already is left alone."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace

from apps.audit.models import AuditEntry
from apps.notifications.recipients import RECIPIENTS

EVENTS = tuple(RECIPIENTS)
log = logging.getLogger("galley.notifications")


def deliver(entry: AuditEntry) -> None:
    """Put one entry into the inbox of everyone whom it concerns, but not of who did it."""
    from apps.notifications.actions import put_into_inbox

    news = RECIPIENTS[entry.event](entry)
    if news is not None:
        did = {int(entry.actor_id)} if entry.actor_kind == "person" else set()
        put_into_inbox(replace(news, never=news.never | did))


def sweep() -> int:
    """Tell of comments and decided suggestions that nobody was told of, and wake what slept."""
    from apps.notifications.actions import tell_comment, tell_suggestion, wake_items
    from apps.notifications.comments import untold_comments, untold_suggestions

    told = _each(list(untold_comments().values_list("pk", flat=True)[:500]), tell_comment)
    told += _each(list(untold_suggestions().values_list("pk", flat=True)[:500]), tell_suggestion)
    wake_items()
    return told


def _each(pks: list[int], tell: Callable[[int], None]) -> int:
    """One that fails does not hold back the others; it is found again at the next look."""
    done = 0
    for pk in pks:
        try:
            tell(pk)
            done += 1
        except Exception:
            log.exception("%s failed for %s", tell.__name__, pk)
    return done
