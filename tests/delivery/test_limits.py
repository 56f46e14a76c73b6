"""T8: guesses are counted exactly, and only guesses."""

from __future__ import annotations

import threading
import time

import pytest

from apps.delivery import keycheck
from apps.delivery.keycheck import NotInMemory, authenticate
from apps.delivery.limits import LIMIT, MAX_PEERS, WINDOW, WrongKeys
from apps.delivery.problems import Problem
from apps.delivery.records import KeyRecord
from apps.delivery.store import Store
from apps.environments.keys import make_key


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def tries(limit: WrongKeys, peer: str, count: int) -> int:
    taken = 0
    for _ in range(count):
        try:
            limit.take(peer)
            taken += 1
        except Problem:
            pass
    return taken


def test_t8_limit_is_exact_under_parallel_guesses() -> None:
    limit, barrier, taken = WrongKeys(), threading.Barrier(20), []

    def guess() -> None:
        barrier.wait()
        taken.append(tries(limit, "10.0.0.1", 50))

    threads = [threading.Thread(target=guess) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(taken) == LIMIT


def test_limit_says_how_long_to_wait_and_then_lets_through() -> None:
    clock = Clock()
    limit = WrongKeys(clock)
    tries(limit, "10.0.0.1", LIMIT)
    clock.now = 20.0

    with pytest.raises(Problem) as refused:
        limit.take("10.0.0.1")
    clock.now = WINDOW

    assert refused.value.headers == {"Retry-After": "40"}
    assert tries(limit, "10.0.0.1", LIMIT + 5) == LIMIT


def test_limit_counts_no_right_key() -> None:
    limit = WrongKeys()

    for _ in range(LIMIT * 3):
        limit.take("10.0.0.1")
        limit.give_back("10.0.0.1")

    assert tries(limit, "10.0.0.1", LIMIT + 1) == LIMIT


@pytest.mark.parametrize(
    ("one", "other", "left"),
    [
        ("10.0.0.1", "10.0.0.2", LIMIT),
        ("2001:db8::1", "2001:db8::ffff:2", 0),
        ("2001:db8::1", "2001:db8:0:1::1", LIMIT),
    ],
)
def test_limit_counts_each_peer_alone_and_a_network_of_ipv6_as_one(
    one: str, other: str, left: int
) -> None:
    limit = WrongKeys()
    tries(limit, one, LIMIT)

    assert tries(limit, other, LIMIT) == left


def test_limit_remembers_no_more_peers_than_fit() -> None:
    limit = WrongKeys()

    for number in range(MAX_PEERS + 50):
        limit.take(f"peer {number}")

    assert len(limit._tries) == MAX_PEERS


def test_key_counts_only_once_it_was_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    limit = WrongKeys()
    monkeypatch.setattr(keycheck, "WRONG_KEYS", limit)
    store, header = Store(), f"Bearer {make_key('production', 'read').text}"

    def call(*, sure: bool) -> str:
        try:
            authenticate(store, header, "10.0.0.1", sure=sure)
        except NotInMemory:
            return "look it up"
        except Problem as problem:
            return problem.code
        return "right"

    # More new keys at once than tries: none of them is a guess yet.
    assert {call(sure=False) for _ in range(LIMIT * 3)} == {"look it up"}
    assert limit._tries == {}
    assert [call(sure=True) for _ in range(LIMIT + 1)] == [
        *["wrong_key"] * LIMIT, "too_many_wrong_keys",
    ]  # fmt: skip
    # Whoever guessed too often makes nobody look anything up.
    assert call(sure=False) == "too_many_wrong_keys"


def test_one_key_is_remembered_once_however_it_is_spelt() -> None:
    """Else its holder could fill the memory of right keys, and empty it for all others."""
    made = make_key("production", "read")
    store, hour = Store(), 3600
    store.keys[made.selector] = KeyRecord(
        id=1, kind="read", selector=made.selector, secret_hash=made.secret_hash, environment_id=1,
        environment="production", any_version=False, namespaces=frozenset(),
        expires_at=time.time() + hour, revoked=False,
    )  # fmt: skip

    for spelling in ("Bearer ", "bearer ", "BEARER ", "Bearer  ", "Bearer \t"):
        found = authenticate(store, f"{spelling}{made.text}", "10.0.0.1", sure=True)
        assert found.id == 1

    assert len(store.proven) == 1
