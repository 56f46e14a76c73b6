"""Two experiments of the demo: one that was decided, and one that runs and has a verdict."""

from __future__ import annotations

import datetime as dt
import hashlib
import random
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone

from apps.accounts.models import User
from apps.delivery.actions import take_calls, take_feedback
from apps.delivery.bins import bin_of
from apps.delivery.calls.engine import Call, Feedback
from apps.environments.models import Environment
from apps.experiments.actions import Design, choose_winner, make_experiment, start_experiment
from apps.experiments.metrics import ERRORS, LATENCY, Guard, feedback
from apps.experiments.models import Experiment
from apps.prompts.models import Version
from apps.releases.queries import live_release

SEED = 20_261_121
VALID = feedback("valid_document", "yes_no")
HALF = 50


@dataclass(frozen=True)
class Arm:
    """A version and how often its customers send a valid document."""

    letter: str
    version: Version
    good: float
    seconds: float


@dataclass(frozen=True)
class Desk:
    """Where it happens, who sets it up and who starts it; `key`: id of the application's key."""

    place: Environment
    key: int
    author: User
    releaser: User


def decided(desk: Desk, old: Version, new: Version) -> Experiment:
    """Two weeks, and the new version won."""
    before = [Arm("", old, 0.58, 1.3)]
    _tell(desk, before, days=(13, 12), a_day=80, split="")
    found = _begin(
        desk, old, new, "Passports too", "Who reads which papers are taken sends the right one.", 46
    )
    arms = [Arm("a", old, 0.58, 1.3), Arm("b", new, 0.66, 1.32)]
    _tell(desk, arms, days=range(45, 31, -1), a_day=230, split=found.split_id)
    live = live_release(old.prompt, desk.place)
    return choose_winner(
        found,
        arm="b",
        expects=live.pk if live else None,
        reason="Clear after two weeks, and no guard was touched",
        actor=desk.releaser,
    )


def running(desk: Desk, old: Version, new: Version) -> Experiment:
    """Eleven days of calls, and the newer version is better."""
    found = _begin(
        desk,
        old,
        new,
        "Plain reasons",
        "If the answer names the one thing to change in the photo, more people get it right at the"
        " second try.",
        11,
    )
    arms = [Arm("a", old, 0.614, 1.3), Arm("b", new, 0.705, 1.34)]
    _tell(desk, arms, days=range(11, -1, -1), a_day=330, split=found.split_id)
    return found


def _begin(
    desk: Desk, old: Version, new: Version, name: str, hypothesis: str, days_ago: int
) -> Experiment:
    design = Design(
        name=name,
        hypothesis=hypothesis,
        shares=[(old, HALF), (new, HALF)],
        metric=VALID,
        smallest=0.06,
        guards=[Guard(ERRORS, 0.02), Guard(LATENCY, 0.15)],
        days=28,
    )
    made = make_experiment(old.prompt, environment=desk.place, design=design, actor=desk.author)
    live = live_release(old.prompt, desk.place)
    return start_experiment(
        made,
        expects=live.pk if live else None,
        since=_morning(days_ago),
        actor=desk.releaser,
    )


def _morning(days_ago: int) -> dt.datetime:
    now = timezone.now().astimezone(dt.UTC)
    return (now - dt.timedelta(days=days_ago)).replace(hour=0, minute=5, second=0, microsecond=0)


def _tell(desk: Desk, arms: list[Arm], *, days: Iterable[int], a_day: int, split: str) -> None:
    """Calls of new customers, a day at a time, with what came of each."""
    dice = random.Random(f"{SEED}/{split and arms[-1].version.number}")  # noqa: S311 - the same for everybody
    made: list[Call] = []
    told: list[Feedback] = []
    now = timezone.now()
    for back in days:
        for number in range(round(a_day * dice.uniform(0.8, 1.2))):
            at = _morning(back) + dt.timedelta(seconds=dice.randrange(25_000, 70_000))
            arm = dice.choice(arms)
            if at > now:
                continue
            call = _call(desk, arm, at, f"{split[:8]}-{back}-{number}", split, dice)
            made.append(call)
            if call.status == "ok" and dice.random() < 0.9:
                told.append(_valid(call, dice.random() < arm.good))
    take_calls(made)
    take_feedback(told)


def _call(
    desk: Desk, arm: Arm, at: dt.datetime, ident: str, split: str, dice: random.Random
) -> Call:
    latency = round(arm.seconds * 1000 * dice.lognormvariate(0, 0.4), 1)
    prompt = arm.version.prompt_id
    return Call(
        environment_id=desk.place.pk, prompt_id=prompt, version_id=arm.version.pk,
        key_id=desk.key, started_at=at, latency_ms=latency, day=at.date(),
        input_tokens=dice.randrange(300, 500), output_tokens=dice.randrange(60, 160),
        latency_bin=bin_of(latency), ident=f"demo-{prompt}-{ident}", arm=arm.letter,
        split_id=split, model="openai/gpt-5-mini",
        status="error" if dice.random() < 0.012 else "ok",
        unit_hash=hashlib.blake2b(f"{prompt}-{ident}".encode(), digest_size=16).digest(),
        cost=None, error="", tags=[dice.choice(("phone", "phone", "computer"))], variables=None,
        output=None,
    )  # fmt: skip


def _valid(call: Call, good: bool) -> Feedback:
    return Feedback(
        environment_id=call.environment_id, prompt_id=call.prompt_id, version_id=call.version_id,
        key_id=call.key_id, started_at=call.started_at, value=float(good), day=call.day,
        ident=f"{call.ident}-valid", log_ident=call.ident, arm=call.arm, split_id=call.split_id,
        name=VALID.name, kind="yes_no", unit_hash=call.unit_hash, comment=None,
    )  # fmt: skip
