"""Many people release at once: the engine of T25, for the tests and for the bench."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from apps.core.errors import NotPossible
from apps.environments.queries import live_release
from apps.prompts.models import Prompt
from apps.releases.actions import release_version
from tests.releases.world import World


@dataclass
class Tally:
    """`won` releases, `codes` of refusals, `winners` named to the others; `broken`: the rest."""

    won: int = 0
    codes: Counter[str] = field(default_factory=Counter)
    winners: set[str] = field(default_factory=set)
    broken: list[BaseException] = field(default_factory=list)


def race(world: World, prompt: Prompt, *, people: int, rounds: int) -> Tally:
    """In each round all see the same live release, then all release over it to development."""
    versions = [world.version(prompt, "One"), world.version(prompt, "Two")]
    barrier, tally, lock = threading.Barrier(people), Tally(), threading.Lock()
    place = world.places["development"]

    def try_once(barrier_passed: Any) -> None:
        live = live_release(prompt, place)
        version = next(v for v in versions if live is None or v.pk != live.version_id)
        barrier_passed()  # everybody has looked
        try:
            release_version(
                prompt, version=version, environment=place, expects=live.pk if live else None,
                actor=world["releaser"],
            )  # fmt: skip
        except NotPossible as refused:
            with lock:
                tally.codes[refused.code] += 1
                tally.winners.add(str(refused.verdict.facts.get("by")))
        else:
            with lock:
                tally.won += 1

    def person() -> None:
        try:
            for _round in range(rounds):
                try_once(lambda: barrier.wait(60))
                barrier.wait(60)
        except BaseException as error:  # told to the test, and lets the others go
            tally.broken.append(error)
            barrier.abort()
        finally:
            connection.close()

    threads = [threading.Thread(target=person) for _ in range(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return tally
