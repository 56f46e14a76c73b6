from __future__ import annotations

import random
from itertools import pairwise

import pytest
from hypothesis import given

from apps.prompts.words import Allowance, encode, hunks, words
from tests.prompts.documents import texts
from tests.prompts.documents import words as prose


@given(texts)
def test_words_put_together_are_the_text(text: str) -> None:
    assert "".join(words(text)) == text


def test_words_by_hand() -> None:
    assert words("Don't pay\n\n  漢字 x_1!") == [
        *("Don", "'", "t", " ", "pay", "\n", "\n", "  ", "漢", "字", " ", "x_1", "!")
    ]


@given(prose, prose)
def test_hunks_put_both_texts_together_again(old: str, new: str) -> None:
    for allowance in (Allowance(), Allowance(cells=20), Allowance(letters=10)):
        found = hunks(old, new, allowance)

        assert "".join(hunk.old for hunk in found) == old
        assert "".join(hunk.new for hunk in found) == new
        assert [h for h in found if h.equal and h.old != h.new] == []
        kinds = [hunk.equal for hunk in found]
        assert [pair for pair in pairwise(kinds) if pair[0] == pair[1]] == []


@given(prose, prose)
def test_hunks_cut_no_word(old: str, new: str) -> None:
    found = hunks(old, new, Allowance())

    assert [word for hunk in found for word in words(hunk.old)] == words(old)
    assert [word for hunk in found for word in words(hunk.new)] == words(new)


def longest_common(left: list[str], right: list[str]) -> int:
    row = [0] * (len(right) + 1)
    for a in left:
        corner = 0
        for place, b in enumerate(right, 1):
            up = row[place]
            row[place] = corner + 1 if a == b else max(up, row[place - 1])
            corner = up
    return row[-1]


@given(prose, prose)
def test_hunks_keep_as_many_words_as_can_be_kept(old: str, new: str) -> None:
    found = hunks(old, new, Allowance())

    kept = sum(len(words(hunk.old)) for hunk in found if hunk.equal)
    assert kept == longest_common(words(old), words(new))


def test_more_than_64_thousand_words_are_told_apart() -> None:
    many = [str(number) for number in range(120_000)]

    letters, again = encode(many, many[::-1])

    assert len(set(letters)) == 120_000
    assert again == letters[::-1]
    assert not any("\ud800" <= letter <= "\udfff" for letter in letters)


def test_too_many_words_are_compared_by_lines_first() -> None:
    old = [f"line {i} of many" for i in range(500)]
    new = [*old[:250], "else", *old[251:]]
    new[3], new[490] = "line three", "line last"
    # 500 lines against 500, but not 4,000 words against 4,000.
    allowance = Allowance(cells=300_000)

    found = hunks("\n".join(old), "\n".join(new), allowance)

    assert [(h.old, h.new) for h in found if not h.equal] == [
        ("3 of many", "three"),
        ("line 250 of many", "else"),
        ("490 of many", "last"),
    ]
    assert not any(hunk.whole for hunk in found)


@pytest.mark.parametrize("allowance", [Allowance(cells=10), Allowance(letters=10)])
def test_what_cannot_be_afforded_comes_whole(allowance: Allowance) -> None:
    found = hunks("head a b c d e tail", "head f g h i j tail", allowance)

    assert [(h.old, h.new, h.whole) for h in found] == [
        ("head ", "head ", False),
        ("a b c d e", "f g h i j", True),
        (" tail", " tail", False),
    ]


def test_the_same_texts_always_give_the_same_hunks_and_cost() -> None:
    chance = random.Random(3)
    old, new = (" ".join(chance.choice("abcd") for _ in range(3000)) for _ in range(2))
    first, second = Allowance(), Allowance()

    assert hunks(old, new, first) == hunks(old, new, second)
    assert first == second != Allowance()
