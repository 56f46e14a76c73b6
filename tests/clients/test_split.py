"""While a release runs by steps the library chooses the arm itself."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from apps.releases.assignment import arm_for
from tests.clients.harness.answers import PATH, answer, arms_of, split
from tests.clients.harness.faces import Clock, Face, settle
from tests.clients.harness.faults import status
from tests.clients.harness.server import Asked, Server, say_prompt

Make = Callable[..., Face]
UNITS = [f"user-{number}" for number in range(50)]
HALF = split([50, 50])


def shown(galley: Face) -> dict[str, tuple[str | None, int | None]]:
    found = {unit: galley.get(PATH, unit=unit) for unit in UNITS}
    return {unit: (prompt.arm, prompt.version) for unit, prompt in found.items()}


def expected(told: dict) -> dict[str, tuple[str, int]]:
    arms = {unit: arm_for(told, unit) for unit in UNITS}
    return {unit: (arm["arm"], arm["version"]) for unit, arm in arms.items()}


def test_each_unit_gets_its_arm_with_one_request_an_arm(server: Server, galley: Face) -> None:
    server.release(*arms_of(HALF))

    assert shown(galley) == expected(HALF)
    assert len(server.asked) == 3
    texts = {galley.get(PATH, unit=unit).render(name="A")[0]["content"] for unit in UNITS}
    assert texts == {"Version 3 for A.", "Version 4 for A."}


def test_no_unit_leaves_the_application(server: Server, galley: Face) -> None:
    server.release(*arms_of(HALF))
    shown(galley)

    sent = {asked.query.get("unit") for asked in server.asked}
    assert sent.isdisjoint(UNITS) and len(sent) == 3


def test_without_a_unit_there_is_no_arm(server: Server, galley: Face) -> None:
    server.release(*arms_of(HALF))
    prompt = galley.get(PATH)

    assert (prompt.arm, prompt.version, len(server.asked)) == (None, 3, 1)
    galley.get(PATH, unit="a")
    assert (galley.get(PATH).arm, galley.get(PATH, unit=7).unit) == (None, "7")


def test_growing_shares_move_nobody_back_and_the_end_serves_everybody(
    server: Server, galley: Face, clock: Clock
) -> None:
    seen = []
    for revision, weights in enumerate(([90, 10], [50, 50], [0, 100]), start=8):
        server.release(*arms_of(split(weights), revision=revision))
        clock.now += 60
        galley.get(PATH, unit="x")
        settle(galley)
        seen.append({unit for unit, (arm, _) in shown(galley).items() if arm == "b"})
    server.release(answer(version=4, revision=11))
    clock.now += 60
    galley.get(PATH, unit="x")
    settle(galley)

    assert seen[0] < seen[1] < seen[2] == set(UNITS)
    assert set(shown(galley).values()) == {(None, 4)}


def test_t27_all_arms_change_together_or_not_at_all(
    server: Server, galley: Face, clock: Clock
) -> None:
    """An arm of the new revision that cannot be fetched keeps the whole old one."""
    server.release(*arms_of(HALF, revision=8))
    before = shown(galley)
    server.release(*arms_of(split([10, 90]), revision=9))

    def no_arms(to, asked: Asked, server: Server) -> None:
        (status(500) if "unit" in asked.query else say_prompt)(to, asked, server)

    server.script.fault = no_arms
    clock.now += 60
    galley.get(PATH)
    settle(galley)
    during = {galley.get(PATH, unit=unit).revision for unit in UNITS} | {galley.get(PATH).revision}

    assert (shown(galley), during) == (before, {8})
    server.script.fault = None
    clock.now += 60
    galley.get(PATH)
    settle(galley)
    assert shown(galley) == expected(split([10, 90]))


def test_who_cannot_have_its_arm_gets_the_first_with_no_arm(
    server: Server, galley: Face, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    server.release(*arms_of(HALF))
    galley.get(PATH)
    server.script.fault = status(500)

    prompt = galley.get(PATH, unit="user-1")

    assert (prompt.arm, prompt.version, prompt.is_stale) == (None, 3, True)
    server.script.fault = None
    clock.now += 60
    galley.get(PATH, unit="user-1")
    settle(galley)
    assert shown(galley) == expected(HALF)


def test_a_split_that_begins_later_is_learned_by_who_asks_for_units(
    server: Server, galley: Face, clock: Clock
) -> None:
    assert galley.get(PATH, unit="user-1").arm is None
    server.release(*arms_of(HALF, revision=8))
    clock.now += 60
    galley.get(PATH, unit="user-1")
    settle(galley)
    count = len(server.asked)

    assert shown(galley) == expected(HALF)
    assert (count, len(server.asked)) == (4, 4)


def test_an_arm_that_nobody_gets_is_not_asked_for(server: Server, galley: Face) -> None:
    server.release(*arms_of(split([100, 0])))

    assert set(shown(galley).values()) == {("a", 3)}
    assert len(server.asked) == 2


def test_a_release_between_two_arms_is_asked_for_again(server: Server, galley: Face) -> None:
    """The first answer is of revision 8, the arms are of 9: they are never mixed."""
    server.release(*arms_of(HALF, revision=8))
    new = split([10, 90])

    def released_in_between(to, asked: Asked, server: Server) -> None:
        say_prompt(to, asked, server)
        server.release(*arms_of(new, revision=9))

    server.script.fault = released_in_between

    assert shown(galley) == expected(new)
    assert {galley.get(PATH, unit=unit).revision for unit in UNITS} == {9}
