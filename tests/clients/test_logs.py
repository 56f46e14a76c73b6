"""Calls are told behind the caller's back; none is lost silently."""

from __future__ import annotations

import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from galley_client.units import mark

from tests.clients.harness.answers import PATH, arms_of, split
from tests.clients.harness.faces import Face
from tests.clients.harness.faults import problem, status
from tests.clients.harness.server import Asked, Server, say_json

Make = Callable[..., Face]
LOGS = "/api/v1/logs"
OPENAI = SimpleNamespace(
    model="gpt-5-2025", usage=SimpleNamespace(prompt_tokens=12, completion_tokens=3)
)
ANTHROPIC = {"model": "claude", "usage": {"input_tokens": 7, "output_tokens": 2}}


def posted(server: Server) -> list[list[str]]:
    """The ids of each batch that was sent."""
    batches = [asked for asked in server.others if asked.path == LOGS]
    return [[event["id"] for event in json.loads(asked.body)["events"]] for asked in batches]


def test_a_call_is_told_with_what_the_answer_says(server: Server, galley: Face) -> None:
    prompt = galley.get(PATH)
    prompt.openai(name="Ana Secret", other=1)
    ident = galley.log(prompt, OPENAI)
    galley.flush()

    (event,) = server.events
    assert event.pop("latency_ms") >= 0
    assert event.pop("started_at").endswith("Z")
    assert event == {
        "id": ident,
        "prompt": PATH,
        "version": 3,
        "environment": "production",
        "model": "gpt-5-2025",
        "input_tokens": 12,
        "output_tokens": 3,
        "status": "ok",
        "variables": {"name": None, "other": None},
    }
    assert "Secret" not in str(server.others)


def test_words_are_told_only_where_that_was_chosen(server: Server, make: Make) -> None:
    galley = make(words=True)
    prompt = galley.get(PATH, unit="ana")
    prompt.openai(name="Ana", other={1, 2})
    said = {"choices": [{"message": {"content": "Dear Ana"}}]}
    anthropic = SimpleNamespace(content=[SimpleNamespace(text="Dear "), {"text": "Ana"}])
    for answer in (said, anthropic, "Dear Ana", {"output_text": "Dear Ana"}, 3):
        galley.log(prompt, answer, tags=["web"])
    galley.flush()

    assert [event.get("output") for event in server.events] == ["Dear Ana"] * 4 + [None]
    assert server.events[0]["variables"] == {"name": "Ana", "other": "{1, 2}"}
    assert (server.events[0]["tags"], server.events[0]["unit"]) == (["web"], mark("ana"))


def test_feedback_names_the_call_or_the_unit(server: Server, galley: Face) -> None:
    prompt, other = galley.get(PATH), galley.get(PATH, unit="ana")
    with pytest.raises(ValueError, match="Log the call first"):
        galley.feedback(prompt, thumbs=1)
    with pytest.raises(ValueError, match="Say what was thought"):
        galley.feedback(other)
    with pytest.raises(ValueError, match="use True, False or a number"):
        galley.feedback(other, thumbs="up")
    ident = galley.log(prompt)
    galley.feedback(prompt, thumbs=+1, comment="Fine")
    galley.feedback("of-yesterday", useful=True)
    galley.feedback(other, stars=4)
    galley.flush()

    *named, by_unit = server.opinions
    assert named == [
        {"log_id": ident, "prompt": PATH, "name": "thumbs", "value": 1, "comment": "Fine"},
        {"log_id": "of-yesterday", "name": "useful", "value": True},
    ]
    assert len(by_unit.pop("id")) == 36
    assert by_unit == {"unit": mark("ana"), "prompt": PATH, "name": "stars", "value": 4}
    assert [asked.path for asked in server.others][-2:] == [LOGS, "/api/v1/feedback"]


def test_what_is_told_wins_and_a_failed_call_says_so(server: Server, galley: Face) -> None:
    server.release(*arms_of(split([0, 100])))
    prompt = galley.get(PATH, unit="u")
    galley.log(prompt, ANTHROPIC, latency_ms=812.5, model="m", cost=0.01, output_tokens=5)
    galley.log(prompt, error="x" * 5000)
    galley.flush()

    first, second = server.events
    assert (first["latency_ms"], first["model"], first["cost"]) == (812.5, "m", 0.01)
    assert (first["input_tokens"], first["output_tokens"], first["arm"]) == (7, 5, "b")
    assert (second["status"], len(second["error"]), second["model"]) == (
        "error", 2000, "openai/gpt-5",
    )  # fmt: skip
    assert (second["input_tokens"], second["latency_ms"]) == (0, 0.0)


def test_a_fallback_is_not_told(server: Server, galley: Face) -> None:
    server.script.fault = status(500)
    prompt = galley.get(PATH, fallback="Hi")

    assert galley.log(prompt) is None
    galley.flush()
    assert server.events == []


def test_logs_go_out_by_themselves(server: Server, make: Make) -> None:
    galley = make()
    galley.core.sender._pause = 0.01
    galley.log(galley.get(PATH))

    assert server.logged.acquire(timeout=5)
    assert len(server.events) == 1


def test_events_go_in_batches(server: Server, galley: Face) -> None:
    prompt = galley.get(PATH)
    idents = [galley.log(prompt) for _ in range(1100)]
    galley.flush()

    assert [len(batch) for batch in posted(server)] == [500, 500, 100]
    assert [event["id"] for event in server.events] == idents


@pytest.mark.parametrize("number", [401, 404, 408, 429, 500, 503])
def test_a_fault_keeps_the_events_under_their_ids(
    server: Server, galley: Face, number: int
) -> None:
    prompt = galley.get(PATH)
    idents = [galley.log(prompt) for _ in range(3)]
    server.script.faults[LOGS] = status(number, problem("later"))
    galley.flush()
    assert server.events == []
    server.script.faults.clear()
    galley.flush()

    assert [event["id"] for event in server.events] == idents
    assert set(map(tuple, posted(server))) == {tuple(idents)}
    assert galley.galley.dropped == 0


def test_an_answer_that_is_lost_counts_nothing_twice(server: Server, galley: Face) -> None:
    """The server took them, and the line was cut before it could say so."""

    def taken_then_cut(to: Any, asked: Asked, server: Server) -> None:
        server.events += json.loads(asked.body)["events"]

    galley.log(galley.get(PATH))
    server.script.faults[LOGS] = taken_then_cut
    galley.flush()
    server.script.faults.clear()
    galley.flush()

    assert (len(posted(server)), len(server.events), galley.galley.dropped) == (2, 1, 0)


def test_what_the_server_will_never_take_is_counted_and_warned_about(
    server: Server, galley: Face, caplog: pytest.LogCaptureFixture
) -> None:
    prompt = galley.get(PATH)
    galley.log(prompt)
    server.script.faults[LOGS] = status(400, problem("bad_body"))
    galley.flush()
    galley.log(prompt)
    galley.log(prompt)

    def rejects_one(to: Any, asked: Asked, server: Server) -> None:
        row = {"index": 1, "code": "bad_event", "detail": "model: too long"}
        say_json(to, 202, {"accepted": 1, "duplicates": 0, "rejected": [row]})

    server.script.faults[LOGS] = rejects_one
    galley.flush()

    assert galley.galley.dropped == 2
    said = [record.getMessage() for record in caplog.records]
    assert said == ["1 log events are dropped (the server answered 400)."]


def test_a_full_queue_drops_the_newest_and_says_so(
    server: Server, galley: Face, caplog: pytest.LogCaptureFixture
) -> None:
    prompt = galley.get(PATH)
    galley.core.queue.most = 3
    kept = [galley.log(prompt) for _ in range(3)]
    for _ in range(4):
        galley.log(prompt)
    galley.flush()

    assert [event["id"] for event in server.events] == kept
    assert galley.galley.dropped == 4
    said = [record.getMessage() for record in caplog.records]
    assert said == ["1 log events are dropped (3 wait already)."]


def test_a_batch_that_is_too_large_is_halved(server: Server, galley: Face) -> None:
    prompt = galley.get(PATH)
    idents = [galley.log(prompt) for _ in range(10)]

    def too_large(to: Any, asked: Asked, server: Server) -> None:
        if len(json.loads(asked.body)["events"]) > 3:
            status(413, problem("body_too_large"))(to, asked, server)
        else:
            server._log(to, asked)

    server.script.faults[LOGS] = too_large
    galley.flush()

    assert [event["id"] for event in server.events] == idents
    assert galley.galley.dropped == 0


def test_closing_sends_what_waits(server: Server, make: Make) -> None:
    galley = make()
    galley.log(galley.get(PATH))
    galley.close()

    assert len(server.events) == 1


def test_closing_counts_what_nobody_takes(
    server: Server, make: Make, caplog: pytest.LogCaptureFixture
) -> None:
    galley = make()
    galley.log(galley.get(PATH))
    server.script.faults[LOGS] = status(500)
    galley.close()

    assert galley.galley.dropped == 1
    assert caplog.records[-1].getMessage() == "1 log events are dropped (the application ends)."
