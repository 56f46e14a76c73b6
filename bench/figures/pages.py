"""How long pages and saves take on a large installation, over HTTP on the real server."""

import re
import statistics
import time
from typing import Any

import httpx

from bench.run import SEED, Measured, figure
from bench.served import place

REPEATS = 25
PROMPTS = 2_000
VERSIONS = 500
SAVES = 300


def _world() -> Any:
    from tests.releases.world import make_world

    return make_world()


def _median_ms(client: httpx.Client, path: str) -> float:
    """Median of REPEATS after two that are not counted."""
    times = []
    for turn in range(REPEATS + 2):
        start = time.perf_counter()
        answer = client.get(path)
        spent = (time.perf_counter() - start) * 1000
        assert answer.status_code == 200, f"{path} answered {answer.status_code}"
        if turn >= 2:
            times.append(spent)
    return statistics.median(times)


@figure("registry_2000_ms")
def registry() -> Measured:
    """The first page of the registry, and a search in it, with 2,000 prompts."""
    with place() as here:
        world = _world()
        for number in range(PROMPTS):
            world.prompt(f"prompt-{number}")
        client = here.client(world["author"])
        plain = _median_ms(client, "/prompts/")
        search = _median_ms(client, "/prompts/?q=hello")
        words = f"a search over their text: {search:.0f} ms"
        return Measured(plain, "ms", REPEATS, words, plain / search, SEED)


@figure("prompt_500_versions_ms")
def prompt_with_versions() -> Measured:
    """The history page of a prompt with 500 versions, beside its page for writing."""
    with place() as here:
        world = _world()
        prompt = world.prompt()
        for number in range(VERSIONS):
            world.version(prompt, f"Say hello, {number}.")
        client = here.client(world["author"])
        history = _median_ms(client, f"/prompts/{prompt.path}/-/history/")
        write = _median_ms(client, f"/prompts/{prompt.path}/-/write/")
        words = f"its page for writing: {write:.0f} ms"
        return Measured(history, "ms", REPEATS, words, history / write, SEED)


@figure("autosave_p95_ms")
def autosave() -> Measured:
    """A save of one block as the editor sends it, the 95th percentile, beside reading the page."""
    with place() as here:
        world = _world()
        prompt = world.prompt()
        client = here.client(world["author"])
        page = client.get(f"/prompts/{prompt.path}/-/write/").text
        token = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[0]
        times = _saves(client, prompt, token)
        read = _median_ms(client, f"/prompts/{prompt.path}/-/write/")
        p95 = statistics.quantiles(times, n=20)[-1]
        words = f"reading the page: {read:.0f} ms; median save {statistics.median(times):.1f} ms"
        return Measured(p95, "ms", SAVES, words, p95 / read, SEED)


def _saves(client: httpx.Client, prompt: Any, token: str) -> list[float]:
    block = prompt.drafts.get(name="").blocks.order_by("pk").first()
    path = f"/prompts/{prompt.path}/-/blocks/{block.key}/save/"
    headers = {"Accept": "application/json", "X-CSRFToken": token}
    revision, times = block.revision, []
    for number in range(SAVES):
        data = {"revision": revision, "body": f"Say hello to customer {number}, politely."}
        start = time.perf_counter()
        answer = client.post(path, data=data, headers=headers)
        times.append((time.perf_counter() - start) * 1000)
        assert answer.status_code == 200, answer.text[:300]
        revision = answer.json()["revision"]
    return times


@figure("search_2000_ms")
def search() -> Measured:
    """What the palette answers to a word that every one of 2,000 prompts has, and to a rare one."""
    with place() as here:
        world = _world()
        for number in range(PROMPTS):
            world.prompt(f"prompt-{number}")
        client = here.client(world["author"])
        common = _median_ms(client, "/search/?q=hello")
        rare = _median_ms(client, "/search/?q=prompt-1999")
        nothing = _median_ms(client, "/search/?q=zzzz")
        words = f"a prompt by its name: {rare:.0f} ms; nothing found: {nothing:.0f} ms"
        return Measured(common, "ms", REPEATS, words, common / nothing, SEED)
