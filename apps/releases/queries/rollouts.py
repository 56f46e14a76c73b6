"""A release by steps: what runs, and what share it has. `share` is what the new version gets, in
percent of the calls that say whom they are for."""

from __future__ import annotations

from dataclasses import dataclass

from apps.environments.models import Environment, Release
from apps.environments.queries import live_release
from apps.prompts.models import Prompt

PRESETS = (1, 5, 10, 25, 50, 100)


@dataclass(frozen=True)
class Rollout:
    """A running one: `release` is live, the others still get version number `before`."""

    release: Release
    share: int
    before: int

    @property
    def next_shares(self) -> list[int]:
        return [preset for preset in PRESETS if preset > self.share]


def rollout_of(release: Release | None) -> Rollout | None:
    """The rollout that a live release is part of, if it is one."""
    if release is None or not release.split or release.is_experiment:
        return None
    return Rollout(release, release.share, int(release.split["arms"][0]["version"]))


def running_rollout(prompt: Prompt, environment: Environment) -> Rollout | None:
    return rollout_of(live_release(prompt, environment))
