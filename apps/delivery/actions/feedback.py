"""Feedback that came before its call: it waits for a day, and is then counted as unmatched."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, timedelta

from django.db.models import F
from django.utils import timezone

from apps.core.actions import working
from apps.delivery.actions.intake import take_feedback
from apps.delivery.calls.chosen import calls
from apps.delivery.calls.engine import Feedback, Known, Written
from apps.delivery.models import Unmatched, WaitingFeedback
from apps.delivery.queries import reach_of_keys

WAITS = timedelta(days=1)
MOST = 10_000  # of one key
CHUNK = 1_000


@dataclass(frozen=True)
class Waiting:
    environment_id: int
    ident: str
    log_ident: str
    name: str
    kind: str
    value: float
    comment: str | None
    replaces: bool


@working
def wait_for_calls(told: Sequence[Waiting], *, key: int) -> Written:
    """Keep feedback whose call is not known yet; of one key no more than MOST."""
    if not told:
        return Written(0, 0)
    mine = WaitingFeedback.objects.filter(key=key)
    known = dict(mine.filter(ident__in=[one.ident for one in told]).values_list("ident", "told"))
    room = MOST - mine.count()
    new = [one for one in told if one.ident not in known][: max(room, 0)]
    changed = [
        one for one in told if one.replaces and known.get(one.ident, _said(one)) != _said(one)
    ]
    WaitingFeedback.objects.bulk_create(
        [_row(one, key) for one in [*new, *changed]],
        update_conflicts=True,
        unique_fields=["key", "ident"],
        update_fields=["told"],
    )
    accepted = len(new) + len(changed)
    return Written(accepted, len(told) - accepted)


def _said(one: Waiting) -> dict[str, object]:
    about = ("environment_id", "ident", "log_ident")
    return {name: value for name, value in asdict(one).items() if name not in about}


def _row(one: Waiting, key: int) -> WaitingFeedback:
    return WaitingFeedback(
        environment_id=one.environment_id, key_id=key, ident=one.ident, log_ident=one.log_ident,
        told=_said(one),
    )  # fmt: skip


@working
def match_waiting() -> int:
    """Look again for the calls of what waits; how many were found. What waited for a day and found
    none is counted and forgotten."""
    rows = list(WaitingFeedback.objects.select_for_update(skip_locked=True).order_by("pk"))
    reach = reach_of_keys({row.key_id for row in rows})
    ready: list[WaitingFeedback] = []
    for start in range(0, len(rows), CHUNK):
        ready += _found(rows[start : start + CHUNK], reach)
    late = [row for row in rows if row.received_at < timezone.now() - WAITS and row not in ready]
    _count_unmatched(late)
    WaitingFeedback.objects.filter(pk__in=[row.pk for row in [*ready, *late]]).delete()
    return len(ready)


def _found(rows: Sequence[WaitingFeedback], reach: dict[int, set[int]]) -> list[WaitingFeedback]:
    ready: list[WaitingFeedback] = []
    told: list[Feedback] = []
    for environment in {row.environment_id for row in rows}:
        here = [row for row in rows if row.environment_id == environment]
        known = calls().known(environment, [row.log_ident for row in here])
        for row in here:
            call = known.get(row.log_ident)
            if call is not None and call.prompt_id in reach.get(row.key_id, ()):
                ready.append(row)
                told.append(_feedback(row, call))
    take_feedback(told)
    return ready


def _feedback(row: WaitingFeedback, call: Known) -> Feedback:
    at = call.started_at.astimezone(UTC)
    told = row.told
    return Feedback(
        environment_id=row.environment_id, prompt_id=call.prompt_id, version_id=call.version_id,
        key_id=row.key_id, started_at=at, value=told["value"], day=at.date(), ident=row.ident,
        log_ident=call.ident, arm=call.arm, split_id=call.split_id, name=told["name"],
        kind=told["kind"], unit_hash=call.unit_hash, comment=told["comment"],
        replaces=told["replaces"],
    )  # fmt: skip


def _count_unmatched(rows: Iterable[WaitingFeedback]) -> None:
    for row in rows:
        counted, _ = Unmatched.objects.get_or_create(key_id=row.key_id, day=row.received_at.date())
        Unmatched.objects.filter(pk=counted.pk).update(count=F("count") + 1)
