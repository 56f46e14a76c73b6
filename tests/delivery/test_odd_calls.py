"""Calls of the API with odd words in place of good ones: whatever is sent, nothing breaks.

Beside `test_schemathesis.py`, which asks what the document says, many more calls in less time:
they are made in bulk from the good data of each."""

from __future__ import annotations

import json
import os
import random
from collections import Counter
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from tests.delivery.api_calls import CALLS, robot
from tests.delivery.story import bearer
from tests.delivery.test_schemathesis import EXAMPLES, KINDS
from tests.fuzzed import told
from tests.permissions.test_fuzz_forms import ODD, ROUNDS, WRITES
from tests.undone import undone

EACH = int(os.environ.get("GALLEY_FUZZ_CALLS", "150"))  # calls of each kind
VALUES: tuple[Any, ...] = (
    *ODD, None, True, 0, -1, 2**31, 2**63, 10**400, 1e308, 0.5, [], {}, [[]], [None], {"a": {}},
    ["desk/reply"] * 200, {"": ""},
)  # fmt: skip
BODIES = (b"", b"{", b"\xff\xfe", b"[" * 5000, b'{"a": 1, "a": 2}', b"null", b'"\\ud800"', b"NaN")
SHARES = (0.01, 0.05, 0.2)  # of what is odd in a body: large ones are taken now and then, too
FIELDS = ("prompt", "version", "environment", "since", "cursor", "limit", "old", "new", "label")


def odd(good: Any, chance: random.Random, share: float) -> Any:
    """Some values as they should be, some odd, some not there, some too many."""
    if chance.random() < share:
        return chance.choice(VALUES)
    if isinstance(good, dict):
        left = [key for key in good if chance.random() > share / 4]
        kept = {key: odd(good[key], chance, share) for key in left}
        more = chance.random() < share
        return kept | ({chance.choice(ODD): chance.choice(VALUES)} if more else {})
    if isinstance(good, list):
        times = [chance.choice((0, 2)) if chance.random() < share else 1 for _ in good]
        return [
            odd(one, chance, share) for one, n in zip(good, times, strict=True) for _ in range(n)
        ]
    return good


def odd_address(good: str, chance: random.Random) -> str:
    """The last part of the path may be odd, and there may be fields behind it."""
    path, _, query = good.partition("?")
    if path.count("/") > 4 and chance.random() < 0.4:
        path = f"{path.rpartition('/')[0]}/{quote(str(chance.choice(ODD)), safe='')}"
    if chance.random() < 0.5:
        names = chance.sample(FIELDS, chance.randrange(1, 4))
        query = urlencode([(name, chance.choice(ODD)) for name in names])
    return f"{path}?{query}"


def request_of(good: Any, chance: random.Random) -> tuple[bytes, str]:
    if good is None:
        return b"", ""
    if chance.random() < 0.1:
        return chance.choice(BODIES), "application/json"
    kind = "application/json" if chance.random() < 0.95 else "text/plain"
    return json.dumps(odd(good, chance, chance.choice(SHARES))).encode(), kind


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.key)
def test_no_call_breaks_whatever_is_sent(story, client, call):
    client.raise_request_exception = False
    chance, found, broken = random.Random(call.key), Counter(), []
    keys = {kind: robot(story, kind)[1] for kind in KINDS}
    address, good = call.address(story), call.body(story)

    for _ in range(EACH):
        with undone():
            place = odd_address(address, chance)
            body, kind = request_of(good, chance)
            headers = bearer(keys[chance.choice((*KINDS, *call.who * 3))])
            answer = client.generic(call.method, place, body, kind, headers=headers)
            found[answer.status_code] += 1
            if answer.status_code >= 500:
                broken.append((answer.status_code, place, body[:300]))

    told(found.total())
    assert broken == []
    assert found.total() == EACH
    assert {code for code in found if code < 400}  # the control: some of it was good enough
    assert {code for code in found if code >= 400}


def test_calls_and_forms_are_five_thousand_at_least():
    calls, forms = (EACH + 2 * EXAMPLES) * len(CALLS), ROUNDS * len(WRITES)

    assert calls + forms >= 5_000
