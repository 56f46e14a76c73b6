"""Single calls, where the rule of the namespace keeps what they said."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from apps.analytics.models import LiveLook
from apps.analytics.queries.figures import RATING
from apps.analytics.queries.live_checks import check_words
from apps.analytics.sampling import stratified
from apps.delivery.calls.chosen import calls
from apps.delivery.calls.engine import Call, Filter
from apps.delivery.checked import EVERY, PREFIX
from apps.delivery.models import FeedbackEvent
from apps.environments.models import Environment
from apps.prompts.models import Prompt, Version

PAGE = 50
OPINIONS = ("failed", "bad")
OUTCOMES = ("error", *OPINIONS)
DRAWN_FROM = 5000  # the newest calls of the week
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Judgement:
    """What a sampled check said of a call; `passes` None: it could not say."""

    check: str
    passes: bool | None
    reason: str


@dataclass(frozen=True)
class Shown:
    """One call with its version; `ratings`: (name, value) of what people said of it."""

    call: Call
    number: int
    ratings: tuple[tuple[str, float], ...] = ()
    judged: tuple[Judgement, ...] = ()

    @property
    def fails(self) -> bool:
        return any(one.passes is False for one in self.judged)

    @property
    def is_kept(self) -> bool:
        return self.call.variables is not None

    @property
    def values(self) -> list[tuple[str, str]]:
        """What was sent, as text."""
        return [
            (name, value if isinstance(value, str) else json.dumps(value))
            for name, value in (self.call.variables or {}).items()
        ]

    @property
    def is_bad(self) -> bool:
        rated = any(value <= 0 for _name, value in self.ratings)
        return self.call.status == "error" or rated or self.fails

    @property
    def place(self) -> str:
        """What names it in an address."""
        return f"{self.call.started_at.isoformat()} {self.call.ident}"


def calls_of(
    prompt: Prompt, place: Environment, *, outcome: str = "", before: str = ""
) -> list[Shown]:
    """The newest first, one more than a page; `before`: the `place` of the last one shown."""
    wanted = Filter(
        environment_id=place.pk, prompt_ids=[prompt.pk],
        status=outcome if outcome == "error" else None,
        opinion=outcome if outcome in OPINIONS else None,
        until=timezone.now() + timedelta(days=1),
    )  # fmt: skip
    return _shown(place, calls().single(wanted, limit=PAGE + 1, before=_place(before)))


def call_at(prompt: Prompt, place: Environment, named: str) -> Call | None:
    """The one call that `Shown.place` names."""
    found = _place(named)
    if found is None:
        return None
    at, ident = found
    wanted = Filter(
        environment_id=place.pk, prompt_ids=[prompt.pk], since=at,
        until=at + timedelta(microseconds=1),
    )  # fmt: skip
    rows = calls().single(wanted, limit=PAGE)
    return next((call for call in rows if call.ident == ident), None)


def sample_of(prompt: Prompt, place: Environment, most: int, seed: int) -> list[Call]:
    """Of last week's calls whose values are kept: something of each version, arm, tag, outcome."""
    wanted = Filter(
        environment_id=place.pk, prompt_ids=[prompt.pk], since=timezone.now() - WEEK,
        until=timezone.now() + timedelta(days=1),
    )  # fmt: skip
    rows = calls().single(wanted, limit=DRAWN_FROM)
    kept = [call for call in rows if call.variables]
    return stratified(kept, _group, most, seed)


def _group(call: Call) -> tuple[Any, ...]:
    return call.version_id, call.arm, call.tags[0] if call.tags else "", call.status


def _place(named: str) -> tuple[datetime, str] | None:
    moment, _space, ident = named.partition(" ")
    try:
        at = parse_datetime(moment)
    except ValueError:
        return None
    return (at, ident) if at is not None and at.tzinfo is not None and ident else None


def _shown(place: Environment, rows: Sequence[Call]) -> list[Shown]:
    numbers = dict(
        Version.objects.filter(pk__in={call.version_id for call in rows}).values_list(
            "pk", "number"
        )
    )
    idents = [call.ident for call in rows]
    told = FeedbackEvent.objects.filter(environment=place, log_ident__in=idents, kind__in=RATING)
    ratings: dict[str | None, list[tuple[str, float]]] = {}
    people = told.exclude(name__startswith=PREFIX).order_by("name")
    for ident, name, value in people.values_list("log_ident", "name", "value"):
        ratings.setdefault(ident, []).append((name, value))
    judged = _judged(place, idents)
    return [
        Shown(
            call, numbers.get(call.version_id, 0), tuple(ratings.get(call.ident, ())),
            tuple(judged.get(call.ident, ())),
        )
        for call in rows
    ]  # fmt: skip


def _judged(place: Environment, idents: Sequence[str]) -> dict[str, list[Judgement]]:
    """Ident of a call → what each sampled check said, or why it could not."""
    told = FeedbackEvent.objects.filter(environment=place, log_ident__in=idents)
    told = told.filter(name__startswith=PREFIX).exclude(name=EVERY)
    said: list[tuple[str, str, bool | None, str]] = [
        (str(ident), name, value > 0, reason or "")
        for ident, name, value, reason in told.values_list("log_ident", "name", "value", "comment")
    ]
    looks = LiveLook.objects.filter(live__environment=place, ident__in=idents).exclude(unsaid={})
    for ident, unsaid in looks.values_list("ident", "unsaid"):
        said += [(ident, name, None, why) for name, why in unsaid.items() if name != EVERY]
    words = check_words(name for _ident, name, _passes, _reason in said)
    found: dict[str, list[Judgement]] = {}
    for ident, name, passes, reason in said:
        found.setdefault(ident, []).append(Judgement(words[name], passes, reason))
    return {ident: sorted(rows, key=_worst_first) for ident, rows in found.items()}


def _worst_first(one: Judgement) -> tuple[int, str]:
    return (0 if one.passes is False else 1 if one.passes is None else 2, one.check)
