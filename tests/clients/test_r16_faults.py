"""R16: whatever the server does, an application that has a prompt keeps it, and hears a warning."""

from __future__ import annotations

import logging
from collections.abc import Callable

import pytest
from galley_client import GalleyError

from tests.clients.harness.answers import PATH
from tests.clients.harness.faces import Clock, Face, settle
from tests.clients.harness.faults import FAULTS, problem, status
from tests.clients.harness.server import Fault, Server
from tests.clients.harness.signer import Signer

Make = Callable[..., Face]
SLOW = {FAULTS["dripping"], FAULTS["silent"]}
FIRST = {name: fault for name, fault in FAULTS.items() if name != "an older revision"}
SIMPLE = {name: FAULTS[name] for name in ("500", "nothing", "silent", "not signed")}


def break_down(server: Server, galley: Face, fault: Fault) -> None:
    """The time limit is short only where the fault needs it: the machine may be busy."""
    server.script.fault = fault
    galley.core._wire.timeout = 0.3 if fault in SLOW else 5.0


def mend(server: Server, galley: Face) -> None:
    server.script.fault = None
    galley.core._wire.timeout = 5.0


def after(galley: Face, clock: Clock, seconds: float) -> None:
    clock.now += seconds
    galley.get(PATH)
    settle(galley)


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
def test_no_fault_raises_or_changes_anything_once_there_is_a_prompt(
    server: Server, galley: Face, clock: Clock, fault: Fault, caplog: pytest.LogCaptureFixture
) -> None:
    galley.get(PATH)
    break_down(server, galley, fault)
    after(galley, clock, 60)

    kept = galley.get(PATH)

    assert (kept.version, kept.revision, kept.is_stale, kept.age) == (3, 7, True, 60.0)
    assert kept.render(name="Ana")[0]["content"] == "Hello Ana."
    assert [record.levelno for record in caplog.records] == [logging.WARNING]
    mend(server, galley)
    after(galley, clock, 60)
    again = galley.get(PATH)
    assert (again.is_stale, again.age) == (False, 0.0)


@pytest.mark.parametrize("fault", FIRST.values(), ids=FIRST.keys())
def test_the_very_first_fault_raises_or_falls_back(
    server: Server, galley: Face, clock: Clock, fault: Fault
) -> None:
    break_down(server, galley, fault)

    fallen = galley.get(PATH, fallback="Hi {{name}}, {{n}}!")
    with pytest.raises(GalleyError):
        galley.get(PATH)

    assert (fallen.is_fallback, fallen.is_stale, fallen.version) == (True, True, None)
    assert fallen.render(name="Ana", n=3)[0]["content"] == "Hi Ana, 3!"
    mend(server, galley)
    clock.now += 60
    assert galley.get(PATH, fallback="Hi").version == 3


def test_after_a_fault_the_prompt_is_asked_for_whole(
    server: Server, galley: Face, clock: Clock
) -> None:
    """What the server said before the fault proves nothing about what it says after it."""
    galley.get(PATH)
    after(galley, clock, 60)
    server.script.fault = FAULTS["nothing"]
    after(galley, clock, 60)
    server.script.fault = None
    after(galley, clock, 60)

    sent = ["if-none-match" in asked.headers for asked in server.asked]
    assert sent == [False, True, True, False]
    assert galley.get(PATH).is_stale is False


def test_a_redirect_never_takes_the_key_elsewhere(
    server: Server, galley: Face, clock: Clock
) -> None:
    other = Server()
    try:
        galley.get(PATH)
        server.script.fault = status(302, b"", Location=f"{other.url}/api/v1/prompts/{PATH}")
        after(galley, clock, 60)
    finally:
        other.stop()

    assert (other.asked, other.others) == ([], [])
    assert galley.get(PATH).version == 3


def test_a_server_that_asks_for_time_gets_it(server: Server, galley: Face, clock: Clock) -> None:
    galley.get(PATH)
    server.script.fault = status(429, problem("too_many"), Retry_After="90")
    after(galley, clock, 60)
    asked = []
    for _ in range(100):
        clock.now += 1
        galley.get(PATH)
        settle(galley)
        asked.append(len(server.asked))

    assert (asked[88], asked[89]) == (2, 3)


def test_a_server_that_asks_for_time_gets_it_for_all_prompts(
    server: Server, galley: Face, clock: Clock
) -> None:
    server.release(prompt="support/other")
    server.release(prompt="support/third")
    galley.get(PATH)
    galley.get("support/other")
    server.script.fault = status(429, problem("too_many"), Retry_After="90")
    after(galley, clock, 60)
    server.script.fault = None
    server.asked.clear()
    clock.now += 30
    for path in (PATH, "support/other", "support/third"):
        galley.get(path)
    settle(galley)
    during = [asked.path.rpartition("/")[2] for asked in server.asked]
    clock.now += 61
    galley.get("support/other")
    settle(galley)

    assert (during, len(server.asked)) == (["third"], 2)


def test_a_key_that_is_refused_after_an_outage_is_warned_about_as_well(
    server: Server, galley: Face, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    galley.get(PATH)
    for fault in (status(500), *[status(401, problem("revoked_key", "It was revoked."))] * 2):
        server.script.fault = fault
        after(galley, clock, 120)

    said = [record.getMessage() for record in caplog.records]
    assert len(said) == 2
    assert said[1].endswith("the last good version is kept: It was revoked.")


def test_a_refused_key_keeps_the_prompt_for_ever_unless_told_otherwise(
    server: Server, make: Make, clock: Clock
) -> None:
    kept, ended = make(), make(keep_refused=600)
    for galley in (kept, ended):
        galley.get(PATH)
    server.script.fault = status(401, problem("revoked_key"))
    for seconds in (60, 600):
        for galley in (kept, ended):
            after(galley, clock, 0)
        clock.now += seconds

    assert ended.get(PATH).version == 3
    settle(ended)
    with pytest.raises(GalleyError) as refused:
        ended.get(PATH)
    assert (refused.value.status, refused.value.code) == (401, "revoked_key")
    clock.now += 10**6
    after(kept, clock, 0)
    assert kept.get(PATH).version == 3


@pytest.mark.parametrize("fault", SIMPLE.values(), ids=SIMPLE.keys())
def test_a_fault_of_one_prompt_is_none_of_another(
    server: Server, galley: Face, fault: Fault
) -> None:
    galley.get(PATH)
    break_down(server, galley, fault)
    with pytest.raises(GalleyError):
        galley.get("support/other")

    assert galley.get(PATH).is_stale is False


def test_public_keys_are_looked_up_again_but_not_for_ever(
    server: Server, galley: Face, clock: Clock
) -> None:
    """A new key of the server is learned; nonsense that names ever other keys asks once in 30 s."""
    galley.get(PATH)
    server.script.fault = FAULTS["signed with an unknown key"]
    for _ in range(5):
        after(galley, clock, 60)
        clock.now -= 59
    looked = [asked.path for asked in server.others]

    assert looked == ["/.well-known/galley-keys"] * 2


def test_another_key_of_the_server_is_learned(server: Server, galley: Face, clock: Clock) -> None:
    galley.get(PATH)
    server.signer = Signer("k2")
    server.script.keys.append(server.signer)
    server.release(version=4, revision=8)
    clock.now += 30
    after(galley, clock, 60)

    assert galley.get(PATH).version == 4


def test_given_public_keys_are_never_looked_up(server: Server, make: Make) -> None:
    right = make(public_keys=server.signer.document)
    wrong = make(public_keys=Signer("k1").document)

    assert right.get(PATH).version == 3
    with pytest.raises(GalleyError, match="does not fit"):
        wrong.get(PATH)
    assert server.others == []
