"""ROUGE and BLEU are those of the reference programs."""

from __future__ import annotations

import random

import pytest

from apps.evaluations.checks.overlap import bleu, rouge_l, rouge_n
from tests.evaluations.judging import verdict

TEXTS = [
    "Your refund of 42.90 € was approved on 4 August.",
    "Your refund was approved, and it takes 5 to 10 bank days.",
    "The cat sat on the mat. The cat sat on the mat!",
    "No.",
    '3.5-inch & "quoted" <tags>, 1,000.50 (really)?',
    "a a a a a a a a",
]


def pairs(count):
    draw = random.Random(5)
    words = " ".join(TEXTS).split()
    made = [" ".join(draw.choices(words, k=draw.randint(1, 40))) for _ in range(2 * count)]
    return list(zip(made[::2], made[1::2], strict=True))


CASES = [(a, b) for a in TEXTS for b in TEXTS] + pairs(60)


@pytest.mark.parametrize("kind", ["rouge1", "rouge2", "rougeL"])
def test_rouge_is_that_of_rouge_score(kind):
    # They bring half of what there is to count with: only the worker of this test loads it.
    from rouge_score.rouge_scorer import RougeScorer

    theirs = RougeScorer([kind])

    for wanted, given in CASES:
        ours = rouge_l(wanted, given) if kind == "rougeL" else rouge_n(wanted, given, int(kind[-1]))
        found = theirs.score(wanted, given)[kind]
        assert ours == pytest.approx((found.precision, found.recall, found.fmeasure))


def test_bleu_is_that_of_sacrebleu():
    from sacrebleu import sentence_bleu

    for wanted, given in CASES:
        assert bleu(wanted, given) == pytest.approx(sentence_bleu(given, [wanted]).score / 100)


def test_likeness_of_nothing_is_nothing():
    assert (bleu("", ""), rouge_n("", "x", 1).f1, rouge_l("x", "").f1) == (0, 0, 0)
    assert verdict("rouge", "x").applies is False


def test_other_scripts_have_words_too():
    assert rouge_n("Деньги придут завтра", "Деньги придут", 1).precision == 1
