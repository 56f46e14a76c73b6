"""What the owner of a key has to know of a prompt that is given up or has moved."""

from __future__ import annotations

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from apps.audit.models import AuditEntry
from apps.prompts.events import DEPRECATED, MOVED


def ending_words(entry: AuditEntry) -> str:
    """Until when it is kept up, and what to fetch instead; "" for any other entry, and where
    neither was said."""
    if entry.event != DEPRECATED:
        return ""
    day, successor = _day(entry, "sunset"), str(entry.data.get("successor") or "")
    told = (
        _("it is kept up until %(day)s") % {"day": day} if day else "",
        _("fetch %(path)s instead") % {"path": successor} if successor else "",
    )
    words = ", ".join(filter(None, told))
    return f": {words}" if words else ""


def moving_words(entry: AuditEntry) -> str:
    """Where it is now, and how long the old path leads there; "" for any other entry."""
    if entry.event != MOVED:
        return ""
    words = _(": fetch it as %(path)s, the old path ends on %(day)s")
    return words % {"path": entry.data["path"], "day": _day(entry, "until")}


def _day(entry: AuditEntry, name: str) -> str:
    found = str(entry.data.get(name) or "")
    return date_format(date.fromisoformat(found), "j F Y") if found else ""
