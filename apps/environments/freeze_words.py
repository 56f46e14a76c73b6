"""Freezes and their instants in words, in the time of the freeze's own place."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from apps.environments.freezes import WEEKLY, Freeze, Moment

DAY_AND_TIME = "j F Y H:i"


def in_words(freeze: Freeze) -> str:
    """ "from 18 December 2026 00:00 to 2 January 2027 08:00, Europe/Berlin"."""
    words = {"start": _edge(freeze, freeze.start), "end": _edge(freeze, freeze.end)}
    text = _("every %(start)s to %(end)s, %(zone)s")
    if freeze.kind != WEEKLY:
        text = _("from %(start)s to %(end)s, %(zone)s")
    return text % {**words, "zone": freeze.zone}


def _edge(freeze: Freeze, text: str) -> str:
    if freeze.kind == WEEKLY:
        day, _space, clock = text.partition(" ")
        return f"{WEEKDAYS[int(day)]} {clock}"
    return date_format(dt.datetime.fromisoformat(text), DAY_AND_TIME)


def moment_words(moment: Moment) -> str:
    """ "2 January 2027 08:00 (Europe/Berlin)"."""
    local = moment.at.astimezone(ZoneInfo(moment.freeze.zone))
    return f"{date_format(local, DAY_AND_TIME)} ({moment.freeze.zone})"
