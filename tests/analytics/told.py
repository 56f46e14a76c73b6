"""A desk whose application tells of its calls, through the intake's own actions."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import count
from typing import Any

from apps.delivery.actions import take_calls, take_feedback
from apps.delivery.bins import bin_of
from apps.delivery.calls.engine import Call, Feedback, Written
from apps.environments.actions import create_key
from apps.environments.models import ApiKey
from apps.prompts.models import Prompt, Version
from tests.releases.world import World, make_world

NUMBERS = count(1)


@dataclass
class Told:
    """Prompt "reply" with v1 and v2, v1 live in production; a key that logs there."""

    world: World
    prompt: Prompt
    key: ApiKey
    versions: list[Version] = field(default_factory=list)

    @property
    def production(self) -> int:
        return self.world.places["production"].pk

    def call(self, at: dt.datetime, **more: Any) -> Call:
        values: dict[str, Any] = {
            "environment_id": self.production, "prompt_id": self.prompt.pk,
            "version_id": self.versions[0].pk, "key_id": self.key.pk, "latency_ms": 800.0,
            "input_tokens": 100, "output_tokens": 20, "ident": f"c{next(NUMBERS)}", "arm": "",
            "split_id": "", "model": "acme/large", "status": "ok", "unit_hash": None,
            "cost": Decimal("0.002"), "error": "", "tags": [], "variables": None, "output": None,
        } | more  # fmt: skip
        values |= {"day": at.astimezone(dt.UTC).date(), "latency_bin": bin_of(values["latency_ms"])}
        return Call(started_at=at, **values)

    def tell(self, at: dt.datetime, number: int = 1, **more: Any) -> Written:
        return take_calls([self.call(at, **more) for _ in range(number)])

    def rate(self, at: dt.datetime, value: float, **more: Any) -> Written:
        values: dict[str, Any] = {
            "environment_id": self.production, "prompt_id": self.prompt.pk,
            "version_id": self.versions[0].pk, "key_id": self.key.pk,
            "ident": f"f{next(NUMBERS)}", "log_ident": None, "arm": "", "split_id": "",
            "name": "thumbs", "kind": "score", "unit_hash": None, "comment": None,
        } | more  # fmt: skip
        day = at.astimezone(dt.UTC).date()
        return take_feedback([Feedback(started_at=at, value=value, day=day, **values)])


def make_told() -> Told:
    world = make_world()
    prompt = world.prompt()
    versions = [world.version(prompt, words) for words in ("Be kind.", "Be brief.")]
    world.put_live(prompt, versions[0], "production")
    key, _secret = create_key(
        world.places["production"], name="Shop", kind="read", namespaces=[world.desk],
        owner=world.admin, actor=world.admin,
    )  # fmt: skip
    return Told(world, prompt, key, versions)
