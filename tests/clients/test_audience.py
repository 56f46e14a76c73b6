"""An experiment that is for some alone: the library decides who is in it, as the server does."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from galley_client import released as reading

from apps.releases.assignment import arm_for
from tests.clients.harness.answers import PATH, arms_of, for_some, split
from tests.clients.harness.faces import Clock, Face, settle
from tests.clients.harness.server import Server

Make = Callable[..., Face]
UNITS = [f"user-{number}" for number in range(40)]
PRO = {"attribute": "plan", "operator": "in", "values": ["pro"]}
TOLD = for_some(split([50, 50]), PRO)


def shown(galley: Face, attributes: Any = None) -> dict[str, tuple[str | None, int | None]]:
    found = {unit: galley.get(PATH, unit=unit, attributes=attributes) for unit in UNITS}
    return {unit: (prompt.arm, prompt.version) for unit, prompt in found.items()}


def expected(attributes: dict[str, str]) -> dict[str, tuple[str, int]]:
    arms = {unit: arm_for(TOLD, unit, attributes) for unit in UNITS}
    return {unit: (arm["arm"], arm["version"]) for unit, arm in arms.items()}


def test_who_is_inside_gets_its_arm_and_everybody_else_what_was_live(
    server: Server, galley: Face
) -> None:
    server.release(*arms_of(TOLD))

    inside = shown(galley, {"plan": "pro", "seats": 3})

    assert inside == expected({"plan": "pro"})
    assert set(inside.values()) == {("a", 3), ("b", 4)}
    for said in ({"plan": "free"}, {"country": "PT"}, {}, None):
        assert set(shown(galley, said).values()) == {("outside", 3)}
    assert (galley.get(PATH, attributes={"plan": "pro"}).arm, len(server.asked)) == (None, 4)


def test_nothing_that_is_said_of_a_unit_leaves_the_application(
    server: Server, galley: Face
) -> None:
    told = for_some(split([50, 50]), {**PRO, "operator": "not_in"})
    server.release(*arms_of(told))
    shown(galley, {"plan": "secret-plan", "mail": "ana@example.test"})

    sent = " ".join(asked.target for asked in server.asked)
    assert "secret" not in sent and "ana" not in sent and "user-" not in sent


def test_calls_outside_are_logged_as_such(server: Server, galley: Face) -> None:
    server.release(*arms_of(TOLD))
    for said in ({"plan": "free"}, {"plan": "pro"}):
        galley.log(galley.get(PATH, unit="user-1", attributes=said), model="m")
    galley.flush()

    arms = [event["arm"] for event in server.events]
    assert arms == ["outside", arm_for(TOLD, "user-1", {"plan": "pro"})["arm"]]
    assert '"pro"' not in json.dumps(server.events)


@pytest.mark.parametrize("operator", ["in", "of_tomorrow"])
def test_an_operator_of_a_newer_server_lets_nobody_in(
    server: Server, galley: Face, operator: str
) -> None:
    """With the operator that is known, somebody is in."""
    server.release(*arms_of(for_some(split([50, 50]), {**PRO, "operator": operator})))

    arms = {arm for arm, _ in shown(galley, {"plan": "pro"}).values()}

    assert arms == ({"a", "b"} if operator == "in" else {"outside"})


def test_a_library_that_knows_nothing_of_audiences_gives_everybody_what_was_live(
    server: Server, galley: Face, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It reads `arms` alone, and passes over fields that it does not know."""
    monkeypatch.setattr(reading, "_audience", lambda audience: None)
    server.release(*arms_of(TOLD))

    assert set(shown(galley, {"plan": "pro"}).values()) == {("outside", 3)}


def test_a_bundle_holds_the_arms_of_an_audience(
    server: Server, make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For a library of today and for one that knows nothing of audiences."""
    server.release(*arms_of(TOLD))
    file = tmp_path / "prompts.json"
    keys = {"keys": server.signer.document["keys"]}
    file.write_text(json.dumps({"bundle": server.bundle(), **keys}))
    away = {"bundle": file, "url": "http://127.0.0.1:9", "stream": False, "poll": None}

    assert shown(make(**away), {"plan": "pro"}) == expected({"plan": "pro"})
    monkeypatch.setattr(reading, "_audience", lambda audience: None)
    assert set(shown(make(**away), {"plan": "pro"}).values()) == {("outside", 3)}


def test_another_audience_is_learned_with_the_next_answer(
    server: Server, galley: Face, clock: Clock
) -> None:
    server.release(*arms_of(TOLD, revision=8))
    assert set(shown(galley, {"plan": "free"}).values()) == {("outside", 3)}
    free = for_some(split([50, 50]), {**PRO, "values": ["free"]})
    server.release(*arms_of(free, revision=9))
    clock.now += 60
    galley.get(PATH, unit="x")
    settle(galley)

    assert set(shown(galley, {"plan": "free"}).values()) == {("a", 3), ("b", 4)}
    assert set(shown(galley, {"plan": "pro"}).values()) == {("outside", 3)}
