"""Memory, refreshing behind the caller, one fetch at a time: for both faces."""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from galley_client import AsyncGalley, Galley, GalleyError, ValuesError

from tests.clients.harness.answers import KEY, PATH, answer
from tests.clients.harness.faces import Clock, Face, settle
from tests.clients.harness.faults import problem, status
from tests.clients.harness.server import Server

Make = Callable[..., Face]


def later(galley: Face, clock: Clock, seconds: float) -> Any:
    """What a call gets after this time, and once the fetch behind it is done."""
    clock.now += seconds
    galley.get(PATH)
    settle(galley)
    return galley.get(PATH)


def test_get_fetches_and_renders(server: Server, galley: Face) -> None:
    prompt = galley.get(PATH)

    assert prompt.render(name="Ana", other=1) == [{"role": "system", "content": "Hello Ana."}]
    assert (prompt.path, prompt.version, prompt.revision) == (PATH, 3, 7)
    assert (prompt.environment, prompt.content_hash) == ("production", "sha256:abc")
    assert (prompt.age, prompt.is_stale, prompt.is_fallback, prompt.arm) == (0, False, False, None)
    ((path, headers),) = [(asked.target, asked.headers) for asked in server.asked]
    assert path == f"/api/v1/prompts/{PATH}"
    assert headers["authorization"] == f"Bearer {KEY}"


def test_render_names_what_does_not_fit(galley: Face) -> None:
    prompt = galley.get(PATH)

    with pytest.raises(ValuesError) as refused:
        prompt.render({"name": "x" * 21})

    assert refused.value.problems == {"name": "“name” holds 21 characters; at most 20 are allowed."}
    assert prompt.render({"name": "x"}) == [{"role": "system", "content": "Hello x."}]


def test_within_a_minute_memory_answers(server: Server, galley: Face, clock: Clock) -> None:
    galley.get(PATH)
    clock.now += 59
    prompt = galley.get(PATH)

    assert (len(server.asked), prompt.age, prompt.is_stale) == (1, 59.0, False)


def test_later_the_old_one_is_given_while_the_new_one_is_fetched(
    server: Server, galley: Face, clock: Clock
) -> None:
    galley.get(PATH)
    server.release(text="New {{name}}.", version=4, revision=8)
    server.gate.clear()
    clock.now += 60

    during = [galley.get(PATH).version for _ in range(5)]
    server.gate.set()
    settle(galley)
    after = galley.get(PATH)

    assert during == [3] * 5
    assert (after.version, after.render(name="A")[0]["content"], after.age) == (4, "New A.", 0.0)
    assert len(server.asked) == 2


def test_an_unchanged_prompt_is_confirmed_by_its_etag(
    server: Server, galley: Face, clock: Clock
) -> None:
    galley.get(PATH)
    prompt = later(galley, clock, 60)

    tags = [asked.headers.get("if-none-match") for asked in server.asked]
    assert (tags[0], tags[1] is not None, len(tags)) == (None, True, 2)
    assert (prompt.version, prompt.age, prompt.is_stale) == (3, 0.0, False)


def test_many_threads_fetch_once(server: Server, galley: Face) -> None:
    server.gate.clear()
    found: list[int | None] = []
    threads = [
        threading.Thread(target=lambda: found.append(galley.get(PATH).version)) for _ in range(8)
    ]

    for thread in threads:
        thread.start()
    server.arrived.acquire(timeout=5)
    server.gate.set()
    for thread in threads:
        thread.join(5)

    assert found == [3] * 8
    assert len(server.asked) == 1


def test_a_version_is_fetched_once_for_ever(server: Server, galley: Face, clock: Clock) -> None:
    galley.get(PATH, version=3)
    clock.now += 10**6
    galley.get(PATH, version=3)
    server.release(model={"id": "a/b", "parameters": {}})
    galley.get(PATH, version=3, model="a/b")

    assert [asked.query for asked in server.asked] == [
        {"version": "3"},
        {"version": "3", "model": "a/b"},
    ]


def test_a_label_is_asked_for_and_goes_where_the_server_says(
    server: Server, galley: Face, clock: Clock
) -> None:
    """A label may be moved back: its revisions are in no order."""
    first = galley.get(PATH, label="stable")
    server.release(version=2, revision=5)
    clock.now += 60
    galley.get(PATH, label="stable")
    settle(galley)
    second = galley.get(PATH, label="stable")

    assert [first.version, second.version] == [3, 2]
    assert [asked.query for asked in server.asked] == [{"label": "stable"}] * 2
    with pytest.raises(ValueError, match="not for both"):
        galley.get(PATH, label="stable", version=3)


def test_a_first_fault_is_told_in_the_servers_words(server: Server, galley: Face) -> None:
    server.script.fault = status(404, problem("nothing_live"))

    with pytest.raises(GalleyError, match="^Say it.$") as refused:
        galley.get(PATH)

    assert (refused.value.status, refused.value.code) == (404, "nothing_live")


def test_a_fallback_may_be_messages_and_misses_no_value(server: Server, galley: Face) -> None:
    server.script.fault = status(500)
    messages = [{"role": "system", "content": "A"}, {"role": "user", "content": "{{name}}"}]

    prompt = galley.get(PATH, fallback=messages)

    with pytest.raises(ValuesError, match="“name” needs a value."):
        prompt.render()
    assert prompt.openai(name=["x"])["messages"][1]["content"] == "- x"
    assert (prompt.version, prompt.is_fallback, prompt.is_stale) == (None, True, True)


def test_a_server_that_is_gone_is_asked_ever_more_rarely(
    server: Server, galley: Face, clock: Clock
) -> None:
    galley.get(PATH)
    server.script.fault = status(500)
    clock.now += 60
    asked = []
    for _ in range(240):
        galley.get(PATH)
        settle(galley)
        asked.append(len(server.asked))
        clock.now += 1

    steps = [second for second in range(1, 240) if asked[second] > asked[second - 1]]
    assert steps == [1, 3, 7, 15, 31, 63, 123, 183]


def test_a_closed_port_is_a_fault_like_any_other(server: Server, make: Make) -> None:
    server.stop()
    galley = make()

    assert galley.get(PATH, fallback="Hi").is_fallback
    with pytest.raises(GalleyError, match="ConnectError"):
        galley.get(PATH)


def test_t27_an_older_revision_never_replaces_a_newer_one(
    server: Server, galley: Face, clock: Clock
) -> None:
    server.release(version=4, revision=8)
    galley.get(PATH)
    server.release(version=3, revision=7)
    slow = later(galley, clock, 60)
    # A roll back is a newer revision of an older version.
    server.release(version=3, revision=9)
    back = later(galley, clock, 60)

    assert (slow.version, slow.revision, slow.is_stale) == (4, 8, True)
    assert (back.version, back.revision, back.is_stale) == (3, 9, False)


def test_t27_a_slow_process_of_the_server_is_asked_again_at_once(
    server: Server, galley: Face
) -> None:
    """What is live for another model is not older than what is known of the prompt."""
    small = {"model": {"id": "a/b", "parameters": {}}}
    server.release(version=4, revision=8)
    galley.get(PATH)
    server.release(version=3, revision=7, **small)
    server.gate.clear()
    found: list[Any] = []
    caller = threading.Thread(target=lambda: found.append(galley.get(PATH, model="a/b")))
    caller.start()
    for _ in range(2):
        server.arrived.acquire(timeout=5)
    server.gate.set()
    server.arrived.acquire(timeout=5)
    server.release(version=4, revision=8, **small)
    caller.join(10)

    assert [prompt.revision for prompt in found] == [8]


def random_walk(server: Server, galley: Face, clock: Clock) -> list[int | None]:
    """200 releases and readings; what answers is one of three processes, each late in its own
    way, and now and then the client forgets what it knows."""
    chance = random.Random(27)
    live, heard, seen = 7, [7, 7, 7], []
    for _ in range(200):
        live += chance.random() < 0.5
        process = chance.randrange(3)
        if chance.random() < 0.6:
            heard[process] = live
        server.release(version=heard[process], revision=heard[process])
        if chance.random() < 0.1:
            galley.core.memory.entries.clear()
        clock.now += 61
        with suppress(GalleyError):
            galley.get(PATH)
            settle(galley)
            seen.append(galley.get(PATH).revision)
    return seen


def test_t27_no_reading_is_older_than_one_before(
    server: Server, galley: Face, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("galley_client.fetching.PAUSES", ())
    seen = random_walk(server, galley, clock)

    assert seen == sorted(seen)
    assert len(set(seen)) > 20


def test_t27_without_the_order_of_revisions_readings_go_back(
    server: Server, galley: Face, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: the walk does lead to older answers."""
    monkeypatch.setattr("galley_client.known.Known.is_older_than", lambda *_: False)
    seen = random_walk(server, galley, clock)

    assert seen != sorted(seen)


def test_r9_time_that_stands_still_or_jumps_changes_no_order(
    server: Server, galley: Face, clock: Clock
) -> None:
    galley.get(PATH)
    seen = []
    for number, step in enumerate((60.0, -86_400.0, 86_460.0, -1.0, 60.0, 1e9), start=8):
        server.release(version=number, revision=number)
        seen.append(later(galley, clock, step))

    revisions = [prompt.revision for prompt in seen]
    assert revisions == sorted(revisions)
    assert (revisions[-1], seen[-1].age, seen[-1].is_stale) == (13, 0.0, False)


def test_a_server_that_cannot_look_says_so(server: Server, galley: Face) -> None:
    server.script.headers = {"Galley-Stale": "true"}

    assert galley.get(PATH).is_stale is True


def test_an_old_prompt_is_warned_about_once(
    server: Server, galley: Face, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    galley.get(PATH)
    server.script.fault = status(500)
    clock.now += 3601
    for _ in range(3):
        galley.get(PATH)
        settle(galley)

    old = [r.getMessage() for r in caplog.records if "confirmed" in r.getMessage()]
    assert old == ["support/reply has not been confirmed for 3601 s."]


def test_what_was_forgotten_for_too_long_waits_for_the_server(
    server: Server, galley: Face, clock: Clock
) -> None:
    """A process that slept does not answer with last night's prompt."""
    galley.get(PATH)
    server.release(version=4, revision=8)
    clock.now += 3601

    assert galley.get(PATH).version == 4


def test_a_deprecated_prompt_is_warned_about_once(
    server: Server, galley: Face, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    told = {"since": "2026-01-01T00:00:00Z", "sunset": "2026-06-30", "successor": "support/new"}
    server.release(deprecated=told)
    first = galley.get(PATH)
    later(galley, clock, 60)
    galley.get(PATH, version=3)

    said = [record.getMessage() for record in caplog.records]
    assert said == ["support/reply is deprecated. It ends on 2026-06-30. Use support/new instead."]
    assert first.deprecated == told


def test_a_last_day_that_is_set_later_is_warned_about_as_well(
    server: Server, galley: Face, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    told = {"since": "2026-01-01T00:00:00Z", "sunset": None, "successor": None}
    server.release(deprecated=told)
    galley.get(PATH)
    server.release(deprecated={**told, "sunset": "2026-06-30"})
    later(galley, clock, 60)

    said = [record.getMessage() for record in caplog.records]
    assert said == [
        "support/reply is deprecated.",
        "support/reply is deprecated. It ends on 2026-06-30.",
    ]


def test_a_deprecation_header_alone_is_enough(
    server: Server, galley: Face, caplog: pytest.LogCaptureFixture
) -> None:
    server.script.headers = {"Deprecation": "@1767225600"}
    galley.get(PATH)

    assert [record.getMessage() for record in caplog.records] == ["support/reply is deprecated."]


def test_a_renamed_prompt_is_followed_and_told(
    server: Server, galley: Face, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    told = {"since": "2026-01-01T00:00:00Z", "sunset": None, "successor": None}
    server.release(answer(prompt="support/new name", version=5, deprecated=told))
    server.script.prompts.pop(PATH)
    there = {"Location": "/api/v1/prompts/support/new%20name", "Deprecation": "@1"}
    real = server.handle

    def handle(to: Any, asked: Any) -> None:
        server.script.fault = (
            status(308, b"", **there) if asked.path.endswith(f"prompts/{PATH}") else None
        )
        real(to, asked)

    server.handle = handle  # type: ignore[method-assign]
    prompt = galley.get(PATH)
    again = later(galley, clock, 60)

    assert (prompt.path, prompt.version, again.is_stale) == ("support/new name", 5, False)
    said = [record.getMessage() for record in caplog.records]
    assert said == [
        "support/reply is called support/new name now. Ask for it by that name.",
        "support/reply is deprecated.",
    ]


def test_memory_holds_only_so_many_prompts(
    server: Server, galley: Face, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("galley_client.memory.MOST", 10)
    for number in [*range(1, 11), 1, 11, 1, 2]:
        clock.now += 1
        server.release(version=number)
        galley.get(PATH, version=number)

    assert [asked.query["version"] for asked in server.asked][10:] == ["11", "2"]


@pytest.mark.parametrize("face", [Galley, AsyncGalley])
def test_address_and_key_come_from_the_environment(
    face: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GALLEY_URL", "http://127.0.0.1:9/")
    monkeypatch.setenv("GALLEY_KEY", f"{KEY}\n")

    galley = face()

    assert repr(galley) == f"{face.__name__}('http://127.0.0.1:9')"
    assert galley._core.address.environment == "production"


@pytest.mark.parametrize("face", [Galley, AsyncGalley])
@pytest.mark.parametrize(
    ("url", "key", "words"),
    [
        ("", KEY, "Set GALLEY_URL"),
        ("galley.example", KEY, "Set GALLEY_URL"),
        ("http://galley.example", "", "Set GALLEY_KEY"),
        ("http://galley.example", "gly_a\nb", "GALLEY_KEY is no key"),
        ("http://galley.example", "gly_é", "GALLEY_KEY is no key"),
    ],
)
def test_a_wrong_set_up_is_said_at_once(
    face: Any, url: str, key: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GALLEY_URL", raising=False)
    monkeypatch.delenv("GALLEY_KEY", raising=False)

    with pytest.raises(GalleyError, match=words) as refused:
        face(url, key)

    assert key not in str(refused.value) or not key


def test_a_key_never_goes_into_a_log(
    server: Server, galley: Face, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "galley_client")
    server.script.fault = status(401, problem("revoked_key"))

    with pytest.raises(GalleyError) as refused:
        galley.get(PATH)

    assert KEY not in caplog.text + str(refused.value) + repr(galley.galley)
