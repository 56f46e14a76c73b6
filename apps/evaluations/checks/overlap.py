"""ROUGE and BLEU: how many words, and rows of words, two texts share. Pure.

The figures are those of the reference programs (rouge-score without stemming, sacrebleu with its
13a words and exponential smoothing), which the tests compare.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

ORDERS = 4
_ROUGE_WORD = re.compile(r"[^\W_]+")


class Overlap(NamedTuple):
    precision: float
    recall: float
    f1: float


def rouge_words(text: str) -> list[str]:
    return _ROUGE_WORD.findall(text.lower())


def rouge_n(wanted: str, given: str, n: int) -> Overlap:
    """Rows of `n` words in common."""
    a, b = _rows(rouge_words(wanted), n), _rows(rouge_words(given), n)
    return _overlap(sum((a & b).values()), sum(a.values()), sum(b.values()))


def rouge_l(wanted: str, given: str) -> Overlap:
    """The longest row of words that both have in this order, with gaps."""
    from rapidfuzz.distance import LCSseq

    a, b = rouge_words(wanted), rouge_words(given)
    return _overlap(LCSseq.similarity(a, b), len(a), len(b))


def _overlap(common: int, wanted: int, given: int) -> Overlap:
    precision = common / given if given else 0.0
    recall = common / wanted if wanted else 0.0
    both = precision + recall
    return Overlap(precision, recall, 2 * precision * recall / both if both else 0.0)


def _rows(words: Sequence[str], n: int) -> Counter[tuple[str, ...]]:
    return Counter(tuple(words[at : at + n]) for at in range(len(words) - n + 1))


# Where punctuation is a word of its own (mteval-v13a): marks; points and commas but inside
# numbers; a dash after a digit.
_SPLITS = (
    (re.compile(r"([{-~\[-` -&(-+:-@/])"), r" \1 "),
    (re.compile(r"([^0-9])([.,])"), r"\1 \2 "),
    (re.compile(r"([.,])([^0-9])"), r" \1 \2"),
    (re.compile(r"([0-9])(-)"), r"\1 \2 "),
)
_NAMED = (("&quot;", '"'), ("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">"))


def bleu_words(text: str) -> list[str]:
    text = text.rstrip().replace("<skipped>", "").replace("-\n", "").replace("\n", " ")
    for name, letter in _NAMED:
        text = text.replace(name, letter)
    text = f" {text} "
    for pattern, apart in _SPLITS:
        text = pattern.sub(apart, text)
    return text.split()


def bleu(wanted: str, given: str) -> float:
    """From 0 to 1: rows of one to four words in common, less for an answer that is too short."""
    a, b = bleu_words(wanted), bleu_words(given)
    counts = [_matches(a, b, n) for n in range(1, ORDERS + 1)]
    if not any(common for common, _ in counts):
        return 0.0
    shrink, logs = 1.0, []
    for common, total in counts:
        if total == 0:
            break
        if common == 0:
            shrink *= 2
        logs.append(math.log(common / total if common else 1 / (shrink * total)))
    short = math.exp(1 - len(a) / len(b)) if len(b) < len(a) else 1.0
    return short * math.exp(sum(logs) / len(logs))


def _matches(wanted: Sequence[str], given: Sequence[str], n: int) -> tuple[int, int]:
    a, b = _rows(wanted, n), _rows(given, n)
    return sum((a & b).values()), sum(b.values())
