"""An answer counts only as the server signed it."""

from __future__ import annotations

import base64
import json
import math
from typing import Any

import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from galley_client.canonical import canonical
from galley_client.signing import BadSignature, PublicKeys, UnknownKey
from hypothesis import given
from hypothesis import strategies as st

from tests.clients.harness.signer import Signer

exact = st.integers(-(2**53) + 1, 2**53 - 1)
scalars = st.none() | st.booleans() | st.text() | exact | st.floats(allow_nan=False)
documents = st.recursive(
    scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20
)


@given(documents)
def test_canonical_is_what_rfc_8785_writes(value: Any) -> None:
    try:
        expected = rfc8785.dumps(value)
    except rfc8785.CanonicalizationError:
        with pytest.raises(ValueError):
            canonical(value)
    else:
        assert canonical(value) == expected


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_canonical_numbers_are_read_back_unchanged(value: float) -> None:
    assert float(canonical(value)) == value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1e21, "1e+21"),
        (1e20, "100000000000000000000"),
        (1e-6, "0.000001"),
        (1e-7, "1e-7"),
        (-1.5e300, "-1.5e+300"),
        (5e-324, "5e-324"),
        (0.1, "0.1"),
        (123.456, "123.456"),
        (-0.0, "0"),
        (10**30, "1e+30"),
        ({"€": 1, "\U0001f600": 2, "ﬁ": 3, "a": "\x7f\x1f\u2028"},
         '{"a":"\x7f\\u001f\u2028","€":1,"\U0001f600":2,"ﬁ":3}'),
    ],
)  # fmt: skip
def test_canonical_by_example(value: Any, text: str) -> None:
    assert canonical(value) == text.encode()


@pytest.mark.parametrize("value", [math.nan, math.inf, "\ud800", {1, 2}, 10**400])
def test_canonical_refuses_what_json_cannot_hold(value: Any) -> None:
    with pytest.raises((ValueError, OverflowError)):
        canonical(value)


@pytest.fixture
def signer() -> Signer:
    return Signer("k1")


@pytest.fixture
def keys(signer: Signer) -> PublicKeys:
    keys = PublicKeys()
    keys.learn(signer.document)
    return keys


def test_a_signed_answer_passes_and_a_changed_one_does_not(
    signer: Signer, keys: PublicKeys
) -> None:
    answer = json.loads(json.dumps(signer.sign({"a": 1, "b": {"c": ["ü", 0.5, None]}})))

    keys.check(answer)
    for changed in (
        {**answer, "a": 2},
        {**answer, "more": 1},
        {k: v for k, v in answer.items() if k != "b"},
        {**answer, "b": {"c": ["ü", 0.5, False]}},
        {**answer, "signature": answer["signature"][:-2]},
        {**answer, "signature": "ed25519:k1:*"},
        {**answer, "signature": answer["signature"].replace("ed25519", "none")},
        {**answer, "signature": None},
    ):
        with pytest.raises(BadSignature):
            keys.check(changed)


def test_a_signature_of_another_key_is_told_apart(signer: Signer, keys: PublicKeys) -> None:
    other = Signer("k2")

    with pytest.raises(UnknownKey):
        keys.check(other.sign({"a": 1}))
    with pytest.raises(BadSignature) as refused:
        keys.check(Signer("k1").sign({"a": 1}))

    assert not isinstance(refused.value, UnknownKey)
    keys.learn({"keys": [*signer.document["keys"], *other.document["keys"]]})
    keys.check(other.sign({"a": 1}))


def test_a_known_id_never_changes_its_key(signer: Signer, keys: PublicKeys) -> None:
    with pytest.raises(BadSignature, match="changed its public key k1"):
        keys.learn(Signer("k1").document)

    keys.check(signer.sign({"a": 1}))
    assert keys.learn(keys.document()) is False


def test_given_keys_are_the_only_ones(signer: Signer) -> None:
    raw = {row["id"]: row["public_key"] for row in signer.document["keys"]}
    for given_ in (raw, signer.document):
        keys = PublicKeys(given_)
        keys.learn(Signer("k2").document)

        keys.check(signer.sign({"a": 1}))
        assert keys.document() == PublicKeys(raw).document()


@pytest.mark.parametrize(
    "document",
    [
        {"keys": 3},
        {"keys": [3]},
        {"keys": [{"id": "a", "algorithm": "ed25519"}]},
        {"keys": [{"id": "a", "algorithm": "ed25519", "public_key": "é"}]},
        {"keys": [{"id": "a", "algorithm": "ed25519", "public_key": "AAAA"}]},
        {"a": 3},
    ],
)
def test_keys_that_cannot_be_read_are_refused(document: Any) -> None:
    with pytest.raises(ValueError):
        PublicKeys(document)


def test_a_key_of_another_algorithm_is_passed_over() -> None:
    raw = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    text = base64.urlsafe_b64encode(raw).decode()

    assert not PublicKeys({"keys": [{"id": "a", "algorithm": "rsa", "public_key": text}]})
