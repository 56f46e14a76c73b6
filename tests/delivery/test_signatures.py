"""Every answer is signed; whoever has the public key can tell, without this server."""

from __future__ import annotations

import json
import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from apps.core import signatures
from apps.delivery import records, refresh, signing
from apps.delivery.process import REFRESHER, STORE
from apps.delivery.refresh import Refresher
from config.key_ring import KeyRing
from tests.delivery.story import bearer
from tests.delivery.test_fast_way import call, headers_of

VECTORS = Path(__file__).parent.parent / "vectors" / "signature.json"
PATH = "/api/v1/prompts/desk/reply"


@pytest.fixture
def ring(tmp_path, monkeypatch):
    """A key ring of the test's own."""
    found = KeyRing(tmp_path, "signing-keys")
    for module in (signing, records, refresh):
        monkeypatch.setattr(module, "RING", found)
    monkeypatch.setattr(REFRESHER, "start", lambda: None)
    return found


def published() -> dict[str, str]:
    _, sent = call(signing.KEYS_PATH)
    return {key["id"]: key["public_key"] for key in json.loads(sent[1]["body"])["keys"]}


def check(answer: dict, keys: dict[str, str]) -> bool:
    """As a client does it, with nothing of the server's but its words."""
    algorithm, ident, text = answer["signature"].split(":")
    rest = {name: value for name, value in answer.items() if name != "signature"}
    key = Ed25519PublicKey.from_public_bytes(signatures.decoded(keys[ident]))
    try:
        key.verify(signatures.decoded(text), rfc8785.dumps(rest))
    except InvalidSignature:
        return False
    return algorithm == "ed25519"


@pytest.mark.parametrize("query", ["", "?model=local/small", "?version=1"])
def test_answer_is_signed_and_any_change_shows(story, client, ring, query):
    _, key = story.key()

    answer = client.get(PATH + query, headers=bearer(key)).json()

    assert list(answer)[-1] == "signature"
    assert check(answer, published())
    for changed in ({"version": 7}, {"revision": 2}, {"environment": "staging"}, {"split": {}}):
        assert not check({**answer, **changed}, published())


def test_answer_is_signed_once_and_not_per_request(story, client, ring, monkeypatch):
    _, key = story.key()
    client.get(PATH, headers=bearer(key))
    monkeypatch.setattr(ring, "sign", lambda data: pytest.fail("signed again"))

    again = client.get(PATH, headers=bearer(key))

    assert again.status_code == 200


def test_rotation_signs_anew_and_publishes_the_key_before(story, client, ring):
    _, key = story.key()
    before = client.get(PATH, headers=bearer(key)).json()

    ring.rotate(timedelta(days=30))
    Refresher(STORE)._turn()
    after = client.get(PATH, headers=bearer(key)).json()

    keys = published()
    assert len(keys) == 2
    assert before["signature"].split(":")[1] != after["signature"].split(":")[1]
    assert check(before, keys)
    assert check(after, keys)


def test_rotation_drops_the_private_key_and_later_the_public_one(ring, tmp_path):
    first = ring.id
    ring.rotate(timedelta(days=1))
    kept = json.loads((tmp_path / "secrets" / "signing-keys").read_text())
    ring.rotate(timedelta(days=-1))

    assert [(key["id"] == first, bool(key["private"])) for key in kept] == [
        (True, False),
        (False, True),
    ]
    assert [key.id for key in ring.published()] == [first, ring.id]


def test_processes_share_one_key_that_nobody_else_can_read(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        ids = set(pool.map(lambda _: KeyRing(tmp_path, "signing-keys").id, range(16)))

    path = tmp_path / "secrets" / "signing-keys"
    assert len(ids) == 1
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    other = KeyRing(tmp_path, "signing-keys")
    other.rotate(timedelta(days=1))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert other.verify(other.sign(b"x"), b"x")


def test_keys_are_told_from_memory_without_a_key(ring):
    handled, sent = call(signing.KEYS_PATH)
    tag = {"if-none-match": headers_of(sent)["etag"]}
    _, same = call(signing.KEYS_PATH, **tag)
    _, wrong = call(signing.KEYS_PATH, method="POST")

    [key] = json.loads(sent[1]["body"])["keys"]
    assert handled
    assert list(key) == ["id", "algorithm", "public_key", "from", "until"]
    assert (key["algorithm"], key["until"], len(signatures.decoded(key["public_key"]))) == (
        "ed25519", None, 32,
    )  # fmt: skip
    assert b"private" not in sent[1]["body"]
    assert (same[0]["status"], same[1]["body"]) == (304, b"")
    assert wrong[0]["status"] == 405


def test_vectors_of_signatures():
    for vector in json.loads(VECTORS.read_text()):
        private = Ed25519PrivateKey.from_private_bytes(signatures.decoded(vector["private_key"]))
        data = signatures.canonical(vector["document"])

        assert data.decode() == vector["canonical"]
        assert signatures.sign(private, vector["key_id"], data) == vector["signature"]
        assert signatures.verify(vector["public_key"], vector["signature"], data)
        assert not signatures.verify(vector["public_key"], vector["signature"], data + b" ")


@pytest.mark.parametrize(
    "text", ["", "ed25519", "ed25519::", "rsa:{id}:{sig}", "ed25519:{id}:é", "ed25519:{id}:AA=="]
)
def test_unreadable_signature_is_no_signature(ring, text):
    good = ring.sign(b"x")
    _, ident, sig = good.split(":")

    assert ring.verify(good, b"x")
    assert not ring.verify(text.format(id=ident, sig=sig), b"x")
