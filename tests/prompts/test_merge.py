from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.prompts.merge import Merge, merge, merge_order
from tests.prompts.documents import words as prose

BASE = "Read the message. Choose one queue. Say why in one sentence."


@pytest.mark.parametrize(
    ("mine", "theirs", "merged"),
    [
        (BASE, BASE, BASE),
        (BASE.replace("Read", "Open"), BASE, BASE.replace("Read", "Open")),
        (BASE, BASE.replace("one queue", "a queue"), BASE.replace("one queue", "a queue")),
        (
            BASE.replace("the message", "all of it"),
            BASE.replace("why", "how"),
            "Read all of it. Choose one queue. Say how in one sentence.",
        ),
        (BASE + " Be kind.", "First: " + BASE, "First: " + BASE + " Be kind."),
        (
            BASE.replace("Choose", "Pick"),
            BASE.replace("Choose", "Pick"),
            BASE.replace("Choose", "Pick"),
        ),
        (BASE.replace(" Choose one queue.", ""), BASE, BASE.replace(" Choose one queue.", "")),
    ],
)
def test_changes_in_different_places_are_both_kept(mine: str, theirs: str, merged: str) -> None:
    result = merge(BASE, mine, theirs)

    assert (result.text, result.conflict) == (merged, False)


def test_different_changes_of_the_same_words_are_a_conflict_with_both_kept() -> None:
    result = merge("pay in 24 hours", "pay in 48 hours", "pay in 72 hours")

    assert result.conflict
    assert [tuple(part) for part in result.parts] == [
        ("same", "pay in ", "pay in ", "pay in "),
        ("conflict", "24", "48", "72"),
        ("same", " hours", " hours", " hours"),
    ]
    assert result.text == "pay in 4872 hours"


@pytest.mark.parametrize(
    ("base", "mine", "theirs"),
    [
        ("a b c", "a x c", "a c"),
        ("a b", "a x b", "a y b"),
        ("", "mine", "theirs"),
        ("a b c d", "a x d", "a b y d"),
    ],
)
def test_changes_that_meet_are_a_conflict(base: str, mine: str, theirs: str) -> None:
    result = merge(base, mine, theirs)

    assert result.conflict
    assert_nothing_is_lost(result, base, mine, theirs)


def assert_nothing_is_lost(result: Merge, base: str, mine: str, theirs: str) -> None:
    for name, text in (("base", base), ("mine", mine), ("theirs", theirs)):
        assert "".join(getattr(part, name) for part in result.parts) == text
    assert "".join(part.text for part in result.parts) == result.text


@given(prose, prose, prose)
def test_the_parts_hold_all_three_texts(base: str, mine: str, theirs: str) -> None:
    result = merge(base, mine, theirs)

    assert_nothing_is_lost(result, base, mine, theirs)
    for part in result.parts:
        assert part.kind == kind_of(part.base, part.mine, part.theirs)
        if part.kind == "conflict":
            assert part.mine in part.text
            assert part.theirs in part.text
    assert result.conflict == any(part.kind == "conflict" for part in result.parts)


def kind_of(base: str, mine: str, theirs: str) -> str:
    if mine == theirs:
        return "same" if mine == base else "both"
    return "theirs" if mine == base else "mine" if theirs == base else "conflict"


@given(prose, prose)
def test_one_change_alone_is_taken(base: str, changed: str) -> None:
    for result in (
        merge(base, changed, base),
        merge(base, base, changed),
        merge(base, changed, changed),
    ):
        assert (result.text, result.conflict) == (changed, False)


@given(prose, prose, prose)
def test_sides_are_treated_alike(base: str, mine: str, theirs: str) -> None:
    one, other = merge(base, mine, theirs), merge(base, theirs, mine)

    assert one.conflict == other.conflict
    if not one.conflict:
        assert one.text == other.text


@given(st.lists(st.sampled_from(("alpha", "beta", "gamma")), min_size=5), st.data())
def test_edits_of_far_words_always_merge(base: list[str], data: st.DataObject) -> None:
    """Each side writes words that nobody else has, at places that do not touch."""
    marked = [f"{word}{place}" for place, word in enumerate(base)]
    here = data.draw(st.integers(0, len(base) - 3))
    there = data.draw(st.integers(here + 2, len(base) - 1))

    mine = [*marked[:here], "Mine", *marked[here + 1 :]]
    theirs = [*marked[:there], "Theirs", "too", *marked[there + 1 :]]
    result = merge(*(" ".join(words) for words in (marked, mine, theirs)))

    both = [
        *marked[:here],
        "Mine",
        *marked[here + 1 : there],
        "Theirs",
        "too",
        *marked[there + 1 :],
    ]
    assert (result.text, result.conflict) == (" ".join(both), False)


def test_texts_too_large_to_align_are_a_conflict_and_not_a_guess() -> None:
    base, mine, theirs = ("".join(f"{letter}\n" for _ in range(100_000)) for letter in "abc")

    result = merge(base, mine, theirs)

    assert result.conflict
    assert [part.kind for part in result.parts if part.kind != "same"] == ["conflict"]


@pytest.mark.parametrize(
    ("mine", "theirs", "order", "conflict"),
    [
        ("abcd", "abcd", "abcd", False),
        ("bacd", "abcd", "bacd", False),
        ("abcd", "abdc", "abdc", False),
        ("axbcd", "abcyd", "axbcyd", False),
        ("acd", "abxcd", "axcd", False),
        ("dabc", "abdc", "dabc", True),
        ("abcd", "", "", False),
    ],
)
def test_merge_order_by_hand(mine: str, theirs: str, order: str, conflict: bool) -> None:
    result = merge_order("abcd", mine, theirs)

    assert ("".join(result.order), result.conflict) == (order, conflict)


orders = st.lists(st.sampled_from("abcdefgh"), unique=True)


@given(orders, orders, orders)
def test_merge_order_keeps_what_nobody_removed(
    base: list[str], mine: list[str], theirs: list[str]
) -> None:
    result = merge_order(base, mine, theirs)

    gone = (set(base) - set(mine)) | (set(base) - set(theirs))
    assert set(result.order) == (set(mine) | set(theirs)) - gone
    assert len(set(result.order)) == len(result.order)


@given(orders, orders)
def test_merge_order_takes_the_only_change(base: list[str], changed: list[str]) -> None:
    assert list(merge_order(base, changed, base).order) == changed
    assert list(merge_order(base, base, changed).order) == changed
    assert list(merge_order(base, changed, changed).order) == changed
    assert not merge_order(base, changed, base).conflict
