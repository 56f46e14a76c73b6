"""A program that knows nothing of Galley but an address and a key has the text that is live."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time

import psutil
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


def until(condition):
    end = time.monotonic() + 10
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    return condition()


@pytest.fixture(params=["stream", "polling"])
def hearing(request):
    """How a client hears of releases; nothing is asked for again by its age."""
    if request.param == "stream":
        return {"refresh": 3600.0, "poll": None}
    return {"refresh": 3600.0, "stream": False, "poll": 0.2}


def test_client_has_a_release_without_asking(live, library, hearing):
    story = make_story()
    _, key = story.key()
    with library.Galley(live.url, key, **hearing) as galley:
        assert galley.get(PATH).version == 1
        if hearing["poll"] is None:
            assert until(lambda: galley._core.push.is_live)
        story.world.put_live(story.prompt, story.version("Write for {{shop}}."), "production")

        assert until(lambda: galley.get(PATH).version == 2)
        assert galley.get(PATH).is_stale is False


def test_client_chooses_the_arm_that_the_server_would(live, library):
    """The server says whom it gives which arm; the library asks once for each arm."""
    import httpx

    story = make_story()
    _, key = story.key()
    version = story.version("Write for {{shop}}, better.")
    story.world.approved(story.prompt, version, "production")
    story.world.release(story.prompt, version, "production", share=30)
    units = [f"user-{number}" for number in range(30)]
    with (
        library.Galley(live.url, key) as galley,
        httpx.Client(headers={"Authorization": f"Bearer {key}"}) as http,
    ):
        address = f"{live.url}/api/v1/prompts/{PATH}"
        assert until(lambda: http.get(address).json()["split"])  # the release has come there
        there = [http.get(address, params={"unit": unit}).json() for unit in units]
        here = [galley.get(PATH, unit=unit) for unit in units]
        nobody = galley.get(PATH)

    assert [(p.arm, p.version, list(p.messages)) for p in here] == [
        (answer["split"]["arm"], answer["version"], answer["messages"]) for answer in there
    ]
    assert {prompt.arm for prompt in here} == {"a", "b"}
    assert (nobody.arm, nobody.version) == (None, 1)


def test_client_starts_from_a_bundle_or_its_snapshot_with_the_server_gone(live, library, tmp_path):
    story = make_story()
    _, key = story.key()
    bundle = tmp_path / "prompts.json"
    words = [sys.executable, "-m", "galley_client", "bundle", "--output", str(bundle)]
    env = {"PYTHONPATH": LIBRARY, "GALLEY_URL": live.url, "GALLEY_KEY": key, "PATH": ""}
    said = subprocess.run(words, env=env, capture_output=True, text=True, check=True).stdout
    with library.Galley(live.url, key, snapshot=tmp_path) as galley:
        known = galley.get(PATH)
    psutil.Process(live.pid).kill()

    with library.Galley(live.url, key, bundle=bundle) as galley:
        bundled = galley.get(PATH)
        small = galley.get(PATH, model="local/small")
    with library.Galley(live.url, key, snapshot=tmp_path) as galley:
        kept = galley.get(PATH)

    assert said == f"{bundle}: 1 prompts of production\n"
    facts = [(p.version, p.content_hash, p.is_fallback, p.is_stale) for p in (bundled, kept)]
    assert facts == [(1, known.content_hash, True, True), (1, known.content_hash, False, True)]
    assert small.render(message="Hi")[0]["content"] == "Write for the shop, briefly."


def test_client_follows_a_renamed_prompt_and_hears_of_it(live, library, caplog):
    from apps.prompts.actions import move_prompt

    story = make_story()
    _, key = story.key()
    world = story.world
    with library.Galley(live.url, key, refresh=3600.0, poll=None) as galley:
        before = galley.get(PATH)
        assert until(lambda: galley._core.push.is_live)
        move_prompt(
            story.prompt, namespace=world.desk, segment="answer", reason="Clearer",
            actor=world.admin,
        )  # fmt: skip
        assert until(lambda: galley.get(PATH).path == "desk/answer")
        world.put_live(story.prompt, story.version("Write for {{shop}}."), "production")
        assert until(lambda: galley.get(PATH).version == 2)
        new = galley.get("desk/answer")

    assert (before.path, new.version, new.is_stale) == (PATH, 2, False)
    said = [r.getMessage() for r in caplog.records if r.name == "galley_client"]
    assert said == ["desk/reply is called desk/answer now. Ask for it by that name."]


def test_client_tells_of_calls_and_the_server_keeps_them(live, library):
    from apps.delivery.intake.units import unit_hash
    from apps.delivery.models import FeedbackEvent, LogEvent

    story = make_story()
    _, key = story.key()
    with library.Galley(live.url, key) as galley:
        prompt = galley.get(PATH, unit="ana")
        prompt.openai(message="Hi", shop="Ines")
        galley.feedback(prompt, thumbs=+1)
        answer = {"model": "gpt-5", "usage": {"prompt_tokens": 12, "completion_tokens": 3}}
        idents = [galley.log(prompt, answer), galley.log(prompt, error="the model is away")]
        galley.feedback(prompt, useful=True)
        galley.feedback(prompt, useful=False)
        galley.feedback(idents[0], stars=4)
        galley.flush()
        dropped = galley.dropped

    kept = LogEvent.objects.values_list("ident", "status", "input_tokens")
    assert sorted(kept) == sorted([(idents[0], "ok", 12), (idents[1], "error", 0)])
    assert dropped == 0
    found = FeedbackEvent.objects.values_list("log_ident", "name", "kind", "value")
    assert sorted(found, key=lambda one: one[1]) == [
        (idents[0], "stars", "number", 4.0), (None, "thumbs", "score", 1.0),
        (idents[1], "useful", "yes_no", 0.0),
    ]  # fmt: skip
    told = FeedbackEvent.objects.get(name="thumbs")
    assert bytes(told.unit_hash) == bytes(LogEvent.objects.get(ident=idents[0]).unit_hash)
    assert bytes(told.unit_hash) == unit_hash("ana")


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
