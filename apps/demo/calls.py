"""A month of calls and feedback for the demo's prompts: the same each time, told as an application
tells of them. The sums follow by themselves, a moment later."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils import timezone

from apps.delivery.actions import note_names, take_calls, take_feedback
from apps.delivery.bins import bin_of
from apps.delivery.calls.engine import Call, Feedback
from apps.delivery.sent import ANY, Sent
from apps.demo.live import words_of
from apps.environments.models import ApiKey, Environment
from apps.environments.queries import live_release
from apps.prompts.models import Prompt, Version
from apps.prompts.queries import version_document

SEED = 20_261_120
DAYS = 30
HOURS = (8, 11, 14, 18)  # when a support desk is asked
PRICES = {
    "openai/gpt-5-mini": (Decimal("0.00000025"), Decimal("0.000002")),
    "openai/gpt-5": (Decimal("0.00000125"), Decimal("0.00001")),
}


@dataclass(frozen=True)
class Use:
    """How one prompt is called: `a_day` on a Monday; its second version from `since` days ago."""

    path: str
    a_day: int
    model: str
    seconds: float
    tags: tuple[str, ...]
    since: int = 9
    split: bool = False


USES = (
    Use("support/refunds/reply", 84, "openai/gpt-5", 1.9, ("e-mail", "chat")),
    Use("support/cards/triage", 140, "openai/gpt-5-mini", 0.5, ("chat", "phone"), since=0),
    Use("support/cards/lost-stolen", 21, "openai/gpt-5-mini", 0.9, ("chat",), since=0),
    Use("support/disputes/summary", 42, "openai/gpt-5", 2.6, ("desk",), since=16, split=True),
    Use("fraud/alerts/explain-block", 35, "openai/gpt-5-mini", 1.1, ("e-mail",), since=0),
)


def seed_calls(place: Environment, key: ApiKey) -> int:
    """How many calls there are now."""
    now = timezone.now().astimezone(dt.UTC)
    calls: list[Call] = []
    told: list[Feedback] = []
    sent: set[Sent] = set()
    for use in USES:
        prompt = Prompt.objects.get(path=use.path)
        dice = random.Random(f"{SEED}/{use.path}")  # noqa: S311 - the same for everybody
        for back in range(DAYS - 1, -1, -1):
            day = now - dt.timedelta(days=back)
            for call in _day(use, prompt, place, key, day, back, dice):
                if call.started_at <= now:
                    calls.append(call)
                    told += _rated(call, dice)
        sent |= {(place.pk, prompt.pk, name) for name in _names(use, prompt, place)}
    take_calls(calls)
    take_feedback(told)
    note_names(sent, at=now)
    return len(calls)


def _names(use: Use, prompt: Prompt, place: Environment) -> list[str]:
    """What the application sends: what the version asked for that it was written for."""
    first, _live, _split = _versions(use, prompt, place)
    return [ANY, *(variable["name"] for variable in version_document(first)["variables"])]


def _day(
    use: Use, prompt: Prompt, place: Environment, key: ApiKey, day: dt.datetime, back: int,
    dice: random.Random,
) -> list[Call]:  # fmt: skip
    many = use.a_day * (0.55 if day.weekday() > 4 else 1) * (1.012 ** (DAYS - back))
    old, new, split = _versions(use, prompt, place)
    found = []
    for number in range(round(many * dice.uniform(0.9, 1.1))):
        minute, second = dice.randrange(60), dice.randrange(60)
        at = day.replace(hour=dice.choice(HOURS), minute=minute, second=second, microsecond=0)
        later = back < use.since and new.pk != old.pk
        if split and later:
            is_new, arms = dice.random() < 0.25, ("a", "b")
        else:
            is_new, arms = later and not split, ("", "")
        version, arm = (new, arms[1]) if is_new else (old, arms[0])
        ident = f"demo-{prompt.pk}-{back}-{number}"
        split_id = split if arm else ""
        found.append(_call(use, version, (arm, split_id), place, key, at, ident, is_new, dice))
    return found


def _versions(use: Use, prompt: Prompt, place: Environment) -> tuple[Version, Version, str]:
    """What ran before, what runs now (or in part), and the id of the split that shares them."""
    live = live_release(prompt, place)
    assert live is not None
    if use.split and live.split:
        before = prompt.versions.get(number=live.split["arms"][0]["version"])
        return before, live.version, str(live.split["id"])
    first = prompt.versions.order_by("number")[0]
    return (first, live.version, "") if use.since else (live.version, live.version, "")


def _call(
    use: Use, version: Version, split: tuple[str, str], place: Environment, key: ApiKey,
    at: dt.datetime, ident: str, is_new: bool, dice: random.Random,
) -> Call:  # fmt: skip
    latency = use.seconds * 1000 * dice.lognormvariate(0, 0.45) * (1.12 if is_new else 1.0)
    tokens_in, tokens_out = dice.randrange(380, 760), dice.randrange(60, 240)
    tokens_out = round(tokens_out * (0.85 if is_new else 1))
    price_in, price_out = PRICES[use.model]
    failed = dice.random() < (0.012 if is_new else 0.018)
    sent, said = words_of(use.path, ident, is_new)
    values: dict[str, Any] = {
        "environment_id": place.pk, "prompt_id": version.prompt_id, "version_id": version.pk,
        "key_id": key.pk, "started_at": at, "day": at.date(), "latency_ms": round(latency, 1),
        "latency_bin": bin_of(round(latency, 1)), "input_tokens": tokens_in,
        "output_tokens": 0 if failed else tokens_out, "ident": ident, "arm": split[0],
        "split_id": split[1], "model": use.model, "status": "error" if failed else "ok",
        "unit_hash": None, "error": "", "tags": [dice.choice(use.tags)], "variables": sent,
        "output": None if failed else said, "cost": price_in * tokens_in + price_out * tokens_out,
    }  # fmt: skip
    return Call(**values)


def _rated(call: Call, dice: random.Random) -> list[Feedback]:
    """One call in six is rated: a little better with the newer version."""
    if dice.random() > 1 / 6 or call.status == "error":
        return []
    good = dice.random() < (0.87 if call.arm == "b" else 0.8)
    return [
        Feedback(
            environment_id=call.environment_id, prompt_id=call.prompt_id,
            version_id=call.version_id, key_id=call.key_id, started_at=call.started_at,
            value=1.0 if good else 0.0, day=call.day, ident=f"{call.ident}-thumbs",
            log_ident=call.ident, arm=call.arm, split_id=call.split_id, name="thumbs",
            kind="yes_no", unit_hash=None, comment=None,
        )
    ]  # fmt: skip
