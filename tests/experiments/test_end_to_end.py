"""An experiment as an application lives it: 5,000 customers through the client library, a verdict,
and everybody on the winner."""

from __future__ import annotations

import random
import time

import pytest

from apps.environments.queries import live_release
from apps.experiments.actions import Design, choose_winner, make_experiment, start_experiment
from apps.experiments.metrics import ERRORS, Guard, feedback
from apps.experiments.queries import standing_of
from tests.delivery.story import make_story
from tests.live import ROOT

PATH = "desk/reply"
CUSTOMERS = 5_000
GOOD = {1: 0.60, 2: 0.68}  # version → the chance of a thumb up
AT_ONCE = 500


@pytest.fixture
def library(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "clients" / "python"))
    import galley_client

    return galley_client


def until(condition):
    end = time.monotonic() + 10
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    return condition()


def serve(galley, units, dice):
    """What the application does for each customer; how many had which version."""
    served = {}
    for number, unit in enumerate(units, 1):
        prompt = galley.get(PATH, unit=unit)
        galley.log(prompt, model="openai/gpt-5", latency_ms=200, input_tokens=9, output_tokens=3)
        galley.feedback(prompt, thumbs=dice.random() < GOOD[prompt.version])
        served[prompt.version] = served.get(prompt.version, 0) + 1
        if number % AT_ONCE == 0:
            galley.flush(20)
    galley.flush(20)
    return served


def test_an_experiment_from_its_calls_to_its_winner(live, library):
    dice = random.Random(20_250_101)
    story = make_story()
    world, prompt = story.world, story.prompt
    _, key = story.key()
    new = story.version("Write for {{shop}}, in plain words.")
    world.approved(prompt, new, "production")
    place = world.places["production"]
    design = Design(
        "Plain words", "Plain words are understood by more people.",
        [(story.versions[0], 50), (new, 50)], feedback("thumbs", "yes_no"), 0.06,
        [Guard(ERRORS, 0.02)],
    )  # fmt: skip
    made = make_experiment(prompt, environment=place, design=design, actor=world["author"])

    def now():
        release = live_release(prompt, place)
        return release.pk if release else None

    with library.Galley(live.url, key, refresh=3600.0, poll=0.2) as galley:
        serve(galley, [f"before-{n}" for n in range(100)], dice)
        running = start_experiment(made, expects=now(), actor=world["releaser"])
        assert until(lambda: galley.get(PATH, unit="anybody").arm is not None)
        units = [f"customer-{n}" for n in range(CUSTOMERS)]
        served = serve(galley, units, dice)
        found = standing_of(running)
        with library.Galley(live.url, key, refresh=3600.0, poll=0.2) as other:
            both = (galley, other)
            before = {other.get(PATH, unit=unit).version for unit in units[:100]}
            choose_winner(running, arm="b", expects=now(), actor=world["releaser"])
            assert until(lambda: all(one.get(PATH, unit="x").arm is None for one in both))
            after = {one.get(PATH, unit=unit).version for one in both for unit in units}
        dropped = galley.dropped

    assert (dropped, sum(found.facts.looks(["a", "b"])[-1])) == (0, CUSTOMERS)
    assert found.facts.units == {"a": [served[1]], "b": [served[2]]}
    assert (found.found, found.ratio_off) == ("better", False)
    assert found.verdict.startswith("B is better: Feedback “thumbs” +")
    assert (before, after) == ({1, 2}, {2})
