"""A prompt whose v2 is live in production, whose v3 is approved there, and calls of both."""

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from apps.delivery.calls.chosen import calls
from apps.delivery.calls.engine import Call, Feedback
from apps.environments.models import Environment, Release
from apps.experiments.actions import Design, make_experiment, start_experiment
from apps.experiments.metrics import ERRORS, Guard, feedback
from apps.experiments.models import Experiment
from apps.prompts.models import Prompt, Version
from apps.releases.queries import live_release
from tests.releases.world import World, make_world

THUMBS = feedback("thumbs", "yes_no")


@dataclass
class Scene:
    world: World
    prompt: Prompt
    versions: list[Version]
    place: Environment

    def __getitem__(self, number: int) -> Version:
        return self.versions[number - 1]

    @property
    def live(self) -> Release:
        found = live_release(self.prompt, self.place)
        assert found is not None
        return found

    def design(self, **more: Any) -> Design:
        given: dict[str, Any] = {
            "name": "Plain words", "hypothesis": "Plain words are understood by more people.",
            "shares": [(self[2], 50), (self[3], 50)], "metric": THUMBS, "smallest": 0.1,
            "guards": [Guard(ERRORS, 0.02)], "days": 28,
        }  # fmt: skip
        return Design(**{**given, **more})

    def make(self, by: str = "author", **more: Any) -> Experiment:
        return make_experiment(
            self.prompt, environment=self.place, design=self.design(**more), actor=self.world[by]
        )

    def start(self, experiment: Experiment, by: str = "releaser", expects: int = 0) -> Experiment:
        return start_experiment(experiment, expects=expects or self.live.pk, actor=self.world[by])

    def began(self, **more: Any) -> Experiment:
        """A running one, after two weeks of calls."""
        self.past()
        return self.start(self.make(**more))

    def past(self, units: int = 200, **more: Any) -> None:
        """Calls and feedback of the last two weeks, before any split."""
        self.send([(f"old-{n}", "", 2, n % 2) for n in range(units)], days_ago=5, split="", **more)

    def send(
        self,
        rows: Any,
        *,
        days_ago: float = 0,
        split: str | None = None,
        errors: Any = (),
        latency: float = 200.0,
        name: str = "thumbs",
        **more: Any,
    ) -> None:
        """Calls: (unit, arm, version number, thumbs or None); `errors`: units whose call fails;
        `name`: what the thumbs are called."""
        at = datetime.now(UTC) - timedelta(days=days_ago)
        mark = (self.live.split or {}).get("id", "") if split is None else split
        made, told = [], []
        for number, (unit, arm, version, thumbs) in enumerate(rows):
            given: dict[str, Any] = {
                "arm": arm, "split_id": mark, "latency_ms": latency + number % 7,
                "ident": f"{unit}-{number}-{at.timestamp()}",
                "status": "error" if unit in errors else "ok",
            }  # fmt: skip
            call = call_of(self[version], self.place, unit, at, **{**given, **more})
            made.append(call)
            if thumbs is not None:
                told.append(_thumbs(call, float(thumbs))._replace(name=name))
        calls().write(made)
        calls().write_feedback(told)


def call_of(version: Version, place: Environment, unit: str, at: datetime, **more: Any) -> Call:
    given: dict[str, Any] = {
        "environment_id": place.pk, "prompt_id": version.prompt_id, "version_id": version.pk,
        "key_id": 1, "started_at": at, "latency_ms": 200.0, "day": at.date(),
        "input_tokens": 10, "output_tokens": 5, "latency_bin": 0,
        "ident": f"{version.prompt_id}-{unit}-{at.timestamp()}", "arm": "", "split_id": "",
        "model": "openai/gpt-5", "status": "ok", "unit_hash": mark_of(unit) if unit else None,
        "cost": None, "error": "", "tags": [], "variables": None, "output": None,
    }  # fmt: skip
    return Call(**{**given, **more})


def past_calls(version: Version, place: Environment, units: int = 30, **more: Any) -> None:
    """Calls of some days ago, for so many customers."""
    at = datetime.now(UTC) - timedelta(days=3)
    calls().write([call_of(version, place, f"old-{n}", at, **more) for n in range(units)])


def rated_calls(version: Version, place: Environment, name: str, units: int = 30) -> None:
    """Calls of some days ago, each with a feedback of this name; every other one says yes."""
    at = datetime.now(UTC) - timedelta(days=3)
    made = [call_of(version, place, f"rated-{n}", at) for n in range(units)]
    calls().write(made)
    told = [_thumbs(call, n % 2)._replace(name=name) for n, call in enumerate(made)]
    calls().write_feedback(told)


def mark_of(unit: str) -> bytes:
    return hashlib.blake2b(unit.encode(), digest_size=16).digest()


def customers(
    count: int, a: float, b: float, *, seed: int = 1, share: float = 0.5
) -> list[tuple[str, str, int, int]]:
    """So many, shared at random; a thumb up with this chance in each arm."""
    dice = random.Random(seed)
    found = []
    for number in range(count):
        second = dice.random() < share
        good = dice.random() < (b if second else a)
        unit = f"customer-{seed}-{number}"
        found.append((unit, "b" if second else "a", 3 if second else 2, int(good)))
    return found


def _thumbs(call: Call, value: float) -> Feedback:
    return Feedback(
        environment_id=call.environment_id, prompt_id=call.prompt_id, version_id=call.version_id,
        key_id=1, started_at=call.started_at, value=value, day=call.day,
        ident=f"{call.ident}-thumbs", log_ident=call.ident, arm=call.arm, split_id=call.split_id,
        name="thumbs", kind="yes_no", unit_hash=call.unit_hash, comment=None,
    )  # fmt: skip


def make_scene() -> Scene:
    world = make_world()
    prompt = world.prompt()
    versions = []
    for number in (1, 2):
        versions.append(world.version(prompt, f"Words {number}"))
        world.put_live(prompt, versions[-1], "production")
    versions.append(world.version(prompt, "Words 3"))
    world.put_live(prompt, versions[-1], "staging")
    world.approved(prompt, versions[-1], "production")
    versions.append(world.version(prompt, "Words 4"))
    return Scene(world, prompt, versions, world.places["production"])
