"""The text of a key: properties, without a database."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from apps.environments import keys

ENVIRONMENTS = st.from_regex(r"[a-z0-9][a-z0-9_-]{0,62}", fullmatch=True)


@given(ENVIRONMENTS)
def test_key_reads_back_from_the_right(environment: str) -> None:
    new = keys.make_key(environment, "read")

    parts = keys.parse_key(new.text)

    assert parts == keys.KeyParts(environment, "read", new.selector)
    assert keys.fits(new.text, new.secret_hash)


@given(st.integers(min_value=0), st.sampled_from(keys.ALPHABET + "_-. \n"))
def test_key_with_a_letter_changed_is_refused(place: int, letter: str) -> None:
    text = keys.make_key("production", "read").text
    at = place % len(text)
    changed = text[:at] + letter + text[at + 1 :]

    unchanged = changed == text

    assert (keys.parse_key(changed) is not None) == unchanged
    assert keys.fits(changed, keys.hash_key(text)) == unchanged


@given(st.text(max_size=300))
def test_key_of_any_text_never_raises(text: str) -> None:
    assert keys.parse_key(text) is None


def test_key_secret_has_enough_bits() -> None:
    assert 62**keys.SECRET_LENGTH > 2**128


def test_key_never_shows_in_its_repr() -> None:
    new = keys.make_key("production", "read")

    assert new.text not in repr(new)


def test_key_is_never_made_twice() -> None:
    made = {keys.make_key("production", "read").selector for _ in range(1000)}

    assert len(made) == 1000
