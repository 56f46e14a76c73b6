"""A program that knows nothing of Galley but an address and a key has the text that is live."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time

import pytest

from tests.delivery.story import make_story
from tests.live import ROOT

LIBRARY = str(ROOT / "clients" / "python")
PATH = "desk/reply"
PROGRAM = """
import sys
from galley_client import Galley
with Galley() as galley:
    prompt = galley.get("desk/reply")
    print(prompt.version, prompt.openai(message="Hi", shop="Ines")["messages"])
"""


@pytest.fixture
def library(monkeypatch):
    monkeypatch.syspath_prepend(LIBRARY)
    import galley_client

    return galley_client


def test_client_has_what_is_live_and_then_what_was_released(live, library):
    story = make_story()
    _, key = story.key()
    with library.Galley(live.url, key, refresh=0.0) as galley:
        first = galley.get(PATH)
        story.world.put_live(story.prompt, story.version("Write for {{shop}}."), "production")
        end = time.monotonic() + 10
        while (now := galley.get(PATH)).version == 1 and time.monotonic() < end:
            time.sleep(0.05)
        pinned = galley.get(PATH, version=1)
        small = galley.get(PATH, model="local/small")

    assert (first.version, first.revision, first.environment) == (1, 1, "production")
    assert first.openai(message="Hi", shop="Ines") == {
        "model": "gpt-5",
        "temperature": 0.2,
        "messages": [
            {"role": "system", "content": "You write for Ines."},
            {"role": "user", "content": "Hi"},
        ],
    }
    assert (now.version, now.revision, now.is_stale) == (2, 2, False)
    assert pinned.content_hash == first.content_hash
    assert small.render(message="Hi")[0]["content"] == "Write for the shop, briefly."


def test_client_and_server_render_the_same(live, library):
    import httpx

    story = make_story()
    _, key = story.key()
    values = {"message": "{{shop}} \\{{ ünïcødé", "shop": "a & b"}
    with library.Galley(live.url, key) as galley:
        here = galley.get(PATH).render(values)

    there = httpx.post(
        f"{live.url}/api/v1/prompts/{PATH}/render",
        json={"variables": values},
        headers={"Authorization": f"Bearer {key}"},
    ).json()

    assert here == there["messages"]


def test_async_client_fetches(live, library):
    story = make_story()
    _, key = story.key()

    async def fetch():
        async with library.AsyncGalley(live.url, key) as galley:
            return await galley.get(PATH)

    assert asyncio.run(fetch()).version == 1


def test_client_says_why_a_key_is_refused(live, library):
    make_story()

    with (
        library.Galley(live.url, "gly_wrong") as galley,
        pytest.raises(library.GalleyError) as refused,
    ):
        galley.get(PATH)

    assert "This key is not known here" in str(refused.value)
    assert "gly_wrong" not in str(refused.value)


def test_program_with_an_address_and_a_key_has_the_text(live):
    story = make_story()
    _, key = story.key()

    said = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env={"PYTHONPATH": LIBRARY, "GALLEY_URL": live.url, "GALLEY_KEY": key, "PATH": ""},
        capture_output=True,
        text=True,
        check=True,
    )

    assert said.stdout == (
        "1 [{'role': 'system', 'content': 'You write for Ines.'},"
        " {'role': 'user', 'content': 'Hi'}]\n"
    )
