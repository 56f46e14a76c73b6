"""What applications send back: figures of calls, and the names of the variables that they send."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, time

from django.db import connection

from apps.core.actions import working
from apps.delivery.calls.chosen import calls
from apps.delivery.calls.engine import Call, Feedback, Written
from apps.delivery.models import SentName
from apps.delivery.sent import MAX_NAMES, Sent

_TOUCH = "INSERT INTO delivery_touchedhour (environment_id, prompt_id, hour) VALUES"


@working
def take_calls(taken: Sequence[Call]) -> Written:
    """Keep calls, each `ident` once a day in its environment, and say which hours changed."""
    if not taken:
        return Written(0, 0)
    written = calls().write(taken)
    if written.accepted:
        _touch(taken)
    return written


@working
def take_new_calls(taken: Sequence[Call]) -> Written:
    """The short way, for calls that come for the first time, as most do; NotNew if one does not."""
    if not taken:
        return Written(0, 0)
    written = calls().write_new(taken)
    _touch(taken)
    return written


@working
def take_feedback(taken: Sequence[Feedback]) -> Written:
    """Keep feedback, each `ident` once a day in its environment, and say which hours changed."""
    if not taken:
        return Written(0, 0)
    written = calls().write_feedback(taken)
    if written.accepted:
        _touch(taken)
    return written


def _touch(taken: Iterable[Call | Feedback]) -> None:
    """Whoever counts these hours counts them again."""
    found = {(one.environment_id, one.prompt_id, one.day, one.started_at.hour) for one in taken}
    rows = [
        (environment, prompt, datetime.combine(day, time(hour), UTC))
        for environment, prompt, day, hour in sorted(found)
    ]
    with connection.cursor() as cursor:
        cursor.execute(f"{_TOUCH} {', '.join(['(%s, %s, %s)'] * len(rows))}", sum(rows, ()))


@working
def note_names(sent: Iterable[Sent], *, at: datetime) -> None:
    """Write down that these names were sent; of one prompt at most MAX_NAMES are kept."""
    wanted = sorted(set(sent))
    known = _known(wanted)
    kept = []
    for environment, prompt, name in wanted:
        names = known.setdefault((environment, prompt), set())
        if name not in names and name and len(names - {""}) >= MAX_NAMES:
            continue
        names.add(name)
        kept.append(
            SentName(
                environment_id=environment, prompt_id=prompt, name=name, first_seen=at,
                last_seen=at,
            )
        )  # fmt: skip
    SentName.objects.bulk_create(
        kept,
        update_conflicts=True,
        unique_fields=["environment", "prompt", "name"],
        update_fields=["last_seen"],
    )


def _known(sent: Iterable[Sent]) -> dict[tuple[int, int], set[str]]:
    prompts = {prompt for _environment, prompt, _name in sent}
    rows = SentName.objects.filter(prompt__in=prompts)
    found: dict[tuple[int, int], set[str]] = {}
    for environment, prompt, name in rows.values_list("environment_id", "prompt_id", "name"):
        found.setdefault((environment, prompt), set()).add(name)
    return found
