from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from galley_client import Galley, GalleyError, ValuesError

from tests.clients.server import Server, answer

KEY = "gly_production_read_sel_sec_sum"


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def galley(server: Server, clock: Clock) -> Iterator[Galley]:
    with Galley(server.url, KEY) as client:
        client._memory.clock = clock
        yield client


def settle(galley: Galley) -> None:
    """Waits for the fetches behind the caller's back."""
    for event in list(galley._busy.values()):
        assert event.wait(5)


def released(text: str, version: int) -> tuple[int, Any, dict[str, str]]:
    body = answer(text, version=version, revision=version + 4)
    return 200, body, {"ETag": f'"{version}"'}


def test_get_fetches_and_renders(server: Server, galley: Galley) -> None:
    prompt = galley.get("support/reply")

    assert prompt.render(name="Ana", other=1) == [{"role": "system", "content": "Hello Ana."}]
    assert (prompt.path, prompt.version, prompt.revision) == ("support/reply", 3, 7)
    assert (prompt.age, prompt.is_stale, prompt.is_fallback) == (0.0, False, False)
    ((path, headers),) = server.asked
    assert path == "/api/v1/prompts/support/reply"
    assert headers["authorization"] == f"Bearer {KEY}"


def test_render_names_what_does_not_fit(server: Server, galley: Galley) -> None:
    prompt = galley.get("support/reply")

    with pytest.raises(ValuesError) as refused:
        prompt.render({"name": "x" * 21})

    assert refused.value.problems == {"name": "“name” holds 21 characters; at most 20 are allowed."}
    assert prompt.render({"name": "x"}) == [{"role": "system", "content": "Hello x."}]


def test_openai_makes_the_arguments_of_a_call(server: Server, galley: Galley) -> None:
    schema = {"type": "object"}
    output = {"format": "json", "json_schema": schema}
    server.reply = (200, answer(tools=[{"type": "function"}], output=output), {})

    call = galley.get("support/reply").openai(name="Ana")

    assert call == {
        "model": "gpt-5",
        "temperature": 0.2,
        "messages": [{"role": "system", "content": "Hello Ana."}],
        "tools": [{"type": "function"}],
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "answer", "schema": schema},
        },
    }


def test_openai_names_no_model_where_there_is_none(server: Server, galley: Galley) -> None:
    server.reply = (200, answer(model=None), {})

    call = galley.get("support/reply").openai(name="Ana")

    assert call == {"messages": [{"role": "system", "content": "Hello Ana."}]}


def test_within_a_minute_memory_answers(server: Server, galley: Galley, clock: Clock) -> None:
    galley.get("support/reply")
    clock.now += 59
    prompt = galley.get("support/reply")

    assert (len(server.asked), prompt.age, prompt.is_stale) == (1, 59.0, False)


def test_later_the_old_one_is_given_while_the_new_one_is_fetched(
    server: Server, galley: Galley, clock: Clock
) -> None:
    galley.get("support/reply")
    server.reply = released("New {{name}}.", 4)
    server.gate.clear()
    clock.now += 60

    during = [galley.get("support/reply").version for _ in range(5)]
    server.gate.set()
    settle(galley)
    after = galley.get("support/reply")

    assert during == [3] * 5
    assert (after.version, after.render(name="A")[0]["content"], after.age) == (4, "New A.", 0.0)
    assert len(server.asked) == 2


def test_an_unchanged_prompt_is_confirmed_by_its_etag(
    server: Server, galley: Galley, clock: Clock
) -> None:
    galley.get("support/reply")
    clock.now += 60
    galley.get("support/reply")
    settle(galley)
    prompt = galley.get("support/reply")

    assert [headers.get("if-none-match") for _, headers in server.asked] == [None, '"7-abc"']
    assert (prompt.version, prompt.age, prompt.is_stale) == (3, 0.0, False)


def test_many_threads_fetch_once(server: Server, galley: Galley) -> None:
    server.gate.clear()
    found: list[int | None] = []
    threads = [
        threading.Thread(target=lambda: found.append(galley.get("support/reply").version))
        for _ in range(8)
    ]

    for thread in threads:
        thread.start()
    server.arrived.acquire(timeout=5)
    server.gate.set()
    for thread in threads:
        thread.join(5)

    assert found == [3] * 8
    assert len(server.asked) == 1


def test_a_version_is_fetched_once_for_ever(server: Server, galley: Galley, clock: Clock) -> None:
    galley.get("support/reply", version=3)
    clock.now += 10**6
    galley.get("support/reply", version=3)
    galley.get("support/reply", version=2, model="a/b")

    assert [path for path, _ in server.asked] == [
        "/api/v1/prompts/support/reply?version=3",
        "/api/v1/prompts/support/reply?version=2&model=a%2Fb",
    ]


def problem(code: str) -> dict[str, Any]:
    return {"type": "about:blank", "title": "No", "status": 401, "detail": "Say it.", "code": code}


FAULTS: list[tuple[int, Any, dict[str, str]]] = [
    (500, b"oops", {}),
    (503, problem("database_away"), {}),
    (401, problem("revoked_key"), {}),
    (403, problem("out_of_scope"), {}),
    (404, problem("unknown_prompt"), {}),
    (302, b"", {"Location": "/"}),
    (304, b"", {}),
    (200, b"", {}),
    (200, b"<html>", {}),
    (200, b"[]", {}),
    (200, b"\xff", {}),
    (200, b"[" * 100_000, {}),
    (200, {**answer(), "messages": [{"role": "system"}]}, {}),
    (200, {**answer(), "messages": 3}, {}),
    (200, {**answer(), "version": None}, {}),
    (200, {**answer(), "variables": [{}]}, {}),
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault[0]} {str(fault[1])[:20]}")
def test_no_fault_of_the_server_raises_once_there_is_a_prompt(
    server: Server,
    galley: Galley,
    clock: Clock,
    fault: tuple[int, Any, dict[str, str]],
    caplog: pytest.LogCaptureFixture,
) -> None:
    galley.get("support/reply")
    good, server.reply = server.reply, fault
    clock.now += 60
    galley.get("support/reply")
    settle(galley)

    kept = galley.get("support/reply")

    if fault[0] != 304:  # nothing has changed: that is no fault
        assert (kept.version, kept.is_stale, kept.age) == (3, True, 60.0)
        assert [record.levelno for record in caplog.records] == [logging.WARNING]
    assert kept.render(name="Ana")[0]["content"] == "Hello Ana."
    server.reply = good
    clock.now += 60
    galley.get("support/reply")
    settle(galley)
    assert galley.get("support/reply").is_stale is False


@pytest.mark.parametrize(
    "fault",
    [fault for fault in FAULTS if fault[0] != 304],
    ids=lambda fault: f"{fault[0]} {str(fault[1])[:20]}",
)
def test_the_very_first_fault_raises_or_falls_back(
    server: Server, galley: Galley, clock: Clock, fault: tuple[int, Any, dict[str, str]]
) -> None:
    good, server.reply = server.reply, fault

    fallen = galley.get("support/reply", fallback="Hi {{name}}, {{n}}!")
    with pytest.raises(GalleyError) as refused:
        galley.get("support/reply")

    assert (fallen.is_fallback, fallen.is_stale, fallen.version) == (True, True, None)
    assert fallen.render(name="Ana", n=3)[0]["content"] == "Hi Ana, 3!"
    assert refused.value.status == fault[0]
    assert len(server.asked) == 1
    server.reply = good
    clock.now += 1
    assert galley.get("support/reply", fallback="Hi").version == 3


def test_a_problem_document_is_told_in_its_own_words(server: Server, galley: Galley) -> None:
    server.reply = (404, problem("nothing_live"), {})

    with pytest.raises(GalleyError, match="^Say it.$") as refused:
        galley.get("support/reply")

    assert (refused.value.status, refused.value.code) == (404, "nothing_live")


def test_a_fallback_may_be_messages_and_misses_no_value(server: Server, galley: Galley) -> None:
    server.reply = (500, b"", {})
    messages = [{"role": "system", "content": "A"}, {"role": "user", "content": "{{name}}"}]

    prompt = galley.get("support/reply", fallback=messages)

    with pytest.raises(ValuesError, match="“name” needs a value."):
        prompt.render()
    assert prompt.openai(name=["x"])["messages"][1]["content"] == "- x"


def test_a_server_that_is_gone_is_asked_ever_more_rarely(clock: Clock, server: Server) -> None:
    with Galley(server.url, KEY) as galley:
        galley._memory.clock = clock
        galley.get("support/reply")
        server.reply = (500, b"", {})
        clock.now += 60
        asked = []
        for _ in range(240):
            galley.get("support/reply")
            settle(galley)
            asked.append(len(server.asked))
            clock.now += 1

    steps = [second for second in range(1, 240) if asked[second] > asked[second - 1]]
    assert steps == [1, 3, 7, 15, 31, 63, 123, 183]


def test_a_closed_port_is_a_fault_like_any_other(server: Server) -> None:
    server.stop()

    with Galley(server.url, KEY) as galley:
        assert galley.get("support/reply", fallback="Hi").is_fallback
        with pytest.raises(GalleyError, match="ConnectError"):
            galley.get("support/reply")


def test_an_older_revision_never_replaces_a_newer_one(
    server: Server, galley: Galley, clock: Clock
) -> None:
    server.reply = released("New", 4)
    galley.get("support/reply")
    server.reply = released("Old", 3)
    clock.now += 60
    galley.get("support/reply")
    settle(galley)
    assert galley.get("support/reply").version == 4

    # A roll back is a newer revision of an older version.
    server.reply = (200, answer("Old", version=3, revision=9), {"ETag": '"9"'})
    clock.now += 60
    galley.get("support/reply")
    settle(galley)
    assert galley.get("support/reply").version == 3


def test_a_server_that_cannot_look_says_so(server: Server, galley: Galley) -> None:
    server.reply = (200, answer(), {"Galley-Stale": "true"})

    assert galley.get("support/reply").is_stale is True


def test_an_old_prompt_is_warned_about_once(
    server: Server, galley: Galley, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    galley.get("support/reply")
    server.reply = (500, b"", {})
    clock.now += 3601
    for _ in range(3):
        galley.get("support/reply")
        settle(galley)

    old = [r.getMessage() for r in caplog.records if "confirmed" in r.getMessage()]
    assert old == ["support/reply has not been confirmed for 3601 s."]


def test_memory_holds_a_thousand_prompts(server: Server, galley: Galley) -> None:
    for number in range(1001):
        galley.get("support/reply", version=number)
    galley.get("support/reply", version=1)
    galley.get("support/reply", version=0)

    assert len(server.asked) == 1002


def test_the_address_and_the_key_come_from_the_environment(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GALLEY_URL", f"{server.url}/")
    monkeypatch.setenv("GALLEY_KEY", f"{KEY}\n")

    with Galley() as galley:
        assert galley.get("support/reply").version == 3
    assert repr(galley) == f"Galley('{server.url}')"


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
    url: str, key: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GALLEY_URL", raising=False)
    monkeypatch.delenv("GALLEY_KEY", raising=False)

    with pytest.raises(GalleyError, match=words) as refused:
        Galley(url, key)

    assert key not in str(refused.value) or not key
