from __future__ import annotations

import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.reviews.anchors import ALIKE, Anchor, anchor_at, find

TEXT = "Thank them once. Name the date of delivery. Never promise a refund. Name the date again."


def at(quote: str, text: str = TEXT) -> Anchor:
    start = text.index(quote)
    return anchor_at("b", text, start, start + len(quote))


def said(anchor: Anchor, text: str) -> str | None:
    found = find(anchor, text)
    return text[found.start : found.end] if found else None


@pytest.mark.parametrize(
    ("edited", "expected"),
    [
        (TEXT, "Name the date of delivery."),
        ("Hello!\n\n" + TEXT, "Name the date of delivery."),
        (TEXT.replace("Thank them once", "Greet"), "Name the date of delivery."),
        (TEXT.replace(" of delivery", "\n  of   delivery"), "Name the date\n  of   delivery."),
        (TEXT.replace("date of", "day of"), "Name the day of delivery."),
        (TEXT.replace("Name the date of delivery.", ""), None),
        (TEXT.replace("Name the date of delivery.", "Say when it comes."), None),
        ("", None),
    ],
)
def test_words_are_found_after_edits_or_are_gone(edited, expected):
    assert said(at("Name the date of delivery."), edited) == expected


def test_equal_words_are_told_apart_by_what_stands_around_them():
    second = TEXT.rindex("Name the date")
    anchor = anchor_at("b", TEXT, second, second + len("Name the date"))

    found = find(anchor, "Now: " + TEXT)

    assert found is not None
    assert found.start == second + 5


def test_the_same_short_words_elsewhere_are_not_the_quoted_ones():
    text = (
        "Be kind to them. Offer a refund of ten euro. " + "x" * 300 + " Never say a refund is due."
    )
    anchor = at("a refund", text)

    assert said(anchor, text) == "a refund"
    assert said(anchor, text.replace("Be kind to them. Offer a refund of ten euro.", "")) is None


def test_a_sentence_that_was_deleted_is_not_looked_for_in_the_next_one():
    assert said(at("Name the date"), TEXT) == "Name the date"
    assert said(at("Name the date"), TEXT.replace("Name the date of delivery.", "")) is None


def test_words_that_stand_there_twice_without_neighbours_are_gone():
    anchor = Anchor("b", "refund", "offer the ", " at once")

    assert find(anchor, "a refund b refund c") is None


# --- a thousand edits: each word is there once, so where it is can be known ------------------


@st.composite
def edits(draw: st.DrawFn) -> tuple[list[str], int, int, list[tuple[str, float, int]]]:
    size = draw(st.integers(8, 120))
    words = [f"w{number}" for number in range(size)]
    start = draw(st.integers(0, size - 2))
    end = draw(st.integers(start + 1, min(size, start + 14)))
    steps = st.tuples(
        st.sampled_from(["insert", "delete", "replace", "space", "move"]),
        st.floats(0, 0.999), st.integers(1, 6),
    )  # fmt: skip
    return words, start, end, draw(st.lists(steps, max_size=25))


def edited(words: list[str], steps: list[tuple[str, float, int]]) -> list[str]:
    now, fresh = list(words), 0
    for kind, where, size in steps:
        place = int(where * (len(now) + 1))
        added = [f"n{fresh + number}" for number in range(size)]
        fresh += size
        if kind in ("delete", "replace"):
            del now[place : place + size]
        if kind in ("insert", "replace"):
            now[place:place] = added
        if kind == "move":
            part = now[place : place + size]
            del now[place : place + size]
            goal = (place * 7 + size) % (len(now) + 1)
            now[goal:goal] = part
        if kind == "space" and now:
            now[place % len(now)] += "\n"
    return now


@settings(max_examples=1000, deadline=None)
@given(edits())
def test_an_anchor_points_at_its_words_or_says_that_they_are_gone(case):
    words, start, end, steps = case
    text = " ".join(words)
    begin = len(" ".join(words[:start])) + (1 if start else 0)
    quoted = words[start:end]
    anchor = anchor_at("b", text, begin, begin + len(" ".join(quoted)))
    now = edited(words, steps)

    found = find(anchor, " ".join(now))

    here = [word.strip() for word in now]
    untouched = any(here[at : at + len(quoted)] == quoted for at in range(len(here)))
    if found is not None:
        shown = " ".join(now)[found.start : found.end].split()
        mine = set(quoted)
        shared = sum(word in mine for word in shown)
        assert 2 * shared / (len(shown) + len(quoted)) >= ALIKE
        assert shown[0] in mine
        assert shown[-1] in mine
    elif untouched:
        # Only a short quote whose neighbours went too may be given up.
        assert len(" ".join(quoted)) < 24
    if untouched and found is not None:
        assert " ".join(now)[found.start : found.end].split() == quoted


COMMON = ["a", "the", "refund", "date", "name", "never"]


@settings(max_examples=500, deadline=None)
@given(
    st.lists(st.sampled_from(COMMON), min_size=1, max_size=60),
    st.integers(0, 59), st.integers(1, 8), st.randoms(use_true_random=False),
)  # fmt: skip
def test_among_words_that_repeat_only_like_words_are_shown(words, start, size, chance):
    start %= len(words)
    text = " ".join(words)
    begin = len(" ".join(words[:start])) + (1 if start else 0)
    quoted = words[start : start + size]
    anchor = anchor_at("b", text, begin, begin + len(" ".join(quoted)))

    assert find(anchor, text) is not None
    now = _shaken(words, chance)
    shown = (said(anchor, " ".join(now)) or "").split()

    shared = sum((min(shown.count(word), quoted.count(word)) for word in set(quoted)), 0)
    assert not shown or 2 * shared / (len(shown) + len(quoted)) >= ALIKE


def _shaken(words: list[str], chance: random.Random) -> list[str]:
    now = list(words)
    for _ in range(chance.randrange(6)):
        place = chance.randrange(len(now) + 1)
        now[place : place + chance.randrange(4)] = chance.choices(COMMON, k=chance.randrange(3))
    return now


@pytest.mark.parametrize(
    ("text", "anchor"),
    [
        ("a" * 262_144, Anchor("b", "a" * 2000, "b" * 64, "c" * 64)),
        ("a " * 131_072, Anchor("b", "a " * 1000 + "b", "a " * 32, " a" * 32)),
        (" " * 262_144, Anchor("b", "a b c d", " ", " ")),
        ("a b " * 65_536, Anchor("b", "a b " * 400 + "x", "b a " * 16, "x y " * 16)),
        ("".join(f"w{n} " for n in range(45_000)), Anchor("b", "w9 w8 w7 w6 " * 150, "w1", "w2")),
    ],
)
def test_the_largest_text_made_to_be_slow_takes_no_second(text, anchor):
    began = time.process_time()
    find(anchor, text)

    assert time.process_time() - began < 1
