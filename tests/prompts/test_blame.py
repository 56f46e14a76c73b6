"""Each word of a text, and the step that wrote it."""

from __future__ import annotations

import random
import time

from hypothesis import given
from hypothesis import strategies as st

from apps.prompts.blame import Stretch, Text, blame, by_sentence, sentences
from apps.prompts.words import words

WORDS = st.sampled_from(["be", "kind", "never", "promise", "{{name}}", "。", "\u200b", "é", "ok"])
ENDS = st.sampled_from([" ", ". ", ".\n", "\n\n", "! ", ""])
TEXTS = st.lists(st.tuples(WORDS, ENDS), max_size=12).map(
    lambda pairs: "".join(word + end for word, end in pairs)
)
STEPS = st.lists(st.tuples(st.integers(0, 2), st.one_of(TEXTS, st.text(max_size=20))), max_size=8)


def who(*texts: str) -> list[tuple[str, int]]:
    return [tuple(stretch) for stretch in blame([Text(0, text) for text in texts])]


@given(STEPS)
def test_stretches_joined_are_the_text_exactly(steps):
    found = blame([Text(*step) for step in steps])

    assert "".join(stretch.text for stretch in found) == (steps[-1][1] if steps else "")
    assert all(stretch.text for stretch in found)


@given(STEPS)
def test_a_word_is_never_attributed_to_a_step_that_did_not_contain_it(steps):
    texts = [Text(*step) for step in steps]

    for stretch in blame(texts):
        had = set(words(texts[stretch.step].text))
        assert [w for w in words(stretch.text) if w.strip() and w not in had] == []


@given(st.text(max_size=60) | TEXTS)
def test_sentences_joined_are_the_text(text):
    assert "".join(sentences(text)) == text
    cut = by_sentence([Stretch(text[:7], 0), Stretch(text[7:], 1)] if text[7:] else [])
    assert "".join(part.text for parts in cut for part in parts) in (text, "")


def test_a_changed_word_is_its_writers_and_the_rest_stays():
    assert who("Be kind to people.", "Be brief to people.") == [
        ("Be ", 0), ("brief", 1), (" to people.", 0),
    ]  # fmt: skip


def test_a_moved_sentence_keeps_its_writer():
    moved = who("Be kind. Never promise money.", "Never promise money. Be kind.")

    assert {step for text, step in moved if text.strip()} == {0}


def test_a_restored_sentence_keeps_its_first_writer():
    steps = who("Be kind.\nNever promise money.", "Be kind.", "Be kind.\nNever promise money.")

    assert {step for text, step in steps if text.strip()} == {0}


def test_a_sentence_from_another_draft_keeps_its_writer_there():
    found = blame(
        [Text(0, "Be kind."), Text(1, "Be kind."), Text(1, "Be kind. Ask twice."),
         Text(0, "Be kind. Ask twice. Then stop.")], 0,
    )  # fmt: skip

    assert [(s.text.strip(), s.step) for s in found if s.text.strip()] == [
        ("Be kind.", 0), ("Ask twice.", 2), ("Then stop.", 3),
    ]  # fmt: skip


def test_a_copied_draft_is_not_the_copiers():
    found = blame([Text(0, "Be kind to people."), Text(5, "Be kind to people.")])

    assert found == (Stretch("Be kind to people.", 0),)


def test_many_steps_of_a_long_text_take_bounded_work():
    """500 steps of 20,000 letters: half of them rewrite a tenth of the text."""
    chance = random.Random(3)
    lines = [f"Line {n}: " + " ".join(chance.choices("abcdefgh", k=90)) for n in range(105)]
    steps = []
    for turn in range(500):
        for place in chance.sample(range(105), 10 if turn % 2 else 1):
            lines[place] = f"Turn {turn}: " + " ".join(chance.choices("abcdefgh", k=90))
        steps.append(Text(0, "\n".join(lines)))
    start = time.process_time()

    found = blame(steps)

    assert time.process_time() - start < 6
    assert "".join(stretch.text for stretch in found) == steps[-1].text
    assert len(steps[-1].text) > 19_000
