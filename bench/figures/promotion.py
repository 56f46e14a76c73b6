"""How soon everybody is on the winner of an experiment, asked as an application asks."""

import sys
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from bench.delivering import delivering, scaled, until_ready
from bench.run import Measured, figure
from bench.served import own_database
from tests.live import ROOT

CLIENTS, UNITS, ROUNDS = 5, 5_000, 10
PATH = "desk/reply"
WITHIN = 30.0  # seconds until a round is given up


@figure("promotion_everyone_ms")
def promotion_everyone_ms() -> Measured:
    """The worst of the rounds, from the moment when the promotion is done until every customer of
    every client has the winner, where each client is asked for each of them again and again."""
    with own_database() as name:
        world = _world()
        with delivering(name) as process:
            until_ready(process)
            url = f"http://127.0.0.1:{process.port}"
            times = [_round(url, world) for _ in range(scaled("ROUNDS", ROUNDS))]
    middle = sorted(times)[len(times) // 2]
    units, n = scaled("UNITS", UNITS), len(times)
    words = f"1 s promised; {CLIENTS} clients, {units} customers each; p50 {middle:.0f} ms"
    return Measured(round(max(times)), "ms", n, words, round(max(times) / 1000, 2))


def _world() -> Any:
    from apps.delivery.calls.chosen import calls
    from tests.delivery.story import make_story
    from tests.experiments.scene import call_of

    story = make_story()
    place = story.world.places["production"]
    _, key = story.key()
    at, version = datetime.now(UTC) - timedelta(days=3), story.versions[0]
    past = [call_of(version, place, f"old-{n}", at, latency_ms=200.0 + n) for n in range(100)]
    calls().write(past)
    return story, place, key


def _round(url: str, world: Any) -> float:
    """An experiment between what is live and a new version, which wins."""
    sys.path.insert(0, str(ROOT / "clients" / "python"))
    from galley_client import Galley

    from apps.environments.queries import live_release
    from apps.experiments.actions import choose_winner

    story, place, key = world
    running, new = _begun(story, place)
    clients = [Galley(url, key, refresh=3600.0) for _ in range(CLIENTS)]
    units = [f"customer-{number}" for number in range(scaled("UNITS", UNITS))]
    try:
        _until(lambda: all(one.get(PATH, unit="x").arm for one in clients))
        shares = {one.get(PATH, unit=unit).version for one in clients for unit in units}
        if len(shares) != 2:
            raise RuntimeError(f"nothing was shared: {shares}")
        live = live_release(story.prompt, place)
        assert live is not None
        choose_winner(running, arm="b", expects=live.pk, actor=story.world["releaser"])
        begun = time.perf_counter()
        _until(lambda: all(_all_on(new.number, one, units) for one in clients))
        return (time.perf_counter() - begun) * 1000
    finally:
        for one in clients:
            one.close()


def _begun(story: Any, place: Any) -> Any:
    from apps.environments.queries import live_release
    from apps.experiments.actions import Design, make_experiment, start_experiment
    from apps.experiments.metrics import LATENCY

    live = live_release(story.prompt, place)
    assert live is not None
    new = story.version(f"Write for {{{{shop}}}}, {live.revision}.")
    story.world.approved(story.prompt, new, "production")
    shares = [(live.version, 50), (new, 50)]
    design = Design("Words", "It is better.", shares, LATENCY, 0.1)
    made = make_experiment(
        story.prompt, environment=place, design=design, actor=story.world["author"]
    )
    return start_experiment(made, expects=live.pk, actor=story.world["releaser"]), new


def _all_on(number: int, galley: Any, units: list[str]) -> bool:
    return all(galley.get(PATH, unit=unit).version == number for unit in units)


def _until(condition: Any) -> None:
    end = time.perf_counter() + WITHIN
    while not condition():
        if time.perf_counter() > end:
            raise RuntimeError(f"not everybody had it after {WITHIN:.0f} s")
        time.sleep(0.001)
